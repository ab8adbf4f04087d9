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

/// What differs, in ascending order. Lines are compared first, then the words of lines that differ, each by Myers' O(ND) algorithm;
/// of words that differ the common beginning and end stay. Where more than 1,000 lines (or words) differ, a hunk covers them all.
[[nodiscard]] std::vector<Hunk> difference(std::u32string_view old_text, std::u32string_view new_text);

}  // namespace muistio::text
