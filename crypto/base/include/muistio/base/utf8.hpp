// UTF-8 at the edge: the only place that decodes it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "muistio/base/result.hpp"

namespace muistio {

/// The byte offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7), or nothing.
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text) noexcept;

/// The number of Unicode scalar values in `text`, which must be valid UTF-8.
[[nodiscard]] std::size_t scalar_count(std::string_view text) noexcept;

/// Scalar values. Errors: not_utf8 with the byte offset.
[[nodiscard]] Result<std::u32string> utf8_to_scalars(std::string_view text);

/// UTF-8 of `scalars`; a value that is no Unicode scalar value is a broken invariant.
[[nodiscard]] std::string scalars_to_utf8(std::u32string_view scalars);

}  // namespace muistio
