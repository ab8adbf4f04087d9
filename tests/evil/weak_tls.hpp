// A listener that speaks TLS 1.2 and nothing newer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "attack.hpp"
#include "muistio/base/result.hpp"

namespace muistio::evil {

/// Accepts until SIGTERM or SIGINT; prints "ready wss://ADDR:PORT". The damage: connections to which TLS 1.2 was offered (records)
/// and bytes that a client sent through such a connection (bytes: none, if clients refuse). Errors: io_failed.
[[nodiscard]] Result<Damage> offer_weak_tls(const std::string& address, std::uint16_t port,
                                            const std::filesystem::path& certificate, const std::filesystem::path& key);

}  // namespace muistio::evil
