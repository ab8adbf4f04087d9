// A text's version as people and programs hand it around.
#pragma once

#include <string>
#include <string_view>

#include "muistio/base/result.hpp"
#include "muistio/text/ids.hpp"

namespace muistio::replica {

/// A version in lower-case hexadecimal: opaque to whoever carries it. "00" is the empty text.
[[nodiscard]] std::string format_text_version(const text::Version& version);
/// Errors: invalid_argument, if `shown` is not a version.
[[nodiscard]] Result<text::Version> parse_text_version(std::string_view shown);

}  // namespace muistio::replica
