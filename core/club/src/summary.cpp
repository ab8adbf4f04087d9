#include "muistio/club/summary.hpp"

#include "fields.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::club {
namespace {
constexpr std::uint8_t kVersion = 1;
}  // namespace

Bytes summarise(const replica::Document& document) {
  if (!document.exists()) return {};
  Summary summary;
  summary.type = document.type();
  if (summary.type == kNote) {
    summary.line = document.register_text(kNoteTitle);
    summary.bytes = document.text(kNoteBody).size();
    summary.note_kind = static_cast<std::uint8_t>(note_kind_of(document));
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
  writer.u8(kVersion).varint(summary.type.value()).raw(creator.member.view());
  writer.signed_varint(creator.wall.value()).signed_varint(document.changed().value());
  writer.varint(summary.bytes).u8(summary.note_kind).block(as_bytes(summary.line)).block(as_bytes(summary.media_type));
  return std::move(writer).take();
}

Result<Summary> decode_summary(BytesView bytes) {
  Reader reader(bytes);
  MUISTIO_TRY(const auto version, reader.u8());
  if (version != kVersion) return fail(ErrorCode::unsupported_version, "a summary");
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
  MUISTIO_CHECK(reader.finish());
  summary.line = as_text(line);
  summary.media_type = as_text(media_type);
  return summary;
}

}  // namespace muistio::club
