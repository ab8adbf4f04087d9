// Strong types: two kinds of number or id never mix by accident.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "muistio/base/bytes.hpp"
#include "muistio/base/hex.hpp"
#include "muistio/base/result.hpp"

namespace muistio {

/// A fixed-size public byte string with a meaning: an id, a public key, a hash. Ordered by its bytes. All zero when default made.
template <class Tag, std::size_t N>
class StrongBytes {
 public:
  static constexpr std::size_t size_bytes = N;

  constexpr StrongBytes() = default;
  constexpr explicit StrongBytes(const std::array<std::uint8_t, N>& bytes) : bytes_(bytes) {}

  /// Errors: malformed, if `bytes` is not exactly N long.
  [[nodiscard]] static Result<StrongBytes> from_bytes(BytesView bytes) {
    if (bytes.size() != N) return fail(ErrorCode::malformed, "expected " + std::to_string(N) + " bytes");
    StrongBytes made;
    std::copy(bytes.begin(), bytes.end(), made.bytes_.begin());
    return made;
  }
  /// Errors: malformed, if `hex` is not exactly 2N hexadecimal digits.
  [[nodiscard]] static Result<StrongBytes> parse(std::string_view hex) {
    MUISTIO_TRY(auto bytes, from_hex(hex));
    return from_bytes(bytes);
  }

  [[nodiscard]] constexpr const std::array<std::uint8_t, N>& array() const noexcept { return bytes_; }
  [[nodiscard]] std::array<std::uint8_t, N>& mutable_array() noexcept { return bytes_; }
  [[nodiscard]] BytesView view() const noexcept { return bytes_; }
  [[nodiscard]] const std::uint8_t* data() const noexcept { return bytes_.data(); }
  /// Lower-case hexadecimal.
  [[nodiscard]] std::string hex() const { return to_hex(bytes_); }
  [[nodiscard]] bool is_zero() const noexcept {
    return std::all_of(bytes_.begin(), bytes_.end(), [](auto b) { return b == 0; });
  }

  friend constexpr auto operator<=>(const StrongBytes&, const StrongBytes&) = default;

 private:
  std::array<std::uint8_t, N> bytes_{};
};

/// A number with a meaning. Arithmetic is only what a counter needs.
template <class Tag, class T = std::uint64_t>
class StrongInt {
 public:
  using value_type = T;
  constexpr StrongInt() = default;
  constexpr explicit StrongInt(T value) : value_(value) {}
  [[nodiscard]] constexpr T value() const noexcept { return value_; }
  [[nodiscard]] constexpr StrongInt next() const noexcept { return StrongInt(static_cast<T>(value_ + 1)); }
  friend constexpr auto operator<=>(const StrongInt&, const StrongInt&) = default;

 private:
  T value_{};
};

}  // namespace muistio

template <class Tag, std::size_t N>
struct std::hash<muistio::StrongBytes<Tag, N>> {
  std::size_t operator()(const muistio::StrongBytes<Tag, N>& id) const noexcept {
    std::size_t mixed = 1469598103934665603ULL;
    for (auto byte : id.array()) mixed = (mixed ^ byte) * 1099511628211ULL;
    return mixed;
  }
};

template <class Tag, class T>
struct std::hash<muistio::StrongInt<Tag, T>> {
  std::size_t operator()(muistio::StrongInt<Tag, T> number) const noexcept { return std::hash<T>{}(number.value()); }
};
