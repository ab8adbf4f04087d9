// ChangeBuilder::copy_next: a document of another space, as it stands.
#include <algorithm>

#include "document_state.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::replica {
namespace {

/// The first piece of `text`, cut between characters.
std::string_view first_piece(std::string_view text) {
  if (text.size() <= kCopiedTextBytes) return text;
  auto end = kCopiedTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return text.substr(0, end);
}

}  // namespace

Result<bool> ChangeBuilder::copy_next(const Document& from, const DocumentId& as) {
  const auto& state = *from.state_;
  MUISTIO_CHECK(create(as, from.type()));
  for (const auto& [field, value] : state.registers) {
    MUISTIO_TRY(const auto* held, document(as));
    if (held->find_register(field) == nullptr) MUISTIO_CHECK(set_register(as, field, value.value));
  }
  for (const auto& [field, values] : state.sets) {
    for (const auto& value : from.set_values(field)) {
      MUISTIO_TRY(const auto* held, document(as));
      const auto have = held->set_values(field);
      if (std::find(have.begin(), have.end(), value) == have.end()) MUISTIO_CHECK(add_to_set(as, field, value));
    }
  }
  MUISTIO_CHECK(copy_counters_and_lists(from, as));
  for (const auto& [field, text] : state.texts) {
    MUISTIO_TRY(const auto* held, document(as));
    const auto whole = text.text();
    const auto have = held->text(field);
    if (have.size() >= whole.size() || whole.compare(0, have.size(), have) != 0) continue;  // there, or edited since
    const auto piece = first_piece(std::string_view(whole).substr(have.size()));
    MUISTIO_CHECK(append_text(as, field, piece));
    if (have.size() + piece.size() < whole.size()) return false;
  }
  return true;
}

}  // namespace muistio::replica
