// Comparison that does not tell by its duration where two secrets differ.
#pragma once

#include "muistio/base/bytes.hpp"

namespace muistio::crypto {

/// Whether two byte strings are equal. The time taken depends on their lengths only.
[[nodiscard]] bool equal_in_constant_time(BytesView left, BytesView right) noexcept;

}  // namespace muistio::crypto
