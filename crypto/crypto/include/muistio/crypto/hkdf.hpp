// HKDF-SHA256 (RFC 5869).
#pragma once

#include <cstddef>

#include "muistio/base/bytes.hpp"
#include "muistio/base/secret.hpp"

namespace muistio::crypto {

/// The most bytes that one expansion yields.
inline constexpr std::size_t kHkdfBytesMax = 255 * 32;

/// HKDF-Extract. An empty salt stands for 32 zero bytes.
[[nodiscard]] Secret<32> hkdf_extract(BytesView salt, BytesView input_key_material) noexcept;

/// HKDF-Expand to `out.size()` bytes. More than kHkdfBytesMax is a broken invariant.
void hkdf_expand(BytesView pseudorandom_key, BytesView info, std::span<std::uint8_t> out);

/// HKDF-Expand to N bytes.
template <std::size_t N>
[[nodiscard]] Secret<N> hkdf_expand(BytesView pseudorandom_key, BytesView info) {
  static_assert(N <= kHkdfBytesMax);
  Secret<N> out;
  hkdf_expand(pseudorandom_key, info, out.expose_mutable());
  return out;
}

/// HKDF-Expand to `length` bytes, at most kHkdfBytesMax.
[[nodiscard]] SecretBytes hkdf_expand(BytesView pseudorandom_key, BytesView info, std::size_t length);

}  // namespace muistio::crypto
