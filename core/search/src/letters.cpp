#include "letters.hpp"

#include <algorithm>
#include <iterator>

#include "muistio/base/utf8.hpp"

namespace muistio::search::detail {
namespace {
struct Range {
  char32_t first, last;
};

// Above Latin: everything but what Unicode names punctuation, symbols, spaces, controls, pictures and private use.
constexpr Range kNotWords[] = {{0x00, 0x2f},     {0x3a, 0x40},       {0x5b, 0x60},       {0x7b, 0xa9},     {0xab, 0xb4},
                               {0xb6, 0xb9},     {0xbb, 0xbf},       {0xd7, 0xd7},       {0xf7, 0xf7},     {0x2b9, 0x2df},
                               {0x37e, 0x37e},   {0x387, 0x387},     {0x55a, 0x55f},     {0x589, 0x58f},   {0x5be, 0x5be},
                               {0x5c0, 0x5c0},   {0x5f3, 0x5f4},     {0x600, 0x60f},     {0x61b, 0x61f},   {0x2000, 0x206f},
                               {0x207a, 0x207e}, {0x208a, 0x208e},   {0x20a0, 0x20cf},   {0x2100, 0x2bff}, {0x2e00, 0x2fff},
                               {0x3000, 0x3004}, {0x3008, 0x3020},   {0x3030, 0x303f},   {0xd800, 0xf8ff}, {0xfe00, 0xfe0f},
                               {0xfe10, 0xfe6f}, {0xfeff, 0xff0f},   {0xff1a, 0xff20},   {0xff3b, 0xff40}, {0xff5b, 0xff65},
                               {0xffe0, 0xffff}, {0x1f000, 0x1faff}, {0xe0000, 0x10ffff}};

struct Base {
  char32_t first, last;
  const char* letters;
};

// Lower-case Latin with marks, by blocks of one base letter.
constexpr Base kBases[] = {
    {0xaa, 0xaa, "a"},    {0xb5, 0xb5, "u"},   {0xba, 0xba, "o"},   {0xdf, 0xdf, "ss"},  {0xe0, 0xe5, "a"},   {0xe6, 0xe6, "ae"},
    {0xe7, 0xe7, "c"},    {0xe8, 0xeb, "e"},   {0xec, 0xef, "i"},   {0xf0, 0xf0, "d"},   {0xf1, 0xf1, "n"},   {0xf2, 0xf6, "o"},
    {0xf8, 0xf8, "o"},    {0xf9, 0xfc, "u"},   {0xfd, 0xfd, "y"},   {0xfe, 0xfe, "th"},  {0xff, 0xff, "y"},   {0x100, 0x105, "a"},
    {0x106, 0x10d, "c"},  {0x10e, 0x111, "d"}, {0x112, 0x11b, "e"}, {0x11c, 0x123, "g"}, {0x124, 0x127, "h"}, {0x128, 0x131, "i"},
    {0x132, 0x133, "ij"}, {0x134, 0x135, "j"}, {0x136, 0x138, "k"}, {0x139, 0x142, "l"}, {0x143, 0x14b, "n"}, {0x14c, 0x151, "o"},
    {0x152, 0x153, "oe"}, {0x154, 0x159, "r"}, {0x15a, 0x161, "s"}, {0x162, 0x167, "t"}, {0x168, 0x173, "u"}, {0x174, 0x175, "w"},
    {0x176, 0x178, "y"},  {0x179, 0x17e, "z"}, {0x17f, 0x17f, "s"}, {0x218, 0x219, "s"}, {0x21a, 0x21b, "t"}};

bool is_combining(char32_t letter) { return letter >= 0x300 && letter <= 0x36f; }

char32_t lower(char32_t letter) {
  if (letter >= U'A' && letter <= U'Z') return letter + 32;
  if (letter < 0xc0) return letter;
  if (letter <= 0xde) return letter == 0xd7 ? letter : letter + 32;
  if (letter == 0x130) return U'i';
  if (letter == 0x178) return 0xff;
  if ((letter >= 0x139 && letter <= 0x148) || (letter >= 0x179 && letter <= 0x17e)) return letter + letter % 2;
  if ((letter >= 0x100 && letter <= 0x177 && letter != 0x138) || (letter >= 0x218 && letter <= 0x21b)) return letter | 1;
  if (letter == 0x386) return 0x3ac;
  if (letter >= 0x388 && letter <= 0x38a) return letter + 37;
  if (letter == 0x38c) return 0x3cc;
  if (letter == 0x38e || letter == 0x38f) return letter + 63;
  if (letter >= 0x391 && letter <= 0x3ab) return letter + 32;
  if (letter >= 0x410 && letter <= 0x42f) return letter + 32;
  if (letter >= 0x400 && letter <= 0x40f) return letter + 80;
  return letter;
}

/// `base` with the combining `mark` as one Latin-1 letter, or `base`.
char32_t composed(char32_t base, char32_t mark) {
  struct Pair {
    char32_t base, mark, whole;
  };
  static constexpr Pair kPairs[] = {{U'a', 0x308, 0xe4}, {U'o', 0x308, 0xf6}, {U'a', 0x30a, 0xe5}, {U'e', 0x301, 0xe9},
                                    {U'e', 0x308, 0xeb}, {U'i', 0x308, 0xef}, {U'u', 0x308, 0xfc}, {U'e', 0x300, 0xe8}};
  for (const auto& pair : kPairs)
    if (pair.base == base && pair.mark == mark) return pair.whole;
  return base;
}
}  // namespace

bool is_word_letter(char32_t letter) noexcept {
  const auto* const after =
      std::upper_bound(std::begin(kNotWords), std::end(kNotWords), letter, [](char32_t l, const Range& r) { return l < r.first; });
  return after == std::begin(kNotWords) || letter > std::prev(after)->last;
}

std::u32string lower_case(std::u32string_view word) {
  std::u32string made;
  for (const char32_t letter : word) {
    if (!is_combining(letter))
      made.push_back(lower(letter));
    else if (!made.empty())
      made.back() = composed(made.back(), letter);
  }
  return made;
}

std::string without_marks(std::u32string_view word) {
  std::string made;
  for (const char32_t letter : word) {
    if (letter < 0x80) {
      made.push_back(static_cast<char>(letter));
      continue;
    }
    const auto* const at = std::find_if(std::begin(kBases), std::end(kBases),
                                        [letter](const Base& base) { return letter >= base.first && letter <= base.last; });
    if (at != std::end(kBases))
      made += at->letters;
    else
      made += scalars_to_utf8({&letter, 1});
  }
  return made;
}

}  // namespace muistio::search::detail
