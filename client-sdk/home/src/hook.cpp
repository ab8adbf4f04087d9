// What changes together with the documents, in one transaction: what the search index is to take in, the list of attachments, the
// versions shown.
#include "home_impl.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/club/release.hpp"
#include "muistio/search/search.hpp"

namespace muistio::home {

using store::Table;

namespace {

/// Stemming takes longer than all else that a change does: the index takes the note in later, once for many changes.
Status want_index(store::Transaction& transaction, const SpaceId& space, const DocumentId& note) {
  const auto key = index_key(space, note);
  MUISTIO_CHECK(search::outdate_document(transaction, key));
  return transaction.put(Table::search_wanted, key, {});
}

Status keep_material(store::Transaction& transaction, const SpaceId& space, const replica::Document& material, bool uploads) {
  const auto* value = material.find_register(club::kMaterialAttachment);
  if (value == nullptr) return ok();
  auto descriptor = attachment::AttachmentDescriptor::decode(value->value);
  if (!descriptor) return ok();  // made by a newer app: listed, and not fetched
  const auto key = row_key('m', material.id());
  const AttachmentRow row{space, descriptor->id, descriptor->ciphertext_bytes()};
  MUISTIO_CHECK(transaction.put(Table::attachment, key, row.encode()));
  return uploads ? transaction.put(Table::attachment, row_key('u', material.id()), {}) : ok();
}

Status forget(store::Transaction& transaction, const SpaceId& space, const DocumentId& id) {
  MUISTIO_CHECK(search::erase_document(transaction, index_key(space, id)));
  MUISTIO_CHECK(transaction.erase(Table::search_wanted, index_key(space, id)));
  MUISTIO_CHECK(transaction.erase(Table::view, arrival_key(space, id)));
  for (char letter : {'a', 'h', 'r', 's'}) MUISTIO_CHECK(transaction.erase(Table::view, row_key(letter, id)));
  MUISTIO_TRY(const auto bytes, transaction.get(Table::attachment, row_key('m', id)));
  if (bytes) {
    MUISTIO_TRY(const auto row, AttachmentRow::decode(*bytes));
    MUISTIO_CHECK(transaction.erase(Table::attachment, row_key('t', row.attachment)));
  }
  for (char letter : {'m', 'u', 'e', 'w'}) MUISTIO_CHECK(transaction.erase(Table::attachment, row_key(letter, id)));
  return ok();
}

}  // namespace

Bytes arrival_key(const SpaceId& space, const DocumentId& document) {
  auto key = row_key('c', space);
  append(key, document.view());
  return key;
}

Status keep_arrival(store::Transaction& transaction, const sync::Arrival& arrival) {
  const auto value = Writer().u64(arrival.seq.value()).raw(arrival.member.view()).bytes();
  for (const auto& document : arrival.documents)
    MUISTIO_CHECK(transaction.put(Table::view, arrival_key(arrival.space, document), value));
  return ok();
}

Bytes AttachmentRow::encode() const { return Writer().raw(space.view()).raw(attachment.view()).varint(ciphertext_bytes).bytes(); }

Result<AttachmentRow> AttachmentRow::decode(BytesView bytes) {
  Reader reader(bytes);
  AttachmentRow row;
  MUISTIO_TRY(row.space, reader.fixed<SpaceId>());
  MUISTIO_TRY(row.attachment, reader.fixed<AttachmentId>());
  MUISTIO_TRY(row.ciphertext_bytes, reader.varint());
  MUISTIO_CHECK(reader.finish());
  return row;
}

Status Home::Impl::documents_changed(store::Transaction& transaction, const SpaceId& space, replica::Replica& documents,
                                     std::span<const DocumentId> changed) {
  for (const auto& id : changed) {
    MUISTIO_TRY(auto document, documents.document(id));
    if (!document || !document->exists()) {
      MUISTIO_CHECK(forget(transaction, space, id));
    } else if (document->type() == club::kNote) {
      MUISTIO_CHECK(want_index(transaction, space, id));
      if (const auto* club = document->find_register(kNoteAbout); club != nullptr && club->value.size() == SpaceId::size_bytes)
        MUISTIO_CHECK(transaction.put(Table::view, row_key('a', id), club->value));
      if (const auto* by = document->find_register(club::kNoteHandedInBy); by != nullptr)
        MUISTIO_CHECK(transaction.put(Table::view, row_key('h', id), by->value));
    } else if (document->type() == club::kRelease) {
      MUISTIO_CHECK(note_release(transaction, *document));
    } else if (document->type() == club::kMaterial) {
      MUISTIO_CHECK(keep_material(transaction, space, *document, uploads_with_edit));
    }
  }
  if (shown_with_edit)
    MUISTIO_CHECK(transaction.put(Table::view, row_key('s', shown_with_edit->first), as_bytes(shown_with_edit->second)));
  return ok();
}

}  // namespace muistio::home
