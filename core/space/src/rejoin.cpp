#include "muistio/space/rejoin.hpp"

#include <algorithm>

#include "formats.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::space {
namespace {

constexpr std::string_view kLabel = "muistio rejoin 1";
constexpr std::uint8_t kHasReplaced = 1;
constexpr std::uint8_t kAllLost = 2;

crypto::AeadKey sealing_key(const ContentKey& epoch_key) {
  const auto extracted = crypto::hkdf_extract({}, epoch_key.expose());
  return crypto::hkdf_expand<32>(extracted.expose(), crypto::join_fields("muistio rejoin key 1", {}));
}

Bytes context(const SpaceId& space, Epoch epoch) {
  return crypto::join_fields(kLabel, {space.view(), Writer().u64(epoch.value()).bytes()});
}

void write_signed(Writer& out, const RejoinRequest& request) {
  out.raw(request.secret.secret().expose());
  out.u8(static_cast<std::uint8_t>((request.replaced ? kHasReplaced : 0) | (request.all_lost ? kAllLost : 0)));
  if (request.replaced) out.raw(request.replaced->view());
  out.raw(request.auth_pub.view()).u64(request.seen.seq.value()).raw(request.seen.log_hash.view());
  out.block(as_bytes(request.name)).block(request.key_package);
}

Result<RejoinRequest> read_request(BytesView plain) {
  Reader in(plain);
  RejoinRequest request;
  MUISTIO_TRY(const auto secret_bytes, in.take(16));
  MUISTIO_TRY(auto secret, Secret<16>::from_bytes(secret_bytes));
  request.secret = InvitationSecret(std::move(secret));
  MUISTIO_TRY(const auto flags, in.u8());
  if (flags > kAllLost) return fail(ErrorCode::malformed, "flags that do not go together");
  if (flags == kHasReplaced) {
    MUISTIO_TRY(const auto replaced, in.fixed<DeviceId>());
    request.replaced = replaced;
  }
  request.all_lost = flags == kAllLost;
  MUISTIO_TRY(request.auth_pub, in.fixed<wire::AuthKey>());
  MUISTIO_TRY(const auto seq, in.u64());
  request.seen.seq = Seq(seq);
  MUISTIO_TRY(request.seen.log_hash, in.fixed<Hash>());
  MUISTIO_TRY(const auto name, in.block(kNameBytesMax));
  if (first_invalid_utf8(as_text(name))) return fail(ErrorCode::malformed, "a name is not UTF-8");
  request.name = as_text(name);
  MUISTIO_TRY(const auto key_package, in.block(wire::limits::join_request_bytes_max));
  request.key_package = to_bytes(key_package);
  MUISTIO_TRY(request.signature, in.fixed<crypto::Signature>());
  MUISTIO_CHECK(in.finish());
  return request;
}

}  // namespace

InvitationId rejoin_inbox(const SpaceId& space) {
  const auto hash = crypto::labelled_hash("muistio rejoin inbox 1", {space.view()});
  return InvitationId::from_bytes(hash.view().first(InvitationId::size_bytes)).value();
}

void RejoinRequest::sign(const SpaceId& space, const crypto::SigningKey& key) {
  Writer body;
  write_signed(body, *this);
  signature = key.sign(kLabel, {space.view(), body.bytes()});
}

Status RejoinRequest::verify(const SpaceId& space, const crypto::VerifyKey& key) const {
  Writer body;
  write_signed(body, *this);
  return crypto::verify(key, kLabel, {space.view(), body.bytes()}, signature);
}

Result<Bytes> RejoinRequest::seal(const Foothold& foothold, Random& random) const {
  if (name.size() > kNameBytesMax || first_invalid_utf8(name)) return fail(ErrorCode::invalid_argument, "a name");
  Writer plain;
  write_signed(plain, *this);
  plain.raw(signature.view());
  const auto nonce = random.make<crypto::XNonce>();
  Writer body;
  body.u64(foothold.epoch.value()).raw(nonce.view());
  body.raw(crypto::xchacha20_seal(sealing_key(foothold.key), nonce, context(foothold.space, foothold.epoch), plain.bytes()));
  auto sealed = encode_format(Format::rejoin_request, body.bytes());
  if (sealed.size() > wire::limits::join_request_bytes_max) return fail(ErrorCode::too_large, "a rejoin request");
  return sealed;
}

Result<RejoinRequest> RejoinRequest::open(const SpaceId& space, BytesView sealed, const KeyOf& key_of) {
  const auto body = decode_format(Format::rejoin_request, sealed, wire::limits::join_request_bytes_max);
  if (!body) return fail(ErrorCode::invalid_join_request, body.error().detail);
  Reader in(*body);
  const auto epoch = in.u64();
  const auto nonce = in.fixed<crypto::XNonce>();
  if (!epoch || !nonce) return fail(ErrorCode::invalid_join_request, "a rejoin request that is cut");
  const auto* key = key_of(Epoch(*epoch));
  if (key == nullptr) return fail(ErrorCode::unknown_epoch);
  const auto ciphertext = in.take(in.left());
  const auto plain = crypto::xchacha20_open(sealing_key(*key), *nonce, context(space, Epoch(*epoch)), *ciphertext);
  if (!plain && !MUISTIO_PLANTED("request-seal")) return fail(ErrorCode::invalid_join_request, "it does not open");
  auto request = read_request(plain ? *plain : *ciphertext);
  if (!request) return fail(ErrorCode::invalid_join_request, request.error().detail);
  return request;
}

}  // namespace muistio::space
