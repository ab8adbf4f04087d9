// Sending: the outbox in batches, sealed at the moment of sending and never before they are on the disk (D6, R7).
#include <algorithm>

#include "impl.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/wire/log_hash.hpp"

namespace muistio::sync {

using store::Table;

namespace {
constexpr std::size_t kWindow = 32;                                   // appends of one space without an answer
constexpr std::size_t kBatchHintBytesMax = 192 * wire::limits::kKiB;  // before compression: fits whatever deflate makes of it
constexpr std::uint64_t kBackOffMs = 1'000;
}  // namespace

void Engine::Impl::pump(Slot& slot) {
  if (slot.link.stage != Link::Stage::open || !may_send()) return;
  if (!run(push(slot)) || !run(lay_box())) return;
  tell_due(slot);
}

Status Engine::Impl::push(Slot& slot) {
  auto& link = slot.link;
  const auto& state = slot.state;
  if (!link.caught_up || !link.subscribed || state.frozen) return ok();
  if (state.phase != Phase::open && state.phase != Phase::leaving) return ok();
  if (link.retry_at > clock.monotonic() || state.cursor.seq < link.must_reach) return ok();
  MUISTIO_CHECK(load(slot));
  // What was sent after an older handshake place is answered first: a chain must not overtake itself.
  if (link.outstanding > 0 && link.outstanding_place != state.last_handshake) return ok();
  MUISTIO_TRY(const bool committing, push_commit(slot));
  if (committing) return ok();
  if (state.phase == Phase::leaving && slot.pending.empty() && unsent(slot) == 0) return push_leaving(slot);
  return push_content(slot);
}

Status Engine::Impl::push_content(Slot& slot) {
  MUISTIO_CHECK(post_footholds(slot));
  MUISTIO_CHECK(post_invitations(slot));
  MUISTIO_CHECK(post_newcomers(slot));
  if (slot.pending.size() < kWindow) MUISTIO_CHECK(fix_batches(slot));
  return send_batches(slot);
}

// Gives the outbox's changes their places in our chains, one for each era. From here on the content of these batches never changes.
Status Engine::Impl::fix_batches(Slot& slot) {
  std::map<Era, std::uint64_t> unfixed;  // the last change of an era
  for (const auto era : slot.replica->eras()) {
    const auto last = slot.replica->causality(era).last_number(slot.keys->device());
    const auto chain = slot.state.chains.find(era);
    if (last > (chain == slot.state.chains.end() ? 0 : chain->second.change_fixed)) unfixed.emplace(era, last);
  }
  if (unfixed.empty()) return ok();
  return change(slot, [&](Work& work) -> Status {
    for (const auto& [era, last] : unfixed) MUISTIO_CHECK(fix_changes(work, era, last));
    return ok();
  });
}

Status Engine::Impl::fix_changes(Work& work, Era era, std::uint64_t last) {
  auto& slot = work.slot;
  std::vector<replica::Change> changes;
  std::size_t bytes = 0;
  const auto flush = [&]() -> Status {
    if (changes.empty()) return ok();
    const auto payload = replica::encode_changes(changes);
    MUISTIO_CHECK(fix_batch(work, era, space::PayloadKind::ops, payload, changes.front().number, changes.back().number));
    changes.clear();
    bytes = 0;
    return ok();
  };
  for (auto number = slot.state.chains[era].change_fixed + 1; number <= last && slot.pending.size() < kWindow; ++number) {
    MUISTIO_TRY(auto row, work.transaction.get(Table::outbox, era_key(slot.id, era, number)));
    if (!row) return fail(ErrorCode::corrupt, "change " + std::to_string(number) + " is not in the outbox");
    auto decoded = replica::decode_changes(*row);
    if (!decoded || decoded->size() != 1) return fail(ErrorCode::corrupt, "a change in the outbox");
    const auto size = replica::size_hint(decoded->front());
    if (bytes + size > kBatchHintBytesMax) MUISTIO_CHECK(flush());
    bytes += size;
    changes.push_back(std::move(decoded->front()));
  }
  return flush();
}

Status Engine::Impl::fix_batch(Work& work, Era era, space::PayloadKind kind, BytesView payload, std::uint64_t first,
                               std::uint64_t last) {
  work.has_fixed = true;
  auto& slot = work.slot;
  PendingBatch batch;
  MUISTIO_TRY(batch.content.deflated, space::deflate(payload));
  auto& chain = slot.state.chains[era];
  batch.content.audience = space::era_audience(era);
  batch.content.index = chain.fixed.next();
  batch.content.prev = chain.fixed_hash;
  random.fill(batch.content.salt);
  batch.content.kind = kind;
  batch.content_hash = slot.space->own_content_hash(batch.content);
  batch.first_change = first;
  batch.last_change = last;
  if (kind == space::PayloadKind::roll) batch.roll_epoch = slot.space->epoch();
  MUISTIO_CHECK(put_pending(work, batch));
  chain.fixed = batch.content.index;
  chain.fixed_hash = batch.content_hash;
  if (last != 0) chain.change_fixed = last;
  return ok();
}

Status Engine::Impl::send_batches(Slot& slot) {
  auto& link = slot.link;
  // What the server took but the log did not count (a handshake came between) goes out again, and all after it.
  const bool overtaken = std::any_of(link.sent.begin(), link.sent.end(), [&](const auto& entry) {
    return entry.second.appended != Seq{} && entry.second.appended <= slot.state.cursor.seq;
  });
  if (overtaken) {
    if (link.outstanding > 0) return ok();
    link.sent.clear();
  }
  for (const auto& batch : slot.pending) {
    if (link.outstanding >= kWindow || !may_send()) return ok();
    const BatchPlace place{batch.era(), batch.content.index};
    if (link.sent.contains(place)) continue;
    MUISTIO_TRY(auto sealed, slot.space->seal_batch(batch.content, {slot.state.cursor.seq, slot.state.cursor.hash}, random));
    auto& sent = link.sent[place];
    append_record(slot, {wire::RecordKind::content, std::move(sealed), {}}, sent,
                  {.kind = Request::Kind::append_batch, .space = slot.id, .batch = place});
    ++counts.batches_sent;
  }
  return ok();
}

void Engine::Impl::append_record(Slot& slot, const wire::Record& record, SentRecord& sent, Request request) {
  auto encoded = wire::encode_record(record);
  if (!encoded) return stop(encoded.error());
  sent = {wire::record_hash(*encoded), slot.space->epoch(), Seq{}};
  ++slot.link.outstanding;
  slot.link.outstanding_place = slot.state.last_handshake;
  send(wire::Append{slot.id, slot.state.last_handshake, std::move(encoded).value()}, request);
}

void Engine::Impl::on_appended(const Request& request, const wire::Appended& appended) {
  auto& slot = *slots.at(request.space);
  auto& link = slot.link;
  auto& state = slot.state;
  if (link.outstanding > 0) --link.outstanding;
  // An acknowledgement is evidence (R11): it is kept with the next transaction, and checked when the cursor comes to its place.
  const auto other = [&](const Hash& held) {
    run(prove_now(slot, {clock.wall(),
                         {ErrorCode::log_fork, "the server acknowledged another log at " + std::to_string(appended.seq.value())},
                         appended.seq,
                         held,
                         appended.log_hash,
                         PinSource::acknowledgement}));
  };
  if (request.kind == Request::Kind::append_put_back) {
    run(on_put_back(slot, request, appended));
    return;
  }
  if (appended.seq > state.acknowledged.seq) state.acknowledged = {appended.seq, appended.log_hash};
  state.head = std::max(state.head, appended.seq);
  if (appended.seq > state.cursor.seq) {
    const auto pinned = slot.evidence.pins.find(appended.seq);
    if (pinned == slot.evidence.pins.end()) {
      slot.evidence.pin(appended.seq, {appended.log_hash, PinSource::acknowledgement, {}});
    } else if (pinned->second.hash != appended.log_hash && pinned->second.source != PinSource::seal) {
      return other(pinned->second.hash);
    }
  } else if (slot.loaded && !MUISTIO_PLANTED("rollback") && !MUISTIO_PLANTED("log-hash")) {
    const space::StoredFacts facts(store, slot.id);
    auto held = facts.log_hash(appended.seq);
    if (held && held->has_value() && **held != appended.log_hash) return other(**held);
  }
  switch (request.kind) {
    case Request::Kind::append_batch:
      if (auto sent = link.sent.find(request.batch); sent != link.sent.end()) sent->second.appended = appended.seq;
      break;
    case Request::Kind::append_commit:
      if (link.commit) link.commit->appended = appended.seq;
      break;
    case Request::Kind::append_keywrap:
      if (auto sent = link.keywraps.find(request.number); sent != link.keywraps.end()) sent->second.appended = appended.seq;
      break;
    case Request::Kind::append_repair:
      if (link.repair) link.repair->appended = appended.seq;
      break;
    case Request::Kind::append_proposal:
      if (request.number < link.proposals.size()) link.proposals[request.number].appended = appended.seq;
      break;
    default:
      break;
  }
  pump(slot);
}

void Engine::Impl::on_append_refused(Slot& slot, const Request& request, const Error& error, const wire::Refused& refused) {
  auto& link = slot.link;
  if (link.outstanding > 0) --link.outstanding;
  switch (request.kind) {
    case Request::Kind::append_batch:
      link.sent.erase(request.batch);
      break;
    case Request::Kind::append_commit:
      link.commit.reset();
      break;
    case Request::Kind::append_keywrap:
      link.keywraps.erase(request.number);
      break;
    case Request::Kind::append_repair:
      link.repair.reset();
      break;
    case Request::Kind::append_put_back:
      link.stage = Link::Stage::done;  // this key cannot: another device may
      return;
    default:
      link.proposals.clear();
      break;
  }
  // Somebody committed our leaving while this connection was open: the server says so when the space is opened anew.
  if (error.code == ErrorCode::not_authorised && slot.state.phase == Phase::leaving)
    return stop({ErrorCode::disconnected, "the server takes nothing more from a device that leaves"});
  if (error.code == ErrorCode::stale_handshake) {
    ++counts.conflicts;
    link.must_reach = std::max(link.must_reach, refused.last_handshake_seq);
  } else {
    ++counts.refusals;
    link.retry_at = MonotonicMs(clock.monotonic().value() + kBackOffMs);
    if (error.code != ErrorCode::server_busy && error.code != ErrorCode::rate_limited) events.emplace_back(Refused{slot.id, error});
  }
  pump(slot);
}

}  // namespace muistio::sync
