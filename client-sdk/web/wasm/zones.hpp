// The rules of time zones as the browser knows them.
#pragma once

#include "muistio/club/when.hpp"

namespace muistio::web {

/// By JavaScript's Intl. As club::TimeZones says; on the Worker's thread.
[[nodiscard]] const club::TimeZones& browser_zones();

}  // namespace muistio::web
