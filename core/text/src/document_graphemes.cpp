// Places that a cursor may stand at.
#include <algorithm>

#include "document_impl.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/text/graphemes.hpp"

namespace muistio::text {

namespace {

/// A part of the text that begins at a boundary at or before a position and reaches beyond it.
struct Window {
  std::uint64_t begin = 0;
  std::u32string scalars;
};

/// The window around `position` with at least `after` scalars behind it, as far as the text goes.
Result<Window> window_at(const Document& document, std::uint64_t position, std::uint64_t after) {
  const auto end = position + std::min(after, document.size_scalars() - position);
  for (std::uint64_t before = 32;; before *= 4) {
    Window window{position - std::min(position, before), {}};
    MUISTIO_TRY(const auto part, document.slice(window.begin, end - window.begin));
    MUISTIO_TRY(window.scalars, utf8_to_scalars(part));
    // The last place up to `position` before which a boundary lies for certain.
    auto safe = position - window.begin;
    while (safe > 0 && (safe >= window.scalars.size() || !always_a_boundary(window.scalars[safe - 1], window.scalars[safe])))
      --safe;
    if (safe == 0 && window.begin > 0) continue;
    window.begin += safe;
    window.scalars.erase(0, safe);
    return window;
  }
}

}  // namespace

Result<std::uint64_t> Document::next_grapheme(std::uint64_t position) const {
  const auto size = size_scalars();
  if (position > size) return fail(ErrorCode::position_out_of_range, "next_grapheme");
  if (position == size) return position;
  for (std::uint64_t after = 32;; after *= 4) {
    MUISTIO_TRY(const auto window, window_at(*this, position, after));
    const auto next = window.begin + text::next_grapheme(window.scalars, position - window.begin);
    if (next < window.begin + window.scalars.size() || next == size) return next;
  }
}

Result<std::uint64_t> Document::grapheme_begin(std::uint64_t position) const {
  if (position > size_scalars()) return fail(ErrorCode::position_out_of_range, "grapheme_begin");
  if (position == size_scalars()) return position;
  MUISTIO_TRY(const auto window, window_at(*this, position, 1));
  std::uint64_t begin = 0;
  while (begin < position - window.begin) {
    const auto next = text::next_grapheme(window.scalars, begin);
    if (next > position - window.begin) break;
    begin = next;
  }
  return window.begin + begin;
}

Result<std::uint64_t> Document::previous_grapheme(std::uint64_t position) const {
  if (position > size_scalars()) return fail(ErrorCode::position_out_of_range, "previous_grapheme");
  if (position == 0) return position;
  return grapheme_begin(position - 1);
}

}  // namespace muistio::text
