#include "muistio/home/zones.hpp"

#include <date/tz.h>

#include <chrono>
#include <stdexcept>

namespace muistio::home {
namespace {
using std::chrono::minutes;

/// The zone, or null: the library throws where there is none.
const date::time_zone* find_zone(std::string_view name) {
  if (!club::is_zone_name(name)) return nullptr;
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return nullptr;
  }
}

class SystemZones final : public club::TimeZones {
 public:
  Result<WallMs> moment(std::string_view zone, club::LocalTime time) const override {
    const auto* found = find_zone(zone);
    if (found == nullptr) return fail(ErrorCode::not_found, "no such time zone");
    try {
      const date::local_time<minutes> local{minutes(time.minutes)};
      const auto info = found->get_info(local);  // before a skip and of the first of two: the rules that were in force until then
      const auto utc = local.time_since_epoch() - info.first.offset;
      return WallMs(std::chrono::duration_cast<std::chrono::milliseconds>(utc).count());
    } catch (const std::exception&) {
      return fail(ErrorCode::not_found, "the rules of the time zone cannot be read");
    }
  }
  Result<club::LocalTime> shown(std::string_view zone, WallMs moment) const override {
    const auto* found = find_zone(zone);
    if (found == nullptr) return fail(ErrorCode::not_found, "no such time zone");
    try {
      const date::sys_time<std::chrono::milliseconds> utc{std::chrono::milliseconds(moment.value())};
      const auto local = utc.time_since_epoch() + found->get_info(utc).offset;
      return club::LocalTime{std::chrono::floor<minutes>(local).count()};
    } catch (const std::exception&) {
      return fail(ErrorCode::not_found, "the rules of the time zone cannot be read");
    }
  }
};

}  // namespace

const club::TimeZones& system_zones() {
  static const SystemZones zones;
  return zones;
}

}  // namespace muistio::home
