// A server that lost the end of the log (R11): the space is read-only while those who hold the tail append it again verbatim, until
// the log is whole by itself or a host reopens.
#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

using store::Table;

namespace {
constexpr std::size_t kWindow = 32;
constexpr std::size_t kWindowBytes = 2 * wire::limits::kMiB;
}  // namespace

// The server's log ends before what is known, and is the beginning of it as far as can be told.
Status Engine::Impl::restore(Slot& slot, const LogPlace& server) {
  auto& link = slot.link;
  const auto known = newest_known(slot);
  const auto& state = slot.state;
  auto noted = change(slot, [&](Work& work) -> Status {
    auto& evidence = slot.evidence;
    const bool is_new = !state.frozen;
    auto detail = "the log ends at " + std::to_string(server.seq.value()) + ", known up to " + std::to_string(known.value());
    if (is_new)
      MUISTIO_CHECK(
          prove(work, {clock.wall(), {ErrorCode::log_rolled_back, std::move(detail)}, known, Hash{}, server.hash, PinSource::claim},
                false));
    evidence.restored = !evidence.until_reopened;
    evidence.server_head = server.seq;
    return ok();
  });
  if (!noted) return noted;
  link.stage = Link::Stage::done;
  const auto& evidence = slot.evidence;
  if (!evidence.restored) return ok();
  if (server.seq >= state.cursor.seq) {  // it lacks only what this device does not hold either
    subscribe(slot);
    return ok();
  }
  if (evidence.tail_first == Seq{} || evidence.tail_first > server.seq.next()) return ok();  // another device may hold more
  link.stage = Link::Stage::restoring;
  link.put_next = server.seq.next();
  link.put_count = link.put_removals = 0;
  return put_back(slot);
}

Status Engine::Impl::put_back(Slot& slot) {
  auto& link = slot.link;
  std::size_t bytes = 0;
  while (link.outstanding < kWindow && bytes < kWindowBytes && link.put_next <= slot.state.cursor.seq && may_send()) {
    MUISTIO_TRY(auto record, store.get(Table::record, numbered_key(slot.id, link.put_next.value())));
    if (!record) {  // not all is held after all
      link.stage = Link::Stage::done;
      return ok();
    }
    if (const auto read = wire::decode_record(*record);
        read && std::any_of(read->access_changes.begin(), read->access_changes.end(),
                            [](const auto& c) { return c.op == wire::AccessChange::Op::remove; }))
      ++link.put_removals;
    bytes += record->size();
    ++link.outstanding;
    ++link.put_count;
    send(wire::Append{slot.id, slot.state.last_handshake, std::move(*record)},
         {.kind = Request::Kind::append_put_back, .space = slot.id, .number = link.put_next.value()});
    link.put_next = link.put_next.next();
  }
  if (link.outstanding > 0 || link.put_next <= slot.state.cursor.seq) return ok();
  MUISTIO_CHECK(change(slot, [&](Work& work) -> Status {
    slot.evidence.put_back = true;
    slot.evidence.server_head = slot.state.cursor.seq;
    work.events.emplace_back(PutBack{slot.id, link.put_count, link.put_removals});
    return ok();
  }));
  subscribe(slot);
  return ok();
}

Status Engine::Impl::on_put_back(Slot& slot, const Request& request, const wire::Appended& appended) {
  const space::StoredFacts facts(store, slot.id);
  MUISTIO_TRY(auto held, facts.log_hash(Seq(request.number)));
  if (appended.seq != Seq(request.number) || held != appended.log_hash) {
    return prove_now(slot,
                     {clock.wall(),
                      {ErrorCode::log_fork, "others went on without the end of the log, from " + std::to_string(request.number)},
                      Seq(request.number),
                      held.value_or(Hash{}),
                      appended.log_hash,
                      PinSource::acknowledgement});
  }
  return slot.link.stage == Link::Stage::restoring ? put_back(slot) : ok();
}

// Whether what the server has is the beginning of what is held here; nothing, if that place is not held.
Result<std::optional<bool>> Engine::Impl::is_our_beginning(const Slot& slot, const LogPlace& server) const {
  const space::StoredFacts facts(store, slot.id);
  MUISTIO_TRY(auto held, facts.log_hash(server.seq));
  if (!held) return std::optional<bool>();
  return std::optional<bool>(*held == server.hash);
}

Status Engine::Impl::reopened(Work& work, const std::optional<LogPlace>& later) {
  auto& slot = work.slot;
  auto& evidence = slot.evidence;
  auto& state = slot.state;
  evidence.pins.clear();
  evidence.until_reopened = evidence.restored = evidence.put_back = false;
  if (state.acknowledged.seq > state.cursor.seq) state.acknowledged = state.cursor;
  state.head = std::max(state.cursor.seq, slot.link.stage == Link::Stage::open ? state.head : Seq{});
  if (later && later->seq > state.cursor.seq) evidence.pin(later->seq, {later->hash, PinSource::reopening, {}});
  if (!state.frozen || state.frozen_for_good) return ok();
  state.frozen.reset();
  work.events.emplace_back(Unfrozen{slot.id});
  return ok();
}

}  // namespace muistio::sync
