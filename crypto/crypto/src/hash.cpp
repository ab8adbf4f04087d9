#include "muistio/crypto/hash.hpp"

#include <sodium.h>

#include <new>

#include "muistio/base/reader.hpp"

namespace muistio::crypto {
namespace {
crypto_hash_sha256_state* state_of(std::array<std::uint8_t, 128>& bytes) noexcept {
  static_assert(sizeof(crypto_hash_sha256_state) <= 128);
  return std::launder(reinterpret_cast<crypto_hash_sha256_state*>(bytes.data()));
}
}  // namespace

Bytes join_fields(std::string_view label, std::span<const BytesView> fields) {
  Writer out;
  out.block(as_bytes(label));
  for (auto field : fields) out.block(field);
  return std::move(out).take();
}

Hash sha256(BytesView message) noexcept {
  Hash digest;
  crypto_hash_sha256(digest.mutable_array().data(), message.data(), message.size());
  return digest;
}

Hash labelled_hash(std::string_view label, std::span<const BytesView> fields) { return sha256(join_fields(label, fields)); }

Sha256::Sha256() noexcept {
  new (state_.data()) crypto_hash_sha256_state;
  crypto_hash_sha256_init(state_of(state_));
}
Sha256::~Sha256() { sodium_memzero(state_.data(), state_.size()); }
Sha256& Sha256::update(BytesView piece) noexcept {
  crypto_hash_sha256_update(state_of(state_), piece.data(), piece.size());
  return *this;
}
Hash Sha256::finish() noexcept {
  Hash digest;
  crypto_hash_sha256_final(state_of(state_), digest.mutable_array().data());
  crypto_hash_sha256_init(state_of(state_));
  return digest;
}

}  // namespace muistio::crypto
