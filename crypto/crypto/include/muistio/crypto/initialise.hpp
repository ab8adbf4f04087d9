// Readies libsodium.
#pragma once

namespace muistio::crypto {

/// Lets libsodium choose the fastest code of this processor and open the system's source of randomness. Call it once at the start
/// of a program; calling it again, from any thread, does nothing. A machine without randomness is a broken invariant.
void initialise() noexcept;

}  // namespace muistio::crypto
