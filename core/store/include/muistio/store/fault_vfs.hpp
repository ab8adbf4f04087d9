// A disk in memory that forgets, tears, fills up and fails: SQLite's VFS for simulations and tests. No product links it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"

namespace muistio::store {

/// What a crash leaves of the bytes that were written but not synced.
enum class CrashKind : std::uint8_t {
  drop_unsynced,  // none of them
  keep_some,      // each 512-byte sector of each write by the toss of a seeded coin, so that writes are reordered and torn
  keep_all,       // all of them: only the process died
};

/// How a disk that stops answers from then on.
enum class StopKind : std::uint8_t {
  fail,  // every call fails with an I/O error: the moment before a crash
  full,  // every call that needs space fails with "disk full"; reading, shrinking and deleting work
};

/// One disk with its files, registered with SQLite under a name; also under "multipleciphers-" + name, encrypted, once a Store was
/// opened on it. Open on it with `sqlite3_open_v2(path, …, disk.name())` or OpenOptions::vfs. Paths are any names, each a file.
/// Files stay when they are closed. Locks are kept between connections of the same disk; WAL works shared or exclusive.
///
/// Destroy it after every connection to it. Thread-safe, but what a crash keeps can be repeated only with one thread.
class FaultDisk {
 public:
  /// A disk of at most `capacity_bytes` (nothing: no limit). `name` must be unused.
  explicit FaultDisk(std::string name, std::optional<std::uint64_t> capacity_bytes = std::nullopt);
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  [[nodiscard]] const std::string& name() const noexcept;

  /// Power cut: open handles are dead from now on (their calls fail, closing them changes nothing), their locks are gone, a stop is
  /// lifted, and each file holds its synced bytes and what `kind` keeps of the others. A file never synced since it was made
  /// exists, with what is kept (nothing, if dropped, when it is gone too). The same seed and calls leave the same bytes.
  void crash(CrashKind kind, std::uint64_t seed = 0);

  /// A stop point is a call that changes the disk: write, truncate, sync, delete, creation. How many there were since the disk was
  /// made.
  [[nodiscard]] std::uint64_t stop_points() const;
  /// From the `n`th next stop point on (1 is the very next) calls are answered by `kind`. A stop with `fail` at a write lets a
  /// prefix of it, in sectors, through as unsynced bytes.
  void stop_at(std::uint64_t n, StopKind kind = StopKind::fail);
  /// Lifts a stop.
  void resume();
  /// Whether a stop is in force.
  [[nodiscard]] bool stopped() const;
  void set_capacity(std::optional<std::uint64_t> capacity_bytes);
  /// A sync that answers success and keeps nothing: a planted fault, to show that a test sees it.
  void ignore_syncs(bool ignored);

  struct Counts {
    std::uint64_t writes = 0, syncs = 0, bytes_written = 0, crashes = 0, sectors_dropped = 0, sectors_kept = 0, refused = 0;
  };
  [[nodiscard]] Counts counts() const;

  /// The names of all files, sorted.
  [[nodiscard]] std::vector<std::string> files() const;
  /// The bytes of a file as a reader sees them now; nothing if there is no such file.
  [[nodiscard]] std::optional<Bytes> contents(std::string_view path) const;
  /// Replaces or makes a file, synced: to corrupt or to restore one. No connection may have it open.
  void set_contents(std::string_view path, BytesView bytes);
  /// Removes a file, if there is one: a wiped data directory. No connection may have it open.
  void remove(std::string_view path);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace muistio::store
