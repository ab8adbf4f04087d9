// What links of both kinds share.
#pragma once

#include <string_view>

namespace muistio::space {

/// Whether it is HOST[:PORT] with a DNS name, an IPv4 address or an IPv6 address in brackets, within kServerBytesMax.
[[nodiscard]] bool is_server(std::string_view server);
/// Without white space around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace muistio::space
