// Commits: intents that people have, and what the rules ask for; one at a time, staged on the disk before it is sent (D4).
#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

namespace {
constexpr std::int64_t kHealAfterMs = std::int64_t{7} * 24 * 3600 * 1000;
constexpr std::uint32_t kAttemptsMax = 16;
constexpr std::uint32_t kRulesFailedMax = 3;
constexpr std::size_t kBaselineDocuments = 128;  // stated anew in one batch
}  // namespace

bool Engine::Impl::heal_is_due(const Slot& slot) const {
  return unsent(slot) > 0 && clock.wall().value() - slot.state.leaf_made.value() > kHealAfterMs;
}

// Returns whether a commit is on its way or wanted, so that content has to wait.
Result<bool> Engine::Impl::push_commit(Slot& slot) {
  auto& link = slot.link;
  if (const auto& staged = slot.space->staged()) {
    if (link.commit && link.commit->appended != Seq{} && link.commit->appended <= slot.state.cursor.seq) {
      // The server took it, the log has passed its place, and it did not count: the rules refused it.
      const auto intent = slot.state.staged_intent;
      MUISTIO_CHECK(change(slot, [&](Work& work) -> Status {
        slot.space->discard_staged();
        slot.state.staged_intent = 0;
        work.space_changed = true;
        for (auto& kept : slot.intents) {
          if (kept.id != intent) continue;
          auto again = kept;
          ++again.attempts;
          return put_intent(work, again);
        }
        return ok();
      }));
      link.commit.reset();
      if (intent == 0) ++link.rules_failed;
    } else {
      if (!link.commit && link.outstanding == 0) {
        append_record(slot, staged->record, link.commit.emplace(), {.kind = Request::Kind::append_commit, .space = slot.id});
        ++counts.commits_sent;
      }
      return true;
    }
  }
  if (push_repair(slot)) return true;
  MUISTIO_CHECK(take_offers(slot));
  const auto intents = slot.intents;  // a copy: preparing one may end it
  for (const auto& intent : intents) {
    if (intent.attempts > kAttemptsMax) {
      MUISTIO_CHECK(give_up(slot, intent, {ErrorCode::not_permitted, "the space refused it again and again"}));
      continue;
    }
    MUISTIO_TRY(const bool busy, prepare_intent(slot, intent));
    if (busy) return true;
  }
  if (link.rules_failed > kRulesFailedMax) return false;
  if (!slot.space->leaving().empty() && slot.state.phase == Phase::open) {
    MUISTIO_TRY(const bool busy, stage(slot, 0, [&](space::Space& space) { return space.stage_leaving(random); }));
    if (busy) return true;
  }
  if (slot.state.phase == Phase::open) {
    MUISTIO_TRY(const bool busy, take_votes(slot));
    if (busy) return true;
  }
  if (heal_is_due(slot) && slot.state.phase == Phase::open)
    return stage(slot, 0, [&](space::Space& space) { return space.stage_heal(random); });
  return false;
}

Result<bool> Engine::Impl::prepare_intent(Slot& slot, const Intent& intent) {
  switch (intent.kind) {
    case IntentKind::admit:
      return prepare_admit(slot, intent);
    case IntentKind::keywrap:
      return prepare_keywrap(slot, intent);
    case IntentKind::begin_era:
      return prepare_era(slot, intent);
    case IntentKind::role:
      return prepare_role(slot, intent);
    case IntentKind::take_host:
      return prepare_take_host(slot, intent);
    case IntentKind::vote:
      return prepare_vote(slot, intent);
    case IntentKind::offer_host:
      return prepare_offer(slot, intent);
    case IntentKind::quorum:
      return prepare_quorum(slot, intent);
    case IntentKind::agree:
      return prepare_agree(slot, intent);
    case IntentKind::rejoin:
      return prepare_rejoin(slot, intent);
    case IntentKind::remove_device:
      return prepare_remove_device(slot, intent);
    case IntentKind::remove:
      break;
  }
  if (!slot.space->charter().role_of(intent.member)) {  // someone else did it
    MUISTIO_CHECK(change(slot, [&](Work& work) { return erase_intent(work, intent.id); }));
    return false;
  }
  return stage(slot, intent.id, [&](space::Space& space) { return space.stage_remove(intent.member, random); });
}

// The roll goes first, as a batch of this epoch; when it is in the log, the commit (R6).
Result<RollStand> Engine::Impl::roll_is_in_log(Slot& slot, const Intent& intent) {
  const auto epoch = slot.space->epoch();
  if (slot.state.roll_epoch == epoch) return RollStand::in_log;
  const bool is_made =
      std::any_of(slot.pending.begin(), slot.pending.end(), [&](const auto& batch) { return batch.roll_epoch == epoch; });
  if (!is_made) {
    auto roll = slot.space->roll_payload();
    if (!roll) {
      MUISTIO_CHECK(give_up(slot, intent, roll.error()));
      return RollStand::given_up;
    }
    if (auto fits = space::deflate(*roll); !fits) {
      MUISTIO_CHECK(give_up(slot, intent, {fits.error().code, "the space's past is too long to hand over: begin a new era first"}));
      return RollStand::given_up;
    }
    MUISTIO_CHECK(
        change(slot, [&](Work& work) { return fix_batch(work, slot.space->era(), space::PayloadKind::roll, *roll, 0, 0); }));
  }
  MUISTIO_CHECK(send_batches(slot));
  return RollStand::on_its_way;
}

Result<bool> Engine::Impl::prepare_admit(Slot& slot, const Intent& intent) {
  MUISTIO_TRY(auto row, join_request(intent.request));
  if (!row) {
    MUISTIO_CHECK(give_up(slot, intent, {ErrorCode::not_found, "the join request is gone"}));
    return false;
  }
  MUISTIO_TRY(auto invited, invitation(row->invitation));
  if (!invited) {
    MUISTIO_CHECK(give_up(slot, intent, {ErrorCode::not_found, "the invitation is gone"}));
    return false;
  }
  auto request = space::JoinRequest::open(invited->invitation.secret, slot.id, row->request);
  if (!request) {
    MUISTIO_CHECK(give_up(slot, intent, request.error()));
    return false;
  }
  std::optional<space::Warrant> consent;
  if (slot.space->charter().quorum > 0) {
    auto newcomer = space::member_of(*request);
    if (!newcomer) {
      MUISTIO_CHECK(give_up(slot, intent, newcomer.error()));
      return false;
    }
    consent = agreement_on(slot, *newcomer);
    slot.note_awaiting(intent.id, !consent);
    if (!consent) return false;
  } else {
    slot.note_awaiting(intent.id, false);
  }
  if (slot.space->admits_with_roll()) {
    MUISTIO_TRY(const auto roll, roll_is_in_log(slot, intent));
    if (roll != RollStand::in_log) return roll == RollStand::on_its_way;
  }
  const space::Seen seen{slot.state.cursor.seq, slot.state.cursor.hash};
  if (slot.state.kind == SpaceKind::personal)
    return stage(slot, intent.id, [&](space::Space& space) {
      return space.stage_device(*request, invited->invitation, seen, clock.wall(), random);
    });
  std::optional<MemberId> again;
  if (!intent.member.is_zero()) again = intent.member;
  return stage(slot, intent.id, [&](space::Space& space) {
    return space.stage_admit(*request, invited->invitation, seen, clock.wall(), random, consent, again);
  });
}

Result<bool> Engine::Impl::prepare_era(Slot& slot, const Intent& intent) {
  if (slot.space->era().value() >= intent.epoch.value()) {  // it has begun, by whosoever's commit
    MUISTIO_CHECK(change(slot, [&](Work& work) { return erase_intent(work, intent.id); }));
    return false;
  }
  return stage(slot, intent.id, [&](space::Space& space) { return space.stage_begin_era(random); });
}

// An era began with our commit: what stands is stated anew for it (R5), and a newcomer gets to know the devices' keys at the
// server.
Status Engine::Impl::open_era(Work& work, const space::Outcome& outcome) {
  auto& slot = work.slot;
  const auto era = slot.space->era();
  const replica::Author self{slot.keys->member(), slot.keys->device(), slot.space->own_role().value_or(Role::member)};
  if (hooks.baseline) {
    std::vector<MemberId> members;
    for (const auto& entry : slot.space->charter().members) members.push_back(entry.member);
    MUISTIO_TRY(const auto documents, hooks.baseline(slot.id, *slot.replica, members));
    for (std::size_t from = 0; from < documents.size(); from += kBaselineDocuments) {
      const auto count = std::min(kBaselineDocuments, documents.size() - from);
      const std::span<const DocumentId> some(documents.data() + from, count);
      MUISTIO_TRY(const auto stated, slot.replica->state_anew(era, self, clock.wall(), some));
      if (!stated) continue;
      const auto number = stated->change.number;
      MUISTIO_CHECK(fix_batch(work, era, space::PayloadKind::baseline, stated->encode(), number, number));
      for (const auto& origin : stated->origins) work.documents.insert(origin.document);
    }
  }
  if (outcome.devices_added.empty() || slot.space->admits_with_roll()) return ok();
  MUISTIO_TRY(const auto roll, slot.space->roll_payload());
  return fix_batch(work, era, space::PayloadKind::roll, roll, 0, 0);
}

// A record of content, not a commit: it only has to stand in the log.
Result<bool> Engine::Impl::prepare_keywrap(Slot& slot, const Intent& intent) {
  auto& link = slot.link;
  if (auto sent = link.keywraps.find(intent.id); sent != link.keywraps.end()) {
    if (sent->second.appended == Seq{} || sent->second.appended > slot.state.cursor.seq) return false;
    link.keywraps.erase(sent);
  }
  auto made = slot.space->keywrap_record(intent.epoch, random);
  if (!made) {
    MUISTIO_CHECK(give_up(slot, intent, made.error()));
    return false;
  }
  append_record(slot, {wire::RecordKind::content, std::move(made).value(), {}}, link.keywraps[intent.id],
                {.kind = Request::Kind::append_keywrap, .space = slot.id, .number = intent.id});
  return false;
}

Result<bool> Engine::Impl::stage(Slot& slot, std::uint64_t intent, const Stage& make) {
  // What is under way in the old epoch is met in the log first.
  if (slot.link.outstanding > 0 || slot.state.cursor.seq < slot.state.head) return true;
  auto staged = make(*slot.space);
  if (!staged) {
    for (const auto& kept : std::vector<Intent>(slot.intents))
      if (intent != 0 && kept.id == intent) MUISTIO_CHECK(give_up(slot, kept, staged.error()));
    return false;
  }
  MUISTIO_CHECK(change(slot, [&](Work& work) {
    slot.state.staged_intent = intent;
    work.space_changed = true;
    return ok();
  }));
  return push_commit(slot);
}

Status Engine::Impl::give_up(Slot& slot, const Intent& intent, Error error) {
  return change(slot, [&](Work& work) -> Status {
    if (intent.kind == IntentKind::admit || intent.kind == IntentKind::rejoin) {
      MUISTIO_TRY(auto row, join_request(intent.request));
      if (row) {
        row->state = RequestState::done;
        MUISTIO_CHECK(work.transaction.put(store::Table::join_request, row->id.view(), encode_join_request(*row)));
      }
    }
    work.events.emplace_back(Refused{slot.id, error});
    return erase_intent(work, intent.id);
  });
}

// Our staged commit is in the log and counts.
Status Engine::Impl::finish_intent(Work& work) {
  auto& slot = work.slot;
  const auto id = slot.state.staged_intent;
  slot.state.staged_intent = 0;
  for (const auto& intent : std::vector<Intent>(slot.intents)) {
    if (intent.id != id) continue;
    if (intent.kind == IntentKind::admit || intent.kind == IntentKind::rejoin) {
      MUISTIO_TRY(auto row, join_request(intent.request));
      if (row) {
        row->state = RequestState::done;
        MUISTIO_CHECK(work.transaction.put(store::Table::join_request, row->id.view(), encode_join_request(*row)));
        if (may_send())
          send(wire::DeleteInboxItem{slot.id, row->inbox_item}, {.kind = Request::Kind::inbox_delete, .space = slot.id});
      }
    }
    return erase_intent(work, intent.id);
  }
  return ok();
}

// Our wish to leave is posted in the current epoch; when it stands in the log, somebody else commits it.
Status Engine::Impl::push_leaving(Slot& slot) {
  auto& link = slot.link;
  const auto in_log = [&](const SentRecord& sent) { return sent.appended != Seq{} && sent.appended <= slot.state.cursor.seq; };
  if (!link.proposals.empty()) {
    if (link.proposals.front().epoch != slot.space->epoch()) {  // it went under with its epoch
      if (link.outstanding == 0) link.proposals.clear();
    } else if (std::all_of(link.proposals.begin(), link.proposals.end(), in_log)) {
      return change(slot, [&](Work& work) { return close(work, true); });
    }
    if (!link.proposals.empty()) return ok();
  }
  std::vector<Bytes> records;
  MUISTIO_CHECK(change(slot, [&](Work& work) -> Status {
    MUISTIO_TRY(records, slot.space->make_leave_proposals(random));
    work.space_changed = true;
    return ok();
  }));
  link.proposals.resize(records.size());
  for (std::size_t i = 0; i < records.size(); ++i)
    append_record(slot, {wire::RecordKind::content, std::move(records[i]), {}}, link.proposals[i],
                  {.kind = Request::Kind::append_proposal, .space = slot.id, .number = i});
  return ok();
}

}  // namespace muistio::sync
