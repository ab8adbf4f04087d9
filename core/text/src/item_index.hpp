// From ids to the items that hold them: a set of numbers that finds the greatest member up to a given one.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace muistio::text {

/// A growing set of numbers from 0 on, each with a value. Bits in four levels, each a summary of the one below: a search looks at a
/// word or two a level, whatever the set's size.
class ItemIndex {
 public:
  /// Adds `key`, or changes its value.
  void set(std::uint32_t key, std::uint32_t value) {
    if (key >= values_.size()) values_.resize(std::size_t{key} + 1);
    values_[key] = value;
    for (auto& level : levels_) {
      const std::size_t word = key >> 6U;
      if (word >= level.size()) level.resize(word + 1);
      const bool known = level[word] != 0;
      level[word] |= std::uint64_t{1} << (key & 63U);
      if (known) return;
      key >>= 6U;
    }
  }

  struct Found {
    std::uint32_t key = 0;
    std::uint32_t value = 0;
  };
  /// The greatest member that is at most `key`; there must be one.
  [[nodiscard]] Found at_most(std::uint32_t key) const {
    std::size_t level = 0;
    std::uint64_t bits = 0;
    std::uint32_t place = key;
    if (place >= values_.size()) place = static_cast<std::uint32_t>(values_.size()) - 1;
    for (;; ++level) {
      const unsigned bit = place & 63U;
      const auto& words = levels_[level];
      const std::size_t word = place >> 6U;
      // On upper levels the word of the key itself was searched already.
      const std::uint64_t mask = level == 0 ? (std::uint64_t{2} << bit) - 1 : (std::uint64_t{1} << bit) - 1;
      bits = word < words.size() ? words[word] & mask : 0;
      place = static_cast<std::uint32_t>(word);
      if (bits != 0 || level + 1 == levels_.size()) break;
    }
    std::uint32_t found = place << 6U | highest(bits);
    while (level-- > 0) found = found << 6U | highest(levels_[level][found]);
    return {found, values_[found]};
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = values_.capacity() * sizeof(std::uint32_t);
    for (const auto& level : levels_) bytes += level.capacity() * sizeof(std::uint64_t);
    return bytes;
  }

 private:
  static std::uint32_t highest(std::uint64_t bits) noexcept {
    return 63U - static_cast<std::uint32_t>(std::countl_zero(bits | 1U));
  }

  std::vector<std::uint32_t> values_;
  std::array<std::vector<std::uint64_t>, 5> levels_;  // level 4 has one word for 2^30 numbers
};

}  // namespace muistio::text
