// The small edits that turn one text into another.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace muistio::text {

/// At `position` of the old text, `removed` scalars are replaced by `inserted` scalars of the new text from `new_position` on.
struct Hunk {
  std::uint64_t position = 0;
  std::uint64_t removed = 0;
  std::uint64_t new_position = 0;
  std::uint64_t inserted = 0;
  friend bool operator==(const Hunk&, const Hunk&) = default;
};

/// What differs, in ascending order, never touching each other. Lines are compared first, then words in lines that differ, then the
/// scalars of words that differ, each by Myers' O(ND) algorithm; where the texts differ so much that the search would be slow, a
/// hunk covers more than it need. Time and memory are bounded by a constant times the lengths.
[[nodiscard]] std::vector<Hunk> difference(std::u32string_view old_text, std::u32string_view new_text);

}  // namespace muistio::text
