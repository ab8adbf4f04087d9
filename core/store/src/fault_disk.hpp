// The bytes of a FaultDisk: what is live, what is durable, what lies between. No SQLite here.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/store/fault_vfs.hpp"

namespace muistio::store::detail {

inline constexpr std::size_t kSectorBytes = 512;

/// What a call on the disk came to.
enum class DiskAnswer : std::uint8_t { done, short_read, failed, full };

/// A coin that the seed decides.
class Coin {
 public:
  explicit Coin(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  bool heads() { return (next() >> 63) != 0; }

 private:
  std::uint64_t state_;
};

/// A write or a truncation that no sync has covered yet.
struct Unsynced {
  bool truncation = false;
  std::uint64_t offset = 0;  // of a truncation: the new size
  Bytes bytes;
};

/// Shared memory of a write-ahead log, and who locks its slots.
struct SharedMemory {
  std::vector<std::unique_ptr<std::uint8_t[]>> regions;
  std::array<int, 8> shared_holders{};
  std::array<const void*, 8> exclusive_holder{};
};

struct Handle;

struct File {
  Bytes live;
  Bytes durable;
  std::vector<Unsynced> unsynced;
  bool ever_synced = false;
  std::vector<Handle*> handles;
  std::shared_ptr<SharedMemory> shared_memory = std::make_shared<SharedMemory>();

  void write(std::uint64_t offset, BytesView bytes);
  void truncate(std::uint64_t size);
  void sync();
  /// Becomes what a crash leaves; false, if it is gone.
  bool crash(CrashKind kind, Coin& coin, FaultDisk::Counts& counts);
};

/// An open file. `generation` tells whether a crash came since.
struct Handle {
  std::shared_ptr<File> file;
  std::uint64_t generation = 0;
  std::string name;
  bool delete_on_close = false;
  bool syncs_folder = false;  // it made the file, a journal: its syncs cover the folder too
  int lock = 0;
  std::shared_ptr<SharedMemory> shared_memory;
  std::uint8_t shm_shared = 0, shm_exclusive = 0;
};

/// The disk behind the VFS. Callers hold `mutex`.
class Disk {
 public:
  explicit Disk(std::optional<std::uint64_t> capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  std::mutex mutex;
  std::map<std::string, std::shared_ptr<File>, std::less<>> files;
  FaultDisk::Counts counts;
  std::uint64_t generation = 0;
  std::uint64_t stop_points = 0;
  bool syncs_ignored = false;

  void set_capacity(std::optional<std::uint64_t> capacity_bytes) { capacity_bytes_ = capacity_bytes; }
  void stop_at(std::uint64_t n, StopKind kind);
  void resume() { stop_point_.reset(); }
  [[nodiscard]] bool stopped() const { return stop_point_.has_value() && stop_points >= *stop_point_; }
  void crash(CrashKind kind, std::uint64_t seed);

  [[nodiscard]] bool alive(const Handle& handle) const { return handle.generation == generation && !failing(); }
  DiskAnswer create(const std::string& name, std::shared_ptr<File>& made);
  DiskAnswer read(const Handle& handle, std::uint64_t offset, std::span<std::uint8_t> out) const;
  DiskAnswer write(const Handle& handle, std::uint64_t offset, BytesView bytes);
  DiskAnswer truncate(const Handle& handle, std::uint64_t size);
  DiskAnswer sync(const Handle& handle);
  DiskAnswer remove(std::string_view name, bool durably);

 private:
  [[nodiscard]] bool failing() const { return stopped() && stop_kind_ == StopKind::fail; }
  [[nodiscard]] std::uint64_t used_bytes() const;
  /// Counts a stop point; true, if it is the first or a later one of a stop that fails.
  bool stops_here();
  DiskAnswer refuse(DiskAnswer answer);

  std::optional<std::uint64_t> capacity_bytes_;
  std::optional<std::uint64_t> stop_point_;
  StopKind stop_kind_ = StopKind::fail;
  // Removed, but the directory was not synced: a crash may bring them back.
  std::map<std::string, std::shared_ptr<File>, std::less<>> ghosts_;
};

}  // namespace muistio::store::detail
