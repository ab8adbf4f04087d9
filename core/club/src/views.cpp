#include "muistio/club/views.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

#include "fields.hpp"
#include "muistio/club/summary.hpp"
#include "muistio/replica/text_version.hpp"
#include "muistio/text/document.hpp"

namespace muistio::club {
namespace {
using replica::Document;
using replica::Replica;

Status for_each_of(Replica& documents, DocumentType type, const std::function<void(const DocumentId&, const Summary&)>& visit) {
  return documents.for_each_summary([&](const DocumentId& id, BytesView bytes) -> Status {
    auto summary = decode_summary(bytes);
    if (!summary) return fail(ErrorCode::corrupt, "a summary: " + summary.error().detail);
    if (summary->type == type) visit(id, *summary);
    return ok();
  });
}

/// A document that exists and is of `type`. Errors: not_found.
Result<std::shared_ptr<const Document>> find(Replica& documents, const DocumentId& id, DocumentType type) {
  MUISTIO_TRY(auto document, documents.document(id));
  if (document == nullptr || !document->exists() || document->type() != type)
    return fail(ErrorCode::not_found, type == kNote ? "no note has this id" : "no material has this id");
  return document;
}

/// The line of a document that exists, or nothing.
Result<std::string> line_of(Replica& documents, const DocumentId& id, FieldId field) {
  MUISTIO_TRY(const auto document, documents.document(id));
  return document == nullptr || !document->exists() ? std::string() : document->register_text(field);
}

template <class Item>
void sort_by_creation(std::vector<Item>& items) {
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return std::tie(a.created, a.id) < std::tie(b.created, b.id); });
}
}  // namespace

Result<std::vector<NoteItem>> list_notes(Replica& documents) {
  std::vector<NoteItem> items;
  MUISTIO_CHECK(for_each_of(documents, kNote, [&](const DocumentId& id, const Summary& summary) {
    items.push_back({id, summary.line, summary.author, summary.created, summary.changed, summary.bytes,
                     static_cast<NoteKind>(summary.note_kind)});
  }));
  sort_by_creation(items);
  return items;
}

Result<Note> show_note(Replica& documents, const DocumentId& id) {
  MUISTIO_TRY(const auto document, find(documents, id, kNote));
  const auto& creator = *document->creator();
  Note note;
  note.text = document->text(kNoteBody);
  note.version = document->text_version(kNoteBody);
  if (const auto* by = document->find_register(kNoteHandedInBy))
    if (auto member = MemberId::from_bytes(by->value)) note.handed_in_by = *member;
  note.item = {id,
               document->register_text(kNoteTitle),
               creator.member,
               creator.wall,
               document->changed(),
               note.text.size(),
               note_kind_of(*document)};
  return note;
}

Result<std::string> note_text_at(Replica& documents, const DocumentId& id, const std::string& version) {
  MUISTIO_TRY(const auto document, find(documents, id, kNote));
  MUISTIO_TRY(const auto wanted, replica::parse_text_version(version));
  const auto* text = document->find_text(kNoteBody);
  if (text != nullptr) return text->text_at(wanted);
  if (wanted.empty()) return std::string();
  return fail(ErrorCode::missing_parent, "this version of the note is not held");
}

Result<std::vector<MaterialItem>> list_material(Replica& documents) {
  std::vector<MaterialItem> items;
  MUISTIO_CHECK(for_each_of(documents, kMaterial, [&](const DocumentId& id, const Summary& summary) {
    items.push_back({id, summary.line, summary.media_type, summary.author, summary.created, summary.bytes});
  }));
  sort_by_creation(items);
  return items;
}

Result<Material> show_material(Replica& documents, const DocumentId& id) {
  MUISTIO_TRY(const auto document, find(documents, id, kMaterial));
  const auto& creator = *document->creator();
  Material material;
  material.item = {id,
                   document->register_text(kMaterialName),
                   document->register_text(kMaterialMediaType),
                   creator.member,
                   creator.wall,
                   material_size_of(*document)};
  if (const auto* held = document->find_register(kMaterialAttachment)) material.attachment = held->value;
  return material;
}

Result<std::vector<SessionItem>> list_sessions(Replica& documents) {
  std::vector<SessionItem> items;
  MUISTIO_CHECK(for_each_of(documents, kSession, [&](const DocumentId& id, const Summary& summary) {
    items.push_back({id, summary.line, SpaceId{}, MemberId{}, summary.author, summary.created});
  }));
  std::vector<SessionItem> whole;
  for (auto& item : items) {
    MUISTIO_TRY(const auto document, documents.document(item.id));
    if (document == nullptr || !document->exists()) continue;
    const auto* space = document->find_register(kSessionSpace);
    const auto* host = document->find_register(kSessionHost);
    if (space == nullptr || host == nullptr) continue;
    auto space_id = SpaceId::from_bytes(space->value);
    auto host_id = MemberId::from_bytes(host->value);
    if (!space_id || !host_id) continue;
    item.space = *space_id;
    item.host = *host_id;
    whole.push_back(std::move(item));
  }
  sort_by_creation(whole);
  return whole;
}

Result<std::string> member_name(Replica& documents, const MemberId& member) {
  return line_of(documents, profile_document(member), kProfileName);
}

Result<std::map<MemberId, std::string>> member_names(Replica& documents) {
  std::map<MemberId, std::string> names;
  MUISTIO_CHECK(for_each_of(documents, kProfile,
                            [&](const DocumentId&, const Summary& summary) { names.emplace(summary.author, summary.line); }));
  return names;
}

Result<std::string> club_name(Replica& documents, const SpaceId& space) {
  return line_of(documents, settings_document(space), kSettingsName);
}

}  // namespace muistio::club
