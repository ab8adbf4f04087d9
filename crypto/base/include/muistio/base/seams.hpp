// Time and randomness come in only here (D1), so that the simulator can supply both.
#pragma once

#include <cstdint>
#include <span>

#include "muistio/base/ids.hpp"

namespace muistio {

/// Where time comes from. An implementation must be callable from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall time; may jump. Shown to people, never used to order.
  [[nodiscard]] virtual WallMs wall() const = 0;
  /// Goes forward only; for deadlines.
  [[nodiscard]] virtual MonotonicMs monotonic() const = 0;
};

/// Where random bytes come from. An implementation must be callable from any thread and fit for keys outside simulations.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  /// A random id or nonce.
  template <class FixedBytes>
  [[nodiscard]] FixedBytes make() {
    FixedBytes made;
    fill(made.mutable_array());
    return made;
  }
};

/// The operating system's clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallMs wall() const override;
  [[nodiscard]] MonotonicMs monotonic() const override;
};

}  // namespace muistio
