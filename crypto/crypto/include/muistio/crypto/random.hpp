// The operating system's randomness behind the seam of base.
#pragma once

#include "muistio/base/seams.hpp"

namespace muistio::crypto {

/// Random bytes of the operating system, fit for keys. Callable from any thread.
class SystemRandom final : public Random {
 public:
  SystemRandom();
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace muistio::crypto
