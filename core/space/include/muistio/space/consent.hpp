// A member's consent to a release: that exact text, for that target, under that id, and nothing else. It stays in the club.
#pragma once

#include <string_view>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/space/identity.hpp"

namespace muistio::space {

using ReleaseId = StrongBytes<struct ReleaseIdTag, 16>;

/// SHA-256("muistio release 1" ‖ text ‖ target ‖ release id): what is consented to.
[[nodiscard]] Hash release_hash(std::string_view text, std::string_view target, const ReleaseId& release);

/// A device's signature for its member. Plain value; any thread.
struct Consent {
  ReleaseId release;
  Hash content;  // release_hash
  DeviceId device;
  crypto::Signature signature;

  [[nodiscard]] static Consent give(const SpaceId& club, const ReleaseId& release, const Hash& content, const DeviceKeys& keys);
  /// Whether the device consented to this in this club. Errors: bad_signature.
  [[nodiscard]] Status verify(const SpaceId& club, const crypto::VerifyKey& device_sig_pub) const;
  /// docs/formats/space.md, "Consent".
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, unsupported_version.
  [[nodiscard]] static Result<Consent> decode(BytesView bytes);
  friend bool operator==(const Consent&, const Consent&) = default;
};

}  // namespace muistio::space
