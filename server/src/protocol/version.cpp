// The protocol version that the challenge offers; in a file of its own, so that a test server can lie about it.
#include "muistio/wire/messages.hpp"

namespace muistio::server {

std::uint8_t offered_version() noexcept;
std::uint8_t offered_version() noexcept { return wire::protocol_version; }

}  // namespace muistio::server
