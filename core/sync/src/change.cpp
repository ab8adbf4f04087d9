// Loading spaces, and changing one in a single transaction.
#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

using store::Table;

Engine::Impl::Impl(store::Store& store_, const Clock& clock_, Random& random_, Hooks hooks_)
    : store(store_), clock(clock_), random(random_), hooks(std::move(hooks_)) {
  if (!hooks.judge) hooks.judge = replica::permit_all();
  if (!hooks.baseline_judge)
    hooks.baseline_judge = [](const replica::Op&, const replica::Author& author, const replica::Document*) {
      return author.role == Role::host;
    };
}

bool Engine::Impl::is_storage_error(const Error& error) noexcept {
  const auto number = static_cast<std::uint16_t>(error.code);
  return number >= 250 && number < 300;
}

Status Engine::Impl::load_all() {
  MUISTIO_CHECK(load_identity());
  MUISTIO_CHECK(load_linking());
  MUISTIO_CHECK(load_recovery());
  Status decoded;
  MUISTIO_CHECK(store.scan(Table::cursor, {}, {}, [&](BytesView key, BytesView value) {
    auto id = SpaceId::from_bytes(key);
    auto state = decode_state(value);
    if (!id || !state) {
      decoded = fail(!id ? id.error() : state.error());
      return false;
    }
    auto slot = std::make_unique<Slot>(*id);
    slot->state = std::move(state).value();
    slots.emplace(*id, std::move(slot));
    return true;
  }));
  return decoded;
}

Slot* Engine::Impl::find(const SpaceId& space) const {
  const auto found = slots.find(space);
  return found == slots.end() || found->second->state.phase == Phase::cancelled ? nullptr : found->second.get();
}

Result<Slot*> Engine::Impl::loaded(const SpaceId& space) {
  auto* slot = find(space);
  if (slot == nullptr) return fail(ErrorCode::not_found, "space " + space.hex());
  MUISTIO_CHECK(load(*slot));
  return slot;
}

Status Engine::Impl::load(Slot& slot) {
  if (slot.loaded) return ok();
  if (!slot.keys) {
    MUISTIO_TRY(slot.keys, keys_of(slot.id));
  }
  MUISTIO_CHECK(load_rejoin(slot));
  if (!slot.state.joining.empty()) {
    MUISTIO_TRY(auto joining, space::Joining::decode(slot.state.joining));
    slot.joining = std::move(joining);
  }
  if (slot.state.phase != Phase::joining && slot.state.phase != Phase::cancelled) {
    MUISTIO_TRY(auto space, space::Space::load(store, slot.id, slot.keys));
    slot.space = std::move(space);
  }
  MUISTIO_CHECK(load_evidence(slot));
  slot.shelf = std::make_unique<StoreShelf>(store, slot.id);
  MUISTIO_TRY(auto replica, replica::Replica::open(*slot.shelf, {.summarise = hooks.summarise, .begins_anew = hooks.begins_anew}));
  slot.replica = std::move(replica);
  MUISTIO_TRY(auto pending, store.all(Table::pending, slot.id.view()));
  for (const auto& row : pending) {
    MUISTIO_TRY(auto batch, decode_pending(row.value));
    slot.pending.push_back(std::move(batch));
  }
  MUISTIO_TRY(auto intents, store.all(Table::intent, slot.id.view()));
  for (const auto& row : intents) {
    MUISTIO_TRY(auto intent, decode_intent(row.value));
    slot.intents.push_back(intent);
  }
  MUISTIO_CHECK(load_votes(slot));
  MUISTIO_CHECK(load_snapshots(slot));
  MUISTIO_TRY(slot.is_offered, store.contains(Table::offer, device_key(slot.id, slot.keys->device())));
  slot.offers_known = false;
  slot.loaded = true;
  return ok();
}

void Engine::Impl::forget(Slot& slot) {
  slot.loaded = false;
  slot.preview.reset();
  slot.snapshots.clear();
  slot.keys.reset();
  slot.replica.reset();
  slot.shelf.reset();
  slot.space.reset();
  slot.joining.reset();
  slot.pending.clear();
  slot.intents.clear();
  slot.evidence = {};
  slot.evidence_kept.clear();
  auto row = store.get(Table::cursor, slot.id.view());
  if (!row || !row->has_value()) return;  // unreadable now: the next call that needs the space fails and says why
  if (auto state = decode_state(**row)) slot.state = std::move(state).value();
}

Status Engine::Impl::change(Slot& slot, const std::function<Status(Work&)>& body, store::Durability durability) {
  const auto counts_before = counts;
  auto attempt = [&]() -> Status {
    MUISTIO_CHECK(load(slot));
    MUISTIO_TRY(auto transaction, store.begin(durability));
    const bool was_frozen = slot.state.frozen.has_value();
    const bool was_joining = !slot.state.joining.empty();
    Work work{transaction, slot, {}, {}, {}, false};
    slot.shelf->set_transaction(&transaction);
    auto written = [&]() -> Status {
      MUISTIO_CHECK(body(work));
      MUISTIO_CHECK(hand_on(work));
      if (work.space_changed && slot.space) MUISTIO_CHECK(slot.space->save(transaction));
      MUISTIO_CHECK(save_evidence(work));
      MUISTIO_CHECK(save_snapshots(work));
      if (was_joining && slot.state.joining.empty()) transaction.forget_replaced();  // the key package's private keys
      auto row = encode_state(slot.state);
      auto put = transaction.put(Table::cursor, slot.id.view(), row);
      wipe(row);  // a request to join has private keys
      MUISTIO_CHECK(std::move(put));
      MUISTIO_CHECK(transaction.commit());
      // The proof of a lie is not left to chance, nor what our chain holds: it is sent next.
      return (slot.state.frozen && !was_frozen) || work.has_fixed ? store.make_durable() : ok();
    }();
    if (slot.shelf) slot.shelf->set_transaction(nullptr);
    if (slot.preview) slot.preview->is_stale = true;
    if (written) std::move(work.events.begin(), work.events.end(), std::back_inserter(events));
    return written;
  };
  auto done = attempt();
  if (!done) {
    counts = counts_before;
    forget(slot);
  }
  return done;
}

Status Engine::Impl::hand_on(Work& work) {
  auto& slot = work.slot;
  if (!slot.replica) return ok();
  MUISTIO_CHECK(slot.replica->flush());
  if (work.documents.empty()) return ok();
  const std::vector<DocumentId> documents(work.documents.begin(), work.documents.end());
  work.documents.clear();
  if (hooks.documents_changed) MUISTIO_CHECK(hooks.documents_changed(work.transaction, slot.id, *slot.replica, documents));
  work.events.emplace_back(DocumentsChanged{slot.id, documents});
  return ok();
}

// For what only repeats the log's words: durable later. A power cut takes the cursor back with it, and the log is read again from
// there. What is sent stands on an ordinary change, which syncs all that came before it.
Status Engine::Impl::change_later(Slot& slot, const std::function<Status(Work&)>& body) {
  return change(slot, body, store::Durability::later);
}

Status Engine::Impl::put_pending(Work& work, const PendingBatch& batch) {
  MUISTIO_CHECK(
      work.transaction.put(Table::pending, era_key(work.slot.id, batch.era(), batch.content.index.value()), encode_pending(batch)));
  work.slot.pending.push_back(batch);
  return ok();
}

Status Engine::Impl::put_intent(Work& work, const Intent& intent) {
  auto& intents = work.slot.intents;
  MUISTIO_CHECK(work.transaction.put(Table::intent, numbered_key(work.slot.id, intent.id), encode_intent(intent)));
  const auto place = std::find_if(intents.begin(), intents.end(), [&](const auto& i) { return i.id == intent.id; });
  if (place == intents.end()) {
    intents.push_back(intent);
  } else {
    *place = intent;
  }
  return ok();
}

Status Engine::Impl::erase_intent(Work& work, std::uint64_t id) {
  MUISTIO_CHECK(work.transaction.erase(Table::intent, numbered_key(work.slot.id, id)));
  std::erase_if(work.slot.intents, [&](const auto& i) { return i.id == id; });
  work.slot.awaiting.erase(id);
  return ok();
}

std::uint64_t Engine::Impl::unsent(const Slot& slot) const {
  if (!slot.keys || !slot.replica) return 0;
  std::uint64_t count = 0;
  for (const auto era : slot.replica->eras()) {
    const auto last = slot.replica->causality(era).last_number(slot.keys->device());
    const auto chain = slot.state.chains.find(era);
    const auto accepted = chain == slot.state.chains.end() ? 0 : chain->second.change_accepted;
    if (last > accepted) count += last - accepted;
  }
  return count;
}

}  // namespace muistio::sync
