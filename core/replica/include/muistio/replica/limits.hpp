// Limits of changes and documents; what exceeds them is refused with too_large before anything is allocated for it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace muistio::replica {

/// What one batch of changes may hold. A batch of ops is at most `bytes_max` long before compression.
struct ChangeLimits {
  std::size_t changes_max = 16384;
  std::size_t ops_max = 65536;
  std::size_t deps_max = 1024;  // of one change
  std::size_t bytes_max = std::size_t{16} << 20;
};

/// The value of a register, in bytes.
inline constexpr std::size_t kRegisterBytesMax = std::size_t{64} << 10;
/// A value in a set, in bytes.
inline constexpr std::size_t kSetValueBytesMax = std::size_t{4} << 10;
/// A value in a list, in bytes.
inline constexpr std::size_t kListValueBytesMax = std::size_t{4} << 10;
/// Additions to a set that one op may undo, and elements of a list that one may erase.
inline constexpr std::size_t kRemovedTagsMax = 4096;
/// Ranges that one op may take back.
inline constexpr std::size_t kTakenBackRangesMax = 65536;
/// The heads of a text's version as it is shown to people.
inline constexpr std::size_t kVersionHeadsMax = 1024;

}  // namespace muistio::replica
