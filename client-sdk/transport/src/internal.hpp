// What the files of the transport share: the stream types, connecting, and the state behind a Network. Includes Asio: private.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <deque>
#include <limits>
#include <map>
#include <memory>

#include "muistio/transport/network.hpp"

namespace muistio::transport {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

/// Completions as tuples (error_code, values…): no exceptions in the coroutines.
inline constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// Counts the bytes of a socket; limits nothing.
class CountingPolicy {
 public:
  explicit CountingPolicy(std::shared_ptr<Network::Counts> counts) : counts_(std::move(counts)) {}

 private:
  friend class beast::rate_policy_access;
  std::size_t available_read_bytes() const noexcept { return std::numeric_limits<std::size_t>::max(); }
  std::size_t available_write_bytes() const noexcept { return std::numeric_limits<std::size_t>::max(); }
  void transfer_read_bytes(std::size_t count) noexcept { counts_->down_bytes += count; }
  void transfer_write_bytes(std::size_t count) noexcept { counts_->up_bytes += count; }
  void on_timer() noexcept {}
  std::shared_ptr<Network::Counts> counts_;
};

using TcpStream = beast::basic_stream<asio::ip::tcp, asio::any_io_executor, CountingPolicy>;
using TlsStream = beast::ssl_stream<TcpStream>;

/// What every coroutine of a Network shares; it lives as long as the last of them.
struct Shared {
  explicit Shared(Options given) : options(std::move(given)), tls(asio::ssl::context::tls_client) {}
  Options options;
  asio::ssl::context tls;
  asio::io_context io{1};
  std::shared_ptr<Network::Counts> counts = std::make_shared<Network::Counts>();
  std::deque<Event> events;

  void emit(Event event) { events.push_back(std::move(event)); }
};

/// A transfer under way. `ended` is set once, with the event.
struct TransferState {
  TransferId id = 0;
  Transfer transfer;
  bool is_upload = false;
  bool ended = false;
  SteadyClock::time_point moved_at;
  std::unique_ptr<TlsStream> stream;
};

/// The Error for what Asio or OpenSSL reported while doing `what`.
[[nodiscard]] Error network_error(const error_code& code, TlsStream* stream, const char* what);

/// A stream that is not connected yet.
[[nodiscard]] std::unique_ptr<TlsStream> make_stream(Shared& shared);

/// Connects and does the TLS handshake: name, certificate and TLS 1.3 are checked. `is_over` (a session that was closed, a transfer that
/// was ended) is looked at before each step: closing a socket stops the step under way, and must not let the next one open it again.
asio::awaitable<Status> connect(std::shared_ptr<Shared> shared, TlsStream* stream, const bool* is_over);

/// Runs the whole transfer and emits its end.
asio::awaitable<void> run_transfer(std::shared_ptr<Shared> shared, std::shared_ptr<TransferState> state);

/// `MUISTIO_CO_CHECK(co_await f());` goes on if the Status is a success, else ends the coroutine with its failure.
#define MUISTIO_CO_CHECK(...)                                                               \
  do {                                                                                      \
    if (auto status_ = (__VA_ARGS__); !status_) co_return ::muistio::fail(std::move(status_).error()); \
  } while (false)

/// Ends a transfer from outside: closes its socket and emits `error`, unless it has ended.
void end_transfer(Shared& shared, TransferState& state, Status result);

}  // namespace muistio::transport
