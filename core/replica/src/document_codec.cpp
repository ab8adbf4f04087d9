// A document's bytes (docs/formats/replica.md).
#include <algorithm>
#include <string>
#include <tuple>

#include "document_state.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/replica/payload.hpp"

namespace muistio::replica {
namespace {
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kVersionWithEra = 2;  // of another era than 0
constexpr std::uint8_t kCreated = 1;
constexpr std::uint8_t kTakenBack = 2;

using Devices = std::vector<DeviceId>;

std::uint64_t place_of(const Devices& devices, const DeviceId& device) {
  const auto found = std::lower_bound(devices.begin(), devices.end(), device);
  MUISTIO_INVARIANT(found != devices.end() && *found == device);
  return static_cast<std::uint64_t>(found - devices.begin());
}

/// A count of things that take at least a byte each.
Result<std::uint64_t> read_count(Reader& reader) {
  MUISTIO_TRY(const auto count, reader.varint());
  if (count > reader.left()) return fail(ErrorCode::malformed, "a count beyond the end of the bytes");
  return count;
}

Result<DeviceId> read_device(Reader& reader, const Devices& devices) {
  MUISTIO_TRY(const auto place, reader.varint());
  if (place >= devices.size()) return fail(ErrorCode::malformed, "a device that is not in the table");
  return devices[static_cast<std::size_t>(place)];
}

/// A field, greater than the one before.
template <class Map>
Result<FieldId> read_field(Reader& reader, const Map& before) {
  MUISTIO_TRY(const auto number, reader.varint_at_most(UINT16_MAX));
  const FieldId field(static_cast<std::uint16_t>(number));
  if (!before.empty() && field <= before.rbegin()->first) return fail(ErrorCode::malformed, "fields out of order");
  return field;
}

Result<Stamp> read_stamp(Reader& reader, const Devices& devices) {
  Stamp stamp;
  MUISTIO_TRY(const auto lamport, reader.varint());
  MUISTIO_TRY(stamp.device, read_device(reader, devices));
  stamp.lamport = Lamport(lamport);
  return stamp;
}

Result<Tag> read_tag(Reader& reader, const Devices& devices) {
  Tag tag;
  MUISTIO_TRY(tag.change.device, read_device(reader, devices));
  MUISTIO_TRY(tag.change.number, reader.varint());
  MUISTIO_TRY(const auto op, reader.varint_at_most(UINT32_MAX));
  tag.op = static_cast<std::uint32_t>(op);
  return tag;
}

Result<WallMs> read_wall(Reader& reader) {
  MUISTIO_TRY(const auto wall, reader.signed_varint());
  return WallMs(wall);
}

Result<Creator> read_creator(Reader& reader) {
  Creator creator;
  MUISTIO_TRY(creator.member, reader.fixed<MemberId>());
  MUISTIO_TRY(creator.stamp.device, reader.fixed<DeviceId>());
  MUISTIO_TRY(const auto lamport, reader.varint());
  MUISTIO_TRY(creator.wall, read_wall(reader));
  creator.stamp.lamport = Lamport(lamport);
  return creator;
}

Status read_registers(Reader& reader, const Devices& devices, std::map<FieldId, Register>& registers) {
  MUISTIO_TRY(const auto count, read_count(reader));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto field, read_field(reader, registers));
    Register held;
    MUISTIO_TRY(held.stamp, read_stamp(reader, devices));
    MUISTIO_TRY(held.wall, read_wall(reader));
    MUISTIO_TRY(const auto value, reader.block(kRegisterBytesMax));
    held.value = to_bytes(value);
    registers.emplace_hint(registers.end(), field, std::move(held));
  }
  return ok();
}

Status read_sets(Reader& reader, const Devices& devices, std::map<FieldId, std::map<Tag, Bytes>>& sets) {
  MUISTIO_TRY(const auto count, read_count(reader));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto field, read_field(reader, sets));
    std::map<Tag, Bytes> set;
    MUISTIO_TRY(const auto additions, read_count(reader));
    for (std::uint64_t k = 0; k < additions; ++k) {
      MUISTIO_TRY(const auto tag, read_tag(reader, devices));
      if (!set.empty() && tag <= set.rbegin()->first) return fail(ErrorCode::malformed, "additions out of order");
      MUISTIO_TRY(const auto value, reader.block(kSetValueBytesMax));
      set.emplace_hint(set.end(), tag, to_bytes(value));
    }
    if (set.empty()) return fail(ErrorCode::malformed, "an empty set");
    sets.emplace_hint(sets.end(), field, std::move(set));
  }
  return ok();
}

Status read_texts(Reader& reader, std::map<FieldId, text::Document>& texts) {
  MUISTIO_TRY(const auto count, read_count(reader));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto field, read_field(reader, texts));
    MUISTIO_TRY(const auto bytes, reader.block(reader.left()));
    MUISTIO_TRY(auto text, text::Document::decode(bytes));
    texts.emplace_hint(texts.end(), field, std::move(text));
  }
  return ok();
}

Status read_unknown(Reader& reader, const Devices& devices, std::vector<UnknownOp>& unknown) {
  MUISTIO_TRY(const auto count, read_count(reader));
  for (std::uint64_t i = 0; i < count; ++i) {
    UnknownOp op;
    MUISTIO_TRY(const auto lamport, reader.varint());
    MUISTIO_TRY(op.tag, read_tag(reader, devices));
    MUISTIO_TRY(const auto kind, reader.varint_at_most(UINT16_MAX));
    MUISTIO_TRY(const auto field, reader.varint_at_most(UINT16_MAX));
    MUISTIO_TRY(const auto payload, reader.block(reader.left()));
    op.stamp = {Lamport(lamport), op.tag.change.device};
    op.kind = static_cast<OpKind>(kind);
    op.field = FieldId(static_cast<std::uint16_t>(field));
    op.payload = to_bytes(payload);
    if (!unknown.empty() && std::tie(unknown.back().stamp, unknown.back().tag) >= std::tie(op.stamp, op.tag))
      return fail(ErrorCode::malformed, "unknown ops out of order");
    unknown.push_back(std::move(op));
  }
  return ok();
}
}  // namespace

Bytes Document::encode() const {
  const auto& state = *state_;
  Writer writer;
  const bool has_era = state.era != Era(0);
  writer.u8(has_era ? kVersionWithEra : kVersion).raw(state.id.view());
  if (has_era) writer.varint(state.era.value());
  writer.u8(static_cast<std::uint8_t>((state.creator ? kCreated : 0) | (state.taken_back ? kTakenBack : 0)));
  if (state.creator) {
    const auto& creator = *state.creator;
    writer.varint(state.type.value()).raw(creator.member.view()).raw(creator.stamp.device.view());
    writer.varint(creator.stamp.lamport.value()).signed_varint(creator.wall.value());
  }
  writer.signed_varint(state.changed.value());
  if (state.taken_back) return std::move(writer).take();
  Devices devices;
  writer.varint(state.writers.size());
  for (const auto& [device, member] : state.writers) {
    devices.push_back(device);
    writer.raw(device.view()).raw(member.view());
  }
  writer.varint(state.registers.size());
  for (const auto& [field, held] : state.registers) {
    writer.varint(field.value()).varint(held.stamp.lamport.value()).varint(place_of(devices, held.stamp.device));
    writer.signed_varint(held.wall.value()).block(held.value);
  }
  const auto write_tag = [&](const Tag& tag) {
    writer.varint(place_of(devices, tag.change.device)).varint(tag.change.number).varint(tag.op);
  };
  writer.varint(state.sets.size());
  for (const auto& [field, set] : state.sets) {
    writer.varint(field.value()).varint(set.size());
    for (const auto& [tag, value] : set) {
      write_tag(tag);
      writer.block(value);
    }
  }
  writer.varint(state.texts.size());
  for (const auto& [field, text] : state.texts) writer.varint(field.value()).block(text.encode());
  writer.varint(state.unknown.size());
  for (const auto& op : state.unknown) {
    writer.varint(op.stamp.lamport.value());
    write_tag(op.tag);
    writer.varint(static_cast<std::uint64_t>(op.kind)).varint(op.field.value()).block(op.payload);
  }
  return std::move(writer).take();
}

Result<Document> Document::decode(BytesView bytes) {
  Reader reader(bytes);
  MUISTIO_TRY(const auto version, reader.u8());
  if (version != kVersion && version != kVersionWithEra) return fail(ErrorCode::unsupported_version, "a document");
  MUISTIO_TRY(const auto id, reader.fixed<DocumentId>());
  std::uint64_t era = 0;
  if (version == kVersionWithEra) {
    MUISTIO_TRY(era, reader.varint());
    if (era == 0) return fail(ErrorCode::malformed, "a document of era 0 in the form of a later one");
  }
  MUISTIO_TRY(const auto flags, reader.u8());
  if (flags > (kCreated | kTakenBack)) return fail(ErrorCode::malformed, "a document's flags");
  Document made(id, Era(era));
  auto& state = *made.state_;
  state.taken_back = (flags & kTakenBack) != 0;
  if ((flags & kCreated) != 0) {
    MUISTIO_TRY(const auto type, reader.varint_at_most(UINT16_MAX));
    if (type == 0) return fail(ErrorCode::malformed, "a document type of 0");
    state.type = DocumentType(static_cast<std::uint16_t>(type));
    MUISTIO_TRY(state.creator, read_creator(reader));
  }
  MUISTIO_TRY(state.changed, read_wall(reader));
  if (!state.taken_back) {
    Devices devices;
    MUISTIO_TRY(const auto count, read_count(reader));
    for (std::uint64_t i = 0; i < count; ++i) {
      MUISTIO_TRY(const auto device, reader.fixed<DeviceId>());
      if (!devices.empty() && device <= devices.back()) return fail(ErrorCode::malformed, "devices out of order");
      MUISTIO_TRY(const auto member, reader.fixed<MemberId>());
      devices.push_back(device);
      state.writers.emplace_hint(state.writers.end(), device, member);
    }
    MUISTIO_CHECK(read_registers(reader, devices, state.registers));
    MUISTIO_CHECK(read_sets(reader, devices, state.sets));
    MUISTIO_CHECK(read_texts(reader, state.texts));
    MUISTIO_CHECK(read_unknown(reader, devices, state.unknown));
  }
  MUISTIO_CHECK(reader.finish());
  return made;
}

}  // namespace muistio::replica
