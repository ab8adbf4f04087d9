// One member's view of an MLS group in one epoch.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "muistio/mls/key_schedule.hpp"
#include "muistio/mls/ratchet_tree.hpp"

namespace muistio::mls {

/// How many epochs back a group's resumption PSK is kept.
inline constexpr std::size_t kResumptionPsksKept = 16;
/// How many proposals by reference a group keeps in one epoch.
inline constexpr std::size_t kPendingProposalsMax = 4096;

/// What a new group starts from.
struct GroupConfig {
  Bytes group_id;
  std::vector<Extension> extensions;  // of the GroupContext
  LeafConfig leaf;
};

/// A proposal as a commit carries it out.
struct CommittedProposal {
  Proposal proposal;
  Sender sender;
  bool by_reference = false;
};

/// A message that was decrypted and whose signature was verified; whether it is allowed is yet to be judged.
struct Opened {
  AuthenticatedContent message;
  /// Of a commit: its proposals in order, those by reference resolved.
  std::vector<CommittedProposal> proposals;

  [[nodiscard]] ContentType content_type() const noexcept { return message.content.content_type(); }
  [[nodiscard]] const Sender& sender() const noexcept { return message.content.sender; }
  [[nodiscard]] BytesView authenticated_data() const noexcept { return message.content.authenticated_data; }
  /// nullptr if the content is of another type.
  [[nodiscard]] const Bytes* application_data() const noexcept;
  [[nodiscard]] const Proposal* proposal() const noexcept { return std::get_if<Proposal>(&message.content.content); }
  [[nodiscard]] const Commit* commit() const noexcept { return std::get_if<Commit>(&message.content.content); }
  [[nodiscard]] bool is_private() const noexcept { return message.wire_format == WireFormat::mls_private_message; }
};

/// Membership and extensions as a commit would leave them, without keys.
struct GroupPreview {
  /// Of the next epoch, except that confirmed_transcript_hash is still the old one.
  GroupContext context;
  RatchetTree tree;
  LeafIndex committer;
  std::vector<LeafIndex> added;
  std::vector<LeafIndex> updated;                 // by Update proposals; the committer's leaf is replaced too if there is a path
  std::vector<LeafIndex> removed;                 // in the tree before
  std::vector<KeyPackageRef> added_key_packages;  // in the order of `added`
  std::vector<RatchetTree::PathStep> path;
  std::vector<PreSharedKeyID> psks;
  std::optional<Bytes> external_init;  // the kem_output
  std::optional<ReInit> reinit;
  [[nodiscard]] bool removes(LeafIndex leaf) const noexcept;
};

class Group;
struct Inspected;  // src/group_state.hpp

/// The extensions of the Welcome's GroupInfo, made when the new epoch is known: `next` is the group after the commit (so that
/// confirmed_transcript_hash and exported secrets can be named), `added` the references of the key packages added, in order,
/// `commit_message` the MLSMessage that will be sent.
using GroupInfoExtensions = std::function<Result<std::vector<Extension>>(const Group& next, std::span<const KeyPackageRef> added,
                                                                         BytesView commit_message)>;

/// What a commit is to hold.
struct CommitParams {
  std::vector<Proposal> proposals;      // by value
  std::vector<ProposalRef> references;  // of proposals that this group stored
  Bytes authenticated_data;
  bool private_message = true;
  /// Without a path only proposals that need none can be committed (RFC 9420 §12.4).
  bool with_path = true;
  bool tree_in_welcome = true;
  GroupInfoExtensions group_info_extensions;
};

/// What joins a group from outside, without a Welcome (RFC 9420 §12.4.3.2).
struct ExternalCommitParams {
  /// Of the leaf that joins; its lifetime is not used, as a leaf made by a commit has none.
  LeafConfig leaf;
  /// Resync: our own former leaf, which the commit removes. That it was ours is for the members to judge (by its credential).
  std::optional<LeafIndex> former_leaf;
  std::vector<PreSharedKeyID> psks;
  Bytes authenticated_data;
  /// Needed if the GroupInfo holds no ratchet tree.
  std::optional<Bytes> ratchet_tree;
};

/// Whether two credentials name one member: whoever holds `former` in the old group may hold `now` in its successor.
using SameMember = std::function<bool(const Credential& former, const Credential& now)>;

/// What a group that succeeds another starts from.
struct SuccessorParams {
  /// Fresh key packages of the other members.
  std::vector<KeyPackage> members;
  /// Our own leaf in it.
  LeafConfig leaf;
  /// Of a branch: its id, other than the old group's, and the extensions of its GroupContext. A ReInit names its own.
  Bytes group_id;
  std::vector<Extension> extensions;
  bool tree_in_welcome = true;
  /// Empty: credentials that are equal.
  SameMember same_member;
};

struct StagedCommit;
struct Joined;
struct ExternalJoin;
struct Successor;

/// A group in one epoch, as one of its members sees it. A commit yields a new Group and leaves this one as it is, so that nothing
/// changes until the server has accepted it. Move-only, holds secrets, wiped. Not thread-safe.
///
/// What does change this object: making or opening a message uses up its key (persist the group before bytes leave the device, and
/// after a message was opened), storing a proposal, erasing the exporter secret. A failed call changes nothing.
class Group {
 public:
  Group(Group&&) noexcept;
  Group& operator=(Group&&) noexcept;
  ~Group();

  /// A group of one member, in epoch 0 (RFC 9420 §11). Errors: invalid_argument (an extension twice), mls_invalid_leaf.
  [[nodiscard]] static Result<Group> create(const GroupConfig& config, const crypto::SigningKey& signing_key, Random& random);

  /// Joins by a Welcome (RFC 9420 §12.4.3.1), given as an MLSMessage. `ratchet_tree` is needed if the Welcome holds none. Lifetimes
  /// in the tree and credentials are the caller's to judge. Errors: malformed, mls_unsupported_suite, mls_no_matching_key_package,
  /// mls_missing_psk, decryption_failed, mls_invalid_group_info, mls_invalid_tree, mls_invalid_leaf, mls_path_decryption,
  /// mls_bad_confirmation.
  [[nodiscard]] static Result<Joined> join(BytesView welcome_message, const KeyPackagePrivate& key_package,
                                           std::optional<BytesView> ratchet_tree = std::nullopt, const PskLookup& psks = {});

  /// Joins by a commit of one's own (RFC 9420 §12.4.3.2), or joins again in place of a former leaf (resync), from a GroupInfo with
  /// external_pub, given as an MLSMessage. Send `commit_message`, a PublicMessage; `next` is the group once the commit was
  /// accepted. The GroupInfo proves only that a member signed it: where it came from is the caller's to judge, as are credentials
  /// and lifetimes. Errors: malformed, mls_unsupported_suite, mls_invalid_group_info, mls_invalid_tree, mls_invalid_leaf,
  /// mls_invalid_proposal (no such former leaf), mls_invalid_commit, mls_missing_psk, too_large (the group is full).
  [[nodiscard]] static Result<ExternalJoin> external_commit(BytesView group_info_message, const ExternalCommitParams& params,
                                                            const crypto::SigningKey& signing_key, Random& random,
                                                            const PskLookup& psks = {});

  /// Everything, secrets included, for the encrypted store; docs/formats/mls.md.
  [[nodiscard]] SecretBytes serialize() const;
  /// Errors: malformed, too_large, unsupported_version, corrupt (parts that do not fit each other).
  [[nodiscard]] static Result<Group> deserialize(BytesView bytes);
  [[nodiscard]] Group clone() const;

  [[nodiscard]] BytesView group_id() const noexcept;
  [[nodiscard]] Epoch epoch() const noexcept;
  [[nodiscard]] LeafIndex own_leaf() const noexcept;
  [[nodiscard]] const LeafNode& own_leaf_node() const noexcept;
  [[nodiscard]] const RatchetTree& tree() const noexcept;
  [[nodiscard]] const GroupContext& context() const noexcept;
  [[nodiscard]] BytesView confirmed_transcript_hash() const noexcept;
  /// 32 bytes that all members of the epoch share; may be shown (RFC 9420 §8.7).
  [[nodiscard]] BytesView epoch_authenticator() const noexcept;
  /// The group was ended by a ReInit: it makes no more messages.
  [[nodiscard]] bool is_ended() const noexcept;
  [[nodiscard]] const crypto::SigningKey& signing_key() const noexcept;

  /// MLS-Exporter (RFC 9420 §8.5). Errors: invalid_state (the exporter secret was erased), invalid_argument (too long).
  [[nodiscard]] Result<SecretBytes> export_secret(std::string_view label, BytesView context, std::size_t length) const;
  /// Nothing more can be exported in this epoch; so what was exported stays secret if the device is stolen later.
  void erase_exporter_secret() noexcept;

  /// Makes a commit, and a Welcome if it adds members. Only the own handshake key is used up (also when the Welcome fails). Errors:
  /// invalid_state (ended), mls_invalid_commit, mls_invalid_proposal, mls_invalid_leaf, mls_invalid_key_package,
  /// mls_unknown_proposal, mls_path_required, mls_missing_psk, what `group_info_extensions` returns.
  [[nodiscard]] Result<StagedCommit> stage_commit(const CommitParams& params, Random& random, const PskLookup& psks = {});
  /// Application bytes as a PrivateMessage. Errors: invalid_state (ended).
  [[nodiscard]] Result<Bytes> protect(BytesView application, BytesView authenticated_data, Random& random);
  /// Proposes and stores the proposal. Errors: invalid_state (ended), too_large, mls_invalid_proposal (an Update; see
  /// propose_update).
  [[nodiscard]] Result<Bytes> propose(Proposal proposal, Random& random, bool private_message = true);
  /// Proposes a fresh key for the own leaf and keeps it until another member commits it. Errors: as `propose`.
  [[nodiscard]] Result<Bytes> propose_update(Random& random, bool private_message = true);

  /// Takes an MLSMessage apart: group, epoch, decryption or membership tag, signature, references. Errors: malformed, too_large,
  /// mls_wrong_group, mls_wrong_epoch, decryption_failed, mls_secret_consumed, mls_bad_membership, mls_invalid_sender (also a
  /// message of our own), bad_signature, mls_unknown_proposal.
  [[nodiscard]] Result<Opened> open(BytesView message);
  /// The same, but uses nothing up: to judge a message that may be refused. One that counts is then given to `open`, unless the
  /// group goes on to the next epoch.
  [[nodiscard]] Result<Opened> peek(BytesView message);
  /// Whether a PrivateMessage that does not open says that it is our own: under a key that is not used up `open` has verified that
  /// our leaf signed it (mls_invalid_sender), under one that we have used up (mls_secret_consumed) anyone of the epoch may have
  /// made it. It uses nothing up.
  [[nodiscard]] bool says_own(BytesView message);
  /// Remembers a proposal for a later commit. Errors: invalid_argument (not a proposal), too_large.
  Status store_proposal(const Opened& opened);
  /// The proposals of this epoch that we could commit by reference: all those stored but our own Updates.
  [[nodiscard]] std::vector<ProposalRef> committable_proposals() const;
  /// The public outcome of a commit: list rules, leaves, tree, path (steps 5 and 8 of R3). Errors: invalid_argument (not a commit
  /// of this epoch), mls_invalid_commit, mls_invalid_proposal, mls_invalid_key_package, mls_invalid_leaf, mls_invalid_tree,
  /// mls_path_required, mls_invalid_path.
  [[nodiscard]] Result<GroupPreview> preview_commit(const Opened& opened) const;
  /// The group after another member's commit. Errors: as preview_commit, then mls_removed (it removes us), mls_missing_psk,
  /// mls_path_decryption (only if the path's secret does not open or fit), mls_bad_confirmation.
  [[nodiscard]] Result<Group> apply_commit(const Opened& opened, const PskLookup& psks = {}) const;
  /// The same, with the outcome of preview_commit for the same message, which saves computing it again.
  [[nodiscard]] Result<Group> apply_commit(const Opened& opened, const GroupPreview& preview, const PskLookup& psks = {}) const;

  /// Makes a group of some of this group's members, tied to it by its resumption PSK (RFC 9420 §11.3). This group goes on. Errors:
  /// invalid_state (ended), invalid_argument (the group id), mls_invalid_leaf, mls_invalid_key_package, mls_invalid_commit (a key
  /// package of someone who is no member).
  [[nodiscard]] Result<Successor> branch(const SuccessorParams& params, const crypto::SigningKey& signing_key,
                                         Random& random) const;
  /// Makes the group that takes this one's place, after a ReInit was committed, with the same members (RFC 9420 §11.2). Errors: as
  /// `branch`, and invalid_state (not ended), mls_unsupported_suite (the ReInit names another suite), mls_invalid_commit (someone
  /// is missing).
  [[nodiscard]] Result<Successor> reinitialise(const SuccessorParams& params, const crypto::SigningKey& signing_key,
                                               Random& random) const;
  /// Joins a group that branches off this one or takes its place, by its Welcome: as `join`, and the Welcome must name this group's
  /// resumption PSK, the epoch must be 1, the members must be this group's, and what a ReInit announced must hold (RFC 9420 §11.2,
  /// §11.3). Plain `join` refuses such a Welcome. Errors: as `join`; mls_invalid_group_info for what does not match.
  [[nodiscard]] Result<Joined> join_successor(BytesView welcome_message, const KeyPackagePrivate& key_package,
                                              std::optional<BytesView> ratchet_tree = std::nullopt, const PskLookup& psks = {},
                                              const SameMember& same_member = {}) const;
  /// The ReInit that ended this group, or nullptr.
  [[nodiscard]] const ReInit* reinit() const noexcept;
  /// The resumption PSK of one of the last kResumptionPsksKept epochs, to be injected into another group (RFC 9420 §8.6). Commits
  /// of this group find it by themselves. Errors: not_found.
  [[nodiscard]] Result<SecretBytes> resumption_psk(Epoch epoch) const;

  /// A signed GroupInfo as an MLSMessage; with `external_pub`, others can join by an external commit.
  [[nodiscard]] Bytes group_info(std::vector<Extension> extensions, bool with_tree, bool with_external_pub) const;

  struct State;  // src/group_state.hpp

 private:
  explicit Group(std::unique_ptr<State> state) noexcept;
  [[nodiscard]] static Result<Joined> join_from(const Group* former, BytesView welcome_message,
                                                const KeyPackagePrivate& key_package, std::optional<BytesView> ratchet_tree,
                                                const PskLookup& psks, const SameMember& same_member);
  [[nodiscard]] Result<StagedCommit> stage(const CommitParams& params, Random& random, const PskLookup& psks,
                                           bool first_of_successor);
  [[nodiscard]] Result<Successor> make_successor(const GroupConfig& config, const SuccessorParams& params, ResumptionPSKUsage usage,
                                                 const crypto::SigningKey& signing_key, Random& random) const;
  [[nodiscard]] Result<Inspected> inspect(BytesView message);
  std::unique_ptr<State> state_;
};

/// A commit that is made but not yet sent. Store it before it is sent; when the server has accepted it, `next` is the group.
struct StagedCommit {
  Bytes commit_message;
  std::optional<Bytes> welcome_message;
  std::vector<KeyPackageRef> added;
  Group next;
};

/// A commit by which we join from outside, not yet sent, and the GroupInfo that it starts from.
struct ExternalJoin {
  Bytes commit_message;
  Group next;
  GroupInfo info;
};

/// A new group that succeeds another, in epoch 1 (0 if it has one member), with the Welcome for the other members.
struct Successor {
  Group group;
  std::optional<Bytes> welcome_message;
  std::vector<KeyPackageRef> added;
};

/// A group that was joined, with the GroupInfo that described it: its extensions and its signer's leaf.
struct Joined {
  Group group;
  GroupInfo info;
};

}  // namespace muistio::mls
