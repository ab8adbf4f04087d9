// The command line of `muistio`, read into plain values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "muistio/base/ids.hpp"

namespace muistio::cli {

/// What the verbs of forming clubs were asked for (docs/club/forming.md).
struct FormArguments {
  std::string applications, table, keep;  // files
  std::string template_name, language = "en", club_name;
  std::string links, sheet;  // files to write
  std::string mirror;        // "on" or "off"
  std::optional<std::uint32_t> size_min, size_max, reminder_days, least_answers;
  std::uint32_t clubs = 0;
  std::uint64_t seed = 1;
};

/// What the verbs of a season were asked for (docs/club.md).
struct SeasonArguments {
  std::optional<std::string> title, at, zone, place, link, organiser, owner, due, text_of, kind;
  std::optional<std::uint32_t> minutes, places, days, count;
  std::vector<std::string> times, turns, names, marks;
  std::string meeting, item, other, word;
  std::optional<std::string> question, advice, outcome, prompts, summary;  // files
  std::optional<std::size_t> option, position;
  bool remove = false, none = false, undo = false;
};

/// What the verbs of wishes and surveys were asked for (docs/club.md).
struct SurveyArguments {
  std::string other;
  std::optional<std::string> keeper, kind, title, about;
  std::optional<std::uint32_t> minimum;
  std::vector<std::string> answers;  // "2=4", "3=1,2", "4=text": from 1
  bool against = false, apart = false, named = false;
};

/// What the verbs of the board were asked for (docs/club.md).
struct NetworkArguments {
  std::optional<std::string> kind, title, text, pass_on, to, from, company, email;  // text and pass_on: files
  std::uint32_t year = 0;
  bool shared = false, undo = false, none = false;
};

/// What was asked for. Only the fields of the verb are set.
struct Arguments {
  std::filesystem::path home;
  bool json = false;
  std::optional<std::string> passphrase_file;

  std::string verb;  // "note add"
  std::string club, member, id, request, link, name, session, code;
  std::string server, ca_file;
  std::string role = "member", history;
  std::uint32_t uses = 1, expires_days = 14;
  std::uint32_t quorum = 0;
  std::string kind = "other";  // of a release
  std::string title, file, out, text;
  std::optional<std::string> base;
  std::vector<std::string> words;
  std::string author;
  std::optional<WallMs> since, until;  // of a search
  bool cancel = false, asks = false, qr = false, is_private = false, no_material = false, forget = false;
  FormArguments form;
  SeasonArguments season_of;
  bool warrant = false, insist = false, member_role = false;
  SurveyArguments survey_of;
  NetworkArguments network_of;
};

/// Reads the command line. An exit status instead of arguments when there is nothing to run: after --help and --version (0, said on
/// standard output) and for a line that is not as the usage says (2, said on standard error; with --json also as an object).
[[nodiscard]] std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv);

}  // namespace muistio::cli
