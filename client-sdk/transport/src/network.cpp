#include "muistio/transport/network.hpp"

#include <netdb.h>
#include <openssl/err.h>

#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <cstring>
#include <thread>

#include "internal.hpp"
#include "muistio/base/planted.hpp"

namespace muistio::transport {

namespace websocket = beast::websocket;

namespace {

constexpr auto kEndingMost = std::chrono::seconds(2);
constexpr std::string_view kExporterLabel = "EXPORTER-muistio-auth-1";
constexpr const char* kTarget = "/muistio";
constexpr const char* kSubprotocol = "muistio.1";

using WsStream = websocket::stream<TlsStream>;

/// A WebSocket and its two coroutines.
struct Session {
  explicit Session(std::unique_ptr<TlsStream> stream) : ws(std::move(*stream)) {}
  WsStream ws;
  std::deque<Bytes> queue;
  std::size_t queued_bytes = 0;
  bool writing = false, open = false, closed = false;
  SteadyClock::time_point give_up_at;
};

/// What the thread that looks a name up and the coroutine that waits for it share.
struct Lookup {
  std::vector<asio::ip::tcp::endpoint> found;
  std::string failure;
  std::atomic<bool> done = false;
};

/// getaddrinfo in a thread of its own, left alone when the caller no longer waits: it may take longer than we are willing to.
std::shared_ptr<Lookup> look_up(const std::string& host, std::uint16_t port) {
  auto lookup = std::make_shared<Lookup>();
  error_code not_an_address;
  if (auto address = asio::ip::make_address(host, not_an_address); !not_an_address) {
    lookup->found.emplace_back(address, port);
    lookup->done = true;
    return lookup;
  }
  std::thread([lookup, host, port] {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    if (const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &first); failure != 0) {
      lookup->failure = ::gai_strerror(failure);
    } else {
      for (auto* each = first; each != nullptr; each = each->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (each->ai_addrlen > endpoint.capacity()) continue;
        std::memcpy(endpoint.data(), each->ai_addr, each->ai_addrlen);
        endpoint.resize(each->ai_addrlen);
        endpoint.port(port);
        lookup->found.push_back(endpoint);
      }
      ::freeaddrinfo(first);
    }
    lookup->done = true;
  }).detach();
  return lookup;
}

void end_session(Shared& shared, Session& session, Error error) {
  if (session.closed) return;
  session.closed = true;
  session.open = false;
  session.queue.clear();
  session.queued_bytes = 0;
  error_code ignored;
  beast::get_lowest_layer(session.ws).socket().close(ignored);
  shared.emit(Closed{std::move(error)});
}

asio::awaitable<void> write_frames(std::shared_ptr<Shared> shared, std::shared_ptr<Session> session) {
  while (!session->closed && !session->queue.empty()) {
    auto [error, written] = co_await session->ws.async_write(asio::buffer(session->queue.front()), kAwait);
    if (session->closed) co_return;
    if (error) {
      end_session(*shared, *session, network_error(error, &session->ws.next_layer(), "sending"));
      co_return;
    }
    shared->counts->moved_bytes += written;
    session->queued_bytes -= session->queue.front().size();
    session->queue.pop_front();
  }
  session->writing = false;
}

asio::awaitable<void> run_session(std::shared_ptr<Shared> shared, std::shared_ptr<Session> session) {
  auto& tls = session->ws.next_layer();
  if (auto status = co_await connect(shared, &tls, &session->closed); !status) {
    end_session(*shared, *session, status.error());
    co_return;
  }
  session->ws.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
    request.set(beast::http::field::user_agent, "muistio");
    request.set(beast::http::field::sec_websocket_protocol, kSubprotocol);
  }));
  session->ws.set_option(websocket::stream_base::timeout{
      websocket::stream_base::none(), std::chrono::milliseconds(shared->options.patience.silence_ms), true});
  session->ws.read_message_max(shared->options.frame_bytes_max);
  session->ws.binary(true);
  session->ws.auto_fragment(false);
  const auto& server = shared->options.server;
  const std::string host = server.url().substr(std::strlen("wss://"));
  auto [refused] = co_await session->ws.async_handshake(host, kTarget, kAwait);
  if (session->closed) co_return;
  if (refused) {
    end_session(*shared, *session, network_error(refused, &tls, "opening the WebSocket"));
    co_return;
  }
  Opened opened;
  if (SSL_export_keying_material(tls.native_handle(), opened.tls_exporter.data(), opened.tls_exporter.size(), kExporterLabel.data(),
                                 kExporterLabel.size(), nullptr, 0, 0) != 1) {
    end_session(*shared, *session, {ErrorCode::disconnected, "TLS has no exporter"});
    co_return;
  }
  session->open = true;
  shared->emit(opened);

  for (;;) {
    beast::flat_buffer buffer;
    do {
      auto [error, read] = co_await session->ws.async_read_some(buffer, 64u << 10, kAwait);
      if (session->closed) co_return;
      if (error) {
        auto reason = network_error(error, &tls, "receiving");
        if (error == websocket::error::closed) {
          reason = {ErrorCode::disconnected, "the server closed the connection"};
          const auto said = session->ws.reason().reason;
          if (said.size() > 0) reason.detail += ": " + std::string(said.data(), said.size());
        }
        end_session(*shared, *session, std::move(reason));
        co_return;
      }
      shared->counts->moved_bytes += read;
    } while (!session->ws.is_message_done());
    if (!session->ws.got_binary()) {
      end_session(*shared, *session, {ErrorCode::disconnected, "the server sent text where bytes belong"});
      co_return;
    }
    const auto data = buffer.cdata();
    const auto* bytes = static_cast<const std::uint8_t*>(data.data());
    shared->emit(FrameReceived{Bytes(bytes, bytes + data.size())});
  }
}

asio::awaitable<void> close_session(std::shared_ptr<Shared> shared, std::shared_ptr<Session> session) {
  auto [error] = co_await session->ws.async_close(websocket::close_code::normal, kAwait);
  end_session(*shared, *session, {ErrorCode::disconnected, error ? "closed" : "closed by us"});
}

}  // namespace

Error network_error(const error_code& code, TlsStream* stream, const char* what) {
  if (stream != nullptr && code.category() == asio::error::get_ssl_category()) {
    const auto reason = ERR_GET_REASON(static_cast<unsigned long>(code.value()));
    if (reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION || reason == SSL_R_UNSUPPORTED_PROTOCOL)
      return {ErrorCode::untrusted_server, "it was not looked at: the server does not speak TLS 1.3"};
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
      const long found = SSL_get_verify_result(stream->native_handle());
      return {ErrorCode::untrusted_server, found == X509_V_OK ? "it is for another name" : X509_verify_cert_error_string(found)};
    }
  }
  if (code == beast::websocket::error::message_too_big || code == beast::websocket::error::buffer_overflow)
    return {ErrorCode::too_large, "the server sent a frame beyond the limit"};
  if (code == asio::error::timed_out || code == beast::error::timeout) return {ErrorCode::timed_out, what};
  return {ErrorCode::disconnected, std::string(what) + ": " + code.message()};
}

std::unique_ptr<TlsStream> make_stream(Shared& shared) {
  return std::make_unique<TlsStream>(TcpStream(CountingPolicy(shared.counts), asio::any_io_executor(shared.io.get_executor())),
                                     shared.tls);
}

asio::awaitable<Status> connect(std::shared_ptr<Shared> shared, TlsStream* stream, const bool* is_over) {
  const auto over = [] { return fail(ErrorCode::disconnected, "closed by us"); };
  const auto& server = shared->options.server;
  auto lookup = look_up(server.host, server.port);
  asio::steady_timer timer(shared->io);
  while (!lookup->done && !*is_over) {
    timer.expires_after(std::chrono::milliseconds(5));
    co_await timer.async_wait(kAwait);
  }
  if (*is_over) co_return over();
  if (lookup->found.empty())
    co_return fail(ErrorCode::disconnected, "the server's name was not found" + (lookup->failure.empty() ? "" : ": " + lookup->failure));

  auto& tcp = beast::get_lowest_layer(*stream);
  auto [unreached, endpoint] = co_await tcp.async_connect(lookup->found, kAwait);
  if (*is_over) co_return over();
  if (unreached) co_return fail(network_error(unreached, nullptr, "connecting"));
  error_code ignored;
  tcp.socket().set_option(asio::ip::tcp::no_delay(true), ignored);

  error_code not_an_address;
  asio::ip::make_address(server.host, not_an_address);
  auto name = server.host;
  if (not_an_address && SSL_ctrl(stream->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) != 1)
    co_return fail(ErrorCode::invalid_argument, "the server's name does not fit TLS");
  stream->set_verify_mode(asio::ssl::verify_peer);
  stream->set_verify_callback(asio::ssl::host_name_verification(server.host));
  auto [failed] = co_await stream->async_handshake(asio::ssl::stream_base::client, kAwait);
  if (*is_over) co_return over();
  if (failed) co_return fail(network_error(failed, stream, "the TLS handshake"));
  co_return ok();
}

struct Network::Impl {
  explicit Impl(Options options) : shared(std::make_shared<Shared>(std::move(options))), work(shared->io.get_executor()) {}
  std::shared_ptr<Shared> shared;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::shared_ptr<Session> session;
  std::map<TransferId, std::shared_ptr<TransferState>> transfers;
  TransferId last_transfer = 0;
  std::atomic<bool> woken = false;

  [[nodiscard]] std::chrono::milliseconds progress_limit() const {
    return std::chrono::milliseconds(shared->options.patience.progress_ms);
  }

  SteadyClock::time_point next_deadline(SteadyClock::time_point most) const {
    auto next = most;
    if (session && !session->open && !session->closed) next = std::min(next, session->give_up_at);
    for (const auto& [id, state] : transfers)
      if (!state->ended) next = std::min(next, state->moved_at + progress_limit());
    return next;
  }

  void check_deadlines(SteadyClock::time_point now) {
    if (session && !session->open && !session->closed && now >= session->give_up_at)
      end_session(*shared, *session, {ErrorCode::timed_out, "connecting"});
    for (const auto& [id, state] : transfers)
      if (!state->ended && now >= state->moved_at + progress_limit())
        end_transfer(*shared, *state, fail(ErrorCode::timed_out, "moving an attachment"));
    std::erase_if(transfers, [](const auto& each) { return each.second->ended; });
  }

  TransferId begin(Transfer transfer, bool is_upload) {
    auto state = std::make_shared<TransferState>();
    state->id = ++last_transfer;
    state->transfer = std::move(transfer);
    state->is_upload = is_upload;
    state->moved_at = SteadyClock::now();
    state->stream = make_stream(*shared);
    transfers.emplace(state->id, state);
    asio::co_spawn(shared->io, run_transfer(shared, state), asio::detached);
    return state->id;
  }
};

Network::Network(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

Network::~Network() {
  if (!impl_) return;
  auto& shared = *impl_->shared;
  if (impl_->session) end_session(shared, *impl_->session, {ErrorCode::disconnected, "closed by us"});
  for (auto& [id, state] : impl_->transfers) end_transfer(shared, *state, fail(ErrorCode::disconnected, "closed by us"));
  impl_->session.reset();
  impl_->transfers.clear();
  impl_->work.reset();
  // Lets the coroutines see that they are over, and end: each holds what it uses, this `io` too, so one that is left suspended would
  // never go. Of closed sockets nothing is waited for but, at most, the few milliseconds between two looks at a look-up.
  shared.io.restart();
  shared.io.run_for(kEndingMost);
}

Result<Network> Network::make(Options options) {
  std::shared_ptr<Impl> impl;
  try {
    impl = std::make_shared<Impl>(std::move(options));
    // Asio asks the system for what it waits with when the first socket is made: here, where it may fail.
    const asio::ip::tcp::socket probe(impl->shared->io);
  } catch (const boost::system::system_error& error) {
    return fail(ErrorCode::disconnected, "the network cannot be used: " + error.code().message());
  }
  auto& tls = impl->shared->tls;
  const auto least = MUISTIO_PLANTED("tls") ? TLS1_2_VERSION : TLS1_3_VERSION;
  if (SSL_CTX_set_min_proto_version(tls.native_handle(), least) != 1) return fail(ErrorCode::invalid_state, "no TLS 1.3 here");
  error_code refused;
  if (const auto& pem = impl->shared->options.ca_pem; pem.empty()) {
    tls.set_default_verify_paths(refused);
  } else {
    tls.add_certificate_authority(asio::buffer(pem), refused);
  }
  if (refused) return fail(ErrorCode::invalid_argument, "the certificates are not PEM: " + refused.message());
  return Network(std::move(impl));
}

void Network::open() {
  auto& shared = impl_->shared;
  if (impl_->session && !impl_->session->closed) return;
  impl_->session = std::make_shared<Session>(make_stream(*shared));
  impl_->session->give_up_at = SteadyClock::now() + std::chrono::milliseconds(shared->options.patience.connect_ms);
  asio::co_spawn(shared->io, run_session(shared, impl_->session), asio::detached);
}

void Network::send(Bytes frame) {
  auto& session = impl_->session;
  if (!session || !session->open) return;
  session->queued_bytes += frame.size();
  session->queue.push_back(std::move(frame));
  if (session->writing) return;
  session->writing = true;
  asio::co_spawn(impl_->shared->io, write_frames(impl_->shared, session), asio::detached);
}

std::size_t Network::queued_bytes() const noexcept { return impl_->session ? impl_->session->queued_bytes : 0; }

void Network::close(std::uint32_t most_ms) {
  auto session = impl_->session;
  if (!session || session->closed) return;
  if (!session->open || session->writing) {
    end_session(*impl_->shared, *session, {ErrorCode::disconnected, "closed by us"});
    return;
  }
  session->open = false;
  session->give_up_at = SteadyClock::now() + std::chrono::milliseconds(most_ms);
  asio::co_spawn(impl_->shared->io, close_session(impl_->shared, session), asio::detached);
  while (!session->closed) {
    if (impl_->shared->io.run_one_until(session->give_up_at) == 0 && SteadyClock::now() >= session->give_up_at)
      end_session(*impl_->shared, *session, {ErrorCode::disconnected, "closed by us"});
  }
}

TransferId Network::upload(Transfer transfer) { return impl_->begin(std::move(transfer), true); }
TransferId Network::download(Transfer transfer) { return impl_->begin(std::move(transfer), false); }

std::vector<Event> Network::wait(std::uint32_t most_ms) {
  auto& shared = *impl_->shared;
  const auto until = SteadyClock::now() + std::chrono::milliseconds(most_ms);
  shared.io.poll();
  while (shared.events.empty() && !impl_->woken.exchange(false)) {
    const auto now = SteadyClock::now();
    impl_->check_deadlines(now);
    if (!shared.events.empty() || now >= until) break;
    shared.io.run_one_until(impl_->next_deadline(until));
    shared.io.poll();
  }
  impl_->check_deadlines(SteadyClock::now());
  std::vector<Event> events;
  events.reserve(shared.events.size());
  for (auto& event : shared.events) events.push_back(std::move(event));
  shared.events.clear();
  return events;
}

void Network::wake() noexcept {
  impl_->woken = true;
  asio::post(impl_->shared->io, [] {});
}

Network::Counts Network::counts() const noexcept { return *impl_->shared->counts; }

}  // namespace muistio::transport
