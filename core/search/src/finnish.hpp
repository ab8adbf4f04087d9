// The basic forms that a Finnish word may be an inflected form of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muistio::search::detail {

/// The basic forms that `folded` (lower case, without marks, letters a to z only) may be an inflected form of, itself first: of a
/// nominal in any case, number and with any possessive, and of the commoner verb forms. Several, because a form alone does not say
/// what it is from: "maton" may be of "matto" (carpet) and of "mato" (worm). They are made by rules and many are no words: two
/// words belong together if they have one in common. Each once.
[[nodiscard]] std::vector<std::string> finnish_basic_forms(std::string_view folded);

}  // namespace muistio::search::detail
