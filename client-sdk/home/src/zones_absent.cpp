// For platforms without a database of time zones: the app gives its own.
#include "muistio/home/zones.hpp"

namespace muistio::home {
namespace {

class NoZones final : public club::TimeZones {
 public:
  Result<WallMs> moment(std::string_view, club::LocalTime) const override { return none(); }
  Result<club::LocalTime> shown(std::string_view, WallMs) const override { return none(); }

 private:
  static Unexpected none() { return fail(ErrorCode::not_found, "there are no time zones on this platform"); }
};

}  // namespace

const club::TimeZones& system_zones() {
  static const NoZones zones;
  return zones;
}

}  // namespace muistio::home
