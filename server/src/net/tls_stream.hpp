// A TLS server stream over a non-blocking socket, for Beast. Unlike asio::ssl::stream it holds no buffers of its own: an idle
// connection costs what OpenSSL keeps after SSL_MODE_RELEASE_BUFFERS (D15). Single-threaded: only on its io_context's one thread.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <memory>

namespace muistio::server {

namespace asio = boost::asio;
using boost::system::error_code;

class TlsStream {
 public:
  using executor_type = asio::ip::tcp::socket::executor_type;

  TlsStream(asio::ip::tcp::socket socket, SSL_CTX* context) : socket_(std::move(socket)), ssl_(SSL_new(context)) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    if (ssl_ != nullptr) {
      SSL_set_fd(ssl_.get(), socket_.native_handle());
      SSL_set_accept_state(ssl_.get());
    }
  }
  TlsStream(TlsStream&&) = default;
  TlsStream& operator=(TlsStream&&) = default;

  [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }
  [[nodiscard]] asio::ip::tcp::socket& socket() noexcept { return socket_; }
  [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }

  /// The TLS handshake; handler(error_code).
  template <class Handler>
  auto async_handshake(Handler&& handler) {
    return asio::async_compose<Handler, void(error_code)>(
        [this, posted = false](auto& self, error_code error = {}) mutable {
          if (error) return self.complete(error);
          const auto outcome = attempt([](SSL* ssl) { return SSL_do_handshake(ssl); });
          if (outcome.wait != Wait::none) {
            posted = true;
            return wait(outcome.wait, std::move(self));
          }
          if (!posted) {
            posted = true;
            if (!outcome.error) return asio::post(get_executor(), std::move(self));
          }
          self.complete(outcome.error);
        },
        handler, socket_);
  }

  /// Beast's AsyncReadStream; handler(error_code, size_t).
  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_compose<Handler, void(error_code, std::size_t)>(ReadOperation<Buffers>{*this, buffers}, handler, socket_);
  }
  /// Beast's AsyncWriteStream; handler(error_code, size_t).
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_compose<Handler, void(error_code, std::size_t)>(WriteOperation<Buffers>{*this, buffers}, handler, socket_);
  }

  /// Says to the other end that nothing more comes, as far as the socket takes it at once, and closes.
  void close() {
    if (!socket_.is_open()) return;
    if (SSL_is_init_finished(ssl_.get()) == 1) {
      ERR_clear_error();
      SSL_shutdown(ssl_.get());
    }
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    socket_.close(ignored);
  }

 private:
  enum class Wait { none, read, write };
  struct Outcome {
    std::size_t count = 0;
    error_code error;
    Wait wait = Wait::none;
  };
  struct FreeSsl {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  };

  template <class Call>
  Outcome attempt(Call call) {
    if (!socket_.is_open()) return {0, asio::error::operation_aborted, Wait::none};
    ERR_clear_error();
    const int result = call(ssl_.get());
    if (result > 0) return {static_cast<std::size_t>(result), {}, Wait::none};
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return {0, {}, Wait::read};
      case SSL_ERROR_WANT_WRITE:
        return {0, {}, Wait::write};
      case SSL_ERROR_ZERO_RETURN:
        return {0, asio::error::eof, Wait::none};
      default:
        return {0, asio::error::connection_reset, Wait::none};
    }
  }
  template <class Self>
  void wait(Wait what, Self&& self) {
    socket_.async_wait(what == Wait::read ? asio::socket_base::wait_read : asio::socket_base::wait_write, std::forward<Self>(self));
  }

  /// Completes never within the call that began it: a first success is posted.
  template <class Self>
  void finish(Self& self, bool& resumed, Outcome& done, const Outcome& outcome) {
    if (outcome.wait != Wait::none) {
      resumed = true;
      return wait(outcome.wait, std::move(self));
    }
    if (resumed) return self.complete(outcome.error, outcome.count);
    resumed = true;
    done = outcome;
    done.wait = Wait::write;  // marks that `done` holds the result
    asio::post(get_executor(), std::move(self));
  }

  template <class Buffers>
  struct ReadOperation {
    TlsStream& stream;
    Buffers buffers;
    bool resumed = false;
    Outcome done{};

    template <class Self>
    void operator()(Self& self, error_code error = {}) {
      if (done.wait != Wait::none) return self.complete(done.error, done.count);
      if (error) return self.complete(error, 0);
      const auto first = first_buffer<asio::mutable_buffer>(buffers);
      if (first.size() == 0) return stream.finish(self, resumed, done, {});
      const auto most = static_cast<int>(std::min<std::size_t>(first.size(), 1u << 30));
      stream.finish(self, resumed, done, stream.attempt([&](SSL* ssl) { return SSL_read(ssl, first.data(), most); }));
    }
  };

  template <class Buffers>
  struct WriteOperation {
    TlsStream& stream;
    Buffers buffers;
    bool resumed = false;
    Outcome done{};

    template <class Self>
    void operator()(Self& self, error_code error = {}) {
      if (done.wait != Wait::none) return self.complete(done.error, done.count);
      if (error) return self.complete(error, 0);
      // A frame's header and body leave in one TLS record: several buffers are gathered first. The same bytes are gathered at a
      // retry.
      static thread_local std::array<char, 16384> gathered;
      auto first = first_buffer<asio::const_buffer>(buffers);
      if (asio::buffer_size(buffers) > first.size() && first.size() < gathered.size())
        first = asio::const_buffer(gathered.data(), asio::buffer_copy(asio::buffer(gathered), buffers));
      if (first.size() == 0) return stream.finish(self, resumed, done, {});
      const auto most = static_cast<int>(std::min<std::size_t>(first.size(), 1u << 30));
      stream.finish(self, resumed, done, stream.attempt([&](SSL* ssl) { return SSL_write(ssl, first.data(), most); }));
    }
  };

  template <class Buffer, class Buffers>
  static Buffer first_buffer(const Buffers& buffers) {
    for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it)
      if (Buffer buffer(*it); buffer.size() > 0) return buffer;
    return {};
  }

  asio::ip::tcp::socket socket_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

// What Beast's websocket asks of a stream that is not one of its own.
inline void teardown(boost::beast::role_type, TlsStream& stream, error_code& error) {
  stream.close();
  error = {};
}
template <class Handler>
void async_teardown(boost::beast::role_type, TlsStream& stream, Handler&& handler) {
  stream.close();
  asio::post(stream.get_executor(), boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}
inline void beast_close_socket(TlsStream& stream) { stream.close(); }

}  // namespace muistio::server
