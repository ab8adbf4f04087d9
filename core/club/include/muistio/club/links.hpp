// What a note is about: meetings, agenda items, people, tags.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/documents.hpp"
#include "muistio/replica/change_builder.hpp"
#include "muistio/replica/document.hpp"

namespace muistio::club {

inline constexpr FieldId kNoteLinks{0x0306};  // set: u8 kind (1 meeting, 2 agenda item: id 16; 3 member: 32) ‖ id
inline constexpr FieldId kNoteTags{0x0307};   // set: a line

struct NoteLinks {
  std::vector<DocumentId> meetings, items;
  std::vector<MemberId> members;
  std::vector<std::string> tags;
  friend bool operator==(const NoteLinks&, const NoteLinks&) = default;
};

[[nodiscard]] NoteLinks links_of(const replica::Document& note);
/// From the values of a note's two sets.
[[nodiscard]] NoteLinks links_of(const std::vector<Bytes>& links, const std::vector<Bytes>& tags);
/// Adds or removes links and tags of a note. Errors: not_found, invalid_argument, too_large.
Status link_note(replica::ChangeBuilder& builder, const DocumentId& note, const NoteLinks& links, bool add = true);

}  // namespace muistio::club
