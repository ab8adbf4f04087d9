// The search index, which takes notes in after they changed: before a search, or when there is nothing else to do.
#include "home_impl.hpp"
#include "muistio/search/search.hpp"

namespace muistio::home {

using store::Table;

namespace {

Status index_note(search::Indexer& indexer, store::Transaction& transaction, BytesView key, const replica::Document& note) {
  const auto body = note.text(club::kNoteBody);
  // A note too long for the index stays readable; it is not found.
  if (body.size() > search::kBodyBytesMax) return search::erase_document(transaction, key);
  return indexer.index(transaction, key, note.register_text(club::kNoteTitle), body);
}

}  // namespace

Status Home::Impl::index_one(search::Indexer& indexer, store::Transaction& transaction, BytesView key) {
  MUISTIO_TRY(const auto space, SpaceId::from_bytes(key.first(SpaceId::size_bytes)));
  MUISTIO_TRY(const auto id, DocumentId::from_bytes(key.subspan(SpaceId::size_bytes)));
  std::shared_ptr<const replica::Document> note;
  auto read = engine->read(space, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(note, documents.document(id));
    return ok();
  });
  if (!read && read.error().code != ErrorCode::not_found) return read;
  const bool is_here = note && note->exists() && note->type() == club::kNote;
  MUISTIO_CHECK(is_here ? index_note(indexer, transaction, key, *note) : search::erase_document(transaction, key));
  return transaction.erase(Table::search_wanted, key);
}

Status Home::Impl::renew_index() {
  MUISTIO_TRY(const bool is_outdated, search::is_outdated(*store));
  if (!is_outdated) return ok();
  std::vector<Bytes> keys;
  MUISTIO_CHECK(store->scan(Table::search_text, {}, {}, [&keys](BytesView key, BytesView) {
    keys.push_back(to_bytes(key));
    return true;
  }));
  MUISTIO_TRY(auto transaction, store->begin(store::Durability::later));
  for (const auto& key : keys) MUISTIO_CHECK(transaction.put(Table::search_wanted, key, {}));
  MUISTIO_CHECK(search::set_up_to_date(transaction));
  return transaction.commit();
}

Result<bool> Home::index_some(std::size_t notes_max) {
  std::vector<Bytes> wanted;
  MUISTIO_CHECK(impl_->store->scan(Table::search_wanted, {}, {}, [&](BytesView key, BytesView) {
    if (key.size() == SpaceId::size_bytes + DocumentId::size_bytes) wanted.push_back(to_bytes(key));
    return wanted.size() <= notes_max;
  }));
  if (wanted.empty()) return false;
  const bool is_all = wanted.size() <= notes_max;
  if (!is_all) wanted.pop_back();
  search::Indexer indexer;
  // It can be made again from the notes: until it is durable, so can what says that it is to be made.
  MUISTIO_TRY(auto transaction, impl_->store->begin(store::Durability::later));
  for (const auto& key : wanted) MUISTIO_CHECK(impl_->index_one(indexer, transaction, key));
  MUISTIO_CHECK(transaction.commit());
  return !is_all;
}

}  // namespace muistio::home
