// The keys of the rows that sync owns; docs/formats/sync.md has them byte by byte.
#pragma once

#include "muistio/base/ids.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::sync {

/// space ‖ number, big-endian: rows of one space in the order of their numbers.
[[nodiscard]] inline Bytes numbered_key(const SpaceId& space, std::uint64_t number) {
  return Writer().raw(space.view()).u64(number).bytes();
}

/// Numbers that begin anew in each era (of changes, of batches), in the order of eras: the era above, the number in the lower 40 bits.
inline constexpr unsigned kNumberBits = 40;
[[nodiscard]] inline Bytes era_key(const SpaceId& space, Era era, std::uint64_t number) {
  MUISTIO_INVARIANT(number < (std::uint64_t{1} << kNumberBits) && era.value() < (std::uint64_t{1} << (64 - kNumberBits)));
  return numbered_key(space, (era.value() << kNumberBits) | number);
}

/// The key of what one device has in a space.
[[nodiscard]] inline Bytes device_key(const SpaceId& space, const DeviceId& device) {
  return Writer().raw(space.view()).raw(device.view()).bytes();
}

/// The number at the end of a key made by `numbered_key`. Errors: corrupt.
[[nodiscard]] inline Result<std::uint64_t> number_of(BytesView key) {
  if (key.size() != SpaceId::size_bytes + 8) return fail(ErrorCode::corrupt, "a numbered row's key");
  return Reader(key.subspan(SpaceId::size_bytes)).u64();
}

}  // namespace muistio::sync
