// What both logs know of a space and a record, private to the server.
#pragma once

#include "muistio/server/log.hpp"

namespace muistio::server {

/// A space's row as far as a transaction needs it.
struct HeldSpace {
  SpaceState state;
  std::uint64_t attachment_bytes = 0;
  std::uint64_t bytes_max = 0;
  /// Whether `bytes` more fit its quota: its own, or the server's.
  [[nodiscard]] bool has_room(std::uint64_t bytes, std::uint64_t server_max) const noexcept {
    const auto most = bytes_max != 0 ? bytes_max : server_max;
    const auto held = state.log_bytes + attachment_bytes;
    return bytes <= most && held <= most - bytes;
  }
};

/// The first 8 bytes of a record's hash: an index of 8 bytes a row finds a repeated append, the bytes decide.
[[nodiscard]] std::int64_t mark_of(BytesView record);

}  // namespace muistio::server
