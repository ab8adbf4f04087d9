// What may be proposed, and the commit that carries proposals out (RFC 9420 §12).
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "muistio/mls/key_package.hpp"

namespace muistio::mls {

// RFC 9420 §8.4: enum { reserved(0), external(1), resumption(2), (255) } PSKType;
enum class PSKType : std::uint8_t { external = 1, resumption = 2 };
[[nodiscard]] constexpr bool is_known(PSKType type) noexcept { return type == PSKType::external || type == PSKType::resumption; }

// RFC 9420 §8.4: enum { reserved(0), application(1), reinit(2), branch(3), (255) } ResumptionPSKUsage;
enum class ResumptionPSKUsage : std::uint8_t { application = 1, reinit = 2, branch = 3 };
[[nodiscard]] constexpr bool is_known(ResumptionPSKUsage usage) noexcept {
  return usage >= ResumptionPSKUsage::application && usage <= ResumptionPSKUsage::branch;
}

// RFC 9420 §8.4:
// struct {
//   PSKType psktype;
//   select (PreSharedKeyID.psktype) {
//     case external:   opaque psk_id<V>;
//     case resumption: ResumptionPSKUsage usage; opaque psk_group_id<V>; uint64 psk_epoch;
//   };
//   opaque psk_nonce<V>;
// } PreSharedKeyID;
struct PreSharedKeyID {
  PSKType psktype = PSKType::external;
  Bytes psk_id;                                                // external
  ResumptionPSKUsage usage = ResumptionPSKUsage::application;  // resumption
  Bytes psk_group_id;                                          // resumption
  Epoch psk_epoch;                                             // resumption
  Bytes psk_nonce;
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  friend bool operator==(const PreSharedKeyID&, const PreSharedKeyID&) = default;
};

// RFC 9420 §12.1.1: struct { KeyPackage key_package; } Add;
struct Add {
  KeyPackage key_package;
  MUISTIO_MLS_FIELDS(key_package)
  friend bool operator==(const Add&, const Add&) = default;
};
// RFC 9420 §12.1.2: struct { LeafNode leaf_node; } Update;
struct Update {
  LeafNode leaf_node;
  MUISTIO_MLS_FIELDS(leaf_node)
  friend bool operator==(const Update&, const Update&) = default;
};
// RFC 9420 §12.1.3: struct { uint32 removed; } Remove;
struct Remove {
  LeafIndex removed;
  MUISTIO_MLS_FIELDS(removed)
  friend bool operator==(const Remove&, const Remove&) = default;
};
// RFC 9420 §12.1.4: struct { PreSharedKeyID psk; } PreSharedKey;
struct PreSharedKey {
  PreSharedKeyID psk;
  MUISTIO_MLS_FIELDS(psk)
  friend bool operator==(const PreSharedKey&, const PreSharedKey&) = default;
};
// RFC 9420 §12.1.5:
// struct { opaque group_id<V>; ProtocolVersion version; CipherSuite cipher_suite; Extension extensions<V>; } ReInit;
struct ReInit {
  Bytes group_id;
  ProtocolVersion version = ProtocolVersion::mls10;
  CipherSuite cipher_suite = kCipherSuite;
  std::vector<Extension> extensions;
  MUISTIO_MLS_FIELDS(group_id, version, cipher_suite, extensions)
  friend bool operator==(const ReInit&, const ReInit&) = default;
};
// RFC 9420 §12.1.6: struct { opaque kem_output<V>; } ExternalInit;
struct ExternalInit {
  Bytes kem_output;
  MUISTIO_MLS_FIELDS(kem_output)
  friend bool operator==(const ExternalInit&, const ExternalInit&) = default;
};
// RFC 9420 §12.1.7: struct { Extension extensions<V>; } GroupContextExtensions;
struct GroupContextExtensions {
  std::vector<Extension> extensions;
  MUISTIO_MLS_FIELDS(extensions)
  friend bool operator==(const GroupContextExtensions&, const GroupContextExtensions&) = default;
};

// RFC 9420 §12.1:
// struct {
//     ProposalType proposal_type;
//     select (Proposal.proposal_type) { case add: Add; case update: Update; … };
// } Proposal;
// A type that this version does not know is malformed: its length is unknown, and a commit with it could not be applied.
struct Proposal {
  std::variant<Add, Update, Remove, PreSharedKey, ReInit, ExternalInit, GroupContextExtensions> content;
  [[nodiscard]] ProposalType type() const noexcept;
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  friend bool operator==(const Proposal&, const Proposal&) = default;
};

// RFC 9420 §12.4:
// enum { reserved(0), proposal(1), reference(2), (255) } ProposalOrRefType;
// struct {
//   ProposalOrRefType type;
//   select (ProposalOrRef.type) { case proposal: Proposal proposal; case reference: ProposalRef reference; };
// } ProposalOrRef;
struct ProposalOrRef {
  /// The most proposals of one commit: a limit of ours, so that judging one stays cheap.
  static constexpr std::size_t kListMax = 256;
  std::variant<Proposal, ProposalRef> content;
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  friend bool operator==(const ProposalOrRef&, const ProposalOrRef&) = default;
};

// RFC 9420 §7.6: struct { HPKEPublicKey encryption_key; HPKECiphertext encrypted_path_secret<V>; } UpdatePathNode;
struct UpdatePathNode {
  HPKEPublicKey encryption_key;
  std::vector<HPKECiphertext> encrypted_path_secret;
  MUISTIO_MLS_FIELDS(encryption_key, encrypted_path_secret)
  friend bool operator==(const UpdatePathNode&, const UpdatePathNode&) = default;
};
// RFC 9420 §7.6: struct { LeafNode leaf_node; UpdatePathNode nodes<V>; } UpdatePath;
struct UpdatePath {
  LeafNode leaf_node;
  std::vector<UpdatePathNode> nodes;
  MUISTIO_MLS_FIELDS(leaf_node, nodes)
  friend bool operator==(const UpdatePath&, const UpdatePath&) = default;
};
// RFC 9420 §12.4: struct { ProposalOrRef proposals<V>; optional<UpdatePath> path; } Commit;
struct Commit {
  std::vector<ProposalOrRef> proposals;
  std::optional<UpdatePath> path;
  MUISTIO_MLS_FIELDS(proposals, path)
  friend bool operator==(const Commit&, const Commit&) = default;
};

}  // namespace muistio::mls
