#include "muistio/crypto/signature.hpp"

#include <sodium.h>

namespace muistio::crypto {

SigningKey SigningKey::generate(Random& random) {
  Secret<32> seed;
  random.fill(seed.expose_mutable());
  return from_seed(seed);
}

SigningKey SigningKey::from_seed(const Secret<32>& seed) noexcept {
  SigningKey made;
  VerifyKey public_key;
  crypto_sign_ed25519_seed_keypair(public_key.mutable_array().data(), made.key_.expose_mutable().data(), seed.expose().data());
  return made;
}

SigningKey SigningKey::clone() const {
  SigningKey made;
  made.key_ = key_.clone();
  return made;
}

VerifyKey SigningKey::verify_key() const noexcept {
  VerifyKey key;
  const auto bytes = key_.expose().subspan(32);
  std::copy(bytes.begin(), bytes.end(), key.mutable_array().begin());
  return key;
}

Secret<32> SigningKey::seed() const noexcept {
  Secret<32> seed;
  const auto bytes = key_.expose().first(32);
  std::copy(bytes.begin(), bytes.end(), seed.expose_mutable().begin());
  return seed;
}

Signature SigningKey::sign(std::string_view label, std::span<const BytesView> fields) const {
  return sign_raw(join_fields(label, fields));
}

Signature SigningKey::sign_raw(BytesView message) const noexcept {
  Signature signature;
  crypto_sign_ed25519_detached(signature.mutable_array().data(), nullptr, message.data(), message.size(), key_.expose().data());
  return signature;
}

Status verify(const VerifyKey& key, std::string_view label, std::span<const BytesView> fields, const Signature& signature) {
  return verify_raw(key, join_fields(label, fields), signature);
}

Status verify_raw(const VerifyKey& key, BytesView message, const Signature& signature) {
  if (crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0) return ok();
  return fail(ErrorCode::bad_signature);
}

}  // namespace muistio::crypto
