#include "muistio/mls/labelled.hpp"

#include <string>

#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "muistio/crypto/hmac.hpp"
#include "muistio/crypto/hpke.hpp"

namespace muistio::mls {
namespace {
void write_label(Writer& out, std::string_view label) {
  constexpr std::string_view kPrefix = "MLS 1.0 ";
  write_vector_length(out, kPrefix.size() + label.size());
  out.raw(as_bytes(kPrefix)).raw(as_bytes(label));
}

// SignContent (§5.1.2) and EncryptContext (§5.1.3) have one form.
Bytes labelled_content(std::string_view label, BytesView content) {
  Writer out;
  write_label(out, label);
  write_vector(out, content);
  return std::move(out).take();
}
}  // namespace

HashReference ref_hash(std::string_view label, BytesView value) {
  Writer input;
  write_vector(input, as_bytes(label));
  write_vector(input, value);
  return {to_bytes(crypto::sha256(input.bytes()).view())};
}

void expand_with_label(BytesView secret, std::string_view label, BytesView context, std::span<std::uint8_t> out) {
  Writer kdf_label;
  kdf_label.u16(static_cast<std::uint16_t>(out.size()));
  write_label(kdf_label, label);
  write_vector(kdf_label, context);
  crypto::hkdf_expand(secret, kdf_label.bytes(), out);
}

void derive_tree_secret(BytesView secret, std::string_view label, std::uint32_t generation, std::span<std::uint8_t> out) {
  Writer context;
  context.u32(generation);
  expand_with_label(secret, label, context.bytes(), out);
}

Bytes mac(const Secret<kHashBytes>& key, BytesView data) { return to_bytes(crypto::hmac_sha256(key.expose(), data).view()); }

bool mac_matches(const Secret<kHashBytes>& key, BytesView data, BytesView tag) {
  return crypto::verify_hmac_sha256(key.expose(), data, tag).has_value();
}

Bytes sign_with_label(const crypto::SigningKey& key, std::string_view label, BytesView content) {
  return to_bytes(key.sign_raw(labelled_content(label, content)).view());
}

Status verify_with_label(const SignaturePublicKey& key, std::string_view label, BytesView content, BytesView signature) {
  MUISTIO_TRY(auto verify_key, key.ed25519());
  auto parsed = crypto::Signature::from_bytes(signature);
  if (!parsed) return fail(ErrorCode::bad_signature, "a signature of " + std::to_string(signature.size()) + " bytes");
  return crypto::verify_raw(verify_key, labelled_content(label, content), *parsed);
}

Result<HPKECiphertext> encrypt_with_label(const HPKEPublicKey& recipient, std::string_view label, BytesView context,
                                          BytesView plaintext, Random& random) {
  MUISTIO_TRY(auto key, recipient.x25519());
  MUISTIO_TRY(auto sealed, crypto::hpke_seal(key, labelled_content(label, context), {}, plaintext, random));
  return HPKECiphertext{to_bytes(sealed.kem_output.view()), std::move(sealed.ciphertext)};
}

Result<SecretBytes> decrypt_with_label(const crypto::X25519PrivateKey& recipient, std::string_view label, BytesView context,
                                       const HPKECiphertext& ciphertext) {
  auto kem_output = crypto::X25519PublicKey::from_bytes(ciphertext.kem_output);
  if (!kem_output) return fail(ErrorCode::bad_public_key, "a KEM output of the wrong length");
  return crypto::hpke_open(recipient, *kem_output, labelled_content(label, context), {}, ciphertext.ciphertext);
}

}  // namespace muistio::mls
