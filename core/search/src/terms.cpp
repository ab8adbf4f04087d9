#include "muistio/search/terms.hpp"

#include <algorithm>

#include "letters.hpp"
#include "muistio/base/utf8.hpp"
#include "stem.hpp"

namespace muistio::search {
namespace {
// What lies behind in a longer run of letters is no word of these languages.
constexpr std::size_t kWordLettersMax = 64;

std::size_t utf8_bytes(char32_t letter) { return letter < 0x80 ? 1 : letter < 0x800 ? 2 : letter < 0x10000 ? 3 : 4; }

std::u32string lower_of(std::string_view word) {
  return detail::lower_case(utf8_to_scalars(word).value_or({}).substr(0, kWordLettersMax));
}
}  // namespace

Result<std::vector<Word>> words_of(std::string_view text) {
  MUISTIO_TRY(const auto letters, utf8_to_scalars(text));
  std::vector<Word> words;
  std::size_t offset = 0;
  bool inside = false;
  for (const char32_t letter : letters) {
    const std::size_t bytes = utf8_bytes(letter);
    const bool belongs = detail::is_word_letter(letter);
    if (belongs && !inside) words.push_back({offset, 0});
    if (belongs) words.back().bytes += bytes;
    inside = belongs;
    offset += bytes;
  }
  return words;
}

std::string folded(std::string_view word) { return detail::without_marks(lower_of(word)); }

std::vector<std::string> terms_of(std::string_view word) {
  const std::u32string lower = lower_of(word);
  std::vector<std::string> terms{detail::without_marks(lower)};
  for (const auto& stem : detail::stems_of(lower)) {
    auto term = detail::without_marks(stem);
    if (!term.empty() && std::find(terms.begin(), terms.end(), term) == terms.end()) terms.push_back(std::move(term));
  }
  if (terms.front().empty()) terms.erase(terms.begin());
  return terms;
}

}  // namespace muistio::search
