// The labelled operations that everything in RFC 9420 is built from (§5.1, §5.2, §8).
#pragma once

#include <string_view>

#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/crypto/x25519.hpp"
#include "muistio/mls/basics.hpp"

namespace muistio::mls {

/// KDF.Nh: the length of every secret of the key schedule.
inline constexpr std::size_t kHashBytes = 32;
/// AEAD.Nk and AEAD.Nn.
inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 12;

/// RefHash (§5.2). The label is given in full.
[[nodiscard]] HashReference ref_hash(std::string_view label, BytesView value);

/// ExpandWithLabel (§8): the label is given without "MLS 1.0 ".
void expand_with_label(BytesView secret, std::string_view label, BytesView context, std::span<std::uint8_t> out);
template <std::size_t N = kHashBytes>
[[nodiscard]] Secret<N> expand_with_label(BytesView secret, std::string_view label, BytesView context) {
  Secret<N> out;
  expand_with_label(secret, label, context, out.expose_mutable());
  return out;
}
/// DeriveSecret (§8).
[[nodiscard]] inline Secret<kHashBytes> derive_secret(const Secret<kHashBytes>& secret, std::string_view label) {
  return expand_with_label(secret.expose(), label, {});
}
/// DeriveTreeSecret (§9.1).
void derive_tree_secret(BytesView secret, std::string_view label, std::uint32_t generation, std::span<std::uint8_t> out);
/// MAC(key, data): HMAC-SHA256.
[[nodiscard]] Bytes mac(const Secret<kHashBytes>& key, BytesView data);
/// Checks in constant time.
[[nodiscard]] bool mac_matches(const Secret<kHashBytes>& key, BytesView data, BytesView tag);

/// SignWithLabel (§5.1.2).
[[nodiscard]] Bytes sign_with_label(const crypto::SigningKey& key, std::string_view label, BytesView content);
/// VerifyWithLabel (§5.1.2). Errors: bad_public_key, bad_signature.
[[nodiscard]] Status verify_with_label(const SignaturePublicKey& key, std::string_view label, BytesView content,
                                       BytesView signature);

// RFC 9420 §7.6: struct { opaque kem_output<V>; opaque ciphertext<V>; } HPKECiphertext;
struct HPKECiphertext {
  Bytes kem_output;
  Bytes ciphertext;
  MUISTIO_MLS_FIELDS(kem_output, ciphertext)
  friend bool operator==(const HPKECiphertext&, const HPKECiphertext&) = default;
};
/// EncryptWithLabel (§5.1.3). Errors: bad_public_key.
[[nodiscard]] Result<HPKECiphertext> encrypt_with_label(const HPKEPublicKey& recipient, std::string_view label, BytesView context,
                                                        BytesView plaintext, Random& random);
/// DecryptWithLabel (§5.1.3). Errors: bad_public_key, decryption_failed.
[[nodiscard]] Result<SecretBytes> decrypt_with_label(const crypto::X25519PrivateKey& recipient, std::string_view label,
                                                     BytesView context, const HPKECiphertext& ciphertext);

}  // namespace muistio::mls
