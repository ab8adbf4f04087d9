// Meeting seals and reopenings at the engine's door (R11).
#include <algorithm>

#include "impl.hpp"
#include "muistio/base/planted.hpp"

namespace muistio::sync {

namespace {
Status check_open(const Slot& slot) {
  if (!slot.space || slot.state.phase == Phase::catching_up) return fail(ErrorCode::waiting_for_admission);
  if (slot.space->is_closed()) return fail(ErrorCode::removed);
  return ok();
}
}  // namespace

Result<std::string> Engine::Impl::make_seal(const SpaceId& space_id) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  MUISTIO_CHECK(check_open(*slot));
  const auto& state = slot->state;
  const auto chain = state.chains.find(slot->space->era());
  const auto own = chain == state.chains.end() ? BatchIndex{} : chain->second.accepted;
  MUISTIO_TRY(auto seal, slot->space->make_seal({state.cursor.seq, state.cursor.hash}, own));
  return seal.text();
}

Result<SealAnswer> Engine::Impl::check_seal(const SpaceId& space_id, std::string_view text) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  MUISTIO_CHECK(check_open(*slot));
  MUISTIO_TRY(auto seal, space::MeetingSeal::parse(text));
  const auto& cursor = slot->state.cursor;
  SealAnswer answer;
  auto maker = slot->space->seal_maker(seal);
  if (seal.seq > cursor.seq) {
    // The device of a newcomer may be unknown here until the log comes to its admission.
    const bool may_be_new = !maker && maker.error().code == ErrorCode::unknown_device && seal.epoch > slot->space->epoch();
    if (!maker && !may_be_new) return fail(maker.error());
    if (maker) answer.member = *maker;
    answer.verdict = SealVerdict::pinned;
    answer.ahead = seal.seq.value() - cursor.seq.value();
    const auto held = slot->evidence.pins.find(seal.seq);
    if (held != slot->evidence.pins.end() && held->second.hash != seal.log_hash && maker) {
      answer.verdict = SealVerdict::contradicted;
      MUISTIO_CHECK(
          prove_now(*slot,
                    {clock.wall(),
                     {ErrorCode::log_fork, "a member's meeting seal shows another log at " + std::to_string(seal.seq.value())},
                     seal.seq,
                     held->second.hash,
                     seal.log_hash,
                     PinSource::seal},
                    true));
      return answer;
    }
    if (MUISTIO_PLANTED("seal")) return answer;
    MUISTIO_CHECK(change(*slot, [&](Work&) {
      slot->evidence.pin(seal.seq, {seal.log_hash, PinSource::seal, seal.encode()});
      return ok();
    }));
    return answer;
  }
  if (!maker) return fail(maker.error());
  answer.member = *maker;
  answer.behind = cursor.seq.value() - seal.seq.value();
  const space::StoredFacts facts(store, slot->id);
  MUISTIO_TRY(auto held, facts.log_hash(seal.seq));
  if (!held) return fail(ErrorCode::invalid_state, "the seal is from before this device came");
  if (*held != seal.log_hash && !MUISTIO_PLANTED("seal")) {
    answer.verdict = SealVerdict::contradicted;
    MUISTIO_CHECK(
        prove_now(*slot,
                  {clock.wall(),
                   {ErrorCode::log_fork, "a member's meeting seal shows another log at " + std::to_string(seal.seq.value())},
                   seal.seq,
                   *held,
                   seal.log_hash,
                   PinSource::seal},
                  true));
    return answer;
  }
  MUISTIO_CHECK(slot->space->check_seal(seal));
  if (seal.epoch != slot->space->epoch() || MUISTIO_PLANTED("seal")) return answer;
  // The same log, and fewer of the maker's batches counted here than there: the two do not judge alike.
  const auto era = slot->space->era();
  MUISTIO_TRY(auto end, facts.chain_end(seal.device, space::era_audience(era)));
  const auto counted = seal.device == slot->keys->device() ? slot->state.chains[era].accepted : end.index;
  if (counted < seal.own_index) return fail(ErrorCode::bad_seen, "the same log, and fewer of the other's batches counted here");
  return answer;
}

Result<std::string> Engine::Impl::reopen(const SpaceId& space_id) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  MUISTIO_CHECK(check_open(*slot));
  auto& state = slot->state;
  if (state.frozen_for_good) return fail(ErrorCode::frozen, "this device has to join again");
  const auto& evidence = slot->evidence;
  if (evidence.restored && evidence.server_head < state.cursor.seq)
    return fail(ErrorCode::log_rolled_back, "the server still lacks " +
                                                std::to_string(state.cursor.seq.value() - evidence.server_head.value()) +
                                                " records: sync first");
  MUISTIO_TRY(auto reopening, slot->space->make_reopening({state.cursor.seq, state.cursor.hash}));
  const auto decided = change(*slot, [&](Work& work) -> Status {
    MUISTIO_CHECK(reopened(work, std::nullopt));
    return fix_batch(work, slot->space->era(), space::PayloadKind::reopening, reopening.encode(), 0, 0);
  });
  if (!decided) return fail(decided.error());
  pump(*slot);
  return reopening.text();
}

Status Engine::Impl::accept_reopening(const SpaceId& space_id, std::string_view text) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  MUISTIO_CHECK(check_open(*slot));
  if (slot->state.frozen_for_good) return fail(ErrorCode::frozen, "this device has to join again");
  MUISTIO_TRY(auto reopening, space::Reopening::parse(text));
  MUISTIO_CHECK(slot->space->check_reopening(reopening));
  if (reopening.seq < slot->state.cursor.seq)
    return fail(ErrorCode::log_rolled_back, "the host decided at a place that lies before what this device has read: an older decision, or "
                                            "the host's device has to sync and decide again");
  MUISTIO_CHECK(check_place(*slot, reopening));
  return change(*slot, [&](Work& work) { return reopened(work, LogPlace{reopening.seq, reopening.log_hash}); });
}

// A host may have reopened another branch than this device is on: then only joining again helps it.
Status Engine::Impl::check_place(const Slot& slot, const space::Reopening& reopening) const {
  if (reopening.seq > slot.state.cursor.seq) return ok();
  const space::StoredFacts facts(store, slot.id);
  MUISTIO_TRY(auto held, facts.log_hash(reopening.seq));
  if (held && *held != reopening.log_hash) return fail(ErrorCode::log_fork, "the host reopened another log than this device has");
  return ok();
}

// A host's word in the log. It frees those who wait for a restored server; whoever holds a proof is asked in person.
Status Engine::Impl::take_reopening(Work& work, Seq seq, const space::OpenedBatch& batch) {
  auto& slot = work.slot;
  auto reopening = space::Reopening::decode(batch.payload);
  if (!reopening || reopening->device != batch.device || batch.role != Role::host || !slot.space->check_reopening(*reopening)) {
    ignore(work, seq, batch.device, {ErrorCode::not_permitted, "a reopening that is no host's"});
    return ok();
  }
  auto fits = check_place(slot, *reopening);
  if (!fits) {
    if (is_storage_error(fits.error())) return fits;
    ignore(work, seq, batch.device, {ErrorCode::bad_seen, "a reopening of another log"});
    return ok();
  }
  if (!slot.evidence.restored) return ok();
  const auto head = slot.state.head;
  MUISTIO_CHECK(reopened(work, std::nullopt));
  slot.state.head = head;
  return ok();
}

}  // namespace muistio::sync
