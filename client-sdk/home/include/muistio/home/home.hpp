// A home without its network: the store, the engine, the meaning of the documents, the search index and the attachments.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/home/views.hpp"

namespace muistio::sync {
class Engine;
struct SnapshotDue;
struct SnapshotOffered;
}  // namespace muistio::sync

namespace muistio::club {
class TimeZones;
}  // namespace muistio::club

namespace muistio::home {

class Meetings;
class Releases;
class Network;
class Surveys;

struct HomeOptions {
  std::filesystem::path folder;  // holds `home.db` and `attachments/`
  Secret<32> key;
  bool create = true;
  std::uint32_t busy_timeout_ms = 3000;
  /// SQLite's VFS under the encryption; empty is the operating system's. With another one `home.db` is a name on that disk.
  std::string vfs;
  /// The rules of time zones; null is the operating system's. Must outlive the home.
  const club::TimeZones* zones = nullptr;
};

/// An attachment that is to be moved. The encrypted file lies in the home.
struct WantedTransfer {
  enum class Direction : std::uint8_t { up, down };
  SpaceId space;
  DocumentId material;
  AttachmentId attachment;
  Direction direction = Direction::down;
  std::filesystem::path file;
  std::uint64_t size_bytes = 0;  // of the encrypted file
  std::uint64_t have_bytes = 0;  // of a download: what is here already
};

/// A note as it is written down for others: everything of it that every device agrees on.
struct ExportedNote {
  Note note;
  std::string text;
};

/// One person's clubs, notes and material on one device. Sans-IO as sync::Engine: it reads and writes the disk, never the network;
/// the owner moves frames between `engine()` and a transport, and files as `wanted_transfers` says.
///
/// Every change is durable when the call returns success and leaves no trace when it fails. Errors of any call: not_found,
/// disk_full, io_failed, corrupt, not_utf8 (with the byte offset); what else is said at the call. Not thread-safe: one thread at a
/// time. Clock and random source must outlive it.
class Home {
 public:
  /// Errors: those of store::Store::open and sync::Engine::open.
  [[nodiscard]] static Result<std::unique_ptr<Home>> open(HomeOptions options, const Clock& clock, Random& random);
  ~Home();
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  // The home.
  /// Names the member, makes the identity and notes the server (wss://HOST[:PORT], or empty). On a home without a server it may be
  /// called again to name one. Errors: already_exists, invalid_argument.
  Status init(std::string_view name, std::string_view server, std::string_view ca_pem);
  [[nodiscard]] bool is_initialised() const;
  /// wss://HOST[:PORT], or empty.
  [[nodiscard]] Result<std::string> server() const;
  [[nodiscard]] Result<std::string> ca_pem() const;
  [[nodiscard]] Result<std::string> own_name() const;
  /// All clubs by name, then the personal space if there is one.
  [[nodiscard]] Result<std::vector<Club>> clubs();
  [[nodiscard]] Result<Club> club(SpaceId id);
  [[nodiscard]] Result<std::vector<Device>> devices();
  /// A link for a new device of this member; `shown_in_person` as in sync::DeviceLinkOptions. Errors: invalid_state (no member, no
  /// server).
  Result<std::string> link_device(bool shown_in_person);
  /// sync::Engine::device_codes, confirm_device.
  [[nodiscard]] Result<std::vector<std::string>> device_codes();
  Status confirm_device(std::string_view code);
  /// On an empty home: becomes a device of the member whose link it is, over the next syncs of both. Errors: invalid_invitation,
  /// already_exists (the home is not empty).
  Status follow_device_link(std::string_view link, std::string_view ca_pem);
  /// Decides to remove another device of this member, named by id or a unique prefix, from everything; done at the next sync.
  /// Errors: ambiguous, invalid_argument (this device).
  Status remove_device(std::string_view wanted);
  /// The 24 words of recovery; from the first call on boxes for recovery are laid at the server. Errors: absent (they were
  /// forgotten, or are on the device that made the member); invalid_state (no member).
  Result<SecretBytes> recovery_words();
  /// On an empty home: becomes the member of the words. Errors: invalid_argument (the words or the server), already_exists.
  Status recover(std::string_view words, std::string_view server, std::string_view ca_pem);
  /// Forgets the words here: the person has them on paper.
  Status forget_recovery_words();
  /// What is not done, as sync::Engine::waiting, with attachments not moved yet.
  [[nodiscard]] Result<std::vector<Waiting>> waiting();

  // Clubs and members.
  /// `history` is what newcomers may read of the time before they joined.
  Result<SpaceId> create_club(std::string_view name, History history = History::joining, const ClubSettings& settings = {});
  [[nodiscard]] Result<ClubSettings> settings(SpaceId club);
  /// Writes what is given; the rest stays. Errors: not_permitted (not a host), invalid_argument (out of bounds).
  Status change_settings(SpaceId club, const ClubSettings& change);
  /// A new season begins at the next sync: under the policy `season` later newcomers read from here on. Errors: not_permitted (not
  /// a host).
  Status begin_season(SpaceId club);
  Status leave_club(SpaceId club);
  [[nodiscard]] Result<SpaceId> find_club(std::string_view wanted);
  Result<Invitation> invite(const NewInvitation& wanted);
  [[nodiscard]] Result<std::vector<Invitation>> invitations(SpaceId club);
  Status revoke_invitation(std::string_view wanted);
  Result<SpaceId> join(std::string_view link, std::string_view name, std::string_view ca_pem);
  Status cancel_join(SpaceId club);
  [[nodiscard]] Result<std::vector<JoinRequest>> join_requests(SpaceId club);
  Result<JoinRequest> admit(SpaceId club, std::string_view request, std::string_view again);
  /// How many members must agree to a newcomer, the host among them; 0: the host alone. Errors: as sync::Engine::set_quorum.
  Status set_quorum(SpaceId club, std::uint8_t quorum);
  [[nodiscard]] Result<std::vector<Newcomer>> newcomers(SpaceId club);
  /// Agrees to a newcomer, by name, id or prefix; empty: to the only one. Errors: not_found, ambiguous, not_permitted.
  Status agree_to_newcomer(SpaceId club, std::string_view wanted);
  [[nodiscard]] Result<std::vector<Member>> members(SpaceId club);
  [[nodiscard]] Result<MemberId> find_member(SpaceId club, std::string_view wanted);
  Status remove_member(SpaceId club, MemberId member);

  /// The next sync makes `member` a host. Errors: not_permitted, invalid_argument.
  Status give_host(SpaceId club, MemberId member);
  [[nodiscard]] Result<std::string> host_warrant(SpaceId club, MemberId member);
  Status take_host(SpaceId club, std::string_view warrant);
  Status offer_host(SpaceId club);
  Status replace_hosts(SpaceId club, MemberId member, bool insist);
  /// A new club that goes on from this one, with copies of its notes; called again it goes on where it stopped. Attachments stay in
  /// the old one, which is read-only from now on. Errors: not_permitted.
  Result<SpaceId> succeed_club(SpaceId club);

  // Sessions and desks: they are found, read and written as clubs are.
  /// Makes a session and tells the club of it. Errors: invalid_argument (the title), not_permitted.
  Result<SpaceId> create_session(SpaceId club, std::string_view title);
  /// Tells another club of a session that this member hosts. Errors: not_permitted, already_exists.
  Status announce_session(SpaceId club, SpaceId session);
  [[nodiscard]] Result<std::vector<Session>> sessions(SpaceId club);
  /// Asks to be let in by the session's host: by title if unique, else by id. Errors: not_found, ambiguous, already_exists.
  Result<SpaceId> join_session(SpaceId club, std::string_view wanted);
  Result<SpaceId> create_desk(std::string_view name);

  // Handing in.
  /// The notes written here that never reached the club's log, sealed to its hosts. Errors: not_found (there are none).
  Result<Bytes> hand_in(SpaceId club);
  /// Takes in, as a host, what a member handed in; the same file twice does nothing. Returns the notes. Errors: not_permitted;
  /// those of space::Space::open_hand_in.
  Result<std::vector<DocumentId>> accept_hand_in(SpaceId club, BytesView file);

  // Meeting seals: as sync::Engine's.
  [[nodiscard]] Result<std::string> seal(SpaceId club);
  Result<SealAnswer> check_seal(SpaceId club, std::string_view text);
  Result<std::string> reopen(SpaceId club);
  Status accept_reopening(SpaceId club, std::string_view text);

  // Notes. Private ones lie in the personal space and name the club that they are about.
  Result<DocumentId> add_note(SpaceId club, std::string_view title, std::string_view text, bool is_private);
  [[nodiscard]] Result<std::vector<Note>> notes(SpaceId club);
  [[nodiscard]] Result<DocumentId> find_note(std::string_view wanted);
  /// `as_shown` also notes the version: the base of the next edit.
  Result<NoteText> note(DocumentId id, bool as_shown);
  /// One change, unless more is new than one may hold (about 160 KiB): then several, each durable by itself.
  /// Errors: invalid_argument (`base` is no version of the note).
  Status edit_note(DocumentId id, std::string_view text, const std::optional<std::string>& base);
  Status append_note(DocumentId id, std::string_view text);
  Status delete_note(DocumentId id);
  /// A copy of a note as it stands, for everybody who is in the club now, those too who may not read the note. Yields the copy's
  /// id. Errors: not_permitted (not a host); invalid_argument (a private note).
  Result<DocumentId> share_note(DocumentId id);

  // Material.
  Result<DocumentId> add_material(SpaceId club, const std::filesystem::path& file);
  [[nodiscard]] Result<std::vector<Material>> material(SpaceId club);
  [[nodiscard]] Result<DocumentId> find_material(std::string_view wanted);
  /// Writes the file to `out`. Errors: absent; truncated, decryption_failed (the encrypted copy was dropped and comes anew).
  Status get_material(DocumentId id, const std::filesystem::path& out);
  Status delete_material(DocumentId id);
  /// Drops the copy here; asking for it with `get_material` brings it back at the next sync. Errors: invalid_state (the server does
  /// not have it, or its club is not open here any more: this copy may be the only one).
  Status evict_material(DocumentId id);
  /// How much of the disk the copies here may take: over it, those that were used longest ago go, but for what the server does not
  /// have and for the file used last.
  Status set_material_quota(std::optional<std::uint64_t> bytes);
  [[nodiscard]] Result<MaterialQuota> material_quota() const;
  /// Evicts what is over the quota: when a sync ends, as some files may not have been sent.
  Status keep_material_quota();

  /// Errors: not_found (no such author).
  [[nodiscard]] Result<std::vector<Found>> search(std::string_view words, const SearchFilter& filter = {});
  /// Takes into the search index at most `notes_max` notes that changed since it took them in; returns whether more wait. `search`
  /// does it for all of them first: call this when there is nothing else to do, so that the first search need not.
  Result<bool> index_some(std::size_t notes_max);

  /// Seasons and meetings (meetings.hpp).
  [[nodiscard]] Meetings meetings();
  /// What clubs tell the programme: see releases.hpp.
  [[nodiscard]] Releases releases();
  /// Wishes and surveys (surveys.hpp).
  [[nodiscard]] Surveys surveys();
  /// The board, referrals, stand-ins, yearly plans, contacts (network.hpp).
  [[nodiscard]] Network network();

  // Safety.
  /// Reads every page of the store, every note and every file here. Takes time in proportion. Errors: corrupt.
  [[nodiscard]] Result<Checked> check();
  /// Writes a copy of the home to `folder`, which must not exist or be empty: the store under the same key, the file that its key
  /// comes from if there is one, and the material that the server does not have yet. See `restore_home`. Errors: already_exists.
  Status backup(const std::filesystem::path& folder);

  // For whoever moves bytes.
  [[nodiscard]] sync::Engine& engine() noexcept;
  /// Uploads first, then downloads.
  [[nodiscard]] Result<std::vector<WantedTransfer>> wanted_transfers();
  /// The transfer is whole at its end. A download is checked: what does not open is dropped and wanted again.
  Status transfer_done(const WantedTransfer& transfer);
  /// Snapshots (docs/decisions/0071), as the engine's events say: what is to be moved, whose `material` is all zero. It ends with
  /// `snapshot_moved` or `snapshot_not_moved`. Errors: malformed (an offer that cannot be fetched: refused already), those of
  /// sync::Engine::make_snapshot, disk_full, io_failed.
  Result<WantedTransfer> snapshot_offered(const sync::SnapshotOffered& offered);
  Result<WantedTransfer> snapshot_due(const sync::SnapshotDue& due);
  /// Shows what came, or names in the log what was sent. Errors: decryption_failed, truncated, malformed, … (what came is not
  /// shown).
  Status snapshot_moved(const WantedTransfer& transfer);
  void snapshot_not_moved(const WantedTransfer& transfer);
  /// Asks the server to drop the attachments of material taken back here. Once a sync, when the spaces are open there.
  Status send_deletions();

 private:
  friend class Meetings;
  friend class Releases;
  friend class Network;
  friend class Surveys;
  struct Impl;
  explicit Home(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace muistio::home
