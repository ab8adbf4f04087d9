// The id of a device: made from its signing key (R1), so that whoever names the one names the other.
#pragma once

#include "muistio/base/ids.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/signature.hpp"

namespace muistio::crypto {

/// The first 16 bytes of SHA-256("muistio device 1" ‖ device_sig_pub). Pure; any thread.
[[nodiscard]] inline DeviceId device_id_of(const VerifyKey& device_sig_pub) {
  const auto hash = labelled_hash("muistio device 1", {device_sig_pub.view()});
  return DeviceId::from_bytes(hash.view().first(DeviceId::size_bytes)).value();
}

}  // namespace muistio::crypto
