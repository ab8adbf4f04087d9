// The engine: all spaces of one home over one connection. Bytes, time and randomness come in, frames and events come out (D1).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/space/hand_in.hpp"
#include "muistio/space/space.hpp"
#include "muistio/sync/event.hpp"
#include "muistio/sync/evidence.hpp"
#include "muistio/sync/hooks.hpp"
#include "muistio/sync/summary.hpp"

namespace muistio::sync {

/// What an invitation promises (R8). `expires` is checked by this device's clock.
struct InviteOptions {
  Role role = Role::member;  // member or facilitator, into a session also guest; host is never given by link
  std::uint32_t uses = 1;    // more than 1 always ask a person here
  bool asks = false;         // so does one use, if its maker wants it: otherwise it is admitted by itself
  std::uint32_t expires_days = 14;
  std::string server{};                      // HOST or HOST:PORT, what the joiner connects to
  std::string space_name{}, inviter_name{};  // shown to the joiner
};

/// What a link for a new device is like.
struct DeviceLinkOptions {
  std::string server{};          // HOST or HOST:PORT, what the new device connects to
  std::string name{};            // how the member is called
  bool shown_in_person = false;  // nobody else can have read the link: the first that asks becomes a device without a comparison
};

/// What a member knows of a session of their club when they ask to be let in.
struct SessionInvite {
  SpaceId session;
  MemberId host;       // of the session and of the club: who is to admit
  std::string server;  // HOST or HOST:PORT
  std::string title, host_name;
  std::string own_name;  // shown to the host
};

struct Invitation {
  InvitationId id;
  std::string link;
};

/// Counts since the engine was opened.
struct Counts {
  std::uint64_t batches_sent = 0, batches_accepted = 0, changes_pushed = 0;
  std::uint64_t records_pulled = 0, changes_pulled = 0;
  std::uint64_t commits_sent = 0, commits_merged = 0;
  std::uint64_t conflicts = 0;  // appends refused because a handshake lay before them
  std::uint64_t refusals = 0;   // of appends for another reason, and of the inbox; each is tried again in a second or two
  std::uint64_t batches_ignored = 0, handshakes_skipped = 0;
  std::uint64_t batches_for_others = 0;  // of audiences that this device is not part of
};

/// The state machine of sync: push, pull, order, intents, admission. It opens no socket, starts no thread and reads no clock but
/// the one given.
///
/// Every local call works without a network, is durable when it returns success (one store transaction) and leaves no trace when it
/// fails. Nothing is sent before it is durable. What came from the server is kept at once and durable a little later
/// (`make_durable`): a power cut before takes the cursor back with it, and it is pulled again. After a crash at any moment a new
/// engine on the same store goes on.
///
/// The owner connects a transport, passes what comes in, and after every call sends what `take_frames` gives and looks at
/// `take_events` and `wants_close`. One server a home.
///
/// Not thread-safe: one thread at a time, that of the store. The store, clock and random source must outlive it. After an
/// `io_failed` from any call, drop the engine and the store and open both again.
class Engine {
 public:
  /// Errors: corrupt, io_failed; unsupported_version, if a newer app wrote the rows.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> open(store::Store& store, const Clock& clock, Random& random, Hooks hooks);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Identity (R1).
  [[nodiscard]] bool has_identity() const;
  /// Makes the member's identity and this device's keys. Errors: already_exists, disk_full, io_failed.
  Status make_identity();
  /// All zero without an identity.
  [[nodiscard]] MemberId own_member() const;
  [[nodiscard]] DeviceId own_device() const;

  // Devices of a member (R1, R9).
  /// A link for a new device of this member, good for a day and one device. Makes the personal space if there is none. Unless it is
  /// shown in person, whoever asks by it becomes a device only when `confirm_device` was called. Errors: invalid_state,
  /// invalid_argument.
  Result<Invitation> link_device(const DeviceLinkOptions& options);
  /// On an empty home: becomes a device of the member whose link it is, over the next syncs of both. Returns the personal space.
  /// Errors: invalid_invitation, already_exists (the home is not empty).
  Result<SpaceId> follow_device_link(std::string_view link);
  /// The six digits of each new device that asks to become this member's, or, on the new device, of its own wish; none before the
  /// devices have heard of each other (DeviceAsked, LinkCode). For a comparison by eye.
  [[nodiscard]] Result<std::vector<std::string>> device_codes() const;
  /// The person says that the new device shows these digits: it becomes a device of this member's at the next sync. Errors:
  /// not_found, invalid_state.
  Status confirm_device(std::string_view code);
  /// How the member is called, as another of their devices said; empty if none did.
  [[nodiscard]] std::string given_name() const;
  /// Decides to remove another device of this member from the personal space and all others; done at the next sync.
  /// Errors: not_found, invalid_argument (this device).
  Status remove_device(DeviceId device);
  /// Whether a device id is this home's: it has another in a space that it was let into again.
  [[nodiscard]] bool is_own_device(DeviceId device) const;

  // Recovery (R13).
  /// The 24 words, as long as this home keeps them: from the first call on, boxes for recovery are laid at the server. Nothing on a
  /// home that did not make the identity, or has forgotten them.
  Result<std::optional<SecretBytes>> recovery_words();
  /// On an empty home: becomes the member of the words. At the next sync it looks for the newest box, goes on with the personal
  /// space in a new one, and asks to be let into every other. Errors: invalid_argument (the words), already_exists (the home is not
  /// empty).
  Status recover(std::string_view words);
  /// Forgets the words, which the person has on paper; the boxes go on.
  Status forget_recovery_words();

  // Spaces. Every call that names a space may fail with not_found; every change with disk_full or io_failed.
  [[nodiscard]] std::vector<SpaceSummary> spaces() const;
  [[nodiscard]] Result<SpaceSummary> space(SpaceId space) const;
  /// The members by the charter, sorted by id. Errors: waiting_for_admission.
  [[nodiscard]] Result<std::vector<MemberSummary>> members(SpaceId space) const;
  /// The member that a device belongs or belonged to, as this device knows from the log.
  [[nodiscard]] std::optional<MemberId> member_of(SpaceId space, DeviceId device) const;
  /// A new space with this device as its only one and this member as its host. Makes the identity if there is none.
  /// `history` is what newcomers may read; a personal space and a session have `all`.
  Result<SpaceId> create_space(SpaceKind kind, HistoryPolicy history = HistoryPolicy::all, const space::Founding& founding = {});
  /// Decides to begin the next era, done at the next sync: under the policy `season` a new season, from whose beginning newcomers
  /// read. Errors: not_permitted (not a host).
  Status begin_era(SpaceId space);
  /// Errors: not_permitted (not a host), invalid_argument.
  Result<Invitation> invite(SpaceId space, const InviteOptions& options);
  [[nodiscard]] std::vector<InvitationSummary> invitations(std::optional<SpaceId> space = std::nullopt) const;
  Status revoke(InvitationId invitation);
  /// Keeps the wish to join by `link`; the request goes out at the next sync. Makes the identity if there is none. `name` is shown
  /// to the inviter. Errors: invalid_invitation, already_exists (in the space already, or asked).
  Result<SpaceId> join(std::string_view link, std::string_view name);
  /// Takes a join request back and forgets the space and its drafts. Errors: invalid_state (admitted already).
  Status cancel_join(SpaceId space);
  /// Requests that wait for a person, and those being admitted.
  [[nodiscard]] std::vector<JoinRequestSummary> join_requests(std::optional<SpaceId> space = std::nullopt) const;
  /// Decides to admit; done at the next sync. `again`: the person says that it is this member again, with a new identity (R13); the
  /// same commit removes their old devices. Errors: not_found, not_permitted, invitation_used, invalid_argument (`again` is
  /// oneself, or the request is to be let in again by itself).
  Status admit(SpaceId space, JoinRequestId request, std::optional<MemberId> again = std::nullopt);
  /// How many members must agree to a newcomer; 0: the host alone (R12). Done at the next sync; a lower number when so many as
  /// before have agreed to that. Errors: not_permitted (no host), invalid_argument (more than there are; not a club).
  Status set_quorum(SpaceId space, std::uint8_t quorum);
  /// Those whom hosts would let in, or a wish for a lower quorum (the zero member), while the club asks its members.
  [[nodiscard]] Result<std::vector<Newcomer>> newcomers(SpaceId space);
  /// Agrees to one of `newcomers`: posted at the next sync, and again when the charter has changed. Errors: not_found (no host
  /// asks), not_permitted (a guest).
  Status agree(SpaceId space, MemberId newcomer);
  /// Decides to remove a member with all their devices; done at the next sync, before content. Errors: not_permitted, not_found,
  /// invalid_argument (oneself: leave).
  Status remove_member(SpaceId space, MemberId member);
  /// Gives a member another role; done at the next sync. Errors: not_permitted (no host; the last host), not_found,
  /// invalid_argument (of a guest, or to one).
  Status set_role(SpaceId space, MemberId member, Role role);
  /// A warrant by which `member` becomes a host while this host stays offline: text for a message or a QR code. It is good until
  /// the charter changes. Errors: not_permitted, not_found, invalid_argument (a host already, or a guest).
  [[nodiscard]] Result<std::string> warrant(SpaceId space, MemberId member);
  /// Offers the host role to every member that is none: whoever takes it first is host too. Posted at the next sync, and again when
  /// the charter has changed, until there is another host. Errors: not_permitted (no host), not_found (there is nobody).
  Status offer_host(SpaceId space);
  /// Becomes a host by a warrant, at the next sync; an empty text means the one that was offered in the log. Errors: not_found
  /// (none was), malformed, not_permitted (another club's or member's, or not good any more), already_exists (a host already).
  Status take_host(SpaceId space, std::string_view warrant);
  /// Votes that `member` takes the place of hosts who have vanished; posted at the next sync, and again when the charter has
  /// changed. With the votes of more than half of those who are no hosts, `member`'s next sync makes them the only host. Errors:
  /// not_permitted (this device met something of a host less than kVanishedDays ago, and does not `insist`; or it is a host's or a
  /// guest's), not_found, invalid_argument (a host already, or a guest).
  Status replace_hosts(SpaceId space, MemberId member, bool insist);
  /// Asks to be let into a session of a club: a KeyPackage goes out, sealed, in the club's log; the session's host admits at their
  /// next sync. Errors: already_exists, not_permitted (the host is not in the club), invalid_argument (a name).
  Status join_session(SpaceId club, const SessionInvite& session);
  /// A new club, with this device as its only one, that goes on from `space` where this device's log ends; the old one is read-only
  /// from now on (R9). Also while this device asks to be let in again. Errors: not_permitted (no host), invalid_state.
  Result<SpaceId> succeed(SpaceId space);
  /// The documents with changes written here that are not in the log.
  [[nodiscard]] Result<std::set<DocumentId>> unsent_documents(SpaceId space);
  /// Seals bytes that this device hands to the hosts by another way than the log, and opens what a member handed in:
  /// space::Space::seal_hand_in, open_hand_in.
  Result<Bytes> seal_hand_in(SpaceId space, BytesView payload);
  [[nodiscard]] Result<space::HandIn> open_hand_in(SpaceId space, BytesView bytes);
  /// Closes the space here at once; the others learn at the next sync. Errors: not_permitted (the last host with other members).
  Status leave(SpaceId space);

  // Evidence (R11). Errors of each: waiting_for_admission, removed.
  /// What this device holds of the log, signed, as text for a QR code: to be compared with others when the club meets.
  [[nodiscard]] Result<std::string> seal(SpaceId space);
  /// Compares another device's seal. A contradiction stops trust (Frozen) and is success with that verdict.
  /// Errors: malformed, invalid_argument (of another space), unknown_device, bad_signature; bad_seen (the same log, and another
  /// group or other batches counted: no lie of the server's); invalid_state (from before this device came).
  Result<SealAnswer> check_seal(SpaceId space, std::string_view text);
  /// A host's person decides that the club goes on from what this device holds. The text is for those who hold a proof and confirm
  /// it in person; those who only wait for a restored server find it in the log. Errors: not_permitted (no host), frozen (this
  /// device has to join again), log_rolled_back (the server does not have everything again yet).
  Result<std::string> reopen(SpaceId space);
  /// This device's person confirms a host's reopening. Errors: malformed, unknown_device, bad_signature, not_permitted (no host),
  /// log_fork (the host reopened another log than this device has), frozen.
  Status accept_reopening(SpaceId space, std::string_view text);
  /// Every contradiction noticed so far, oldest first.
  [[nodiscard]] Result<std::vector<Proof>> evidence(SpaceId space) const;

  // Documents.
  /// space::Space::sign. Errors: waiting_for_admission, removed.
  [[nodiscard]] Result<space::SignedStatement> sign(SpaceId space, std::string_view label, crypto::Fields fields);
  /// space::Space::seal_for; opened by `open_hand_in`. Errors: also waiting_for_admission.
  [[nodiscard]] Result<Bytes> seal_for(SpaceId space, std::span<const MemberId> members, BytesView payload);
  using Editor = std::function<Status(replica::ChangeBuilder&)>;
  /// One change: what `editor` builds is applied, kept and put into the outbox in one transaction. An editor that builds nothing
  /// changes nothing. Errors: those of the editor; removed, invalid_state (left); not_permitted (the judge refuses an op).
  Status edit(SpaceId space, const Editor& editor);
  using Reading = std::function<Status(replica::Replica&)>;
  /// Gives the documents of a space to `reading`; the reference is valid during the call only.
  Status read(SpaceId space, const Reading& reading);

  // Connection.
  /// A transport to the server is open. `server_name` is the DNS name that was dialled and the certificate checked against (R10);
  /// empty if it was an address: then the server's own name for itself is signed.
  void connected(const wire::TlsExporter& exporter, std::string_view server_name);
  /// One frame from the server. Nonsense closes the connection (`wants_close`) and changes nothing.
  void received(BytesView frame);
  void disconnected();
  /// Lets time pass: call about once a second.
  void tick();
  /// Makes durable what was pulled: when the server has nothing more, at the end of a connection. Errors: io_failed.
  Status make_durable();
  [[nodiscard]] std::vector<Bytes> take_frames();
  [[nodiscard]] std::vector<Event> take_events();
  /// Why the transport should be closed now, if it should; connect again later. Cleared by `connected` and `disconnected`.
  [[nodiscard]] std::optional<Error> wants_close() const;
  /// Whether nothing is left to do without a person: for every open space the outbox is empty, the intents are done and the cursor
  /// is at the head that the server named after our last push. Frozen spaces do not count.
  [[nodiscard]] bool is_quiet() const;
  /// What is not done, and why.
  [[nodiscard]] std::vector<Waiting> waiting() const;
  [[nodiscard]] const Counts& counts() const;

  // Snapshots (docs/decisions/0071): with Hooks::moves_snapshots.
  /// What stands in an era's documents, exactly at a place of the log. Errors: invalid_state (something here is not in the log, or
  /// the log is not read to its end), too_large.
  struct MadeSnapshot {
    Era era;
    Seq seq;
    Hash log_hash;
    Bytes bytes;  // compressed; in the clear
  };
  Result<MadeSnapshot> make_snapshot(SpaceId space, Era era);
  /// Tells the members where the bytes lie, once they are at the server. Errors: too_large (`descriptor`, at most 512 bytes).
  Status announce_snapshot(SpaceId space, const MadeSnapshot& made, BytesView descriptor);
  /// Shows an offered snapshot until the log is read up to its place. A snapshot that cannot be read is as refused.
  /// Errors: not_found (none is offered); malformed, too_large, unsupported_version.
  Status take_snapshot(SpaceId space, Era era, BytesView bytes);
  /// Goes on without it.
  void refuse_snapshot(SpaceId space, Era era);
  /// Whether the log from before an admission waits to be read while a snapshot is shown; and the next part of that reading. Call
  /// it while there is nothing else to do.
  [[nodiscard]] bool has_work() const;
  void go_on();

  // Attachments: this engine only obtains leave to move them.
  /// Answered by TicketGranted or TicketRefused. Errors: disconnected, invalid_state (the space is not open at the server).
  Status request_ticket(SpaceId space, AttachmentId attachment, wire::TicketMode mode, std::uint64_t size_bytes);
  /// Asks the server to drop an attachment; not repeated after a cut. Errors: as request_ticket.
  Status delete_attachment(SpaceId space, AttachmentId attachment);

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace muistio::sync
