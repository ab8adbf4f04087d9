#include "muistio/wire/record.hpp"

#include <algorithm>

#include "muistio/base/reader.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::wire {

namespace {

bool has_key_twice(const std::vector<AccessChange>& changes) {
  std::vector<AuthKey> keys;
  keys.reserve(changes.size());
  for (const auto& change : changes) keys.push_back(change.key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

}  // namespace

Result<Bytes> encode_record(const Record& record) {
  if (record.kind == RecordKind::content && !record.access_changes.empty())
    return fail(ErrorCode::invalid_argument, "a content record carries no access changes");
  if (has_key_twice(record.access_changes)) return fail(ErrorCode::invalid_argument, "an access key comes twice");
  if (record.access_changes.size() > limits::access_changes_max) return fail(ErrorCode::too_large, "access changes of a record");
  if (record.kind == RecordKind::content && record.bytes.size() > limits::batch_bytes_max)
    return fail(ErrorCode::too_large, "the bytes of a content record");
  Writer writer;
  writer.u8(static_cast<std::uint8_t>(record.kind)).block(record.bytes).varint(record.access_changes.size());
  for (const auto& change : record.access_changes) writer.u8(static_cast<std::uint8_t>(change.op)).raw(change.key.view());
  if (writer.size() > limits::record_bytes_max) return fail(ErrorCode::too_large, "a record");
  return std::move(writer).take();
}

Result<Record> decode_record(BytesView record) {
  if (record.size() > limits::record_bytes_max) return fail(ErrorCode::too_large, "a record");
  Reader reader(record);
  Record made;
  MUISTIO_TRY(const auto kind, reader.u8());
  if (kind != static_cast<std::uint8_t>(RecordKind::content) && kind != static_cast<std::uint8_t>(RecordKind::handshake))
    return fail(ErrorCode::malformed, "a record's kind is not known");
  made.kind = static_cast<RecordKind>(kind);
  const bool content = made.kind == RecordKind::content;
  MUISTIO_TRY(const auto bytes, reader.block(content ? limits::batch_bytes_max : limits::record_bytes_max));
  MUISTIO_TRY(const auto count, reader.varint_at_most(content ? 0 : limits::access_changes_max));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto op, reader.u8());
    if (op != static_cast<std::uint8_t>(AccessChange::Op::add) && op != static_cast<std::uint8_t>(AccessChange::Op::remove))
      return fail(ErrorCode::malformed, "an access change is neither add nor remove");
    MUISTIO_TRY(auto key, reader.fixed<AuthKey>());
    made.access_changes.push_back({static_cast<AccessChange::Op>(op), key});
  }
  MUISTIO_CHECK(reader.finish());
  if (has_key_twice(made.access_changes)) return fail(ErrorCode::malformed, "an access key comes twice in a record");
  made.bytes = to_bytes(bytes);
  return made;
}

}  // namespace muistio::wire
