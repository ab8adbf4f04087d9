// What the judging functions of the practices share, and those functions: each says whether an op counts that creates a document of
// one of its types or writes in one of their fields. Guests were refused before. Called by Rules::judge alone.
#pragma once

#include <string_view>

#include "muistio/club/documents.hpp"
#include "muistio/club/line.hpp"
#include "muistio/replica/change.hpp"
#include "muistio/replica/document.hpp"
#include "muistio/replica/judge.hpp"
#include "muistio/replica/payload.hpp"

namespace muistio::club {

using replica::Author;
using replica::Document;
using replica::Op;
using replica::OpKind;

[[nodiscard]] inline bool is_host(const Author& author) { return author.role == Role::host; }
/// The device that made the document, or another of the same member. The creator of a document whose id names its creator's device
/// never changes once it is known.
[[nodiscard]] inline bool is_maker(const Op& op, const Author& author, const Document* document) {
  if (names_device(op.document, author.device)) return true;
  return document != nullptr && document->creator() && names_device(op.document, document->creator()->stamp.device) &&
         document->creator()->member == author.member;
}
[[nodiscard]] inline bool is_line_set(const Op& op) {
  return op.kind == OpKind::set_register && check_line(op.payload).has_value();
}
[[nodiscard]] inline bool is_bytes_set(const Op& op, std::size_t bytes) {
  return op.kind == OpKind::set_register && op.payload.size() == bytes;
}
/// A varint from `least` to `most`.
[[nodiscard]] bool is_number_set(const Op& op, std::uint64_t least, std::uint64_t most);
/// One byte from `least` to `most`.
[[nodiscard]] inline bool is_choice_set(const Op& op, std::uint8_t least, std::uint8_t most) {
  return is_bytes_set(op, 1) && op.payload[0] >= least && op.payload[0] <= most;
}
[[nodiscard]] inline bool is_text_op(const Op& op) { return op.kind == OpKind::text || op.kind == OpKind::take_back_passage; }
/// An addition of such a value, or a removal.
[[nodiscard]] inline bool is_line_in_set(const Op& op) {
  return op.kind == OpKind::set_remove || (op.kind == OpKind::set_add && !op.payload.empty() && check_line(op.payload).has_value());
}
[[nodiscard]] inline bool is_bytes_in_set(const Op& op, std::size_t bytes) {
  return op.kind == OpKind::set_remove || (op.kind == OpKind::set_add && op.payload.size() == bytes);
}

[[nodiscard]] bool judge_pact(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_season(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_meeting(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_agenda(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_reply(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_baton(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_attendance(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_poll(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_action(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_question(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_read_mark(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_release(DocumentType type, const Op& op, const Author& author);
[[nodiscard]] bool judge_wish(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_survey(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_board(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_stand_in(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_year_plan(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_contact(const Op& op, const Author& author, const Document* document);
[[nodiscard]] bool judge_note_links(const Op& op);

/// By the type of the document created, or that the field belongs to; `type` is a practice's.
[[nodiscard]] bool judge_practice(DocumentType type, const Op& op, const Author& author, const Document* document);
/// Whether a document of this type is one member's word, which nobody else takes back.
[[nodiscard]] bool is_statement(DocumentType type) noexcept;

}  // namespace muistio::club
