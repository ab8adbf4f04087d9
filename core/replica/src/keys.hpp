// The first bytes of a replica's keys; docs/formats/replica.md.
#pragma once

#include <cstdint>

namespace muistio::replica {

inline constexpr std::uint8_t kDocumentKey = 'd';
inline constexpr std::uint8_t kSummaryKey = 's';

}  // namespace muistio::replica
