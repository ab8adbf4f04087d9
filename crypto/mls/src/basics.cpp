#include "muistio/mls/basics.hpp"

#include <algorithm>

namespace muistio::mls {

bool is_default(ExtensionType type) noexcept {
  return type >= ExtensionType::application_id && type <= ExtensionType::external_senders;
}
bool is_default(ProposalType type) noexcept { return type >= ProposalType::add && type <= ProposalType::group_context_extensions; }

Result<crypto::X25519PublicKey> HPKEPublicKey::x25519() const {
  auto key = crypto::X25519PublicKey::from_bytes(data);
  if (!key) return fail(ErrorCode::bad_public_key, "an X25519 key of " + std::to_string(data.size()) + " bytes");
  if (crypto::is_small_order(*key)) return fail(ErrorCode::bad_public_key, "an X25519 key of small order");
  return key;
}

Result<crypto::VerifyKey> SignaturePublicKey::ed25519() const {
  auto key = crypto::VerifyKey::from_bytes(data);
  if (!key) return fail(ErrorCode::bad_public_key, "an Ed25519 key of " + std::to_string(data.size()) + " bytes");
  return key;
}

const Bytes* find_extension(std::span<const Extension> extensions, ExtensionType type) noexcept {
  for (const auto& extension : extensions)
    if (extension.extension_type == type) return &extension.extension_data;
  return nullptr;
}

bool types_are_unique(std::span<const Extension> extensions) {
  std::vector<ExtensionType> types;
  for (const auto& extension : extensions) types.push_back(extension.extension_type);
  std::sort(types.begin(), types.end());
  return std::adjacent_find(types.begin(), types.end()) == types.end();
}

Credential Credential::basic(BytesView identity) {
  Credential made;
  made.identity = to_bytes(identity);
  return made;
}

void Credential::tls_encode(Writer& out) const {
  encode(out, credential_type);
  if (credential_type == CredentialType::basic)
    encode(out, identity);
  else
    encode(out, certificates);
}

Status Credential::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, credential_type));
  identity.clear();
  certificates.clear();
  if (credential_type == CredentialType::basic) return decode(in, identity);
  if (credential_type == CredentialType::x509) return decode(in, certificates);
  return fail(ErrorCode::malformed, "a credential of an unknown type before " + std::to_string(in.offset()));
}

Extension to_extension(const RequiredCapabilities& required) { return {ExtensionType::required_capabilities, encoded(required)}; }

}  // namespace muistio::mls
