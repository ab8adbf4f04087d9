#include "muistio/server/engine.hpp"

#include "engine_impl.hpp"

namespace muistio::server {

std::uint8_t offered_version() noexcept;  // version.cpp

namespace {

/// Cuts a detail to its limit without cutting a character: ours are ASCII.
std::string short_detail(std::string detail) {
  if (detail.size() > wire::limits::detail_bytes_max) detail.resize(wire::limits::detail_bytes_max);
  return detail;
}

/// What crosses the wire for `error`: a code from 300 to 399. What our storage says stays with us.
Error public_error(Error error) {
  const auto number = static_cast<unsigned>(error.code);
  if (number >= 300 && number <= 399) return error;
  if (error.code == ErrorCode::disk_full) return {ErrorCode::server_busy, "the server's disk is full"};
  if (error.code == ErrorCode::malformed || error.code == ErrorCode::too_large || error.code == ErrorCode::not_utf8)
    return {ErrorCode::bad_frame, std::move(error.detail)};
  return {ErrorCode::server_busy, "the server's storage failed"};
}

}  // namespace

Connection* Engine::Impl::find(ConnectionId id) {
  const auto found = connections.find(id);
  return found == connections.end() || found->second.ended ? nullptr : &found->second;
}

void Engine::Impl::send(ConnectionId id, Connection& connection, SharedFrame frame) {
  if (connection.ended) return;
  if (connection.queued_bytes == 0) connection.progress_at = clock.monotonic();
  connection.queued_bytes += frame->size();
  outputs.push_back({id, std::move(frame), false});
  if (connection.queued_bytes > options.queue_bytes_max) goodbye(id, connection, ErrorCode::too_slow, "too much is unsent");
}

void Engine::Impl::answer(ConnectionId id, Connection& connection, wire::RequestId request, const wire::ServerMessage& message) {
  send(id, connection, std::make_shared<const Bytes>(wire::encode_frame(request, message)));
}

void Engine::Impl::refuse(ConnectionId id, Connection& connection, wire::RequestId request, Error error, const SpaceId* space) {
  ++counts.refused;
  error = public_error(std::move(error));
  if (options.on_refused) options.on_refused(id, error.code);
  wire::Refused refused{static_cast<std::uint16_t>(error.code), short_detail(std::move(error.detail)), Seq(0), Seq(0)};
  // Only who has proved a key with access is told where the log ends, and a removed one not beyond its removal.
  if (space != nullptr) {
    if (const auto key = connection.proved.find(*space); key != connection.proved.end()) {
      const auto access = log.access(*space, key->second);
      const auto state = log.state(*space);
      if (access && *access && (*access)->until == Seq(0) && state) {
        refused.last_handshake_seq = state->last_handshake_seq;
        refused.head = state->head;
      }
    }
  }
  answer(id, connection, request, refused);
}

void Engine::Impl::goodbye(ConnectionId id, Connection& connection, ErrorCode code, std::string detail) {
  if (connection.ended) return;
  ++counts.goodbyes;
  if (options.on_goodbye) options.on_goodbye(id, code);
  connection.ended = true;
  forget_subscriptions(id, connection);
  connection.reads.clear();
  ready.erase(id);
  const wire::ServerMessage message = wire::Goodbye{static_cast<std::uint16_t>(code), short_detail(std::move(detail))};
  outputs.push_back({id, std::make_shared<const Bytes>(wire::encode_frame(wire::RequestId(0), message)), true});
}

void Engine::Impl::forget_subscriptions(ConnectionId id, Connection& connection) {
  for (const auto& space : connection.subscribed) hub.unsubscribe(space, id);
  connection.subscribed.clear();
  connection.behind.clear();
}

void Engine::Impl::make_ready(ConnectionId id, const Connection& connection) {
  if (!connection.ended && connection.queued_bytes < options.queue_bytes_soft &&
      !(connection.reads.empty() && connection.behind.empty()))
    ready.insert(id);
}

Engine::Engine(Log& log, Clock& clock, Random& random, EngineOptions options, AttachmentFiles* attachments, TicketBook* tickets)
    : impl_(std::make_unique<Impl>(log, clock, random, std::move(options), attachments, tickets)) {}
Engine::~Engine() = default;

void Engine::on_open(ConnectionId connection, const wire::TlsExporter& exporter, std::string server_name) {
  auto& made = impl_->connections.emplace(connection, Connection(impl_->options, impl_->clock.monotonic())).first->second;
  impl_->counts.connections = impl_->connections.size();
  made.nonce = impl_->random.make<wire::ChallengeNonce>();
  made.exporter = exporter;
  made.server_name = std::move(server_name);
  wire::Challenge challenge;
  challenge.version = offered_version();
  challenge.nonce = made.nonce;
  challenge.server_name = made.server_name;
  challenge.server_time = impl_->clock.wall();
  challenge.frame_bytes_max = wire::limits::frame_bytes_max;
  challenge.outstanding_requests_max = wire::limits::outstanding_requests_max;
  impl_->answer(connection, made, wire::RequestId(0), challenge);
}

void Engine::on_frame(ConnectionId connection, BytesView frame) {
  auto* found = impl_->find(connection);
  if (found == nullptr) return;
  ++impl_->counts.frames;
  const auto now = impl_->clock.monotonic();
  const auto frames = found->frames.take(1, now);
  const auto bytes = found->frame_bytes.take(static_cast<double>(frame.size()), now);
  if (frames == TokenBucket::Level::flooded || bytes == TokenBucket::Level::flooded) {
    impl_->goodbye(connection, *found, ErrorCode::rate_limited, "it was told to wait and did not");
    return;
  }
  auto decoded = wire::decode_client_frame(frame);
  if (!decoded) {
    impl_->goodbye(connection, *found, ErrorCode::bad_frame, decoded.error().message());
    return;
  }
  if (decoded->request == wire::RequestId(0)) {
    impl_->goodbye(connection, *found, ErrorCode::out_of_order, "request id 0 is the server's");
    return;
  }
  if (frames == TokenBucket::Level::over || bytes == TokenBucket::Level::over) {
    impl_->refuse(connection, *found, decoded->request, {ErrorCode::rate_limited, "too many or too large requests"});
    return;
  }
  impl_->take_in(connection, *found, std::move(*decoded));
}

void Engine::on_sent(ConnectionId connection, std::size_t bytes) {
  auto* found = impl_->find(connection);
  if (found == nullptr) return;
  found->queued_bytes -= std::min(bytes, found->queued_bytes);
  found->progress_at = impl_->clock.monotonic();
  impl_->make_ready(connection, *found);
}

void Engine::on_closed(ConnectionId connection) {
  const auto found = impl_->connections.find(connection);
  if (found == impl_->connections.end()) return;
  impl_->forget_subscriptions(connection, found->second);
  impl_->ready.erase(connection);
  impl_->connections.erase(found);
  impl_->counts.connections = impl_->connections.size();
  std::erase_if(impl_->outputs, [&](const Output& output) { return output.connection == connection; });
}

void Engine::on_tick() {
  const auto now = impl_->clock.monotonic();
  for (auto& [id, connection] : impl_->connections)
    if (!connection.ended && connection.queued_bytes > 0 &&
        now.value() > connection.progress_at.value() + impl_->options.stall_ms_max)
      impl_->goodbye(id, connection, ErrorCode::too_slow, "nothing was taken for too long");
  if (impl_->tickets != nullptr) impl_->tickets->sweep(impl_->clock.wall());
  if (impl_->log.is_shared() && now >= impl_->poll_at) impl_->poll();
}

void Engine::on_changed(const SpaceId& space) {
  ++impl_->counts.elsewhere;
  impl_->wake(space, Seq(~std::uint64_t{0}));
}

void Engine::on_missed() { impl_->poll_at = MonotonicMs(0); }

void Engine::shut_down() {
  for (auto& [id, connection] : impl_->connections) impl_->goodbye(id, connection, ErrorCode::shutting_down, "");
}

bool Engine::has_work() const noexcept { return !impl_->writes.empty() || !impl_->outputs.empty() || !impl_->ready.empty(); }

std::vector<Output> Engine::flush() {
  if (!impl_->writes.empty()) impl_->commit_writes();
  const auto serving = std::exchange(impl_->ready, {});
  for (const auto& id : serving)
    if (auto* connection = impl_->find(id)) impl_->serve(id, *connection);
  return std::exchange(impl_->outputs, {});
}

const EngineCounts& Engine::counts() const noexcept { return impl_->counts; }

}  // namespace muistio::server
