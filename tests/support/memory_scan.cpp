#include "memory_scan.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace muistio::test {
namespace {
constexpr std::uint8_t kMask = 0xa7;
constexpr std::uint64_t kMask64 = 0xa7a7a7a7a7a7a7a7;
constexpr std::size_t kChunkBytes = std::size_t{1} << 16;
constexpr std::size_t kOverlapBytes = 128;  // longer than any secret

std::uint64_t start_of(const std::uint8_t* bytes) {
  std::uint64_t start;
  std::memcpy(&start, bytes, sizeof start);
  return start;
}

struct Mapping {
  std::uintptr_t from = 0, to = 0;
  std::string where;
};

std::vector<Mapping> writable_mappings() {
  std::vector<Mapping> found;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    Mapping mapping;
    char dash;
    std::string rights, offset, device, inode;
    fields >> std::hex >> mapping.from >> dash >> mapping.to >> rights >> offset >> device >> inode;
    std::getline(fields >> std::ws, mapping.where);
    if (rights.size() < 2 || rights[0] != 'r' || rights[1] != 'w') continue;
    if (mapping.where.empty()) mapping.where = "other memory";
    if (mapping.where.front() == '[') mapping.where = mapping.where.substr(1, mapping.where.size() - 2);
    found.push_back(std::move(mapping));
  }
  return found;
}

void sort_once(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}
}  // namespace

Bytes SecretHunt::mask(BytesView bytes) {
  Bytes masked(bytes.size());
  std::transform(bytes.begin(), bytes.end(), masked.begin(),
                 [](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ kMask); });
  return masked;
}

void SecretHunt::add_masked(std::string name, Bytes masked) {
  if (masked.size() < kSecretBytesMin || masked.size() > kOverlapBytes) std::abort();
  by_start_.emplace(start_of(masked.data()), needles_.size());
  starts_[masked[0] << 8 | masked[1]] = true;
  needles_.push_back({std::move(name), std::move(masked)});
}

void SecretHunt::scan(const std::uint8_t* bytes, std::size_t size, const std::string& where,
                      std::vector<std::string>& found) const {
  for (std::size_t at = 0; at + kSecretBytesMin <= size; ++at) {
    if (!starts_[(bytes[at] ^ kMask) << 8 | (bytes[at + 1] ^ kMask)]) continue;
    const auto [first, last] = by_start_.equal_range(start_of(bytes + at) ^ kMask64);
    for (auto candidate = first; candidate != last; ++candidate) {
      const auto& needle = needles_[candidate->second];
      if (needle.masked.size() > size - at) continue;
      const bool same = std::equal(needle.masked.begin(), needle.masked.end(), bytes + at,
                                   [](std::uint8_t masked, std::uint8_t byte) { return masked == (byte ^ kMask); });
      if (same) found.push_back(where.empty() ? needle.name : needle.name + " in " + where);
    }
  }
}

std::vector<std::string> SecretHunt::in(BytesView bytes) const {
  std::vector<std::string> found;
  scan(bytes.data(), bytes.size(), {}, found);
  sort_once(found);
  return found;
}

std::vector<std::string> SecretHunt::in_process() const {
  std::vector<std::string> found;
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  if (memory < 0) std::abort();
  const auto chunk = std::make_unique<std::uint8_t[]>(kChunkBytes);
  for (const auto& [from, to, where] : writable_mappings()) {
    if (to - from > kMappingBytesMax) continue;
    for (auto at = from; at < to;) {
      const auto wanted = std::min<std::size_t>(kChunkBytes, to - at);
      const auto got = ::pread(memory, chunk.get(), wanted, static_cast<off_t>(at));
      if (got <= 0) break;  // a page that is not to be read
      scan(chunk.get(), static_cast<std::size_t>(got), where, found);
      // The copy is wiped before the next one, so that it is never found itself.
      std::fill_n(static_cast<volatile std::uint8_t*>(chunk.get()), kChunkBytes, std::uint8_t{0});
      if (static_cast<std::size_t>(got) < wanted || at + wanted == to) break;
      at += wanted - kOverlapBytes;
    }
  }
  ::close(memory);
  sort_once(found);
  return found;
}

}  // namespace muistio::test
