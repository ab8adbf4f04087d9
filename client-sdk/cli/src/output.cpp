#include "output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

namespace muistio::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

void print(const Json& json) { std::cout << line(json) << "\n"; }

/// A column of a plain list: tabs and line ends would break it.
std::string column(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

/// The column with the stretches made bold: on a terminal by its codes, otherwise as in Markdown.
std::string marked(std::string text, const std::vector<home::Stretch>& stretches) {
  const bool is_terminal = ::isatty(STDOUT_FILENO) != 0;
  text = column(std::move(text));
  for (auto at = stretches.rbegin(); at != stretches.rend(); ++at) {
    text.insert(at->offset + at->bytes, is_terminal ? "\x1b[0m" : "**");
    text.insert(at->offset, is_terminal ? "\x1b[1m" : "**");
  }
  return text;
}

/// The stretches, counted in characters (Unicode scalar values), with what stands there.
Json highlights(const std::string& text, const std::vector<home::Stretch>& stretches) {
  const auto characters = [](std::string_view bytes) {
    return std::count_if(bytes.begin(), bytes.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0u) != 0x80u; });
  };
  auto list = Json::array();
  for (const auto& each : stretches) {
    const auto word = std::string_view(text).substr(each.offset, each.bytes);
    list.push_back({{"at", characters(std::string_view(text).substr(0, each.offset))},
                    {"length", characters(word)},
                    {"text", std::string(word)}});
  }
  return list;
}

Json waiting_of(const std::vector<Waiting>& waiting) {
  auto list = Json::array();
  for (const auto& each : waiting) list.push_back({{"id", each.id}, {"why", each.why}});
  return list;
}

Json evidence_of(const Club& space) {
  auto list = Json::array();
  for (const auto& each : space.evidence)
    list.push_back({{"at", format_time(each.noticed)},
                    {"code", each.code},
                    {"message", each.message},
                    {"place", each.place.value()},
                    {"held", each.held},
                    {"shown", each.shown},
                    {"source", each.source}});
  return list;
}

Json error_of(const Error& error) {
  std::string message(error_sentence(error.code));
  if (!error.detail.empty()) message += " (" + error.detail + ")";
  return {{"code", std::string(error_name(error.code))}, {"message", message}};
}

}  // namespace

int exit_status(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::waiting_for_admission:
    case ErrorCode::absent:
    case ErrorCode::disconnected:
    case ErrorCode::timed_out:
    case ErrorCode::server_busy:
    case ErrorCode::rate_limited:
      return kWaiting;
    case ErrorCode::frozen:
    case ErrorCode::log_fork:
    case ErrorCode::log_gap:
    case ErrorCode::log_rolled_back:
    case ErrorCode::untrusted_server:
      return kTrustStopped;
    default:
      return kRefused;
  }
}

std::string format_time(WallMs time) {
  if (time.value() == 0) return {};
  auto seconds = static_cast<std::time_t>(time.value() / 1000);
  if (time.value() % 1000 < 0) --seconds;
  std::tm utc{};
  if (::gmtime_r(&seconds, &utc) == nullptr || utc.tm_year + 1900 > 9999 || utc.tm_year + 1900 < 0) return {};
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::optional<WallMs> parse_time(const std::string& text) {
  std::tm utc{};
  const auto* end = ::strptime(text.c_str(), text.size() == 10 ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ", &utc);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const auto day = utc.tm_mday;
  const auto seconds = ::timegm(&utc);
  if (utc.tm_mday != day) return std::nullopt;  // the 31st of a shorter month
  return WallMs(std::int64_t{seconds} * 1000);
}

std::string error_object(std::string_view code, std::string_view message) {
  return line({{"error", {{"code", std::string(code)}, {"message", std::string(message)}}}});
}

void Output::id(const std::string& id) const {
  if (json_) return print({{"id", id}});
  std::cout << id << "\n";
}

void Output::done(const std::string& id) const {
  if (json_) print({{"id", id}});
}

void Output::wrote(const std::string& path) const {
  if (json_) print({{"out", path}});
}

void Output::link(const std::string& link, const std::string& id) const {
  if (json_) return print({{"link", link}, {"id", id}});
  std::cout << link << "\n";
}

void Output::seal(const std::string& text, const std::string& id) const {
  if (json_) return print({{"seal", text}, {"id", id}});
  std::cout << text << "\n";
}

void Output::sealed(std::string_view verdict, const std::string& sentence, const SealAnswer& answer) const {
  if (json_)
    return print({{"verdict", std::string(verdict)},
                  {"message", sentence},
                  {"member", answer.member},
                  {"behind", answer.behind},
                  {"ahead", answer.ahead}});
  std::cout << column(sentence) << "\n";
}

void Output::items(const std::vector<Item>& items) const {
  if (!json_) {
    for (const auto& item : items) {
      std::cout << item.id << "\t" << column(item.title) << "\t" << column(item.author) << "\t" << format_time(item.at) << "\t"
                << item.bytes;
      for (const auto& [name, value] : item.more) std::cout << "\t" << column(value);
      for (const auto& [name, set] : item.flags)
        if (set) std::cout << "\t" << name;
      std::cout << "\n";
    }
    return;
  }
  auto list = Json::array();
  for (const auto& item : items) {
    Json object = {
        {"id", item.id}, {"title", item.title}, {"author", item.author}, {"at", format_time(item.at)}, {"bytes", item.bytes}};
    for (const auto& [name, value] : item.more) object[name] = value;
    for (const auto& [name, set] : item.flags) object[name] = set;
    list.push_back(std::move(object));
  }
  print({{"items", std::move(list)}});
}

void Output::note(const NoteText& note) const {
  if (!json_) {
    std::cout.write(note.text.data(), static_cast<std::streamsize>(note.text.size()));
    return;
  }
  print({{"id", note.note.id.hex()},
         {"title", note.note.title},
         {"text", note.text},
         {"version", note.version},
         {"author", note.note.author},
         {"at", format_time(note.note.at)},
         {"changed", format_time(note.note.changed)},
         {"club", note.note.club.hex()},
         {"private", note.note.is_private},
         {"handed_in_by", note.note.handed_in_by.empty() ? Json(nullptr) : Json(note.note.handed_in_by)}});
}

void Output::found(const std::vector<Found>& found) const {
  if (!json_) {
    for (const auto& each : found)
      std::cout << each.id.hex() << "\t" << marked(each.title, each.title_matches) << "\t"
                << marked(each.snippet, each.snippet_matches) << "\n";
    return;
  }
  auto list = Json::array();
  for (const auto& each : found)
    list.push_back({{"id", each.id.hex()},
                    {"title", each.title},
                    {"snippet", each.snippet},
                    {"club", each.club.hex()},
                    {"author", each.author},
                    {"at", format_time(each.at)},
                    {"changed", format_time(each.changed)},
                    {"title_highlights", highlights(each.title, each.title_matches)},
                    {"highlights", highlights(each.snippet, each.snippet_matches)}});
  print({{"items", std::move(list)}});
}

void Output::quota(const MaterialQuota& quota) const {
  if (json_) return print({{"bytes", quota.bytes}, {"limit", quota.limit ? Json(*quota.limit) : Json(nullptr)}});
  std::cout << quota.bytes << "\t" << (quota.limit ? std::to_string(*quota.limit) : "none") << "\n";
}

void Output::checked(const Checked& checked) const {
  if (json_) {
    auto damaged = Json::array();
    for (const auto& each : checked.damaged) damaged.push_back(each.hex());
    return print({{"notes", checked.notes}, {"files", checked.files}, {"bytes", checked.bytes}, {"damaged", std::move(damaged)}});
  }
  std::cout << checked.notes << " notes, " << checked.files << " files, " << checked.bytes << " bytes of store\n";
  for (const auto& each : checked.damaged) std::cout << "damaged: " << each.hex() << "\n";
}

void Output::status(const std::vector<Club>& spaces) const {
  if (!json_) {
    for (const auto& space : spaces)
      std::cout << space.id.hex() << "\t" << column(space.name) << "\t" << standing_name(space.standing) << "\tmembers "
                << space.members << "\tunsent " << space.unsent << "\thead " << space.head.value() << "\t"
                << (space.trusted ? "trusted" : "TRUST STOPPED: " + column(space.why_message)) << "\n";
    return;
  }
  auto list = Json::array();
  for (const auto& space : spaces)
    list.push_back({{"id", space.id.hex()},
                    {"name", space.name},
                    {"members", space.members},
                    {"unsent", space.unsent},
                    {"head", space.head.value()},
                    {"trusted", space.trusted},
                    {"why", space.trusted ? Json(nullptr) : Json{{"code", space.why}, {"message", space.why_message}}},
                    {"read_only", space.read_only},
                    {"needs_rejoin", space.needs_rejoin},
                    {"evidence", evidence_of(space)},
                    {"standing", standing_name(space.standing)},
                    {"role", space.own_role ? Json(std::string(role_name(*space.own_role))) : Json(nullptr)},
                    {"personal", space.personal},
                    {"kind", home::kind_name(space.kind)}});
  print({{"spaces", std::move(list)}});
}

void Output::report(const SyncReport& report) const {
  for (const auto& sentence : report.said) say(sentence);
  if (report.error) say(report.error->message());
  if (!json_) {
    std::cout << "pushed " << report.pushed << ", pulled " << report.pulled << ", " << report.up_bytes << " bytes up, "
              << report.down_bytes << " bytes down\n";
    for (const auto& each : report.waiting) std::cerr << "muistio: waiting: " << each.id << " " << each.why << "\n";
    return;
  }
  Json object = {{"pushed", report.pushed},
                 {"pulled", report.pulled},
                 {"up_bytes", report.up_bytes},
                 {"down_bytes", report.down_bytes},
                 {"waiting", waiting_of(report.waiting)}};
  if (report.error) object["error"] = error_of(*report.error);
  print(object);
}

void Output::exported(const std::string& id, const std::string& out, std::uint64_t absent) const {
  if (json_) print({{"id", id}, {"out", out}, {"absent", absent}});
}

int Output::refuse(const Error& error) const {
  say(error.message());
  if (json_) print({{"error", error_of(error)}});
  return exit_status(error.code);
}

void Output::say(const std::string& sentence) const { std::cerr << "muistio: " << sentence << "\n"; }

}  // namespace muistio::cli
