// Answers that read the log, and pushing to who is behind: as much as the reader's queue has room for.
#include "engine_impl.hpp"

namespace muistio::server {

namespace {

/// Records pushed to one who is behind go in pieces of this size.
constexpr std::size_t kPushBytes = 256 * wire::limits::kKiB;

}  // namespace

void Engine::Impl::serve(ConnectionId id, Connection& connection) {
  while (!connection.ended && connection.queued_bytes < options.queue_bytes_soft && !connection.reads.empty()) {
    const auto request = std::move(connection.reads.front());
    connection.reads.pop_front();
    Result<wire::ServerMessage> reply = wire::ServerMessage(wire::Done{});
    if (const auto* wanted = std::get_if<wire::Subscribe>(&request.message)) {
      if (auto subscribed = subscribe(id, connection, *wanted, request.key); !subscribed) reply = fail(subscribed.error());
    } else if (const auto* left = std::get_if<wire::Unsubscribe>(&request.message)) {
      hub.unsubscribe(left->space, id);
      connection.subscribed.erase(left->space);
      connection.behind.erase(left->space);
    } else {
      reply = read(request);
    }
    if (reply)
      answer(id, connection, request.id, *reply);
    else
      refuse(id, connection, request.id, reply.error(), space_of(request.message));
  }
  while (!connection.ended && connection.queued_bytes < options.queue_bytes_soft && !connection.behind.empty()) {
    const auto space = *connection.behind.begin();
    if (auto pushed = push_behind(id, connection, space); !pushed) {
      goodbye(id, connection, ErrorCode::server_busy, "the log could not be read");
      return;
    }
  }
}

Result<wire::ServerMessage> Engine::Impl::read(const Request& request) {
  if (const auto* m = std::get_if<wire::OpenSpace>(&request.message)) return read_opened(m->space, request.key);
  if (const auto* m = std::get_if<wire::Fetch>(&request.message)) {
    const bool whole = m->bytes_max == 0 || m->bytes_max > wire::limits::fetch_bytes_max;
    MUISTIO_TRY(auto records,
                read_records(m->space, request.key, m->from_seq, whole ? wire::limits::fetch_bytes_max : m->bytes_max, nullptr));
    return wire::ServerMessage(std::move(records));
  }
  if (const auto* m = std::get_if<wire::FetchBoxes>(&request.message)) {
    MUISTIO_TRY(auto boxes, log.boxes(wire::locator_of(m->key)));
    return wire::ServerMessage(wire::Boxes{std::move(boxes)});
  }
  const auto* space = space_of(request.message);
  if (space == nullptr) return fail(ErrorCode::unknown_kind);
  MUISTIO_TRY(const auto access, log.access(*space, request.key));
  if (!access || access->until != Seq(0)) return fail(ErrorCode::not_authorised);
  if (const auto* m = std::get_if<wire::FetchInbox>(&request.message)) {
    MUISTIO_TRY(auto items, log.inbox(m->space));
    return wire::ServerMessage(wire::Inbox{m->space, std::move(items)});
  }
  if (const auto* m = std::get_if<wire::RequestTicket>(&request.message)) {
    MUISTIO_TRY(const auto size, log.attachment_size(m->space, m->attachment));
    if (!size) return fail(ErrorCode::bad_range, "there is no such attachment");
    MUISTIO_TRY(const auto held, files->held(m->space, m->attachment));
    if (held != *size) return fail(ErrorCode::bad_range, "the attachment is not whole yet");
    return make_ticket(*m, *size, held);
  }
  return fail(ErrorCode::unknown_kind);
}

Result<wire::ServerMessage> Engine::Impl::read_opened(const SpaceId& space, const wire::AuthKey& key) {
  MUISTIO_TRY(const auto access, log.access(space, key));
  MUISTIO_TRY(const auto state, log.state(space));  // says first that there is no such space
  if (!access) return fail(ErrorCode::not_authorised);
  wire::SpaceOpened opened{space, state.head, state.last_handshake_seq, access->from, access->until, state.log_hash};
  if (access->until != Seq(0)) {
    opened.head = access->until;
    opened.last_handshake_seq = access->until;  // a removal is a handshake
    MUISTIO_TRY(opened.log_hash, log.log_hash(space, access->until));
  }
  return wire::ServerMessage(opened);
}

Result<wire::ServerMessage> Engine::Impl::make_ticket(const wire::RequestTicket& wanted, std::uint64_t size, std::uint64_t held) {
  const auto now = clock.wall();
  const WallMs expires(now.value() + wire::limits::ticket_seconds_max * 1000);
  MUISTIO_TRY(const auto token, tickets->issue({wanted.space, wanted.attachment, wanted.mode, size, expires}, random, now));
  return wire::ServerMessage(wire::Ticket{token, expires, size, held});
}

/// `is_last`, if given, tells whether the key may read nothing after these, now or later.
Result<wire::Records> Engine::Impl::read_records(const SpaceId& space, const wire::AuthKey& key, Seq from, std::size_t bytes_max,
                                                 bool* is_last) {
  MUISTIO_TRY(const auto access, log.access(space, key));
  if (!access) return fail(ErrorCode::not_authorised);
  MUISTIO_TRY(const auto state, log.state(space));
  const auto head = access->until == Seq(0) ? state.head : access->until;
  if (from == Seq(0) || from > head.next()) return fail(ErrorCode::bad_range, "beyond the end of the log");
  wire::Records records{space, from, {}, head};
  if (from <= head) {
    MUISTIO_TRY(records.records, log.fetch(space, from, head, bytes_max));
  }
  if (is_last != nullptr) *is_last = access->until != Seq(0) && from.value() + records.records.size() > head.value();
  return records;
}

Status Engine::Impl::subscribe(ConnectionId id, Connection& connection, const wire::Subscribe& wanted, const wire::AuthKey& key) {
  MUISTIO_TRY(const auto first, read_records(wanted.space, key, wanted.from_seq, 1, nullptr));
  hub.subscribe(wanted.space, {id, key, wanted.from_seq});
  connection.subscribed.insert(wanted.space);
  if (!first.records.empty()) connection.behind.insert(wanted.space);
  return ok();
}

/// Pushes the next piece to one who is behind; takes it off the list once it has everything.
Status Engine::Impl::push_behind(ConnectionId id, Connection& connection, const SpaceId& space) {
  auto* subscription = hub.find(space, id);
  if (subscription == nullptr) {
    connection.behind.erase(space);
    return ok();
  }
  bool is_last = false;
  auto records = read_records(space, subscription->key, subscription->next, kPushBytes, &is_last);
  if (!records) return fail(records.error());
  const Seq next(subscription->next.value() + records->records.size());
  subscription->next = next;
  if (next > records->head) connection.behind.erase(space);
  if (is_last) {
    hub.unsubscribe(space, id);
    connection.subscribed.erase(space);
  }
  if (records->records.empty()) return ok();
  ++counts.pushed;
  answer(id, connection, wire::RequestId(0), *records);
  return ok();
}

}  // namespace muistio::server
