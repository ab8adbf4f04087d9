#include "content.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace muistio::text {

std::size_t kept_count(std::string_view kept) noexcept {
  std::size_t count = 0;
  for (char byte : kept) count += starts_scalar(byte) ? 1 : 0;
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
