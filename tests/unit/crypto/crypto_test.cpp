#include <catch2/catch.hpp>

#include "muistio/base/hex.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/constant_time.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "muistio/crypto/hmac.hpp"
#include "muistio/crypto/password.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/crypto/x25519.hpp"

using namespace muistio;
using namespace muistio::crypto;

namespace {
Bytes hex(std::string_view digits) { return from_hex(digits).value(); }
template <std::size_t N = 32>
Secret<N> secret(std::string_view digits) {
  return Secret<N>::from_bytes(hex(digits)).value();
}
}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180-4, whole or in pieces") {
  const auto expected = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  REQUIRE(equal(sha256(as_bytes("abc")).view(), expected));
  REQUIRE(to_hex(sha256({}).view()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 pieces;
  REQUIRE(equal(pieces.update(as_bytes("a")).update({}).update(as_bytes("bc")).finish().view(), expected));
  REQUIRE(equal(pieces.update(as_bytes("abc")).finish().view(), expected));
}

TEST_CASE("fields are joined so that no two lists of fields give the same bytes") {
  REQUIRE(to_hex(join_fields("ab", {as_bytes("c"), {}})) == "026162016300");
  REQUIRE(labelled_hash("a", {as_bytes("bc")}) != labelled_hash("ab", {as_bytes("c")}));
  REQUIRE(labelled_hash("a", {as_bytes("b"), as_bytes("c")}) != labelled_hash("a", {as_bytes("bc")}));
  REQUIRE(labelled_hash("a", {}) != labelled_hash("a", {BytesView{}}));
  REQUIRE(join_fields("l", {Bytes(200, 1)}).size() == 2 + 2 + 200);
}

TEST_CASE("HMAC-SHA256 gives the tags of RFC 4231 and refuses others") {
  const Bytes key(20, 0x0b);
  const auto tag = hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  REQUIRE(equal(hmac_sha256(key, as_bytes("Hi There")).view(), tag));
  REQUIRE(equal(hmac_sha256(Bytes(131, 0xaa), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")).view(),
                hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")));
  REQUIRE(verify_hmac_sha256(key, as_bytes("Hi There"), tag).has_value());
  REQUIRE(verify_hmac_sha256(key, as_bytes("Hi there"), tag).error().code == ErrorCode::bad_mac);
  REQUIRE_FALSE(verify_hmac_sha256(key, as_bytes("Hi There"), BytesView(tag).first(31)).has_value());
  REQUIRE_FALSE(verify_hmac_sha256(key, as_bytes("Hi There"), {}).has_value());
}

TEST_CASE("HKDF gives the keys of RFC 5869 appendix A") {
  const auto prk = hkdf_extract(hex("000102030405060708090a0b0c"), Bytes(22, 0x0b));
  REQUIRE(to_hex(prk.expose()) == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  REQUIRE(to_hex(hkdf_expand(prk.expose(), hex("f0f1f2f3f4f5f6f7f8f9"), 42).expose()) ==
          "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  const auto no_salt = hkdf_extract({}, Bytes(22, 0x0b));
  REQUIRE(to_hex(no_salt.expose()) == "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
  REQUIRE(to_hex(hkdf_expand(no_salt.expose(), {}, 42).expose()) ==
          "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
  REQUIRE(hkdf_expand(prk.expose(), {}, kHkdfBytesMax).size() == kHkdfBytesMax);
}

TEST_CASE("Ed25519 gives the signatures of RFC 8032 section 7.1") {
  const auto one = SigningKey::from_seed(secret("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  REQUIRE(one.verify_key().hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  REQUIRE(one.sign_raw({}).hex() ==
          "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465514143"
          "8e7a100b");
  const auto two = SigningKey::from_seed(secret("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  REQUIRE(two.verify_key().hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  REQUIRE(two.sign_raw(hex("72")).hex() ==
          "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d2916"
          "12bb0c00");
  REQUIRE(equal(two.clone().seed().expose(), two.seed().expose()));
}

TEST_CASE("a labelled signature holds for its key, label and fields only") {
  SystemRandom random;
  const auto key = SigningKey::generate(random);
  const auto signature = key.sign("muistio 1 test", {as_bytes("a"), as_bytes("b")});
  REQUIRE(verify(key.verify_key(), "muistio 1 test", {as_bytes("a"), as_bytes("b")}, signature).has_value());
  REQUIRE(verify(key.verify_key(), "muistio 1 test", {as_bytes("ab")}, signature).error().code == ErrorCode::bad_signature);
  REQUIRE_FALSE(verify(key.verify_key(), "muistio 1 other", {as_bytes("a"), as_bytes("b")}, signature).has_value());
  REQUIRE_FALSE(
      verify(SigningKey::generate(random).verify_key(), "muistio 1 test", {as_bytes("a"), as_bytes("b")}, signature).has_value());
  for (std::size_t i = 0; i < Signature::size_bytes; ++i) {
    auto changed = signature;
    changed.mutable_array()[i] ^= 0x80;
    REQUIRE_FALSE(verify(key.verify_key(), "muistio 1 test", {as_bytes("a"), as_bytes("b")}, changed).has_value());
  }
}

TEST_CASE("X25519 gives the shared secret of RFC 7748 section 6.1 and refuses points of small order") {
  const auto alice = X25519PrivateKey::from_secret(secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  const auto bob = X25519PrivateKey::from_secret(secret("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
  REQUIRE(alice.public_key().hex() == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  REQUIRE(bob.public_key().hex() == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  REQUIRE(to_hex(alice.agree(bob.public_key()).value().expose()) ==
          "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  REQUIRE(equal(bob.agree(alice.public_key()).value().expose(), alice.agree(bob.public_key()).value().expose()));
  REQUIRE(alice.agree(X25519PublicKey()).error().code == ErrorCode::bad_public_key);
  X25519PublicKey one;
  one.mutable_array()[0] = 1;
  REQUIRE(alice.agree(one).error().code == ErrorCode::bad_public_key);
}

TEST_CASE("a point is of small order exactly when no agreement with it succeeds, in each of its encodings and beside them") {
  const auto key = X25519PrivateKey::from_secret(secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  int found = 0;
  for (const char* hex : {"0000000000000000000000000000000000000000000000000000000000000000",
                          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                          "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"})
    for (int step = -3; step <= 3; ++step)
      for (std::uint8_t high : {0x00, 0x80}) {
        auto point = X25519PublicKey::parse(hex).value();
        point.mutable_array()[0] = static_cast<std::uint8_t>(point.mutable_array()[0] + step);
        point.mutable_array()[31] |= high;
        INFO(point.hex());
        REQUIRE(is_small_order(point) == !key.agree(point).has_value());
        found += is_small_order(point);
      }
  REQUIRE(found == 2 * 7);
  REQUIRE_FALSE(is_small_order(key.public_key()));
}

TEST_CASE("ChaCha20-Poly1305 gives the ciphertext of RFC 8439 section 2.8.2") {
  const auto key = secret("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const auto nonce = Nonce::from_bytes(hex("070000004041424344454647")).value();
  const auto aad = hex("50515253c0c1c2c3c4c5c6c7");
  const auto text = as_bytes(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
  const auto sealed = chacha20_seal(key, nonce, aad, text);
  REQUIRE(to_hex(sealed) ==
          "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b6"
          "7ecd3b36"
          "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e90"
          "2ecbd060"
          "0691");
  REQUIRE(equal(chacha20_open(key, nonce, aad, sealed).value(), text));
}

TEST_CASE("a sealed text opens only as it was sealed") {
  SystemRandom random;
  AeadKey key;
  random.fill(key.expose_mutable());
  const auto nonce = random.make<XNonce>();
  for (std::size_t size : {0UL, 1UL, 100UL}) {
    const Bytes text(size, 0x5a);
    const auto sealed = xchacha20_seal(key, nonce, as_bytes("aad"), text);
    REQUIRE(sealed.size() == size + kAeadTagBytes);
    REQUIRE(xchacha20_open(key, nonce, as_bytes("aad"), sealed).value() == text);
    REQUIRE(xchacha20_open(key, nonce, as_bytes("aae"), sealed).error().code == ErrorCode::decryption_failed);
    REQUIRE_FALSE(xchacha20_open(key, random.make<XNonce>(), as_bytes("aad"), sealed).has_value());
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      auto changed = sealed;
      changed[i] ^= 4;
      REQUIRE_FALSE(xchacha20_open(key, nonce, as_bytes("aad"), changed).has_value());
    }
    REQUIRE_FALSE(xchacha20_open(key, nonce, as_bytes("aad"), BytesView(sealed).first(15)).has_value());
    REQUIRE_FALSE(chacha20_open(key, Nonce(), {}, {}).has_value());
  }
}

TEST_CASE("XChaCha20-Poly1305 gives the ciphertext of draft-irtf-cfrg-xchacha-03 appendix A.3.1") {
  const auto key = secret("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const auto nonce = XNonce::from_bytes(hex("404142434445464748494a4b4c4d4e4f5051525354555657")).value();
  const auto sealed = xchacha20_seal(key, nonce, hex("50515253c0c1c2c3c4c5c6c7"),
                                     as_bytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                                              "future, sunscreen would be it."));
  REQUIRE(to_hex(BytesView(sealed).first(16)) == "bd6d179d3e83d43b9576579493c0e939");
  REQUIRE(to_hex(BytesView(sealed).last(16)) == "c0875924c1c7987947deafd8780acf49");
}

TEST_CASE("a passphrase's key depends on the passphrase, the salt and the cost") {
  const PasswordCost cheap{1, 8192};
  const PasswordSalt salt;
  const auto key = password_key(as_bytes("sana"), salt, cheap).value();
  REQUIRE(equal(password_key(as_bytes("sana"), salt, cheap).value().expose(), key.expose()));
  REQUIRE_FALSE(equal(password_key(as_bytes("sano"), salt, cheap).value().expose(), key.expose()));
  REQUIRE_FALSE(equal(password_key({}, salt, cheap).value().expose(), key.expose()));
  PasswordSalt other;
  other.mutable_array()[15] = 1;
  REQUIRE_FALSE(equal(password_key(as_bytes("sana"), other, cheap).value().expose(), key.expose()));
  REQUIRE_FALSE(equal(password_key(as_bytes("sana"), salt, {2, 8192}).value().expose(), key.expose()));
  REQUIRE(password_key(as_bytes("sana"), salt, {0, 8192}).error().code == ErrorCode::invalid_argument);
  REQUIRE(password_key(as_bytes("sana"), salt, {1, 100}).error().code == ErrorCode::invalid_argument);
  REQUIRE(password_key(as_bytes("sana"), salt, {1, kPasswordMemoryBytesMax + 1}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("the system's randomness does not repeat itself, and comparison needs equal lengths") {
  SystemRandom random;
  REQUIRE(random.make<Hash>() != random.make<Hash>());
  REQUIRE(equal_in_constant_time({}, {}));
  REQUIRE(equal_in_constant_time(as_bytes("ab"), as_bytes("ab")));
  REQUIRE_FALSE(equal_in_constant_time(as_bytes("ab"), as_bytes("ac")));
  REQUIRE_FALSE(equal_in_constant_time(as_bytes("ab"), as_bytes("a")));
}
