#include "muistio/club/rules.hpp"

#include <algorithm>

#include "judging.hpp"
#include "muistio/club/links.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/release.hpp"
#include "muistio/club/settings.hpp"

namespace muistio::club {
namespace {
DocumentType type_of(FieldId field) { return DocumentType(static_cast<std::uint16_t>(field.value() >> 8)); }

bool is_own_profile(const Op& op, const Author& author) { return op.document == profile_document(author.member); }

bool may_create(const Op& op, const Author& author) {
  const auto type = replica::parse_create(op);
  if (!type) return false;
  if (*type == kSettings) return is_host(author);
  if (*type == kProfile) return is_own_profile(op, author);
  if (is_practice(*type)) return judge_practice(*type, op, author, nullptr);
  return *type >= kFirstDerivedType || names_device(op.document, author.device);
}

/// A document's own kind of id is asked for, so that nobody can take back a profile before it is there.
bool may_take_back(const Op& op, const Author& author, const Document* document) {
  if (document == nullptr || !document->creator()) return false;
  const auto& creator = *document->creator();
  if (!names_device(op.document, creator.stamp.device)) return false;
  if (document->type() == kLedgerLine) return false;  // what a club told stays said
  return (is_host(author) && !is_statement(document->type())) || creator.member == author.member;
}

bool may_take_passage(const Op& op, const Author& author, const Document* document) {
  if (is_host(author)) return true;
  const auto ranges = replica::parse_take_back_passage(op);
  if (!ranges) return false;
  return std::all_of(ranges->begin(), ranges->end(), [&](const text::EditRange& range) {
    if (range.first.agent == author.device) return true;
    return document != nullptr && document->member_of(range.first.agent) == author.member;
  });
}

/// Who may write in a field, by the field and the document's id alone.
bool may_write(const Op& op, const Author& author) {
  if (op.field == kMaterialMediaType || op.field == kMaterialSize || op.field == kMaterialAttachment)
    return names_device(op.document, author.device);
  if (op.field == kNoteHandedInBy || op.field == kSessionSpace || op.field == kSessionHost)
    return names_device(op.document, author.device);
  if (op.field == kMaterialName || op.field == kNoteKind || op.field == kSessionTitle)
    return is_host(author) || names_device(op.document, author.device);
  const auto type = type_of(op.field);
  if (type == kSettings) return is_host(author);
  if (type == kProfile) return is_own_profile(op, author);
  return true;
}

/// Whether the op is of the field's kind, and its value has the form that views rely on. Fields not known pass.
bool has_form(const Op& op) {
  const bool is_text_op = op.kind == OpKind::text || op.kind == OpKind::take_back_passage;
  if (op.field == kNoteBody) return is_text_op;
  const FieldId lines[] = {kSettingsName, kProfileName, kNoteTitle, kMaterialName, kMaterialMediaType, kSessionTitle};
  if (std::find(std::begin(lines), std::end(lines), op.field) != std::end(lines))
    return op.kind == OpKind::set_register && check_line(op.payload).has_value();
  if (is_settings_field(op.field)) return op.kind == OpKind::set_register && has_settings_form(op.field, op.payload);
  if (op.field == kNoteKind) return op.kind == OpKind::set_register && op.payload.size() == 1;
  if (op.field == kNoteHandedInBy || op.field == kSessionHost)
    return op.kind == OpKind::set_register && op.payload.size() == MemberId::size_bytes;
  if (op.field == kSessionSpace) return op.kind == OpKind::set_register && op.payload.size() == SpaceId::size_bytes;
  if (op.field == kMaterialSize || op.field == kMaterialAttachment) return op.kind == OpKind::set_register;
  return true;
}
}  // namespace

bool Rules::judge(const Op& op, const Author& author, const Document* document) {
  if (author.role == Role::guest && op.kind != OpKind::nothing && !is_own_profile(op, author)) return false;
  switch (op.kind) {
    case OpKind::nothing:
      return true;
    case OpKind::create:
      return may_create(op, author);
    case OpKind::take_back_document:
      return may_take_back(op, author, document);
    case OpKind::take_back_passage:
      if (!may_take_passage(op, author, document)) return false;
      [[fallthrough]];
    case OpKind::set_register:
    case OpKind::set_add:
    case OpKind::set_remove:
    case OpKind::text:
    case OpKind::counter_add:
    case OpKind::list_insert:
    case OpKind::list_move:
    case OpKind::list_erase:
      break;
  }
  // Kinds that this app does not know as those it knows: so whoever knows the op one day takes the same ones.
  if (is_practice(type_of(op.field))) return judge_practice(type_of(op.field), op, author, document);
  if (op.field == kNoteLinks || op.field == kNoteTags) return judge_note_links(op);
  return has_form(op) && may_write(op, author);
}

}  // namespace muistio::club
