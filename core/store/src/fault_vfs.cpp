#include "muistio/store/fault_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "fault_disk.hpp"
#include "muistio/base/result.hpp"

namespace muistio::store {

using detail::Disk;
using detail::DiskAnswer;
using detail::File;
using detail::Handle;
using detail::SharedMemory;

namespace {
struct OpenFile {
  sqlite3_file base;
  Disk* disk;
  Handle* handle;
};

OpenFile& self(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }
sqlite3_vfs* system_vfs() {
  static sqlite3_vfs* const found = sqlite3_vfs_find("unix");
  return found != nullptr ? found : sqlite3_vfs_find(nullptr);
}

int code(DiskAnswer answer, int failure) {
  switch (answer) {
    case DiskAnswer::done:
      return SQLITE_OK;
    case DiskAnswer::short_read:
      return SQLITE_IOERR_SHORT_READ;
    case DiskAnswer::full:
      return SQLITE_FULL;
    case DiskAnswer::failed:
      break;
  }
  return failure;
}

void release_shared_memory(Handle& handle) {
  if (!handle.shared_memory) return;
  for (std::size_t slot = 0; slot < 8; ++slot) {
    if ((handle.shm_shared >> slot & 1) != 0) --handle.shared_memory->shared_holders[slot];
    if ((handle.shm_exclusive >> slot & 1) != 0) handle.shared_memory->exclusive_holder[slot] = nullptr;
  }
  handle.shm_shared = handle.shm_exclusive = 0;
  handle.shared_memory.reset();
}

int x_close(sqlite3_file* file) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  release_shared_memory(*handle);
  std::erase(handle->file->handles, handle);
  if (handle->delete_on_close && handle->generation == disk->generation) disk->files.erase(handle->name);
  delete handle;
  handle = nullptr;
  return SQLITE_OK;
}

int x_read(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  const std::span<std::uint8_t> into(static_cast<std::uint8_t*>(out), static_cast<std::size_t>(count));
  return code(disk->read(*handle, static_cast<std::uint64_t>(offset), into), SQLITE_IOERR_READ);
}

int x_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  const BytesView from(static_cast<const std::uint8_t*>(bytes), static_cast<std::size_t>(count));
  return code(disk->write(*handle, static_cast<std::uint64_t>(offset), from), SQLITE_IOERR_WRITE);
}

int x_truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  return code(disk->truncate(*handle, static_cast<std::uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int x_sync(sqlite3_file* file, int) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  return code(disk->sync(*handle), SQLITE_IOERR_FSYNC);
}

int x_file_size(sqlite3_file* file, sqlite3_int64* size) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  if (!disk->alive(*handle)) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(handle->file->live.size());
  return SQLITE_OK;
}

int strongest_other(const Handle& handle) {
  int strongest = SQLITE_LOCK_NONE;
  for (const Handle* other : handle.file->handles)
    if (other != &handle) strongest = std::max(strongest, other->lock);
  return strongest;
}

// The lock levels are those of sqlite3.h: shared, reserved, pending, exclusive.
int x_lock(sqlite3_file* file, int level) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  if (!disk->alive(*handle)) return SQLITE_IOERR_LOCK;
  if (handle->lock >= level) return SQLITE_OK;
  const int other = strongest_other(*handle);
  if (level == SQLITE_LOCK_SHARED && other >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
  if (level > SQLITE_LOCK_SHARED && other >= SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_EXCLUSIVE && other >= SQLITE_LOCK_SHARED) {
    handle->lock = SQLITE_LOCK_PENDING;
    return SQLITE_BUSY;
  }
  handle->lock = level;
  return SQLITE_OK;
}

int x_unlock(sqlite3_file* file, int level) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  handle->lock = std::min(handle->lock, level);
  return SQLITE_OK;
}

int x_check_reserved_lock(sqlite3_file* file, int* reserved) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  if (!disk->alive(*handle)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  *reserved = std::max(strongest_other(*handle), handle->lock) >= SQLITE_LOCK_RESERVED ? 1 : 0;
  return SQLITE_OK;
}

int x_file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int x_sector_size(sqlite3_file*) { return static_cast<int>(detail::kSectorBytes); }
int x_device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int x_shm_map(sqlite3_file* file, int region, int region_bytes, int extend, void volatile** mapped) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  *mapped = nullptr;
  if (!disk->alive(*handle)) return SQLITE_IOERR_SHMMAP;
  if (!handle->shared_memory) handle->shared_memory = handle->file->shared_memory;
  auto& regions = handle->shared_memory->regions;
  while (extend != 0 && regions.size() <= static_cast<std::size_t>(region))
    regions.push_back(std::make_unique<std::uint8_t[]>(static_cast<std::size_t>(region_bytes)));
  if (regions.size() > static_cast<std::size_t>(region)) *mapped = regions[static_cast<std::size_t>(region)].get();
  return SQLITE_OK;
}

int x_shm_lock(sqlite3_file* file, int first, int count, int flags) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  if (!disk->alive(*handle)) return (flags & SQLITE_SHM_UNLOCK) != 0 ? SQLITE_OK : SQLITE_IOERR_SHMLOCK;
  if (!handle->shared_memory) handle->shared_memory = handle->file->shared_memory;
  SharedMemory& memory = *handle->shared_memory;
  const auto begin = static_cast<std::size_t>(first), end = begin + static_cast<std::size_t>(count);
  if ((flags & SQLITE_SHM_LOCK) != 0) {
    for (std::size_t slot = begin; slot < end; ++slot) {
      const bool shared_here = (handle->shm_shared >> slot & 1) != 0;
      const bool taken = memory.exclusive_holder[slot] != nullptr && memory.exclusive_holder[slot] != handle;
      const bool read = (flags & SQLITE_SHM_EXCLUSIVE) != 0 && memory.shared_holders[slot] > (shared_here ? 1 : 0);
      if (taken || read) return SQLITE_BUSY;
    }
  }
  for (std::size_t slot = begin; slot < end; ++slot) {
    const auto bit = static_cast<std::uint8_t>(1u << slot);
    if ((flags & SQLITE_SHM_SHARED) != 0) {
      const bool held = (handle->shm_shared & bit) != 0, wanted = (flags & SQLITE_SHM_LOCK) != 0;
      if (held != wanted) memory.shared_holders[slot] += wanted ? 1 : -1;
      handle->shm_shared = static_cast<std::uint8_t>(wanted ? handle->shm_shared | bit : handle->shm_shared & ~bit);
    } else {
      const bool wanted = (flags & SQLITE_SHM_LOCK) != 0;
      if (wanted || memory.exclusive_holder[slot] == handle) memory.exclusive_holder[slot] = wanted ? handle : nullptr;
      handle->shm_exclusive = static_cast<std::uint8_t>(wanted ? handle->shm_exclusive | bit : handle->shm_exclusive & ~bit);
    }
  }
  return SQLITE_OK;
}

void x_shm_barrier(sqlite3_file* file) {
  const std::lock_guard guard(self(file).disk->mutex);
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

int x_shm_unmap(sqlite3_file* file, int) {
  auto& [base, disk, handle] = self(file);
  const std::lock_guard guard(disk->mutex);
  auto memory = handle->shared_memory;
  release_shared_memory(*handle);
  const auto& others = handle->file->handles;
  const bool used = std::any_of(others.begin(), others.end(), [](const Handle* other) { return other->shared_memory != nullptr; });
  if (memory && !used && handle->generation == disk->generation) handle->file->shared_memory = std::make_shared<SharedMemory>();
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {2,
                                     x_close,
                                     x_read,
                                     x_write,
                                     x_truncate,
                                     x_sync,
                                     x_file_size,
                                     x_lock,
                                     x_unlock,
                                     x_check_reserved_lock,
                                     x_file_control,
                                     x_sector_size,
                                     x_device_characteristics,
                                     x_shm_map,
                                     x_shm_lock,
                                     x_shm_barrier,
                                     x_shm_unmap,
                                     nullptr,
                                     nullptr};

int x_open(sqlite3_vfs* vfs, sqlite3_filename path, sqlite3_file* file, int flags, int* out_flags) {
  Disk& disk = disk_of(vfs);
  file->pMethods = nullptr;
  const std::lock_guard guard(disk.mutex);
  const std::string name = path != nullptr ? path : "";
  std::shared_ptr<File> found;
  if (const auto at = disk.files.find(name); at != disk.files.end()) found = at->second;
  if (found && (flags & SQLITE_OPEN_EXCLUSIVE) != 0) return SQLITE_CANTOPEN;
  const bool made = !found;
  if (made) {
    if (!name.empty() && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    if (const auto answer = disk.create(name, found); answer != DiskAnswer::done) return code(answer, SQLITE_IOERR);
  }
  auto* handle = new Handle;
  handle->file = found;
  handle->generation = disk.generation;
  handle->name = name;
  handle->syncs_folder = made && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)) != 0;
  handle->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0 && !name.empty();
  if (!disk.alive(*handle)) {
    delete handle;
    return SQLITE_IOERR;
  }
  found->handles.push_back(handle);
  self(file).disk = &disk;
  self(file).handle = handle;
  file->pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int x_delete(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  Disk& disk = disk_of(vfs);
  const std::lock_guard guard(disk.mutex);
  const auto answer = disk.remove(path, sync_directory != 0);
  return answer == DiskAnswer::short_read ? SQLITE_IOERR_DELETE_NOENT : code(answer, SQLITE_IOERR_DELETE);
}

int x_access(sqlite3_vfs* vfs, const char* path, int, int* there) {
  Disk& disk = disk_of(vfs);
  const std::lock_guard guard(disk.mutex);
  *there = disk.files.contains(std::string_view(path)) ? 1 : 0;
  return SQLITE_OK;
}

int x_full_pathname(sqlite3_vfs*, const char* path, int out_bytes, char* out) {
  const std::size_t length = std::strlen(path);
  if (length + 1 > static_cast<std::size_t>(out_bytes)) return SQLITE_CANTOPEN;
  std::memcpy(out, path, length + 1);
  return SQLITE_OK;
}

int x_randomness(sqlite3_vfs*, int count, char* out) { return system_vfs()->xRandomness(system_vfs(), count, out); }
int x_sleep(sqlite3_vfs*, int microseconds) { return system_vfs()->xSleep(system_vfs(), microseconds); }
int x_current_time(sqlite3_vfs*, double* days) { return system_vfs()->xCurrentTime(system_vfs(), days); }
int x_get_last_error(sqlite3_vfs*, int, char*) { return 0; }
int x_current_time_int64(sqlite3_vfs*, sqlite3_int64* ms) { return system_vfs()->xCurrentTimeInt64(system_vfs(), ms); }
}  // namespace

struct FaultDisk::Impl {
  Impl(std::string vfs_name, std::optional<std::uint64_t> capacity_bytes)
      : name(std::move(vfs_name)), encrypted_name("multipleciphers-" + name), disk(capacity_bytes) {
    vfs.iVersion = 2;
    vfs.szOsFile = sizeof(OpenFile);
    vfs.mxPathname = 512;
    vfs.zName = name.c_str();
    vfs.pAppData = &disk;
    vfs.xOpen = x_open;
    vfs.xDelete = x_delete;
    vfs.xAccess = x_access;
    vfs.xFullPathname = x_full_pathname;
    vfs.xRandomness = x_randomness;
    vfs.xSleep = x_sleep;
    vfs.xCurrentTime = x_current_time;
    vfs.xGetLastError = x_get_last_error;
    vfs.xCurrentTimeInt64 = x_current_time_int64;
    MUISTIO_INVARIANT(sqlite3_initialize() == SQLITE_OK);
    MUISTIO_INVARIANT(sqlite3_vfs_find(name.c_str()) == nullptr);
    MUISTIO_INVARIANT(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
  }
  ~Impl() {
    sqlite3mc_vfs_destroy(encrypted_name.c_str());
    sqlite3_vfs_unregister(&vfs);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const std::string name;
  const std::string encrypted_name;
  Disk disk;
  sqlite3_vfs vfs{};
};

FaultDisk::FaultDisk(std::string name, std::optional<std::uint64_t> capacity_bytes)
    : impl_(std::make_shared<Impl>(std::move(name), capacity_bytes)) {}
FaultDisk::~FaultDisk() = default;

const std::string& FaultDisk::name() const noexcept { return impl_->name; }

void FaultDisk::crash(CrashKind kind, std::uint64_t seed) {
  const std::lock_guard guard(impl_->disk.mutex);
  impl_->disk.crash(kind, seed);
}

std::uint64_t FaultDisk::stop_points() const {
  const std::lock_guard guard(impl_->disk.mutex);
  return impl_->disk.stop_points;
}

void FaultDisk::stop_at(std::uint64_t n, StopKind kind) {
  const std::lock_guard guard(impl_->disk.mutex);
  impl_->disk.stop_at(n, kind);
}

void FaultDisk::resume() {
  const std::lock_guard guard(impl_->disk.mutex);
  impl_->disk.resume();
}

bool FaultDisk::stopped() const {
  const std::lock_guard guard(impl_->disk.mutex);
  return impl_->disk.stopped();
}

void FaultDisk::set_capacity(std::optional<std::uint64_t> capacity_bytes) {
  const std::lock_guard guard(impl_->disk.mutex);
  impl_->disk.set_capacity(capacity_bytes);
}

void FaultDisk::ignore_syncs(bool ignored) {
  const std::lock_guard guard(impl_->disk.mutex);
  impl_->disk.syncs_ignored = ignored;
}

FaultDisk::Counts FaultDisk::counts() const {
  const std::lock_guard guard(impl_->disk.mutex);
  return impl_->disk.counts;
}

std::vector<std::string> FaultDisk::files() const {
  const std::lock_guard guard(impl_->disk.mutex);
  std::vector<std::string> names;
  for (const auto& [name, file] : impl_->disk.files) names.push_back(name);
  return names;
}

std::optional<Bytes> FaultDisk::contents(std::string_view path) const {
  const std::lock_guard guard(impl_->disk.mutex);
  const auto at = impl_->disk.files.find(path);
  if (at == impl_->disk.files.end()) return std::nullopt;
  return at->second->live;
}

void FaultDisk::set_contents(std::string_view path, BytesView bytes) {
  const std::lock_guard guard(impl_->disk.mutex);
  auto file = std::make_shared<File>();
  file->live = file->durable = to_bytes(bytes);
  file->ever_synced = true;
  impl_->disk.files[std::string(path)] = std::move(file);
}

void FaultDisk::remove(std::string_view path) {
  const std::lock_guard guard(impl_->disk.mutex);
  if (const auto at = impl_->disk.files.find(path); at != impl_->disk.files.end()) impl_->disk.files.erase(at);
}

}  // namespace muistio::store
