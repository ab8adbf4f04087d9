#pragma once

#include "settings.hpp"

namespace muistio::server {

/// Serves until SIGTERM. Prints "ready wss://ADDR:PORT" on standard output once clients can come. Errors: what keeps it from
/// starting.
[[nodiscard]] Status serve(const Settings& settings);

}  // namespace muistio::server
