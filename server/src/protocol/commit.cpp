// The group commit: every change since the last flush in one transaction, then the acknowledgements, then the fan-out.
#include "engine_impl.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::server {

namespace {

bool is_refusal(ErrorCode code) { return static_cast<unsigned>(code) >= 300 && static_cast<unsigned>(code) <= 399; }

}  // namespace

/// One change within the transaction. A refusal goes into `change`; what is returned ends the whole transaction.
Status Engine::Impl::apply(Request& request, Change& change, std::map<SpaceId, Added>& added) {
  const auto needs_access = [&](const SpaceId& space) -> Status {
    MUISTIO_TRY(const auto access, log.access(space, request.key));
    if (!access || access->until != Seq(0)) return fail(ErrorCode::not_authorised);
    return ok();
  };
  if (auto* m = std::get_if<wire::Append>(&request.message)) {
    auto place = log.append(m->space, request.key, m->last_handshake_seq, m->record, *request.record, options.space_bytes_max);
    if (!place) return fail(std::move(place).error());
    change.reply = wire::Appended{place->seq, place->log_hash};
    if (!place->is_new) {
      ++counts.duplicates;
      return ok();
    }
    auto& batch = added[m->space];
    if (batch.records.empty()) batch.first = place->seq;
    batch.head = place->seq;
    batch.records.push_back(m->record);
    batch.bytes += m->record.size();
    for (const auto& each : request.record->access_changes)
      if (each.op == wire::AccessChange::Op::remove) batch.removed.insert(each.key);
    return ok();
  }
  if (auto* m = std::get_if<wire::CreateSpace>(&request.message)) {
    if (!options.token_required || is_create_token(m->token)) return log.create_space(m->space, m->key);
    return log.create_space_with_token(m->space, m->key, crypto::sha256(m->token));
  }
  if (auto* m = std::get_if<wire::PostJoinRequest>(&request.message)) {
    const auto id = crypto::labelled_hash("muistio inbox 1", {m->space.view(), m->invitation.view(), m->key.view(), m->request});
    return log.post(m->space, {id, m->invitation, m->key, clock.wall(), m->request});
  }
  if (auto* m = std::get_if<wire::WithdrawJoinRequest>(&request.message)) return log.withdraw(m->space, m->invitation, m->key);
  if (auto* m = std::get_if<wire::DeleteInboxItem>(&request.message)) {
    MUISTIO_CHECK(needs_access(m->space));
    return log.delete_inbox_item(m->space, m->item);
  }
  if (auto* m = std::get_if<wire::RequestTicket>(&request.message)) {
    MUISTIO_CHECK(needs_access(m->space));
    MUISTIO_CHECK(log.reserve_attachment(m->space, m->attachment, m->size, options.space_bytes_max));
    MUISTIO_TRY(change.held, files->held(m->space, m->attachment));
    return ok();
  }
  if (auto* m = std::get_if<wire::PutBox>(&request.message)) {
    MUISTIO_CHECK(is_member_of_any(request.connection));
    return log.put_box(m->locator, m->box, wire::limits::boxes_kept);
  }
  if (auto* m = std::get_if<wire::DropBoxes>(&request.message)) return log.drop_boxes(wire::locator_of(m->key));
  if (auto* m = std::get_if<wire::DeleteAttachment>(&request.message)) {
    MUISTIO_CHECK(needs_access(m->space));
    return log.forget_attachment(m->space, m->attachment);
  }
  return ok();
}

/// Whether the connection has proved a key with access to some space: only members lay boxes.
Status Engine::Impl::is_member_of_any(ConnectionId id) {
  const auto* connection = find(id);
  if (connection == nullptr) return fail(ErrorCode::not_authorised);
  for (const auto& [space, key] : connection->proved) {
    MUISTIO_TRY(const auto access, log.access(space, key));
    if (access && access->until == Seq(0)) return ok();
  }
  return fail(ErrorCode::not_authorised, "only members of a space put boxes");
}

Status Engine::Impl::apply_each(std::vector<Change>& changes, std::map<SpaceId, Added>& added) {
  std::set<SpaceId> spaces;
  for (const auto& each : writes)
    if (const auto* space = space_of(each.message)) spaces.insert(*space);
  MUISTIO_CHECK(log.begin());
  const std::vector<SpaceId> sorted(spaces.begin(), spaces.end());
  MUISTIO_CHECK(log.prepare(sorted, clock.wall()));
  for (std::size_t i = 0; i < writes.size(); ++i) {
    changes[i].status = apply(writes[i], changes[i], added);
    if (!changes[i].status && !is_refusal(changes[i].status.error().code)) return fail(changes[i].status.error());
  }
  return ok();
}

Engine::Impl::Outcome Engine::Impl::apply_all(std::vector<Change>& changes, std::map<SpaceId, Added>& added) {
  if (auto applied = apply_each(changes, added); !applied) return {applied, false};
  auto committed = log.commit();
  const bool unknown = !committed && committed.error().code == ErrorCode::disconnected;
  return {committed, unknown};
}

/// Nobody is told anything that may be wrong: who asked is cut off, and asks again on a new connection.
void Engine::Impl::end_unknown() {
  for (const auto& request : writes)
    if (auto* connection = find(request.connection))
      goodbye(request.connection, *connection, ErrorCode::server_busy, "the storage did not say whether it was kept");
  poll_at = MonotonicMs(0);
  writes.clear();
}

void Engine::Impl::commit_writes() {
  std::vector<Change> changes(writes.size());
  std::map<SpaceId, Added> added;
  const auto before = counts.duplicates;
  const auto began = clock.monotonic();
  if (auto outcome = apply_all(changes, added); !outcome.status) {
    log.rollback();
    counts.duplicates = before;
    ++counts.failed_commits;
    if (outcome.unknown) return end_unknown();
    added.clear();
    for (auto& change : changes) change.status = fail(outcome.status.error());
  } else {
    ++counts.commits;
    const auto took = clock.monotonic().value() - began.value();
    std::size_t bucket = 0;
    while (bucket < kCommitMsBounds.size() && took > kCommitMsBounds[bucket]) ++bucket;
    ++counts.commit_ms[bucket];
    counts.commit_ms_sum += took;
  }
  for (std::size_t i = 0; i < writes.size(); ++i) finish_write(writes[i], changes[i]);
  for (const auto& [space, batch] : added) fan_out(space, batch);
  writes.clear();
}

void Engine::Impl::finish_write(Request& request, Change& change) {
  const bool done = change.status.has_value();
  if (auto* m = std::get_if<wire::DeleteAttachment>(&request.message); m != nullptr && done && files != nullptr) {
    if (tickets != nullptr) tickets->revoke(m->space, m->attachment);
    if (auto removed = files->remove(m->space, m->attachment); !removed) change.status = removed;
  }
  if (done && std::holds_alternative<wire::Append>(request.message)) ++counts.appended;
  auto* connection = find(request.connection);
  if (connection == nullptr) return;
  --connection->writes_waiting;
  if (!change.status) {
    refuse(request.connection, *connection, request.id, change.status.error(), space_of(request.message));
    return;
  }
  if (auto* m = std::get_if<wire::CreateSpace>(&request.message)) {
    connection->reads.push_back(
        {request.connection, request.id, wire::OpenSpace{m->space, m->key, m->signature}, m->key, std::nullopt});
    make_ready(request.connection, *connection);
    return;
  }
  if (auto* m = std::get_if<wire::RequestTicket>(&request.message)) {
    auto ticket = make_ticket(*m, m->size, change.held);
    if (!ticket)
      refuse(request.connection, *connection, request.id, ticket.error(), &m->space);
    else
      answer(request.connection, *connection, request.id, *ticket);
    return;
  }
  answer(request.connection, *connection, request.id, change.reply);
}

void Engine::Impl::wake(const SpaceId& space, Seq head) {
  for (auto* subscription : hub.subscribers(space)) {
    auto* connection = find(subscription->connection);
    if (connection == nullptr || subscription->next > head) continue;
    connection->behind.insert(space);
    make_ready(subscription->connection, *connection);
  }
}

/// Asks a shared log for the ends of everything that is subscribed: the way to what no notice told of.
void Engine::Impl::poll() {
  constexpr std::size_t kSpacesAtOnce = 4096;
  poll_at = MonotonicMs(clock.monotonic().value() + options.poll_ms);
  ++counts.polls;
  const auto spaces = hub.spaces();
  for (std::size_t at = 0; at < spaces.size(); at += kSpacesAtOnce) {
    const auto heads = log.heads(std::span(spaces).subspan(at, std::min(kSpacesAtOnce, spaces.size() - at)));
    if (!heads) {
      poll_at = MonotonicMs(0);
      return;
    }
    for (const auto& [space, head] : *heads) wake(space, head);
  }
}

/// Pushes what is new: one frame, encoded once, to everyone who has all before it.
void Engine::Impl::fan_out(const SpaceId& space, const Added& added) {
  SharedFrame shared;
  for (auto* subscription : hub.subscribers(space)) {
    const auto id = subscription->connection;
    auto* connection = find(id);
    if (connection == nullptr) continue;
    const bool in_step = subscription->next == added.first && !connection->behind.contains(space) &&
                         connection->queued_bytes < options.queue_bytes_soft && !added.removed.contains(subscription->key) &&
                         added.bytes <= wire::limits::fetch_bytes_max && added.records.size() <= wire::limits::fetch_records_max;
    if (!in_step) {
      connection->behind.insert(space);
      make_ready(id, *connection);
      continue;
    }
    if (!shared) {
      wire::Records records{space, added.first, {}, added.head};
      for (const auto& record : added.records) records.records.push_back(to_bytes(record));
      shared = std::make_shared<const Bytes>(wire::encode_frame(wire::RequestId(0), wire::ServerMessage(std::move(records))));
    }
    subscription->next = added.head.next();
    ++counts.pushed;
    send(id, *connection, shared);
  }
}

}  // namespace muistio::server
