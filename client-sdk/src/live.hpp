// A client that stays connected: when it is to connect, and what is told of it.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "muistio/base/seams.hpp"
#include "muistio/client.hpp"
#include "sync_run.hpp"

namespace muistio {

/// On the client's thread only. Times in milliseconds of the monotonic clock.
class Live {
 public:
  explicit Live(Random& random) : random_(random) {}

  void start(const SyncOptions& options, std::function<void(const LiveState&)> changed) {
    options_ = options;
    changed_ = std::move(changed);
    is_on_ = true;
    failures_ = 0;
    retry_at_ = 0;
    told_.reset();
  }
  void stop() {
    is_on_ = false;
    changed_ = {};
    told_.reset();
  }
  [[nodiscard]] bool is_on() const noexcept { return is_on_; }
  [[nodiscard]] const SyncOptions& options() const noexcept { return options_; }
  /// When to connect, if it is not connected.
  [[nodiscard]] std::optional<std::uint64_t> due_at() const { return is_on_ ? std::optional(retry_at_) : std::nullopt; }
  [[nodiscard]] bool is_due(std::uint64_t now_ms) const noexcept { return is_on_ && retry_at_ <= now_ms; }

  /// The connection goes on.
  void follow(SyncRun& run) {
    if (!is_on_) return;
    LiveState state;
    state.phase = run.is_in_step() ? LiveState::Phase::in_step
                  : run.is_open()  ? LiveState::Phase::catching_up
                                   : LiveState::Phase::connecting;
    if (state.phase == LiveState::Phase::in_step) failures_ = 0;
    state.unsent = run.progress().unsent;
    state.said = run.take_said();
    tell(std::move(state));
  }

  /// The connection ended, or never came about.
  void failed(Error error, bool is_trusted, std::uint64_t unsent, std::vector<std::string> said, std::uint64_t now_ms) {
    // Half of it by chance, so that a server that was away is not found by all at once.
    const auto most = std::min(kAgainMaxMs, kAgainMs << std::min(failures_++, 16u));
    std::uint8_t chance[2];
    random_.fill(chance);
    retry_at_ = now_ms + most / 2 + most / 2 * (chance[0] * 256u + chance[1]) / 65535;
    tell({LiveState::Phase::waiting, unsent, std::move(error), is_trusted, std::move(said)});
  }

  /// Calls back if it is another state than the one told last, or something is said.
  void tell(LiveState state) {
    const auto code = state.error ? state.error->code : ErrorCode{};
    const Told now{state.phase, state.unsent, code, state.trusted};
    if (told_ == now && state.said.empty()) return;
    told_ = now;
    if (changed_) changed_(state);
  }

 private:
  struct Told {
    LiveState::Phase phase;
    std::uint64_t unsent;
    ErrorCode error;
    bool trusted;
    friend bool operator==(const Told&, const Told&) = default;
  };
  static constexpr std::uint64_t kAgainMs = 1'000, kAgainMaxMs = 60'000;
  Random& random_;
  bool is_on_ = false;
  SyncOptions options_;
  std::function<void(const LiveState&)> changed_;
  std::uint32_t failures_ = 0;
  std::uint64_t retry_at_ = 0;
  std::optional<Told> told_;
};

}  // namespace muistio
