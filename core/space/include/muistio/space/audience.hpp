// An audience narrower than the members: a random secret, sealed to the devices of those whom a batch is for (R5).
#pragma once

#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/crypto/x25519.hpp"
#include "muistio/space/content_keys.hpp"

namespace muistio::space {

/// The most devices that one grant is for.
inline constexpr std::size_t kAudienceDevicesMax = 4096;

/// The secret of an audience, sealed to one device by HPKE to its device_wrap_pub.
struct SealedSecret {
  DeviceId device;
  crypto::X25519PublicKey kem_output;
  Bytes sealed;  // 48 bytes
  friend bool operator==(const SealedSecret&, const SealedSecret&) = default;
};

/// The payload of a batch of kind audience_grant: docs/formats/space.md, "Narrower audience". Plain value; any thread.
struct AudienceGrant {
  AudienceId audience;
  std::vector<SealedSecret> devices;  // ascending by device, none twice

  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, too_large, unsupported_version.
  [[nodiscard]] static Result<AudienceGrant> decode(BytesView bytes);
  friend bool operator==(const AudienceGrant&, const AudienceGrant&) = default;
};

/// The id of the audience that `author` makes with a secret: the first 16 bytes of SHA-256("muistio audience 1" ‖ space ‖ author ‖
/// secret). So nobody can give two devices two secrets under one id.
[[nodiscard]] AudienceId narrow_audience(const SpaceId& space, const DeviceId& author, const AudienceSecret& secret);

/// Seals the secret to one device. Errors: bad_public_key (a point of small order).
[[nodiscard]] Result<SealedSecret> seal_audience_secret(const SpaceId& space, const DeviceId& author, const AudienceSecret& secret,
                                                        const DeviceId& device, const crypto::X25519PublicKey& device_wrap_pub,
                                                        Random& random);
/// Opens what `author` sealed to this device. Errors: not_in_audience (nothing is for this device); bad_public_key;
/// decryption_failed; malformed (the audience's id is not that of the secret).
[[nodiscard]] Result<AudienceSecret> open_audience_secret(const SpaceId& space, const DeviceId& author, const AudienceGrant& grant,
                                                          const DeviceId& device, const crypto::X25519PrivateKey& wrap_key);

/// A new audience: its id, and the payload that tells its devices the secret.
struct NewAudience {
  AudienceId audience;
  Bytes payload;
};

}  // namespace muistio::space
