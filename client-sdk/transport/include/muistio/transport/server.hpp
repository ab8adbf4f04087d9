// Where a server is, and whom to believe that it is that server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "muistio/base/result.hpp"

namespace muistio::transport {

/// A server's place on the network.
struct Server {
  std::string host;  // a DNS name or an address, without brackets, lower case
  std::uint16_t port = 443;

  /// "wss://HOST[:PORT]": the port only if it is not 443, an IPv6 address in brackets.
  [[nodiscard]] std::string url() const;
  friend bool operator==(const Server&, const Server&) = default;
};

/// Reads "wss://HOST[:PORT]" or "https://HOST[:PORT]", a trailing "/" allowed. Errors: invalid_argument, saying what is wrong.
[[nodiscard]] Result<Server> parse_server(std::string_view url);

}  // namespace muistio::transport
