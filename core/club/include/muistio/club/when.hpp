// When something takes place: the time on the clock of a place, as people agree on it. What moment that is follows from the rules
// of the place's time zone, on each device, when it is asked for: a law that changes a zone moves the meeting with the clocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/base/result.hpp"

namespace muistio::club {

/// A time on a clock: minutes since 1970-01-01 00:00 on that clock. Years 1970 to 9999.
struct LocalTime {
  std::int64_t minutes = 0;
  friend auto operator<=>(const LocalTime&, const LocalTime&) = default;
};

/// "2026-12-01T18:00" (or with a space instead of the T). Errors: invalid_argument.
[[nodiscard]] Result<LocalTime> parse_local_time(std::string_view text);
/// "2026-12-01T18:00".
[[nodiscard]] std::string format_local_time(LocalTime time);
/// "2026-12-01" is a day. Errors: invalid_argument.
[[nodiscard]] Status check_day(std::string_view day);
/// The day of a time: "2026-12-01".
[[nodiscard]] std::string day_of(LocalTime time);
/// So many days later at the same time of the clock.
[[nodiscard]] LocalTime plus_days(LocalTime time, std::int64_t days);
/// The days of the year and month of a time, as numbers. `weekday` is 1 for Monday to 7 for Sunday.
struct CivilTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, weekday = 4;
};
[[nodiscard]] CivilTime civil(LocalTime time);

inline constexpr std::size_t kZoneBytesMax = 64;
inline constexpr std::uint64_t kDurationMinutesMax = 14 * 24 * 60;

struct When {
  LocalTime start;
  std::string zone;  // of the IANA database: "Europe/Helsinki"
  std::uint32_t minutes = 0;
  friend bool operator==(const When&, const When&) = default;
};

/// The form of a zone's name: letters, digits, `_ + - /`, at most kZoneBytesMax; whether the zone is known is for `TimeZones`.
[[nodiscard]] bool is_zone_name(std::string_view name) noexcept;
void write_when(Writer& out, const When& when);
/// Errors: malformed, too_large.
[[nodiscard]] Result<When> read_when(Reader& in);
[[nodiscard]] Bytes encode_when(const When& when);
/// Errors: malformed, too_large.
[[nodiscard]] Result<When> decode_when(BytesView bytes);

/// The rules of time zones. An implementation may be called from any thread.
class TimeZones {
 public:
  virtual ~TimeZones() = default;
  /// The moment at which the clocks of `zone` show `time`. A time that the clocks skip is taken as so much after the skip began; of
  /// one that they show twice, the first. Errors: not_found (no such zone).
  [[nodiscard]] virtual Result<WallMs> moment(std::string_view zone, LocalTime time) const = 0;
  /// What the clocks of `zone` show at `moment`, whole minutes. Errors: not_found.
  [[nodiscard]] virtual Result<LocalTime> shown(std::string_view zone, WallMs moment) const = 0;
};

}  // namespace muistio::club
