// What a Group holds; shared by the files that implement it.
#pragma once

#include <map>

#include "muistio/mls/group.hpp"
#include "muistio/mls/message_protection.hpp"
#include "muistio/mls/treekem.hpp"

namespace muistio::mls {

/// A proposal that was stored, to be committed by reference.
struct StoredProposal {
  Proposal proposal;
  Sender sender;
  MUISTIO_MLS_FIELDS(proposal, sender)
};

struct Group::State {
  GroupContext context;
  RatchetTree tree;
  PrivateKeys private_keys;
  crypto::SigningKey signing_key;
  Bytes confirmation_tag;
  Bytes interim_transcript_hash;
  std::optional<ReInit> reinit;  // the group was ended

  // encryption_secret went into the secret tree
  KeyScheduleSecret sender_data_secret;
  std::optional<KeyScheduleSecret> exporter_secret;
  KeyScheduleSecret epoch_authenticator;
  KeyScheduleSecret external_secret;
  KeyScheduleSecret membership_key;
  KeyScheduleSecret init_secret;
  std::map<Epoch, KeyScheduleSecret> resumption_psks;  // this epoch's is the last
  SecretTree secret_tree;

  std::map<ProposalRef, StoredProposal> proposals;
  std::map<HPKEPublicKey, crypto::X25519PrivateKey> pending_updates;  // keys of own Update proposals

  explicit State(crypto::SigningKey key) : signing_key(std::move(key)) {}
  void tls_encode(Writer& out) const;
  /// Everything fits together: tree hash, keys, sizes.
  [[nodiscard]] Status check() const;

  [[nodiscard]] LeafIndex self() const noexcept { return private_keys.self(); }
  /// Takes the secrets of a new epoch over; returns its confirmation key.
  KeyScheduleSecret enter_epoch(EpochSecrets&& secrets);
  /// The PSKs named, from our own past epochs or from `lookup`. Errors: mls_missing_psk.
  [[nodiscard]] Result<KeyScheduleSecret> resolve_psks(std::span<const PreSharedKeyID> ids, const PskLookup& lookup) const;
  /// Signs and protects a message of our own.
  [[nodiscard]] Result<Bytes> protect(AuthenticatedContent content, Random& random);
  [[nodiscard]] AuthenticatedContent frame(std::variant<ApplicationData, Proposal, Commit> content, BytesView authenticated_data,
                                           bool private_message) const;
};

/// A message that was opened, with the key that it uses up.
struct Inspected {
  Opened opened;
  std::optional<SecretTree::Claim> claim;
};

/// The secrets that a commit leads to, once its context is whole.
struct Advanced {
  KeyScheduleSecret joiner;
  KeyScheduleSecret welcome;
  KeyScheduleSecret confirmation_key;
};
/// Enters the epoch that `next.context` describes.
[[nodiscard]] Advanced advance(Group::State& next, const KeyScheduleSecret& init_secret, const KeyScheduleSecret& commit_secret,
                               const KeyScheduleSecret& psk);
/// Makes `next` the outcome of a commit of our own, but for its keys: puts the confirmation tag into `framed`, which is signed.
[[nodiscard]] Advanced confirm(Group::State& next, BytesView interim_before, AuthenticatedContent& framed,
                               const KeyScheduleSecret& init_secret, const KeyScheduleSecret& commit_secret,
                               const KeyScheduleSecret& psk);
/// The group after a commit, without its keys.
[[nodiscard]] std::unique_ptr<Group::State> successor(const Group::State& state, const GroupPreview& preview);

/// The tree of a GroupInfo or the one given, after every check that a newcomer makes of both (RFC 9420 §12.4.3.1): suite,
/// signature, tree hash, structure, parent hashes, leaves. Errors: malformed, mls_unsupported_suite, mls_invalid_group_info,
/// mls_invalid_tree, mls_invalid_leaf.
[[nodiscard]] Result<RatchetTree> checked_tree(const GroupInfo& info, std::optional<BytesView> given);

/// Whether each member of `some` is one of `all`, whose credentials are the former ones.
[[nodiscard]] bool are_members_of(const RatchetTree& some, const RatchetTree& all, const SameMember& same_member);
[[nodiscard]] SameMember reversed(const SameMember& same_member);

/// No other leaf has this one's signature key. Errors: mls_invalid_leaf.
[[nodiscard]] Status check_signature_key(const RatchetTree& tree, LeafIndex index);

/// A PSK from `lookup`. Errors: mls_missing_psk.
[[nodiscard]] Result<NamedPsk> find_psk(const PreSharedKeyID& id, const PskLookup& lookup);

/// The credential types in use are supported by all, and each leaf in `leaves` suits the group's extensions (RFC 9420 §7.3).
/// Signatures are not checked. Errors: mls_invalid_leaf.
[[nodiscard]] Status check_leaves(const RatchetTree& tree, std::span<const LeafIndex> leaves,
                                  std::span<const Extension> extensions);

/// RFC 9420 §12.2 and §12.3: checks the list and applies it. `committer` is a member, or new_member_commit. The path is not
/// applied. The first commit of a successor group may carry the PSK of the group before it.
[[nodiscard]] Result<GroupPreview> apply_proposals(const Group::State& state, std::span<const CommittedProposal> proposals,
                                                   const Sender& committer, bool first_of_successor = false);
/// Whether a commit of these proposals must have a path (RFC 9420 §12.4).
[[nodiscard]] bool path_required(std::span<const CommittedProposal> proposals);

}  // namespace muistio::mls
