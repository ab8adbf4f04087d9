// The practice club: invented people and what they wrote, to try things out before the first meeting. Data, compiled in from
// client-sdk/practice/*.json; apps read the same files.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "muistio/words/words.hpp"

namespace muistio::templates {

struct PracticeMember {
  std::string_view name, company;
};

struct PracticeNote {
  std::string_view title;
  std::size_t by;         // which member
  std::string_view text;  // Markdown
};

struct Practice {
  std::string_view club;  // its name, which says that it is for practice
  std::span<const PracticeMember> members;
  std::span<const PracticeNote> notes;
};

[[nodiscard]] const Practice& practice(words::Language language) noexcept;

}  // namespace muistio::templates
