// The documents of a club as people see them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/documents.hpp"
#include "muistio/replica/replica.hpp"

namespace muistio::club {

struct NoteItem {
  DocumentId id;
  std::string title;
  MemberId author;
  WallMs created;
  WallMs changed;
  std::uint64_t bytes = 0;  // of the text, UTF-8
  NoteKind kind = NoteKind::note;
};

/// A session that the club was told of.
struct SessionItem {
  DocumentId id;
  std::string title;
  SpaceId space;
  MemberId host;  // whose device lets members in
  MemberId author;
  WallMs created;
};

struct Note {
  NoteItem item;
  std::string text;
  std::string version;  // what `edit_note_text` takes as its base
  std::optional<MemberId> handed_in_by;
};

struct MaterialItem {
  DocumentId id;
  std::string name;
  std::string media_type;
  MemberId author;
  WallMs created;
  std::uint64_t bytes = 0;
};

struct Material {
  MaterialItem item;
  Bytes attachment;
};

// Lists are read from summaries, as of the replica's last flush; single documents as they stand. Every call may fail as the
// replica's reads do (io_failed, corrupt).

/// All notes, in the order of their creation, then of their ids.
[[nodiscard]] Result<std::vector<NoteItem>> list_notes(replica::Replica& documents);
/// Errors: not_found (also for what was taken back, or is no note).
[[nodiscard]] Result<Note> show_note(replica::Replica& documents, const DocumentId& id);
/// As a note's text was at `version`. Errors: not_found, invalid_argument, missing_parent.
[[nodiscard]] Result<std::string> note_text_at(replica::Replica& documents, const DocumentId& id, const std::string& version);

/// All material, in the order of its creation, then of its ids.
[[nodiscard]] Result<std::vector<MaterialItem>> list_material(replica::Replica& documents);
/// Errors: not_found.
[[nodiscard]] Result<Material> show_material(replica::Replica& documents, const DocumentId& id);

/// The sessions announced, in the order of their announcement; those without a space or a host are left out.
[[nodiscard]] Result<std::vector<SessionItem>> list_sessions(replica::Replica& documents);

/// The member's name in this club; empty if they gave none.
[[nodiscard]] Result<std::string> member_name(replica::Replica& documents, const MemberId& member);
/// The names that members gave, by member.
[[nodiscard]] Result<std::map<MemberId, std::string>> member_names(replica::Replica& documents);
/// The club's name; empty if none was given.
[[nodiscard]] Result<std::string> club_name(replica::Replica& documents, const SpaceId& space);

}  // namespace muistio::club
