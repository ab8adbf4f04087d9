// What people take for one character: extended grapheme clusters (Unicode 15, UAX 29, by libutf8proc).
#pragma once

#include <cstdint>
#include <string_view>

namespace muistio::text {

/// The first boundary of `text` after `position`, which is less than its size. `text` begins at a boundary.
[[nodiscard]] std::uint64_t next_grapheme(std::u32string_view text, std::uint64_t position);

/// Whether a boundary lies between two scalars whatever stands before them. Where it does not, one may lie there nevertheless.
[[nodiscard]] bool always_a_boundary(char32_t left, char32_t right);

}  // namespace muistio::text
