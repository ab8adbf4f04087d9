#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "muistio/words/words.hpp"

namespace muistio::words {
namespace {

std::string_view minus(Language language) { return language == Language::fi || language == Language::sv ? "\u2212" : "-"; }

constexpr std::string_view kNoBreakSpace = "\u00a0";

std::string_view group_mark(Language language) {
  if (language == Language::en) return ",";
  return language == Language::nl ? "." : kNoBreakSpace;
}

std::string two(unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::string grouped(Language language, const std::string& digits) {
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += group_mark(language);
    text += digits[i];
  }
  return text;
}

Manner in(Language language) {
  Manner manner;
  manner.language = language;
  return manner;
}

Result<std::chrono::year_month_day> checked(Day day) {
  if (day.year < 1 || day.year > 9999 || day.month > 12 || day.day > 31) return fail(ErrorCode::invalid_argument, "no such day");
  const std::chrono::year_month_day found(std::chrono::year(day.year), std::chrono::month(day.month), std::chrono::day(day.day));
  if (!found.ok()) return fail(ErrorCode::invalid_argument, "no such day");
  return found;
}

Result<std::string> written(Language language, std::string_view pattern, Day day) {
  MUISTIO_TRY(auto valid, checked(day));
  const auto weekday = std::chrono::weekday(std::chrono::sys_days(valid)).iso_encoding();
  MUISTIO_TRY(auto wd, say(in(language), "date.weekday." + std::to_string(weekday)));
  MUISTIO_TRY(auto mon, say(in(language), "date.month." + std::to_string(day.month)));
  return say(in(language), pattern,
             {{"wd", wd},
              {"mon", mon},
              {"d", std::to_string(day.day)},
              {"m", std::to_string(day.month)},
              {"y", std::to_string(day.year)}});
}

}  // namespace

Plural plural(std::int64_t n) noexcept { return n == 1 || n == -1 ? Plural::one : Plural::other; }

Plural plural(std::string_view decimal) noexcept {
  if (decimal.starts_with('-')) decimal.remove_prefix(1);
  while (decimal.size() > 1 && decimal.starts_with('0')) decimal.remove_prefix(1);
  return decimal == "1" ? Plural::one : Plural::other;
}

std::string number(Language language, std::int64_t n) {
  auto digits = std::to_string(n);
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  return (negative ? std::string(minus(language)) : "") + grouped(language, digits);
}

std::string number(Language language, double n, unsigned decimals) {
  if (!std::isfinite(n) || std::abs(n) > 1e15) return "\u2013";
  decimals = std::min(decimals, 9U);
  const double scale = std::pow(10.0, decimals);
  double scaled = n * scale;
  if (std::abs(scaled) < 9e15) scaled = std::round(scaled);
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", static_cast<int>(decimals), std::abs(scaled / scale));
  const std::string digits(buffer.data());
  const auto point = digits.find('.');
  auto text = grouped(language, digits.substr(0, point));
  if (point != std::string::npos) text += (language == Language::en ? "." : ",") + digits.substr(point + 1);
  return (scaled < 0 ? std::string(minus(language)) : "") + text;
}

Result<std::string> date(Language language, Day day) { return written(language, "date.day", day); }
Result<std::string> short_date(Language language, Day day) { return written(language, "date.short", day); }

Result<std::string> time_of_day(Language language, Time time) {
  if (time.hour > 23 || time.minute > 59) return fail(ErrorCode::invalid_argument, "no such time of day");
  return say(in(language), "date.time", {{"H", std::to_string(time.hour)}, {"HH", two(time.hour)}, {"MM", two(time.minute)}});
}

Result<std::string> date_time(Language language, Day day, Time time) {
  MUISTIO_TRY(auto shown_day, date(language, day));
  MUISTIO_TRY(auto shown_time, time_of_day(language, time));
  return say(in(language), "date.day_time", {{"day", shown_day}, {"time", shown_time}});
}

}  // namespace muistio::words
