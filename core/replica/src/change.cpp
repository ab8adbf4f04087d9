#include "muistio/replica/change.hpp"

#include <numeric>
#include <set>
#include <string>
#include <unordered_map>

#include "columns.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/replica/payload.hpp"

namespace muistio::replica {
namespace {
constexpr std::uint8_t kVersion = 1;
using Numbers = std::vector<std::uint64_t>;

/// Ids written once, in the order of first use, and named by place.
template <class Id>
class IdTable {
 public:
  std::uint64_t place(const Id& id) {
    const auto [found, is_new] = places_.emplace(id, ids_.size());
    if (is_new) ids_.push_back(id);
    return found->second;
  }
  void write(Writer& writer) const {
    writer.varint(ids_.size());
    for (const auto& id : ids_) writer.raw(id.view());
  }

 private:
  std::unordered_map<Id, std::uint64_t> places_;
  std::vector<Id> ids_;
};

/// Reads an IdTable and the column that names its ids.
template <class Id>
Result<std::vector<Id>> read_ids(Reader& reader, std::size_t count) {
  MUISTIO_TRY(const auto table_size, reader.varint_at_most(count));
  if (table_size > reader.left() / Id::size_bytes) return fail(ErrorCode::malformed, "a table of ids beyond the end of the bytes");
  std::vector<Id> table;
  std::set<Id> distinct;
  for (std::uint64_t i = 0; i < table_size; ++i) {
    MUISTIO_TRY(const auto id, reader.fixed<Id>());
    if (!distinct.insert(id).second) return fail(ErrorCode::malformed, "an id twice in its table");
    table.push_back(id);
  }
  MUISTIO_TRY(const auto places, read_column(reader, count));
  std::vector<Id> ids;
  ids.reserve(count);
  std::uint64_t used = 0;
  for (const auto place : places) {
    if (place > used || place >= table.size()) return fail(ErrorCode::malformed, "a place in a table of ids out of order");
    if (place == used) ++used;
    ids.push_back(table[place]);
  }
  if (used != table.size()) return fail(ErrorCode::malformed, "an id that nothing uses");
  return ids;
}

/// The sum of `numbers`, at most `most`.
Result<std::size_t> sum_at_most(const Numbers& numbers, std::size_t most, const char* what) {
  std::uint64_t sum = 0;
  for (const auto number : numbers) {
    if (number > most - sum) return fail(ErrorCode::too_large, what);
    sum += number;
  }
  return static_cast<std::size_t>(sum);
}

/// Numbers, clocks, times and deps.
Result<std::vector<Change>> read_changes(Reader& reader, const ChangeLimits& limits) {
  MUISTIO_TRY(const auto device, reader.fixed<DeviceId>());
  MUISTIO_TRY(const auto count, reader.varint_at_most(limits.changes_max));
  if (count == 0) return fail(ErrorCode::malformed, "a batch of no changes");
  MUISTIO_TRY(const auto first, reader.varint());
  if (first == 0 || first > UINT64_MAX - count) return fail(ErrorCode::malformed, "a change number");
  const auto changes_count = static_cast<std::size_t>(count);
  MUISTIO_TRY(const auto clocks, read_column(reader, changes_count));
  MUISTIO_TRY(const auto walls, read_column(reader, changes_count));
  MUISTIO_TRY(const auto dep_counts, read_column(reader, changes_count, limits.deps_max));
  MUISTIO_TRY(const auto deps_count, sum_at_most(dep_counts, limits.changes_max * 16, "deps in a batch"));
  MUISTIO_TRY(const auto dep_devices, read_ids<DeviceId>(reader, deps_count));
  MUISTIO_TRY(const auto dep_numbers, read_column(reader, deps_count));
  std::vector<Change> changes(changes_count);
  std::uint64_t clock = 0;
  std::uint64_t wall = 0;
  std::size_t dep = 0;
  for (std::size_t i = 0; i < changes_count; ++i) {
    auto& change = changes[i];
    change.device = device;
    change.number = first + i;
    if (clocks[i] >= UINT64_MAX - clock) return fail(ErrorCode::malformed, "a clock that is too large");
    clock += clocks[i] + 1;
    change.lamport = Lamport(clock);
    wall += static_cast<std::uint64_t>(unzigzag(walls[i]));
    change.wall = WallMs(static_cast<std::int64_t>(wall));
    for (std::uint64_t k = 0; k < dep_counts[i]; ++k, ++dep) change.deps.push_back({dep_devices[dep], dep_numbers[dep]});
  }
  return changes;
}

Status read_ops(Reader& reader, const ChangeLimits& limits, std::vector<Change>& changes) {
  MUISTIO_TRY(const auto op_counts, read_column(reader, changes.size(), limits.ops_max));
  MUISTIO_TRY(const auto count, sum_at_most(op_counts, limits.ops_max, "ops in a batch"));
  MUISTIO_TRY(const auto kinds, read_column(reader, count, UINT16_MAX));
  MUISTIO_TRY(const auto documents, read_ids<DocumentId>(reader, count));
  MUISTIO_TRY(const auto fields, read_column(reader, count, UINT16_MAX));
  MUISTIO_TRY(const auto sizes, read_column(reader, count, limits.bytes_max));
  std::size_t place = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    changes[i].ops.reserve(static_cast<std::size_t>(op_counts[i]));
    for (std::uint64_t k = 0; k < op_counts[i]; ++k, ++place) {
      MUISTIO_TRY(const auto payload, reader.take(static_cast<std::size_t>(sizes[place])));
      changes[i].ops.push_back({documents[place], static_cast<OpKind>(kinds[place]),
                                FieldId(static_cast<std::uint16_t>(fields[place])), to_bytes(payload)});
    }
  }
  return ok();
}
}  // namespace

Status check_form(const Change& change, const ChangeLimits& limits) {
  if (change.number == 0) return fail(ErrorCode::malformed, "a change with number 0");
  if (change.lamport.value() == 0) return fail(ErrorCode::bad_clock, "a clock of 0");
  if (change.lamport.value() < change.number) return fail(ErrorCode::bad_clock, "a clock behind the number of the change");
  if (change.deps.size() > limits.deps_max) return fail(ErrorCode::too_large, "deps of a change");
  for (std::size_t i = 0; i < change.deps.size(); ++i) {
    const auto& dep = change.deps[i];
    if (dep.number == 0) return fail(ErrorCode::malformed, "a dep with number 0");
    if (dep.device == change.device) return fail(ErrorCode::malformed, "a change that names its own device");
    if (i > 0 && !(change.deps[i - 1].device < dep.device)) return fail(ErrorCode::malformed, "deps out of order");
  }
  if (change.ops.size() > limits.ops_max) return fail(ErrorCode::too_large, "ops of a change");
  for (const auto& op : change.ops) {
    if (op.payload.size() > limits.bytes_max) return fail(ErrorCode::too_large, "the payload of an op");
    MUISTIO_CHECK(check_payload(op));
  }
  return ok();
}

Bytes encode_changes(std::span<const Change> changes) {
  if (changes.empty()) return {};
  Numbers clocks, walls, dep_counts, dep_devices, dep_numbers, op_counts, kinds, documents, fields, sizes;
  IdTable<DeviceId> device_table;
  IdTable<DocumentId> document_table;
  std::uint64_t clock = 0;
  std::uint64_t wall = 0;
  std::size_t payload_bytes = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& change = changes[i];
    MUISTIO_INVARIANT(change.device == changes[0].device && change.number == changes[0].number + i);
    MUISTIO_INVARIANT(change.lamport.value() > clock);
    clocks.push_back(change.lamport.value() - clock - 1);
    clock = change.lamport.value();
    const auto now = static_cast<std::uint64_t>(change.wall.value());
    walls.push_back(zigzag(static_cast<std::int64_t>(now - wall)));
    wall = now;
    dep_counts.push_back(change.deps.size());
    for (const auto& dep : change.deps) {
      dep_devices.push_back(device_table.place(dep.device));
      dep_numbers.push_back(dep.number);
    }
    op_counts.push_back(change.ops.size());
    for (const auto& op : change.ops) {
      kinds.push_back(static_cast<std::uint64_t>(op.kind));
      documents.push_back(document_table.place(op.document));
      fields.push_back(op.field.value());
      sizes.push_back(op.payload.size());
      payload_bytes += op.payload.size();
    }
  }
  Writer writer;
  writer.u8(kVersion).raw(changes[0].device.view()).varint(changes.size()).varint(changes[0].number);
  write_column(writer, clocks);
  write_column(writer, walls);
  write_column(writer, dep_counts);
  device_table.write(writer);
  write_column(writer, dep_devices);
  write_column(writer, dep_numbers);
  write_column(writer, op_counts);
  write_column(writer, kinds);
  document_table.write(writer);
  write_column(writer, documents);
  write_column(writer, fields);
  write_column(writer, sizes);
  auto bytes = std::move(writer).take();
  bytes.reserve(bytes.size() + payload_bytes);
  for (const auto& change : changes)
    for (const auto& op : change.ops) append(bytes, op.payload);
  return bytes;
}

Result<std::vector<Change>> decode_changes(BytesView bytes, const ChangeLimits& limits) {
  if (bytes.empty()) return std::vector<Change>();
  if (bytes.size() > limits.bytes_max) return fail(ErrorCode::too_large, "a batch of changes");
  Reader reader(bytes);
  MUISTIO_TRY(const auto version, reader.u8());
  if (version != kVersion) return fail(ErrorCode::unsupported_version, "a batch of changes");
  MUISTIO_TRY(auto changes, read_changes(reader, limits));
  MUISTIO_CHECK(read_ops(reader, limits, changes));
  MUISTIO_CHECK(reader.finish());
  for (const auto& change : changes) MUISTIO_CHECK(check_form(change, limits));
  return changes;
}

std::size_t size_hint(const Change& change) noexcept {
  std::size_t bytes = 16 + change.deps.size() * 20;
  for (const auto& op : change.ops) bytes += 24 + op.payload.size();
  return bytes;
}

bool empty_ops_of(Change& change, const DocumentId& document) {
  bool emptied = false;
  for (auto& op : change.ops) {
    if (op.document != document) continue;
    if (op.kind == OpKind::nothing || op.kind == OpKind::create || op.kind == OpKind::take_back_document) continue;
    op = Op{document, OpKind::nothing, {}, {}};
    emptied = true;
  }
  return emptied;
}

}  // namespace muistio::replica
