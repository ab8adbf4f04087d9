// The production server on a disk that forgets, in the simulated world.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "muistio/server/engine.hpp"
#include "muistio/server/sqlite_log.hpp"
#include "muistio/store/fault_vfs.hpp"
#include "network.hpp"
#include "plants.hpp"

namespace muistio::simulation {

class SimServer {
 public:
  SimServer(std::string disk_name, std::uint64_t seed, VirtualClock& clock, Network& network, Plant plant);
  ~SimServer();
  SimServer(const SimServer&) = delete;
  SimServer& operator=(const SimServer&) = delete;

  [[nodiscard]] bool is_up() const noexcept { return engine_ != nullptr; }
  void start();
  /// The process and the machine go down: what was not synced is lost, as `kind` says.
  void crash(store::CrashKind kind, std::uint64_t seed);
  [[nodiscard]] store::FaultDisk& disk() noexcept { return disk_; }
  [[nodiscard]] server::Log& log() noexcept { return *log_; }

  /// The exporter of a connection: both ends compute the same.
  [[nodiscard]] static wire::TlsExporter exporter_of(std::uint64_t connection);
  void accept(std::uint64_t connection);
  void deliver(const Delivery& delivery);
  void tick();
  /// Commits what came in and sends the answers.
  void flush();
  [[nodiscard]] bool has_work() const { return engine_ && engine_->has_work(); }

  /// What went wrong that no fault of the disk explains.
  std::optional<std::string> trouble;
  bool disk_is_full = false;  // the stop that was set answers "full", not "failed"

 private:
  store::FaultDisk disk_;
  SeededRandom random_;
  VirtualClock& clock_;
  Network& network_;
  Plant plant_;
  std::unique_ptr<server::Log> log_;
  std::unique_ptr<server::Engine> engine_;
  std::set<std::uint64_t> connections_;
};

}  // namespace muistio::simulation
