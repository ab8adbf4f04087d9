#include "muistio/space/recovery_box.hpp"

#include <algorithm>

#include "formats.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hpke.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::space {
namespace {

constexpr std::string_view kLabel = "muistio recovery box 1";
constexpr std::size_t kRollBytesMax = 40 * wire::limits::kKiB;

Bytes seal_info(const wire::BoxLocator& locator) { return crypto::join_fields(kLabel, {locator.view()}); }

/// Everything but the signature.
void write_signed(Writer& out, const RecoveryBox& box, const DeviceCertificate& certificate) {
  out.block(certificate.encode()).u64(box.counter).block(as_bytes(box.name)).u8(box.personal ? 1 : 0);
  if (box.personal) {
    box.personal->foothold.write(out);
    out.raw(box.personal->auth_seed.expose()).block(box.personal->roll.encode());
  }
  out.varint(box.spaces.size());
  for (const auto& each : box.spaces) each.write(out);
}

Result<RecoveryBox> read_signed(Reader& in, DeviceCertificate& certificate) {
  RecoveryBox box;
  MUISTIO_TRY(const auto certificate_bytes, in.block(512));
  MUISTIO_TRY(certificate, DeviceCertificate::decode(certificate_bytes));
  MUISTIO_TRY(box.counter, in.u64());
  if (box.counter > kBoxCounterMax) return fail(ErrorCode::malformed, "a box's counter");
  MUISTIO_TRY(const auto name, in.block(kNameBytesMax));
  if (first_invalid_utf8(as_text(name))) return fail(ErrorCode::malformed, "a name is not UTF-8");
  box.name = as_text(name);
  MUISTIO_TRY(const auto has_personal, in.u8());
  if (has_personal > 1) return fail(ErrorCode::malformed, "a flag is neither 0 nor 1");
  if (has_personal == 1) {
    box.personal.emplace();
    MUISTIO_TRY(box.personal->foothold, Foothold::read(in));
    MUISTIO_TRY(const auto seed, in.take(32));
    MUISTIO_TRY(box.personal->auth_seed, Secret<32>::from_bytes(seed));
    MUISTIO_TRY(const auto roll, in.block(kRollBytesMax));
    MUISTIO_TRY(box.personal->roll, Roll::decode(roll));
  }
  MUISTIO_TRY(const auto count, in.varint_at_most(kFootholdsMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(auto each, Foothold::read(in));
    box.spaces.push_back(std::move(each));
  }
  return box;
}

}  // namespace

Result<Bytes> RecoveryBox::seal(const RecoveryAddress& address, const DeviceKeys& device, Random& random) const {
  if (name.size() > kNameBytesMax || spaces.size() > kFootholdsMax || counter > kBoxCounterMax) return fail(ErrorCode::too_large, "a recovery box");
  Writer body;
  body.reserve(wire::limits::box_bytes_max);
  write_signed(body, *this, device.certificate());
  const auto signature = device.signing_key().sign(kLabel, {address.locator.view(), body.bytes()});
  body.raw(signature.view());
  auto padded = std::move(body).take();
  if (padded.size() > wire::limits::box_bytes_max) return fail(ErrorCode::too_large, "a recovery box");
  padded.resize(padme(padded.size() + 1));
  const SecretBytes plain(std::move(padded));
  MUISTIO_TRY(const auto sealed, crypto::hpke_seal(address.box_pub, seal_info(address.locator), {}, plain.expose(), random));
  Writer out;
  out.raw(sealed.kem_output.view()).raw(sealed.ciphertext);
  auto encoded = encode_format(Format::recovery_box, out.bytes());
  if (encoded.size() > wire::limits::box_bytes_max) return fail(ErrorCode::too_large, "a recovery box");
  return encoded;
}

Result<RecoveryBox> RecoveryBox::open(const Phrase& phrase, BytesView sealed) {
  MUISTIO_TRY(const auto body, decode_format(Format::recovery_box, sealed, wire::limits::box_bytes_max));
  Reader outer(body);
  MUISTIO_TRY(const auto kem_output, outer.fixed<crypto::X25519PublicKey>());
  MUISTIO_TRY(const auto ciphertext, outer.take(outer.left()));
  const auto locator = phrase.address().locator;
  MUISTIO_TRY(const auto plain, crypto::hpke_open(phrase.box_key(), kem_output, seal_info(locator), {}, ciphertext));
  Reader in(plain.expose());
  DeviceCertificate certificate;
  MUISTIO_TRY(auto box, read_signed(in, certificate));
  const auto signed_part = plain.expose().first(plain.size() - in.left());
  MUISTIO_TRY(const auto signature, in.fixed<crypto::Signature>());
  MUISTIO_TRY(const auto padding, in.take(in.left()));
  if (std::any_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte != 0; }))
    return fail(ErrorCode::malformed, "the padding is not all zero");
  if (certificate.identity_pub != phrase.identity().identity_pub() && !MUISTIO_PLANTED("box-identity"))
    return fail(ErrorCode::invalid_certificate, "a box of another member");
  MUISTIO_CHECK(crypto::verify(certificate.device_sig_pub, kLabel, {locator.view(), signed_part}, signature));
  return box;
}

Bytes BoxNote::encode() const {
  Writer body;
  body.u64(counter).raw(box_hash.view());
  return encode_format(Format::box_note, body.bytes());
}

Result<BoxNote> BoxNote::decode(BytesView bytes) {
  MUISTIO_TRY(const auto body, decode_format(Format::box_note, bytes, 256));
  Reader in(body);
  BoxNote note;
  MUISTIO_TRY(note.counter, in.u64());
  if (note.counter > kBoxCounterMax) return fail(ErrorCode::malformed, "a box's counter");
  MUISTIO_TRY(note.box_hash, in.fixed<Hash>());
  MUISTIO_CHECK(in.finish());
  return note;
}

}  // namespace muistio::space
