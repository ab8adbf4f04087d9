#include "muistio/club/hand_in.hpp"

#include "muistio/base/reader.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/club/line.hpp"

namespace muistio::club {
namespace {
constexpr std::uint8_t kVersion = 1;
}  // namespace

Bytes encode_handed_notes(const std::vector<HandedNote>& notes) {
  Writer out;
  out.u8(kVersion).varint(notes.size());
  for (const auto& note : notes) out.raw(note.id.view()).block(as_bytes(note.title)).block(as_bytes(note.text));
  return std::move(out).take();
}

Result<std::vector<HandedNote>> decode_handed_notes(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(const auto version, in.u8());
  if (version > kVersion) return fail(ErrorCode::unsupported_version, "notes handed in");
  if (version != kVersion) return fail(ErrorCode::malformed, "notes handed in of version 0");
  MUISTIO_TRY(const auto count, in.varint_at_most(kHandedNotesMax));
  std::vector<HandedNote> notes;
  for (std::uint64_t i = 0; i < count; ++i) {
    HandedNote note;
    MUISTIO_TRY(note.id, in.fixed<DocumentId>());
    MUISTIO_TRY(const auto title, in.block(kLineBytesMax));
    MUISTIO_CHECK(check_line(title));
    note.title = as_text(title);
    MUISTIO_TRY(const auto text, in.block(kHandedTextBytesMax));
    if (first_invalid_utf8(as_text(text))) return fail(ErrorCode::not_utf8, "the text of a note handed in");
    note.text = as_text(text);
    notes.push_back(std::move(note));
  }
  MUISTIO_CHECK(in.finish());
  return notes;
}

}  // namespace muistio::club
