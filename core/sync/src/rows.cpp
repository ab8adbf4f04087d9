#include "rows.hpp"

#include "muistio/space/warrant.hpp"
#include "muistio/wire/archive.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::sync {

namespace {

namespace limits = wire::limits;
using wire::limited;
using wire::ranged;

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kVersionWithEras = 2;  // of a space row with chains of several eras
constexpr std::size_t kChainsMax = 1 << 20;
constexpr std::size_t kJoiningBytesMax = 64 * limits::kKiB;
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
  ar(c.fixed, c.fixed_hash, c.change_fixed, c.accepted, c.change_accepted);
}
struct EraChain {
  Era era;
  OwnChain chain;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(era);
    fields(ar, chain);
  }
};
/// A space row as it is kept: the chain of era 0 in its place, the others at the end.
struct KeptState {
  SpaceState state;
  OwnChain first;
  std::vector<EraChain> later;
};
template <class Archive>
void fields(Archive& ar, KeptState& kept) {
  auto& s = kept.state;
  ar(ranged(s.kind, SpaceKind::personal, SpaceKind::desk), ranged(s.phase, Phase::joining, Phase::succeeded), s.registered);
  fields(ar, s.cursor);
  ar(s.last_handshake, s.head);
  fields(ar, s.acknowledged);
  fields(ar, kept.first);
  ar(s.intents_made, s.staged_intent, s.roll_epoch);
  bool frozen = s.frozen.has_value();
  ar(frozen);
  if (frozen) {
    if (!s.frozen) s.frozen.emplace();
    fields(ar, *s.frozen);
  }
  ar(s.frozen_for_good, limited(s.joining, kJoiningBytesMax), s.replayed, s.leaf_made);
}

/// A batch as it is kept: the content by its own encoding.
struct KeptBatch {
  Bytes content;
  Hash content_hash;
  std::uint64_t first_change = 0, last_change = 0;
  std::optional<Epoch> roll_epoch;
};
template <class Archive>
void fields(Archive& ar, KeptBatch& b) {
  ar(limited(b.content, limits::batch_bytes_max), b.content_hash, b.first_change, b.last_change, b.roll_epoch);
}
template <class Archive>
void fields(Archive& ar, Intent& i) {
  ar(i.id, ranged(i.kind, IntentKind::admit, IntentKind::agree), i.member, i.request, i.epoch, i.attempts);
  if (i.kind == IntentKind::role) ar(ranged(i.role, Role::guest, Role::host));
  if (i.kind == IntentKind::take_host) ar(limited(i.data, space::kWarrantTextMax));
  if (i.kind == IntentKind::vote || i.kind == IntentKind::offer_host || i.kind == IntentKind::agree) ar(i.version);
  if (i.kind == IntentKind::quorum) ar(i.quorum);
}
struct KeptInvitation {
  Bytes invitation;
  std::string link;
};
template <class Archive>
void fields(Archive& ar, KeptInvitation& r) {
  ar(limited(r.invitation, kTextBytesMax), limited(r.link, kTextBytesMax));
}
template <class Archive>
void fields(Archive& ar, JoinRequestRow& r) {
  ar(r.id, r.space, r.invitation, r.inbox_item, ranged(r.state, RequestState::waiting, RequestState::done), r.received,
     limited(r.name, kTextBytesMax), limited(r.request, limits::join_request_bytes_max));
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

/// A space row with chains of several eras.
struct StateWithEras {
  KeptState kept{};
  template <class Archive>
  void serialize(Archive& ar) {
    std::uint8_t version = kVersionWithEras;
    ar(version);
    if (version != kVersionWithEras) wire::detail::refuse(ErrorCode::unsupported_version, "a row of sync");
    fields(ar, kept);
    ar(limited(kept.later, kChainsMax));
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

Bytes encode_state(const SpaceState& state) {
  KeptState kept{state, {}, {}};
  for (const auto& [era, chain] : state.chains) {
    if (era == Era(0)) {
      kept.first = chain;
    } else {
      kept.later.push_back({era, chain});
    }
  }
  auto row = kept.later.empty() ? encode_row(kept) : wire::encode(StateWithEras{kept});
  wipe(kept.state.joining);
  return row;
}
Result<SpaceState> decode_state(BytesView bytes) {
  KeptState kept;
  if (!bytes.empty() && bytes.front() == kVersionWithEras) {
    auto decoded = wire::decode<StateWithEras>(bytes);
    if (!decoded) return fail(ErrorCode::corrupt, "a row of sync: " + decoded.error().detail);
    kept = std::move(decoded->kept);
  } else {
    MUISTIO_TRY(kept, decode_row<KeptState>(bytes));
  }
  auto state = std::move(kept.state);
  if (kept.first.fixed != BatchIndex(0)) state.chains.emplace(Era(0), kept.first);
  for (const auto& each : kept.later)
    if (each.era == Era(0) || !state.chains.emplace(each.era, each.chain).second)
      return fail(ErrorCode::corrupt, "a row of sync: two chains of one era");
  return state;
}

Bytes encode_pending(const PendingBatch& batch) {
  return encode_row(KeptBatch{batch.content.encode(), batch.content_hash, batch.first_change, batch.last_change, batch.roll_epoch});
}
Result<PendingBatch> decode_pending(BytesView bytes) {
  MUISTIO_TRY(auto kept, decode_row<KeptBatch>(bytes));
  auto content = space::BatchContent::decode(kept.content);
  if (!content) return fail(ErrorCode::corrupt, "a batch of ours: " + content.error().detail);
  return PendingBatch{std::move(content).value(), kept.content_hash, kept.first_change, kept.last_change, kept.roll_epoch};
}

Bytes encode_intent(const Intent& intent) { return encode_row(intent); }
Result<Intent> decode_intent(BytesView bytes) { return decode_row<Intent>(bytes); }

Bytes encode_invitation(const InvitationRow& row) {
  return encode_row(KeptInvitation{to_bytes(row.invitation.encode().expose()), row.link});
}
Result<InvitationRow> decode_invitation(BytesView bytes) {
  MUISTIO_TRY(auto kept, decode_row<KeptInvitation>(bytes));
  auto invitation = space::Invitation::decode(kept.invitation);
  if (!invitation) return fail(ErrorCode::corrupt, "an invitation: " + invitation.error().detail);
  return InvitationRow{std::move(invitation).value(), std::move(kept.link)};
}

Bytes encode_join_request(const JoinRequestRow& row) { return encode_row(row); }
Result<JoinRequestRow> decode_join_request(BytesView bytes) { return decode_row<JoinRequestRow>(bytes); }
}  // namespace muistio::sync
