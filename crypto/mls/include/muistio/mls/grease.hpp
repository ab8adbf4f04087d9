// Values that mean nothing and keep receivers honest about what they do not know (RFC 9420 §13.5).
#pragma once

#include "muistio/base/seams.hpp"
#include "muistio/mls/key_package.hpp"

namespace muistio::mls {

/// Whether a cipher suite, extension, proposal or credential type is one of 0x0A0A, 0x1A1A, … 0xEAEA.
[[nodiscard]] constexpr bool is_grease(std::uint16_t value) noexcept {
  return value >> 8 == (value & 0xff) && (value & 0x0f) == 0x0a && value != 0xfafa;
}

/// One of these values.
[[nodiscard]] std::uint16_t grease_value(Random& random);
/// An extension of such a type with up to 15 random bytes, for a leaf, a key package or a GroupInfo; never for a GroupContext.
[[nodiscard]] Extension grease_extension(Random& random);
/// Lists one such value in each list of the capabilities that may hold one, and adds a leaf extension of the type listed.
void add_grease(LeafConfig& leaf, Random& random);

}  // namespace muistio::mls
