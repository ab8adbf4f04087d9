#include "muistio/space/consent.hpp"

#include "formats.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::space {
namespace {
constexpr const char* kLabel = "muistio consent 1";
constexpr std::size_t kConsentBytesMax = 256;
}  // namespace

Hash release_hash(std::string_view text, std::string_view target, const ReleaseId& release) {
  return crypto::labelled_hash("muistio release 1", {as_bytes(text), as_bytes(target), release.view()});
}

Consent Consent::give(const SpaceId& club, const ReleaseId& release, const Hash& content, const DeviceKeys& keys) {
  return {release, content, keys.device(), keys.signing_key().sign(kLabel, {club.view(), release.view(), content.view()})};
}

Status Consent::verify(const SpaceId& club, const crypto::VerifyKey& device_sig_pub) const {
  return crypto::verify(device_sig_pub, kLabel, {club.view(), release.view(), content.view()}, signature);
}

Bytes Consent::encode() const {
  Writer body;
  body.raw(release.view()).raw(content.view()).raw(device.view()).raw(signature.view());
  return encode_format(Format::consent, body.bytes());
}

Result<Consent> Consent::decode(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::consent, bytes, kConsentBytesMax));
  Reader in(body);
  Consent consent;
  MUISTIO_TRY(consent.release, in.fixed<ReleaseId>());
  MUISTIO_TRY(consent.content, in.fixed<Hash>());
  MUISTIO_TRY(consent.device, in.fixed<DeviceId>());
  MUISTIO_TRY(consent.signature, in.fixed<crypto::Signature>());
  MUISTIO_CHECK(in.finish());
  return consent;
}

}  // namespace muistio::space
