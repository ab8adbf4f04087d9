// Stems of a word in the four languages.
#pragma once

#include <string>
#include <vector>

#include "families.hpp"

namespace muistio::search::detail {

/// What connects a word with its other forms in one language.
struct Stem {
  Language language;
  std::string text;  // without marks
};

/// The stems of a lower-case word as if it were Finnish, Swedish, Dutch and English: Snowball's, made equal for words whose
/// inflection changes the stem (bedrijf, bedrijven), the heads of irregular families, and the Finnish basic forms. Each once.
[[nodiscard]] std::vector<Stem> stems_of(const std::u32string& lower);

}  // namespace muistio::search::detail
