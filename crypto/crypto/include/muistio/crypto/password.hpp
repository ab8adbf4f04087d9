// A key from a passphrase by Argon2id (RFC 9106).
#pragma once

#include <cstdint>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/base/strong.hpp"

namespace muistio::crypto {

using PasswordSalt = StrongBytes<struct PasswordSaltTag, 16>;

/// How much work a guess costs. Stored by the caller beside the salt.
struct PasswordCost {
  std::uint64_t passes = 3;
  std::uint64_t memory_bytes = 64U << 20;
  friend bool operator==(const PasswordCost&, const PasswordCost&) = default;
};
inline constexpr std::uint64_t kPasswordPassesMax = 64;
inline constexpr std::uint64_t kPasswordMemoryBytesMax = 1U << 30;

/// 32 bytes of Argon2id version 1.3 with one lane. Takes long by design: call it off any thread that must answer. Errors:
/// invalid_argument (a cost below 1 pass or 8 KiB, or over the limits above), too_large (the memory cannot be had).
[[nodiscard]] Result<Secret<32>> password_key(BytesView password, const PasswordSalt& salt, const PasswordCost& cost);

}  // namespace muistio::crypto
