#include "muistio/base/secret.hpp"

#include <cstring>

namespace muistio {

void wipe(std::span<std::uint8_t> bytes) noexcept {
  if (bytes.empty()) return;
  explicit_bzero(bytes.data(), bytes.size());
}

}  // namespace muistio
