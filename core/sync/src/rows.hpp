// What sync keeps in the store, and its encodings: docs/formats/sync.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/role.hpp"
#include "muistio/sync/summary.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::sync {

/// A place in a log and the log's hash there.
struct LogPlace {
  Seq seq;
  Hash hash;
  friend bool operator==(const LogPlace&, const LogPlace&) = default;
};

/// A code and a sentence that outlive a restart.
struct KeptError {
  std::uint16_t code = 0;
  std::string detail;
  [[nodiscard]] Error error() const { return {static_cast<ErrorCode>(code), detail}; }
};

/// Our own chain of batches in one space. `fixed` counts what has content on disk, `accepted` what was seen in the log.
struct OwnChain {
  BatchIndex fixed;
  Hash fixed_hash;
  BatchIndex accepted;
  std::uint64_t change_fixed = 0;     // the last change that is in a fixed batch
  std::uint64_t change_accepted = 0;  // the last change that was seen in the log
};

/// What a joiner keeps until admitted.
struct Joining {
  Bytes link;        // as given
  Bytes request;     // the sealed join request
  Bytes join_state;  // the private part: space's, opaque here
  bool withdrawn = false;
};

/// One row a space.
struct SpaceState {
  SpaceKind kind = SpaceKind::club;
  Phase phase = Phase::open;
  bool registered = false;  // the server holds it
  Bytes auth_seed;          // 32 bytes: the authentication key of R10
  LogPlace cursor;          // everything up to here is applied (catching up: fetched)
  Seq last_handshake;       // the newest handshake record up to the cursor, skipped ones too
  Seq head;                 // the newest place that the server named
  LogPlace acknowledged;    // the newest place that the server acknowledged to us
  OwnChain chain;
  std::uint64_t intents_made = 0;
  std::optional<KeptError> frozen;
  bool frozen_for_good = false;  // only a rejoin helps (R9)
  std::optional<Joining> joining;
  Seq joined_at;     // the handshake that admitted us; 0 for the creator
  Seq replayed;      // catching up: records up to here are opened
  WallMs leaf_made;  // when our leaf was last renewed
  std::string name_hint, inviter_hint;
};
[[nodiscard]] Bytes encode_state(const SpaceState& state);
[[nodiscard]] Result<SpaceState> decode_state(BytesView bytes);

/// A batch of ours whose content is fixed: sealed again at each push, its content never changes (R7).
struct PendingBatch {
  BatchIndex index;
  Hash prev;
  std::array<std::uint8_t, 16> salt{};
  std::uint8_t payload_kind = 0;
  std::uint64_t first_change = 0, last_change = 0;  // 0 if it carries none
  Bytes payload;                                    // deflated
  Hash content_hash;
};
[[nodiscard]] Bytes encode_pending(const PendingBatch& batch);
[[nodiscard]] Result<PendingBatch> decode_pending(BytesView bytes);

enum class IntentKind : std::uint8_t { admit = 1, remove = 2, commit_leaving = 3, heal = 4 };

/// What a person or a rule wants done to the group; the commit is rebuilt from it after a conflict (D4).
struct Intent {
  std::uint64_t id = 0;
  IntentKind kind = IntentKind::remove;
  MemberId member;                // remove, commit_leaving
  JoinRequestId request;          // admit
  Epoch roll_epoch;               // admit: the epoch for which the roll below was made
  BatchIndex roll_index;          // admit: our batch that carries the roll; 0 if none
  std::optional<Hash> roll_hash;  // admit: once it is in the log
  bool staged = false;            // a commit for it is staged and may have been sent
  Bytes record;                   // the staged record, to be sent again as it is
  std::uint32_t attempts = 0;
};
[[nodiscard]] Bytes encode_intent(const Intent& intent);
[[nodiscard]] Result<Intent> decode_intent(BytesView bytes);

/// An invitation made here.
struct InvitationRow {
  InvitationId id;
  SpaceId space;
  Role role = Role::member;
  std::uint32_t uses = 1, used = 0;
  WallMs expires;
  bool revoked = false;
  std::string link;
  Bytes secret;  // space's invitation, opaque here
};
[[nodiscard]] Bytes encode_invitation(const InvitationRow& row);
[[nodiscard]] Result<InvitationRow> decode_invitation(BytesView bytes);

enum class RequestState : std::uint8_t { waiting = 1, admitting = 2, done = 3, refused = 4 };

/// A join request received.
struct JoinRequestRow {
  JoinRequestId id;
  SpaceId space;
  InvitationId invitation;
  Hash inbox_item;
  RequestState state = RequestState::waiting;
  std::string name;
  MemberId member;
  wire::AuthKey key;
  Bytes request;  // sealed, as it came
};
[[nodiscard]] Bytes encode_join_request(const JoinRequestRow& row);
[[nodiscard]] Result<JoinRequestRow> decode_join_request(BytesView bytes);

/// The head of a device's chain of batches in the log.
struct ChainHead {
  BatchIndex index;
  Hash content_hash;
};
[[nodiscard]] Bytes encode_chain_head(const ChainHead& head);
[[nodiscard]] Result<ChainHead> decode_chain_head(BytesView bytes);

}  // namespace muistio::sync
