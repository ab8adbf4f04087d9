// A device that may not go on under its name: its home was restored or copied, or a commit does not open here. It asks to be let in
// again as another, reads the log anew, and does again what it had not sent (R9).
#include <algorithm>

#include "impl.hpp"
#include "muistio/replica/redo.hpp"

namespace muistio::sync {

using store::Table;

namespace {

constexpr std::uint8_t kVersion = 1;

Bytes rejoin_key(const SpaceId& space) { return Writer().raw(space.view()).u8(2).bytes(); }

}  // namespace

// The keys of this device in a space: its own row if it has others there than the home's, as long as it has.
Result<std::shared_ptr<const space::DeviceKeys>> Engine::Impl::keys_of(const SpaceId& space) const {
  MUISTIO_TRY(auto row, store.get(Table::device, space.view()));
  if (!row) return keys;
  auto decoded = space::DeviceKeys::decode(*row);
  wipe(*row);
  if (!decoded) return fail(ErrorCode::corrupt, "the device's keys in a space");
  return std::make_shared<const space::DeviceKeys>(std::move(*decoded));
}

Status Engine::Impl::load_rejoin(Slot& slot) const {
  slot.rejoin = RejoinStage::none;
  MUISTIO_TRY(const auto row, store.get(Table::space, rejoin_key(slot.id)));
  if (!row) return ok();
  Reader in(*row);
  MUISTIO_TRY(const auto version, in.u8());
  if (version != kVersion) return fail(ErrorCode::unsupported_version, "a rejoin under way");
  MUISTIO_TRY(const auto stage, in.u8());
  MUISTIO_TRY(slot.rejoin_from, in.fixed<DeviceId>());
  if (!in.finish() || stage > static_cast<std::uint8_t>(RejoinStage::rebuilding))
    return fail(ErrorCode::corrupt, "a rejoin under way");
  slot.rejoin = static_cast<RejoinStage>(stage);
  return ok();
}

Status Engine::Impl::put_rejoin(Work& work, RejoinStage stage, const DeviceId& from) {
  work.slot.rejoin = stage;
  work.slot.rejoin_from = from;
  if (stage == RejoinStage::none) return work.transaction.erase(Table::space, rejoin_key(work.slot.id));
  return work.transaction.put(Table::space, rejoin_key(work.slot.id),
                              Writer().u8(kVersion).u8(static_cast<std::uint8_t>(stage)).raw(from.view()).bytes());
}

// New keys for this home. Spaces keep the old ones until they have let the new device in.
Status Engine::Impl::renew_keys() {
  auto made = space::DeviceKeys::generate(*identity, random);
  MUISTIO_TRY(auto transaction, store.begin());
  for (const auto& [id, slot] : slots) {
    MUISTIO_TRY(const auto has_own, transaction.contains(Table::device, id.view()));
    if (!has_own) MUISTIO_CHECK(transaction.put(Table::device, id.view(), keys->encode().expose()));
  }
  // An older or a second copy does not know which of its invitations were used: nobody is admitted by one of them without a person.
  for (auto& row : all_invitations()) {
    if (!row.invitation.admits_by_itself) continue;
    row.invitation.admits_by_itself = false;
    MUISTIO_CHECK(transaction.put(Table::invitation, row.invitation.id().view(), encode_invitation(row)));
  }
  MUISTIO_CHECK(put_identity(transaction, *identity, made));
  MUISTIO_CHECK(transaction.commit());
  keys = std::make_shared<const space::DeviceKeys>(std::move(made));
  return ok();
}

// Asks to be let in again. What is here stays readable, and what is written meanwhile is kept under the old name.
Status Engine::Impl::start_rejoin(Slot& slot) {
  MUISTIO_CHECK(load(slot));
  const bool is_in = slot.state.phase == Phase::open || slot.state.phase == Phase::catching_up;
  if (!slot.state.frozen_for_good || !is_in || !slot.space || slot.space->is_closed()) return ok();
  const auto old_keys = slot.keys;
  if (old_keys->device() == keys->device()) MUISTIO_CHECK(renew_keys());
  // What was judged, not what was fetched: who lets us in may not have more.
  space::Seen seen{slot.state.cursor.seq, slot.state.cursor.hash};
  if (slot.state.phase == Phase::catching_up) {
    const space::StoredFacts facts(store, slot.id);
    MUISTIO_TRY(const auto held, facts.log_hash(slot.state.replayed));
    if (!held) return fail(ErrorCode::corrupt, "the log's hash at a place that was read");
    seen = {slot.state.replayed, *held};
  }
  const auto foothold = slot.space->foothold(seen);
  space::Joining::Again again;
  again.replaced = old_keys.get();
  again.role = slot.space->own_role().value_or(Role::member);
  MUISTIO_TRY(again.name, own_name());
  MUISTIO_TRY(auto joining, space::Joining::begin_again(foothold, again, *identity, *keys, clock.wall(), random));
  auto changed = change(slot, [&](Work& work) -> Status {
    // Frozen again before its drafts were done again: those are still the first device's.
    const auto from = slot.rejoin == RejoinStage::rebuilding ? slot.rejoin_from : old_keys->device();
    MUISTIO_CHECK(put_rejoin(work, RejoinStage::asking, from));
    // What was decided here is carried out when the device is in again; what does not fit any more by then is told. A vote is cast
    // anew under the new name, and the host role offered anew. A key that a newcomer lacks is wrapped by any device.
    for (auto intent : std::vector<Intent>(slot.intents)) {
      if (intent.kind == IntentKind::keywrap) {
        MUISTIO_CHECK(erase_intent(work, intent.id));
      } else if (intent.kind == IntentKind::vote || intent.kind == IntentKind::offer_host || intent.kind == IntentKind::agree) {
        intent.version = 0;
        MUISTIO_CHECK(put_intent(work, intent));
      }
    }
    auto& state = slot.state;
    state.phase = Phase::joining;
    state.joining = to_bytes(joining.encode().expose());
    state.cursor = {};
    state.last_handshake = state.head = state.replayed = Seq{};
    state.staged_intent = 0;
    state.roll_epoch.reset();
    state.frozen.reset();
    state.frozen_for_good = false;
    work.events.emplace_back(Rejoining{slot.id});
    return ok();
  });
  MUISTIO_CHECK(std::move(changed));
  forget(slot);
  slot.link = {};
  return ok();
}

// What was not sent waits to be done again: under its number, by which `forget_draft` finds what the log holds after all. What a
// device wrote that was let in and frozen before it had done so itself was never sent, and comes after.
Status Engine::Impl::put_drafts(Work& work) {
  auto& slot = work.slot;
  MUISTIO_TRY(const auto unsent_rows, work.transaction.all(Table::outbox, slot.id.view()));
  MUISTIO_TRY(const auto drafts, work.transaction.all(Table::draft, slot.id.view()));
  std::map<Era, std::uint64_t> last;
  for (const auto* rows : {&unsent_rows, &drafts}) {
    for (const auto& row : *rows) {
      MUISTIO_TRY(const auto number, number_of(row.key));
      auto& of_era = last[Era(number >> kNumberBits)];
      of_era = std::max(of_era, number & ((std::uint64_t{1} << kNumberBits) - 1));
    }
  }
  for (const auto& row : unsent_rows) {
    auto changes = replica::decode_changes(row.value);
    if (!changes || changes->size() != 1) return fail(ErrorCode::corrupt, "a change in the outbox");
    MUISTIO_TRY(const auto number, number_of(row.key));
    const Era era(number >> kNumberBits);
    const auto after = [&] { return era_key(slot.id, era, ++last[era]); };
    if (changes->front().device != slot.rejoin_from) {
      MUISTIO_CHECK(work.transaction.put(Table::draft, after(), row.value));
      continue;
    }
    MUISTIO_TRY(const auto held, work.transaction.get(Table::draft, row.key));
    if (held) MUISTIO_CHECK(work.transaction.put(Table::draft, after(), *held));  // of long ago: it could not be done again
    MUISTIO_CHECK(work.transaction.put(Table::draft, row.key, row.value));
  }
  return ok();
}

// Let in again: the documents are built anew from the log, and the changes that it does not hold wait to be done again.
Status Engine::Impl::begin_rebuild(Work& work) {
  auto& slot = work.slot;
  auto& transaction = work.transaction;
  MUISTIO_CHECK(put_drafts(work));
  std::vector<DocumentId> documents;
  MUISTIO_CHECK(slot.replica->for_each_summary([&](const DocumentId& id, BytesView) -> Status {
    documents.push_back(id);
    return ok();
  }));
  for (const auto table : {Table::outbox, Table::pending, Table::document, Table::chain}) {
    MUISTIO_TRY([[maybe_unused]] const auto erased, transaction.erase_prefix(table, slot.id.view()));
  }
  slot.pending.clear();
  MUISTIO_CHECK(slot.replica->reload());
  slot.state.chains.clear();
  slot.state.roll_epoch.reset();
  MUISTIO_CHECK(transaction.erase(Table::device, slot.id.view()));
  slot.keys = keys;
  if (hooks.rebuilding) MUISTIO_CHECK(hooks.rebuilding(transaction, slot.id, documents));
  return put_rejoin(work, RejoinStage::rebuilding, slot.rejoin_from);
}

// A change of our old device came from the log: if it is the one that waits here, there is nothing to do again.
Status Engine::Impl::forget_draft(Work& work, Era era, const replica::Change& change) {
  if (work.slot.rejoin != RejoinStage::rebuilding || change.device != work.slot.rejoin_from) return ok();
  const auto key = era_key(work.slot.id, era, change.number);
  MUISTIO_TRY(const auto row, work.transaction.get(Table::draft, key));
  if (!row || !equal(*row, replica::encode_changes({&change, 1}))) return ok();
  return work.transaction.erase(Table::draft, key);
}

Status Engine::Impl::redo_drafts(Work& work) {
  auto& slot = work.slot;
  std::map<std::pair<Era, DeviceId>, replica::RedoNames> names_of;
  const replica::Author author{slot.keys->member(), slot.keys->device(), slot.space->own_role().value_or(Role::member)};
  MUISTIO_TRY(const auto rows, work.transaction.all(Table::draft, slot.id.view()));
  for (const auto& row : rows) {
    auto changes = replica::decode_changes(row.value);
    if (!changes || changes->size() != 1) return fail(ErrorCode::corrupt, "a change that was not sent");
    const auto& change = changes->front();
    MUISTIO_TRY(const auto number, number_of(row.key));
    const Era era(number >> kNumberBits);
    auto& names = names_of[{era, change.device}];
    names.from = change.device;
    if (hooks.created_again)
      names.created = [&](const DocumentId& id, replica::DocumentType type) {
        return hooks.created_again(id, type, slot.keys->device());
      };
    auto made = slot.replica->edit_in(era, author, change.wall, hooks.judge,
                                      [&](replica::ChangeBuilder& builder) { return builder.redo(change, names); });
    if (!made) {
      if (is_storage_error(made.error())) return fail(made.error());
      work.events.emplace_back(Refused{slot.id, made.error()});
      continue;
    }
    for (const auto& written : *made) {
      MUISTIO_CHECK(work.transaction.put(Table::outbox, era_key(slot.id, written.era, written.change.number),
                                         replica::encode_changes({&written.change, 1})));
      for (const auto& op : written.change.ops)
        if (op.kind != replica::OpKind::nothing) work.documents.insert(op.document);
    }
    MUISTIO_CHECK(work.transaction.erase(Table::draft, row.key));
  }
  return put_rejoin(work, RejoinStage::none, {});
}

}  // namespace muistio::sync
