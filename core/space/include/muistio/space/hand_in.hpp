// What a device that can push no more hands to the hosts by another way than the log (R7): sealed to their devices, signed by its
// own.
#pragma once

#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/crypto/x25519.hpp"
#include "muistio/space/identity.hpp"

namespace muistio::space {

inline constexpr std::size_t kHandInBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kHandInRecipientsMax = 512;

/// Who may open what is handed in.
struct HandInRecipient {
  DeviceId device;
  crypto::X25519PublicKey wrap_pub;
};

/// What was handed in, its signature checked.
struct HandIn {
  MemberId member;  // of the device that handed it in
  DeviceId device;
  Hash digest;  // of its bytes: the same file is the same again
  Bytes payload;
};

/// docs/formats/space.md, "Hand-in". Errors: invalid_argument (no recipient, or too many), too_large, bad_public_key.
[[nodiscard]] Result<Bytes> seal_hand_in(const SpaceId& space, const DeviceKeys& from,
                                         const std::vector<HandInRecipient>& recipients, BytesView payload, Random& random);

/// The clear part. Errors: malformed, too_large, unsupported_version.
struct HandInHeader {
  SpaceId space;
  DeviceId device;  // who signed it
};
[[nodiscard]] Result<HandInHeader> read_hand_in(BytesView bytes);
/// Checks the signature by `device_sig_pub` and opens it as the device of `keys`. Errors: bad_signature; not_permitted (not for
/// this device); decryption_failed; malformed, too_large, unsupported_version.
[[nodiscard]] Result<Bytes> open_hand_in(BytesView bytes, const crypto::VerifyKey& device_sig_pub, const DeviceKeys& keys);

}  // namespace muistio::space
