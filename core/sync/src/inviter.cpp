// The inviter's side: invitations, the inbox, and who is admitted without asking (R8).
#include <algorithm>

#include "impl.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/space/rejoin.hpp"

namespace muistio::sync {

using store::Table;

namespace {
constexpr std::uint64_t kInboxEveryMs = 2'000;    // while somebody may follow an invitation
constexpr std::uint64_t kInboxSeldomMs = 15'000;  // for those who ask to be let in again
constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;
constexpr std::size_t kInvitationsTold = 256;
constexpr std::size_t kInvitationRowBytesMax = 2048;
}  // namespace

Result<Invitation> Engine::Impl::invite(SpaceId space_id, const InviteOptions& options) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  if (!slot->space || slot->space->own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host invites");
  if (options.role == Role::guest && slot->state.kind != SpaceKind::session)
    return fail(ErrorCode::not_permitted, "guests are invited to a session only");
  const auto now = clock.wall();
  if (options.expires_days == 0 || options.expires_days > 3650) return fail(ErrorCode::invalid_argument, "expires: 1 to 3650 days");
  const WallMs expires(now.value() + kDayMs * options.expires_days);
  MUISTIO_TRY(auto made,
              space::make_invitation(space_id, slot->space->own_member(), options.role, options.uses, now, expires, random));
  made.admits_by_itself = options.uses == 1 && !options.asks;
  space::Link link;
  link.server = options.server;
  link.space = space_id;
  link.secret = made.secret.clone();
  link.inviter = made.maker;
  link.role = options.role;
  link.club_name = options.space_name;
  link.inviter_name = options.inviter_name;
  MUISTIO_TRY(auto text, link.text());
  const auto id = made.id();
  const InvitationRow row{std::move(made), text};
  MUISTIO_CHECK(
      change(*slot, [&](Work& work) { return work.transaction.put(Table::invitation, id.view(), encode_invitation(row)); }));
  slot->link.inbox_known = false;
  return Invitation{id, std::move(text)};
}

Result<std::optional<InvitationRow>> Engine::Impl::invitation(const InvitationId& id) const {
  MUISTIO_TRY(auto row, store.get(Table::invitation, id.view()));
  if (!row) return std::optional<InvitationRow>();
  MUISTIO_TRY(auto decoded, decode_invitation(*row));
  return std::optional<InvitationRow>(std::move(decoded));
}

Result<std::optional<JoinRequestRow>> Engine::Impl::join_request(const JoinRequestId& id) const {
  MUISTIO_TRY(auto row, store.get(Table::join_request, id.view()));
  if (!row) return std::optional<JoinRequestRow>();
  MUISTIO_TRY(auto decoded, decode_join_request(*row));
  return std::optional<JoinRequestRow>(std::move(decoded));
}

std::vector<InvitationRow> Engine::Impl::all_invitations() const {
  std::vector<InvitationRow> made;
  static_cast<void>(store.scan(Table::invitation, {}, {}, [&](BytesView, BytesView value) {
    if (auto row = decode_invitation(value)) made.push_back(std::move(row).value());
    return true;
  }));
  return made;
}

std::vector<JoinRequestRow> Engine::Impl::all_join_requests() const {
  std::vector<JoinRequestRow> made;
  static_cast<void>(store.scan(Table::join_request, {}, {}, [&](BytesView, BytesView value) {
    if (auto row = decode_join_request(value)) made.push_back(std::move(row).value());
    return true;
  }));
  return made;
}

Status Engine::Impl::revoke(const InvitationId& id) {
  MUISTIO_TRY(auto row, invitation(id));
  if (!row) return fail(ErrorCode::not_found, "invitation " + id.hex());
  row->invitation.revoked = true;
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(transaction.put(Table::invitation, id.view(), encode_invitation(*row)));
  return transaction.commit();
}

Status Engine::Impl::admit(SpaceId space_id, const JoinRequestId& id, const std::optional<MemberId>& again) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  MUISTIO_TRY(auto row, join_request(id));
  if (!row || row->space != space_id || row->state == RequestState::done || space::DeviceAsk::is_ask(row->request))
    return fail(ErrorCode::not_found, "join request " + id.hex());
  if (row->state == RequestState::admitting) return ok();
  if (row->invitation == space::rejoin_inbox(space_id)) {
    if (again) return fail(ErrorCode::invalid_argument, "who asks to be let in again has shown who they are");
    MUISTIO_CHECK(change(*slot, [&](Work& work) { return intend_rejoin(work, *row); }));
    pump(*slot);
    return ok();
  }
  if (!slot->space || slot->space->own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host admits");
  MUISTIO_TRY(auto invited, invitation(row->invitation));
  // A late request may be admitted by hand; one beyond the uses, or after a revocation, not.
  if (!invited || invited->invitation.revoked || invited->invitation.uses >= invited->invitation.uses_max)
    return fail(ErrorCode::invitation_used, "of join request " + id.hex());
  if (again && *again == slot->space->own_member()) return fail(ErrorCode::invalid_argument, "that is you");
  if (again && slot->space->charter().find(*again) == nullptr) return fail(ErrorCode::not_found, "member " + again->hex());
  MUISTIO_CHECK(change(*slot, [&](Work& work) { return intend_admission(work, *row, again); }));
  pump(*slot);
  return ok();
}

Status Engine::Impl::intend_admission(Work& work, JoinRequestRow row, const std::optional<MemberId>& again) {
  MUISTIO_TRY(auto invited, invitation(row.invitation));
  if (!invited) return fail(ErrorCode::not_found, "the invitation is gone");
  auto& used = invited->invitation;
  used.uses = std::min(used.uses + 1, used.uses_max);
  MUISTIO_CHECK(work.transaction.put(Table::invitation, row.invitation.view(), encode_invitation(*invited)));
  row.state = RequestState::admitting;
  MUISTIO_CHECK(work.transaction.put(Table::join_request, row.id.view(), encode_join_request(row)));
  Intent intent{.id = ++work.slot.state.intents_made, .kind = IntentKind::admit};
  intent.request = row.id;
  intent.member = again.value_or(MemberId{});
  return put_intent(work, intent);
}

// Told again whenever they are others than when they were told last: each of the member's devices admits (R8), and none admits
// again what another has. A link for a new device stays with the device that shows it.
Status Engine::Impl::post_invitations(Slot& slot) {
  if (slot.state.kind != SpaceKind::personal || slot.state.phase != Phase::open || slot.space->devices().size() < 2) return ok();
  auto rows = all_invitations();
  std::erase_if(rows, [&](const InvitationRow& row) { return row.invitation.space == slot.id; });
  std::stable_sort(rows.begin(), rows.end(), [](const InvitationRow& left, const InvitationRow& right) {
    return left.invitation.made > right.invitation.made;
  });
  if (rows.size() > kInvitationsTold) rows.resize(kInvitationsTold);
  Writer payload;
  payload.varint(rows.size());
  for (const auto& row : rows) payload.block(encode_invitation(row));
  const SecretBytes told(std::move(payload).take());
  const auto hash = crypto::sha256(told.expose());
  const auto key = Writer().raw(slot.id.view()).u8(3).bytes();
  MUISTIO_TRY(const auto before, store.get(Table::space, key));
  if (before ? equal(*before, hash.view()) : rows.empty()) return ok();
  return change(slot, [&](Work& work) -> Status {
    MUISTIO_CHECK(fix_batch(work, slot.space->era(), space::PayloadKind::invitations, told.expose(), 0, 0));
    return work.transaction.put(Table::space, key, hash.view());
  });
}

Status Engine::Impl::take_invitations(Work& work, const space::OpenedBatch& batch) {
  if (work.slot.state.kind != SpaceKind::personal || batch.member != work.slot.keys->member()) return ok();
  Reader in(batch.payload);
  const auto count = in.varint_at_most(kInvitationsTold);
  if (!count) return ok();
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto bytes = in.block(kInvitationRowBytesMax);
    if (!bytes) return ok();
    auto told = decode_invitation(*bytes);
    if (!told || told->invitation.maker != batch.member || told->invitation.space == work.slot.id) continue;
    const auto id = told->invitation.id();
    MUISTIO_TRY(auto held, invitation(id));
    if (held) {
      auto& kept = held->invitation;
      if (told->invitation.uses <= kept.uses && (kept.revoked || !told->invitation.revoked)) continue;
      kept.uses = std::max(kept.uses, told->invitation.uses);
      kept.revoked = kept.revoked || told->invitation.revoked;
      told = std::move(*held);
    }
    MUISTIO_CHECK(work.transaction.put(Table::invitation, id.view(), encode_invitation(*told)));
    if (auto* slot = find(told->invitation.space)) slot->link.inbox_known = false;
  }
  return ok();
}

bool Engine::Impl::wants_inbox(const Slot& slot) const {
  return slot.state.phase == Phase::open && slot.space && slot.space->own_role();
}

bool Engine::Impl::has_open_invitation(const Slot& slot) const {
  const auto all = all_invitations();
  return std::any_of(all.begin(), all.end(), [&](const auto& row) {
    return row.invitation.space == slot.id && !row.invitation.revoked && row.invitation.uses < row.invitation.uses_max;
  });
}

void Engine::Impl::ask_inbox(Slot& slot) {
  if (slot.link.inbox_asked || !may_send()) return;
  slot.link.inbox_asked = true;
  send(wire::FetchInbox{slot.id}, {.kind = Request::Kind::inbox, .space = slot.id});
}

Status Engine::Impl::on_inbox(Slot& slot, const wire::Inbox& inbox) {
  auto& link = slot.link;
  link.inbox_asked = false;
  link.inbox_known = true;
  link.inbox_at = MonotonicMs(clock.monotonic().value() + (has_open_invitation(slot) ? kInboxEveryMs : kInboxSeldomMs));
  for (const auto& item : inbox.items) MUISTIO_CHECK(take_request(slot, item));
  return ok();
}

Status Engine::Impl::take_request(Slot& slot, const wire::InboxItem& item) {
  if (item.invitation == space::rejoin_inbox(slot.id)) return take_rejoin(slot, item);
  const auto drop = [&] {
    if (may_send()) send(wire::DeleteInboxItem{slot.id, item.id}, {.kind = Request::Kind::inbox_delete, .space = slot.id});
  };
  const auto id = request_id_of(item.request);
  if (space::DeviceAsk::is_ask(item.request)) {
    MUISTIO_TRY(auto by_link, invitation(item.invitation));
    return by_link && by_link->invitation.space == slot.id ? answer_ask(slot, item, by_link->invitation) : ok();
  }
  MUISTIO_TRY(auto held, join_request(id));
  if (held && !(MUISTIO_PLANTED("invitation") && held->state == RequestState::done)) {
    if (held->state == RequestState::done) drop();
    return ok();
  }
  MUISTIO_TRY(auto invited, invitation(item.invitation));
  if (!invited || invited->invitation.space != slot.id) return ok();  // another inviter's
  auto request = space::JoinRequest::open(invited->invitation.secret, slot.id, item.request);
  if (!request) {
    drop();  // nobody who has the link made it
    return ok();
  }
  const auto& invitation = invited->invitation;
  if ((invitation.revoked || invitation.uses >= invitation.uses_max) && !MUISTIO_PLANTED("invitation")) {
    drop();
    events.emplace_back(Refused{slot.id, {ErrorCode::invitation_used, "a join request"}});
    return ok();
  }
  auto row = row_of(slot.id, item);
  row.name = request->name;
  row.request = item.request;
  const bool is_late = !invitation.check_open(clock.wall()) && !MUISTIO_PLANTED("invitation");
  if (invitation.admits_by_itself && !is_late) return change(slot, [&](Work& work) { return intend_admission(work, row); });
  return change(slot, [&](Work& work) -> Status {
    work.events.emplace_back(JoinRequestWaiting{slot.id, id, row.name});
    return work.transaction.put(Table::join_request, id.view(), encode_join_request(row));
  });
}

}  // namespace muistio::sync
