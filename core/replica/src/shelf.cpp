#include "muistio/replica/shelf.hpp"

namespace muistio::replica {

Result<std::optional<Bytes>> MemoryShelf::load(BytesView key) {
  auto found = rows_.find(to_bytes(key));
  if (found == rows_.end()) return std::optional<Bytes>();
  return std::optional<Bytes>(found->second);
}

Status MemoryShelf::save(BytesView key, BytesView value) {
  rows_[to_bytes(key)] = to_bytes(value);
  return ok();
}

Status MemoryShelf::erase(BytesView key) {
  rows_.erase(to_bytes(key));
  return ok();
}

Status MemoryShelf::for_each(BytesView prefix, const Visitor& visit) {
  for (auto row = rows_.lower_bound(to_bytes(prefix)); row != rows_.end(); ++row) {
    const BytesView key = row->first;
    if (key.size() < prefix.size() || !equal(key.first(prefix.size()), prefix)) break;
    MUISTIO_CHECK(visit(key, row->second));
  }
  return ok();
}

}  // namespace muistio::replica
