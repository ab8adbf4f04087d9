#include "muistio/sync/engine.hpp"

#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(store::Store& store, const Clock& clock, Random& random, Hooks hooks) {
  auto impl = std::make_unique<Impl>(store, clock, random, std::move(hooks));
  MUISTIO_CHECK(impl->load_all());
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

bool Engine::has_identity() const { return impl_->keys != nullptr; }
Status Engine::make_identity() { return impl_->make_identity(); }
MemberId Engine::own_member() const { return impl_->keys ? impl_->keys->member() : MemberId{}; }
DeviceId Engine::own_device() const { return impl_->keys ? impl_->keys->device() : DeviceId{}; }

Result<Invitation> Engine::link_device(const DeviceLinkOptions& options) { return impl_->link_device(options); }
Result<SpaceId> Engine::follow_device_link(std::string_view link) { return impl_->follow_device_link(link); }
Result<std::vector<std::string>> Engine::device_codes() const {
  std::vector<std::string> made;
  if (impl_->linking) {
    if (auto code = impl_->linking->code()) made.push_back(std::move(*code));
    return made;
  }
  if (!impl_->identity) return made;
  MUISTIO_TRY(auto asks, impl_->waiting_asks());
  for (auto& [row, code] : asks) made.push_back(std::move(code));
  return made;
}

Status Engine::confirm_device(std::string_view code) { return impl_->confirm_device(code); }
std::string Engine::given_name() const {
  auto name = impl_->own_name();
  return name ? std::move(*name) : std::string();
}
Status Engine::remove_device(DeviceId device) { return impl_->remove_device(device); }
bool Engine::is_own_device(DeviceId device) const {
  if (impl_->keys && impl_->keys->device() == device) return true;
  return std::any_of(impl_->slots.begin(), impl_->slots.end(),
                     [&](const auto& one) { return one.second->keys && one.second->keys->device() == device; });
}
Result<std::optional<SecretBytes>> Engine::recovery_words() { return impl_->phrase_words(); }
Status Engine::recover(std::string_view words) { return impl_->recover(words); }
Status Engine::forget_recovery_words() { return impl_->forget_phrase(); }

std::vector<SpaceSummary> Engine::spaces() const {
  std::vector<SpaceSummary> made;
  for (const auto& [id, slot] : impl_->slots) {
    if (slot->state.phase == Phase::cancelled) continue;
    static_cast<void>(impl_->load(*slot));  // what cannot be loaded is listed with what its row says
    made.push_back(impl_->summary(*slot));
  }
  return made;
}

Result<SpaceSummary> Engine::space(SpaceId space) const {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  return impl_->summary(*slot);
}

Result<std::vector<MemberSummary>> Engine::members(SpaceId space) const {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  if (!slot->space) return fail(ErrorCode::waiting_for_admission, "space " + space.hex());
  std::vector<MemberSummary> made;
  for (const auto& member : slot->space->charter().members) {
    MemberSummary one{member.member, member.role, {}, member.successor_of};
    for (const auto& device : slot->space->devices())
      if (device.member == member.member) one.devices.push_back(device.device);
    made.push_back(std::move(one));
  }
  return made;
}

std::optional<MemberId> Engine::member_of(SpaceId space, DeviceId device) const {
  if (impl_->keys && device == impl_->keys->device()) return impl_->keys->member();
  auto slot = impl_->loaded(space);
  if (!slot || !(*slot)->space) return std::nullopt;
  const auto* entry = (*slot)->space->roll().last_of(device);
  if (entry == nullptr) return std::nullopt;
  return entry->member;
}

Result<SpaceId> Engine::create_space(SpaceKind kind, HistoryPolicy history, const space::Founding& founding) {
  return impl_->create_space(kind, history, founding);
}
Status Engine::begin_era(SpaceId space) { return impl_->begin_era(space); }
Result<Invitation> Engine::invite(SpaceId space, const InviteOptions& options) { return impl_->invite(space, options); }

std::vector<InvitationSummary> Engine::invitations(std::optional<SpaceId> space) const {
  std::vector<InvitationSummary> made;
  for (const auto& row : impl_->all_invitations()) {
    const auto& invitation = row.invitation;
    if (space && invitation.space != *space) continue;
    made.push_back({invitation.id(), invitation.space, invitation.role,
                    invitation.uses_max > invitation.uses ? invitation.uses_max - invitation.uses : 0, invitation.expires,
                    invitation.revoked, row.link});
  }
  return made;
}

Status Engine::revoke(InvitationId invitation) { return impl_->revoke(invitation); }
Result<SpaceId> Engine::join(std::string_view link, std::string_view name) { return impl_->join(link, name); }
Status Engine::cancel_join(SpaceId space) { return impl_->cancel_join(space); }

std::vector<JoinRequestSummary> Engine::join_requests(std::optional<SpaceId> space) const {
  std::vector<JoinRequestSummary> made;
  for (const auto& row : impl_->all_join_requests()) {
    if (row.state == RequestState::done || (space && row.space != *space) || space::DeviceAsk::is_ask(row.request)) continue;
    made.push_back({row.id, row.space, row.invitation, row.name, row.received, row.state == RequestState::waiting});
  }
  return made;
}

Status Engine::admit(SpaceId space, JoinRequestId request, std::optional<MemberId> again) {
  return impl_->admit(space, request, again);
}
Status Engine::set_quorum(SpaceId space, std::uint8_t quorum) { return impl_->set_quorum(space, quorum); }
Result<std::vector<Newcomer>> Engine::newcomers(SpaceId space) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  return impl_->newcomers(*slot);
}
Status Engine::agree(SpaceId space, MemberId newcomer) { return impl_->agree(space, newcomer); }
Status Engine::remove_member(SpaceId space, MemberId member) { return impl_->remove_member(space, member); }
Status Engine::set_role(SpaceId space, MemberId member, Role role) { return impl_->set_role(space, member, role); }
Result<std::string> Engine::warrant(SpaceId space, MemberId member) { return impl_->warrant(space, member); }
Status Engine::offer_host(SpaceId space) { return impl_->offer_host(space); }
Status Engine::take_host(SpaceId space, std::string_view warrant) { return impl_->take_host(space, warrant); }
Status Engine::replace_hosts(SpaceId space, MemberId member, bool insist) { return impl_->replace_hosts(space, member, insist); }
Status Engine::join_session(SpaceId club, const SessionInvite& session) { return impl_->join_session(club, session); }
Result<SpaceId> Engine::succeed(SpaceId space) { return impl_->succeed(space); }
Result<std::set<DocumentId>> Engine::unsent_documents(SpaceId space) { return impl_->unsent_documents(space); }

Result<Bytes> Engine::seal_hand_in(SpaceId space, BytesView payload) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  if (!slot->space) return fail(ErrorCode::waiting_for_admission, "space " + space.hex());
  return slot->space->seal_hand_in(payload, impl_->random);
}

Result<space::HandIn> Engine::open_hand_in(SpaceId space, BytesView bytes) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  if (!slot->space) return fail(ErrorCode::waiting_for_admission, "space " + space.hex());
  return slot->space->open_hand_in(bytes);
}

Result<space::SignedStatement> Engine::sign(SpaceId space, std::string_view label, crypto::Fields fields) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  if (!slot->space) return fail(ErrorCode::waiting_for_admission, "space " + space.hex());
  return slot->space->sign(label, fields);
}

Result<Bytes> Engine::seal_for(SpaceId space, std::span<const MemberId> members, BytesView payload) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  if (!slot->space) return fail(ErrorCode::waiting_for_admission, "space " + space.hex());
  return slot->space->seal_for(members, payload, impl_->random);
}

Status Engine::leave(SpaceId space) { return impl_->leave(space); }
Result<std::string> Engine::seal(SpaceId space) { return impl_->make_seal(space); }
Result<SealAnswer> Engine::check_seal(SpaceId space, std::string_view text) { return impl_->check_seal(space, text); }
Result<std::string> Engine::reopen(SpaceId space) { return impl_->reopen(space); }
Status Engine::accept_reopening(SpaceId space, std::string_view text) { return impl_->accept_reopening(space, text); }
Result<std::vector<Proof>> Engine::evidence(SpaceId space) const {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  return slot->evidence.proofs;
}
Status Engine::edit(SpaceId space, const Editor& editor) { return impl_->edit(space, editor); }
Status Engine::read(SpaceId space, const Reading& reading) { return impl_->read(space, reading); }

void Engine::connected(const wire::TlsExporter& exporter, std::string_view server_name) { impl_->connected(exporter, server_name); }
void Engine::received(BytesView frame) { impl_->received(frame); }
void Engine::disconnected() { impl_->disconnected(); }
Status Engine::make_durable() { return impl_->store.make_durable(); }
void Engine::tick() { impl_->tick(); }

std::vector<Bytes> Engine::take_frames() {
  if (impl_->close_reason) return {};
  return std::exchange(impl_->frames, {});
}
std::vector<Event> Engine::take_events() { return std::exchange(impl_->events, {}); }
std::optional<Error> Engine::wants_close() const { return impl_->close_reason; }
bool Engine::is_quiet() const { return impl_->is_quiet(); }
std::vector<Waiting> Engine::waiting() const {
  for (const auto& [id, slot] : impl_->slots) static_cast<void>(impl_->load(*slot));
  return impl_->waiting();
}
const Counts& Engine::counts() const { return impl_->counts; }

Result<Engine::MadeSnapshot> Engine::make_snapshot(SpaceId space, Era era) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  if (!impl_->is_in_step(*slot))
    return fail(ErrorCode::invalid_state, "the log is not read to its end, or lacks something written here");
  MUISTIO_TRY(const auto snapshot, slot->replica->snapshot(era));
  MUISTIO_TRY(auto packed, pack_snapshot(snapshot.encode()));
  return MadeSnapshot{era, slot->state.cursor.seq, slot->state.cursor.hash, std::move(packed)};
}

Status Engine::announce_snapshot(SpaceId space, const MadeSnapshot& made, BytesView descriptor) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  if (descriptor.size() > kSnapshotDescriptorBytesMax) return fail(ErrorCode::too_large, "where a snapshot lies");
  if (!slot->space || slot->state.phase != Phase::open) return fail(ErrorCode::invalid_state, "the space is not open here");
  const auto payload = encode_notice({{made.seq, made.log_hash}, to_bytes(descriptor)});
  MUISTIO_CHECK(impl_->change(
      *slot, [&](Work& work) { return impl_->fix_batch(work, made.era, space::PayloadKind::snapshot, payload, 0, 0); }));
  impl_->pump(*slot);
  return ok();
}

Status Engine::take_snapshot(SpaceId space, Era era, BytesView bytes) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  auto shown = impl_->show(*slot, era, bytes);
  if (!shown) refuse_snapshot(space, era);
  return shown;
}

void Engine::refuse_snapshot(SpaceId space, Era era) {
  auto* slot = impl_->find(space);
  if (slot == nullptr || !slot->preview) return;
  std::erase_if(slot->preview->offers, [&](const auto& each) { return each.first == era && !each.second.taken; });
  if (!slot->preview->replica && slot->link.stage == Link::Stage::open && impl_->run(impl_->replay(*slot))) impl_->pump(*slot);
}

bool Engine::has_work() const {
  return std::any_of(impl_->slots.begin(), impl_->slots.end(), [&](const auto& each) { return impl_->can_go_on(*each.second); });
}
void Engine::go_on() { impl_->go_on(); }

Status Engine::request_ticket(SpaceId space, AttachmentId attachment, wire::TicketMode mode, std::uint64_t size_bytes) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  if (!impl_->may_send()) return fail(ErrorCode::disconnected);
  if (slot->link.stage != Link::Stage::open) return fail(ErrorCode::invalid_state, "the space is not open at the server");
  impl_->send(wire::RequestTicket{space, attachment, mode, mode == wire::TicketMode::write ? size_bytes : 0},
              {.kind = Request::Kind::ticket, .space = space, .attachment = attachment});
  return ok();
}

Status Engine::delete_attachment(SpaceId space, AttachmentId attachment) {
  MUISTIO_TRY(auto* slot, impl_->loaded(space));
  if (!impl_->may_send()) return fail(ErrorCode::disconnected);
  if (slot->link.stage != Link::Stage::open) return fail(ErrorCode::invalid_state, "the space is not open at the server");
  impl_->send(wire::DeleteAttachment{space, attachment},
              {.kind = Request::Kind::attachment_delete, .space = space, .attachment = attachment});
  return ok();
}

}  // namespace muistio::sync
