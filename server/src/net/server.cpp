// Listening, stopping, and the two threads beside this one.
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "muistio/server/net.hpp"
#include "session.hpp"

namespace muistio::server {

namespace {

constexpr auto kAcceptPause = std::chrono::milliseconds(100);
constexpr auto kStopTime = std::chrono::seconds(2);
constexpr auto kStopLook = std::chrono::milliseconds(20);

struct FreeContext {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};

Result<std::unique_ptr<SSL_CTX, FreeContext>> make_tls(const NetOptions& options) {
  std::unique_ptr<SSL_CTX, FreeContext> made(SSL_CTX_new(TLS_server_method()));
  auto* context = made.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1)
    return fail(ErrorCode::io_failed, "OpenSSL has no TLS 1.3");
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_pem_file.c_str()) != 1)
    return fail(ErrorCode::invalid_argument, "the certificate file cannot be used");
  if (SSL_CTX_use_PrivateKey_file(context, options.key_pem_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1)
    return fail(ErrorCode::invalid_argument, "the key file cannot be used or does not fit the certificate");
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Every connection proves itself anew: nothing of TLS is resumed, no early data.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  return made;
}

class NetServerOnAsio final : public NetServer {
 public:
  NetServerOnAsio(NetOptions options, Engine& engine, AttachmentStore& attachments, TicketBook& tickets, Clock& clock)
      : net_(std::move(options), attachments, tickets, clock),
        acceptor_(net_.io),
        signals_(net_.io),
        timer_(net_.io),
        engine_thread_(engine, [this](Delivery delivery) { deliver(std::move(delivery)); }) {
    net_.engine = &engine_thread_;
  }
  ~NetServerOnAsio() override {
    abort_websockets(net_);
    net_.files.join();
    net_.io.restart();
    net_.io.poll();
    net_.websockets.clear();
  }

  Status set_up() {
    MUISTIO_TRY(tls_, make_tls(net_.options));
    net_.tls = tls_.get();
    error_code error;
    const auto address = asio::ip::make_address(net_.options.address, error);
    if (error) return fail(ErrorCode::invalid_argument, "the address to listen on is not one");
    const asio::ip::tcp::endpoint endpoint(address, net_.options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(ErrorCode::io_failed, "listening: " + error.message());
    signals_.add(SIGTERM, error);
    signals_.add(SIGINT, error);
    signals_.add(SIGHUP, error);
    // A peer that has gone is an error of the write, not of the process.
    std::signal(SIGPIPE, SIG_IGN);
    return ok();
  }

  [[nodiscard]] std::string listening_on() const override {
    error_code ignored;
    const auto endpoint = acceptor_.local_endpoint(ignored);
    const auto address = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
  }

  void post(std::function<void()> work) override { engine_thread_.post(std::move(work)); }

  void run() override {
    await_signal();
    accept();
    net_.io.run();
  }

 private:
  void await_signal() {
    signals_.async_wait([this](error_code error, int signal) {
      if (error) return;
      if (signal != SIGHUP) return stop();
      reload();
      await_signal();
    });
  }
  /// Connections that stand keep what they began with.
  void reload() {
    auto made = make_tls(net_.options);
    if (!made) return net_.tell("certificate_unusable");
    tls_ = std::move(*made);
    net_.tls = tls_.get();
    net_.tell("certificate_reloaded");
  }
  void accept() {
    acceptor_.async_accept([this](error_code error, asio::ip::tcp::socket socket) { on_accept(error, std::move(socket)); });
  }
  void on_accept(error_code error, asio::ip::tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (error) {  // out of descriptors, for one: what is open goes on
      timer_.expires_after(kAcceptPause);
      timer_.async_wait([this](error_code cancelled) {
        if (!cancelled) accept();
      });
      return;
    }
    if (net_.connection_count() < net_.options.connections_max) {
      error_code ignored;
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      std::make_shared<HttpSession>(net_, std::move(socket))->start();
    } else {
      net_.tell("too_many_connections");
    }
    accept();
  }

  /// On the engine's thread.
  void deliver(Delivery delivery) {
    asio::post(net_.io, [this, kept = std::move(delivery)] {
      for (const auto& output : kept.outputs) deliver_output(net_, output);
      for (const auto& [connection, bytes] : kept.consumed) deliver_consumed(net_, connection, bytes);
    });
  }

  void stop() {
    error_code ignored;
    acceptor_.close(ignored);
    for (auto* session : std::set<HttpSession*>(net_.http_sessions)) session->abort();
    engine_thread_.shut_down();
    stop_at_ = std::chrono::steady_clock::now() + kStopTime;
    wait_to_stop();
  }
  void wait_to_stop() {
    if (net_.websockets.empty() || std::chrono::steady_clock::now() >= stop_at_) return net_.io.stop();
    timer_.expires_after(kStopLook);
    timer_.async_wait([this](error_code error) {
      if (!error) wait_to_stop();
    });
  }

  std::unique_ptr<SSL_CTX, FreeContext> tls_;
  NetState net_;
  asio::ip::tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer timer_;
  std::chrono::steady_clock::time_point stop_at_;
  EngineThread engine_thread_;  // last: it stops before anything that it delivers to goes
};

}  // namespace

Result<std::unique_ptr<NetServer>> NetServer::make(NetOptions options, Engine& engine, AttachmentStore& attachments,
                                                   TicketBook& tickets, Clock& clock) {
  auto made = std::make_unique<NetServerOnAsio>(std::move(options), engine, attachments, tickets, clock);
  MUISTIO_CHECK(made->set_up());
  return std::unique_ptr<NetServer>(std::move(made));
}

}  // namespace muistio::server
