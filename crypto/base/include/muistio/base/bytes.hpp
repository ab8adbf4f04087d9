// Byte strings and their hexadecimal form: the vocabulary of every module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace muistio {

/// An owned byte string. Not wiped on destruction: secrets live in `Secret<N>` or `SecretBytes`.
using Bytes = std::vector<std::uint8_t>;

/// A borrowed byte string; the owner must outlive it.
using BytesView = std::span<const std::uint8_t>;

/// The bytes of `text`, borrowed.
[[nodiscard]] inline BytesView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The characters of `bytes`, borrowed; no check that they are UTF-8 (see `utf8.hpp`).
[[nodiscard]] inline std::string_view as_text(BytesView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// An owned copy of `bytes`.
[[nodiscard]] inline Bytes to_bytes(BytesView bytes) { return {bytes.begin(), bytes.end()}; }

/// Appends `bytes` to `out`.
inline void append(Bytes& out, BytesView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

/// Whether two public byte strings are equal. Not constant time: for secrets use `crypto::equal_in_constant_time`.
[[nodiscard]] bool equal(BytesView left, BytesView right) noexcept;

/// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string to_hex(BytesView bytes);

}  // namespace muistio
