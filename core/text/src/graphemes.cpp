#include "muistio/text/graphemes.hpp"

#include <utf8proc.h>

namespace muistio::text {

std::uint64_t next_grapheme(std::u32string_view text, std::uint64_t position) {
  utf8proc_int32_t state = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool boundary = utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(text[i - 1]),
                                                           static_cast<utf8proc_int32_t>(text[i]), &state) != 0;
    if (!boundary) continue;
    if (i > position) return i;
    state = 0;
  }
  return text.size();
}

bool always_a_boundary(char32_t left, char32_t right) {
  // Without its state the function knows no flags and no joined emoji: two regional indicators never part, a joiner and an emoji
  // may.
  constexpr char32_t kZeroWidthJoiner = 0x200D;
  return left != kZeroWidthJoiner &&
         utf8proc_grapheme_break(static_cast<utf8proc_int32_t>(left), static_cast<utf8proc_int32_t>(right)) != 0;
}

}  // namespace muistio::text
