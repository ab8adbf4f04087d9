// What a home shows: plain values, copies of what is in its store, equal when they show the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/role.hpp"

namespace muistio::home {

/// How this device stands with a club.
enum class Standing : std::uint8_t {
  joining,  // asked to join; nothing of the club is readable, what is written is kept and goes out on admission
  open,
  left,       // by our own wish
  removed,    // what is here stays readable, nothing later comes
  succeeded,  // another club goes on from it: readable, never written again
};
[[nodiscard]] constexpr const char* standing_name(Standing standing) noexcept {
  switch (standing) {
    case Standing::joining:
      return "joining";
    case Standing::open:
      return "open";
    case Standing::left:
      return "left";
    case Standing::removed:
      return "removed";
    case Standing::succeeded:
      return "succeeded";
  }
  return "unknown";
}

/// What newcomers may read of the time before they joined.
enum class History : std::uint8_t {
  all,
  joining,  // nothing
  season,   // what was written since the season began
};
[[nodiscard]] constexpr const char* history_name(History history) noexcept {
  switch (history) {
    case History::all:
      return "all";
    case History::joining:
      return "joining";
    case History::season:
      return "season";
  }
  return "unknown";
}

/// What a space is for.
enum class Kind : std::uint8_t { personal, club, session, desk };
[[nodiscard]] constexpr const char* kind_name(Kind kind) noexcept {
  switch (kind) {
    case Kind::personal:
      return "personal";
    case Kind::club:
      return "club";
    case Kind::session:
      return "session";
    case Kind::desk:
      return "desk";
  }
  return "unknown";
}

/// One contradiction of the server's, kept on this device (R11).
struct Contradiction {
  WallMs noticed;
  std::string code;     // as in error_codes.def
  std::string message;  // a plain sentence
  Seq place;            // in the log
  std::string held;     // the log's hash there as known here, hexadecimal; empty if it is about more than one place
  std::string shown;    // the one that contradicts it
  std::string source;   // where `held` is from: "acknowledgement", "seal", "reopening", "log", "claim"
  friend bool operator==(const Contradiction&, const Contradiction&) = default;
};

/// A club, a session, a desk, or the space of one's own private notes.
struct Club {
  SpaceId id;
  Kind kind = Kind::club;
  std::string name;    // while joining: what the link says
  std::string author;  // who made it; while joining: who invited, as the link says
  WallMs at;           // when it was made; 0 while joining
  Standing standing = Standing::open;
  std::optional<History> history;  // what newcomers may read; nothing while joining
  std::optional<Role> own_role;
  std::uint64_t members = 0;
  std::uint64_t unsent = 0;             // changes that the server does not have yet
  Seq head;                             // the newest record of the log that is applied here
  bool trusted = true;                  // false: the server contradicted itself; nothing is pushed
  std::string why;                      // not trusted: the error's name
  std::string why_message;              // not trusted: a plain sentence
  bool read_only = false;               // not trusted, because the server lost something: it goes on when a host reopens the club
  bool unverified = false;              // joining: what is shown is from a snapshot, which the log was not compared with yet
  bool needs_rejoin = false;            // not trusted, and only joining again helps this device
  std::vector<Contradiction> evidence;  // oldest first; kept also when trust is back
  bool personal = false;
  friend bool operator==(const Club&, const Club&) = default;
};

/// A session that a club was told of.
struct Session {
  SpaceId id;
  std::string title;
  std::string host;  // who lets members in
  MemberId host_id;
  WallMs at;
  std::optional<Standing> standing;  // of this device with it; nothing before it asked to be let in
  friend bool operator==(const Session&, const Session&) = default;
};

/// What a club is like beyond its name (muistio/club/settings.hpp); nothing where no host has said so.
struct ClubSettings {
  std::optional<std::string> template_name, language;
  std::optional<bool> mirror;                  // whether everyone sees what each gave
  std::optional<std::uint32_t> reminder_days;  // before a meeting
  std::optional<std::uint32_t> least_answers;  // from which on a survey's results are shown
  friend bool operator==(const ClubSettings&, const ClubSettings&) = default;
};

struct NewInvitation {
  SpaceId club;
  Role role = Role::member;  // member or facilitator
  std::uint32_t uses = 1;
  std::uint32_t expires_days = 14;
  bool asks = false;  // one use is admitted by itself, unless this asks a person here; more uses always ask
};

struct Member {
  MemberId id;
  std::string name;  // as they call themselves
  Role role = Role::member;
  WallMs at;  // when they first wrote their name
  std::uint64_t devices = 0;
  bool self = false;
  std::optional<MemberId> again;  // a host said that this is that former member, with a new identity
  friend bool operator==(const Member&, const Member&) = default;
};

struct Device {
  DeviceId id;
  std::string name;
  std::string author;  // the member
  bool self = false;
  friend bool operator==(const Device&, const Device&) = default;
};

struct Note {
  DocumentId id;
  SpaceId club;  // also for a private note: the club that it is about
  std::string title;
  std::string author;
  MemberId author_id;
  WallMs at, changed;
  std::uint64_t bytes = 0;  // of the text, UTF-8
  bool is_private = false;
  std::string handed_in_by;  // whose text it is, if a host brought it in; else empty
  friend bool operator==(const Note&, const Note&) = default;
};

struct NoteText {
  Note note;
  std::string text;
  std::string version;  // for NoteEdit::base
  friend bool operator==(const NoteText&, const NoteText&) = default;
};

/// A shared file.
struct Material {
  DocumentId id;
  SpaceId club;
  std::string title;  // the file's name
  std::string author;
  MemberId author_id;
  WallMs at;
  std::uint64_t bytes = 0;  // of the file
  bool present = false;     // its bytes are on this device
  bool uploaded = true;     // false: added here, and not yet at the server
  std::string media_type;
  friend bool operator==(const Material&, const Material&) = default;
};

/// What the copies of shared files take on this device, and may take.
struct MaterialQuota {
  std::uint64_t bytes = 0;             // of the encrypted copies
  std::optional<std::uint64_t> limit;  // nothing: whatever there is
  friend bool operator==(const MaterialQuota&, const MaterialQuota&) = default;
};

struct Invitation {
  InvitationId id;
  SpaceId club;
  Role role = Role::member;
  std::uint32_t uses_left = 0;
  WallMs expires;
  bool revoked = false;
  std::string link;
  friend bool operator==(const Invitation&, const Invitation&) = default;
};

/// Somebody who asks to join and whom a person must let in.
struct JoinRequest {
  std::string id;  // 32 hexadecimal digits
  SpaceId club;
  std::string name;       // as they call themselves: shown, never trusted
  bool admitted = false;  // decided; done at the next sync
  friend bool operator==(const JoinRequest&, const JoinRequest&) = default;
};

/// Somebody whom a host would let in, in a club that asks its members.
struct Newcomer {
  std::string id;            // 32 hexadecimal digits of the member to be; empty: a host wants fewer members to be asked
  std::string name;          // as they call themselves: shown, never trusted
  std::size_t agreed = 0;    // devices that agreed, as far as this one knows; the host's own word is not counted
  std::size_t quorum = 0;    // members who must agree, the host among them
  bool agreed_here = false;  // this device did, or will at the next sync
  friend bool operator==(const Newcomer&, const Newcomer&) = default;
};

/// What a search is narrowed by.
struct SearchFilter {
  std::optional<SpaceId> club = {};  // or a session or desk: notes of it, and private ones about it
  std::string author = {};           // a member by name, or by id or the beginning of one; empty: whoever wrote
  std::optional<WallMs> since = {};  // notes that were changed then or later
  std::optional<WallMs> until = {};  // notes that were begun before
  friend bool operator==(const SearchFilter&, const SearchFilter&) = default;
};

/// A part of a text, in bytes.
struct Stretch {
  std::size_t offset = 0;
  std::size_t bytes = 0;
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

/// A search result, best first.
struct Found {
  DocumentId id;
  SpaceId club;
  std::string title;
  std::string snippet;
  std::vector<Stretch> title_matches;    // the words of the title that were sought
  std::vector<Stretch> snippet_matches;  // and of the snippet
  std::string author;
  WallMs at, changed;
  friend bool operator==(const Found&, const Found&) = default;
};

/// What a check of a home looked at, and found.
struct Checked {
  std::uint64_t notes = 0;
  std::uint64_t files = 0;          // pieces of material whose bytes are here
  std::uint64_t bytes = 0;          // of the store
  std::vector<DocumentId> damaged;  // material whose copy here does not open
  friend bool operator==(const Checked&, const Checked&) = default;
};

/// What comparing a meeting seal found.
struct SealAnswer {
  enum class Verdict : std::uint8_t { agreed, pinned, contradicted };
  Verdict verdict = Verdict::agreed;
  std::string member;        // the name of who showed it; empty if not known here yet
  std::uint64_t behind = 0;  // agreed: so many records are held here beyond the seal
  std::uint64_t ahead = 0;   // pinned: so many records the seal knows that this device has not read
  friend bool operator==(const SealAnswer&, const SealAnswer&) = default;
};

/// Something that is not done yet. `id` is that of a club, a request or a piece of material; `why` a stable word: "no-network",
/// "admission" (the inviter has not admitted us), "admit" (a person here must decide), "compare" (the digits of a new device),
/// "agreement" (too few members agreed to a newcomer), "unsent", "intent", "pull", "frozen", "material" (its bytes were not moved).
struct Waiting {
  std::string id;
  std::string why;
  friend bool operator==(const Waiting&, const Waiting&) = default;
};

}  // namespace muistio::home
