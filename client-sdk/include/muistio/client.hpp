// muistio::Client: a home with its clubs, notes and material, for an app to embed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/cancellation.hpp"
#include "muistio/home/views.hpp"

namespace muistio {

using home::Checked;
using home::Club;
using home::ClubSettings;
using home::Contradiction;
using home::Device;
using home::Found;
using home::History;
using home::Invitation;
using home::JoinRequest;
using home::Kind;
using home::Material;
using home::MaterialQuota;
using home::Member;
using home::Newcomer;
using home::NewInvitation;
using home::Note;
using home::NoteText;
using home::SealAnswer;
using home::SearchFilter;
using home::Session;
using home::Standing;
using home::Waiting;

/// How a home is opened.
struct ClientOptions {
  /// The home's folder: the encrypted store, and encrypted attachments.
  std::filesystem::path home;
  /// The key is derived from it by Argon2id; without one it is random, in the file `device.key` of the home.
  std::optional<std::string> passphrase;
  /// Instead of a passphrase: gives the 32 bytes of the key from the platform's keystore, making them there if there are none.
  /// Asked once, on the caller's thread, while the home is opened; nothing of the key is in the home. Its errors are those of
  /// `open`.
  std::function<Result<Secret<32>>()> keystore = {};
  /// Refuse a home that has its key in `device.key` although a passphrase is given, instead of passing the passphrase over.
  bool insist_on_passphrase = false;
  /// Whether a home that is not there is made.
  bool create = false;
  /// How long to wait for another process to let go of the home, in milliseconds.
  std::uint32_t busy_timeout_ms = 3000;
};

struct NewNote {
  SpaceId club;
  std::string title;
  std::string text;         // UTF-8
  bool is_private = false;  // for this member's own devices only
};

struct NoteEdit {
  DocumentId note;
  std::string text;                 // the whole new text, UTF-8
  std::optional<std::string> base;  // the version that it was made from; nothing: the one that this home showed last
};

struct SyncOptions {
  bool material = true;   // whether attachments are moved
  bool snapshots = true;  // whether a space let into just now shows a snapshot while its log is read
  std::uint32_t connect_ms = 10'000;
  std::uint32_t progress_ms = 30'000;
};

/// How far a sync is.
struct SyncProgress {
  std::uint64_t records_done = 0, records_total = 0;    // of all logs
  std::uint64_t material_done = 0, material_total = 0;  // bytes of attachments
  std::uint64_t unsent = 0;                             // changes not yet at the server
};

/// How a sync ended.
enum class SyncEnd : std::uint8_t {
  done,     // the outbox is empty and the cursor is at the head that the server named after our last push
  waiting,  // kept and waiting: no network, admission, an attachment
  stopped,  // trust stopped: the server contradicted itself, or is not the one it should be
};

struct SyncReport {
  SyncEnd end = SyncEnd::done;
  std::uint64_t pushed = 0, pulled = 0;        // changes
  std::uint64_t up_bytes = 0, down_bytes = 0;  // on the wire
  std::vector<Waiting> waiting;
  std::optional<Error> error;     // why it stopped before all was done
  std::vector<std::string> said;  // what a person should know: plain sentences, no names, no note text
};

/// How a client that stays connected stands.
struct LiveState {
  enum class Phase : std::uint8_t {
    connecting,   // to the server
    catching_up,  // connected; something is to be sent or fetched
    in_step,      // connected; the server has all that is here, and the other way about
    waiting,      // not connected: it tries again by itself, after a second at first, after a minute at most
  };
  Phase phase = Phase::connecting;
  std::uint64_t unsent = 0;       // changes not yet at the server
  std::optional<Error> error;     // waiting: why
  bool trusted = true;            // waiting: false if the server is not the one it should be, or contradicted itself
  std::vector<std::string> said;  // what a person should know, each once: plain sentences, no names, no note text
};

template <class T>
using Future = std::future<Result<T>>;

/// Ends a subscription when it goes. Move-only; it may outlive its Client, and go on any thread. A callback that is running when it
/// goes may still end after.
class Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::shared_ptr<void> token) : token_(std::move(token)) {}

 private:
  std::shared_ptr<void> token_;
};

class Meetings;
class Releases;
class Network;
class Surveys;

/// One open home. Everything works with no network, at once; only `sync` and `start_live` use the network.
///
/// Threads: any thread may call any function. All work is done on the client's own thread, in the order of the calls; each call
/// returns at once with a future, which is ready when the work is done: what was written is then durable. Callbacks run on the
/// client's thread and must not wait for a future of the same client. While a sync runs, other calls are served between its steps.
///
/// Errors: any call may fail with not_found (no such club, note, …), disk_full, io_failed, corrupt; what else is said at the call.
/// After io_failed the home is closed and opened again before the next call: what a call confirmed is there, what failed may be.
/// Names, titles and texts are UTF-8; what is not is refused with not_utf8 and the byte offset.
class Client {
 public:
  /// Opens a home; takes long by design when there is a passphrase. Errors: not_found (no home, and not `create`), wrong_key,
  /// store_busy, unsupported_version, disk_full, io_failed, corrupt.
  [[nodiscard]] static Result<Client> open(ClientOptions options);
  /// Makes the home in `options.home`, where there is none, from what `backup` wrote; `open` then opens it. The passphrase or
  /// keystore is that of the home backed up. What the device did after the backup is noticed at the next sync: then it goes on as
  /// another device, and nothing is lost. Errors: not_found (no backup there), already_exists (a home is there), wrong_key,
  /// corrupt, unsupported_version, disk_full, io_failed.
  [[nodiscard]] static Result<void> restore(ClientOptions options, const std::filesystem::path& backup);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  /// Ends a running sync, finishes the calls made before, and joins the thread.
  ~Client();

  /// Whether the key was made at random just now and lies in `device.key`.
  [[nodiscard]] bool made_device_key() const noexcept;

  // The home.
  /// Names the member and makes the identity. `server` is wss://HOST[:PORT] or empty; `ca_pem` holds the certificate authorities to
  /// believe, empty for those of the system. On a home that has no server yet it may be called once more to name one.
  /// Errors: already_exists, invalid_argument.
  Future<void> init(std::string name, std::string server, std::string ca_pem);
  /// All clubs, and the personal space if there is one, which comes last.
  Future<std::vector<Club>> clubs();
  Future<std::vector<Device>> devices();
  /// A link for a new device of this member, good for a day and one device. With `shown_in_person` (a QR code that nobody else can
  /// have read) the first that asks becomes a device; otherwise when `confirm_device` was called. Errors: invalid_state.
  Future<std::string> link_device(bool shown_in_person);
  /// On an empty home: becomes a device of the member whose link it is, over the next syncs of both. Errors: invalid_invitation,
  /// already_exists.
  Future<void> follow_device_link(std::string link, std::string ca_pem);
  /// The six digits of each device that asks by a link of this member's, or, on the new device, of its own: both show the same if
  /// nobody stands between them. Empty until a sync of both.
  Future<std::vector<std::string>> device_codes();
  /// The person has compared: the device that shows these digits becomes one of this member's at the next sync. Errors: not_found.
  Future<void> confirm_device(std::string code);
  /// Decides to remove another device of this member from everything: a lost phone. By id or a unique prefix; done at the next
  /// sync. Errors: ambiguous, invalid_argument (this device).
  Future<void> remove_device(std::string device);
  /// The 24 words of recovery: show them, never keep them. From the first call on, boxes for recovery are laid at the server.
  /// Errors: absent (they were forgotten, or are on the device that made the member), invalid_state.
  Future<SecretBytes> recovery_words();
  /// On an empty home: becomes the member of the 24 words; the next syncs bring back what the boxes say, and hosts let it in.
  /// Errors: invalid_argument (the words or the server), already_exists (the home is not empty).
  Future<void> recover(SecretBytes words, std::string server, std::string ca_pem);
  /// Forgets the words here, when the person has them on paper.
  Future<void> forget_recovery_words();
  /// What is not done yet, as far as it is known without a network.
  Future<std::vector<Waiting>> waiting();

  // Clubs.
  /// Errors: invalid_argument (the name), invalid_state (init comes first).
  /// `history` is what newcomers may read of the time before they joined.
  Future<SpaceId> create_club(std::string name, History history = History::joining, ClubSettings settings = {});
  /// What hosts have said of the club beyond its name; a template (muistio/templates/templates.hpp) says the rest.
  Future<ClubSettings> settings(SpaceId club);
  /// Writes what is given; the rest stays. Errors: not_permitted (not a host), invalid_argument (out of bounds).
  Future<void> change_settings(SpaceId club, ClubSettings change);
  /// A new season begins at the next sync: under the policy `season` later newcomers read from here on.
  /// Errors: not_permitted (not a host).
  Future<void> begin_season(SpaceId club);
  /// Closes the club here at once; the others learn at the next sync. Errors: not_permitted (the last host).
  Future<void> leave_club(SpaceId club);
  /// The club that `wanted` names: a name if unique, else an id or a unique prefix of one, of at least 6 digits.
  /// Errors: not_found; ambiguous, with the candidates.
  Future<SpaceId> find_club(std::string wanted);

  // Members.
  Future<Invitation> invite(NewInvitation wanted);
  Future<std::vector<Invitation>> invitations(SpaceId club);
  /// By id or a unique prefix of one.
  Future<void> revoke_invitation(std::string invitation);
  /// Keeps the wish to join; it goes out at the next sync. `name` is needed if the home has no member yet; `ca_pem` as in `init`,
  /// for a home without a server. Errors: invalid_invitation; already_exists; invalid_state (the home has another server).
  Future<SpaceId> join(std::string link, std::string name, std::string ca_pem);
  /// Errors: invalid_state (admitted already).
  Future<void> cancel_join(SpaceId club);
  Future<std::vector<JoinRequest>> join_requests(SpaceId club);
  /// Decides to admit: the request named by id or unique prefix; without one, the only one. Done at the next sync.
  /// Errors: ambiguous, not_permitted, invitation_used.
  /// With `again` (by name, id or prefix) it is that member again, with a new identity, whose devices are removed by the same
  /// commit.
  Future<JoinRequest> admit(SpaceId club, std::string request, std::string again = {});
  /// How many members must agree to a newcomer, the host who admits among them; 0, as a new club has it: the host alone. Done at
  /// the next sync; a lower number when so many as before have agreed to that. Errors: not_permitted, invalid_argument.
  Future<void> set_quorum(SpaceId club, std::uint8_t quorum);
  /// Those whom hosts would let in, while the club asks its members.
  Future<std::vector<Newcomer>> newcomers(SpaceId club);
  /// Agrees to one of them, by name, id or prefix; empty: to the only one. Errors: not_found, ambiguous, not_permitted (a guest).
  Future<void> agree_to_newcomer(SpaceId club, std::string newcomer);
  /// Errors: waiting_for_admission.
  Future<std::vector<Member>> members(SpaceId club);
  /// The member that `wanted` names, as in `find_club`. Errors: not_found, ambiguous.
  Future<MemberId> find_member(SpaceId club, std::string wanted);
  /// `member` as in `find_club`. Done at the next sync, before content. Errors: not_permitted, ambiguous, invalid_argument
  /// (oneself).
  Future<void> remove_member(SpaceId club, std::string member);

  /// Makes a member (as in `find_club`) a host too, at the next sync. Errors: not_permitted, invalid_argument (a host already, a
  /// guest).
  Future<void> give_host(SpaceId club, std::string member);
  /// A warrant by which the member becomes a host while this one stays offline, for a message or a QR code; good until the charter
  /// changes.
  Future<std::string> host_warrant(SpaceId club, std::string member);
  /// Becomes a host by a warrant, at the next sync. Errors: malformed, not_permitted, already_exists.
  Future<void> take_host(SpaceId club, std::string warrant);
  /// Offers the role to all members, at the next sync; whoever takes it first (`take_host` with no warrant) is host too. Errors:
  /// not_permitted, not_found.
  Future<void> offer_host(SpaceId club);
  /// Votes that the member takes the place of hosts who were not seen for 30 days, or, with `insist`, whom this person knows to be
  /// gone. Errors: not_permitted, invalid_argument.
  Future<void> replace_hosts(SpaceId club, std::string member, bool insist);
  /// A new club that goes on from this one, with copies of its notes; this one is read-only from then on. Errors: not_permitted.
  Future<SpaceId> succeed_club(SpaceId club);

  // Sessions and desks are spaces of their own; clubs' functions work on them too.
  /// Makes a session and tells the club of it. Errors: invalid_argument (the title).
  Future<SpaceId> create_session(SpaceId club, std::string title);
  /// Those that the club was told of.
  Future<std::vector<Session>> sessions(SpaceId club);
  /// Asks to be let into a session of the club, by title or id; done by the next syncs of this device and of its host's.
  Future<SpaceId> join_session(SpaceId club, std::string session);
  /// Tells another club of a session that this member hosts. Errors: not_permitted, already_exists.
  Future<void> announce_session(SpaceId club, SpaceId session);
  Future<SpaceId> create_desk(std::string name);

  // Handing in.
  /// The notes written here that never reached the club's log, sealed to its hosts. Errors: not_found (there are none).
  Future<Bytes> hand_in(SpaceId club);
  /// Takes in, as a host, what a member handed in. Errors: not_permitted, unknown_device, bad_signature, decryption_failed,
  /// malformed.
  Future<std::vector<DocumentId>> accept_hand_in(SpaceId club, Bytes file);

  /// Seasons and meetings, pact, polls, action points, questions: <muistio/client/meetings.hpp>.
  [[nodiscard]] Meetings meetings();
  /// What clubs tell the programme: see muistio/client/releases.hpp.
  [[nodiscard]] Releases releases();
  /// Wished topics and surveys: <muistio/client/surveys.hpp>.
  [[nodiscard]] Surveys surveys();
  /// The board, referrals, stand-ins, yearly plans and contacts by consent: <muistio/client/network.hpp>.
  [[nodiscard]] Network network();

  // Meeting seals (R11): compared when the club meets, they expose a server that shows different logs or withholds some.
  /// What this device holds of the club's log, signed, as text for a QR code. Errors: waiting_for_admission, removed.
  Future<std::string> seal(SpaceId club);
  /// Compares another member's seal. A contradiction stops trust in the server for this club, and is success with that verdict.
  /// Errors: malformed, invalid_argument (another club's), unknown_device, bad_signature, bad_seen (the same log, judged
  /// otherwise).
  Future<SealAnswer> check_seal(SpaceId club, std::string text);
  /// A host's decision that the club goes on from what this device holds, after trust stopped. Who waits for a restored server
  /// finds it in the log; who holds a proof confirms the text in person. Errors: not_permitted, frozen (this device has to join
  /// again), log_rolled_back (the server does not have everything again yet).
  Future<std::string> reopen(SpaceId club);
  /// This person confirms a host's reopening. Errors: malformed, unknown_device, bad_signature, not_permitted; log_fork (the host
  /// is on another log than this device).
  Future<void> accept_reopening(SpaceId club, std::string text);

  // Notes. A note or a piece of material is found by its id or a unique prefix of at least 6 digits: `find_note`, `find_material`.
  Future<DocumentId> add_note(NewNote note);
  /// The club's notes and the private ones about it, oldest first.
  Future<std::vector<Note>> notes(SpaceId club);
  Future<DocumentId> find_note(std::string wanted);
  /// Also notes the version as shown: the base of the next edit. Errors: waiting_for_admission.
  Future<NoteText> show_note(DocumentId note);
  /// What others wrote since the base stays. Errors: invalid_argument (the base is no version of it).
  Future<void> edit_note(NoteEdit edit);
  /// Adds at the end.
  Future<void> append_note(DocumentId note, std::string text);
  /// Errors: not_permitted (only its author and hosts may).
  Future<void> delete_note(DocumentId note);
  /// A copy of a note for everybody who is in the club now, those too who may not read the note. Yields the copy's id.
  /// Errors: not_permitted (not a host).
  Future<DocumentId> share_note(DocumentId note);

  // Material.
  /// Encrypts a copy of the file into the home; it goes out at the next sync. Errors: not_found (the file), too_large.
  Future<DocumentId> add_material(SpaceId club, std::filesystem::path file);
  Future<std::vector<Material>> material(SpaceId club);
  Future<DocumentId> find_material(std::string wanted);
  /// Writes the file to `out`, replacing one that is there. Errors: absent (not on this device yet), truncated, io_failed.
  Future<void> get_material(DocumentId material, std::filesystem::path out);
  Future<void> delete_material(DocumentId material);
  /// Drops the copy on this device; asking for it again brings it back at the next sync. Errors: invalid_state (the server does not
  /// have it, or the club is not open here any more: this copy may be the only one).
  Future<void> evict_material(DocumentId material);
  /// How many bytes of the disk the copies may take; nothing: whatever there is. Over it those go that were used longest ago, but
  /// for what the server does not have and for the file used last.
  Future<void> set_material_quota(std::optional<std::uint64_t> bytes);
  Future<MaterialQuota> material_quota();

  // Finding and exporting.
  /// Notes that hold all the words, inflected forms and beginnings of words included, best first, at most 50. Errors: not_found
  /// (the filter names nobody that is known here).
  Future<std::vector<Found>> search(std::string words, SearchFilter filter = {});
  /// Writes the club to a folder: docs/cli.md, "export". Returns how many attachments were absent. Errors: already_exists (the
  /// folder holds something else).
  Future<std::uint64_t> export_club(SpaceId club, std::filesystem::path out, bool with_private);

  // Safety.
  /// Reads everything that is here and names what is damaged: takes time in proportion. Errors: corrupt.
  Future<Checked> check();
  /// Writes a copy of the home, encrypted under the same key, to a folder that is not there or empty. Without a passphrase or
  /// keystore the key lies in it, as in the home. Errors: already_exists.
  Future<void> backup(std::filesystem::path folder);

  // Sync.
  /// Pushes, pulls, admits and moves attachments, until nothing is left to do without a person. `progress`, if given, is called
  /// about ten times a second. It fails only when it could not begin: invalid_state (no server is known, a sync runs already, or
  /// the client stays connected). How it ended is in the report.
  Future<SyncReport> sync(SyncOptions options = {}, std::function<void(const SyncProgress&)> progress = {});
  /// The same for those who do not wait: `ended` is called once, on the client's thread.
  void sync(SyncOptions options, std::function<void(const SyncProgress&)> progress, std::function<void(Result<SyncReport>)> ended);

  /// Stays connected from now on: sends what is written here at once, receives what others write as it comes (`observe_…` tells),
  /// admits, moves attachments, and connects again by itself whenever the connection is lost. Ready as soon as it is noted;
  /// `changed` is called soon with how it stands, and again whenever that is another. Called again it takes the new options and, if
  /// it waits, tries at once: do so when the device's network comes back. Errors: invalid_state (no server is known).
  Future<void> start_live(SyncOptions options = {}, std::function<void(const LiveState&)> changed = {});
  /// Ends it; does nothing if it does not stay connected. What came is durable. The report is that of the present connection.
  Future<SyncReport> stop_live();

  // Observable queries: `changed` is called soon with the answer, and again whenever the answer is another one. When the future of
  // a call is ready, what it changed was handed out.
  [[nodiscard]] Subscription observe_clubs(std::function<void(const std::vector<Club>&)> changed);
  [[nodiscard]] Subscription observe_notes(SpaceId club, std::function<void(const std::vector<Note>&)> changed);
  /// Nothing, if the note is not there (any more). Does not count as showing it.
  [[nodiscard]] Subscription observe_note(DocumentId note, std::function<void(const std::optional<NoteText>&)> changed);
  [[nodiscard]] Subscription observe_material(SpaceId club, std::function<void(const std::vector<Material>&)> changed);
  [[nodiscard]] Subscription observe_members(SpaceId club, std::function<void(const std::vector<Member>&)> changed);

  // For those who build on it. Calls made within a Cancellation::Scope can be cancelled.
  /// Runs `task` on the client's thread after the calls made before it: their futures are ready then, but for a sync's.
  void after(std::function<void()> task);
  /// The client's own thread, which must not wait for it.
  [[nodiscard]] std::thread::id thread_id() const noexcept;

 private:
  friend class Meetings;
  friend class Releases;
  friend class Network;
  friend class Surveys;
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace muistio
