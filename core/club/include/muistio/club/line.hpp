// What may stand in a title or a name.
#pragma once

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio::club {

/// A line: UTF-8, at most kLineBytesMax bytes, no control characters (line breaks among them). It may be empty.
/// Errors: not_utf8, too_large, invalid_argument.
[[nodiscard]] Status check_line(BytesView line);

/// A text of several lines in a register: UTF-8, at most so many bytes. It may be empty. Errors: too_large, not_utf8.
[[nodiscard]] Status check_text(BytesView text, std::size_t bytes_max);

}  // namespace muistio::club
