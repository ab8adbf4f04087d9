#include "muistio/text/diff.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace muistio::text {

namespace {

/// Insertions and deletions that the search follows at most; it takes 4 × this² bytes.
constexpr std::ptrdiff_t kMostSteps = 1000;

struct Token {
  std::size_t begin = 0;
  std::size_t length = 0;
  std::uint32_t number = 0;  ///< Equal tokens have equal numbers.
};

using Tokens = std::vector<Token>;
using Cutter = std::size_t (*)(std::u32string_view rest);

std::size_t cut_line(std::u32string_view rest) {
  const auto end = rest.find(U'\n');
  return end == std::u32string_view::npos ? rest.size() : end + 1;
}

bool in_word(char32_t scalar) {
  return (scalar >= U'a' && scalar <= U'z') || (scalar >= U'A' && scalar <= U'Z') || (scalar >= U'0' && scalar <= U'9') ||
         (scalar >= 0xC0 && !(scalar >= 0x2000 && scalar < 0x2070) && scalar != 0x3000);
}

std::size_t cut_word(std::u32string_view rest) {
  if (!in_word(rest.front())) return 1;
  std::size_t length = 1;
  while (length < rest.size() && in_word(rest[length])) ++length;
  return length;
}

using Numbers = std::unordered_map<std::u32string_view, std::uint32_t>;

Tokens tokens_of(std::u32string_view text, Cutter cut, Numbers& numbers) {
  Tokens tokens;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = cut(text.substr(at));
    const auto number = numbers.try_emplace(text.substr(at, length), static_cast<std::uint32_t>(numbers.size())).first->second;
    tokens.push_back({at, length, number});
    at += length;
  }
  return tokens;
}

/// [old_begin, old_end) of one sequence becomes [new_begin, new_end) of the other.
struct Span {
  std::size_t old_begin, old_end, new_begin, new_end;
};

/// Myers' greedy search; nothing if more than kMostSteps tokens differ.
std::optional<std::vector<Span>> myers(const Tokens& a, const Tokens& b) {
  const auto n = static_cast<std::ptrdiff_t>(a.size());
  const auto m = static_cast<std::ptrdiff_t>(b.size());
  const auto most = std::min(kMostSteps, n + m);
  std::vector<std::vector<std::int32_t>> reached;  // per step: the farthest x on the diagonals -step … step, every second one used
  const auto x_of = [&](std::ptrdiff_t step, std::ptrdiff_t diagonal) -> std::ptrdiff_t {
    return diagonal < -step || diagonal > step ? -1
                                               : reached[static_cast<std::size_t>(step)][static_cast<std::size_t>(diagonal + step)];
  };
  const auto comes_down = [&](std::ptrdiff_t step, std::ptrdiff_t diagonal) {  // else from the left
    return diagonal == -step || (diagonal != step && x_of(step - 1, diagonal - 1) < x_of(step - 1, diagonal + 1));
  };
  for (std::ptrdiff_t step = 0; step <= most; ++step) {
    std::vector<std::int32_t> row(static_cast<std::size_t>(2 * step + 1), -1);
    for (auto diagonal = -step; diagonal <= step; diagonal += 2) {
      auto x = step == 0 ? 0 : comes_down(step, diagonal) ? x_of(step - 1, diagonal + 1) : x_of(step - 1, diagonal - 1) + 1;
      auto y = x - diagonal;
      if (x > n || y > m || x < 0 || y < 0) continue;
      while (x < n && y < m && a[static_cast<std::size_t>(x)].number == b[static_cast<std::size_t>(y)].number) ++x, ++y;
      row[static_cast<std::size_t>(diagonal + step)] = static_cast<std::int32_t>(x);
    }
    reached.push_back(std::move(row));
    if (x_of(step, n - m) != n) continue;
    std::vector<Span> spans;  // from the end to the beginning
    auto diagonal = n - m;
    for (auto back = step; back > 0; --back) {
      const bool down = comes_down(back, diagonal);
      const auto before = down ? diagonal + 1 : diagonal - 1;
      const auto x = static_cast<std::size_t>(x_of(back - 1, before));
      const auto y = x - static_cast<std::size_t>(before);
      const Span span{x, down ? x : x + 1, y, down ? y + 1 : y};
      if (!spans.empty() && spans.back().old_begin == span.old_end && spans.back().new_begin == span.new_end) {
        spans.back().old_begin = span.old_begin;
        spans.back().new_begin = span.new_begin;
      } else {
        spans.push_back(span);
      }
      diagonal = before;
    }
    std::reverse(spans.begin(), spans.end());
    return spans;
  }
  return std::nullopt;
}

/// Takes what is equal off both ends of `hunk`.
Hunk trimmed(std::u32string_view old_text, std::u32string_view new_text, Hunk hunk) {
  while (hunk.removed > 0 && hunk.inserted > 0 && old_text[hunk.position] == new_text[hunk.new_position]) {
    ++hunk.position, ++hunk.new_position, --hunk.removed, --hunk.inserted;
  }
  while (hunk.removed > 0 && hunk.inserted > 0 &&
         old_text[hunk.position + hunk.removed - 1] == new_text[hunk.new_position + hunk.inserted - 1]) {
    --hunk.removed, --hunk.inserted;
  }
  return hunk;
}

/// Splits `whole` into smaller hunks at tokens that are equal.
std::vector<Hunk> refined(std::u32string_view old_text, std::u32string_view new_text, const Hunk& whole, Cutter cut) {
  if (whole.removed == 0 || whole.inserted == 0) return {whole};
  Numbers numbers;
  const auto a = tokens_of(old_text.substr(whole.position, whole.removed), cut, numbers);
  const auto b = tokens_of(new_text.substr(whole.new_position, whole.inserted), cut, numbers);
  const auto spans = myers(a, b);
  if (!spans) return {whole};
  const auto place = [](const Tokens& tokens, std::size_t index, std::uint64_t end) {
    return index < tokens.size() ? tokens[index].begin : end;
  };
  std::vector<Hunk> hunks;
  for (const auto& span : *spans) {
    const auto old_begin = place(a, span.old_begin, whole.removed);
    const auto new_begin = place(b, span.new_begin, whole.inserted);
    hunks.push_back({whole.position + old_begin, place(a, span.old_end, whole.removed) - old_begin, whole.new_position + new_begin,
                     place(b, span.new_end, whole.inserted) - new_begin});
  }
  return hunks;
}

}  // namespace

std::vector<Hunk> difference(std::u32string_view old_text, std::u32string_view new_text) {
  const auto whole = trimmed(old_text, new_text, {0, old_text.size(), 0, new_text.size()});
  std::vector<Hunk> hunks;
  if (whole.removed == 0 && whole.inserted == 0) return hunks;
  for (const auto& lines : refined(old_text, new_text, whole, cut_line)) {
    for (const auto& words : refined(old_text, new_text, lines, cut_word)) {
      const auto hunk = trimmed(old_text, new_text, words);
      if (hunk.removed > 0 || hunk.inserted > 0) hunks.push_back(hunk);
    }
  }
  return hunks;
}

}  // namespace muistio::text
