// What people do to the documents of a club, as edits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/documents.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

// Every edit may fail as ChangeBuilder's calls do: not_permitted (see `Rules`), invalid_state (the document was taken back), and
// not_found if there is no document of that id and type.

struct NewNote {
  std::string_view title;  // a line
  std::string_view text;   // UTF-8
  NoteKind kind = NoteKind::note;
};

/// Errors: not_utf8, too_large, invalid_argument (the title).
Result<DocumentId> create_note(replica::ChangeBuilder& builder, Random& random, const NewNote& note);
/// A note under an id of the caller's (it must name the author's device), with the text of another member or of another time.
/// Errors: as create_note.
Status create_copy(replica::ChangeBuilder& builder, const DocumentId& id, const NewNote& note, const MemberId& handed_in_by);
Status set_note_title(replica::ChangeBuilder& builder, const DocumentId& note, std::string_view title);
Status set_note_kind(replica::ChangeBuilder& builder, const DocumentId& note, NoteKind kind);
/// Makes the text at `base` (a version as `show_note` gives it; none is what is held now) into `text`; what others wrote since
/// stays. Errors: not_utf8, invalid_argument (no version), missing_parent (a version not held here).
Status edit_note_text(replica::ChangeBuilder& builder, const DocumentId& note, std::string_view text,
                      const std::optional<std::string>& base = std::nullopt);
/// Adds at the end, as it is. Errors: not_utf8.
Status append_note_text(replica::ChangeBuilder& builder, const DocumentId& note, std::string_view text);
/// `count` scalars from `position` on go, with their history. Errors: position_out_of_range.
Status take_back_passage(replica::ChangeBuilder& builder, const DocumentId& note, std::uint64_t position, std::uint64_t count);

struct NewMaterial {
  std::string_view name;        // a line: the file's name
  std::string_view media_type;  // a line
  std::uint64_t size_bytes = 0;
  BytesView attachment;  // how to get and open it
};

/// Errors: not_utf8, too_large, invalid_argument.
Result<DocumentId> add_material(replica::ChangeBuilder& builder, Random& random, const NewMaterial& material);
Status set_material_name(replica::ChangeBuilder& builder, const DocumentId& material, std::string_view name);

/// Takes a note or a piece of material back, with its history.
Status take_back(replica::ChangeBuilder& builder, const DocumentId& document);

/// Tells the club of a session that its members may join: `host`'s device lets them in.
Result<DocumentId> announce_session(replica::ChangeBuilder& builder, Random& random, std::string_view title, const SpaceId& session,
                                    const MemberId& host);

/// The author's own name in this club.
Status set_profile(replica::ChangeBuilder& builder, std::string_view name);
/// The club's name.
Status set_club_name(replica::ChangeBuilder& builder, const SpaceId& space, std::string_view name);

}  // namespace muistio::club
