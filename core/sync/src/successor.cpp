// A space that goes on from another, and what of the old one never reached its log (R9).
#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

using store::Table;

// The new space first: if this ends between the two, the old one is still there and the host asks again.
Result<SpaceId> Engine::Impl::succeed(SpaceId space_id) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  // A host who has to be let in again and has nobody to do it.
  std::optional<space::Space> kept;
  if (slot->asks_again()) {
    MUISTIO_TRY(kept, space::Space::load(store, slot->id, slot->keys));
  } else if (!slot->space || slot->state.phase != Phase::open) {
    return fail(ErrorCode::invalid_state, "the space is not open here");
  }
  const auto& old = kept ? *kept : *slot->space;
  if (old.own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host opens a successor");
  const auto held = kept ? slot->joining->seen().value() : space::Seen{slot->state.cursor.seq, slot->state.cursor.hash};
  space::Founding founding;
  founding.predecessor = space::Predecessor{space_id, held.seq, held.log_hash};
  MUISTIO_TRY(auto made, create_space(slot->state.kind, old.charter().history, founding));
  MUISTIO_CHECK(mark_succeeded(*slot));
  return made;
}

Status Engine::Impl::mark_succeeded(Slot& slot) {
  if (slot.state.phase == Phase::succeeded) return ok();
  const bool was_asking = slot.asks_again();
  auto marked = change(slot, [&](Work& work) -> Status {
    if (was_asking) {  // it is as it was before
      const auto held = slot.joining->seen().value();
      slot.state.cursor = {held.seq, held.log_hash};
      wipe(slot.state.joining);
      slot.state.joining.clear();
      MUISTIO_CHECK(put_rejoin(work, RejoinStage::none, {}));
    }
    slot.state.phase = Phase::succeeded;
    slot.link.stage = Link::Stage::done;
    if (slot.space) slot.space->discard_staged();
    work.space_changed = true;
    slot.state.staged_intent = 0;
    MUISTIO_TRY(auto erased, work.transaction.erase_prefix(Table::intent, slot.id.view()));
    static_cast<void>(erased);
    slot.intents.clear();
    work.events.emplace_back(Closed{slot.id, false});
    return ok();
  });
  if (was_asking) forget(slot);
  return marked;
}

// A space that this device joined says that it goes on from another one here. Only a host of the old one may say so: who it is
// that made the successor stands in its charter.
Status Engine::Impl::end_predecessor(const Slot& successor) {
  if (successor.state.phase != Phase::open || !successor.space) return ok();
  const auto& charter = successor.space->charter();
  if (!charter.predecessor) return ok();
  auto* old = find(charter.predecessor->space);
  if (old == nullptr || (old->state.phase != Phase::open && old->state.phase != Phase::joining)) return ok();
  MUISTIO_CHECK(load(*old));
  std::optional<space::Space> kept;
  if (old->asks_again()) {
    MUISTIO_TRY(kept, space::Space::load(store, old->id, old->keys));
  } else if (old->state.phase != Phase::open) {
    return ok();
  }
  const auto& before = (kept ? *kept : *old->space).charter();
  const bool is_by_host = std::any_of(charter.members.begin(), charter.members.end(), [&](const auto& entry) {
    return entry.role == Role::host && before.role_of(entry.member) == Role::host;
  });
  return is_by_host ? mark_succeeded(*old) : ok();
}

Result<std::set<DocumentId>> Engine::Impl::unsent_documents(SpaceId space_id) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  std::set<DocumentId> documents;
  Status decoded;
  MUISTIO_CHECK(store.scan(Table::outbox, slot->id.view(), {}, [&](BytesView, BytesView value) {
    auto changes = replica::decode_changes(value);
    if (!changes) {
      decoded = fail(ErrorCode::corrupt, "a change in the outbox");
      return false;
    }
    for (const auto& change : *changes)
      for (const auto& op : change.ops) documents.insert(op.document);
    return true;
  }));
  MUISTIO_CHECK(std::move(decoded));
  return documents;
}

}  // namespace muistio::sync
