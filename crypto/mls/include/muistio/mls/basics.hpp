// The small types of RFC 9420: registries, indices, keys, extensions, credentials, references.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/crypto/x25519.hpp"
#include "muistio/mls/codec.hpp"

namespace muistio::mls {

/// A member's place among the leaves, from 0. It names a member only within one epoch.
using LeafIndex = StrongInt<struct LeafIndexTag, std::uint32_t>;
/// A place in the array of all nodes (RFC 9420 appendix C): leaf L is node 2L.
using NodeIndex = StrongInt<struct NodeIndexTag, std::uint32_t>;

// RFC 9420 §6: enum { reserved(0), mls10(1), (65535) } ProtocolVersion;
enum class ProtocolVersion : std::uint16_t { mls10 = 1 };

// RFC 9420 §17.1. Other suites are carried and shown, never used.
enum class CipherSuite : std::uint16_t { x25519_chacha20poly1305_sha256_ed25519 = 0x0003 };
/// The one suite that groups of ours have (D3).
inline constexpr CipherSuite kCipherSuite = CipherSuite::x25519_chacha20poly1305_sha256_ed25519;

// RFC 9420 §17.3
enum class ExtensionType : std::uint16_t {
  application_id = 1,
  ratchet_tree = 2,
  required_capabilities = 3,
  external_pub = 4,
  external_senders = 5,
};
/// Whether every client knows `type`, so that capabilities do not list it (RFC 9420 §7.2).
[[nodiscard]] bool is_default(ExtensionType type) noexcept;

// RFC 9420 §17.4
enum class ProposalType : std::uint16_t {
  add = 1,
  update = 2,
  remove = 3,
  psk = 4,
  reinit = 5,
  external_init = 6,
  group_context_extensions = 7,
};
[[nodiscard]] bool is_default(ProposalType type) noexcept;

// RFC 9420 §17.5
enum class CredentialType : std::uint16_t { basic = 1, x509 = 2 };

// RFC 9420 §5.1.1: opaque HPKEPublicKey<V>;
struct HPKEPublicKey {
  Bytes data;
  HPKEPublicKey() = default;
  explicit HPKEPublicKey(const crypto::X25519PublicKey& key) : data(to_bytes(key.view())) {}
  /// Errors: bad_public_key, if it is not 32 bytes long or a point of small order, to which nothing can be sealed.
  [[nodiscard]] Result<crypto::X25519PublicKey> x25519() const;
  MUISTIO_MLS_FIELDS(data)
  friend auto operator<=>(const HPKEPublicKey&, const HPKEPublicKey&) = default;
};

// RFC 9420 §5.1.1: opaque SignaturePublicKey<V>;
struct SignaturePublicKey {
  Bytes data;
  SignaturePublicKey() = default;
  explicit SignaturePublicKey(const crypto::VerifyKey& key) : data(to_bytes(key.view())) {}
  /// Errors: bad_public_key, if it is not 32 bytes long.
  [[nodiscard]] Result<crypto::VerifyKey> ed25519() const;
  MUISTIO_MLS_FIELDS(data)
  friend auto operator<=>(const SignaturePublicKey&, const SignaturePublicKey&) = default;
};

// RFC 9420 §5.2: opaque HashReference<V>; HashReference KeyPackageRef; HashReference ProposalRef;
struct HashReference {
  Bytes data;
  MUISTIO_MLS_FIELDS(data)
  friend auto operator<=>(const HashReference&, const HashReference&) = default;
};
using KeyPackageRef = HashReference;
using ProposalRef = HashReference;

// RFC 9420 §7.2: struct { ExtensionType extension_type; opaque extension_data<V>; } Extension;
struct Extension {
  ExtensionType extension_type{};
  Bytes extension_data;
  MUISTIO_MLS_FIELDS(extension_type, extension_data)
  friend bool operator==(const Extension&, const Extension&) = default;
};
/// The data of the extension of `type`, or nullptr.
[[nodiscard]] const Bytes* find_extension(std::span<const Extension> extensions, ExtensionType type) noexcept;
/// Whether no type occurs twice (RFC 9420 §13.4).
[[nodiscard]] bool types_are_unique(std::span<const Extension> extensions);

// RFC 9420 §5.3: struct { opaque cert_data<V>; } Certificate;
struct Certificate {
  Bytes cert_data;
  MUISTIO_MLS_FIELDS(cert_data)
  friend bool operator==(const Certificate&, const Certificate&) = default;
};

// RFC 9420 §5.3:
// struct {
//     CredentialType credential_type;
//     select (Credential.credential_type) {
//         case basic: opaque identity<V>;
//         case x509:  Certificate certificates<V>;
//     };
// } Credential;
struct Credential {
  CredentialType credential_type = CredentialType::basic;
  Bytes identity;                         // basic
  std::vector<Certificate> certificates;  // x509
  [[nodiscard]] static Credential basic(BytesView identity);
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  friend bool operator==(const Credential&, const Credential&) = default;
};

// RFC 9420 §11.1:
// struct {
//     ExtensionType extension_types<V>;
//     ProposalType proposal_types<V>;
//     CredentialType credential_types<V>;
// } RequiredCapabilities;
struct RequiredCapabilities {
  std::vector<ExtensionType> extension_types;
  std::vector<ProposalType> proposal_types;
  std::vector<CredentialType> credential_types;
  MUISTIO_MLS_FIELDS(extension_types, proposal_types, credential_types)
  friend bool operator==(const RequiredCapabilities&, const RequiredCapabilities&) = default;
};
/// The required_capabilities extension with these contents.
[[nodiscard]] Extension to_extension(const RequiredCapabilities& required);

// RFC 9420 §12.1.8.1: struct { SignaturePublicKey signature_key; Credential credential; } ExternalSender;
struct ExternalSender {
  SignaturePublicKey signature_key;
  Credential credential;
  MUISTIO_MLS_FIELDS(signature_key, credential)
};

// RFC 9420 §8.1:
// struct {
//     ProtocolVersion version = mls10;
//     CipherSuite cipher_suite;
//     opaque group_id<V>;
//     uint64 epoch;
//     opaque tree_hash<V>;
//     opaque confirmed_transcript_hash<V>;
//     Extension extensions<V>;
// } GroupContext;
struct GroupContext {
  ProtocolVersion version = ProtocolVersion::mls10;
  CipherSuite cipher_suite = kCipherSuite;
  Bytes group_id;
  Epoch epoch;
  Bytes tree_hash;
  Bytes confirmed_transcript_hash;
  std::vector<Extension> extensions;
  MUISTIO_MLS_FIELDS(version, cipher_suite, group_id, epoch, tree_hash, confirmed_transcript_hash, extensions)
  friend bool operator==(const GroupContext&, const GroupContext&) = default;
};

}  // namespace muistio::mls
