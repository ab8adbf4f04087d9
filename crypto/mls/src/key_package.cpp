#include "muistio/mls/key_package.hpp"

#include "muistio/mls/framing.hpp"
#include "own_leaf.hpp"

namespace muistio::mls {
namespace {
constexpr std::uint8_t kFormatVersion = 1;

Bytes to_be_signed(const KeyPackage& package) {
  Writer out;
  encode(out, package.version);
  encode(out, package.cipher_suite);
  encode(out, package.init_key);
  encode(out, package.leaf_node);
  encode(out, package.extensions);
  return std::move(out).take();
}
}  // namespace

KeyPackageRef KeyPackage::ref() const { return ref_hash("MLS 1.0 KeyPackage Reference", encoded(*this)); }

Bytes KeyPackage::message() const { return to_message(*this); }

Status KeyPackage::validate(std::optional<WallMs> now) const {
  if (version != ProtocolVersion::mls10 || cipher_suite != kCipherSuite)
    return fail(ErrorCode::mls_unsupported_suite, "a key package");
  if (leaf_node.leaf_node_source != LeafNodeSource::key_package)
    return fail(ErrorCode::mls_invalid_key_package, "its leaf is not one of a key package");
  if (!init_key.x25519()) return fail(ErrorCode::mls_invalid_key_package, "the init key");
  if (init_key == leaf_node.encryption_key) return fail(ErrorCode::mls_invalid_key_package, "one key serves twice");
  if (!types_are_unique(extensions)) return fail(ErrorCode::mls_invalid_key_package, "an extension occurs twice");
  MUISTIO_CHECK(leaf_node.check_contents({}));
  if (!verify_with_label(leaf_node.signature_key, "KeyPackageTBS", to_be_signed(*this), signature))
    return fail(ErrorCode::mls_invalid_key_package, "the signature");
  MUISTIO_CHECK(leaf_node.verify({}));
  if (!now) return ok();
  if (auto status = leaf_node.check_lifetime(*now); !status) return fail(ErrorCode::mls_invalid_key_package, status.error().detail);
  return ok();
}

SecretBytes KeyPackagePrivate::serialize() const {
  Writer out;
  out.reserve(encoded(key_package).size() + 128);  // so that growth leaves no copy of a secret behind
  out.u8(kFormatVersion);
  encode(out, key_package);
  encode(out, init_key.secret());
  encode(out, encryption_key.secret());
  encode(out, signing_key.seed());
  return SecretBytes(std::move(out).take());
}

Result<KeyPackagePrivate> KeyPackagePrivate::deserialize(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(auto version, in.u8());
  if (version != kFormatVersion) return fail(ErrorCode::unsupported_version, "a stored key package");
  KeyPackage package;
  Secret<32> init_secret, encryption_secret, seed;
  MUISTIO_CHECK(decode(in, package));
  MUISTIO_CHECK(decode(in, init_secret));
  MUISTIO_CHECK(decode(in, encryption_secret));
  MUISTIO_CHECK(decode(in, seed));
  MUISTIO_CHECK(in.finish());
  KeyPackagePrivate made{std::move(package), crypto::X25519PrivateKey::from_secret(std::move(init_secret)),
                         crypto::X25519PrivateKey::from_secret(std::move(encryption_secret)), crypto::SigningKey::from_seed(seed)};
  if (HPKEPublicKey(made.init_key.public_key()) != made.key_package.init_key ||
      HPKEPublicKey(made.encryption_key.public_key()) != made.key_package.leaf_node.encryption_key ||
      SignaturePublicKey(made.signing_key.verify_key()) != made.key_package.leaf_node.signature_key)
    return fail(ErrorCode::invalid_argument, "a private key does not fit its key package");
  return made;
}

Result<LeafNode> make_leaf(const LeafConfig& config, const crypto::X25519PublicKey& encryption_key,
                           const crypto::SigningKey& signing_key) {
  LeafNode leaf;
  leaf.encryption_key = HPKEPublicKey(encryption_key);
  leaf.signature_key = SignaturePublicKey(signing_key.verify_key());
  leaf.credential = Credential::basic(config.credential);
  leaf.capabilities = config.capabilities;
  leaf.lifetime = config.lifetime;
  leaf.extensions = config.extensions;
  MUISTIO_CHECK(leaf.check_contents({}));
  leaf.sign(signing_key, {});
  return leaf;
}

Result<KeyPackagePrivate> generate_key_package(const LeafConfig& leaf, const crypto::SigningKey& signing_key, Random& random) {
  KeyPackagePrivate made{
      {}, crypto::X25519PrivateKey::generate(random), crypto::X25519PrivateKey::generate(random), signing_key.clone()};
  auto& package = made.key_package;
  package.init_key = HPKEPublicKey(made.init_key.public_key());
  MUISTIO_TRY(package.leaf_node, make_leaf(leaf, made.encryption_key.public_key(), signing_key));
  package.signature = sign_with_label(signing_key, "KeyPackageTBS", to_be_signed(package));
  return made;
}

Result<KeyPackage> parse_key_package(BytesView message) {
  MUISTIO_TRY(auto parsed, decoded<MLSMessage>(message));
  if (auto* package = std::get_if<KeyPackage>(&parsed.content)) return std::move(*package);
  return fail(ErrorCode::malformed, "not a key package");
}

}  // namespace muistio::mls
