// What the engine answers about its spaces: plain values, copies of what is in the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/role.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/sync/event.hpp"
#include "muistio/sync/evidence.hpp"

namespace muistio::sync {

/// Where this device stands with a space. The numbers are on disk.
enum class Phase : std::uint8_t {
  joining = 1,      // asked to join, not admitted yet; what is written here is kept as drafts
  catching_up = 2,  // admitted; the log from before is being fetched and opened
  open = 3,
  leaving = 4,  // left by our own wish; the proposal is not in the log yet
  left = 5,
  removed = 6,
  cancelled = 7,  // the join request was cancelled here
  succeeded = 8,  // another space goes on from it (R9): readable, never written again
};

using space::HistoryPolicy;
using space::SpaceKind;

struct SpaceSummary {
  bool host_offered = false;  // to this member: see Engine::offer_host
  SpaceId space;
  SpaceKind kind = SpaceKind::club;
  Phase phase = Phase::open;
  bool trusted = true;  // false: frozen (R11)
  std::optional<Error> why_frozen;
  bool read_only = false;        // frozen because the server lost a part of the log: it goes on when a host reopens
  bool unverified = false;       // documents of snapshots are shown that the log was not compared with yet
  bool needs_rejoin = false;     // frozen for good: this device has to join again (R9)
  std::vector<Proof> evidence;   // every contradiction noticed so far, oldest first
  std::optional<Role> own_role;  // nothing before admission and after removal
  std::optional<Epoch> epoch;
  std::optional<Era> era;
  std::optional<Era> first_era;                // the first era whose documents this member may read
  std::optional<HistoryPolicy> history;        // what newcomers may read
  std::uint8_t quorum = 0;                     // members who must agree to a newcomer; 0: the host alone
  Seq cursor, head;                            // applied here; the newest that the server named
  std::uint64_t unsent = 0;                    // changes in the outbox
  std::uint64_t intents = 0;                   // what is still to be done at the next sync
  std::optional<SpaceId> parent, predecessor;  // by the charter
  std::string name_hint, inviter_hint;         // from the link, while joining: shown, never trusted
};

struct MemberSummary {
  MemberId member;
  Role role = Role::member;
  std::vector<DeviceId> devices;         // those with a current leaf
  std::optional<MemberId> successor_of;  // a host said that this is that former member (R13)
};

struct InvitationSummary {
  InvitationId invitation;
  SpaceId space;
  Role role = Role::member;
  std::uint32_t uses_left = 0;
  WallMs expires;
  bool revoked = false;
  std::string link;
};

struct JoinRequestSummary {
  JoinRequestId request;
  SpaceId space;
  InvitationId invitation;
  std::string name;  // as the asker calls themselves
  WallMs received;
  bool deciding = true;  // false: the admission is under way
};

/// Somebody whom a host would let in, when the club asks so many of its members.
struct Newcomer {
  MemberId member{};         // zero: a host wants fewer members to be asked
  std::string name{};        // as the newcomer calls themselves
  std::size_t agreed = 0;    // devices that agreed, as far as this one knows
  bool agreed_here = false;  // this device did, or will at the next sync
  friend bool operator==(const Newcomer&, const Newcomer&) = default;
};

/// Why a space is not done: one entry a reason. `why` is a stable word: "no-network", "admission", "admit" (a person must decide),
/// "compare" (the digits of a new device), "agreement" (too few members have agreed), "unsent", "intent", "pull", "frozen".
struct Waiting {
  SpaceId space;
  std::string why;
};

}  // namespace muistio::sync
