// Everything that a user may read, in four languages: messages by key, with gaps filled and plurals chosen; dates and numbers.
// The catalogues are client-sdk/words/*.json, which other user interfaces read as they stand (README.md there gives the form).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "muistio/base/result.hpp"

namespace muistio::words {

enum class Language : std::uint8_t { fi, sv, nl, en };

/// The language of a BCP 47 tag ("nl-BE" is nl); nothing for any other language.
[[nodiscard]] std::optional<Language> language_of(std::string_view tag) noexcept;
/// "fi", "sv", "nl" or "en".
[[nodiscard]] std::string_view language_tag(Language language) noexcept;

/// What a circle calls itself and its host; the club's template picks it (docs/club/forming.md).
enum class GroupWord : std::uint8_t { club, group, network };
enum class HostWord : std::uint8_t { host, hostess, leader };
enum class FacilitatorWord : std::uint8_t { facilitator, guide };

/// The word of a template ("network"); nothing for an unknown one.
[[nodiscard]] std::optional<GroupWord> group_word(std::string_view name) noexcept;
[[nodiscard]] std::optional<HostWord> host_word(std::string_view name) noexcept;
[[nodiscard]] std::optional<FacilitatorWord> facilitator_word(std::string_view name) noexcept;

/// How somebody is spoken to.
struct Manner {
  Language language = Language::en;
  GroupWord group = GroupWord::club;
  HostWord host = HostWord::host;
  FacilitatorWord facilitator = FacilitatorWord::facilitator;
};

/// What fills a gap: a count, written as the language writes numbers, or a text, written as it is.
struct Filling {
  std::string_view gap;
  std::variant<std::int64_t, std::string> value;
};

/// The message `key` with its gaps filled; the gap `n` also chooses the plural form. Fillings without a gap are allowed.
/// Errors: not_found (no such key); invalid_argument (a gap is left open, or `n` is no count). Both name the key. Thread-safe.
[[nodiscard]] Result<std::string> say(const Manner& manner, std::string_view key, const std::vector<Filling>& fillings = {});

/// All keys, sorted.
[[nodiscard]] std::vector<std::string_view> keys();
/// The message as the catalogue has it, for the form that counts `n`; empty if the key is unknown.
[[nodiscard]] std::string_view raw(Language language, std::string_view key, std::int64_t n = 0) noexcept;
/// Whether the message has a form of its own for one.
[[nodiscard]] bool counts(Language language, std::string_view key) noexcept;

/// The key of the sentence that tells a user of this error; every code has one.
[[nodiscard]] std::string_view error_key(ErrorCode code) noexcept;

/// CLDR's plural categories that these four languages have.
enum class Plural : std::uint8_t { one, other };
/// The category of a number written in decimal digits ("1" is one; "1.0", "0" and "2" are other). The rule of all four languages is
/// CLDR's "i = 1 and v = 0".
[[nodiscard]] Plural plural(std::int64_t n) noexcept;
[[nodiscard]] Plural plural(std::string_view decimal) noexcept;

/// 1234567 as "1 234 567" (fi, sv; no-break spaces), "1.234.567" (nl), "1,234,567" (en). CLDR groups from four digits on; Finnish
/// and Swedish as well.
[[nodiscard]] std::string number(Language language, std::int64_t n);
/// Rounded half away from zero to `decimals` digits, at most 9: "12,5" (fi, sv, nl), "12.5" (en). Nothing sensible for what is not
/// finite: "–".
[[nodiscard]] std::string number(Language language, double n, unsigned decimals);

/// A day of the Gregorian calendar as a calendar on the wall shows it: no time zone in it.
struct Day {
  int year = 1970;
  unsigned month = 1, day = 1;
};
struct Time {
  unsigned hour = 0, minute = 0;
};
/// "ke 4.11.2026", "ons 4 nov. 2026", "wo 4 nov 2026", "Wed 4 Nov 2026". Errors: invalid_argument (no such day).
[[nodiscard]] Result<std::string> date(Language language, Day day);
/// "4.11.", "4 nov.", "4 nov", "4 Nov".
[[nodiscard]] Result<std::string> short_date(Language language, Day day);
/// "9.05", "09:05". Errors: invalid_argument.
[[nodiscard]] Result<std::string> time_of_day(Language language, Time time);
/// "ke 4.11.2026 klo 9.05".
[[nodiscard]] Result<std::string> date_time(Language language, Day day, Time time);

}  // namespace muistio::words
