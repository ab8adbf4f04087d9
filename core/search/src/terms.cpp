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

// Signs that are part of no word, so that nobody can type one.
std::string with_sign(const detail::Stem& stem) {
  constexpr const char* kSigns[] = {"\u00b9", "\u00b2", "\u00b3", "\u00b4"};
  return kSigns[static_cast<std::size_t>(stem.language)] + stem.text;
}

bool is_apostrophe(char32_t letter) { return letter == U'\'' || letter == U'\u2019'; }
}  // namespace

Result<std::vector<Word>> words_of(std::string_view text) {
  MUISTIO_TRY(const auto letters, utf8_to_scalars(text));
  std::vector<Word> words;
  std::size_t offset = 0;
  bool inside = false;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const char32_t letter = letters[i];
    const std::size_t bytes = utf8_bytes(letter);
    const bool is_lone_s = letter == U's' && i > 1 && is_apostrophe(letters[i - 1]) && detail::is_word_letter(letters[i - 2]) &&
                           (i + 1 == letters.size() || !detail::is_word_letter(letters[i + 1]));
    const bool belongs = detail::is_word_letter(letter) && !is_lone_s;
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
  std::vector<std::string> terms;
  auto own = detail::without_marks(lower);
  for (const auto& stem : detail::stems_of(lower))
    if (stem.text != own) terms.push_back(with_sign(stem));
  if (!own.empty()) terms.insert(terms.begin(), std::move(own));
  return terms;
}

std::vector<std::string> sought_by(std::string_view word) {
  const std::u32string lower = lower_of(word);
  std::vector<std::string> terms;
  const auto add = [&terms](std::string term) {
    if (!term.empty() && std::find(terms.begin(), terms.end(), term) == terms.end()) terms.push_back(std::move(term));
  };
  add(detail::without_marks(lower));
  for (const auto& stem : detail::stems_of(lower)) {
    add(with_sign(stem));
    add(stem.text);
  }
  return terms;
}

}  // namespace muistio::search
