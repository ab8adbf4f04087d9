// The stretch of a text that shows why it was found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "muistio/search/terms.hpp"

namespace muistio::search::detail {

struct Snippet {
  std::string text;
  std::vector<Word> matches;
};

/// About 160 bytes of `body`, valid UTF-8, where most of `found` stand together; its beginning, if nothing was found. `words` are
/// all of the body's.
[[nodiscard]] Snippet make_snippet(std::string_view body, const std::vector<Word>& words, const std::vector<Word>& found);

}  // namespace muistio::search::detail
