#include "muistio/space/identity.hpp"

#include "formats.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::space {
namespace {

constexpr std::string_view kCertificateLabel = "muistio device certificate 1";
constexpr std::size_t kCertificateBytesMax = 256;

}  // namespace

MemberId member_id_of(const crypto::VerifyKey& identity_pub) {
  return MemberId(crypto::labelled_hash("muistio member 1", {identity_pub.view()}).array());
}

Bytes DeviceCertificate::encode() const {
  Writer body;
  body.raw(identity_pub.view()).raw(device_sig_pub.view()).raw(device_wrap_pub.view()).raw(signature.view());
  return encode_format(Format::certificate, body.bytes());
}

Result<DeviceCertificate> DeviceCertificate::decode(BytesView bytes) {
  auto body = decode_format(Format::certificate, bytes, kCertificateBytesMax);
  if (!body) {
    if (body.error().code == ErrorCode::unsupported_version) return fail(std::move(body).error());
    return fail(ErrorCode::invalid_certificate, body.error().detail);
  }
  auto read = [&]() -> Result<DeviceCertificate> {
    Reader reader(*body);
    DeviceCertificate read_certificate;
    MUISTIO_TRY(read_certificate.identity_pub, reader.fixed<crypto::VerifyKey>());
    MUISTIO_TRY(read_certificate.device_sig_pub, reader.fixed<crypto::VerifyKey>());
    MUISTIO_TRY(read_certificate.device_wrap_pub, reader.fixed<crypto::X25519PublicKey>());
    MUISTIO_TRY(read_certificate.signature, reader.fixed<crypto::Signature>());
    MUISTIO_CHECK(reader.finish());
    return read_certificate;
  };
  auto certificate = read();
  if (!certificate) return fail(ErrorCode::invalid_certificate, certificate.error().detail);
  if (crypto::is_small_order(certificate->device_wrap_pub))
    return fail(ErrorCode::invalid_certificate, "nothing can be sealed to its device_wrap_pub");
  const auto signed_well =
      crypto::verify(certificate->identity_pub, kCertificateLabel,
                     {certificate->identity_pub.view(), certificate->device_sig_pub.view(), certificate->device_wrap_pub.view()},
                     certificate->signature);
  if (!signed_well && !MUISTIO_PLANTED("certificate"))
    return fail(ErrorCode::invalid_certificate, "not signed by the identity that it names");
  return certificate;
}

Identity Identity::generate(Random& random) { return Identity(crypto::SigningKey::generate(random)); }

Identity Identity::from_seed(const Secret<32>& seed) { return Identity(crypto::SigningKey::from_seed(seed)); }

DeviceCertificate Identity::certify(const crypto::VerifyKey& device_sig_pub, const crypto::X25519PublicKey& device_wrap_pub) const {
  DeviceCertificate made;
  made.identity_pub = identity_pub();
  made.device_sig_pub = device_sig_pub;
  made.device_wrap_pub = device_wrap_pub;
  made.signature =
      key_.sign(kCertificateLabel, {made.identity_pub.view(), made.device_sig_pub.view(), made.device_wrap_pub.view()});
  return made;
}

DeviceKeys DeviceKeys::generate(const Identity& identity, Random& random) {
  auto signing = crypto::SigningKey::generate(random);
  auto wrap = crypto::X25519PrivateKey::generate(random);
  auto certificate = identity.certify(signing.verify_key(), wrap.public_key());
  return {std::move(signing), std::move(wrap), certificate};
}

SecretBytes DeviceKeys::encode() const {
  Writer body;
  const auto seed = signing_.seed();
  body.raw(seed.expose()).raw(wrap_.secret().expose()).block(certificate_.encode());
  auto plain = std::move(body).take();
  SecretBytes encoded(encode_format(Format::device_keys, plain));
  wipe(plain);
  return encoded;
}

Result<DeviceKeys> DeviceKeys::decode(BytesView bytes) {
  MUISTIO_TRY(auto plain, decode_format(Format::device_keys, bytes, 1024));
  const SecretBytes body(std::move(plain));
  Reader reader(body.expose());
  MUISTIO_TRY(auto seed_bytes, reader.take(32));
  MUISTIO_TRY(auto seed, Secret<32>::from_bytes(seed_bytes));
  MUISTIO_TRY(auto wrap_bytes, reader.take(32));
  MUISTIO_TRY(auto wrap_secret, Secret<32>::from_bytes(wrap_bytes));
  MUISTIO_TRY(auto certificate_bytes, reader.block(kCertificateBytesMax));
  MUISTIO_CHECK(reader.finish());
  MUISTIO_TRY(auto certificate, DeviceCertificate::decode(certificate_bytes));
  auto signing = crypto::SigningKey::from_seed(seed);
  auto wrap = crypto::X25519PrivateKey::from_secret(std::move(wrap_secret));
  if (certificate.device_sig_pub != signing.verify_key() || certificate.device_wrap_pub != wrap.public_key())
    return fail(ErrorCode::invalid_certificate, "not for the keys beside it");
  return DeviceKeys(std::move(signing), std::move(wrap), certificate);
}

}  // namespace muistio::space
