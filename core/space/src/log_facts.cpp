#include "muistio/space/log_facts.hpp"

#include "muistio/base/reader.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::space {
namespace {

Bytes log_key(const SpaceId& space, Seq seq) {
  Writer key;
  key.raw(space.view()).u64(seq.value());
  return std::move(key).take();
}

// A chain's name in the rows: the device's id for era 0, otherwise the first 16 bytes of a hash over both.
Bytes chain_key(const SpaceId& space, const DeviceId& device, const AudienceId& audience) {
  Writer key;
  key.raw(space.view());
  if (audience.is_zero()) {
    key.raw(device.view());
  } else {
    const auto name = crypto::labelled_hash("muistio chain 1", {device.view(), audience.view()});
    key.raw(name.view().first(DeviceId::size_bytes));
  }
  return std::move(key).take();
}

Bytes batch_key(const SpaceId& space, const DeviceId& device, const AudienceId& audience, BatchIndex index) {
  auto key = chain_key(space, device, audience);
  append(key, Writer().u64(index.value()).bytes());
  return key;
}

}  // namespace

Result<std::optional<Hash>> StoredFacts::log_hash(Seq seq) const {
  if (seq == Seq(0)) return std::optional<Hash>(Hash{});
  MUISTIO_TRY(auto value, rows_.get(store::Table::log_hash, log_key(space_, seq)));
  if (!value) return std::optional<Hash>{};
  MUISTIO_TRY(auto hash, Hash::from_bytes(*value));
  return std::optional<Hash>(hash);
}

Result<ChainEnd> StoredFacts::chain_end(const DeviceId& device, const AudienceId& audience) const {
  MUISTIO_TRY(auto row, rows_.last(store::Table::chain, chain_key(space_, device, audience)));
  if (!row) return ChainEnd{};
  Reader index(BytesView(row->key).subspan(SpaceId::size_bytes + DeviceId::size_bytes));
  MUISTIO_TRY(auto number, index.u64());
  MUISTIO_TRY(auto hash, Hash::from_bytes(row->value));
  return ChainEnd{BatchIndex(number), hash};
}

Result<std::optional<Hash>> StoredFacts::content_hash(const DeviceId& device, const AudienceId& audience, BatchIndex index) const {
  MUISTIO_TRY(auto value, rows_.get(store::Table::chain, batch_key(space_, device, audience, index)));
  if (!value) return std::optional<Hash>{};
  MUISTIO_TRY(auto hash, Hash::from_bytes(*value));
  return std::optional<Hash>(hash);
}

Status put_log_hash(store::Transaction& transaction, const SpaceId& space, Seq seq, const Hash& log_hash) {
  return transaction.put(store::Table::log_hash, log_key(space, seq), log_hash.view());
}

Status put_chain_end(store::Transaction& transaction, const SpaceId& space, const DeviceId& device, const AudienceId& audience,
                     const ChainEnd& end) {
  return transaction.put(store::Table::chain, batch_key(space, device, audience, end.index), end.content_hash.view());
}

}  // namespace muistio::space
