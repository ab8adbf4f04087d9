#include "muistio/mls/leaf_node.hpp"

#include <algorithm>

namespace muistio::mls {
namespace {
template <class T>
bool contains(const std::vector<T>& list, T value) noexcept {
  return std::find(list.begin(), list.end(), value) != list.end();
}

void encode_unsigned(Writer& out, const LeafNode& leaf) {
  encode(out, leaf.encryption_key);
  encode(out, leaf.signature_key);
  encode(out, leaf.credential);
  encode(out, leaf.capabilities);
  encode(out, leaf.leaf_node_source);
  if (leaf.leaf_node_source == LeafNodeSource::key_package) encode(out, leaf.lifetime);
  if (leaf.leaf_node_source == LeafNodeSource::commit) encode(out, leaf.parent_hash);
  encode(out, leaf.extensions);
}
}  // namespace

bool Capabilities::supports(ExtensionType type) const noexcept { return is_default(type) || contains(extensions, type); }
bool Capabilities::supports(ProposalType type) const noexcept { return is_default(type) || contains(proposals, type); }
bool Capabilities::supports(CredentialType type) const noexcept { return contains(credentials, type); }
bool Capabilities::supports(const RequiredCapabilities& required) const noexcept {
  const auto supported = [this](auto type) { return supports(type); };
  return std::all_of(required.extension_types.begin(), required.extension_types.end(), supported) &&
         std::all_of(required.proposal_types.begin(), required.proposal_types.end(), supported) &&
         std::all_of(required.credential_types.begin(), required.credential_types.end(), supported);
}

void LeafNode::tls_encode(Writer& out) const {
  encode_unsigned(out, *this);
  encode(out, signature);
}

Status LeafNode::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, encryption_key));
  MUISTIO_CHECK(decode(in, signature_key));
  MUISTIO_CHECK(decode(in, credential));
  MUISTIO_CHECK(decode(in, capabilities));
  MUISTIO_CHECK(decode(in, leaf_node_source));
  if (leaf_node_source == LeafNodeSource::key_package) MUISTIO_CHECK(decode(in, lifetime));
  if (leaf_node_source == LeafNodeSource::commit) MUISTIO_CHECK(decode(in, parent_hash));
  MUISTIO_CHECK(decode(in, extensions));
  return decode(in, signature);
}

Bytes LeafNode::to_be_signed(const LeafPlace& place) const {
  Writer out;
  encode_unsigned(out, *this);
  if (leaf_node_source != LeafNodeSource::key_package) {
    write_vector(out, place.group_id);
    encode(out, place.leaf_index);
  }
  return std::move(out).take();
}

void LeafNode::sign(const crypto::SigningKey& key, const LeafPlace& place) {
  // What the source does not carry is not kept either, so that equal leaves are equal before and after encoding.
  if (leaf_node_source != LeafNodeSource::key_package) lifetime = {};
  if (leaf_node_source != LeafNodeSource::commit) parent_hash.clear();
  signature = sign_with_label(key, "LeafNodeTBS", to_be_signed(place));
}

Status LeafNode::verify(const LeafPlace& place) const {
  if (verify_with_label(signature_key, "LeafNodeTBS", to_be_signed(place), signature)) return ok();
  return fail(ErrorCode::mls_invalid_leaf, "the signature");
}

Status LeafNode::check_contents(std::span<const Extension> group_extensions) const {
  if (!encryption_key.x25519()) return fail(ErrorCode::mls_invalid_leaf, "the encryption key");
  if (!capabilities.supports(credential.credential_type))
    return fail(ErrorCode::mls_invalid_leaf, "its credential's type is not listed");
  if (!contains(capabilities.versions, ProtocolVersion::mls10) || !contains(capabilities.cipher_suites, kCipherSuite))
    return fail(ErrorCode::mls_invalid_leaf, "the version or cipher suite is not listed");
  if (!types_are_unique(extensions)) return fail(ErrorCode::mls_invalid_leaf, "an extension occurs twice");
  for (const auto& extension : extensions)
    if (!capabilities.supports(extension.extension_type)) return fail(ErrorCode::mls_invalid_leaf, "an extension is not listed");
  for (const auto& extension : group_extensions)
    if (!capabilities.supports(extension.extension_type))
      return fail(ErrorCode::mls_invalid_leaf, "an extension of the group is not supported");
  if (const auto* data = find_extension(group_extensions, ExtensionType::required_capabilities)) {
    MUISTIO_TRY(auto required, decoded<RequiredCapabilities>(*data));
    if (!capabilities.supports(required)) return fail(ErrorCode::mls_invalid_leaf, "a required capability is missing");
  }
  return ok();
}

Status LeafNode::check_lifetime(WallMs now) const {
  if (leaf_node_source != LeafNodeSource::key_package) return ok();
  const auto& [not_before, not_after] = lifetime;
  const auto seconds = now.value() < 0 ? 0 : static_cast<std::uint64_t>(now.value()) / 1000;
  if (not_before > not_after || not_after - not_before > kLifetimeSecondsMax)
    return fail(ErrorCode::mls_invalid_leaf, "the lifetime is too long");
  if (seconds < not_before || seconds > not_after) return fail(ErrorCode::mls_invalid_leaf, "not within its lifetime");
  return ok();
}

}  // namespace muistio::mls
