// The stretch of a text that shows why it was found.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/search/terms.hpp"

namespace muistio::search::detail {

struct Snippet {
  std::string text;
  std::vector<Word> matches;
};

/// About 160 bytes of `body`, valid UTF-8, where most of `words` that `matches` accepts stand together; its beginning, if none
/// does.
[[nodiscard]] Snippet make_snippet(std::string_view body, const std::vector<Word>& words,
                                   const std::function<bool(std::string_view)>& matches);

}  // namespace muistio::search::detail
