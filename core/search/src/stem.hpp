// Stems of a word in the four languages.
#pragma once

#include <string>
#include <vector>

namespace muistio::search::detail {

/// The stems of a lower-case word as if it were Finnish, Swedish, Dutch and English, by Snowball; the Finnish one made equal for
/// words whose inflection changes the stem (kokous, kokoukset; sääntö, säännöt), and so for Swedish and Dutch. May repeat.
[[nodiscard]] std::vector<std::u32string> stems_of(const std::u32string& lower);

}  // namespace muistio::search::detail
