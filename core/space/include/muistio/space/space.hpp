// One space on one device: an MLS group, its charter, its content keys and its past (D2).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/space/audience.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/space/hand_in.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/space/joining.hpp"
#include "muistio/space/log_facts.hpp"
#include "muistio/space/outcome.hpp"
#include "muistio/space/recovery_box.hpp"
#include "muistio/space/rejoin.hpp"
#include "muistio/space/roll.hpp"
#include "muistio/space/seal.hpp"
#include "muistio/space/warrant.hpp"
#include "muistio/store/store.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::space {

/// A device's signature with the key that verifies it: the device's id follows from the key (R1).
struct SignedStatement {
  DeviceId device;
  crypto::VerifyKey key;
  crypto::Signature signature;
};

/// One space on one device. Move-only, not thread-safe. Records of the log are given to it in the order of the log, each once.
///
/// Persistence: every function that is not const may change what has to be kept; the caller then calls `save` in the same transaction
/// as whatever else changed, before bytes leave the device (R9: a ratchet's generation is on disk before its message is sent). When
/// the transaction fails, throw the object away and `load` again. Tables used: group, epoch_key, audience, charter; by StoredFacts:
/// log_hash, chain.
///
/// Errors of every function that needs the group: removed (closed), frozen. What a function says it fails with leaves the space as
/// it was.
class Space {
 public:
  /// A new space with this device as its only leaf and its member as host, at epoch 0 with an empty log.
  [[nodiscard]] static Result<Space> create(const SpaceId& id, SpaceKind kind, std::shared_ptr<const DeviceKeys> keys, WallMs now,
                                            Random& random, HistoryPolicy history = HistoryPolicy::all,
                                            const Founding& founding = {});
  /// Joins by the handshake record at `seq` whose Welcome is for `joining`, after R8's checks. The caller has pulled the log up to
  /// `seq` and keeps the records until `read_history` succeeded.
  /// Errors: mls_no_matching_key_package; mls_* (the Welcome is not valid); invalid_invitation (another space, another role than
  /// invited, or the confirmation does not match); wrong_admitter (not the link's member, or no host); invalid_charter;
  /// invalid_certificate; log_fork (the admitter saw another log).
  [[nodiscard]] static Result<Space> join(const Joining& joining, std::shared_ptr<const DeviceKeys> keys, Seq seq,
                                          const wire::Record& handshake, const LogFacts& facts);
  /// A personal space as a recovery box describes it, to be read and not more: closed, with the keys to open its log.
  [[nodiscard]] static Space read_only(PersonalBox box, std::shared_ptr<const DeviceKeys> keys);
  /// Errors: not_found; malformed, unsupported_version (what is stored was not written by this or an older version).
  [[nodiscard]] static Result<Space> load(const store::Rows& rows, const SpaceId& id, std::shared_ptr<const DeviceKeys> keys);
  /// Writes what changed since the last save or load.
  Status save(store::Transaction& transaction);
  /// Removes everything that `save` and StoredFacts keep of a space.
  static Status erase(store::Transaction& transaction, const SpaceId& id);

  ~Space();
  Space(Space&&) noexcept;
  Space& operator=(Space&&) noexcept;

  // -- facts ---------------------------------------------------------------------------------------------------------------------
  [[nodiscard]] const SpaceId& id() const;
  [[nodiscard]] Epoch epoch() const;
  /// As of the current epoch; after removal as of the last epoch held.
  [[nodiscard]] const Charter& charter() const;
  [[nodiscard]] const Roll& roll() const;
  [[nodiscard]] MemberId own_member() const;
  [[nodiscard]] DeviceId own_device() const;
  /// Nothing once removed.
  [[nodiscard]] std::optional<Role> own_role() const;
  /// The devices with a leaf now, sorted by leaf.
  [[nodiscard]] const std::vector<DeviceChange>& devices() const;
  /// The place of the newest handshake record processed, also of a skipped one; 0 before the first.
  [[nodiscard]] Seq last_handshake_seq() const;
  /// Whether this device was removed: nothing after that is readable.
  [[nodiscard]] bool is_closed() const;
  /// Why this space is frozen (Outcome::Kind::frozen, but for a newer app), or nothing.
  [[nodiscard]] std::optional<Error> frozen() const;
  /// Shows this device to the server in this space, and in no other (R10).
  [[nodiscard]] const crypto::SigningKey& auth_key() const;
  [[nodiscard]] wire::AuthKey auth_pub() const;

  // -- handshakes ----------------------------------------------------------------------------------------------------------------
  /// Judges the handshake record at `seq` in R3's order and follows it. A commit staged here is known by its hash, whatever stands
  /// beside it, and merged unless others skip the record; a foreign one that applies discards what is staged. Failure of the call
  /// itself (not an Outcome): removed, or invalid_state (the place is not after the last).
  [[nodiscard]] Result<Outcome> process_handshake(Seq seq, const wire::Record& record);

  /// Each of these builds a commit on the current epoch and keeps it staged until the log decides; it holds also every leaving
  /// proposal seen in this epoch. Errors: invalid_state (one is staged already), not_permitted, and what R3 would refuse.

  /// Admits the sender of a request. If `admits_with_roll`, the roll (`roll_payload`) must stand in the log as a batch of this epoch.
  /// Otherwise an era begins with the commit, and the roll of that is sent after it. `seen` is the end of the log as pulled. The
  /// KeyPackage's lifetime is checked at `now`, here only (R3).
  /// Errors: invalid_join_request; invalid_invitation (of another member or space); already_exists (a member already);
  /// not_permitted (no host, or the charter's quorum has not given its `consent`: a warrant of kind admit). With `again` the newcomer is
  /// that member, with a new identity: the same commit strikes them with all leaves, and the charter says whose successor the
  /// newcomer is (R2). Errors then also: not_found, invalid_argument (this member itself).
  [[nodiscard]] Result<StagedHandshake> stage_admit(const JoinRequest& request, const Invitation& invitation, const Seen& seen,
                                                    WallMs now, Random& random, const std::optional<Warrant>& consent = {},
                                                    const std::optional<MemberId>& again = {});
  /// Removes all leaves of a member and strikes them from the charter. Errors: not_found; invalid_argument (oneself: see leave).
  [[nodiscard]] Result<StagedHandshake> stage_remove(const MemberId& member, Random& random);
  /// Removes one other device of this member. Errors: not_found; invalid_argument (this device, or another member's).
  [[nodiscard]] Result<StagedHandshake> stage_remove_device(const DeviceId& device, Random& random);
  /// Changes a member's role. Errors: not_found; invalid_charter (nobody would be host).
  [[nodiscard]] Result<StagedHandshake> stage_set_role(const MemberId& member, Role role, Random& random);
  /// Changes how many members must agree to a newcomer; a lower number needs the `consent` of the quorum in force.
  [[nodiscard]] Result<StagedHandshake> stage_quorum(std::uint8_t quorum, const std::optional<Warrant>& consent, Random& random);
  /// This member becomes a host by a warrant (R12). Errors: not_permitted (it is not good for that).
  [[nodiscard]] Result<StagedHandshake> stage_take_host(const Warrant& warrant, Random& random);
  /// Begins the next era: under the policy `season` a new season, which later newcomers read from its beginning.
  [[nodiscard]] Result<StagedHandshake> stage_begin_era(Random& random);
  /// New keys for this device's leaf: an empty commit. Due when the last own commit is older than seven days at a push (R6).
  [[nodiscard]] Result<StagedHandshake> stage_heal(Random& random);
  /// Commits the departure of `leaving()`: by reference, or by a host's own Remove when their proposals went under with an epoch.
  /// Errors: not_found (nobody leaves, or this member may not).
  [[nodiscard]] Result<StagedHandshake> stage_leaving(Random& random);

  /// What a warrant on the charter as it stands must say.
  [[nodiscard]] WarrantTerms warrant_terms(WarrantKind kind, const MemberId& subject) const;
  /// Whether `warrant` is `author`'s own signature, by a leaf of theirs, under terms of this charter. Errors: not_permitted,
  /// bad_signature.
  [[nodiscard]] Status check_vote(const Warrant& warrant, const MemberId& author) const;
  /// Whether a warrant has all the signatures that it needs. Errors: not_permitted.
  [[nodiscard]] Status check_consent(const Warrant& warrant) const;
  // -- devices of a member (R9) --------------------------------------------------------------------------------------------------
  /// Where this member stands, for another device of theirs. `seen` is the end of the log as pulled.
  [[nodiscard]] Foothold foothold(const Seen& seen) const;
  /// The content key of an epoch, or nullptr.
  [[nodiscard]] const ContentKey* content_key(Epoch epoch) const;
  /// What this device is to do with a request to be let in again. `linked` are the devices that the personal space vouches for: one
  /// of them is let in by an own device without asking. Errors: invalid_join_request; bad_signature; not_found (no such member or
  /// leaf); already_exists (the device is in); log_fork (the asker saw another log).
  [[nodiscard]] Result<RejoinVerdict> judge_rejoin(const RejoinRequest& request, const LogFacts& facts,
                                                   std::span<const DeviceId> linked, WallMs now) const;
  /// Adds the asking device and removes what it replaces. The roll must stand in the log as a batch of this epoch.
  [[nodiscard]] Result<StagedHandshake> stage_rejoin(const RejoinRequest& request, const Seen& seen, WallMs now, Random& random);
  /// Adds a device of this member that asks by a device link. The roll as above. Errors: invalid_join_request (another member's).
  [[nodiscard]] Result<StagedHandshake> stage_device(const JoinRequest& request, const Invitation& invitation, const Seen& seen,
                                                     WallMs now, Random& random);

  /// What is staged, or nothing.
  [[nodiscard]] const std::optional<StagedHandshake>& staged() const;
  /// Follows the staged handshake, which the server has put at `seq`. As `process_handshake` with its record.
  [[nodiscard]] Result<Outcome> merge_staged(Seq seq);
  /// Gives up what is staged, if anything is. Only when it cannot be in the log.
  void discard_staged();

  // -- leaving -------------------------------------------------------------------------------------------------------------------
  /// The content records (one a leaf of this member) by which this member asks to be removed; anyone commits them.
  [[nodiscard]] Result<std::vector<Bytes>> make_leave_proposals(Random& random);
  /// Takes note of a content record of kind `proposal`. Errors: malformed, stale_epoch, mls_*, not_permitted (anything but a Remove
  /// of the proposer's own member's leaf): the record is skipped by everyone alike.
  Status process_proposal(Seq seq, BytesView record_bytes);
  /// Members of whom a device asked to be removed and still has its leaf.
  [[nodiscard]] std::vector<MemberId> leaving() const;

  // -- content -------------------------------------------------------------------------------------------------------------------
  /// Seals and signs a batch under the current epoch for `content.audience`: the bytes of a content record. Errors: too_large,
  /// removed, frozen; not_in_audience (its secret is not held).
  [[nodiscard]] Result<Bytes> seal_batch(const BatchContent& content, const Seen& seen, Random& random) const;
  /// Opens the batch at `seq` by R7's steps in order: size (too_large, malformed, unsupported_version), epoch (unknown_epoch: its
  /// keys are not held; stale_epoch: not the one in force at `seq`), audience (not_in_audience: not for this device, nothing is wrong
  /// with it; malformed: of an era to come), commitment (commitment_mismatch), AEAD (decryption_failed),
  /// padding (bad_padding, malformed), device (unknown_device), signature (bad_signature), chain (broken_chain, equivocation), seen
  /// (bad_seen), inflate (malformed, too_large). After success and only then the caller keeps the new end of the chain
  /// (`put_chain_end`), unless it is a duplicate. Failures of `facts` are passed on.
  [[nodiscard]] Result<OpenedBatch> open_batch(Seq seq, BytesView record_bytes, const LogFacts& facts);
  /// The batch at `seq` if it is of this kind: opened and its signature checked as `open_batch` does, but not its place in a chain nor what it
  /// says that its author saw. For a look ahead, before the log up to there is read. Errors: as `open_batch`.
  [[nodiscard]] Result<std::optional<OpenedBatch>> look_ahead(Seq seq, BytesView record_bytes, PayloadKind kind) const;
  /// The content_hash that a batch of this device has.
  [[nodiscard]] Hash own_content_hash(const BatchContent& content) const;

  /// A new audience of the devices that these members, and this one, have now. `payload` is to be deflated and pushed as a batch of
  /// kind audience_grant for the era in force; then batches may name the audience. Errors: not_found (no such member);
  /// bad_public_key (a device's key is a point of small order).
  [[nodiscard]] Result<NewAudience> make_audience(std::span<const MemberId> members, Random& random);
  /// Takes the secret in a batch of kind audience_grant. Errors: not_in_audience (nothing is for this device, nothing is wrong);
  /// malformed; decryption_failed; bad_public_key.
  Status take_audience(const OpenedBatch& batch);

  /// Seals what is handed in to the devices of the hosts, as this device last knew them; also after it was removed.
  /// Errors: invalid_argument (no host is known); too_large.
  [[nodiscard]] Result<Bytes> seal_hand_in(BytesView payload, Random& random) const;
  /// Opens what a device that is or was in this space handed in. Errors: malformed, invalid_argument (for another space),
  /// unknown_device, bad_signature, not_permitted (not for this device), decryption_failed.
  [[nodiscard]] Result<HandIn> open_hand_in(BytesView bytes) const;

  // -- evidence (R11) ------------------------------------------------------------------------------------------------------------
  /// What this device holds, signed: `seen` is the end of the log as applied, `own_index` its newest batch there. Errors: removed.
  [[nodiscard]] Result<MeetingSeal> make_seal(const Seen& seen, BatchIndex own_index) const;
  /// The member whose device made the seal; it says nothing of the log. For an epoch still to come it has to be a device of now.
  /// Errors: invalid_argument (another space), unknown_device, bad_signature.
  [[nodiscard]] Result<MemberId> seal_maker(const MeetingSeal& seal) const;
  /// Whether a device of this space made the seal, and, in the same epoch, whether it follows the same group; says nothing of the
  /// log. Errors: invalid_argument (another space), unknown_epoch (not held, or still to come), unknown_device, bad_signature,
  /// bad_seen (another group).
  [[nodiscard]] Status check_seal(const MeetingSeal& seal) const;
  /// This host's word that the log goes on from `from`. Errors: not_permitted (no host), removed, frozen.
  [[nodiscard]] Result<Reopening> make_reopening(const Seen& from) const;
  /// Whether a device that is a host now signed it. Errors: invalid_argument (another space), unknown_device, bad_signature,
  /// not_permitted.
  [[nodiscard]] Status check_reopening(const Reopening& reopening) const;

  // -- statements ----------------------------------------------------------------------------------------------------------------
  /// This device's signature over `fields` under `label`, for something that stays in the space's documents; a label of its own for
  /// every purpose. Errors: removed.
  [[nodiscard]] Result<SignedStatement> sign(std::string_view label, crypto::Fields fields) const;

  /// Seals to the devices that these members have now, and to those of this member: docs/formats/space.md, "Hand-in"; opened by
  /// `open_hand_in`. What is sealed says itself what it is for. Errors: not_found (one is not a member now); too_large.
  [[nodiscard]] Result<Bytes> seal_for(std::span<const MemberId> members, BytesView payload, Random& random) const;

  // -- history -------------------------------------------------------------------------------------------------------------------
  /// Whether a newcomer gets a roll of what they may read from before: not where an era begins with them.
  [[nodiscard]] bool admits_with_roll() const;
  /// The payload of a roll batch (PayloadKind::roll), to be deflated and pushed before an admission (after it, if that began an era):
  /// what a newcomer may know. The same all through an epoch. Errors: invalid_state (`needs_history`).
  [[nodiscard]] Result<Bytes> roll_payload() const;
  /// Takes from a host's roll batch the devices' keys at the server that this device does not know, as one admitted at the beginning
  /// of an era. Errors: malformed.
  Status learn_roll(BytesView payload);
  /// The place after which the log may be opened here: what stands up to there is passed over.
  [[nodiscard]] Seq readable_after() const;
  /// The era in force.
  [[nodiscard]] Era era() const;
  /// Whether batches for the documents born in an era can be sealed and opened here.
  [[nodiscard]] bool holds_era(Era born) const;
  /// A content record with the key of `epoch` under the next one's, in place of a missing or wrong one.
  /// Errors: unknown_epoch; invalid_argument (an era began between the two).
  [[nodiscard]] Result<Bytes> keywrap_record(Epoch epoch, Random& random) const;
  /// Tries the candidate in a content record of kind `keywrap`. Errors: malformed; unknown_epoch (the epoch or the one after it is
  /// not held); decryption_failed. Goes on to older epochs only by `read_history`.
  Status process_keywrap(BytesView record_bytes);

  /// Whether this device joined and does not yet hold the roll and the keys of every older epoch that it may read.
  [[nodiscard]] bool needs_history() const;
  /// The place of the record by which this device joined; 0 if it made the space.
  [[nodiscard]] Seq joined_at() const;
  /// Gives the record at a place before `joined_at()`, or nothing if it is not held.
  using RecordSource = std::function<Result<std::optional<wire::Record>>(Seq)>;
  /// Finds the roll and, from key to key backwards, the content keys of every older epoch, so that `open_batch` opens the log from
  /// its beginning. What it finds it keeps even when it ends with an error: call it again when another keywrap record has come.
  /// Errors: not_found (the roll is not there); unknown_epoch (the wrap of an epoch, named in the detail, is missing or wrong);
  /// those of `records`.
  Status read_history(const RecordSource& records);

  struct State;  // src/space_state.hpp

 private:
  explicit Space(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace muistio::space
