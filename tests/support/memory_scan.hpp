// Looks for secrets where they should no longer be: in bytes, in this process's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "muistio/base/bytes.hpp"

namespace muistio::test {

/// Secrets to look for. They are kept masked, so that the search finds only what others left behind; hand them over masked too
/// (`mask`) where they must never have been here in the clear.
///
/// What it cannot see: copies that were changed (key schedules of ciphers, hashes' byte-swapped words, single bytes), registers,
/// pages that were swapped out, the kernel's buffers. Mappings over kMappingBytesMax are passed over: no heap or stack of a test is
/// that large, and AddressSanitizer's shadow, which holds no data, is larger.
class SecretHunt {
 public:
  static constexpr std::size_t kSecretBytesMin = 12;
  static constexpr std::size_t kMappingBytesMax = std::size_t{1} << 27;

  /// The same bytes under the mask; its own inverse.
  [[nodiscard]] static Bytes mask(BytesView bytes);
  void add_masked(std::string name, Bytes masked);
  void add(std::string name, BytesView secret) { add_masked(std::move(name), mask(secret)); }

  /// The names of those that `bytes` hold, sorted, each once.
  [[nodiscard]] std::vector<std::string> in(BytesView bytes) const;
  /// The names of those in any writable page of this process, each with where: "NAME in heap", "NAME in stack", "NAME in FILE" or
  /// "NAME in other memory".
  [[nodiscard]] std::vector<std::string> in_process() const;

 private:
  struct Needle {
    std::string name;
    Bytes masked;
  };
  void scan(const std::uint8_t* bytes, std::size_t size, const std::string& where, std::vector<std::string>& found) const;
  std::vector<Needle> needles_;
  std::unordered_multimap<std::uint64_t, std::size_t> by_start_;  // the first eight bytes, masked
  std::vector<bool> starts_ = std::vector<bool>(1U << 16);        // their first two
};

}  // namespace muistio::test
