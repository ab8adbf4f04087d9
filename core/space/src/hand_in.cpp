#include "muistio/space/hand_in.hpp"

#include <algorithm>
#include <optional>

#include "formats.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hpke.hpp"

namespace muistio::space {
namespace {

constexpr const char* kLabel = "muistio hand-in 1";
constexpr std::size_t kSealedKeyBytes = 32 + crypto::kAeadTagBytes;

struct SealedKey {
  DeviceId device;
  crypto::X25519PublicKey kem_output;
  Bytes ciphertext;
};

struct Parts {
  HandInHeader header;
  std::vector<SealedKey> keys;
  BytesView sealed;
  BytesView signed_part;
  crypto::Signature signature;
};

Bytes context(const SpaceId& space, const DeviceId& from) { return crypto::join_fields(kLabel, {space.view(), from.view()}); }

Result<Parts> read_parts(BytesView body) {
  Reader in(body);
  Parts parts;
  MUISTIO_TRY(parts.header.space, in.fixed<SpaceId>());
  MUISTIO_TRY(parts.header.device, in.fixed<DeviceId>());
  MUISTIO_TRY(auto count, in.varint_at_most(kHandInRecipientsMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    SealedKey key;
    MUISTIO_TRY(key.device, in.fixed<DeviceId>());
    MUISTIO_TRY(key.kem_output, in.fixed<crypto::X25519PublicKey>());
    MUISTIO_TRY(auto ciphertext, in.take(kSealedKeyBytes));
    key.ciphertext = to_bytes(ciphertext);
    parts.keys.push_back(std::move(key));
  }
  MUISTIO_TRY(parts.sealed, in.block(kHandInBytesMax));
  parts.signed_part = body.first(in.offset());
  MUISTIO_TRY(parts.signature, in.fixed<crypto::Signature>());
  MUISTIO_CHECK(in.finish());
  return parts;
}

}  // namespace

Result<Bytes> seal_hand_in(const SpaceId& space, const DeviceKeys& from, const std::vector<HandInRecipient>& recipients,
                           BytesView payload, Random& random) {
  if (recipients.empty() || recipients.size() > kHandInRecipientsMax)
    return fail(ErrorCode::invalid_argument, "no host's device is known that could open it");
  if (payload.size() > kHandInBytesMax / 2) return fail(ErrorCode::too_large, "what is handed in at once");
  const auto device = from.device();
  crypto::AeadKey key;
  random.fill(key.expose_mutable());
  Writer body;
  body.raw(space.view()).raw(device.view()).varint(recipients.size());
  for (const auto& recipient : recipients) {
    MUISTIO_TRY(auto sealed,
                crypto::hpke_seal(recipient.wrap_pub, context(space, device), recipient.device.view(), key.expose(), random));
    body.raw(recipient.device.view()).raw(sealed.kem_output.view()).raw(sealed.ciphertext);
  }
  // The key is used once.
  body.block(crypto::xchacha20_seal(key, crypto::XNonce{}, context(space, device), payload));
  const auto signature = from.signing_key().sign(kLabel, {body.bytes()});
  body.raw(signature.view());
  return encode_format(Format::hand_in, body.bytes());
}

Result<HandInHeader> read_hand_in(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::hand_in, bytes, kHandInBytesMax));
  MUISTIO_TRY(auto parts, read_parts(body));
  return parts.header;
}

Result<Bytes> open_hand_in(BytesView bytes, const crypto::VerifyKey& device_sig_pub, const DeviceKeys& keys) {
  MUISTIO_TRY(auto body, decode_format(Format::hand_in, bytes, kHandInBytesMax));
  MUISTIO_TRY(auto parts, read_parts(body));
  MUISTIO_CHECK(crypto::verify(device_sig_pub, kLabel, {parts.signed_part}, parts.signature));
  const auto found =
      std::find_if(parts.keys.begin(), parts.keys.end(), [&](const SealedKey& key) { return key.device == keys.device(); });
  if (found == parts.keys.end()) return fail(ErrorCode::not_permitted, "it is for other devices than this one");
  const auto about = context(parts.header.space, parts.header.device);
  MUISTIO_TRY(auto opened, crypto::hpke_open(keys.wrap_key(), found->kem_output, about, found->device.view(), found->ciphertext));
  MUISTIO_TRY(auto key, crypto::AeadKey::from_bytes(opened.expose()));
  return crypto::xchacha20_open(key, crypto::XNonce{}, about, parts.sealed);
}

}  // namespace muistio::space
