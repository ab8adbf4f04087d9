// X25519 key agreement (RFC 7748).
#pragma once

#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/base/strong.hpp"

namespace muistio::crypto {

/// An X25519 public key.
using X25519PublicKey = StrongBytes<struct X25519PublicKeyTag, 32>;

/// Whether every agreement with this key fails: a point of small order (RFC 7748 §6.1), in any of its encodings. The same on every
/// device, as it depends on the key alone.
[[nodiscard]] bool is_small_order(const X25519PublicKey& key) noexcept;

/// An X25519 private key with its public key. Move-only, wiped.
class X25519PrivateKey {
 public:
  [[nodiscard]] static X25519PrivateKey generate(Random& random);
  [[nodiscard]] static X25519PrivateKey from_secret(Secret<32> secret) noexcept;
  [[nodiscard]] X25519PrivateKey clone() const;

  [[nodiscard]] const X25519PublicKey& public_key() const noexcept { return public_key_; }
  /// The scalar, to be stored in the encrypted store.
  [[nodiscard]] const Secret<32>& secret() const noexcept { return secret_; }
  /// The shared secret with the holder of `peer`; never use it as a key directly. Errors: bad_public_key, if `peer` is a point of
  /// small order (RFC 7748 §6.1).
  [[nodiscard]] Result<Secret<32>> agree(const X25519PublicKey& peer) const;

 private:
  X25519PrivateKey() = default;
  Secret<32> secret_;
  X25519PublicKey public_key_;
};

}  // namespace muistio::crypto
