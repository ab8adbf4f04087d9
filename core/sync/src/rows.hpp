// What sync keeps in the store, and its encodings: docs/formats/sync.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/sync/summary.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::sync {

/// A place in a log and the log's hash there.
struct LogPlace {
  Seq seq;
  Hash hash;
  friend bool operator==(const LogPlace&, const LogPlace&) = default;
};

/// An error that outlives a restart.
struct KeptError {
  std::uint16_t code = 0;
  std::string detail;
  [[nodiscard]] Error error() const { return {static_cast<ErrorCode>(code), detail}; }
};

/// Our own chain of batches for the documents born in one era: `fixed` has its content on disk, `accepted` was met in the log.
struct OwnChain {
  BatchIndex fixed;
  Hash fixed_hash;
  std::uint64_t change_fixed = 0;  // the last change in a fixed batch
  BatchIndex accepted;
  std::uint64_t change_accepted = 0;  // the last change met in the log
};

/// One row a space.
struct SpaceState {
  SpaceKind kind = SpaceKind::club;
  Phase phase = Phase::open;
  bool registered = false;          // the server has said that it holds the space
  LogPlace cursor;                  // everything up to here is processed (catching up: fetched)
  Seq last_handshake;               // the newest handshake record up to the cursor, skipped ones too
  Seq head;                         // the newest place that the server named
  LogPlace acknowledged;            // the newest place that the server acknowledged to us
  std::map<Era, OwnChain> chains;   // by the era of the documents
  std::uint64_t intents_made = 0;   // ids of intents count from 1
  std::uint64_t staged_intent = 0;  // the intent for which a commit is staged; 0: none, or for a rule
  std::optional<Epoch> roll_epoch;  // the newest epoch in which a roll of ours stands in the log
  std::optional<KeptError> frozen;
  bool frozen_for_good = false;  // only a rejoin helps (R9)
  Bytes joining;                 // space::Joining, until admitted
  Seq replayed;                  // catching up: records up to here are opened
  WallMs leaf_made;              // when our leaf was renewed

  /// Joining: whether this device was in the space before, and has batches of its own in the log.
  [[nodiscard]] bool was_here() const noexcept {
    return std::any_of(chains.begin(), chains.end(), [](const auto& each) { return each.second.fixed != BatchIndex{}; });
  }
};
[[nodiscard]] Bytes encode_state(const SpaceState& state);
[[nodiscard]] Result<SpaceState> decode_state(BytesView bytes);

/// A batch of ours whose content is fixed: sealed again at each push, its content never changes (R7).
struct PendingBatch {
  space::BatchContent content;
  Hash content_hash;
  std::uint64_t first_change = 0, last_change = 0;  // 0: it carries none
  std::optional<Epoch> roll_epoch;                  // the epoch whose roll it carries
  /// The era of the documents that it is about.
  [[nodiscard]] Era era() const { return space::era_of(content.audience).value_or(Era(0)); }
};
[[nodiscard]] Bytes encode_pending(const PendingBatch& batch);
[[nodiscard]] Result<PendingBatch> decode_pending(BytesView bytes);

enum class IntentKind : std::uint8_t {
  admit = 1,
  remove = 2,
  keywrap = 3,
  begin_era = 4,
  role = 5,
  take_host = 6,
  vote = 7,
  rejoin = 8,
  remove_device = 9,
  offer_host = 10,  // to whoever takes it, while this member is the only host
  quorum = 11,      // how many members must agree to a newcomer
  agree = 12        // to a newcomer, or to a lower quorum
};

/// What is to be done to the group; the commit is rebuilt from it after a conflict (D4).
struct Intent {
  std::uint64_t id = 0;
  IntentKind kind = IntentKind::remove;
  MemberId member{};        // remove, role, take_host, vote, agree
  JoinRequestId request{};  // admit, rejoin; remove_device: the device
  Epoch epoch{};            // keywrap: whose key is missing; begin_era: the number of the era to begin
  std::uint32_t attempts = 0;
  Role role = Role::member;   // role
  Bytes data{};               // take_host: the warrant
  std::uint64_t version = 0;  // vote, agree: the version of the charter under which it was cast; 0: not yet
  std::uint8_t quorum = 0;    // quorum: the new one
};
[[nodiscard]] Bytes encode_intent(const Intent& intent);
[[nodiscard]] Result<Intent> decode_intent(BytesView bytes);

/// Whom a host's device would let in (payload of a batch, and a row): docs/formats/sync.md.
[[nodiscard]] Bytes encode_newcomers(const std::vector<Newcomer>& newcomers);
/// Errors: malformed, too_large.
[[nodiscard]] Result<std::vector<Newcomer>> decode_newcomers(BytesView bytes);

/// What a member's device posts in a club's log to be let into a session (payload of a batch): docs/formats/sync.md.
struct SessionOffer {
  SpaceId session;
  MemberId host;  // who is to admit
  space::InvitationSecret secret{Secret<16>{}};
  Bytes request;  // sealed under the secret, as for an inbox
};
[[nodiscard]] Bytes encode_offer(const SessionOffer& offer);
/// Errors: malformed, too_large.
[[nodiscard]] Result<SessionOffer> decode_offer(BytesView bytes);

/// The newest snapshot of an era's documents that the log names, and what came after it.
struct SnapshotRow {
  LogPlace place;    // where it is exact; 0: there is none
  Bytes descriptor;  // of the attachment module
  std::uint64_t bytes_since = 0, records_since = 0;
  bool outdated = false;  // something was taken back since
};
[[nodiscard]] Bytes encode_snapshot_row(const SnapshotRow& row);
[[nodiscard]] Result<SnapshotRow> decode_snapshot_row(BytesView bytes);

/// The payload of a batch that names a snapshot: docs/formats/sync.md.
struct SnapshotNotice {
  LogPlace place;
  Bytes descriptor;
};
inline constexpr std::size_t kSnapshotDescriptorBytesMax = 512;
[[nodiscard]] Bytes encode_notice(const SnapshotNotice& notice);
/// Errors: malformed, too_large, unsupported_version.
[[nodiscard]] Result<SnapshotNotice> decode_notice(BytesView bytes);

/// A snapshot in pieces, each deflated.
[[nodiscard]] Result<Bytes> pack_snapshot(BytesView plain);
/// Errors: malformed, too_large, unsupported_version.
[[nodiscard]] Result<Bytes> unpack_snapshot(BytesView packed);

/// An invitation made here.
struct InvitationRow {
  space::Invitation invitation;
  std::string link;
};
[[nodiscard]] Bytes encode_invitation(const InvitationRow& row);
[[nodiscard]] Result<InvitationRow> decode_invitation(BytesView bytes);

enum class RequestState : std::uint8_t { waiting = 1, admitting = 2, done = 3 };

/// A join request received.
struct JoinRequestRow {
  JoinRequestId id;
  SpaceId space;
  InvitationId invitation;
  Hash inbox_item;
  RequestState state = RequestState::waiting;
  WallMs received;
  std::string name;
  Bytes request;  // sealed, as it came
};
[[nodiscard]] Bytes encode_join_request(const JoinRequestRow& row);
[[nodiscard]] Result<JoinRequestRow> decode_join_request(BytesView bytes);

}  // namespace muistio::sync
