// Ed25519 signatures (RFC 8032).
#pragma once

#include <string_view>

#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/base/strong.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::crypto {

/// An Ed25519 public key. Any 32 bytes are taken; one that is not usable verifies nothing.
using VerifyKey = StrongBytes<struct VerifyKeyTag, 32>;
/// An Ed25519 signature.
using Signature = StrongBytes<struct SignatureTag, 64>;

/// An Ed25519 private key. Move-only, wiped. May be used from several threads at once.
class SigningKey {
 public:
  [[nodiscard]] static SigningKey generate(Random& random);
  /// From the 32-byte seed, RFC 8032's private key.
  [[nodiscard]] static SigningKey from_seed(const Secret<32>& seed) noexcept;
  [[nodiscard]] SigningKey clone() const;

  [[nodiscard]] VerifyKey verify_key() const noexcept;
  /// The seed, to be stored in the encrypted store.
  [[nodiscard]] Secret<32> seed() const noexcept;

  /// Signs `join_fields(label, fields)`. Every purpose has a label of its own: "muistio 1 <purpose>".
  [[nodiscard]] Signature sign(std::string_view label, std::span<const BytesView> fields) const;
  [[nodiscard]] Signature sign(std::string_view label, Fields fields) const {
    return sign(label, std::span<const BytesView>(fields.begin(), fields.size()));
  }
  /// Signs `message` as it is, for protocols that label it themselves (RFC 9420).
  [[nodiscard]] Signature sign_raw(BytesView message) const noexcept;

 private:
  SigningKey() = default;
  Secret<64> key_;  // seed, then public key
};

/// Checks a signature made by `SigningKey::sign`. Errors: bad_signature.
[[nodiscard]] Status verify(const VerifyKey& key, std::string_view label, std::span<const BytesView> fields,
                            const Signature& signature);
[[nodiscard]] inline Status verify(const VerifyKey& key, std::string_view label, Fields fields, const Signature& signature) {
  return verify(key, label, std::span<const BytesView>(fields.begin(), fields.size()), signature);
}

/// Checks a signature made by `SigningKey::sign_raw`. Errors: bad_signature.
[[nodiscard]] Status verify_raw(const VerifyKey& key, BytesView message, const Signature& signature);

}  // namespace muistio::crypto
