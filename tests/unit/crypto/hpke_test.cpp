#include "muistio/crypto/hpke.hpp"

#include <catch2/catch.hpp>

#include "muistio/base/hex.hpp"
#include "muistio/crypto/random.hpp"

using namespace muistio;
using namespace muistio::crypto;

namespace {
Bytes hex(std::string_view digits) { return from_hex(digits).value(); }

// Gives the ikmE of the vector, so that the ephemeral key is the vector's.
class VectorRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    const auto bytes = hex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
    REQUIRE(out.size() == bytes.size());
    std::copy(bytes.begin(), bytes.end(), out.begin());
  }
};

X25519PrivateKey recipient() {
  return hpke_derive_key_pair(hex("1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df"));
}
const Bytes kInfo = hex("4f6465206f6e2061204772656369616e2055726e");
const Bytes kAad = hex("436f756e742d30");
const Bytes kText = hex("4265617574792069732074727574682c20747275746820626561757479");
}  // namespace

TEST_CASE("HPKE gives the keys, ciphertext and exports of RFC 9180 appendix A.2.1") {
  const auto key = recipient();
  REQUIRE(to_hex(key.secret().expose()) == "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
  REQUIRE(key.public_key().hex() == "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
  VectorRandom random;
  const auto sealed = hpke_seal(key.public_key(), kInfo, kAad, kText, random).value();
  REQUIRE(sealed.kem_output.hex() == "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
  REQUIRE(to_hex(sealed.ciphertext) ==
          "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28");
  REQUIRE(equal(hpke_open(key, sealed.kem_output, kInfo, kAad, sealed.ciphertext).value().expose(), kText));

  const auto exported = hpke_send_export(key.public_key(), kInfo, {}, 32, random).value();
  REQUIRE(to_hex(exported.secret.expose()) == "4bbd6243b8bb54cec311fac9df81841b6fd61f56538a775e7c80a9f40160606e");
  REQUIRE(equal(hpke_receive_export(key, exported.kem_output, kInfo, {}, 32).value().expose(), exported.secret.expose()));
  REQUIRE(to_hex(hpke_receive_export(key, exported.kem_output, kInfo, as_bytes("TestContext"), 32).value().expose()) ==
          "5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53");
}

TEST_CASE("an HPKE ciphertext opens for its recipient, info and data only") {
  SystemRandom random;
  const auto key = X25519PrivateKey::generate(random);
  const auto sealed = hpke_seal(key.public_key(), kInfo, kAad, kText, random).value();
  REQUIRE(hpke_open(key, sealed.kem_output, kInfo, kAad, sealed.ciphertext).has_value());
  REQUIRE(hpke_open(X25519PrivateKey::generate(random), sealed.kem_output, kInfo, kAad, sealed.ciphertext).error().code ==
          ErrorCode::decryption_failed);
  REQUIRE_FALSE(hpke_open(key, sealed.kem_output, {}, kAad, sealed.ciphertext).has_value());
  REQUIRE_FALSE(hpke_open(key, sealed.kem_output, kInfo, {}, sealed.ciphertext).has_value());
  REQUIRE(hpke_open(key, X25519PublicKey(), kInfo, kAad, sealed.ciphertext).error().code == ErrorCode::bad_public_key);
  REQUIRE(hpke_seal(X25519PublicKey(), kInfo, kAad, kText, random).error().code == ErrorCode::bad_public_key);
  REQUIRE(sealed.ciphertext != hpke_seal(key.public_key(), kInfo, kAad, kText, random).value().ciphertext);
}
