// What one TCP connection becomes: HTTP requests, or a WebSocket. Private to net; everything here runs on the network thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "engine_thread.hpp"
#include "muistio/server/net.hpp"
#include "tls_stream.hpp"

namespace muistio::server {

namespace beast = boost::beast;
namespace http = beast::http;

class HttpSession;
class WebSocketSession;

/// What all sessions share.
struct NetState {
  NetState(NetOptions options_given, AttachmentStore& attachments_given, TicketBook& tickets_given, Clock& clock_given)
      : options(std::move(options_given)), attachments(attachments_given), tickets(tickets_given), clock(clock_given) {}
  NetOptions options;
  AttachmentStore& attachments;
  TicketBook& tickets;
  Clock& clock;
  SSL_CTX* tls = nullptr;
  EngineThread* engine = nullptr;
  std::unordered_map<ConnectionId, std::shared_ptr<WebSocketSession>> websockets;
  std::set<HttpSession*> http_sessions;
  std::map<std::pair<SpaceId, AttachmentId>, std::weak_ptr<HttpSession>> uploads;
  std::uint64_t last_connection = 0;
  /// Connections by address: see address_key.
  std::map<std::string, std::size_t> addresses;
  // Last, so that they go first: what waits in them holds sessions, which name themselves in the lists above.
  asio::io_context io{1};
  asio::thread_pool files{1};

  void tell(std::string_view event) const {
    if (options.on_event) options.on_event(event);
  }
  [[nodiscard]] std::size_t connection_count() const noexcept { return websockets.size() + http_sessions.size(); }
};

/// What connections are counted by: the IPv4 address, or the first half of the IPv6 address.
[[nodiscard]] std::string address_key(const asio::ip::address& address);

/// One connection's place among those of its address, given back when it goes.
class AddressHold {
 public:
  /// Null if the address has too many.
  [[nodiscard]] static std::shared_ptr<AddressHold> take(NetState& net, const asio::ip::address& address);
  AddressHold(NetState& net, std::string key) : net_(net), key_(std::move(key)) {}
  ~AddressHold();
  AddressHold(const AddressHold&) = delete;
  AddressHold& operator=(const AddressHold&) = delete;

 private:
  NetState& net_;
  std::string key_;
};

using HttpRequest = http::request<http::buffer_body>;

/// TLS handshake, then requests one after another until one of them is a WebSocket's.
class HttpSession final : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(NetState& net, asio::ip::tcp::socket socket);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void start();
  /// Ends it at once.
  void abort();

 private:
  using Parser = http::request_parser<http::buffer_body>;
  using Response = http::response<http::string_body>;

  void read_proxy_line();
  void handshake();
  void read_header();
  void on_header(error_code error);
  void upgrade();
  void handle();
  void handle_attachment(std::string_view path);
  void send_file(const WebFile& file);
  /// Whether the request comes from a page that may use the server, of a host that is this one.
  [[nodiscard]] bool is_from_our_page() const;
  template <class Message>
  void let_page_read(Message& response) const;
  void begin_upload(const TicketGrant& grant);
  void read_body();
  void write_body(std::size_t count);
  void finish_upload();
  void begin_download(const TicketGrant& grant);
  void send_piece();
  void report_held(const TicketGrant& grant);
  void respond(http::status status, std::string text, bool keep = true);
  void respond_held(http::status status, std::uint64_t held, bool keep = true);
  void respond_failure(const Error& error);
  void send(Response response);
  Response make(http::status status, std::string text);
  void patience(std::uint32_t ms);
  void watch();
  /// Runs `work` on the thread for files and `then(result)` back here.
  template <class Work, class Then>
  void on_files(Work work, Then then) {
    asio::post(net_.files, [self = shared_from_this(), work = std::move(work), then = std::move(then)]() mutable {
      auto result = work();
      // All that holds the session goes back with it: it must end on the network thread.
      auto& io = self->net_.io;
      asio::post(io, [self = std::move(self), work = std::move(work), then = std::move(then),
                      result = std::move(result)]() mutable { then(std::move(result)); });
    });
  }

  NetState& net_;
  TlsStream stream_;
  asio::steady_timer timer_;
  std::chrono::steady_clock::time_point deadline_;
  std::shared_ptr<AddressHold> hold_;
  std::string proxy_line_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::vector<char> piece_;
  std::unique_ptr<Upload> upload_;
  std::uint64_t upload_held_ = 0;
  std::pair<SpaceId, AttachmentId> uploading_;
  bool is_uploading_ = false;
  std::unique_ptr<Download> download_;
  std::uint64_t download_at_ = 0, download_end_ = 0;
  bool keep_alive_ = false;
  bool aborted_ = false;
};

/// Makes a WebSocket of the stream and hands its frames to the engine. `binding` is a page's, in place of the exporter.
void start_websocket(NetState& net, TlsStream stream, HttpRequest request, std::shared_ptr<AddressHold> hold,
                     std::optional<wire::TlsExporter> binding);
/// What the engine wants of a connection.
void deliver_output(NetState& net, const Output& output);
void deliver_consumed(NetState& net, ConnectionId connection, std::size_t bytes);
/// Ends every WebSocket at once.
void abort_websockets(NetState& net);

}  // namespace muistio::server
