// A WebSocket: one binary message a frame, in both directions.
#include <openssl/ssl.h>

#include <boost/beast/websocket.hpp>

#include "session.hpp"

namespace muistio::server {

namespace websocket = beast::websocket;

namespace {

/// A connection whose frames the engine has not taken in yet is not read above this.
constexpr std::size_t kInFlightBytesMax = 2 * wire::limits::kMiB;
/// The engine wakes for so much that has left.
constexpr std::size_t kSentBytesSoon = 64 * wire::limits::kKiB;
/// How long a connection that was told Goodbye may take to go.
constexpr auto kGoodbyeTime = std::chrono::seconds(5);

/// The name the client dialled, lower case; empty if it sent none or one that is no name.
std::string dialled_name(SSL* ssl) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return {};
  std::string made;
  for (; *name != 0; ++name) {
    const char c = *name >= 'A' && *name <= 'Z' ? static_cast<char>(*name - 'A' + 'a') : *name;
    if (c <= ' ' || c > '~' || made.size() >= wire::limits::server_name_bytes_max) return {};
    made.push_back(c);
  }
  return made;
}

websocket::close_reason reason_for(const wire::Goodbye& goodbye) {
  const auto code = static_cast<ErrorCode>(goodbye.code);
  const auto number = code == ErrorCode::bad_frame || code == ErrorCode::out_of_order ? websocket::close_code::protocol_error
                      : code == ErrorCode::shutting_down                              ? websocket::close_code::going_away
                                                                                      : websocket::close_code::policy_error;
  const auto name = error_name(code);
  return {number, beast::string_view(name.data(), name.size())};
}

}  // namespace

class WebSocketSession final : public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(NetState& net, ConnectionId id, TlsStream stream, std::shared_ptr<AddressHold> hold,
                   std::optional<wire::TlsExporter> binding)
      : net_(net), id_(id), hold_(std::move(hold)), socket_(std::move(stream)), goodbye_timer_(net.io), binding_(binding) {}

  void start(HttpRequest request) {
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = std::chrono::milliseconds(net_.options.handshake_ms_max);
    timeout.idle_timeout = std::chrono::milliseconds(net_.options.idle_ms_max);
    timeout.keep_alive_pings = true;
    socket_.set_option(timeout);
    socket_.set_option(websocket::stream_base::decorator(binding_ ? decorate_web : decorate));
    socket_.read_message_max(wire::limits::frame_bytes_max);
    socket_.auto_fragment(false);
    socket_.binary(true);
    auto kept = std::make_shared<HttpRequest>(std::move(request));
    socket_.async_accept(*kept, [self = shared_from_this(), kept](error_code error) { self->on_accept(error); });
  }

  void send(const Output& output) {
    if (closing_) return;
    if (output.frame) queue_.push_back(output.frame);
    if (output.close) {
      closing_ = true;
      if (auto frame = output.frame ? wire::decode_server_frame(*output.frame) : fail(ErrorCode::malformed))
        if (const auto* goodbye = std::get_if<wire::Goodbye>(&frame->message)) goodbye_ = *goodbye;
      goodbye_timer_.expires_after(kGoodbyeTime);
      goodbye_timer_.async_wait([self = shared_from_this()](error_code error) {
        if (!error) self->abort();
      });
    }
    write_next();
  }

  void consumed(std::size_t bytes) {
    in_flight_ -= std::min(in_flight_, bytes);
    if (paused_ && in_flight_ < kInFlightBytesMax) {
      paused_ = false;
      read_next();
    }
  }

  void abort() {
    beast::get_lowest_layer(socket_).close();
    end();
  }

 private:
  static void decorate_with(websocket::response_type& response, std::string_view subprotocol) {
    response.set(http::field::server, "muistiod");
    response.set(http::field::sec_websocket_protocol, beast::string_view(subprotocol.data(), subprotocol.size()));
  }
  static void decorate(websocket::response_type& response) { decorate_with(response, wire::websocket_subprotocol); }
  static void decorate_web(websocket::response_type& response) { decorate_with(response, wire::websocket_subprotocol_web); }

  void on_accept(error_code error) {
    if (error) return end();
    auto* ssl = beast::get_lowest_layer(socket_).ssl();
    wire::TlsExporter exporter = binding_.value_or(wire::TlsExporter());
    auto& out = exporter.mutable_array();
    if (!binding_ &&
        SSL_export_keying_material(ssl, out.data(), out.size(), wire::tls_exporter_label.data(), wire::tls_exporter_label.size(),
                                   nullptr, 0, 0) != 1)
      return abort();
    auto name = dialled_name(ssl);
    if (name.empty()) name = net_.options.server_name;
    open_ = true;
    net_.engine->opened(id_, exporter, std::move(name));
    read_next();
  }

  void read_next() {
    socket_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
  }
  void on_read(error_code error) {
    if (error) {
      if (error == websocket::error::message_too_big)
        net_.tell("message_too_big");
      else if (error.category() == websocket::make_error_code(websocket::error::bad_opcode).category() &&
               error != websocket::error::closed)
        net_.tell("bad_websocket");
      return end();
    }
    if (!socket_.got_binary()) net_.tell("text_message");
    if (!socket_.got_binary()) return close({websocket::close_code::unknown_data, "binary messages only"});
    const auto* data = static_cast<const std::uint8_t*>(buffer_.cdata().data());
    Bytes frame(data, data + buffer_.size());
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > 4096) buffer_.shrink_to_fit();
    in_flight_ += frame.size();
    net_.engine->received(id_, std::move(frame));
    if (in_flight_ >= kInFlightBytesMax)
      paused_ = true;
    else
      read_next();
  }

  void write_next() {
    if (writing_ || ended_) return;
    if (queue_.empty()) {
      if (closing_) close(goodbye_ ? reason_for(*goodbye_) : websocket::close_reason(websocket::close_code::policy_error));
      return;
    }
    writing_ = true;
    const auto& frame = *queue_.front();
    socket_.async_write(asio::buffer(frame.data(), frame.size()),
                        [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); });
  }
  void on_written(error_code error) {
    writing_ = false;
    if (error) return end();
    sent_ += queue_.front()->size();
    queue_.pop_front();
    if (queue_.empty() || sent_ >= kSentBytesSoon) {
      const bool soon = sent_ >= kSentBytesSoon;
      net_.engine->sent(id_, std::exchange(sent_, 0), soon);
    }
    write_next();
  }

  void close(websocket::close_reason reason) {
    if (ended_ || close_sent_) return;
    close_sent_ = true;
    socket_.async_close(reason, [self = shared_from_this()](error_code) { self->abort(); });
  }

  void end() {
    if (std::exchange(ended_, true)) return;
    goodbye_timer_.cancel();
    if (open_) net_.engine->closed(id_);
    asio::post(net_.io, [&net = net_, id = id_] { net.websockets.erase(id); });
  }

  NetState& net_;
  ConnectionId id_;
  std::shared_ptr<AddressHold> hold_;
  websocket::stream<TlsStream, false> socket_;  // no compression: what passes is sealed
  beast::flat_buffer buffer_;
  std::deque<SharedFrame> queue_;
  asio::steady_timer goodbye_timer_;
  std::optional<wire::Goodbye> goodbye_;
  std::optional<wire::TlsExporter> binding_;
  std::size_t in_flight_ = 0;
  std::size_t sent_ = 0;
  bool open_ = false, writing_ = false, paused_ = false, closing_ = false, close_sent_ = false, ended_ = false;
};

void start_websocket(NetState& net, TlsStream stream, HttpRequest request, std::shared_ptr<AddressHold> hold,
                     std::optional<wire::TlsExporter> binding) {
  const ConnectionId id(++net.last_connection);
  auto session = std::make_shared<WebSocketSession>(net, id, std::move(stream), std::move(hold), binding);
  net.websockets.emplace(id, session);
  session->start(std::move(request));
}

void deliver_output(NetState& net, const Output& output) {
  if (const auto found = net.websockets.find(output.connection); found != net.websockets.end()) found->second->send(output);
}

void deliver_consumed(NetState& net, ConnectionId connection, std::size_t bytes) {
  if (const auto found = net.websockets.find(connection); found != net.websockets.end()) found->second->consumed(bytes);
}

void abort_websockets(NetState& net) {
  const auto sessions = net.websockets;
  for (const auto& [id, session] : sessions) session->abort();
}

}  // namespace muistio::server
