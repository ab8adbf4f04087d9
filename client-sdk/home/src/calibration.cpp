#include "muistio/home/calibration.hpp"

#include <algorithm>
#include <limits>

namespace muistio::home {
namespace {
constexpr std::uint64_t kMemoryStepBytes = 1U << 20;
constexpr int kProbes = 2;
}  // namespace

crypto::PasswordCost calibrate_cost(const Clock& clock, const CostProbe& probe) {
  auto fastest_ms = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < kProbes; ++i) {
    const auto before = clock.monotonic().value();
    if (!probe(kCostProbe)) return kCostLeast;
    fastest_ms = std::min(fastest_ms, std::max<std::uint64_t>(1, clock.monotonic().value() - before));
  }
  // Work is passes times memory.
  const auto work = kPassphraseMs * kCostProbe.passes * kCostProbe.memory_bytes / fastest_ms;
  auto cost = kCostLeast;
  cost.memory_bytes =
      std::clamp(work / kCostLeast.passes / kMemoryStepBytes * kMemoryStepBytes, kCostLeast.memory_bytes, kCostMost.memory_bytes);
  cost.passes = std::clamp(work / cost.memory_bytes, kCostLeast.passes, kCostMost.passes);
  return cost;
}

crypto::PasswordCost calibrate_cost() {
  return calibrate_cost(SystemClock(), [](const crypto::PasswordCost& cost) {
    return crypto::password_key(as_bytes("calibration"), crypto::PasswordSalt(), cost).has_value();
  });
}

}  // namespace muistio::home
