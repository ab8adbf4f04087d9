// Columns of numbers in runs (docs/formats/replica.md).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "muistio/base/reader.hpp"
#include "muistio/base/result.hpp"

namespace muistio::replica {

/// Writes `values` in runs: a header (count · 2 + kind) as varint, then one value that repeats (kind 0, count at least 2), or as
/// many values (kind 1). Equal neighbours are always in one repeat, and two stretches of values never follow each other.
void write_column(Writer& writer, std::span<const std::uint64_t> values);

/// Reads exactly `count` values, each at most `most`; the caller has bounded `count`. Errors: malformed, too_large.
[[nodiscard]] Result<std::vector<std::uint64_t>> read_column(Reader& reader, std::size_t count, std::uint64_t most = UINT64_MAX);

[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) noexcept {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace muistio::replica
