// The client of one Worker: one open home, one connection, and the names by which JavaScript calls it.
#pragma once

#include <filesystem>
#include <memory>

#include "indexing.hpp"
#include "json.hpp"
#include "live.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/home/home.hpp"
#include "sync_run.hpp"

namespace muistio::web {

/// One thread: that of the Worker. What `Client` does with a thread of its own, the Worker's JavaScript does by calling `step`.
class Worker {
 public:
  Worker();
  /// Errors: those of home::Home::open; invalid_state (a home is open).
  Status open(const std::filesystem::path& folder, Secret<32> key, bool create);
  /// What came is durable when it returns.
  void close();
  /// Does what `request` says: {"do": NAME, …}; docs/formats/client.md has no part in it, client-sdk/web/src/protocol.ts names the calls.
  /// Errors: invalid_argument (no such call, or an argument is absent); those of the call.
  Result<Json> call(const Json& request);
  /// The same, for a question that changes nothing: `step` then says nothing of a change.
  Result<Json> ask(const Json& request);
  /// Moves the connection on. What is new: {"changed": whether queries may have other answers, "live": the state if it is another one,
  /// "again": milliseconds until it wants to be called though nothing happens}.
  Json step();

 private:
  void connect();
  void end_run();
  /// What is written while there is no connection waits too.
  void count_unsent();
  [[nodiscard]] std::uint64_t now_ms() const { return clock_.monotonic().value(); }

  SystemClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<home::Home> home_;
  std::unique_ptr<SyncRun> run_;
  Live live_{random_};
  Indexing indexing_;
  std::optional<LiveState> shown_;
  bool is_told_ = true;  // whether JavaScript has `shown_`
  bool changed_ = false;
};

/// The home's part of `Worker::call`; nothing if there is no such call.
std::optional<Result<Json>> call_by_name(home::Home& home, const std::string& name, const Json& request);

}  // namespace muistio::web
