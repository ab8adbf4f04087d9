// Who a member is and which devices speak for them (R1).
#pragma once

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/crypto/device_id.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/crypto/x25519.hpp"

namespace muistio::space {

/// SHA-256("muistio member 1" ‖ identity_pub).
[[nodiscard]] MemberId member_id_of(const crypto::VerifyKey& identity_pub);

using crypto::device_id_of;

/// A member's statement that a device is theirs: the MLS credential of its leaves, byte for byte the same in each.
struct DeviceCertificate {
  crypto::VerifyKey identity_pub;
  crypto::VerifyKey device_sig_pub;          // the leaf's signature_key
  crypto::X25519PublicKey device_wrap_pub;   // secrets for a narrower audience are sealed to it (R5)
  crypto::Signature signature;               // by the identity key, "muistio device certificate 1"

  [[nodiscard]] MemberId member() const { return member_id_of(identity_pub); }
  [[nodiscard]] DeviceId device() const { return device_id_of(device_sig_pub); }
  /// The encoded certificate: docs/formats/space.md, "Device certificate".
  [[nodiscard]] Bytes encode() const;
  /// Reads a certificate and checks its signature and that something can be sealed to it. Errors: invalid_certificate; unsupported_version (a newer one).
  [[nodiscard]] static Result<DeviceCertificate> decode(BytesView bytes);
  friend bool operator==(const DeviceCertificate&, const DeviceCertificate&) = default;
};

/// A person's identity key. It proves who someone is and never what they may do. Move-only; threads as for its keys: any.
class Identity {
 public:
  [[nodiscard]] static Identity generate(Random& random);
  [[nodiscard]] static Identity from_seed(const Secret<32>& seed);
  [[nodiscard]] Secret<32> seed() const { return key_.seed(); }
  [[nodiscard]] crypto::VerifyKey identity_pub() const { return key_.verify_key(); }
  [[nodiscard]] MemberId member() const { return member_id_of(identity_pub()); }
  [[nodiscard]] DeviceCertificate certify(const crypto::VerifyKey& device_sig_pub, const crypto::X25519PublicKey& device_wrap_pub) const;

 private:
  explicit Identity(crypto::SigningKey key) : key_(std::move(key)) {}
  crypto::SigningKey key_;
};

/// The keys of one device of one member, one set a home, and the certificate that ties them to the member. Move-only. Never used as
/// an authentication key at a server (R10).
class DeviceKeys {
 public:
  [[nodiscard]] static DeviceKeys generate(const Identity& identity, Random& random);
  /// For the encrypted store only: it holds the private keys.
  [[nodiscard]] SecretBytes encode() const;
  /// Errors: malformed; invalid_certificate, if the certificate is not for these keys.
  [[nodiscard]] static Result<DeviceKeys> decode(BytesView bytes);

  [[nodiscard]] const crypto::SigningKey& signing_key() const { return signing_; }
  [[nodiscard]] const crypto::X25519PrivateKey& wrap_key() const { return wrap_; }
  [[nodiscard]] const DeviceCertificate& certificate() const { return certificate_; }
  [[nodiscard]] MemberId member() const { return certificate_.member(); }
  [[nodiscard]] DeviceId device() const { return certificate_.device(); }

 private:
  DeviceKeys(crypto::SigningKey signing, crypto::X25519PrivateKey wrap, DeviceCertificate certificate)
      : signing_(std::move(signing)), wrap_(std::move(wrap)), certificate_(std::move(certificate)) {}
  crypto::SigningKey signing_;
  crypto::X25519PrivateKey wrap_;
  DeviceCertificate certificate_;
};

}  // namespace muistio::space
