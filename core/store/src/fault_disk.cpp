#include "fault_disk.hpp"

#include <algorithm>
#include <cstring>

namespace muistio::store::detail {

// SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t Coin::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31);
}

namespace {
void lay(Bytes& onto, std::uint64_t offset, BytesView bytes) {
  if (bytes.empty()) return;
  if (onto.size() < offset + bytes.size()) onto.resize(offset + bytes.size());
  std::memcpy(onto.data() + offset, bytes.data(), bytes.size());
}

void apply(Bytes& onto, const Unsynced& change) {
  if (change.truncation)
    onto.resize(change.offset);
  else
    lay(onto, change.offset, change.bytes);
}

std::string_view folder_of(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

/// The sectors of `change` that the coin keeps, cut at the disk's sector boundaries.
void apply_some(Bytes& onto, const Unsynced& change, Coin& coin, FaultDisk::Counts& counts) {
  if (change.truncation) {
    if (coin.heads()) onto.resize(change.offset);
    return;
  }
  std::size_t done = 0;
  while (done < change.bytes.size()) {
    const std::uint64_t at = change.offset + done;
    const std::size_t count = std::min<std::size_t>(change.bytes.size() - done, kSectorBytes - at % kSectorBytes);
    if (coin.heads()) {
      lay(onto, at, BytesView(change.bytes).subspan(done, count));
      ++counts.sectors_kept;
    } else {
      ++counts.sectors_dropped;
    }
    done += count;
  }
}
}  // namespace

void File::write(std::uint64_t offset, BytesView bytes) {
  lay(live, offset, bytes);
  unsynced.push_back({.truncation = false, .offset = offset, .bytes = to_bytes(bytes)});
}

void File::truncate(std::uint64_t size) {
  live.resize(size);
  unsynced.push_back({.truncation = true, .offset = size, .bytes = {}});
}

void File::sync() {
  for (const auto& change : unsynced) apply(durable, change);
  unsynced.clear();
  ever_synced = true;
}

bool File::crash(CrashKind kind, Coin& coin, FaultDisk::Counts& counts) {
  const bool was_synced = ever_synced;
  if (kind == CrashKind::keep_all) {
    sync();
  } else {
    for (const auto& change : unsynced) {
      if (kind == CrashKind::keep_some)
        apply_some(durable, change, coin, counts);
      else
        counts.sectors_dropped += (change.bytes.size() + kSectorBytes - 1) / kSectorBytes;
    }
    unsynced.clear();
    live = durable;
  }
  ever_synced = true;
  handles.clear();
  shared_memory = std::make_shared<SharedMemory>();
  return was_synced || kind == CrashKind::keep_all || (kind == CrashKind::keep_some && coin.heads());
}

void Disk::stop_at(std::uint64_t n, StopKind kind) {
  stop_point_ = stop_points + n;
  stop_kind_ = kind;
}

void Disk::crash(CrashKind kind, std::uint64_t seed) {
  Coin coin(seed);
  ++generation;
  ++counts.crashes;
  resume();
  for (auto at = files.begin(); at != files.end();) at = at->second->crash(kind, coin, counts) ? std::next(at) : files.erase(at);
  for (auto& [name, ghost] : ghosts_) {
    const bool back = kind == CrashKind::drop_unsynced || (kind == CrashKind::keep_some && coin.heads());
    if (back && !files.contains(name) && ghost->crash(kind, coin, counts)) files.emplace(name, ghost);
  }
  ghosts_.clear();
}

std::uint64_t Disk::used_bytes() const {
  std::uint64_t used = 0;
  for (const auto& [name, file] : files) used += file->live.size();
  return used;
}

bool Disk::stops_here() {
  ++stop_points;
  return failing();
}

DiskAnswer Disk::refuse(DiskAnswer answer) {
  ++counts.refused;
  return answer;
}

DiskAnswer Disk::create(const std::string& name, std::shared_ptr<File>& made) {
  if (stops_here()) return refuse(DiskAnswer::failed);
  made = std::make_shared<File>();
  if (!name.empty()) files[name] = made;
  return DiskAnswer::done;
}

DiskAnswer Disk::read(const Handle& handle, std::uint64_t offset, std::span<std::uint8_t> out) const {
  if (!alive(handle)) return DiskAnswer::failed;
  const Bytes& live = handle.file->live;
  const std::size_t there = offset >= live.size() ? 0 : std::min<std::size_t>(out.size(), live.size() - offset);
  if (there > 0) std::memcpy(out.data(), live.data() + offset, there);
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(there), out.end(), std::uint8_t{0});
  return there == out.size() ? DiskAnswer::done : DiskAnswer::short_read;
}

DiskAnswer Disk::write(const Handle& handle, std::uint64_t offset, BytesView bytes) {
  if (!alive(handle)) return refuse(DiskAnswer::failed);
  File& file = *handle.file;
  if (stops_here()) {
    // The write that a crash interrupts: some of its first sectors got through.
    const std::size_t sectors = (bytes.size() + kSectorBytes - 1) / kSectorBytes;
    const std::size_t through = std::min<std::size_t>(bytes.size(), Coin(stop_points).next() % (sectors + 1) * kSectorBytes);
    if (through > 0) file.write(offset, bytes.first(through));
    return refuse(DiskAnswer::failed);
  }
  const std::uint64_t end = offset + bytes.size();
  if (end > file.live.size()) {
    const std::uint64_t grown_bytes = end - file.live.size();
    if (stopped() || (capacity_bytes_ && used_bytes() + grown_bytes > *capacity_bytes_)) return refuse(DiskAnswer::full);
  }
  ++counts.writes;
  counts.bytes_written += bytes.size();
  file.write(offset, bytes);
  return DiskAnswer::done;
}

DiskAnswer Disk::truncate(const Handle& handle, std::uint64_t size) {
  if (!alive(handle) || stops_here()) return refuse(DiskAnswer::failed);
  if (size > handle.file->live.size() && stopped()) return refuse(DiskAnswer::full);
  handle.file->truncate(size);
  return DiskAnswer::done;
}

DiskAnswer Disk::sync(const Handle& handle) {
  if (!alive(handle) || stops_here()) return refuse(DiskAnswer::failed);
  ++counts.syncs;
  if (syncs_ignored) return DiskAnswer::done;
  handle.file->sync();
  // SQLite's own VFS syncs the folder with the first sync of a journal that it made.
  if (handle.syncs_folder) {
    const std::string_view folder = folder_of(handle.name);
    std::erase_if(ghosts_, [folder](const auto& ghost) { return folder_of(ghost.first) == folder; });
  }
  return DiskAnswer::done;
}

DiskAnswer Disk::remove(std::string_view name, bool durably) {
  if (failing() || stops_here()) return refuse(DiskAnswer::failed);
  const auto at = files.find(name);
  if (at == files.end()) return DiskAnswer::short_read;
  if (durably)
    std::erase_if(ghosts_, [name](const auto& ghost) { return folder_of(ghost.first) == folder_of(name); });
  else if (at->second->ever_synced)
    ghosts_[at->first] = at->second;
  files.erase(at);
  return DiskAnswer::done;
}

}  // namespace muistio::store::detail
