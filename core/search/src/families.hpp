// Words whose forms no rule connects: child and children, lid and leden, bok and böcker.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muistio::search::detail {

enum class Language { finnish, swedish, dutch, english };

/// The first form of each family of `language` that the folded word belongs to, or of which it is a compound ("clubleden" is
/// "clublid"). None for Finnish, which has its own rules. Callable from any thread.
[[nodiscard]] std::vector<std::string> family_heads(Language language, std::string_view folded);

}  // namespace muistio::search::detail
