#include "content.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>

namespace muistio::text {

namespace {
constexpr std::uint64_t kTopBits = 0x8080808080808080U;

std::uint64_t word_at(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}
}  // namespace

bool is_ascii(std::string_view kept) noexcept {
  std::size_t at = 0;
  for (; at + 8 <= kept.size(); at += 8) {
    if ((word_at(kept.data() + at) & kTopBits) != 0) return false;
  }
  for (; at < kept.size(); ++at) {
    if ((static_cast<unsigned char>(kept[at]) & 0x80U) != 0) return false;
  }
  return true;
}

std::size_t kept_count(std::string_view kept) noexcept {
  std::size_t count = kept.size();
  std::size_t at = 0;
  for (; at + 8 <= kept.size(); at += 8) {
    const auto word = word_at(kept.data() + at);
    // Bytes inside a scalar: the top bit is set and the next is not.
    count -= static_cast<std::size_t>(std::popcount(word & ~(word << 1U) & kTopBits));
  }
  for (; at < kept.size(); ++at) count -= starts_scalar(kept[at]) ? 0 : 1;
  return count;
}

std::size_t taken_back_count(std::string_view kept) noexcept {
  return static_cast<std::size_t>(std::count(kept.begin(), kept.end(), kTakenBack));
}

std::size_t kept_offset(std::string_view kept, std::size_t index) noexcept {
  std::size_t offset = 0;
  while (offset < kept.size()) {
    if (starts_scalar(kept[offset])) {
      if (index == 0) return offset;
      --index;
    }
    ++offset;
  }
  return offset;
}

std::string shown_part(std::string_view kept) {
  if (std::memchr(kept.data(), static_cast<unsigned char>(kTakenBack), kept.size()) == nullptr) return std::string(kept);
  std::string shown;
  shown.reserve(kept.size());
  std::copy_if(kept.begin(), kept.end(), std::back_inserter(shown), [](char byte) { return byte != kTakenBack; });
  return shown;
}

}  // namespace muistio::text
