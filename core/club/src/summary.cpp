#include "muistio/club/summary.hpp"

#include <algorithm>

#include "fields.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/club/links.hpp"
#include "muistio/club/records.hpp"

namespace muistio::club {
namespace {
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kRecordVersion = 2;
constexpr std::uint8_t kLinkedVersion = 3;  // a note that is linked: as version 1, then its links and tags
constexpr std::size_t kLinksMax = 64;

void write_values(Writer& out, const std::vector<Bytes>& values) {
  const auto count = std::min(values.size(), kLinksMax);
  out.varint(count);
  for (std::size_t i = 0; i < count; ++i) out.block(values[i]);
}

Result<std::vector<Bytes>> read_values(Reader& in) {
  MUISTIO_TRY(const auto count, in.varint_at_most(kLinksMax));
  std::vector<Bytes> values;
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto value, in.block(kLineBytesMax));
    values.push_back(to_bytes(value));
  }
  return values;
}

/// Of a record only what every document has.
Result<Summary> head_of(BytesView bytes) {
  MUISTIO_TRY(const auto record, decode_record(bytes));
  Summary summary;
  summary.type = record.type;
  summary.author = record.maker;
  summary.created = record.created;
  summary.changed = record.changed;
  return summary;
}
}  // namespace

Bytes summarise(const replica::Document& document) {
  if (!document.exists()) return {};
  if (is_practice(document.type())) return encode_record(record_of(document));
  Summary summary;
  summary.type = document.type();
  if (summary.type == kNote) {
    summary.line = document.register_text(kNoteTitle);
    summary.bytes = document.text(kNoteBody).size();
    summary.note_kind = static_cast<std::uint8_t>(note_kind_of(document));
    summary.links = document.set_values(kNoteLinks);
    summary.tags = document.set_values(kNoteTags);
  } else if (summary.type == kMaterial) {
    summary.line = document.register_text(kMaterialName);
    summary.bytes = material_size_of(document);
    summary.media_type = document.register_text(kMaterialMediaType);
  } else if (summary.type == kProfile) {
    summary.line = document.register_text(kProfileName);
  } else if (summary.type == kSession) {
    summary.line = document.register_text(kSessionTitle);
  } else if (summary.type == kSettings) {
    summary.line = document.register_text(kSettingsName);
  } else {
    return {};
  }
  const auto& creator = *document.creator();
  Writer writer;
  const bool is_linked = !summary.links.empty() || !summary.tags.empty();
  writer.u8(is_linked ? kLinkedVersion : kVersion).varint(summary.type.value()).raw(creator.member.view());
  writer.signed_varint(creator.wall.value()).signed_varint(document.changed().value());
  writer.varint(summary.bytes).u8(summary.note_kind).block(as_bytes(summary.line)).block(as_bytes(summary.media_type));
  if (is_linked) {
    write_values(writer, summary.links);
    write_values(writer, summary.tags);
  }
  return std::move(writer).take();
}

Result<Summary> decode_summary(BytesView bytes) {
  Reader reader(bytes);
  MUISTIO_TRY(const auto version, reader.u8());
  if (version == kRecordVersion) return head_of(bytes);
  if (version != kVersion && version != kLinkedVersion) return fail(ErrorCode::unsupported_version, "a summary");
  Summary summary;
  MUISTIO_TRY(const auto type, reader.varint_at_most(UINT16_MAX));
  summary.type = DocumentType(static_cast<std::uint16_t>(type));
  MUISTIO_TRY(summary.author, reader.fixed<MemberId>());
  MUISTIO_TRY(const auto created, reader.signed_varint());
  MUISTIO_TRY(const auto changed, reader.signed_varint());
  summary.created = WallMs(created);
  summary.changed = WallMs(changed);
  MUISTIO_TRY(summary.bytes, reader.varint());
  MUISTIO_TRY(summary.note_kind, reader.u8());
  MUISTIO_TRY(const auto line, reader.block(kLineBytesMax));
  MUISTIO_TRY(const auto media_type, reader.block(kLineBytesMax));
  if (version == kLinkedVersion) {
    MUISTIO_TRY(summary.links, read_values(reader));
    MUISTIO_TRY(summary.tags, read_values(reader));
  }
  MUISTIO_CHECK(reader.finish());
  summary.line = as_text(line);
  summary.media_type = as_text(media_type);
  return summary;
}

}  // namespace muistio::club
