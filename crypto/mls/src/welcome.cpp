#include "muistio/mls/welcome.hpp"

#include <algorithm>

#include "muistio/crypto/aead.hpp"

namespace muistio::mls {
namespace {
Bytes group_info_to_be_signed(const GroupInfo& info) {
  Writer out;
  encode(out, info.group_context);
  encode(out, info.extensions);
  encode(out, info.confirmation_tag);
  encode(out, info.signer);
  return std::move(out).take();
}

struct WelcomeKey {
  crypto::AeadKey key;
  crypto::Nonce nonce;
};

WelcomeKey welcome_key(const Secret<kHashBytes>& welcome_secret) {
  WelcomeKey made;
  made.key = expand_with_label(welcome_secret.expose(), "key", {});
  expand_with_label(welcome_secret.expose(), "nonce", {}, made.nonce.mutable_array());
  return made;
}
}  // namespace

void GroupInfo::sign(const crypto::SigningKey& key) {
  signature = sign_with_label(key, "GroupInfoTBS", group_info_to_be_signed(*this));
}

Status GroupInfo::verify(const SignaturePublicKey& key) const {
  if (verify_with_label(key, "GroupInfoTBS", group_info_to_be_signed(*this), signature)) return ok();
  return fail(ErrorCode::mls_invalid_group_info, "the signature");
}

Result<GroupSecrets> Welcome::open_secrets(const KeyPackage& key_package, const crypto::X25519PrivateKey& init_key) const {
  if (cipher_suite != kCipherSuite || key_package.cipher_suite != kCipherSuite) return fail(ErrorCode::mls_unsupported_suite);
  const auto ref = key_package.ref();
  const auto entry = std::find_if(secrets.begin(), secrets.end(), [&ref](const auto& secret) { return secret.new_member == ref; });
  if (entry == secrets.end()) return fail(ErrorCode::mls_no_matching_key_package);
  MUISTIO_TRY(auto plaintext, decrypt_with_label(init_key, "Welcome", encrypted_group_info, entry->encrypted_group_secrets));
  return decoded<GroupSecrets>(plaintext.expose());
}

Result<GroupInfo> Welcome::open_group_info(const Secret<kHashBytes>& welcome_secret) const {
  const auto [key, nonce] = welcome_key(welcome_secret);
  MUISTIO_TRY(auto plaintext, crypto::chacha20_open(key, nonce, {}, encrypted_group_info));
  return decoded<GroupInfo>(plaintext);
}

Bytes seal_group_info(const GroupInfo& info, const Secret<kHashBytes>& welcome_secret) {
  const auto [key, nonce] = welcome_key(welcome_secret);
  return crypto::chacha20_seal(key, nonce, {}, encoded(info));
}

}  // namespace muistio::mls
