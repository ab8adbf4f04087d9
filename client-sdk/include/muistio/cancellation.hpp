// muistio::Cancellation: lets whoever made calls of a Client end them early.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

namespace muistio {

/// Cancels the calls that were made within its `Scope`. Copies are the same one. Any thread.
class Cancellation {
 public:
  Cancellation() : cancelled_(std::make_shared<std::atomic<bool>>(false)) {}
  /// A call that has not begun is not done at all, and fails with `cancelled`; a running sync ends within a fifth of a second, as
  /// if the network were gone; any other call that has begun is finished.
  void cancel() const noexcept { *cancelled_ = true; }
  [[nodiscard]] bool is_cancelled() const noexcept { return *cancelled_; }

  class Scope;
  /// What cancels a call that is made on this thread now, if anything does.
  [[nodiscard]] static std::optional<Cancellation>& current() noexcept;

 private:
  std::shared_ptr<std::atomic<bool>> cancelled_;
};

inline std::optional<Cancellation>& Cancellation::current() noexcept {
  thread_local std::optional<Cancellation> innermost;
  return innermost;
}

/// While it lives, calls made on this thread, of any client, are cancelled by `cancellation`. Scopes nest; the innermost counts.
class Cancellation::Scope {
 public:
  explicit Scope(Cancellation cancellation) : outer_(std::exchange(current(), std::move(cancellation))) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { current() = std::move(outer_); }

 private:
  std::optional<Cancellation> outer_;
};

}  // namespace muistio
