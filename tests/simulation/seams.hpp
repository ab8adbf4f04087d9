// Time and randomness of a simulation: both come from the seed alone.
#pragma once

#include <algorithm>
#include <cstdint>

#include "muistio/base/seams.hpp"

namespace muistio::simulation {

/// xoshiro256** seeded by SplitMix64. For simulations only: its keys protect nothing.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9E3779B97F4A7C15ULL;
      auto mixed = seed;
      mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
      mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
      word = mixed ^ (mixed >> 31);
    }
  }
  [[nodiscard]] std::uint64_t next() {
    const auto rotate = [](std::uint64_t value, int by) { return (value << by) | (value >> (64 - by)); };
    const auto result = rotate(state_[1] * 5, 7) * 9;
    const auto shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }
  /// 0 … count - 1.
  [[nodiscard]] std::uint64_t below(std::uint64_t count) { return count == 0 ? 0 : next() % count; }
  [[nodiscard]] std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + below(most - least + 1); }
  [[nodiscard]] bool chance(std::uint64_t percent) { return below(100) < percent; }
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(next() >> 56);
  }

 private:
  std::uint64_t state_[4] = {};
};

class VirtualClock final : public Clock {
 public:
  [[nodiscard]] WallMs wall() const override { return WallMs(1'750'000'000'000 + static_cast<std::int64_t>(now_ + ahead_)); }
  [[nodiscard]] MonotonicMs monotonic() const override { return MonotonicMs(now_); }
  [[nodiscard]] std::uint64_t now() const noexcept { return now_; }
  void set(std::uint64_t now) noexcept { now_ = std::max(now_, now); }
  /// Days pass with everything asleep.
  void skip_days(std::uint64_t days) noexcept { ahead_ += days * 24 * 3600 * 1000; }

 private:
  std::uint64_t now_ = 1'000'000;
  std::uint64_t ahead_ = 0;
};

}  // namespace muistio::simulation
