// Looks at everything that a server needs and says what to do about what is amiss.
#pragma once

#include <string>
#include <vector>

#include "storage.hpp"

namespace muistio::server {

struct Finding {
  enum class Level { good, warning, bad };
  Level level = Level::good;
  std::string subject;
  std::string text;  ///< what was found; for what is not good also what to do
};

/// Checks settings, folder, disk, limits, clock, certificate, storage, and a real sync round trip to the server that runs (without
/// one, that is a warning). `ca_file`: the PEM file by which the round trip trusts the certificate; empty: the system's, or that of
/// tls.dev.
[[nodiscard]] std::vector<Finding> examine(const Settings& settings, const std::string& ca_file);

}  // namespace muistio::server
