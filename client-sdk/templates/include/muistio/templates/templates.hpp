// Club templates: what a club of one of the five models is like. Data, compiled in from client-sdk/templates/*.json; no code of a
// club asks which template it is, only what the template says.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "muistio/words/words.hpp"

namespace muistio::templates {

enum class MemberUnit : std::uint8_t { person, company };  // what the size of a club counts
enum class SameCompany : std::uint8_t { apart, together, free };
enum class HostKind : std::uint8_t { member, guide };  // one of the members, or the programme's trained guide
enum class SeatRole : std::uint8_t { employer, staff };
enum class PlaceRule : std::uint8_t { rotates, link };
enum class OrganiserRule : std::uint8_t { host, baton, venue };  // who prepares a meeting
enum class HistoryRule : std::uint8_t { joining, season, all };  // what newcomers read
enum class PactBy : std::uint8_t { member, member_or_company };
enum class SurveyKind : std::uint8_t { topics, feedback, wellbeing, workplace };
enum class SurveyTime : std::uint8_t { intake, season_start, each_meeting, season_end };
enum class SurveyNames : std::uint8_t { named, choice, keeper };  // keeper: one person sees the answers, the others sums
enum class PartKind : std::uint8_t { news, theme, talk, case_, visit, closing };

/// One text in each language, by words::Language.
struct Texts {
  std::string_view fi, sv, nl, en;
  [[nodiscard]] std::string_view in(words::Language language) const noexcept;
};

struct SurveyPlan {
  SurveyKind kind;
  SurveyTime when;
  SurveyNames names;
};

struct AgendaPart {
  PartKind kind;
  std::uint32_t minutes;
};

struct Template {
  std::string_view name;  // "web-shop"
  Texts title, summary;
  words::GroupWord group;
  words::HostWord host_word;
  words::FacilitatorWord facilitator;
  std::uint32_t members_least, members_most;
  MemberUnit unit;
  std::uint32_t seats_per_company;
  bool competitors_apart;
  SameCompany same_company;
  HostKind host;
  std::uint32_t hosts_recommended;
  std::span<const SeatRole> roles;  // of the seats of a company; none where they are alike
  std::uint32_t every_days, meetings_least, meetings_most, meetings, minutes;
  bool online;
  PlaceRule place;
  OrganiserRule organiser;
  std::uint32_t reminder_days;
  HistoryRule history;
  bool mirror;                  // everyone sees what each gave
  bool nudges;                  // the app may ask for a contribution
  std::uint32_t least_answers;  // results of a survey are shown from here on
  PactBy pact_by;
  Texts pact;  // Markdown
  std::span<const SurveyPlan> surveys;
  std::span<const AgendaPart> agenda;           // what is left of `minutes` is free talk
  std::span<const std::string_view> practices;  // what else this model does: the words of client-sdk/templates/embed.py

  [[nodiscard]] bool has(std::string_view practice) const noexcept;
  /// How the members of such a club are spoken to.
  [[nodiscard]] words::Manner manner(words::Language language) const noexcept;
};

/// All, by name.
[[nodiscard]] std::span<const Template> all() noexcept;
/// Nothing for a name that no template has.
[[nodiscard]] const Template* find(std::string_view name) noexcept;

/// The message that says what a part of an agenda is.
[[nodiscard]] std::string_view part_key(PartKind kind) noexcept;
/// The message that asks a survey's question.
[[nodiscard]] std::string_view survey_key(SurveyKind kind) noexcept;

}  // namespace muistio::templates
