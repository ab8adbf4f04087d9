// Opening spaces at the server, and what its first words about them prove (R10, R11).
#include "impl.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/wire/log_hash.hpp"

namespace muistio::sync {

namespace {
constexpr std::uint64_t kAskAgainMs = 2'000;
constexpr std::size_t kDetailBytesMax = 512;
constexpr std::uint32_t kBusyAnswersMax = 5;
}  // namespace

void Engine::Impl::open_slot(Slot& slot) {
  auto& link = slot.link;
  if (slot.state.frozen_for_good && !run(start_rejoin(slot))) return;
  if (!slot.is_live() || slot.state.frozen_for_good || !may_send()) return;
  if (!run(load(slot))) return;
  const auto sign = [&](wire::AuthPurpose purpose, const crypto::SigningKey& key) {
    const auto message = wire::auth_message(purpose, slot.id, challenge->nonce, challenge->server_name, exporter);
    return wire::AuthSignature(key.sign_raw(message).array());
  };
  const Request opening{.kind = Request::Kind::open, .space = slot.id};
  if (slot.joining && slot.state.phase == Phase::cancelled) {
    const auto& joining = *slot.joining;
    send(wire::WithdrawJoinRequest{slot.id, joining.invitation(), joining.auth_pub(),
                                   sign(wire::AuthPurpose::withdraw, joining.auth_key())},
         {.kind = Request::Kind::withdraw, .space = slot.id});
    return;
  }
  link.stage = Link::Stage::opening;
  if (slot.joining && slot.state.phase == Phase::joining) {
    const auto& joining = *slot.joining;
    if (slot.is_offered) link.request_posted = true;
    if (!link.request_posted)
      send(wire::PostJoinRequest{slot.id, joining.invitation(), joining.auth_pub(), joining.sealed_request()},
           {.kind = Request::Kind::post, .space = slot.id});
    send(wire::OpenSpace{slot.id, joining.auth_pub(), sign(wire::AuthPurpose::open, joining.auth_key())}, opening);
  } else if (slot.space && !slot.state.registered) {
    send(wire::CreateSpace{slot.id, slot.space->auth_pub(), sign(wire::AuthPurpose::create, slot.space->auth_key()), {}}, opening);
  } else if (slot.space) {
    send(wire::OpenSpace{slot.id, slot.space->auth_pub(), sign(wire::AuthPurpose::open, slot.space->auth_key())}, opening);
  }
}

void Engine::Impl::on_open_refused(Slot& slot, const Error& error) {
  auto& link = slot.link;
  link.stage = Link::Stage::closed;
  link.ask_at = MonotonicMs(clock.monotonic().value() + kAskAgainMs);
  const bool is_denied = error.code == ErrorCode::unknown_space || error.code == ErrorCode::not_authorised;
  if (slot.state.phase == Phase::joining) {
    link.open_refused = is_denied;  // not admitted yet
    return;
  }
  if (!is_denied) {
    // A server that is busy is asked again (tick), while the other spaces go on; not for ever.
    const bool is_busy = error.code == ErrorCode::server_busy || error.code == ErrorCode::rate_limited;
    if (is_busy && ++link.busy_answers < kBusyAnswersMax) return;
    if (!is_busy) events.emplace_back(Refused{slot.id, error});
    return stop(error);
  }
  link.stage = Link::Stage::done;
  const auto& evidence = slot.evidence;
  if (!slot.state.registered) {
    events.emplace_back(Refused{slot.id, error});
  } else if (error.code == ErrorCode::unknown_space && slot.space && slot.space->joined_at() == Seq{} &&
             (evidence.tail_first == Seq(1) || slot.state.cursor.seq == Seq{}) && !link.made_again && !evidence.until_reopened) {
    // A server that lost everything: who made the space and holds all of its log begins it again, for the log to be put back.
    link.made_again = true;
    link.stage = Link::Stage::opening;
    const auto message = wire::auth_message(wire::AuthPurpose::create, slot.id, challenge->nonce, challenge->server_name, exporter);
    send(
        wire::CreateSpace{
            slot.id, slot.space->auth_pub(), wire::AuthSignature(slot.space->auth_key().sign_raw(message).array()), {}},
        {.kind = Request::Kind::open, .space = slot.id});
  } else {
    run(change(slot, [&](Work& work) -> Status {
      const bool is_new = !slot.state.frozen;
      if (is_new)
        MUISTIO_CHECK(prove(work, {clock.wall(),
                                   {ErrorCode::log_rolled_back, "the server no longer knows the space or this device"},
                                   newest_known(slot),
                                   Hash{},
                                   Hash{},
                                   PinSource::claim}));
      slot.evidence.restored = !slot.evidence.until_reopened;
      slot.evidence.server_head = {};
      return ok();
    }));
  }
}

void Engine::Impl::on_opened(Slot& slot, const wire::SpaceOpened& opened) {
  auto& link = slot.link;
  auto& state = slot.state;
  link.claimed = LogPlace{opened.head, opened.log_hash};
  link.access_until = opened.access_until;
  link.stage = Link::Stage::done;
  auto& evidence = slot.evidence;
  // That the server lets a joiner read is no admission: only a Welcome is.
  if (MUISTIO_PLANTED("admission") && state.phase == Phase::joining) events.emplace_back(Admitted{slot.id});
  if (evidence.until_reopened && state.frozen) return;  // what a member showed is not undone by what the server says now
  const bool is_older = opened.head < newest_known(slot) && !MUISTIO_PLANTED("rollback");
  if (opened.head <= state.cursor.seq && !MUISTIO_PLANTED("rollback") && !MUISTIO_PLANTED("log-hash")) {
    auto ours = is_our_beginning(slot, *link.claimed);
    if (!run(ours ? ok() : Status(fail(ours.error())))) return;
    if (*ours && !**ours) {
      const space::StoredFacts facts(store, slot.id);
      const auto held = facts.log_hash(opened.head);
      run(prove_now(slot, {clock.wall(),
                           {ErrorCode::log_fork, "the server's log is another one at " + std::to_string(opened.head.value())},
                           opened.head,
                           held ? held->value_or(Hash{}) : Hash{},
                           opened.log_hash,
                           PinSource::claim}));
      return;
    }
  }
  if (is_older) {
    run(restore(slot, *link.claimed));
    return;
  }
  const bool waits_for_host = evidence.restored && evidence.put_back;
  if (state.frozen && !waits_for_host) {
    if (opened.head > state.cursor.seq) {
      link.stage = Link::Stage::verifying;
      link.verified = state.cursor;
      return verify_more(slot);
    }
    if (!run(unfreeze(slot))) return;
  }
  if (!state.registered || state.head < opened.head) {
    if (!run(change_later(slot, [&](Work&) {
          state.registered = true;
          state.head = std::max(state.head, opened.head);
          return ok();
        })))
      return;
  }
  subscribe(slot);
}

void Engine::Impl::subscribe(Slot& slot) {
  slot.link.stage = Link::Stage::open;
  slot.link.caught_up = false;
  const auto from = MUISTIO_PLANTED("rollback") && slot.link.claimed ? std::min(slot.state.cursor.seq, slot.link.claimed->seq)
                                                                     : slot.state.cursor.seq;
  send(wire::Subscribe{slot.id, from.next()}, {.kind = Request::Kind::subscribe, .space = slot.id});
  if (wants_inbox(slot)) ask_inbox(slot);
}

void Engine::Impl::verify_more(Slot& slot) {
  send(wire::Fetch{slot.id, slot.link.verified.seq.next(), 0}, {.kind = Request::Kind::verify, .space = slot.id});
}

// A frozen space: what the server has now is hashed up to the head that it named, without applying anything.
void Engine::Impl::on_verify(Slot& slot, const wire::Records& records) {
  auto& link = slot.link;
  if (link.stage != Link::Stage::verifying || !link.claimed || records.from_seq != link.verified.seq.next() ||
      records.records.empty())
    return stop({ErrorCode::log_gap, "records that were not asked for"});
  for (const auto& record : records.records) {
    if (link.verified.seq >= link.claimed->seq) break;
    const auto seq = link.verified.seq.next();
    link.verified = {seq, wire::log_hash_next(link.verified.hash, seq, record)};
    if (auto proof = contradiction(slot, link.verified)) {
      link.stage = Link::Stage::done;
      run(prove_now(slot, std::move(*proof)));
      return;
    }
  }
  if (link.verified.seq < link.claimed->seq) return verify_more(slot);
  link.stage = Link::Stage::done;
  if (link.verified.hash == link.claimed->hash && run(unfreeze(slot))) subscribe(slot);
}

Status Engine::Impl::freeze(Work& work, Error error, bool for_good) {
  auto& state = work.slot.state;
  if (state.frozen && !for_good && work.slot.link.stage != Link::Stage::open) return ok();
  if (for_good) work.slot.evidence.restored = false;
  state.frozen = KeptError{static_cast<std::uint16_t>(error.code), error.detail.substr(0, kDetailBytesMax)};
  state.frozen_for_good = for_good;
  work.slot.link.stage = Link::Stage::done;
  work.events.emplace_back(Frozen{work.slot.id, std::move(error)});
  return ok();
}

Status Engine::Impl::freeze_now(Slot& slot, Error error) {
  if (slot.state.frozen) return ok();
  return change(slot, [&](Work& work) { return freeze(work, error); });
}

Status Engine::Impl::unfreeze(Slot& slot) {
  return change(slot, [&](Work& work) {
    slot.state.frozen.reset();
    slot.evidence.restored = slot.evidence.put_back = false;
    work.events.emplace_back(Unfrozen{slot.id});
    return ok();
  });
}

}  // namespace muistio::sync
