// The joiner's side: the request, the welcome, and the history from before (R6, R8).
#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

using store::Table;

namespace {
constexpr std::size_t kReplayAtOnce = 512;                          // records in one transaction
constexpr std::size_t kShownReplayBytes = 32 * wire::limits::kKiB;  // while a snapshot is shown: the app is answered in between
}  // namespace

Result<SpaceId> Engine::Impl::join(std::string_view link_text, std::string_view name) {
  MUISTIO_TRY(auto link, space::Link::parse(link_text));
  if (const auto* known = find(link.space)) {
    if (known->state.phase != Phase::left && known->state.phase != Phase::removed)
      return fail(ErrorCode::already_exists, "this space is on this device, or asked for");
    if (known->state.frozen) return fail(known->state.frozen->error());
  }
  if (!keys) MUISTIO_CHECK(make_identity());
  MUISTIO_TRY(auto joining, space::Joining::begin(link, std::string(name), *keys, clock.wall(), random));
  auto& slot = slots[link.space];
  const bool is_known = slot != nullptr;
  if (!is_known) slot = std::make_unique<Slot>(link.space);
  forget(*slot);
  // Who was here before keeps documents, chain and log hashes: the log is read again from its beginning, and what is held is passed
  // over. Our chain must go on where it stood, or we would contradict ourselves.
  SpaceState state;
  state.phase = Phase::joining;
  state.joining = to_bytes(joining.encode().expose());
  state.chains = slot->state.chains;
  state.acknowledged = slot->state.acknowledged;
  slot->state = std::move(state);
  slot->link = {};
  auto kept = change(*slot, [&](Work& work) -> Status {
    MUISTIO_TRY(auto erased, work.transaction.erase_prefix(Table::intent, slot->id.view()));
    static_cast<void>(erased);
    slot->intents.clear();
    return ok();
  });
  if (!kept) {
    if (!is_known) slots.erase(link.space);
    return fail(std::move(kept).error());
  }
  open_slot(*slot);
  return link.space;
}

Status Engine::Impl::cancel_join(SpaceId space_id) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  if (slot->state.phase != Phase::joining) return fail(ErrorCode::invalid_state, "admitted already");
  if (slot->rejoin != RejoinStage::none) return fail(ErrorCode::invalid_state, "a member already, who asks to be let in again");
  MUISTIO_CHECK(change(*slot, [&](Work& work) -> Status {
    slot->state.phase = Phase::cancelled;
    if (slot->state.was_here()) return ok();
    for (const auto table : {Table::document, Table::outbox, Table::pending, Table::record}) {
      MUISTIO_TRY(auto erased, work.transaction.erase_prefix(table, slot->id.view()));
      static_cast<void>(erased);
    }
    return ok();
  }));
  forget(*slot);
  slot->link = {};
  open_slot(*slot);
  return ok();
}

Status Engine::Impl::forget_cancelled(Slot& slot) {
  if (slot.state.phase != Phase::cancelled) return ok();
  if (slot.state.was_here()) {
    // As before the wish: what is here stays readable.
    return change(slot, [&](Work& work) -> Status {
      MUISTIO_TRY(auto erased, work.transaction.erase_prefix(Table::record, slot.id.view()));
      static_cast<void>(erased);
      slot.joining.reset();
      slot.state.joining.clear();
      slot.state.phase = Phase::removed;
      return ok();
    });
  }
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(space::Space::erase(transaction, slot.id));
  MUISTIO_CHECK(transaction.erase(Table::cursor, slot.id.view()));
  MUISTIO_CHECK(transaction.commit());
  slots.erase(SpaceId(slot.id));
  return ok();
}

// The record is kept already. A welcome for us that does not hold is told and passed over: another may follow.
Status Engine::Impl::try_welcome(Work& work, Seq seq, const wire::Record& record) {
  auto& slot = work.slot;
  if (!slot.joining || !slot.joining->is_welcomed_by(record)) return ok();
  const space::StoredFacts facts(work.transaction, slot.id);
  auto joined = space::Space::join(*slot.joining, slot.rejoin == RejoinStage::asking ? keys : slot.keys, seq, record, facts);
  if (!joined) {
    if (is_storage_error(joined.error())) return fail(joined.error());
    work.events.emplace_back(JoinRefused{slot.id, joined.error()});
    return ok();
  }
  slot.space = std::move(joined).value();
  work.space_changed = true;
  slot.joining.reset();
  wipe(slot.state.joining);
  slot.state.joining.clear();
  if (slot.rejoin == RejoinStage::none) MUISTIO_CHECK(move_drafts(work));
  slot.state.kind = slot.space->charter().kind;
  slot.state.phase = Phase::catching_up;
  slot.state.registered = true;
  slot.state.leaf_made = clock.wall();
  MUISTIO_CHECK(work.transaction.erase(Table::offer, device_key(slot.id, slot.keys->device())));
  if (slot.rejoin == RejoinStage::asking) MUISTIO_CHECK(begin_rebuild(work));
  return read_history(work);
}

// What was written before admission belongs to the era in which this device was admitted.
Status Engine::Impl::move_drafts(Work& work) {
  auto& slot = work.slot;
  const auto era = slot.space->era();
  const auto written = slot.replica->causality().last_changes();
  const bool only_drafts = written.size() == 1 && written.front().device == slot.keys->device() && slot.replica->eras().size() == 1;
  if (era == Era(0) || !only_drafts || slot.state.was_here()) return ok();
  const auto last = written.front().number;
  MUISTIO_CHECK(slot.replica->move_drafts(era));
  for (std::uint64_t number = 1; number <= last; ++number) {
    const auto from = era_key(slot.id, Era(0), number);
    MUISTIO_TRY(const auto row, work.transaction.get(Table::outbox, from));
    if (!row) return fail(ErrorCode::corrupt, "change " + std::to_string(number) + " is not in the outbox");
    MUISTIO_CHECK(work.transaction.put(Table::outbox, era_key(slot.id, era, number), *row));
    MUISTIO_CHECK(work.transaction.erase(Table::outbox, from));
  }
  return ok();
}

// A member who came back and may not read what was before any more: what was not sent then stays on this device.
Status Engine::Impl::keep_unsendable(Work& work) {
  auto& slot = work.slot;
  for (const auto era : slot.replica->eras()) {
    const auto last = slot.replica->causality(era).last_number(slot.keys->device());
    auto& chain = slot.state.chains[era];
    if (last <= chain.change_accepted || slot.space->holds_era(era)) continue;
    for (auto number = chain.change_accepted + 1; number <= last; ++number)
      MUISTIO_CHECK(work.transaction.erase(Table::outbox, era_key(slot.id, era, number)));
    for (const auto& batch : slot.pending)
      if (batch.era() == era) MUISTIO_CHECK(work.transaction.erase(Table::pending, era_key(slot.id, era, batch.content.index.value())));
    std::erase_if(slot.pending, [&](const auto& batch) { return batch.era() == era; });
    chain.change_fixed = chain.change_accepted = last;
    work.events.emplace_back(Refused{slot.id, {ErrorCode::not_in_audience, "what was written before and not sent stays here"}});
  }
  return ok();
}

Status Engine::Impl::read_history(Work& work) {
  auto& slot = work.slot;
  if (!slot.space->needs_history()) return keep_unsendable(work);
  work.space_changed = true;
  auto done = slot.space->read_history([&](Seq seq) -> Result<std::optional<wire::Record>> {
    MUISTIO_TRY(auto row, work.transaction.get(Table::record, numbered_key(slot.id, seq.value())));
    if (!row) return std::optional<wire::Record>();
    auto record = wire::decode_record(*row);
    if (!record) return std::optional<wire::Record>();  // nobody could read it
    return std::optional<wire::Record>(std::move(record).value());
  });
  if (done) return keep_unsendable(work);
  if (is_storage_error(done.error())) return done;
  work.events.emplace_back(Refused{slot.id, done.error()});  // waits for a keywrap that somebody appends
  return ok();
}

// Opens what was fetched while joining, from the beginning, in the order of the log.
Status Engine::Impl::replay(Slot& slot) {
  MUISTIO_CHECK(load(slot));
  const bool is_past = slot.space->is_closed();  // a personal space that is only read, to go on in another
  if (is_past && slot.state.cursor.seq < slot.state.head) return ok();
  if (is_past && slot.space->needs_history()) MUISTIO_CHECK(change(slot, [&](Work& work) { return read_history(work); }));
  if (!is_past && slot.space->needs_history()) return ok();
  const auto joined_at = slot.space->joined_at();
  const auto readable_after = slot.space->readable_after();  // what stands before is not for this device
  if (!is_past) MUISTIO_CHECK(find_snapshots(slot));
  if (slot.preview && slot.preview->is_waiting(clock.monotonic())) return ok();
  while (slot.state.phase == Phase::catching_up && !slot.state.frozen) {
    auto changed = change_later(slot, [&](Work& work) -> Status {
      std::size_t bytes_read = 0;
      for (std::size_t i = 0; i < kReplayAtOnce && slot.state.replayed < slot.state.cursor.seq && !slot.state.frozen; ++i) {
        const auto seq = slot.state.replayed.next();
        const auto key = numbered_key(slot.id, seq.value());
        MUISTIO_TRY(auto bytes, work.transaction.get(Table::record, key));
        if (bytes) {
          if (seq <= readable_after) {  // of an era that is not for this device
          } else if (auto record = wire::decode_record(*bytes)) {
            if (record->kind == wire::RecordKind::content) {
              MUISTIO_CHECK(take_content(work, seq, record->bytes, nullptr));
            } else if (seq > joined_at && !is_past) {
              MUISTIO_CHECK(take_handshake(work, seq, *record));
              if (slot.state.frozen) break;  // it stays, to be judged by a newer app or by the device that takes our place
            }
          } else {
            ignore(work, seq, {}, record.error());
          }
          MUISTIO_CHECK(work.transaction.erase(Table::record, key));
        }
        slot.state.replayed = seq;
        bytes_read += bytes ? bytes->size() : 0;
        if (slot.preview && slot.preview->is_compared_at(seq)) break;
        if (slot.shows_preview() && bytes_read >= kShownReplayBytes) break;
        if (slot.state.phase != Phase::catching_up) break;  // removed again meanwhile
      }
      const bool is_through = slot.state.phase == Phase::catching_up && slot.state.replayed == slot.state.cursor.seq;
      if (!is_past && is_through && !slot.state.frozen) {
        if (slot.rejoin == RejoinStage::rebuilding) MUISTIO_CHECK(redo_drafts(work));
        slot.state.phase = Phase::open;
        work.events.emplace_back(Admitted{slot.id});
      }
      return ok();
    });
    MUISTIO_CHECK(changed);
    MUISTIO_CHECK(check_snapshots(slot));
    if (can_go_on(slot)) return ok();  // shown meanwhile: in parts
    if (is_past && slot.state.replayed == slot.state.cursor.seq) return carry_over(slot);
  }
  return end_predecessor(slot);
}

}  // namespace muistio::sync
