// The devices of one member: what they tell each other, who lets whom in, and removal (R9).
#include <algorithm>

#include "impl.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/space/rejoin.hpp"

namespace muistio::sync {

using store::Table;

JoinRequestId request_id_of(BytesView request) {
  const auto digest = crypto::sha256(request);
  JoinRequestId id;
  std::copy_n(digest.array().begin(), JoinRequestId::size_bytes, id.mutable_array().begin());
  return id;
}

JoinRequestRow row_of(const SpaceId& space, const wire::InboxItem& item) {
  JoinRequestRow row;
  row.id = request_id_of(item.request);
  row.space = space;
  row.invitation = item.invitation;
  row.inbox_item = item.id;
  row.received = item.received_at;
  return row;
}

Slot* Engine::Impl::personal_slot() const {
  Slot* found = nullptr;
  for (const auto& [id, slot] : slots) {
    if (slot->state.kind != SpaceKind::personal || !slot->is_live()) continue;
    if (slot->state.phase == Phase::open) return slot.get();
    found = slot.get();
  }
  return found;
}

std::vector<DeviceId> Engine::Impl::linked_devices() {
  std::vector<DeviceId> linked;
  auto* slot = personal_slot();
  if (slot == nullptr || !load(*slot) || !slot->space) return linked;
  for (const auto& device : slot->space->devices()) linked.push_back(device.device);
  return linked;
}

Result<std::vector<space::Foothold>> Engine::Impl::footholds() {
  std::vector<space::Foothold> made;
  for (const auto& [id, slot] : slots) {
    if (slot->state.kind == SpaceKind::personal || slot->state.phase != Phase::open || made.size() >= space::kFootholdsMax)
      continue;
    MUISTIO_CHECK(load(*slot));
    made.push_back(slot->space->foothold({slot->state.cursor.seq, slot->state.cursor.hash}));
  }
  return made;
}

// Told again whenever the spaces or the devices are others than when it was told last.
Status Engine::Impl::post_footholds(Slot& slot) {
  if (slot.state.kind != SpaceKind::personal || slot.state.phase != Phase::open || slot.space->devices().size() < 2) return ok();
  Writer said;
  for (const auto& [id, other] : slots)
    if (other->state.kind != SpaceKind::personal && other->state.phase == Phase::open) said.raw(id.view());
  for (const auto& device : slot.space->devices()) said.raw(device.device.view());
  const auto hash = crypto::sha256(said.bytes());
  const auto key = Writer().raw(slot.id.view()).u8(1).bytes();
  MUISTIO_TRY(const auto posted, store.get(Table::space, key));
  if (posted && equal(*posted, hash.view())) return ok();
  MUISTIO_TRY(const auto now, footholds());
  return change(slot, [&](Work& work) -> Status {
    MUISTIO_CHECK(fix_batch(work, slot.space->era(), space::PayloadKind::footholds, space::encode_footholds(now).expose(), 0, 0));
    return work.transaction.put(Table::space, key, hash.view());
  });
}

// Kept in the transaction of its record; `join_own_spaces` goes on from there.
Status Engine::Impl::take_footholds(Work& work, const space::OpenedBatch& batch) {
  if (work.slot.state.kind != SpaceKind::personal || !space::decode_footholds(batch.payload)) return ok();
  has_new_footholds = true;
  return work.transaction.put(Table::space, work.slot.id.view(), batch.payload);
}

// Asks to be let into the spaces that another device of ours is in, and this one is not.
Status Engine::Impl::join_own_spaces() {
  has_new_footholds = false;
  auto* personal = personal_slot();
  if (personal == nullptr || !keys) return ok();
  MUISTIO_TRY(auto row, store.get(Table::space, personal->id.view()));
  if (!row) return ok();
  auto told = space::decode_footholds(*row);
  wipe(*row);
  if (!told) return ok();
  for (const auto& foothold : *told)
    if (!slots.contains(foothold.space)) MUISTIO_CHECK(ask_again(foothold, {}));
  return ok();
}

Status Engine::Impl::ask_again(const space::Foothold& foothold, space::Joining::Again again) {
  MUISTIO_TRY(again.name, own_name());
  MUISTIO_TRY(auto joining, space::Joining::begin_again(foothold, again, *identity, *keys, clock.wall(), random));
  auto slot = std::make_unique<Slot>(foothold.space);
  slot->state.kind = foothold.kind;
  slot->state.phase = Phase::joining;
  slot->state.joining = to_bytes(joining.encode().expose());
  MUISTIO_CHECK(change(*slot, [](Work&) { return ok(); }));
  auto& kept = *slots.emplace(foothold.space, std::move(slot)).first->second;
  open_slot(kept);
  return ok();
}

// ---- who is asked ----------------------------------------------------------------------------------------------------------------

Status Engine::Impl::take_rejoin(Slot& slot, const wire::InboxItem& item) {
  const auto drop = [&] {
    if (may_send()) send(wire::DeleteInboxItem{slot.id, item.id}, {.kind = Request::Kind::inbox_delete, .space = slot.id});
  };
  const auto id = request_id_of(item.request);
  MUISTIO_TRY(const auto held, join_request(id));
  if (held && held->state == RequestState::admitting) return ok();
  if (held && held->state == RequestState::done) {
    drop();
    return ok();
  }
  const auto request =
      space::RejoinRequest::open(slot.id, item.request, [&](Epoch epoch) { return slot.space->content_key(epoch); });
  if (!request) {
    if (request.error().code == ErrorCode::invalid_join_request && slot.space->own_role() == Role::host) drop();
    return ok();
  }
  const space::StoredFacts facts(store, slot.id);
  const auto linked = linked_devices();
  const auto verdict = slot.space->judge_rejoin(*request, facts, linked, clock.wall());
  if (!verdict) {
    if (is_storage_error(verdict.error())) return fail(verdict.error());
    if (verdict.error().code == ErrorCode::already_exists) drop();
    return ok();
  }
  if (*verdict == space::RejoinVerdict::ignore || (held && *verdict == space::RejoinVerdict::ask)) return ok();
  auto row = row_of(slot.id, item);
  row.name = request->name;
  row.request = item.request;
  return change(slot, [&](Work& work) -> Status {
    if (*verdict == space::RejoinVerdict::admit) return intend_rejoin(work, row);
    work.events.emplace_back(JoinRequestWaiting{slot.id, id, row.name});
    return work.transaction.put(Table::join_request, id.view(), encode_join_request(row));
  });
}

Status Engine::Impl::intend_rejoin(Work& work, JoinRequestRow row) {
  row.state = RequestState::admitting;
  MUISTIO_CHECK(work.transaction.put(Table::join_request, row.id.view(), encode_join_request(row)));
  Intent intent{.id = ++work.slot.state.intents_made, .kind = IntentKind::rejoin};
  intent.request = row.id;
  return put_intent(work, intent);
}

Result<bool> Engine::Impl::prepare_rejoin(Slot& slot, const Intent& intent) {
  MUISTIO_TRY(const auto row, join_request(intent.request));
  if (!row) {
    MUISTIO_CHECK(give_up(slot, intent, {ErrorCode::not_found, "the request is gone"}));
    return false;
  }
  MUISTIO_TRY(const auto roll, roll_is_in_log(slot, intent));
  if (roll != RollStand::in_log) return roll == RollStand::on_its_way;
  auto request = space::RejoinRequest::open(slot.id, row->request, [&](Epoch epoch) { return slot.space->content_key(epoch); });
  if (!request) {
    MUISTIO_CHECK(give_up(slot, intent, request.error()));
    return false;
  }
  const space::Seen seen{slot.state.cursor.seq, slot.state.cursor.hash};
  return stage(slot, intent.id, [&](space::Space& space) { return space.stage_rejoin(*request, seen, clock.wall(), random); });
}

// ---- removal -------------------------------------------------------------------------------------------------------------------

Status Engine::Impl::remove_device(const DeviceId& device) {
  if (!keys) return fail(ErrorCode::not_found, "device " + device.hex());
  std::vector<Slot*> concerned;
  for (const auto& [id, slot] : slots) {
    if (slot->state.phase != Phase::open) continue;
    MUISTIO_CHECK(load(*slot));
    if (device == slot->keys->device()) return fail(ErrorCode::invalid_argument, "this device itself");
    const auto& devices = slot->space->devices();
    if (std::any_of(devices.begin(), devices.end(),
                    [&](const auto& one) { return one.device == device && one.member == keys->member(); }))
      concerned.push_back(slot.get());
  }
  if (concerned.empty()) return fail(ErrorCode::not_found, "device " + device.hex());
  // The personal space first: what is not in it is not let in again by us.
  std::stable_partition(concerned.begin(), concerned.end(),
                        [](const Slot* slot) { return slot->state.kind == SpaceKind::personal; });
  for (auto* slot : concerned) {
    const bool is_intended = std::any_of(slot->intents.begin(), slot->intents.end(), [&](const auto& intent) {
      return intent.kind == IntentKind::remove_device && intent.request.array() == device.array();
    });
    if (is_intended) continue;
    MUISTIO_CHECK(change(*slot, [&](Work& work) {
      Intent intent{.id = ++slot->state.intents_made, .kind = IntentKind::remove_device};
      intent.request = JoinRequestId(device.array());
      return put_intent(work, intent);
    }));
    pump(*slot);
  }
  return ok();
}

Result<bool> Engine::Impl::prepare_remove_device(Slot& slot, const Intent& intent) {
  const DeviceId device(intent.request.array());
  const auto& devices = slot.space->devices();
  if (std::none_of(devices.begin(), devices.end(), [&](const auto& one) { return one.device == device; })) {
    MUISTIO_CHECK(change(slot, [&](Work& work) { return erase_intent(work, intent.id); }));
    return false;
  }
  return stage(slot, intent.id, [&](space::Space& space) { return space.stage_remove_device(device, random); });
}

}  // namespace muistio::sync
