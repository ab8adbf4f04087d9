// What a Space holds.
#pragma once

#include <map>
#include <set>

#include "admission.hpp"
#include "judge.hpp"
#include "leaves.hpp"
#include "muistio/mls/group.hpp"
#include "muistio/space/space.hpp"

namespace muistio::space {

/// The content key of an epoch: from the exporter, or from a key wrap and matching the check that the roll has for it.
struct EpochKeys {
  std::optional<ContentKey> key;
  Hash commit_hash;  // SHA-256 of the commit that began the epoch; zero for epoch 0 and while it is not known
  bool dirty = true;

  void set(ContentKey right);
  void drop();
};

/// The secret of a narrower audience that this device is part of.
struct NarrowAudience {
  AudienceSecret secret;
  bool dirty = true;
};

/// The most key wraps kept for keys that are not held yet.
inline constexpr std::size_t kLooseWrapsMax = 4096;

/// A leaving proposal that the group stored.
struct LeavingProposal {
  mls::ProposalRef ref;
  mls::LeafIndex proposer;
  mls::LeafIndex leaf;  // to be removed
};

/// A staged commit with the group and key that it leads to.
struct Staged {
  mls::Group next;
  ContentKey next_key;
  Hash commit_hash;
};

struct Space::State {
  State(const SpaceId& space, std::shared_ptr<const DeviceKeys> device_keys, crypto::SigningKey server_key)
      : id(space), keys(std::move(device_keys)), auth_key(std::move(server_key)) {}

  SpaceId id;
  std::shared_ptr<const DeviceKeys> keys;
  crypto::SigningKey auth_key;
  std::optional<mls::Group> group;  // nothing once removed
  Charter charter;
  std::vector<Leaf> leaves;
  std::vector<DeviceChange> devices;
  Roll roll;
  std::map<Epoch, EpochKeys> epochs;
  std::map<AudienceId, NarrowAudience> audiences;
  Epoch epoch;
  Seq last_handshake;
  std::optional<Error> frozen;
  std::set<DeviceId> leaving;  // whose removal their member proposed
  std::vector<LeavingProposal> leaving_proposals;
  std::optional<StagedHandshake> staged_record;
  std::optional<Staged> staged;
  Seq joined_at;
  Hash roll_hash;
  KeyCheck older_check;  // of the epoch before joining
  bool needs_history = false;
  std::vector<Keywrap> loose_wraps;
  bool dirty = true;
  bool roll_dirty = true;

  /// Errors: removed, frozen.
  [[nodiscard]] Status check_usable() const;
  [[nodiscard]] Before before() const { return {charter, leaves, group->context().extensions, id}; }
  /// The check of an epoch's content key, from the roll or from who admitted this device.
  [[nodiscard]] std::optional<KeyCheck> check_of(Epoch epoch_asked) const;
  /// Takes a content key that a key wrap yielded, if it matches the epoch's check. Whether it does.
  bool accept_key(Epoch epoch_of_key, ContentKey key);
  /// The content key of an epoch, or nullptr.
  [[nodiscard]] const ContentKey* key_of(Epoch epoch_asked) const;
  /// The epoch in which this device joined.
  [[nodiscard]] Epoch epoch_joined() const;
  /// Whether the next epoch is of another era.
  [[nodiscard]] bool era_begins_after(Epoch epoch_before) const;
  /// The E_r of the eras from `first` on that are over (R6). Errors: unknown_epoch (one is not held).
  [[nodiscard]] Result<std::vector<EraKey>> era_keys(Era first) const;
  /// What a newcomer may know of the past.
  [[nodiscard]] Roll roll_for_newcomer() const;
  /// The secret of an audience for a batch of an epoch. Errors: not_in_audience; malformed (of an era to come).
  [[nodiscard]] Result<AudienceSecret> audience_secret(const AudienceId& audience, Epoch epoch_of_batch) const;
  /// A batch with the keys of its epoch, and its author as the roll has it (null: unknown).
  struct Opened {
    BatchPlaintext plaintext;
    const RollEntry* author;
  };
  /// The steps of R7 up to the padding.
  [[nodiscard]] Result<Opened> open(Seq seq, const BatchRecord& batch) const;
  /// The device and its signature; all but the payload.
  [[nodiscard]] Result<OpenedBatch> verify(const BatchHeader& header, const Opened& opened) const;
  void set_leaves(std::vector<Leaf> now);
  /// Goes to the epoch of `next`, begun by the record at `seq`.
  [[nodiscard]] Result<Outcome> advance(Seq seq, mls::Group next, ContentKey key, const Hash& commit_hash,
                                        const wire::Record& record, std::span<const mls::LeafIndex> added);
  /// Follows the commit staged here, which the record at `seq` holds; what else the record holds is judged as others judge it.
  [[nodiscard]] Result<Outcome> follow_staged(Seq seq, const wire::Record& record, const std::optional<Bytes>& keywrap);
  /// This device was removed by the record at `seq`.
  [[nodiscard]] Outcome close();
  /// This device can neither follow a record nor skip it.
  [[nodiscard]] Outcome freeze(Refusal refusal);
};

/// K_e of the group's epoch; then the exporter secret is erased (R5).
[[nodiscard]] Result<ContentKey> export_content_key(mls::Group& group, Era era);

/// Whether a key wrap in a handshake record opens under `newer` to `older`.
[[nodiscard]] bool carries_key(const std::optional<Bytes>& wrap, const ContentKey& newer, const ContentKey& older,
                               const SpaceId& space, Epoch epoch, const Hash& commit_hash);

}  // namespace muistio::space
