#include "slot.hpp"

namespace muistio::sync {

using store::Table;

Bytes StoreShelf::whole(BytesView key) const {
  Bytes made = to_bytes(space_.view());
  append(made, key);
  return made;
}

Result<std::optional<Bytes>> StoreShelf::load(BytesView key) { return store_.get(Table::document, whole(key)); }

Status StoreShelf::save(BytesView key, BytesView value) {
  if (transaction_ == nullptr) return fail(ErrorCode::invalid_state, "a document is saved outside a transaction");
  return transaction_->put(Table::document, whole(key), value);
}

Status StoreShelf::erase(BytesView key) {
  if (transaction_ == nullptr) return fail(ErrorCode::invalid_state, "a document is erased outside a transaction");
  return transaction_->erase(Table::document, whole(key));
}

Status StoreShelf::for_each(BytesView prefix, const Visitor& visit) {
  Status visited;
  MUISTIO_CHECK(store_.scan(Table::document, whole(prefix), {}, [&](BytesView key, BytesView value) {
    visited = visit(key.subspan(SpaceId::size_bytes), value);
    return visited.has_value();
  }));
  return visited;
}

}  // namespace muistio::sync
