// Reading hexadecimal.
#pragma once

#include <string_view>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio {

/// The bytes that `hex` spells, either case. Errors: malformed (odd length, or the offset of the first bad digit).
[[nodiscard]] Result<Bytes> from_hex(std::string_view hex);

}  // namespace muistio
