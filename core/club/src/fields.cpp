#include "fields.hpp"

#include "muistio/base/reader.hpp"

namespace muistio::club {

NoteKind note_kind_of(const replica::Document& document) {
  const auto* held = document.find_register(kNoteKind);
  const bool is_minutes = held != nullptr && held->value == Bytes{static_cast<std::uint8_t>(NoteKind::minutes)};
  return is_minutes ? NoteKind::minutes : NoteKind::note;
}

std::uint64_t material_size_of(const replica::Document& document) {
  const auto* held = document.find_register(kMaterialSize);
  if (held == nullptr) return 0;
  Reader reader(held->value);
  return reader.varint().value_or(0);
}

}  // namespace muistio::club
