// A home that follows a device link, until it has an identity (R1).
#pragma once

#include <optional>
#include <string>

#include "muistio/crypto/x25519.hpp"
#include "muistio/space/device_link.hpp"

namespace muistio::sync {

/// What is kept: one row while the answer is awaited.
struct Linking {
  space::DeviceLink link;
  crypto::X25519PrivateKey wrap_key;
  Bytes ask;                                  // sealed: the same bytes each time
  std::optional<space::DeviceReveal> reveal;  // once the other device has met the ask

  // of the present connection
  bool is_asked = false;    // the server has the ask
  bool is_tried = false;    // it was asked to take it: it may not know the personal space yet
  bool is_looked = false;   // it had no answer when last asked
  bool is_waiting = false;  // for the server's word
  MonotonicMs ask_at{};

  /// The six digits to compare, once they can be known.
  [[nodiscard]] std::optional<std::string> code() const;
  [[nodiscard]] SecretBytes encode() const;
  /// Errors: corrupt, unsupported_version.
  [[nodiscard]] static Result<Linking> decode(BytesView bytes);
};

}  // namespace muistio::sync
