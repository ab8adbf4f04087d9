// Reading the log: every record once, in order, a message of them in one transaction.
#include <algorithm>

#include "impl.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/wire/log_hash.hpp"

namespace muistio::sync {

using store::Table;

namespace {
constexpr std::size_t kDocumentsAtOnce = 128;

/// The facts of a log, which also tell whose chain was asked for: a batch whose signature holds has an author, whatever else is
/// wrong with it.
class NamingFacts final : public space::LogFacts {
 public:
  NamingFacts(const store::Rows& rows, const SpaceId& space) : facts_(rows, space) {}
  [[nodiscard]] Result<std::optional<Hash>> log_hash(Seq seq) const override { return facts_.log_hash(seq); }
  [[nodiscard]] Result<space::ChainEnd> chain_end(const DeviceId& device, const space::AudienceId& audience) const override {
    author = device;
    return facts_.chain_end(device, audience);
  }
  [[nodiscard]] Result<std::optional<Hash>> content_hash(const DeviceId& device, const space::AudienceId& audience,
                                                         BatchIndex index) const override {
    return facts_.content_hash(device, audience, index);
  }
  mutable DeviceId author;

 private:
  space::StoredFacts facts_;
};

}  // namespace

void Engine::Impl::on_records(const wire::Records& records) {
  const auto found = slots.find(records.space);
  if (found == slots.end() || found->second->link.stage != Link::Stage::open) return;  // closed here meanwhile
  auto& slot = *found->second;
  if (!run(take_records(slot, records))) return;
  if (slot.state.phase == Phase::catching_up && !run(replay(slot))) return;
  if (slot.state.frozen_for_good) return open_slot(slot);  // as another device
  if (!run(end_access(slot))) return;
  if (has_new_footholds && !run(join_own_spaces())) return;
  if (slot.state.cursor.seq >= slot.state.head) slot.link.caught_up = slot.link.caught_up || slot.link.subscribed;
  for (auto& [id, other] : slots)
    if (other->link.stage == Link::Stage::open && !other->link.inbox_known && wants_inbox(*other)) ask_inbox(*other);
  pump(slot);
  // What members posted here may lead into sessions that this device hosts.
  if (slot.state.kind != SpaceKind::club) return;
  for (auto& [id, other] : slots)
    if (other->state.kind == SpaceKind::session && other->loaded && !other->offers_known) pump(*other);
}

// Where these records are not those that the server itself named: then none of them is taken, for what lies before that place may
// be as wrong, and was not compared with anything.
std::optional<Proof> Engine::Impl::broken_word(const Slot& slot, const wire::Records& records) const {
  auto place = slot.state.cursor;
  if (records.from_seq != place.seq.next()) return std::nullopt;
  for (const auto& bytes : records.records) {
    place.seq = place.seq.next();
    place.hash = wire::log_hash_next(place.hash, place.seq, bytes);
    if (auto broken = broken_word(slot, place)) return broken;
  }
  return std::nullopt;
}

Status Engine::Impl::take_records(Slot& slot, const wire::Records& records) {
  if (records.from_seq == Seq{}) return fail(ErrorCode::malformed, "records from place 0");
  if (records.from_seq > slot.state.cursor.seq.next())
    return fail(ErrorCode::log_gap, "record " + std::to_string(slot.state.cursor.seq.next().value()) + " was left out");
  return change_later(slot, [&](Work& work) -> Status {
    auto& state = slot.state;
    auto seq = records.from_seq;
    if (auto broken = broken_word(slot, records)) return prove(work, std::move(*broken));
    std::size_t later = 0;
    for (const auto& bytes : records.records) later += bytes.size();
    for (const auto& bytes : records.records) {
      later -= bytes.size();
      if (slot.link.stage != Link::Stage::open) break;  // frozen or closed by the record before
      const bool is_old = seq <= state.cursor.seq;
      const space::StoredFacts facts(work.transaction, slot.id);
      auto previous = state.cursor.hash;
      if (is_old) {
        MUISTIO_TRY(auto held, facts.log_hash(Seq(seq.value() - 1)));
        previous = held.value_or(Hash{});
      }
      const auto hash = wire::log_hash_next(previous, seq, bytes);
      if (is_old) {
        MUISTIO_TRY(auto held, facts.log_hash(seq));
        if (held && *held != hash && !MUISTIO_PLANTED("log-hash"))
          MUISTIO_CHECK(prove(work, {clock.wall(),
                                     {ErrorCode::log_fork, "other records than before, from " + std::to_string(seq.value())},
                                     seq,
                                     *held,
                                     hash,
                                     PinSource::log}));
      } else {
        // Read again from the beginning (joining for the second time), it is the log that was read before.
        std::optional<Hash> held;
        if (state.phase == Phase::joining && (state.was_here() || slot.asks_again())) {
          MUISTIO_TRY(held, facts.log_hash(seq));
        }
        MUISTIO_CHECK(space::put_log_hash(work.transaction, slot.id, seq, hash));
        const auto before = state.cursor;
        state.cursor = {seq, hash};
        if (held && *held != hash) {
          MUISTIO_CHECK(prove(work, {clock.wall(),
                                     {ErrorCode::log_fork, "other records than before, from " + std::to_string(seq.value())},
                                     seq,
                                     *held,
                                     hash,
                                     PinSource::log}));
        } else if (auto proof = contradiction(slot, state.cursor)) {
          MUISTIO_CHECK(prove(work, std::move(*proof)));
        } else {
          MUISTIO_CHECK(take_record(work, seq, bytes));
        }
        if (state.frozen && slot.link.stage != Link::Stage::open) {
          state.cursor = before;  // what proves a lie is not built on
        } else {
          ++counts.records_pulled;
          pass_pins(slot);
          MUISTIO_CHECK(keep_tail(work, seq, bytes, later));
        }
      }
      seq = seq.next();
    }
    state.head = std::max({state.head, records.head, state.cursor.seq});
    work.events.emplace_back(Progress{slot.id, state.cursor.seq, state.head});
    return ok();
  });
}

void Engine::Impl::ignore(Work& work, Seq seq, const DeviceId& device, Error error) {
  ++counts.batches_ignored;
  work.events.emplace_back(BatchIgnored{work.slot.id, seq, device, std::move(error)});
}

Status Engine::Impl::take_record(Work& work, Seq seq, BytesView bytes) {
  auto& slot = work.slot;
  auto record = wire::decode_record(bytes);
  if (!record) {
    ignore(work, seq, {}, record.error());
    return ok();
  }
  const bool is_handshake = record->kind == wire::RecordKind::handshake;
  if (is_handshake) slot.state.last_handshake = seq;
  if (slot.state.phase == Phase::joining || slot.state.phase == Phase::catching_up) {
    MUISTIO_CHECK(work.transaction.put(Table::record, numbered_key(slot.id, seq.value()), bytes));
    if (slot.state.phase == Phase::joining && is_handshake) return try_welcome(work, seq, *record);
    if (slot.state.phase == Phase::catching_up && !is_handshake) {
      auto kind = space::content_kind(record->bytes);
      if (kind && *kind == space::ContentKind::keywrap && slot.space->process_keywrap(record->bytes)) {
        work.space_changed = true;
        return read_history(work);
      }
    }
    return ok();
  }
  if (is_handshake) return take_handshake(work, seq, *record);
  if (slot.link.sent.empty() && slot.link.keywraps.empty()) return take_content(work, seq, record->bytes, nullptr);
  const auto hash = wire::record_hash(bytes);
  return take_content(work, seq, record->bytes, &hash);
}

Status Engine::Impl::take_handshake(Work& work, Seq seq, const wire::Record& record) {
  auto& slot = work.slot;
  work.space_changed = true;
  MUISTIO_TRY(auto outcome, slot.space->process_handshake(seq, record));
  note_access(work, record, outcome);
  switch (outcome.kind) {
    case space::Outcome::Kind::applied:
      return follow(work, seq, outcome);
    case space::Outcome::Kind::skipped:
      ++counts.handshakes_skipped;
      return ok();
    case space::Outcome::Kind::frozen:
      // What only a newer app can judge is read again at the next connection; after a path that does not open only a rejoin helps.
      return freeze(work, outcome.error.value_or(Error{ErrorCode::mls_path_decryption, "a commit"}),
                    !outcome.error || outcome.error->code != ErrorCode::unsupported_version);
  }
  return ok();
}

Status Engine::Impl::follow(Work& work, Seq seq, const space::Outcome& outcome) {
  auto& slot = work.slot;
  if (outcome.own) {
    ++counts.commits_merged;
    slot.state.leaf_made = clock.wall();
    MUISTIO_CHECK(finish_intent(work));
    if (outcome.era_began) MUISTIO_CHECK(open_era(work, outcome));
  }
  if (outcome.by_host) MUISTIO_CHECK(host_seen(work));
  if (outcome.staged_discarded) slot.state.staged_intent = 0;
  if (outcome.own || outcome.staged_discarded) slot.link.commit.reset();
  if (!outcome.members_added.empty() || !outcome.members_removed.empty() || !outcome.devices_added.empty() ||
      !outcome.devices_removed.empty())
    work.events.emplace_back(MembersChanged{slot.id, outcome.members_added, outcome.members_removed});
  // Whom the personal space vouches for may now be let in elsewhere.
  if (slot.state.kind == SpaceKind::personal)
    for (auto& [id, other] : slots) other->link.inbox_known = false;
  if (outcome.own_removed) return close(work, slot.state.phase == Phase::leaving);
  MUISTIO_CHECK(drop_old_votes(work));
  if (outcome.keywrap_needed && seq > slot.space->joined_at()) {
    Intent intent{.id = ++slot.state.intents_made, .kind = IntentKind::keywrap};
    intent.epoch = Epoch(outcome.epoch.value() - 1);
    MUISTIO_CHECK(put_intent(work, intent));
  }
  return ok();
}

Status Engine::Impl::close(Work& work, bool left) {
  auto& slot = work.slot;
  slot.state.phase = left ? Phase::left : Phase::removed;
  if (slot.evidence.restored) slot.state.frozen.reset();
  MUISTIO_CHECK(drop_tail(work));
  slot.state.staged_intent = 0;
  slot.link.stage = Link::Stage::done;
  MUISTIO_TRY(auto erased, work.transaction.erase_prefix(Table::intent, slot.id.view()));
  static_cast<void>(erased);
  slot.intents.clear();
  work.events.emplace_back(Closed{slot.id, left});
  return ok();
}

// That our key's access ends at a place is the server's word: only a commit removes us. With the check planted off it is believed.
Status Engine::Impl::end_access(Slot& slot) {
  const auto until = slot.link.access_until;
  if (!MUISTIO_PLANTED("removal") || until == Seq{} || slot.state.cursor.seq < until) return ok();
  return change(slot, [&](Work& work) { return close(work, true); });
}

Status Engine::Impl::take_content(Work& work, Seq seq, BytesView record_bytes, const Hash* record_hash) {
  auto& slot = work.slot;
  auto kind = space::content_kind(record_bytes);
  if (!kind) {
    ignore(work, seq, {}, kind.error());
    return ok();
  }
  if (!kind->has_value()) return ok();  // of a newer version: passed over
  switch (**kind) {
    case space::ContentKind::batch:
      return take_batch(work, seq, record_bytes, record_hash);
    case space::ContentKind::proposal: {
      if (seq < slot.space->joined_at()) return ok();  // decided before we came
      work.space_changed = true;
      auto taken = slot.space->process_proposal(seq, record_bytes);
      // Our own wish to leave cannot be opened here: the key that sealed it is gone.
      const bool is_own = slot.state.phase == Phase::leaving && !taken && taken.error().code == ErrorCode::mls_secret_consumed;
      if (!taken && !is_own) ignore(work, seq, {}, taken.error());
      return ok();
    }
    case space::ContentKind::keywrap: {
      work.space_changed = true;
      const bool opened = slot.space->process_keywrap(record_bytes).has_value();
      if (record_hash == nullptr || !opened) return ok();
      for (const auto& [intent, sent] : slot.link.keywraps) {
        if (sent.record_hash != *record_hash) continue;
        const auto done = intent;
        slot.link.keywraps.erase(done);
        return erase_intent(work, done);
      }
      return ok();
    }
  }
  return ok();
}

Status Engine::Impl::take_batch(Work& work, Seq seq, BytesView record_bytes, const Hash* record_hash) {
  auto& slot = work.slot;
  if (record_hash != nullptr && !slot.pending.empty()) {
    // Ours, as we sent it, in its turn and in the epoch that we sealed it for: there is nothing to open.
    for (const auto& [place, sent] : slot.link.sent) {
      if (sent.record_hash != *record_hash) continue;
      const auto own = place;
      if (sent.epoch == slot.space->epoch() && own.index == slot.state.chains[own.era].accepted.next()) {
        count_for_snapshot(work, space::era_audience(own.era), record_bytes.size());
        return accept_own(work, own);
      }
      break;
    }
  }
  const NamingFacts facts(work.transaction, slot.id);
  auto opened = slot.space->open_batch(seq, record_bytes, facts);
  if (!opened) {
    if (is_storage_error(opened.error())) return fail(opened.error());
    if (opened.error().code == ErrorCode::not_in_audience) {  // for others: nothing is wrong
      ++counts.batches_for_others;
    } else {
      ignore(work, seq, facts.author, opened.error());
    }
    return ok();
  }
  if (opened->duplicate) return ok();
  count_for_snapshot(work, opened->audience, record_bytes.size());
  const auto era = space::era_of(opened->audience);
  if (opened->device == slot.keys->device()) {
    const bool is_pending = std::any_of(slot.pending.begin(), slot.pending.end(),
                                        [&](const auto& batch) { return batch.content_hash == opened->content_hash; });
    if (is_pending && era) return accept_own(work, {*era, opened->index});
    return freeze(work, {ErrorCode::broken_chain, "a batch of this device that it does not hold: this home was restored or copied"},
                  true);
  }
  MUISTIO_CHECK(
      space::put_chain_end(work.transaction, slot.id, opened->device, opened->audience, {opened->index, opened->content_hash}));
  ++counts.batches_accepted;
  if (opened->role == Role::host) MUISTIO_CHECK(host_seen(work));
  switch (opened->kind) {
    case space::PayloadKind::vote:
      return take_vote(work, *opened);
    case space::PayloadKind::offer:
      return take_offer(work, *opened);
    case space::PayloadKind::ops:
      return era ? take_changes(work, seq, *opened) : ok();  // narrower audiences carry nothing of this version
    case space::PayloadKind::baseline:
      return era ? take_baseline(work, seq, *opened) : ok();
    case space::PayloadKind::roll:
      if (opened->role == Role::host && slot.space->learn_roll(opened->payload)) work.space_changed = true;
      return ok();
    case space::PayloadKind::audience_grant: {
      const auto taken = slot.space->take_audience(*opened);
      if (taken) work.space_changed = true;
      if (!taken && taken.error().code != ErrorCode::not_in_audience) ignore(work, seq, opened->device, taken.error());
      return ok();
    }
    case space::PayloadKind::reopening:
      return take_reopening(work, seq, *opened);
    case space::PayloadKind::snapshot:
      return era && opened->role == Role::host ? take_notice(work, *era, opened->payload, false) : ok();
    case space::PayloadKind::footholds:
      return take_footholds(work, *opened);
    case space::PayloadKind::box_note:
      return take_box_note(work, *opened);
    case space::PayloadKind::host_offer:
      return take_offer_of_host(work, *opened);
    case space::PayloadKind::invitations:
      return take_invitations(work, *opened);
    case space::PayloadKind::newcomers:
      return take_newcomers(work, *opened);
  }
  return ok();  // of a newer version
}

Status Engine::Impl::take_changes(Work& work, Seq seq, const space::OpenedBatch& batch) {
  auto changes = replica::decode_changes(batch.payload);
  if (!changes) {
    ignore(work, seq, batch.device, changes.error());
    return ok();
  }
  const replica::Author author{batch.member, batch.device, batch.role};
  const auto era = space::era_of(batch.audience).value_or(Era(0));
  std::set<DocumentId> touched;
  const auto tell = [&]() -> Status {
    // What another device of this member wrote is no news to them, and must not stand in the place of what is.
    if (!hooks.arrived || touched.empty() || batch.member == work.slot.keys->member()) return ok();
    return hooks.arrived(work.transaction, {work.slot.id, seq, batch.member, batch.device, {touched.begin(), touched.end()}});
  };
  for (const auto& change : *changes) {
    MUISTIO_CHECK(forget_draft(work, era, change));
    auto applied = work.slot.replica->apply(change, author, hooks.judge, era);
    if (!applied) {
      if (is_storage_error(applied.error())) return fail(applied.error());
      ignore(work, seq, batch.device, applied.error());
      return tell();  // those after it hang on it
    }
    ++counts.changes_pulled;
    outdate_snapshot(work, era, change);
    work.documents.insert(applied->documents.begin(), applied->documents.end());
    touched.insert(applied->documents.begin(), applied->documents.end());
    // While they are still open: each would be read again.
    if (work.documents.size() >= kDocumentsAtOnce) MUISTIO_CHECK(hand_on(work));
  }
  return tell();
}

// What stands at the beginning of an era. What this device wrote and the baseline lacks is written again, in the new era.
Status Engine::Impl::take_baseline(Work& work, Seq seq, const space::OpenedBatch& batch) {
  auto& slot = work.slot;
  const auto era = space::era_of(batch.audience).value_or(Era(0));
  auto baseline = replica::Baseline::decode(batch.payload);
  if (!baseline) {
    ignore(work, seq, batch.device, baseline.error());
    return ok();
  }
  const replica::Author author{batch.member, batch.device, batch.role};
  auto applied = slot.replica->apply_baseline(*baseline, author, hooks.baseline_judge, era, slot.keys->device());
  if (!applied) {
    if (is_storage_error(applied.error())) return fail(applied.error());
    ignore(work, seq, batch.device, applied.error());
    return ok();
  }
  ++counts.changes_pulled;
  work.documents.insert(applied->documents.begin(), applied->documents.end());
  const replica::Author self{slot.keys->member(), slot.keys->device(), slot.space->own_role().value_or(Role::member)};
  for (const auto& lost : applied->superseded) {
    auto again = write(work, self, [&](replica::ChangeBuilder& builder) { return builder.write_again(lost); });
    if (!again && is_storage_error(again.error())) return again;  // otherwise the role does not allow it any more
  }
  return begin_own_anew(work, self);
}

// What this member may begin anew and no statement holds, as its maker had not seen it yet.
Status Engine::Impl::begin_own_anew(Work& work, const replica::Author& self) {
  auto& slot = work.slot;
  if (!hooks.baseline) return ok();
  MUISTIO_TRY(const auto documents, hooks.baseline(slot.id, *slot.replica, {&self.member, 1}));
  auto begun = write(work, self, [&](replica::ChangeBuilder& builder) -> Status {
    for (const auto& id : documents) MUISTIO_CHECK(builder.begin_anew(id));
    return ok();
  });
  return !begun && is_storage_error(begun.error()) ? begun : ok();
}

Status Engine::Impl::accept_own(Work& work, const BatchPlace& place) {
  auto& slot = work.slot;
  const auto [era, index] = place;
  const auto pending = std::find_if(slot.pending.begin(), slot.pending.end(),
                                    [&](const auto& each) { return each.era() == place.era && each.content.index == place.index; });
  MUISTIO_INVARIANT(pending != slot.pending.end());
  const auto batch = std::move(*pending);
  slot.pending.erase(pending);
  slot.link.sent.erase(place);
  MUISTIO_CHECK(
      space::put_chain_end(work.transaction, slot.id, slot.keys->device(), batch.content.audience, {index, batch.content_hash}));
  MUISTIO_CHECK(work.transaction.erase(Table::pending, era_key(slot.id, era, index.value())));
  auto& chain = slot.state.chains[era];
  chain.accepted = index;
  if (batch.roll_epoch && *batch.roll_epoch == slot.space->epoch()) slot.state.roll_epoch = batch.roll_epoch;
  ++counts.batches_accepted;
  if (batch.content.kind == space::PayloadKind::snapshot) {
    MUISTIO_TRY(const auto payload, space::inflate(batch.content.deflated));
    MUISTIO_CHECK(take_notice(work, era, payload, true));
  }
  if (batch.last_change == 0) return ok();
  for (auto number = batch.first_change; number <= batch.last_change; ++number)
    MUISTIO_CHECK(work.transaction.erase(Table::outbox, era_key(slot.id, era, number)));
  chain.change_accepted = batch.last_change;
  counts.changes_pushed += batch.last_change - batch.first_change + 1;
  return slot.replica->mark_in_log({slot.keys->device(), batch.last_change}, era);
}

}  // namespace muistio::sync
