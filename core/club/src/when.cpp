#include "muistio/club/when.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace muistio::club {
namespace {
using namespace std::chrono;

constexpr std::int64_t kDayMinutes = 24 * 60;
constexpr std::int64_t kLocalMinutesMax = 4223371680;  // 10000-01-01

/// The number that `count` digits at `at` are, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::optional<std::int64_t> day_number(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const year_month_day date{year(digits(text, 0, 4)), month(static_cast<unsigned>(std::max(digits(text, 5, 2), 0))),
                            day(static_cast<unsigned>(std::max(digits(text, 8, 2), 0)))};
  if (!date.ok() || digits(text, 0, 4) < 1970) return std::nullopt;
  return sys_days(date).time_since_epoch().count();
}
}  // namespace

Result<LocalTime> parse_local_time(std::string_view text) {
  const auto bad = [] { return fail(ErrorCode::invalid_argument, "a time is written 2026-12-01T18:00"); };
  if (text.size() != 16 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':') return bad();
  const auto date = day_number(text.substr(0, 10));
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2);
  if (!date || hour < 0 || hour > 23 || minute < 0 || minute > 59) return bad();
  return LocalTime{*date * kDayMinutes + hour * 60 + minute};
}

Status check_day(std::string_view day) {
  return day_number(day) ? ok() : fail(ErrorCode::invalid_argument, "a day is written 2026-12-01");
}

CivilTime civil(LocalTime time) {
  const auto days = time.minutes / kDayMinutes;
  const auto rest = static_cast<int>(time.minutes % kDayMinutes);
  const sys_days date{std::chrono::days(days)};
  const year_month_day parts(date);
  CivilTime made;
  made.year = static_cast<int>(parts.year());
  made.month = static_cast<int>(static_cast<unsigned>(parts.month()));
  made.day = static_cast<int>(static_cast<unsigned>(parts.day()));
  made.hour = rest / 60;
  made.minute = rest % 60;
  made.weekday = static_cast<int>(weekday(date).iso_encoding());
  return made;
}

std::string format_local_time(LocalTime time) {
  const auto parts = civil(time);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d", parts.year, parts.month, parts.day, parts.hour, parts.minute);
  return text;
}

std::string day_of(LocalTime time) { return format_local_time(time).substr(0, 10); }

LocalTime plus_days(LocalTime time, std::int64_t days) { return {time.minutes + days * kDayMinutes}; }

bool is_zone_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > kZoneBytesMax || name.front() == '/') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-' ||
           c == '/';
  });
}

void write_when(Writer& out, const When& when) {
  out.varint(static_cast<std::uint64_t>(when.start.minutes)).varint(when.minutes).block(as_bytes(when.zone));
}

Result<When> read_when(Reader& in) {
  When when;
  MUISTIO_TRY(const auto start, in.varint_at_most(static_cast<std::uint64_t>(kLocalMinutesMax) - 1));
  when.start.minutes = static_cast<std::int64_t>(start);
  MUISTIO_TRY(const auto minutes, in.varint_at_most(kDurationMinutesMax));
  when.minutes = static_cast<std::uint32_t>(minutes);
  MUISTIO_TRY(const auto zone, in.block(kZoneBytesMax));
  when.zone = std::string(as_text(zone));
  if (!is_zone_name(when.zone)) return fail(ErrorCode::malformed, "no name of a time zone");
  return when;
}

Bytes encode_when(const When& when) {
  Writer out;
  write_when(out, when);
  return std::move(out).take();
}

Result<When> decode_when(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(auto when, read_when(in));
  MUISTIO_CHECK(in.finish());
  return when;
}

}  // namespace muistio::club
