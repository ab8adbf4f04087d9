// What may stand in a title or a name.
#pragma once

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio::club {

/// A line: UTF-8, at most kLineBytesMax bytes, no control characters (line breaks among them). It may be empty.
/// Errors: not_utf8, too_large, invalid_argument.
[[nodiscard]] Status check_line(BytesView line);

}  // namespace muistio::club
