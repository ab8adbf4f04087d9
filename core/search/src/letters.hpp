// Letters: which code points are part of a word, their lower case, and the base letters without marks.
#pragma once

#include <string>
#include <string_view>

namespace muistio::search::detail {

/// Whether a scalar value is a letter, a digit or a mark on one.
[[nodiscard]] bool is_word_letter(char32_t letter) noexcept;

/// Lower case, and a letter with a combining mark as one letter where Latin-1 has it; other combining marks are dropped.
[[nodiscard]] std::u32string lower_case(std::u32string_view word);

/// The base letters of a lower-case word, as UTF-8.
[[nodiscard]] std::string without_marks(std::u32string_view lower);

}  // namespace muistio::search::detail
