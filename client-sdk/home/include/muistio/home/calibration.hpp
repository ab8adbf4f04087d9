// How much work a passphrase's key is to cost on this device.
#pragma once

#include <cstdint>
#include <functional>

#include "muistio/base/seams.hpp"
#include "muistio/crypto/password.hpp"

namespace muistio::home {

/// How long deriving the key is to take, in milliseconds, on the device that chooses the cost.
inline constexpr std::uint64_t kPassphraseMs = 500;
/// Never less, however slow the device or busy the moment: a guess costs at least this.
inline constexpr crypto::PasswordCost kCostLeast{3, 32U << 20};
/// Never more, however fast the device: the home is to open on a slower one too.
inline constexpr crypto::PasswordCost kCostMost{10, 128U << 20};
/// What is measured, twice; the faster one counts.
inline constexpr crypto::PasswordCost kCostProbe{1, 64U << 20};

/// Derives a key at a cost; returns whether this device can.
using CostProbe = std::function<bool(const crypto::PasswordCost&)>;

/// The cost at which a key takes about kPassphraseMs, within the bounds: as much memory as that allows, then passes. `probe` is
/// run with kCostProbe and timed by `clock`.
[[nodiscard]] crypto::PasswordCost calibrate_cost(const Clock& clock, const CostProbe& probe);

/// The same, measured here and now with Argon2id.
[[nodiscard]] crypto::PasswordCost calibrate_cost();

}  // namespace muistio::home
