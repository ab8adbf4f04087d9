#include "muistio/crypto/x25519.hpp"

#include <sodium.h>

#include <array>

namespace muistio::crypto {

bool is_small_order(const X25519PublicKey& key) noexcept {
  // Clamping makes any scalar a multiple of 8, which takes the points of small order, and only those, to zero.
  const std::array<std::uint8_t, 32> scalar{1};
  std::array<std::uint8_t, 32> shared;
  return crypto_scalarmult_curve25519(shared.data(), scalar.data(), key.data()) != 0;
}

X25519PrivateKey X25519PrivateKey::generate(Random& random) {
  Secret<32> secret;
  random.fill(secret.expose_mutable());
  return from_secret(std::move(secret));
}

X25519PrivateKey X25519PrivateKey::from_secret(Secret<32> secret) noexcept {
  X25519PrivateKey made;
  made.secret_ = std::move(secret);
  crypto_scalarmult_curve25519_base(made.public_key_.mutable_array().data(), made.secret_.expose().data());
  return made;
}

X25519PrivateKey X25519PrivateKey::clone() const {
  X25519PrivateKey made;
  made.secret_ = secret_.clone();
  made.public_key_ = public_key_;
  return made;
}

Result<Secret<32>> X25519PrivateKey::agree(const X25519PublicKey& peer) const {
  Secret<32> shared;
  if (crypto_scalarmult_curve25519(shared.expose_mutable().data(), secret_.expose().data(), peer.data()) != 0)
    return fail(ErrorCode::bad_public_key, "a point of small order");
  return shared;
}

}  // namespace muistio::crypto
