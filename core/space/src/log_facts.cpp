#include "muistio/space/log_facts.hpp"

#include "muistio/base/reader.hpp"

namespace muistio::space {
namespace {

Bytes log_key(const SpaceId& space, Seq seq) {
  Writer key;
  key.raw(space.view()).u64(seq.value());
  return std::move(key).take();
}

Bytes device_key(const SpaceId& space, const DeviceId& device) {
  Writer key;
  key.raw(space.view()).raw(device.view());
  return std::move(key).take();
}

Bytes batch_key(const SpaceId& space, const DeviceId& device, BatchIndex index) {
  Writer key;
  key.raw(space.view()).raw(device.view()).u64(index.value());
  return std::move(key).take();
}

}  // namespace

Result<std::optional<Hash>> StoredFacts::log_hash(Seq seq) const {
  if (seq == Seq(0)) return std::optional<Hash>(Hash{});
  MUISTIO_TRY(auto value, rows_.get(store::Table::log_hash, log_key(space_, seq)));
  if (!value) return std::optional<Hash>{};
  MUISTIO_TRY(auto hash, Hash::from_bytes(*value));
  return std::optional<Hash>(hash);
}

Result<ChainEnd> StoredFacts::chain_end(const DeviceId& device) const {
  MUISTIO_TRY(auto row, rows_.last(store::Table::chain, device_key(space_, device)));
  if (!row) return ChainEnd{};
  Reader index(BytesView(row->key).subspan(SpaceId::size_bytes + DeviceId::size_bytes));
  MUISTIO_TRY(auto number, index.u64());
  MUISTIO_TRY(auto hash, Hash::from_bytes(row->value));
  return ChainEnd{BatchIndex(number), hash};
}

Result<std::optional<Hash>> StoredFacts::content_hash(const DeviceId& device, BatchIndex index) const {
  MUISTIO_TRY(auto value, rows_.get(store::Table::chain, batch_key(space_, device, index)));
  if (!value) return std::optional<Hash>{};
  MUISTIO_TRY(auto hash, Hash::from_bytes(*value));
  return std::optional<Hash>(hash);
}

Status put_log_hash(store::Transaction& transaction, const SpaceId& space, Seq seq, const Hash& log_hash) {
  return transaction.put(store::Table::log_hash, log_key(space, seq), log_hash.view());
}

Status put_chain_end(store::Transaction& transaction, const SpaceId& space, const DeviceId& device, const ChainEnd& end) {
  return transaction.put(store::Table::chain, batch_key(space, device, end.index), end.content_hash.view());
}

}  // namespace muistio::space
