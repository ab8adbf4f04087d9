// When notes are taken into the search index: a moment after the last thing happened, a few at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "muistio/home/home.hpp"

namespace muistio {

/// On the client's thread only. Times in milliseconds of the monotonic clock.
class Indexing {
 public:
  void something_changed(std::uint64_t now_ms) { due_at_ = now_ms + kAfterMs; }
  [[nodiscard]] std::optional<std::uint64_t> due_at() const noexcept { return due_at_; }
  [[nodiscard]] bool is_due(std::uint64_t now_ms) const noexcept { return due_at_ && *due_at_ <= now_ms; }
  /// Takes some notes in. A failure is not repeated: a search, or the next change, tries again and says why.
  void go_on(home::Home& home) {
    const auto more = home.index_some(kNotesAtOnce);
    if (!more || !*more) give_up();
  }
  void give_up() { due_at_.reset(); }

 private:
  static constexpr std::uint64_t kAfterMs = 500;
  static constexpr std::size_t kNotesAtOnce = 8;
  std::optional<std::uint64_t> due_at_;
};

}  // namespace muistio
