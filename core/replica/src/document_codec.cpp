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
constexpr std::uint8_t kVersionWithEra = 2;    // of another era than 0
constexpr std::uint8_t kVersionWithLists = 3;  // with counters or lists, of any era
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

CounterSum unzigzag_sum(std::uint64_t upper, std::uint64_t lower) {
  const auto half = static_cast<CounterSum>(((static_cast<CounterBits>(upper) << 64U) | lower) >> 1U);
  return (lower & 1U) != 0 ? -half - 1 : half;
}

void write_sum(Writer& writer, CounterSum sum) {
  const auto twice = static_cast<CounterBits>(sum < 0 ? -(sum + 1) : sum) << 1U;
  writer.varint(static_cast<std::uint64_t>(twice >> 64U)).varint(static_cast<std::uint64_t>(twice) | (sum < 0 ? 1U : 0U));
}

Status read_counters(Reader& reader, const Devices& devices, std::map<FieldId, std::map<DeviceId, CounterSum>>& counters) {
  MUISTIO_TRY(const auto count, read_count(reader));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto field, read_field(reader, counters));
    std::map<DeviceId, CounterSum> sums;
    MUISTIO_TRY(const auto adders, read_count(reader));
    for (std::uint64_t k = 0; k < adders; ++k) {
      MUISTIO_TRY(const auto device, read_device(reader, devices));
      if (!sums.empty() && device <= sums.rbegin()->first) return fail(ErrorCode::malformed, "adders out of order");
      MUISTIO_TRY(const auto upper, reader.varint());
      MUISTIO_TRY(const auto lower, reader.varint());
      sums.emplace_hint(sums.end(), device, unzigzag_sum(upper, lower));
    }
    if (sums.empty()) return fail(ErrorCode::malformed, "a counter that nothing was added to");
    counters.emplace_hint(counters.end(), field, std::move(sums));
  }
  return ok();
}

Result<ListState> read_list(Reader& reader, const Devices& devices) {
  std::map<Tag, ListPlace> places;
  MUISTIO_TRY(const auto place_count, read_count(reader));
  if (place_count == 0) return fail(ErrorCode::malformed, "a list without a place");
  for (std::uint64_t i = 0; i < place_count; ++i) {
    MUISTIO_TRY(const auto tag, read_tag(reader, devices));
    if (!places.empty() && tag <= places.rbegin()->first) return fail(ErrorCode::malformed, "places in a list out of order");
    ListPlace place;
    MUISTIO_TRY(const auto side, reader.u8());
    if (side > static_cast<std::uint8_t>(ListPlace::Side::before)) return fail(ErrorCode::malformed, "a side of a place in a list");
    place.side = static_cast<ListPlace::Side>(side);
    if (place.side != ListPlace::Side::root) {
      MUISTIO_TRY(place.beside, read_tag(reader, devices));
    }
    places.emplace_hint(places.end(), tag, place);
  }
  std::map<Tag, ListState::Element> elements;
  MUISTIO_TRY(const auto element_count, read_count(reader));
  for (std::uint64_t i = 0; i < element_count; ++i) {
    MUISTIO_TRY(const auto tag, read_tag(reader, devices));
    if (!elements.empty() && tag <= elements.rbegin()->first) return fail(ErrorCode::malformed, "elements out of order");
    ListState::Element element;
    MUISTIO_TRY(element.place, read_tag(reader, devices));
    MUISTIO_TRY(const auto lamport, reader.varint());
    MUISTIO_TRY(const auto value, reader.block(kListValueBytesMax));
    element.lamport = Lamport(lamport);
    element.value = to_bytes(value);
    elements.emplace_hint(elements.end(), tag, std::move(element));
  }
  return ListState::from(std::move(places), std::move(elements));
}

Status read_lists(Reader& reader, const Devices& devices, std::map<FieldId, ListState>& lists) {
  MUISTIO_TRY(const auto count, read_count(reader));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto field, read_field(reader, lists));
    MUISTIO_TRY(auto list, read_list(reader, devices));
    lists.emplace_hint(lists.end(), field, std::move(list));
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
  const bool has_lists = !state.counters.empty() || !state.lists.empty();
  const auto version = has_lists ? kVersionWithLists : state.era != Era(0) ? kVersionWithEra : kVersion;
  writer.u8(version).raw(state.id.view());
  if (version != kVersion) writer.varint(state.era.value());
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
  if (!has_lists) return std::move(writer).take();
  writer.varint(state.counters.size());
  for (const auto& [field, sums] : state.counters) {
    writer.varint(field.value()).varint(sums.size());
    for (const auto& [device, sum] : sums) {
      writer.varint(place_of(devices, device));
      write_sum(writer, sum);
    }
  }
  writer.varint(state.lists.size());
  for (const auto& [field, list] : state.lists) {
    writer.varint(field.value()).varint(list.places().size());
    for (const auto& [tag, place] : list.places()) {
      write_tag(tag);
      writer.u8(static_cast<std::uint8_t>(place.side));
      if (place.side != ListPlace::Side::root) write_tag(place.beside);
    }
    writer.varint(list.elements().size());
    for (const auto& [tag, element] : list.elements()) {
      write_tag(tag);
      write_tag(element.place);
      writer.varint(element.lamport.value()).block(element.value);
    }
  }
  return std::move(writer).take();
}

Result<Document> Document::decode(BytesView bytes) {
  Reader reader(bytes);
  MUISTIO_TRY(const auto version, reader.u8());
  if (version < kVersion || version > kVersionWithLists) return fail(ErrorCode::unsupported_version, "a document");
  MUISTIO_TRY(const auto id, reader.fixed<DocumentId>());
  std::uint64_t era = 0;
  if (version != kVersion) {
    MUISTIO_TRY(era, reader.varint());
    if (era == 0 && version == kVersionWithEra) return fail(ErrorCode::malformed, "a document of era 0 in the form of a later one");
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
    if (version == kVersionWithLists) {
      MUISTIO_CHECK(read_counters(reader, devices, state.counters));
      MUISTIO_CHECK(read_lists(reader, devices, state.lists));
      if (state.counters.empty() && state.lists.empty()) return fail(ErrorCode::malformed, "a document with lists that has none");
    }
  }
  MUISTIO_CHECK(reader.finish());
  made.fold_unknown();
  return made;
}

}  // namespace muistio::replica
