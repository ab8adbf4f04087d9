// A member's appearance in the group (RFC 9420 §7.2, §7.3).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "muistio/mls/labelled.hpp"

namespace muistio::mls {

// RFC 9420 §7.2: enum { reserved(0), key_package(1), update(2), commit(3), (255) } LeafNodeSource;
enum class LeafNodeSource : std::uint8_t { key_package = 1, update = 2, commit = 3 };
[[nodiscard]] constexpr bool is_known(LeafNodeSource source) noexcept {
  return source >= LeafNodeSource::key_package && source <= LeafNodeSource::commit;
}

// RFC 9420 §7.2:
// struct {
//     ProtocolVersion versions<V>;
//     CipherSuite cipher_suites<V>;
//     ExtensionType extensions<V>;
//     ProposalType proposals<V>;
//     CredentialType credentials<V>;
// } Capabilities;
struct Capabilities {
  std::vector<ProtocolVersion> versions{ProtocolVersion::mls10};
  std::vector<CipherSuite> cipher_suites{kCipherSuite};
  std::vector<ExtensionType> extensions;
  std::vector<ProposalType> proposals;
  std::vector<CredentialType> credentials{CredentialType::basic};
  MUISTIO_MLS_FIELDS(versions, cipher_suites, extensions, proposals, credentials)
  /// Default types are supported without being listed.
  [[nodiscard]] bool supports(ExtensionType type) const noexcept;
  [[nodiscard]] bool supports(ProposalType type) const noexcept;
  [[nodiscard]] bool supports(CredentialType type) const noexcept;
  [[nodiscard]] bool supports(const RequiredCapabilities& required) const noexcept;
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

// RFC 9420 §7.2: struct { uint64 not_before; uint64 not_after; } Lifetime; seconds since 1970-01-01T00:00:00Z
struct Lifetime {
  std::uint64_t not_before = 0;
  std::uint64_t not_after = 0;
  MUISTIO_MLS_FIELDS(not_before, not_after)
  friend bool operator==(const Lifetime&, const Lifetime&) = default;
};

/// The longest lifetime that a key package may claim: 90 days and a day for clocks that differ.
inline constexpr std::uint64_t kLifetimeSecondsMax = 91ULL * 24 * 3600;

/// Where a leaf stands; part of what its signature covers unless its source is key_package.
struct LeafPlace {
  BytesView group_id;
  LeafIndex leaf_index;
};

// RFC 9420 §7.2:
// struct {
//     HPKEPublicKey encryption_key;
//     SignaturePublicKey signature_key;
//     Credential credential;
//     Capabilities capabilities;
//     LeafNodeSource leaf_node_source;
//     select (LeafNode.leaf_node_source) {
//         case key_package: Lifetime lifetime;
//         case update:      struct{};
//         case commit:      opaque parent_hash<V>;
//     };
//     Extension extensions<V>;
//     /* SignWithLabel(., "LeafNodeTBS", LeafNodeTBS) */
//     opaque signature<V>;
// } LeafNode;
struct LeafNode {
  HPKEPublicKey encryption_key;
  SignaturePublicKey signature_key;
  Credential credential;
  Capabilities capabilities;
  LeafNodeSource leaf_node_source = LeafNodeSource::key_package;
  Lifetime lifetime;  // key_package
  Bytes parent_hash;  // commit
  std::vector<Extension> extensions;
  Bytes signature;
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);

  /// Signs the leaf for its place; with the source key_package the place is not covered.
  void sign(const crypto::SigningKey& key, const LeafPlace& place);
  /// Errors: mls_invalid_leaf.
  [[nodiscard]] Status verify(const LeafPlace& place) const;
  /// The checks of §7.3 that need nothing but the leaf and the group's extensions: signature apart, the credential's type, the
  /// extensions and the required capabilities are listed in its capabilities, and no extension occurs twice. Errors:
  /// mls_invalid_leaf.
  [[nodiscard]] Status check_contents(std::span<const Extension> group_extensions) const;
  /// For who admits (§7.3 leaves it to the application): a leaf of a key package covers `now`, for at most kLifetimeSecondsMax;
  /// leaves of other sources have no lifetime and pass. Errors: mls_invalid_leaf.
  [[nodiscard]] Status check_lifetime(WallMs now) const;
  friend bool operator==(const LeafNode&, const LeafNode&) = default;

 private:
  [[nodiscard]] Bytes to_be_signed(const LeafPlace& place) const;
};

}  // namespace muistio::mls
