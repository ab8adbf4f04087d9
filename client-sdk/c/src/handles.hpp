// The handles of the C interface: numbers that are looked up at every use, so that a stale or wrong one is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "muistio/c/base.h"

namespace muistio::c {

struct OpenClient;
struct Call;
struct Answer;
struct Observation;

/// What a handle of the C type stands for, and the kind in its lowest bits.
template <class Handle>
struct HandleOf;
template <>
struct HandleOf<muistio_client> {
  using Object = OpenClient;
  static constexpr std::uintptr_t kind = 1;
};
template <>
struct HandleOf<muistio_call> {
  using Object = Call;
  static constexpr std::uintptr_t kind = 2;
};
template <>
struct HandleOf<muistio_answer> {
  using Object = Answer;
  static constexpr std::uintptr_t kind = 3;
};
template <>
struct HandleOf<muistio_observation> {
  using Object = Observation;
  static constexpr std::uintptr_t kind = 4;
};

/// Whose a handle is: the library's own are not released by the caller.
enum class Owner : std::uint8_t { caller, library };

/// Any thread.
class Handles {
 public:
  template <class Handle>
  [[nodiscard]] Handle* put(std::shared_ptr<typename HandleOf<Handle>::Object> object, Owner owner) {
    return reinterpret_cast<Handle*>(add(std::move(object), owner, HandleOf<Handle>::kind));
  }
  /// Null if there is no such handle.
  template <class Handle>
  [[nodiscard]] std::shared_ptr<typename HandleOf<Handle>::Object> get(const Handle* handle) const {
    return std::static_pointer_cast<typename HandleOf<Handle>::Object>(
        find(reinterpret_cast<std::uintptr_t>(handle), HandleOf<Handle>::kind));
  }
  /// Takes the handle back; null if there is none that is `owner`'s.
  template <class Handle>
  std::shared_ptr<typename HandleOf<Handle>::Object> take(const Handle* handle, Owner owner) {
    return std::static_pointer_cast<typename HandleOf<Handle>::Object>(
        remove(reinterpret_cast<std::uintptr_t>(handle), HandleOf<Handle>::kind, owner));
  }
  /// The handles that are the caller's.
  [[nodiscard]] std::size_t count() const;

 private:
  struct Entry {
    std::shared_ptr<void> object;
    Owner owner;
  };
  static constexpr std::uintptr_t kKinds = 8;
  std::uintptr_t add(std::shared_ptr<void> object, Owner owner, std::uintptr_t kind);
  [[nodiscard]] std::shared_ptr<void> find(std::uintptr_t handle, std::uintptr_t kind) const;
  std::shared_ptr<void> remove(std::uintptr_t handle, std::uintptr_t kind, Owner owner);

  mutable std::mutex mutex_;
  std::unordered_map<std::uintptr_t, Entry> entries_;
  std::uintptr_t next_ = 0;
};

/// The ones of this process; they are there as long as it.
[[nodiscard]] Handles& handles();

}  // namespace muistio::c
