// Secrets: move-only, wiped when they go, never printed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio {

/// Overwrites `bytes` with zeros in a way that the compiler keeps.
void wipe(std::span<std::uint8_t> bytes) noexcept;

/// Wipes what calls that have returned left on the stack: registers and moved values that an optimising compiler put there. Call it
/// where the caller of the call with the secrets stands; 16 KiB below are overwritten.
void wipe_stack() noexcept;

namespace detail {
template <class Call>
[[gnu::noinline]] auto call_apart(Call&& call) {
  return call();
}
}  // namespace detail

/// What `call` returns; the stack that it used is wiped. For steps that use secrets up: whatever the compiler spilled is gone with
/// them.
template <class Call>
[[nodiscard]] auto leaving_no_trace(Call&& call) {
  auto result = detail::call_apart(call);
  wipe_stack();
  return result;
}

/// N secret bytes. Move-only; the source of a move and a destroyed secret are wiped. Copies are explicit: `clone()`.
template <std::size_t N>
class Secret {
 public:
  static constexpr std::size_t size_bytes = N;
  Secret() = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_);
    }
    return *this;
  }
  ~Secret() { wipe(bytes_); }

  /// Errors: malformed, if `bytes` is not exactly N long.
  [[nodiscard]] static Result<Secret> from_bytes(BytesView bytes) {
    if (bytes.size() != N) return fail(ErrorCode::malformed, "a secret has the wrong length");
    Secret made;
    std::copy(bytes.begin(), bytes.end(), made.bytes_.begin());
    return made;
  }
  [[nodiscard]] Secret clone() const {
    Secret made;
    made.bytes_ = bytes_;
    return made;
  }
  /// The bytes, to hand to a primitive. Never log them, never store them outside the encrypted store.
  [[nodiscard]] BytesView expose() const noexcept { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t, N> expose_mutable() noexcept { return bytes_; }

 private:
  std::array<std::uint8_t, N> bytes_{};
};

/// Secret bytes of a length known at run time. Move-only, wiped.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  /// Takes over `bytes`; the caller's vector is left empty.
  explicit SecretBytes(Bytes&& bytes) noexcept : bytes_(std::move(bytes)) {}
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      wipe(bytes_);
      bytes_ = std::move(other.bytes_);
      other.bytes_.clear();
    }
    return *this;
  }
  ~SecretBytes() { wipe(bytes_); }

  [[nodiscard]] static SecretBytes copy_of(BytesView bytes) { return SecretBytes(to_bytes(bytes)); }
  [[nodiscard]] SecretBytes clone() const { return copy_of(bytes_); }
  [[nodiscard]] BytesView expose() const noexcept { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t> expose_mutable() noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

 private:
  Bytes bytes_;
};

}  // namespace muistio
