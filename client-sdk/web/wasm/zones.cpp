#include "zones.hpp"

#include <cmath>

extern "C" double muistio_browser_offset(const char* zone, double moment_ms);  // minutes east of UTC; not a number: no such zone

namespace muistio::web {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

Result<std::int64_t> offset_at(std::string_view zone, std::int64_t moment_ms) {
  if (!club::is_zone_name(zone)) return fail(ErrorCode::not_found, "no such time zone");
  const double minutes = muistio_browser_offset(std::string(zone).c_str(), static_cast<double>(moment_ms));
  if (!std::isfinite(minutes) || std::abs(minutes) > 24 * 60) return fail(ErrorCode::not_found, "no such time zone");
  return static_cast<std::int64_t>(minutes);
}

class BrowserZones final : public club::TimeZones {
 public:
  // Rules change by a few hours at most and not twice within two days: those of the day before hold before a change, and also in a time
  // that is skipped or the first of two.
  Result<WallMs> moment(std::string_view zone, club::LocalTime time) const override {
    const auto wanted = time.minutes * kMinuteMs;
    MUISTIO_TRY(const auto before, offset_at(zone, wanted - 24 * 60 * kMinuteMs));
    MUISTIO_TRY(const auto after, offset_at(zone, wanted + 24 * 60 * kMinuteMs));
    const auto by_before = wanted - before * kMinuteMs;
    MUISTIO_TRY(const auto there, offset_at(zone, by_before));
    if (there == before) return WallMs(by_before);
    const auto by_after = wanted - after * kMinuteMs;
    MUISTIO_TRY(const auto check, offset_at(zone, by_after));
    return WallMs(check == after ? by_after : by_before);  // neither: skipped
  }
  Result<club::LocalTime> shown(std::string_view zone, WallMs moment) const override {
    MUISTIO_TRY(const auto offset, offset_at(zone, moment.value()));
    const auto shown = moment.value() + offset * kMinuteMs;
    return club::LocalTime{shown >= 0 ? shown / kMinuteMs : (shown - kMinuteMs + 1) / kMinuteMs};
  }
};

}  // namespace

const club::TimeZones& browser_zones() {
  static const BrowserZones zones;
  return zones;
}

}  // namespace muistio::web
