#include "bench_crypto_floor.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace muistio::bench {
namespace {
constexpr std::size_t kHkdfStepBytes = 100;  // a label with its context, as a rule

void append(std::vector<std::size_t>& all, const std::vector<std::size_t>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

// Keys, points and buffers that the calls work on, made once.
struct Material {
  std::array<unsigned char, 32> scalar{};
  std::array<unsigned char, 32> point{};
  std::array<unsigned char, 32> public_key{};
  std::array<unsigned char, 64> secret_key{};
  std::vector<unsigned char> bytes = std::vector<unsigned char>(std::size_t{4} << 20);
  std::vector<unsigned char> out = std::vector<unsigned char>((std::size_t{4} << 20) + 64);
  std::vector<std::pair<std::size_t, std::array<unsigned char, 64>>> signed_sizes;

  Material() {
    randombytes_buf(scalar.data(), scalar.size());
    crypto_scalarmult_curve25519_base(point.data(), scalar.data());
    crypto_sign_ed25519_keypair(public_key.data(), secret_key.data());
    randombytes_buf(bytes.data(), bytes.size());
  }
  // A valid signature over the first `size` bytes, so that verification takes its whole way.
  const unsigned char* signature(std::size_t size) {
    const auto known =
        std::find_if(signed_sizes.begin(), signed_sizes.end(), [size](const auto& one) { return one.first == size; });
    if (known != signed_sizes.end()) return known->second.data();
    auto& made = signed_sizes.emplace_back(size, std::array<unsigned char, 64>{});
    crypto_sign_ed25519_detached(made.second.data(), nullptr, bytes.data(), size, secret_key.data());
    return made.second.data();
  }
};
Material& material() {
  static Material made;
  return made;
}
}  // namespace

Calls& Calls::operator+=(const Calls& more) {
  base_multiplications += more.base_multiplications;
  agreements += more.agreements;
  macs += more.macs;
  append(signatures, more.signatures);
  append(verifications, more.verifications);
  append(hashes, more.hashes);
  append(aeads, more.aeads);
  return *this;
}

void Calls::run() const {
  auto& with = material();
  std::array<unsigned char, 64> out{};
  const std::array<unsigned char, 12> nonce{};
  bool good = true;
  for (std::size_t i = 0; i < base_multiplications; ++i)
    good &= crypto_scalarmult_curve25519_base(out.data(), with.scalar.data()) == 0;
  for (std::size_t i = 0; i < agreements; ++i)
    good &= crypto_scalarmult_curve25519(out.data(), with.scalar.data(), with.point.data()) == 0;
  for (std::size_t i = 0; i < macs; ++i) crypto_auth_hmacsha256(out.data(), with.bytes.data(), kHkdfStepBytes, with.scalar.data());
  for (auto size : signatures) crypto_sign_ed25519_detached(out.data(), nullptr, with.bytes.data(), size, with.secret_key.data());
  for (auto size : verifications)
    good &= crypto_sign_ed25519_verify_detached(with.signature(size), with.bytes.data(), size, with.public_key.data()) == 0;
  for (auto size : hashes) crypto_hash_sha256(out.data(), with.bytes.data(), size);
  for (auto size : aeads)
    crypto_aead_chacha20poly1305_ietf_encrypt(with.out.data(), nullptr, with.bytes.data(), size, nullptr, 0, nullptr, nonce.data(),
                                              with.scalar.data());
  if (!good) throw std::runtime_error("a call of the floor failed");
}

Calls hpke_seals(std::size_t count, std::size_t bytes) {
  Calls calls;
  calls.base_multiplications = count;
  calls.agreements = count;
  // DeriveKeyPair 2, ExtractAndExpand 2, secret, key, nonce; info_hash once for all
  calls.macs = count * 7 + (count > 0 ? 1 : 0);
  calls.aeads.assign(count, bytes);
  return calls;
}

Calls hpke_open(std::size_t bytes) {
  Calls calls;
  calls.agreements = 1;
  calls.macs = 6;
  calls.aeads = {bytes};
  return calls;
}

}  // namespace muistio::bench
