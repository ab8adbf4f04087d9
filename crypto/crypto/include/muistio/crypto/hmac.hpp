// HMAC-SHA256 (RFC 2104).
#pragma once

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"

namespace muistio::crypto {

/// HMAC-SHA256 under a key of any length.
[[nodiscard]] Hash hmac_sha256(BytesView key, BytesView message) noexcept;

/// Checks `tag` in constant time. Errors: bad_mac.
[[nodiscard]] Status verify_hmac_sha256(BytesView key, BytesView message, BytesView tag);

}  // namespace muistio::crypto
