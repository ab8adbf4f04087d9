// What the engine tells its owner: facts that a person or an app may want to act on.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/role.hpp"
#include "muistio/wire/messages.hpp"

namespace muistio::sync {

/// A join request at the inviter: the first 16 bytes of SHA-256 of its bytes. Shown as 32 hexadecimal digits.
using JoinRequestId = StrongBytes<struct JoinRequestIdTag, 16>;

/// Documents of a space changed, by this device or by others. Their new state is durable.
struct DocumentsChanged {
  SpaceId space;
  std::vector<DocumentId> documents;
};
/// Our own join request was answered: the space is open, its history is read and what was drafted goes out.
struct Admitted {
  SpaceId space;
};
/// Our own join request, or the welcome that answered it, was not acceptable.
struct JoinRefused {
  SpaceId space;
  Error error;
};
/// Someone asks to join and a person must decide: Engine::admit.
struct JoinRequestWaiting {
  SpaceId space;
  JoinRequestId request;
  std::string name;  // as the asker calls themselves: shown, never trusted
};
/// The members of a space, or their devices, changed.
struct MembersChanged {
  SpaceId space;
  std::vector<MemberId> added, removed;
};
/// This device is no longer in the space: it was removed, or it left. What is on it stays readable.
struct Closed {
  SpaceId space;
  bool left = false;  // by our own wish
};
/// A new device asks by our device link. `code` is shown by both, for a comparison by eye: `Engine::confirm_device`.
struct DeviceAsked {
  std::string code;       // empty once it is given
  bool is_given = false;  // our identity was given to it
};
/// The six digits of this home's wish to become a device of somebody: the other device shows the same.
struct LinkCode {
  std::string code;
};
/// This device may not go on under its name in a space (its home was restored or copied, or a commit does not open here): it asks
/// to be let in again as another. What is here stays readable; what is written goes out when it is in.
struct Rejoining {
  SpaceId space;
};
/// A device of ours had laid a newer recovery box than the one that the server gave back.
struct OldBox {
  SpaceId space;  // where it said so
  std::uint64_t used = 0, newest = 0;
};
/// A host offers their role to whoever takes it: `Engine::take_host` with no text.
struct HostOffered {
  SpaceId space;
  MemberId host;
};
/// A host would let somebody in, and the club asks its members (R12): `Engine::agree`. A zero member: the host wants fewer to be
/// asked.
struct NewcomerAsked {
  SpaceId space;
  MemberId newcomer;
  std::string name;  // as the newcomer calls themselves
};
/// This home is now a device of the member whose device link it followed.
struct Linked {
  SpaceId personal;
};
/// Trust stopped: the server contradicted itself (R11). Local work goes on, nothing is pushed.
struct Frozen {
  SpaceId space;
  Error error;
};
/// The log again matches what is known of it.
struct Unfrozen {
  SpaceId space;
};
/// The server had lost the end of the log and has it again from this device; writing goes on when a host reopens the space.
struct PutBack {
  SpaceId space;
  std::uint64_t records = 0;
  std::uint64_t removals = 0;  // among them: records that shut somebody out, undone meanwhile
};
/// Something that this device wanted was given up: an intent that the roles do not allow, an invitation that was used up.
struct Refused {
  SpaceId space;
  Error error;
};
/// A batch in the log does not count; every device ignores it alike. `device` is all zero if it could not be opened at all.
struct BatchIgnored {
  SpaceId space;
  Seq seq;
  DeviceId device;
  Error error;
};
/// The reading of a space's log went on.
struct Progress {
  SpaceId space;
  Seq cursor, head;
};
/// It is time for a new snapshot of the documents of an era: Engine::make_snapshot. Told at most every ten minutes of a connection.
struct SnapshotDue {
  SpaceId space;
  Era era;
};
/// A snapshot lies at the server, and the log from before is not read yet: fetch it and call Engine::take_snapshot or
/// refuse_snapshot.
struct SnapshotOffered {
  SpaceId space;
  Era era;
  Bytes descriptor;  // what its maker gave to Engine::announce_snapshot: to be checked
};
/// A snapshot that was shown was compared with the log, read up to its place. From here on the log's own is shown.
struct SnapshotChecked {
  SpaceId space;
  Era era;
  bool agrees = false;
  MemberId maker;
  DeviceId device;
};
/// What Engine::request_ticket asked for: a bearer token for one attachment over HTTP.
struct TicketGranted {
  SpaceId space;
  AttachmentId attachment;
  wire::Ticket ticket;
};
struct TicketRefused {
  SpaceId space;
  AttachmentId attachment;
  Error error;
};

using Event = std::variant<DocumentsChanged, Admitted, JoinRefused, JoinRequestWaiting, MembersChanged, Closed, Frozen, Unfrozen,
                           PutBack, Refused, BatchIgnored, Progress, TicketGranted, TicketRefused, DeviceAsked, LinkCode, Linked,
                           Rejoining, OldBox, HostOffered, NewcomerAsked, SnapshotDue, SnapshotOffered, SnapshotChecked>;

}  // namespace muistio::sync
