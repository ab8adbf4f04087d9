#include "muistio/club/edits.hpp"

#include "muistio/base/reader.hpp"
#include "muistio/club/line.hpp"
#include "muistio/replica/text_version.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

Status set_line(ChangeBuilder& builder, const DocumentId& id, FieldId field, std::string_view line) {
  MUISTIO_CHECK(check_line(as_bytes(line)));
  return builder.set_register(id, field, as_bytes(line));
}

Status require(ChangeBuilder& builder, const DocumentId& id, DocumentType type) {
  MUISTIO_TRY(const auto* document, builder.document(id));
  if (document->is_taken_back()) return fail(ErrorCode::invalid_state, "it was taken back");
  if (!document->exists() || document->type() != type)
    return fail(ErrorCode::not_found, type == kNote ? "no note has this id" : "no material has this id");
  return ok();
}

Status set_kind(ChangeBuilder& builder, const DocumentId& id, NoteKind kind) {
  const std::uint8_t value[] = {static_cast<std::uint8_t>(kind)};
  return builder.set_register(id, kNoteKind, value);
}
}  // namespace

Result<DocumentId> create_note(ChangeBuilder& builder, Random& random, const NewNote& note) {
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kNote));
  MUISTIO_CHECK(set_line(builder, id, kNoteTitle, note.title));
  MUISTIO_CHECK(set_kind(builder, id, note.kind));
  if (!note.text.empty()) MUISTIO_CHECK(builder.append_text(id, kNoteBody, note.text));
  return id;
}

Status create_copy(ChangeBuilder& builder, const DocumentId& id, const NewNote& note, const MemberId& handed_in_by) {
  MUISTIO_CHECK(builder.create(id, kNote));
  MUISTIO_CHECK(set_line(builder, id, kNoteTitle, note.title));
  MUISTIO_CHECK(set_kind(builder, id, note.kind));
  MUISTIO_CHECK(builder.set_register(id, kNoteHandedInBy, handed_in_by.view()));
  return note.text.empty() ? ok() : builder.append_text(id, kNoteBody, note.text);
}

Result<DocumentId> announce_session(ChangeBuilder& builder, Random& random, std::string_view title, const SpaceId& session,
                                    const MemberId& host) {
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kSession));
  MUISTIO_CHECK(set_line(builder, id, kSessionTitle, title));
  MUISTIO_CHECK(builder.set_register(id, kSessionSpace, session.view()));
  MUISTIO_CHECK(builder.set_register(id, kSessionHost, host.view()));
  return id;
}

Status set_note_title(ChangeBuilder& builder, const DocumentId& note, std::string_view title) {
  MUISTIO_CHECK(require(builder, note, kNote));
  return set_line(builder, note, kNoteTitle, title);
}

Status set_note_kind(ChangeBuilder& builder, const DocumentId& note, NoteKind kind) {
  MUISTIO_CHECK(require(builder, note, kNote));
  return set_kind(builder, note, kind);
}

Status edit_note_text(ChangeBuilder& builder, const DocumentId& note, std::string_view text,
                      const std::optional<std::string>& base) {
  MUISTIO_CHECK(require(builder, note, kNote));
  if (!base) return builder.replace_text(note, kNoteBody, text);
  MUISTIO_TRY(const auto version, replica::parse_text_version(*base));
  return builder.replace_text(note, kNoteBody, text, version);
}

Status append_note_text(ChangeBuilder& builder, const DocumentId& note, std::string_view text) {
  MUISTIO_CHECK(require(builder, note, kNote));
  return builder.append_text(note, kNoteBody, text);
}

Status take_back_passage(ChangeBuilder& builder, const DocumentId& note, std::uint64_t position, std::uint64_t count) {
  MUISTIO_CHECK(require(builder, note, kNote));
  return builder.take_back_passage(note, kNoteBody, position, count);
}

Result<DocumentId> add_material(ChangeBuilder& builder, Random& random, const NewMaterial& material) {
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kMaterial));
  MUISTIO_CHECK(set_line(builder, id, kMaterialName, material.name));
  MUISTIO_CHECK(set_line(builder, id, kMaterialMediaType, material.media_type));
  MUISTIO_CHECK(builder.set_register(id, kMaterialSize, Writer().varint(material.size_bytes).bytes()));
  MUISTIO_CHECK(builder.set_register(id, kMaterialAttachment, material.attachment));
  return id;
}

Status set_material_name(ChangeBuilder& builder, const DocumentId& material, std::string_view name) {
  MUISTIO_CHECK(require(builder, material, kMaterial));
  return set_line(builder, material, kMaterialName, name);
}

Status take_back(ChangeBuilder& builder, const DocumentId& document) {
  MUISTIO_TRY(const auto* held, builder.document(document));
  if (held->is_taken_back()) return ok();
  if (!held->exists()) return fail(ErrorCode::not_found, "nothing has this id");
  return builder.take_back(document);
}

Status set_profile(ChangeBuilder& builder, std::string_view name) {
  const auto id = profile_document(builder.author().member);
  MUISTIO_CHECK(builder.create(id, kProfile));
  return set_line(builder, id, kProfileName, name);
}

Status set_club_name(ChangeBuilder& builder, const SpaceId& space, std::string_view name) {
  const auto id = settings_document(space);
  MUISTIO_CHECK(builder.create(id, kSettings));
  return set_line(builder, id, kSettingsName, name);
}

}  // namespace muistio::club
