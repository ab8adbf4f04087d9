// What a device hands out so that a member may add it (RFC 9420 §10).
#pragma once

#include <optional>

#include "muistio/base/ids.hpp"
#include "muistio/mls/leaf_node.hpp"

namespace muistio::mls {

// RFC 9420 §10:
// struct {
//     ProtocolVersion version;
//     CipherSuite cipher_suite;
//     HPKEPublicKey init_key;
//     LeafNode leaf_node;
//     Extension extensions<V>;
//     /* SignWithLabel(., "KeyPackageTBS", KeyPackageTBS) */
//     opaque signature<V>;
// } KeyPackage;
struct KeyPackage {
  ProtocolVersion version = ProtocolVersion::mls10;
  CipherSuite cipher_suite = kCipherSuite;
  HPKEPublicKey init_key;
  LeafNode leaf_node;
  std::vector<Extension> extensions;
  Bytes signature;
  MUISTIO_MLS_FIELDS(version, cipher_suite, init_key, leaf_node, extensions, signature)

  /// MakeKeyPackageRef (§5.2).
  [[nodiscard]] KeyPackageRef ref() const;
  /// The package as an MLSMessage, to hand out.
  [[nodiscard]] Bytes message() const;
  /// Everything of §10.1 that does not depend on a group; with `now`, also that its lifetime covers that time and is at most
  /// kLifetimeSecondsMax long. Errors: mls_unsupported_suite, mls_invalid_key_package, mls_invalid_leaf.
  [[nodiscard]] Status validate(std::optional<WallMs> now = std::nullopt) const;
  friend bool operator==(const KeyPackage&, const KeyPackage&) = default;
};

/// What its maker says about a leaf of their own. The credential is `basic` and holds the bytes given.
struct LeafConfig {
  Bytes credential;
  Capabilities capabilities;
  std::vector<Extension> extensions;
  Lifetime lifetime;
};

/// A key package with its private keys: kept, in the encrypted store, until its Welcome comes. Move-only.
struct KeyPackagePrivate {
  KeyPackage key_package;
  crypto::X25519PrivateKey init_key;
  crypto::X25519PrivateKey encryption_key;
  crypto::SigningKey signing_key;

  [[nodiscard]] SecretBytes serialize() const;
  /// Errors: malformed, unsupported_version, invalid_argument (a private key that does not fit its public key).
  [[nodiscard]] static Result<KeyPackagePrivate> deserialize(BytesView bytes);
};

/// A new key package, signed by `signing_key`. Errors: mls_invalid_leaf (the configuration contradicts itself).
[[nodiscard]] Result<KeyPackagePrivate> generate_key_package(const LeafConfig& leaf, const crypto::SigningKey& signing_key,
                                                             Random& random);

/// The key package in an MLSMessage. Validate it before use. Errors: malformed, too_large.
[[nodiscard]] Result<KeyPackage> parse_key_package(BytesView message);

}  // namespace muistio::mls
