// Base64url without padding (RFC 4648 §5), for links.
#pragma once

#include <string>
#include <string_view>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio::space {

[[nodiscard]] std::string to_base64url(BytesView bytes);
/// Errors: malformed (a character outside the alphabet, a length that no bytes have, bits that are not zero at the end).
[[nodiscard]] Result<Bytes> from_base64url(std::string_view text);

}  // namespace muistio::space
