// A vector whose copies share what they have in common.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace muistio::mls {

/// Elements in chunks that copies share until one of them changes an element: a copy then takes only that chunk for itself. So a
/// copy of a tree of thousands of nodes touches some dozens of pointers. Not thread-safe, and neither are copies that share: use a
/// vector and its copies from one thread at a time.
template <class T>
class SharedVector {
 public:
  explicit SharedVector(std::size_t size = 0) { resize(size); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const T& operator[](std::size_t index) const noexcept { return (*chunks_[index / kChunk])[index % kChunk]; }
  /// The element, to be changed: the copies do not see it.
  [[nodiscard]] T& change(std::size_t index) {
    auto& chunk = chunks_[index / kChunk];
    if (chunk.use_count() > 1) chunk = std::make_shared<Chunk>(*chunk);
    return (*chunk)[index % kChunk];
  }
  /// New elements are T().
  void resize(std::size_t size) {
    const auto chunks = (size + kChunk - 1) / kChunk;
    for (auto i = size; i < std::min(size_, chunks * kChunk); ++i) change(i) = T();
    const auto before = chunks_.size();
    chunks_.resize(chunks);
    for (auto i = before; i < chunks; ++i) chunks_[i] = std::make_shared<Chunk>();
    size_ = size;
  }

 private:
  static constexpr std::size_t kChunk = 32;
  using Chunk = std::array<T, kChunk>;
  std::vector<std::shared_ptr<Chunk>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace muistio::mls
