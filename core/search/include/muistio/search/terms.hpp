// From a text to the terms that stand for it in the index: Finnish, Swedish, Dutch and English, inflected forms included.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/result.hpp"

namespace muistio::search {

/// A word of a text, by bytes.
struct Word {
  std::size_t offset = 0;
  std::size_t bytes = 0;
  friend bool operator==(const Word&, const Word&) = default;
};

/// The words of a text: runs of letters, digits and the marks on them. Errors: not_utf8 with the byte offset.
[[nodiscard]] Result<std::vector<Word>> words_of(std::string_view text);

/// Lower case without marks on the letters ("Jyväskylä" is "jyvaskyla"); other scripts in lower case where they have one. `word` is
/// valid UTF-8.
[[nodiscard]] std::string folded(std::string_view word);

/// The terms that stand for a word: the folded word, then the folded stems of it as if it were Finnish, Swedish, Dutch or English,
/// each once. Two words match if they share a term. Callable from any thread.
[[nodiscard]] std::vector<std::string> terms_of(std::string_view word);

}  // namespace muistio::search
