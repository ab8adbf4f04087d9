// One connection: frames in, answers to the requests that they belong to.
#include "impl.hpp"
#include "muistio/base/planted.hpp"

namespace muistio::sync {

namespace {

constexpr std::uint64_t kAskAgainMs = 2'000;  // join requests and inboxes: the server does not push them
constexpr std::uint64_t kFramesWaitingMax = 250;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

}  // namespace

void Engine::Impl::stop(Error error) {
  if (!close_reason) close_reason = std::move(error);
  frames.clear();  // what was to be said may not be durable
}

bool Engine::Impl::run(const Status& status) {
  if (status) return true;
  stop(status.error());
  return false;
}

void Engine::Impl::disconnected() {
  is_connected = false;
  challenge.reset();
  requests.clear();
  frames.clear();
  close_reason.reset();
  told_asks.clear();
  for (auto& [id, slot] : slots) {
    slot->link = {};
    // What was offered is looked for again; what is shown stays.
    if (slot->preview && !slot->preview->replica) slot->preview.reset();
    if (slot->preview) std::erase_if(slot->preview->offers, [](const auto& each) { return !each.second.taken; });
  }
  is_box_asked = is_box_looked = is_box_sent = is_box_refused = false;
  box_at = MonotonicMs{};
  if (linking) linking->is_asked = linking->is_tried = linking->is_looked = linking->is_waiting = false;
}

void Engine::Impl::connected(const wire::TlsExporter& exporter_, std::string_view server_name_) {
  disconnected();
  is_connected = true;
  exporter = exporter_;
  server_name = server_name_;
  last_request = 0;
}

void Engine::Impl::send(const wire::ClientMessage& message, const Request& request) {
  if (close_reason) return;
  frames.push_back(wire::encode_frame(wire::RequestId(++last_request), message));
  requests.emplace(last_request, request);
}

bool Engine::Impl::may_send() const { return is_connected && challenge && !close_reason && requests.size() < kFramesWaitingMax; }

void Engine::Impl::received(BytesView frame) {
  if (!is_connected || close_reason) return;
  auto decoded = wire::decode_server_frame(frame);
  if (!decoded) return stop(decoded.error());
  auto& message = decoded->message;
  if (std::holds_alternative<wire::UnknownMessage>(message)) return;
  if (auto* goodbye = std::get_if<wire::Goodbye>(&message))
    return stop({ErrorCode::disconnected, "the server closed the connection: code " + std::to_string(goodbye->code)});
  if (auto* first = std::get_if<wire::Challenge>(&message)) {
    if (challenge) return stop({ErrorCode::out_of_order, "a second challenge"});
    return on_challenge(std::move(*first));
  }
  if (!challenge) return stop({ErrorCode::out_of_order, "a message before the challenge"});
  if (decoded->request.value() == 0) {
    if (auto* records = std::get_if<wire::Records>(&message)) return on_records(*records);
    return stop({ErrorCode::out_of_order, "an answer without a request"});
  }
  const auto found = requests.find(decoded->request.value());
  if (found == requests.end()) return stop({ErrorCode::out_of_order, "an answer to a request that was not made"});
  const auto request = found->second;
  requests.erase(found);
  on_answer(request, std::move(message));
}

void Engine::Impl::on_challenge(wire::Challenge first) {
  if (first.version != wire::protocol_version && !MUISTIO_PLANTED("version"))
    return stop({ErrorCode::unsupported_version, "the server's protocol"});
  if (!server_name.empty() && first.server_name != server_name)
    return stop({ErrorCode::untrusted_server, "the server calls itself by another name than the one dialled"});
  challenge = std::move(first);
  for (auto& [id, slot] : slots) open_slot(*slot);
  if (!run(join_own_spaces()) || !run(join_recovered())) return;
  ask_link();
  ask_boxes();
}

void Engine::Impl::on_answer(const Request& request, wire::ServerMessage message) {
  using Kind = Request::Kind;
  const auto found = slots.find(request.space);
  auto* slot = found == slots.end() ? nullptr : found->second.get();
  if (request.kind == Kind::fetch_boxes) return on_boxes(message);
  if (request.kind == Kind::post_ask || request.kind == Kind::fetch_answer) return on_link_answer(request, message);
  if (slot == nullptr && request.kind != Kind::ping) return;  // forgotten meanwhile
  const auto unexpected = [&] { stop({ErrorCode::out_of_order, "an answer of another kind than was asked for"}); };
  std::visit(Overloaded{
                 [&](const wire::Refused& refused) { on_refused(request, refused); },
                 [&](const wire::Done&) { on_done(request); },
                 [&](const wire::SpaceOpened& opened) {
                   if (request.kind != Kind::open || opened.space != request.space) return unexpected();
                   on_opened(*slot, opened);
                 },
                 [&](const wire::Appended& appended) {
                   if (request.kind < Kind::append_batch || request.kind > Kind::append_proposal) return unexpected();
                   on_appended(request, appended);
                 },
                 [&](const wire::Records& records) {
                   if (request.kind != Kind::verify || records.space != request.space) return unexpected();
                   on_verify(*slot, records);
                 },
                 [&](const wire::Inbox& inbox) {
                   if (request.kind != Kind::inbox || inbox.space != request.space) return unexpected();
                   if (run(on_inbox(*slot, inbox))) pump(*slot);
                 },
                 [&](const wire::Ticket& ticket) {
                   if (request.kind != Kind::ticket) return unexpected();
                   on_ticket(request, ticket);
                 },
                 [&](const wire::Pong&) {
                   if (request.kind != Kind::ping) unexpected();
                 },
                 [&](const auto&) { unexpected(); },
             },
             message);
}

void Engine::Impl::on_done(const Request& request) {
  auto& slot = *slots.at(request.space);
  switch (request.kind) {
    case Request::Kind::subscribe:
      slot.link.subscribed = true;
      if (slot.state.phase == Phase::catching_up && !run(replay(slot))) return;
      if (slot.state.frozen_for_good) return open_slot(slot);  // as another device
      if (!run(end_access(slot)) || !run(end_predecessor(slot))) return;
      slot.link.caught_up = slot.state.cursor.seq >= slot.state.head;
      return pump(slot);
    case Request::Kind::post:
      slot.link.request_posted = true;
      return;
    case Request::Kind::withdraw:
      run(forget_cancelled(slot));
      return;
    case Request::Kind::put_box:
      if (run(on_box_laid())) pump(slot);
      return;
    case Request::Kind::inbox_delete:
    case Request::Kind::attachment_delete:
    case Request::Kind::put_answer:
      return;
    default:
      stop({ErrorCode::out_of_order, "an answer of another kind than was asked for"});
  }
}

void Engine::Impl::on_ticket(const Request& request, const wire::Ticket& ticket) {
  events.emplace_back(TicketGranted{request.space, request.attachment, ticket});
}

void Engine::Impl::on_refused(const Request& request, const wire::Refused& refused) {
  using Kind = Request::Kind;
  const bool is_known = refused.code >= 300 && refused.code < 400 && error_name(static_cast<ErrorCode>(refused.code)) != "unknown";
  const Error error{is_known ? static_cast<ErrorCode>(refused.code) : ErrorCode::server_busy, refused.detail};
  const auto found = slots.find(request.space);
  if (found == slots.end()) return;
  auto& slot = *found->second;
  const auto again = MonotonicMs(clock.monotonic().value() + kAskAgainMs);
  switch (request.kind) {
    case Kind::open:
      return on_open_refused(slot, error);
    case Kind::append_batch:
    case Kind::append_commit:
    case Kind::append_keywrap:
    case Kind::append_put_back:
    case Kind::append_repair:
    case Kind::append_proposal:
      return on_append_refused(slot, request, error, refused);
    case Kind::post:  // the space is not there yet, or the inbox is full: asked again, but not waited for
      slot.link.post_refused = true;
      slot.link.ask_at = again;
      return;
    case Kind::inbox:
    case Kind::inbox_delete:
      ++counts.refusals;
      [[fallthrough]];
    case Kind::attachment_delete:
      slot.link.ask_at = again;
      slot.link.inbox_asked = false;
      slot.link.inbox_at = again;
      return;
    case Kind::withdraw:
      if (error.code == ErrorCode::unknown_space || error.code == ErrorCode::not_authorised) run(forget_cancelled(slot));
      return;
    case Kind::ticket:
      events.emplace_back(TicketRefused{request.space, request.attachment, error});
      return;
    case Kind::put_box:
      is_box_sent = false;
      is_box_refused = true;
      [[fallthrough]];
    case Kind::put_answer:
      events.emplace_back(Refused{slot.id, error});
      return;
    case Kind::fetch_boxes:
    case Kind::post_ask:
    case Kind::fetch_answer:
      return;
    case Kind::subscribe:
    case Kind::verify:
    case Kind::ping:
      return stop(error);
  }
}

void Engine::Impl::tick() {
  if (!is_connected || !challenge || close_reason) return;
  const auto now = clock.monotonic();
  ask_link();
  ask_boxes();
  if (!run(lay_box())) return;
  for (auto& [id, slot] : slots) {
    auto& link = slot->link;
    const bool is_closed = link.stage != Link::Stage::open && link.stage != Link::Stage::opening;
    if (is_closed && (slot->state.phase == Phase::joining || link.stage == Link::Stage::closed) && link.ask_at <= now)
      open_slot(*slot);
    if (link.stage != Link::Stage::open) continue;
    if (wants_inbox(*slot) && link.inbox_at <= now) ask_inbox(*slot);
    if (slot->state.phase == Phase::catching_up && slot->preview && !slot->preview->replica && !run(replay(*slot))) return;
    pump(*slot);
  }
}

}  // namespace muistio::sync
