#include "rows.hpp"

#include "muistio/wire/archive.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::sync {

namespace {

namespace limits = wire::limits;
using wire::limited;
using wire::ranged;

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kSecretBytesMax = 64 * limits::kKiB;
constexpr std::size_t kTextBytesMax = 1024;

template <class Archive>
void fields(Archive& ar, LogPlace& place) {
  ar(place.seq, place.hash);
}
template <class Archive>
void fields(Archive& ar, KeptError& kept) {
  ar(kept.code, limited(kept.detail, kTextBytesMax));
}
template <class Archive>
void fields(Archive& ar, OwnChain& c) {
  ar(c.fixed, c.fixed_hash, c.accepted, c.change_fixed, c.change_accepted);
}
template <class Archive>
void fields(Archive& ar, Joining& j) {
  ar(limited(j.link, kTextBytesMax), limited(j.request, limits::join_request_bytes_max), limited(j.join_state, kSecretBytesMax),
     j.withdrawn);
}
template <class Archive>
void fields(Archive& ar, SpaceState& s) {
  ar(ranged(s.kind, SpaceKind::personal, SpaceKind::club), ranged(s.phase, Phase::joining, Phase::refused), s.registered,
     limited(s.auth_seed, 32));
  fields(ar, s.cursor);
  ar(s.last_handshake, s.head);
  fields(ar, s.acknowledged);
  fields(ar, s.chain);
  ar(s.intents_made);
  bool frozen = s.frozen.has_value();
  ar(frozen);
  if (frozen) {
    if (!s.frozen) s.frozen.emplace();
    fields(ar, *s.frozen);
  }
  ar(s.frozen_for_good);
  bool joining = s.joining.has_value();
  ar(joining);
  if (joining) {
    if (!s.joining) s.joining.emplace();
    fields(ar, *s.joining);
  }
  ar(s.joined_at, s.replayed, s.leaf_made, limited(s.name_hint, kTextBytesMax), limited(s.inviter_hint, kTextBytesMax));
}
template <class Archive>
void fields(Archive& ar, PendingBatch& b) {
  ar(b.index, b.prev, b.salt, b.payload_kind, b.first_change, b.last_change, limited(b.payload, limits::batch_bytes_max),
     b.content_hash);
}
template <class Archive>
void fields(Archive& ar, Intent& i) {
  ar(i.id, ranged(i.kind, IntentKind::admit, IntentKind::heal), i.member, i.request, i.roll_epoch, i.roll_index, i.roll_hash,
     i.staged, limited(i.record, limits::record_bytes_max), i.attempts);
}
template <class Archive>
void fields(Archive& ar, InvitationRow& r) {
  ar(r.id, r.space, ranged(r.role, Role::guest, Role::host), r.uses, r.used, r.expires, r.revoked, limited(r.link, kTextBytesMax),
     limited(r.secret, kSecretBytesMax));
}
template <class Archive>
void fields(Archive& ar, JoinRequestRow& r) {
  ar(r.id, r.space, r.invitation, r.inbox_item, ranged(r.state, RequestState::waiting, RequestState::refused),
     limited(r.name, kTextBytesMax), r.member, r.key, limited(r.request, limits::join_request_bytes_max));
}
template <class Archive>
void fields(Archive& ar, ChainHead& h) {
  ar(h.index, h.content_hash);
}

/// A row behind its version, so that each type needs only `fields`.
template <class T>
struct Versioned {
  T value{};
  template <class Archive>
  void serialize(Archive& ar) {
    std::uint8_t version = kVersion;
    ar(version);
    if (version != kVersion) wire::detail::refuse(ErrorCode::unsupported_version, "a row of sync");
    fields(ar, value);
  }
};

template <class T>
Bytes encode_row(const T& value) {
  return wire::encode(Versioned<T>{value});
}
template <class T>
Result<T> decode_row(BytesView bytes) {
  auto decoded = wire::decode<Versioned<T>>(bytes);
  if (decoded) return std::move(decoded->value);
  if (decoded.error().code == ErrorCode::unsupported_version) return fail(std::move(decoded).error());
  return fail(ErrorCode::corrupt, "a row of sync: " + decoded.error().detail);
}

}  // namespace

Bytes encode_state(const SpaceState& state) { return encode_row(state); }
Result<SpaceState> decode_state(BytesView bytes) { return decode_row<SpaceState>(bytes); }
Bytes encode_pending(const PendingBatch& batch) { return encode_row(batch); }
Result<PendingBatch> decode_pending(BytesView bytes) { return decode_row<PendingBatch>(bytes); }
Bytes encode_intent(const Intent& intent) { return encode_row(intent); }
Result<Intent> decode_intent(BytesView bytes) { return decode_row<Intent>(bytes); }
Bytes encode_invitation(const InvitationRow& row) { return encode_row(row); }
Result<InvitationRow> decode_invitation(BytesView bytes) { return decode_row<InvitationRow>(bytes); }
Bytes encode_join_request(const JoinRequestRow& row) { return encode_row(row); }
Result<JoinRequestRow> decode_join_request(BytesView bytes) { return decode_row<JoinRequestRow>(bytes); }
Bytes encode_chain_head(const ChainHead& head) { return encode_row(head); }
Result<ChainHead> decode_chain_head(BytesView bytes) { return decode_row<ChainHead>(bytes); }

}  // namespace muistio::sync
