#include "muistio/club/links.hpp"

#include "judging.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::club {
namespace {
constexpr std::uint8_t kMeetingLink = 1, kItemLink = 2, kMemberLink = 3;

bool is_link(BytesView value) {
  if (value.empty()) return false;
  if (value[0] == kMemberLink) return value.size() == 1 + MemberId::size_bytes;
  return (value[0] == kMeetingLink || value[0] == kItemLink) && value.size() == 1 + DocumentId::size_bytes;
}
}  // namespace

bool judge_note_links(const Op& op) {
  if (op.field == kNoteTags) return is_line_in_set(op);
  return op.kind == OpKind::set_remove || (op.kind == OpKind::set_add && is_link(op.payload));
}

NoteLinks links_of(const replica::Document& note) { return links_of(note.set_values(kNoteLinks), note.set_values(kNoteTags)); }

NoteLinks links_of(const std::vector<Bytes>& values, const std::vector<Bytes>& tags) {
  NoteLinks links;
  for (const auto& value : values) {
    if (!is_link(value)) continue;
    const auto id = BytesView(value).subspan(1);
    if (value[0] == kMemberLink) {
      if (const auto member = MemberId::from_bytes(id)) links.members.push_back(*member);
    } else if (const auto document = DocumentId::from_bytes(id)) {
      (value[0] == kMeetingLink ? links.meetings : links.items).push_back(*document);
    }
  }
  for (const auto& value : tags) links.tags.emplace_back(as_text(value));
  return links;
}

Status link_note(replica::ChangeBuilder& builder, const DocumentId& note, const NoteLinks& links, bool add) {
  MUISTIO_TRY(const auto* document, builder.document(note));
  if (!document->exists() || document->type() != kNote) return fail(ErrorCode::not_found, "no note has this id");
  const auto put = [&](FieldId field, BytesView value) {
    return add ? builder.add_to_set(note, field, value) : builder.remove_from_set(note, field, value);
  };
  const auto link = [&](std::uint8_t kind, BytesView id) { return put(kNoteLinks, Writer().u8(kind).raw(id).bytes()); };
  for (const auto& meeting : links.meetings) MUISTIO_CHECK(link(kMeetingLink, meeting.view()));
  for (const auto& item : links.items) MUISTIO_CHECK(link(kItemLink, item.view()));
  for (const auto& member : links.members) MUISTIO_CHECK(link(kMemberLink, member.view()));
  for (const auto& tag : links.tags) {
    MUISTIO_CHECK(check_line(as_bytes(tag)));
    if (tag.empty()) return fail(ErrorCode::invalid_argument, "a tag is empty");
    MUISTIO_CHECK(put(kNoteTags, as_bytes(tag)));
  }
  return ok();
}

}  // namespace muistio::club
