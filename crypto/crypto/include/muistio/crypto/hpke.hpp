// HPKE base mode (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20Poly1305: one message, one key.
#pragma once

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/crypto/x25519.hpp"

namespace muistio::crypto {

/// What SealBase yields: the encapsulated key ("enc") and the ciphertext with its tag.
struct HpkeSealed {
  X25519PublicKey kem_output;
  Bytes ciphertext;
};

/// RFC 9180 §6.1 SealBase to `recipient`. Errors: bad_public_key.
[[nodiscard]] Result<HpkeSealed> hpke_seal(const X25519PublicKey& recipient, BytesView info, BytesView associated_data,
                                           BytesView plaintext, Random& random);
/// RFC 9180 §6.1 OpenBase. Errors: bad_public_key, decryption_failed.
[[nodiscard]] Result<SecretBytes> hpke_open(const X25519PrivateKey& recipient, const X25519PublicKey& kem_output, BytesView info,
                                            BytesView associated_data, BytesView ciphertext);

/// A secret shared with the recipient of `kem_output` by RFC 9180 §6.2 SendExportBase.
struct HpkeExported {
  X25519PublicKey kem_output;
  SecretBytes secret;
};
/// Errors: bad_public_key.
[[nodiscard]] Result<HpkeExported> hpke_send_export(const X25519PublicKey& recipient, BytesView info, BytesView exporter_context,
                                                    std::size_t length, Random& random);
/// RFC 9180 §6.2 ReceiveExportBase. Errors: bad_public_key.
[[nodiscard]] Result<SecretBytes> hpke_receive_export(const X25519PrivateKey& recipient, const X25519PublicKey& kem_output,
                                                      BytesView info, BytesView exporter_context, std::size_t length);

/// RFC 9180 §7.1.3 DeriveKeyPair: the same key for the same secret.
[[nodiscard]] X25519PrivateKey hpke_derive_key_pair(BytesView input_key_material);

}  // namespace muistio::crypto
