#include "snippet.hpp"

#include <algorithm>

namespace muistio::search::detail {
namespace {
constexpr std::size_t kSnippetBytes = 160;
// How much of what stands before the first match is shown.
constexpr std::size_t kLeadBytes = 40;
constexpr std::string_view kCut = "\xE2\x80\xA6";

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

/// The first match of the window of kSnippetBytes that holds the most matches.
std::size_t best_beginning(const std::vector<Word>& found) {
  std::size_t best = 0, most = 0;
  for (std::size_t first = 0, last = 0; first < found.size(); ++first) {
    last = std::max(last, first);
    while (last < found.size() && found[last].offset + found[last].bytes <= found[first].offset + kSnippetBytes - kLeadBytes)
      ++last;
    if (last - first > most) {
      most = last - first;
      best = found[first].offset;
    }
  }
  return best;
}

/// The beginning of the first word within `kLeadBytes` before `at`.
std::size_t lead(const std::vector<Word>& words, std::size_t at) {
  const std::size_t from = at > kLeadBytes ? at - kLeadBytes : 0;
  if (from == 0) return 0;
  for (const auto& word : words)
    if (word.offset >= from) return std::min(word.offset, at);
  return at;
}
}  // namespace

Snippet make_snippet(std::string_view body, const std::vector<Word>& words, const std::vector<Word>& found) {
  const std::size_t begin = found.empty() ? 0 : lead(words, best_beginning(found));
  std::size_t end = std::min(body.size(), begin + kSnippetBytes);
  while (end < body.size() && end > begin && is_continuation(body[end])) --end;

  Snippet made;
  if (begin > 0) made.text += kCut;
  const std::size_t shift = made.text.size();
  for (const char byte : body.substr(begin, end - begin))
    made.text += static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f ? ' ' : byte;
  if (end < body.size()) made.text += kCut;
  for (const auto& word : found)
    if (word.offset >= begin && word.offset + word.bytes <= end) made.matches.push_back({word.offset - begin + shift, word.bytes});
  return made;
}

}  // namespace muistio::search::detail
