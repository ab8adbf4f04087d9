#include "muistio/space/invitation.hpp"

#include "formats.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "muistio/crypto/hmac.hpp"

namespace muistio::space {
namespace {

Secret<32> derive(const Secret<16>& secret, std::string_view label) {
  const auto extracted = crypto::hkdf_extract({}, secret.expose());
  return crypto::hkdf_expand<32>(extracted.expose(), crypto::join_fields(label, {}));
}

}  // namespace

InvitationSecret InvitationSecret::generate(Random& random) {
  Secret<16> secret;
  random.fill(secret.expose_mutable());
  return InvitationSecret(std::move(secret));
}

InvitationId InvitationSecret::id() const {
  const auto derived = derive(secret_, "muistio invitation id 1");
  return InvitationId::from_bytes(derived.expose().first(InvitationId::size_bytes)).value();
}

Secret<32> InvitationSecret::request_key() const { return derive(secret_, "muistio invitation request 1"); }

Hash InvitationSecret::confirm(BytesView confirmed_transcript_hash, BytesView key_package_ref, const Hash& commit_hash) const {
  const auto key = derive(secret_, "muistio invitation confirm 1");
  return crypto::hmac_sha256(
      key.expose(), crypto::join_fields("muistio confirm 1", {confirmed_transcript_hash, key_package_ref, commit_hash.view()}));
}

Invitation Invitation::clone() const {
  Invitation copy;
  copy.secret = secret.clone();
  copy.space = space;
  copy.maker = maker;
  copy.role = role;
  copy.uses_max = uses_max;
  copy.uses = uses;
  copy.made = made;
  copy.expires = expires;
  copy.revoked = revoked;
  copy.admits_by_itself = admits_by_itself;
  return copy;
}

Status Invitation::check_open(WallMs received) const {
  if (revoked) return fail(ErrorCode::invitation_used, "revoked");
  if (uses >= uses_max) return fail(ErrorCode::invitation_used, "used up");
  if (received > expires) return fail(ErrorCode::invitation_used, "expired");
  return ok();
}

SecretBytes Invitation::encode() const {
  Writer body;
  body.raw(secret.secret().expose()).raw(space.view()).raw(maker.view()).u8(static_cast<std::uint8_t>(role));
  body.u32(uses_max).u32(uses).u64(static_cast<std::uint64_t>(made.value())).u64(static_cast<std::uint64_t>(expires.value()));
  body.u8(revoked ? 1 : 0).u8(admits_by_itself ? 1 : 0);
  auto plain = std::move(body).take();
  SecretBytes encoded(encode_format(Format::invitation, plain));
  wipe(plain);
  return encoded;
}

Result<Invitation> Invitation::decode(BytesView bytes) {
  MUISTIO_TRY(auto plain, decode_format(Format::invitation, bytes, 1024));
  const SecretBytes body(std::move(plain));
  Reader in(body.expose());
  Invitation read;
  MUISTIO_TRY(auto secret_bytes, in.take(16));
  MUISTIO_TRY(auto secret, Secret<16>::from_bytes(secret_bytes));
  read.secret = InvitationSecret(std::move(secret));
  MUISTIO_TRY(read.space, in.fixed<SpaceId>());
  MUISTIO_TRY(read.maker, in.fixed<MemberId>());
  MUISTIO_TRY(auto role_number, in.u8());
  const auto role = role_from_number(role_number);
  if (!role) return fail(ErrorCode::malformed, "an unknown role");
  read.role = *role;
  MUISTIO_TRY(read.uses_max, in.u32());
  MUISTIO_TRY(read.uses, in.u32());
  MUISTIO_TRY(auto made, in.u64());
  MUISTIO_TRY(auto expires, in.u64());
  read.made = WallMs(static_cast<std::int64_t>(made));
  read.expires = WallMs(static_cast<std::int64_t>(expires));
  MUISTIO_TRY(auto revoked, in.u8());
  MUISTIO_TRY(auto by_itself, in.u8());
  if (revoked > 1 || by_itself > 1) return fail(ErrorCode::malformed, "a flag is neither 0 nor 1");
  read.revoked = revoked == 1;
  read.admits_by_itself = by_itself == 1;
  MUISTIO_CHECK(in.finish());
  return read;
}

Result<Invitation> make_invitation(const SpaceId& space, const MemberId& maker, Role role, std::uint32_t uses_max, WallMs made,
                                   WallMs expires, Random& random) {
  if (role == Role::host) return fail(ErrorCode::invalid_argument, "a link makes a member or a facilitator");
  if (uses_max == 0 || uses_max > kInvitationUsesMax) return fail(ErrorCode::invalid_argument, "uses of an invitation");
  Invitation invitation;
  invitation.secret = InvitationSecret::generate(random);
  invitation.space = space;
  invitation.maker = maker;
  invitation.role = role;
  invitation.uses_max = uses_max;
  invitation.made = made;
  invitation.expires = expires;
  invitation.admits_by_itself = uses_max == 1;
  return invitation;
}

}  // namespace muistio::space
