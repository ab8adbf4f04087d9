#include "muistio/club/records.hpp"

#include <algorithm>
#include <tuple>

#include "muistio/base/reader.hpp"
#include "muistio/club/summary.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::club {
namespace {
constexpr std::uint8_t kVersion = 2;  // of a summary; 1 is the notes' and the material's
constexpr std::uint8_t kFieldsPerType = 0x20;
constexpr std::size_t kSetValuesMax = 4096;

FieldId field_of(DocumentType type, std::uint8_t number) {
  return FieldId(static_cast<std::uint16_t>((type.value() << 8) | number));
}
}  // namespace

const Held* Record::find(FieldId field) const {
  const auto found = registers.find(field);
  return found == registers.end() ? nullptr : &found->second;
}

std::string Record::text(FieldId field) const {
  const auto* held = find(field);
  return held == nullptr ? std::string() : std::string(as_text(held->value));
}

std::uint64_t Record::number(FieldId field) const {
  const auto* held = find(field);
  if (held == nullptr) return 0;
  Reader reader(held->value);
  return reader.varint().value_or(0);
}

Record record_of(const replica::Document& document) {
  Record record;
  record.id = document.id();
  record.type = document.type();
  const auto& creator = *document.creator();
  record.maker = creator.member;
  record.made = creator.stamp;
  record.era = document.era();
  record.created = creator.wall;
  record.changed = document.changed();
  for (std::uint8_t number = 1; number < kFieldsPerType; ++number) {
    const auto field = field_of(record.type, number);
    const auto* held = document.find_register(field);
    if (held != nullptr && held->value.size() <= kRecordValueBytesMax)
      record.registers[field] = {held->value, held->stamp, held->wall, document.member_of(held->stamp.device).value_or(MemberId{})};
    auto values = document.set_values(field);
    if (values.size() > kSetValuesMax) values.resize(kSetValuesMax);
    if (!values.empty()) record.sets[field] = std::move(values);
  }
  return record;
}

Bytes encode_record(const Record& record) {
  Writer out;
  out.u8(kVersion).varint(record.type.value()).raw(record.maker.view());
  out.signed_varint(record.created.value()).signed_varint(record.changed.value());
  out.varint(record.made.lamport.value()).raw(record.made.device.view()).varint(record.era.value());
  out.varint(record.registers.size());
  for (const auto& [field, held] : record.registers) {
    out.varint(field.value()).varint(held.stamp.lamport.value()).raw(held.stamp.device.view()).raw(held.by.view());
    out.signed_varint(held.wall.value()).block(held.value);
  }
  out.varint(record.sets.size());
  for (const auto& [field, values] : record.sets) {
    out.varint(field.value()).varint(values.size());
    for (const auto& value : values) out.block(value);
  }
  return std::move(out).take();
}

Result<Record> decode_record(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(const auto version, in.u8());
  if (version != kVersion) return fail(ErrorCode::unsupported_version, "a record");
  Record record;
  MUISTIO_TRY(const auto type, in.varint_at_most(UINT16_MAX));
  record.type = DocumentType(static_cast<std::uint16_t>(type));
  MUISTIO_TRY(record.maker, in.fixed<MemberId>());
  MUISTIO_TRY(const auto created, in.signed_varint());
  MUISTIO_TRY(const auto changed, in.signed_varint());
  record.created = WallMs(created);
  record.changed = WallMs(changed);
  MUISTIO_TRY(const auto lamport, in.varint());
  record.made.lamport = Lamport(lamport);
  MUISTIO_TRY(record.made.device, in.fixed<DeviceId>());
  MUISTIO_TRY(const auto era, in.varint());
  record.era = Era(era);
  MUISTIO_TRY(const auto registers, in.varint_at_most(kFieldsPerType));
  for (std::uint64_t i = 0; i < registers; ++i) {
    MUISTIO_TRY(const auto field, in.varint_at_most(UINT16_MAX));
    Held held;
    MUISTIO_TRY(const auto set_at, in.varint());
    held.stamp.lamport = Lamport(set_at);
    MUISTIO_TRY(held.stamp.device, in.fixed<DeviceId>());
    MUISTIO_TRY(held.by, in.fixed<MemberId>());
    MUISTIO_TRY(const auto wall, in.signed_varint());
    held.wall = WallMs(wall);
    MUISTIO_TRY(const auto value, in.block(kRecordValueBytesMax));
    held.value = to_bytes(value);
    record.registers.emplace(FieldId(static_cast<std::uint16_t>(field)), std::move(held));
  }
  MUISTIO_TRY(const auto sets, in.varint_at_most(kFieldsPerType));
  for (std::uint64_t i = 0; i < sets; ++i) {
    MUISTIO_TRY(const auto field, in.varint_at_most(UINT16_MAX));
    MUISTIO_TRY(const auto count, in.varint_at_most(kSetValuesMax));
    std::vector<Bytes> values;
    for (std::uint64_t each = 0; each < count; ++each) {
      MUISTIO_TRY(const auto value, in.block(kRecordValueBytesMax));
      values.push_back(to_bytes(value));
    }
    record.sets.emplace(FieldId(static_cast<std::uint16_t>(field)), std::move(values));
  }
  MUISTIO_CHECK(in.finish());
  return record;
}

namespace {
template <class Item>
void sort_by_creation(std::vector<Item>& items) {
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return std::tie(a.created, a.id) < std::tie(b.created, b.id); });
}

void take(Gathered& gathered, const DocumentId& id, Summary&& summary) {
  if (summary.type == kProfile) {
    gathered.names.emplace(summary.author, std::move(summary.line));
  } else if (summary.type == kNote) {
    if (!summary.links.empty() || !summary.tags.empty()) gathered.links.emplace(id, links_of(summary.links, summary.tags));
    gathered.notes.push_back({id, std::move(summary.line), summary.author, summary.created, summary.changed, summary.bytes,
                              static_cast<NoteKind>(summary.note_kind)});
  } else if (summary.type == kMaterial) {
    gathered.material.push_back(
        {id, std::move(summary.line), std::move(summary.media_type), summary.author, summary.created, summary.bytes});
  }
}
}  // namespace

Result<Gathered> gather_club(replica::Replica& documents) {
  Gathered gathered;
  MUISTIO_CHECK(documents.for_each_summary([&](const DocumentId& id, BytesView bytes) -> Status {
    if (bytes.empty()) return ok();
    if (bytes[0] != kVersion) {
      auto summary = decode_summary(bytes);
      if (!summary) return fail(ErrorCode::corrupt, "a summary: " + summary.error().detail);
      take(gathered, id, std::move(*summary));
      return ok();
    }
    auto record = decode_record(bytes);
    if (!record) return fail(ErrorCode::corrupt, "a record: " + record.error().detail);
    record->id = id;
    gathered.records.push_back(std::move(*record));
    return ok();
  }));
  sort_by_creation(gathered.notes);
  sort_by_creation(gathered.material);
  return gathered;
}

Result<Records> gather(replica::Replica& documents) {
  MUISTIO_TRY(auto gathered, gather_club(documents));
  return std::move(gathered.records);
}

std::vector<const Record*> of_type(const Records& records, DocumentType type) {
  std::vector<const Record*> found;
  for (const auto& record : records)
    if (record.type == type) found.push_back(&record);
  std::sort(found.begin(), found.end(),
            [](const Record* a, const Record* b) { return std::tuple(a->order(), a->id) < std::tuple(b->order(), b->id); });
  return found;
}

const Record* find_record(const Records& records, const DocumentId& id, DocumentType type) {
  const auto found =
      std::find_if(records.begin(), records.end(), [&](const Record& each) { return each.id == id && each.type == type; });
  return found == records.end() ? nullptr : &*found;
}

DocumentId statement_id(DocumentType type, BytesView about, const DeviceId& device) {
  const auto digest = crypto::labelled_hash("muistio statement 1", {Writer().u16(type.value()).bytes(), about});
  DocumentId id;
  std::copy_n(digest.view().begin(), 8, id.mutable_array().begin());
  std::copy_n(device.view().begin(), 8, id.mutable_array().begin() + 8);
  return id;
}

std::vector<const Record*> statements(const Records& records, DocumentType type, FieldId field, BytesView about,
                                      std::size_t key_bytes) {
  std::map<std::pair<MemberId, Bytes>, const Record*> latest;
  for (const auto& record : records) {
    if (record.type != type) continue;
    const auto* held = record.find(field);
    if (held == nullptr || held->value.size() < about.size() + key_bytes) continue;
    const auto value = BytesView(held->value);
    if (!equal(value.first(about.size()), about)) continue;
    auto& known = latest[{record.maker, to_bytes(value.subspan(about.size(), key_bytes))}];
    if (known == nullptr || known->order(*known->find(field)) < record.order(*held)) known = &record;
  }
  std::vector<const Record*> found;
  for (const auto& [key, record] : latest) found.push_back(record);
  return found;
}

}  // namespace muistio::club
