// Ways into a session that lead through a club: a member's device posts a KeyPackage, sealed, in the club's log, and the device of
// the session's host that reads it there adds them.
#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

using store::Table;

Bytes encode_offer(const SessionOffer& offer) {
  Writer out;
  out.raw(offer.session.view()).raw(offer.host.view()).raw(offer.secret.secret().expose()).block(offer.request);
  return std::move(out).take();
}

Result<SessionOffer> decode_offer(BytesView bytes) {
  Reader in(bytes);
  SessionOffer offer;
  MUISTIO_TRY(offer.session, in.fixed<SpaceId>());
  MUISTIO_TRY(offer.host, in.fixed<MemberId>());
  MUISTIO_TRY(auto secret_bytes, in.take(16));
  MUISTIO_TRY(auto secret, Secret<16>::from_bytes(secret_bytes));
  offer.secret = space::InvitationSecret(std::move(secret));
  MUISTIO_TRY(auto request, in.block(wire::limits::join_request_bytes_max));
  offer.request = to_bytes(request);
  MUISTIO_CHECK(in.finish());
  return offer;
}

// The member's side: the wish, the place in the session and what is to be posted are kept in one transaction.
Status Engine::Impl::join_session(SpaceId club_id, const SessionInvite& session) {
  MUISTIO_TRY(auto* club, open_space(club_id));
  if (find(session.session) != nullptr) return fail(ErrorCode::already_exists, "this session is on this device, or asked for");
  if (!club->space->charter().role_of(session.host))
    return fail(ErrorCode::not_permitted, "the session's host is not in this club");
  space::Link link;
  link.server = session.server;
  link.space = session.session;
  link.secret = space::InvitationSecret::generate(random);
  link.inviter = session.host;
  link.role = Role::member;
  link.club_name = session.title;
  link.inviter_name = session.host_name;
  MUISTIO_TRY(auto joining, space::Joining::begin(link, session.own_name, *keys, clock.wall(), random));
  auto slot = std::make_unique<Slot>(session.session);
  slot->state.kind = SpaceKind::session;
  slot->state.phase = Phase::joining;
  const auto encoded = joining.encode();
  slot->state.joining = to_bytes(encoded.expose());
  const auto payload = encode_offer({session.session, session.host, link.secret.clone(), joining.sealed_request()});
  auto changed = change(*club, [&](Work& work) -> Status {
    MUISTIO_CHECK(work.transaction.put(Table::cursor, slot->id.view(), encode_state(slot->state)));
    MUISTIO_CHECK(work.transaction.put(Table::offer, device_key(slot->id, keys->device()), {}));
    return fix_batch(work, club->space->era(), space::PayloadKind::offer, payload, 0, 0);
  });
  MUISTIO_CHECK(std::move(changed));
  auto& kept = slots[session.session];
  kept = std::move(slot);
  open_slot(*kept);
  pump(*club);
  return ok();
}

// The host's side, in the club: kept for the session, if this device hosts it.
Status Engine::Impl::take_offer(Work& work, const space::OpenedBatch& batch) {
  auto offer = decode_offer(batch.payload);
  if (!offer || offer->host != keys->member()) return ok();
  auto* session = find(offer->session);
  if (session == nullptr || session->state.kind != SpaceKind::session || session->state.phase != Phase::open) return ok();
  Writer row;
  row.raw(work.slot.id.view()).raw(batch.member.view()).raw(batch.payload);
  session->offers_known = false;
  return work.transaction.put(Table::offer, device_key(offer->session, batch.device), row.bytes());
}

// The host's side, in the session: each offer becomes a request that is let in without asking, if who posted it asks for themselves
// and is in the club now.
Status Engine::Impl::take_offers(Slot& session) {
  if (session.offers_known || session.state.kind != SpaceKind::session || session.space->own_role() != Role::host) return ok();
  MUISTIO_TRY(auto rows, store.all(Table::offer, session.id.view()));
  session.offers_known = true;
  for (const auto& row : rows) {
    if (row.value.empty()) continue;  // our own
    auto taken = change(session, [&](Work& work) -> Status {
      MUISTIO_CHECK(work.transaction.erase(Table::offer, row.key));
      Reader in(row.value);
      MUISTIO_TRY(auto club_id, in.fixed<SpaceId>());
      MUISTIO_TRY(auto member, in.fixed<MemberId>());
      MUISTIO_TRY(auto rest, in.take(in.left()));
      MUISTIO_TRY(auto offer, decode_offer(rest));
      auto club = loaded(club_id);
      if (!club || !(*club)->space) return ok();
      const auto role = (*club)->space->charter().role_of(member);
      auto request = space::JoinRequest::open(offer.secret, session.id, offer.request);
      const auto& intents = (*club)->intents;
      const bool is_going = std::any_of(intents.begin(), intents.end(), [&](const Intent& intent) {
        return intent.kind == IntentKind::remove && intent.member == member;
      });
      if (!role || *role == Role::guest || !request || is_going) return ok();
      const auto asker = space::member_of(*request);
      if (!asker || *asker != member) return ok();
      const auto now = clock.wall();
      MUISTIO_TRY(auto invited, space::make_invitation(session.id, keys->member(), Role::member, 1, now, now, random));
      invited.secret = offer.secret.clone();
      const auto id = invited.id();
      MUISTIO_CHECK(work.transaction.put(Table::invitation, id.view(), encode_invitation({std::move(invited), {}})));
      JoinRequestRow asked;
      asked.id = request_id_of(offer.request);
      asked.space = session.id;
      asked.invitation = id;
      asked.received = now;
      asked.name = request->name;
      asked.request = offer.request;
      return intend_admission(work, asked);
    });
    if (!taken && is_storage_error(taken.error())) return taken;
  }
  return ok();
}

}  // namespace muistio::sync
