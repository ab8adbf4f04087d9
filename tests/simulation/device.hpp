// One home: the production engine over a real store on a disk that forgets, and what its person was told is saved.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "muistio/store/fault_vfs.hpp"
#include "muistio/store/store.hpp"
#include "muistio/sync/engine.hpp"
#include "plants.hpp"
#include "seams.hpp"

namespace muistio::simulation {

/// What a call did to a device.
enum class Fate : std::uint8_t { done, refused, disk_full, died };

class SimDevice {
 public:
  SimDevice(std::string name, std::uint64_t seed, const VirtualClock& clock, Plant plant);
  ~SimDevice();
  SimDevice(const SimDevice&) = delete;
  SimDevice& operator=(const SimDevice&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool is_up() const noexcept { return engine_ != nullptr; }
  [[nodiscard]] sync::Engine& engine() noexcept { return *engine_; }
  [[nodiscard]] store::Store& store() noexcept { return *store_; }
  [[nodiscard]] store::FaultDisk& disk() noexcept { return disk_; }
  /// Starts the process. Errors: those of the store and the engine; with disk_full or io_failed it stays down.
  Status start();
  /// The process ends without a word, and the machine with it, unless `kind` is keep_all.
  void crash(store::CrashKind kind, std::uint64_t seed);
  /// Ends the process in an orderly way.
  void stop();

  /// Counts of all the processes that it was.
  [[nodiscard]] std::uint64_t commits() const { return commits_ + (engine_ ? engine_->counts().commits_merged : 0); }
  [[nodiscard]] std::uint64_t conflicts() const { return conflicts_ + (engine_ ? engine_->counts().conflicts : 0); }
  [[nodiscard]] std::uint64_t skipped() const { return skipped_ + (engine_ ? engine_->counts().handshakes_skipped : 0); }

  /// Runs a local call; tells what became of it. Anything but a refusal that may happen in an honest world is `trouble`.
  Fate call(const std::function<Status(sync::Engine&)>& body, Error* why = nullptr);
  /// Hands the store to `body` while the process is down, and starts it again: for plants.
  void tamper(const std::function<Status(store::Store&)>& body);

  // What the world knows of it.
  std::optional<std::uint64_t> connection;  // on the network
  bool online = true;                       // wants to be connected
  std::uint64_t reconnect_at = 0;
  std::uint64_t up_at = 0;  // when it starts again
  std::optional<SpaceId> space;
  bool was_removed = false;
  bool disk_is_full = false;  // the stop that was set answers "full", not "failed"
  std::uint64_t conflicts_seen = 0;
  Bytes old_cursor;  // cursor_not_kept: an earlier row
  std::optional<std::string> trouble;

 private:
  std::string name_;
  store::FaultDisk disk_;
  SeededRandom random_;
  const VirtualClock& clock_;
  Plant plant_;
  std::uint64_t ops_judged_ = 0, commits_ = 0, conflicts_ = 0, skipped_ = 0;
  std::optional<store::Store> store_;
  std::unique_ptr<sync::Engine> engine_;
};

}  // namespace muistio::simulation
