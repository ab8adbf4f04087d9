// What a newcomer is given (RFC 9420 §12.4.3).
#pragma once

#include <optional>
#include <vector>

#include "muistio/mls/proposals.hpp"

namespace muistio::mls {

// RFC 9420 §12.4.3:
// struct {
//     GroupContext group_context;
//     Extension extensions<V>;
//     MAC confirmation_tag;
//     uint32 signer;
//     /* SignWithLabel(., "GroupInfoTBS", GroupInfoTBS) */
//     opaque signature<V>;
// } GroupInfo;
struct GroupInfo {
  GroupContext group_context;
  std::vector<Extension> extensions;
  Bytes confirmation_tag;
  LeafIndex signer;
  Bytes signature;
  MUISTIO_MLS_FIELDS(group_context, extensions, confirmation_tag, signer, signature)
  void sign(const crypto::SigningKey& key);
  /// Errors: mls_invalid_group_info.
  [[nodiscard]] Status verify(const SignaturePublicKey& key) const;
  friend bool operator==(const GroupInfo&, const GroupInfo&) = default;
};

// RFC 9420 §12.4.3.1: struct { opaque path_secret<V>; } PathSecret;
struct PathSecret {
  SecretBytes path_secret;
  MUISTIO_MLS_FIELDS(path_secret)
};

// RFC 9420 §12.4.3.1:
// struct { opaque joiner_secret<V>; optional<PathSecret> path_secret; PreSharedKeyID psks<V>; } GroupSecrets;
struct GroupSecrets {
  SecretBytes joiner_secret;
  std::optional<PathSecret> path_secret;
  std::vector<PreSharedKeyID> psks;
  MUISTIO_MLS_FIELDS(joiner_secret, path_secret, psks)
};

// RFC 9420 §12.4.3.1: struct { KeyPackageRef new_member; HPKECiphertext encrypted_group_secrets; } EncryptedGroupSecrets;
struct EncryptedGroupSecrets {
  KeyPackageRef new_member;
  HPKECiphertext encrypted_group_secrets;
  MUISTIO_MLS_FIELDS(new_member, encrypted_group_secrets)
  friend bool operator==(const EncryptedGroupSecrets&, const EncryptedGroupSecrets&) = default;
};

// RFC 9420 §12.4.3.1:
// struct { CipherSuite cipher_suite; EncryptedGroupSecrets secrets<V>; opaque encrypted_group_info<V>; } Welcome;
struct Welcome {
  CipherSuite cipher_suite = kCipherSuite;
  std::vector<EncryptedGroupSecrets> secrets;
  Bytes encrypted_group_info;
  MUISTIO_MLS_FIELDS(cipher_suite, secrets, encrypted_group_info)
  /// The secrets that this key package is given. Errors: mls_unsupported_suite, mls_no_matching_key_package, decryption_failed,
  /// malformed.
  [[nodiscard]] Result<GroupSecrets> open_secrets(const KeyPackage& key_package, const crypto::X25519PrivateKey& init_key) const;
  /// Errors: decryption_failed, malformed.
  [[nodiscard]] Result<GroupInfo> open_group_info(const Secret<kHashBytes>& welcome_secret) const;
  friend bool operator==(const Welcome&, const Welcome&) = default;
};

/// The GroupInfo sealed for `Welcome::encrypted_group_info`.
[[nodiscard]] Bytes seal_group_info(const GroupInfo& info, const Secret<kHashBytes>& welcome_secret);

}  // namespace muistio::mls
