// The rules of time zones on this device.
#pragma once

#include "muistio/club/when.hpp"

namespace muistio::home {

/// Those of the operating system's database. Any thread. Where an app is built without one (WebAssembly), every zone is not_found,
/// and the app gives its own in HomeOptions::zones.
[[nodiscard]] const club::TimeZones& system_zones();

}  // namespace muistio::home
