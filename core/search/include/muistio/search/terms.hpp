// From a text to the terms that stand for it in the index: Finnish, Swedish, Dutch and English, inflected forms included.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/result.hpp"

namespace muistio::search {

/// The version of what stands in the index for a text. It counts up when the terms of any word become others: an index of another
/// version is made anew.
inline constexpr std::uint8_t kTermsVersion = 2;

/// A word of a text, by bytes.
struct Word {
  std::size_t offset = 0;
  std::size_t bytes = 0;
  friend bool operator==(const Word&, const Word&) = default;
};

/// The words of a text: runs of letters, digits and the marks on them; an s behind an apostrophe ("foto's") belongs to no word.
/// Errors: not_utf8 with the byte offset.
[[nodiscard]] Result<std::vector<Word>> words_of(std::string_view text);

/// Lower case without marks on the letters ("Jyväskylä" is "jyvaskyla"); other scripts in lower case where they have one. `word` is
/// valid UTF-8.
[[nodiscard]] std::string folded(std::string_view word);

/// What stands for a word in the index: the folded word, then, each behind a sign of its language, the stems that it may have as a
/// Finnish, Swedish, Dutch or English word, but for those that are the folded word. Each once. Callable from any thread.
[[nodiscard]] std::vector<std::string> terms_of(std::string_view word);

/// What a word of a query looks for: the folded word, then its stems with their signs and, for words that are their own stem,
/// without. Two words match if `sought_by` one and `terms_of` the other share a term. Callable from any thread.
[[nodiscard]] std::vector<std::string> sought_by(std::string_view word);

}  // namespace muistio::search
