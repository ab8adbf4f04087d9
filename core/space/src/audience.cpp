#include "muistio/space/audience.hpp"

#include <algorithm>

#include "formats.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hpke.hpp"
#include "muistio/space/batch.hpp"
#include "space_state.hpp"

namespace muistio::space {
namespace {

constexpr std::size_t kSealedBytes = AudienceSecret::size_bytes + crypto::kAeadTagBytes;

Bytes grant_info(const SpaceId& space, const DeviceId& author, const AudienceId& audience) {
  return crypto::join_fields("muistio audience 1", {space.view(), author.view(), audience.view()});
}

}  // namespace

Bytes AudienceGrant::encode() const {
  Writer out;
  out.raw(audience.view()).varint(devices.size());
  for (const auto& each : devices) out.raw(each.device.view()).raw(each.kem_output.view()).raw(each.sealed);
  return encode_format(Format::audience_grant, out.bytes());
}

Result<AudienceGrant> AudienceGrant::decode(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::audience_grant, bytes, kPayloadBytesMax));
  Reader in(body);
  AudienceGrant grant;
  MUISTIO_TRY(grant.audience, in.fixed<AudienceId>());
  if (era_of(grant.audience)) return fail(ErrorCode::malformed, "an era is no narrower audience");
  MUISTIO_TRY(auto count, in.varint_at_most(kAudienceDevicesMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    SealedSecret each;
    MUISTIO_TRY(each.device, in.fixed<DeviceId>());
    MUISTIO_TRY(each.kem_output, in.fixed<crypto::X25519PublicKey>());
    MUISTIO_TRY(auto sealed, in.take(kSealedBytes));
    each.sealed = to_bytes(sealed);
    if (!grant.devices.empty() && each.device <= grant.devices.back().device)
      return fail(ErrorCode::malformed, "devices of an audience out of order");
    grant.devices.push_back(std::move(each));
  }
  MUISTIO_CHECK(in.finish());
  return grant;
}

AudienceId narrow_audience(const SpaceId& space, const DeviceId& author, const AudienceSecret& secret) {
  const auto hash = crypto::labelled_hash("muistio audience 1", {space.view(), author.view(), secret.expose()});
  return AudienceId::from_bytes(hash.view().first(AudienceId::size_bytes)).value();
}

Result<SealedSecret> seal_audience_secret(const SpaceId& space, const DeviceId& author, const AudienceSecret& secret,
                                          const DeviceId& device, const crypto::X25519PublicKey& device_wrap_pub, Random& random) {
  const auto info = grant_info(space, author, narrow_audience(space, author, secret));
  MUISTIO_TRY(auto sealed, crypto::hpke_seal(device_wrap_pub, info, device.view(), secret.expose(), random));
  return SealedSecret{device, sealed.kem_output, std::move(sealed.ciphertext)};
}

Result<AudienceSecret> open_audience_secret(const SpaceId& space, const DeviceId& author, const AudienceGrant& grant,
                                            const DeviceId& device, const crypto::X25519PrivateKey& wrap_key) {
  const auto own = std::lower_bound(grant.devices.begin(), grant.devices.end(), device,
                                    [](const SealedSecret& each, const DeviceId& id) { return each.device < id; });
  if (own == grant.devices.end() || own->device != device) return fail(ErrorCode::not_in_audience);
  const auto info = grant_info(space, author, grant.audience);
  MUISTIO_TRY(auto plain, crypto::hpke_open(wrap_key, own->kem_output, info, device.view(), own->sealed));
  MUISTIO_TRY(auto secret, AudienceSecret::from_bytes(plain.expose()));
  if (narrow_audience(space, author, secret) != grant.audience)
    return fail(ErrorCode::malformed, "an audience's id is not that of its secret");
  return secret;
}

Result<NewAudience> Space::make_audience(std::span<const MemberId> members, Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  for (const auto& member : members)
    if (!state.charter.find(member)) return fail(ErrorCode::not_found, "a member of the audience");
  AudienceSecret secret;
  do {
    random.fill(secret.expose_mutable());
  } while (era_of(narrow_audience(state.id, own_device(), secret)));
  AudienceGrant grant;
  grant.audience = narrow_audience(state.id, own_device(), secret);
  for (const auto& leaf : state.leaves) {
    if (leaf.member != own_member() && std::find(members.begin(), members.end(), leaf.member) == members.end()) continue;
    const auto& wrap_pub = leaf.certificate.device_wrap_pub;
    MUISTIO_TRY(auto sealed, seal_audience_secret(state.id, own_device(), secret, leaf.device, wrap_pub, random));
    grant.devices.push_back(std::move(sealed));
  }
  std::sort(grant.devices.begin(), grant.devices.end(), [](const auto& left, const auto& right) { return left.device < right.device; });
  state.audiences[grant.audience] = {std::move(secret), true};
  return NewAudience{grant.audience, grant.encode()};
}

Status Space::take_audience(const OpenedBatch& batch) {
  auto& state = *state_;
  if (batch.kind != PayloadKind::audience_grant) return fail(ErrorCode::invalid_argument, "not a grant");
  MUISTIO_TRY(auto grant, AudienceGrant::decode(batch.payload));
  if (state.audiences.contains(grant.audience)) return ok();
  MUISTIO_TRY(auto secret, open_audience_secret(state.id, batch.device, grant, own_device(), state.keys->wrap_key()));
  state.audiences[grant.audience] = {std::move(secret), true};
  return ok();
}

}  // namespace muistio::space
