#include "handles.hpp"

#include <algorithm>

namespace muistio::c {

std::uintptr_t Handles::add(std::shared_ptr<void> object, Owner owner, std::uintptr_t kind) {
  const std::lock_guard guard(mutex_);
  // Each number once; where an address has 32 bits they go round after half a thousand million, past those that are in use.
  std::uintptr_t handle = 0;
  do {
    next_ += kKinds;
    handle = next_ | kind;
  } while (next_ == 0 || entries_.contains(handle));
  entries_.emplace(handle, Entry{std::move(object), owner});
  return handle;
}

std::shared_ptr<void> Handles::find(std::uintptr_t handle, std::uintptr_t kind) const {
  const std::lock_guard guard(mutex_);
  const auto entry = entries_.find(handle);
  return entry == entries_.end() || handle % kKinds != kind ? nullptr : entry->second.object;
}

std::shared_ptr<void> Handles::remove(std::uintptr_t handle, std::uintptr_t kind, Owner owner) {
  const std::lock_guard guard(mutex_);
  const auto entry = entries_.find(handle);
  if (entry == entries_.end() || handle % kKinds != kind || entry->second.owner != owner) return nullptr;
  auto object = std::move(entry->second.object);
  entries_.erase(entry);
  return object;
}

std::size_t Handles::count() const {
  const std::lock_guard guard(mutex_);
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const auto& each) { return each.second.owner == Owner::caller; }));
}

Handles& handles() {
  static auto* const all = new Handles;  // never destroyed: a callback may run while the process ends
  return *all;
}

}  // namespace muistio::c
