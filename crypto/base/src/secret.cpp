#include "muistio/base/secret.hpp"

#include <array>
#include <cstring>

namespace muistio {

void wipe(std::span<std::uint8_t> bytes) noexcept {
  if (bytes.empty()) return;
  explicit_bzero(bytes.data(), bytes.size());
}

[[gnu::noinline]] void wipe_stack() noexcept {
  std::array<std::uint8_t, 16 << 10> below;  // NOLINT: it is overwritten, not read
  explicit_bzero(below.data(), below.size());
}

}  // namespace muistio
