// HTTP on the same port: attachments with tickets, health, and the way to a WebSocket.
#include <openssl/x509v3.h>

#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>

#include "../protocol/http_fields.hpp"
#include "session.hpp"

namespace muistio::server {

namespace {

constexpr std::size_t kPieceBytes = 64 * wire::limits::kKiB;
constexpr std::uint32_t kHeaderBytesMax = 8 * 1024;
constexpr std::size_t kProxyLineMax = 107;
constexpr std::string_view kAttachments = "/attachments/";
constexpr std::string_view kWebSocketPath = "/muistio";

std::string_view text(beast::string_view view) { return {view.data(), view.size()}; }

/// Whether our certificate is for the name in `host` (HOST[:PORT]): a page that dialled another name is not at its server.
bool is_our_name(SSL* ssl, std::string_view host) {
  if (ssl == nullptr || host.empty() || host.size() > wire::limits::server_name_bytes_max) return false;
  std::string name(host.substr(0, host.front() == '[' ? host.find(']') + 1 : host.find(':')));
  if (name.empty()) return false;
  auto* certificate = SSL_get_certificate(ssl);
  if (certificate == nullptr) return false;
  if (name.front() == '[') return X509_check_ip_asc(certificate, name.substr(1, name.size() - 2).c_str(), 0) == 1;
  return X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1 ||
         X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
}

}  // namespace

std::string address_key(const asio::ip::address& address) {
  if (address.is_v4() || address.to_v6().is_v4_mapped()) {
    const auto bytes =
        (address.is_v4() ? address.to_v4() : asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6())).to_bytes();
    return {bytes.begin(), bytes.end()};
  }
  const auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.begin() + 8};
}

std::shared_ptr<AddressHold> AddressHold::take(NetState& net, const asio::ip::address& address) {
  auto key = address_key(address);
  auto& count = net.addresses[key];
  if (count >= net.options.connections_per_address_max) return nullptr;
  ++count;
  return std::make_shared<AddressHold>(net, std::move(key));
}
AddressHold::~AddressHold() {
  const auto found = net_.addresses.find(key_);
  if (found != net_.addresses.end() && --found->second == 0) net_.addresses.erase(found);
}

HttpSession::HttpSession(NetState& net, asio::ip::tcp::socket socket)
    : net_(net), stream_(std::move(socket), net.tls), timer_(net.io), buffer_(kHeaderBytesMax + kPieceBytes) {
  net_.http_sessions.insert(this);
}
HttpSession::~HttpSession() {
  net_.http_sessions.erase(this);
  if (is_uploading_) {
    const auto found = net_.uploads.find(uploading_);
    if (found != net_.uploads.end() && found->second.expired()) net_.uploads.erase(found);
  }
}

void HttpSession::start() {
  if (stream_.ssl() == nullptr) return;
  patience(net_.options.handshake_ms_max);
  watch();
  if (net_.options.proxy_protocol) return read_proxy_line();
  error_code error;
  const auto endpoint = stream_.socket().remote_endpoint(error);
  if (error) return abort();
  hold_ = AddressHold::take(net_, endpoint.address());
  if (!hold_) {
    net_.tell("too_many_from_address");
    return abort();
  }
  handshake();
}

/// Byte by byte, since what follows the line is TLS.
void HttpSession::read_proxy_line() {
  stream_.socket().async_wait(asio::socket_base::wait_read, [self = shared_from_this()](error_code error) {
    if (error || self->aborted_) return self->abort();
    auto& line = self->proxy_line_;
    for (char byte = 0; line.size() <= kProxyLineMax;) {
      error_code failed;
      const auto count = self->stream_.socket().read_some(asio::buffer(&byte, 1), failed);
      if (failed == asio::error::would_block) return self->read_proxy_line();
      if (failed || count != 1) return self->abort();
      if (byte != '\n') {
        line.push_back(byte);
        continue;
      }
      if (!line.empty() && line.back() == '\r') line.pop_back();
      const auto named = proxied_address(line);
      error_code wrong;
      const auto address = named && !named->empty() ? asio::ip::make_address(*named, wrong) : asio::ip::address();
      if (!named || wrong) break;
      self->hold_ = AddressHold::take(self->net_, address);
      if (!self->hold_) {
        self->net_.tell("too_many_from_address");
        return self->abort();
      }
      return self->handshake();
    }
    self->net_.tell("bad_proxy_line");
    self->abort();
  });
}

void HttpSession::handshake() {
  stream_.async_handshake([self = shared_from_this()](error_code error) {
    if (error) {
      if (!self->aborted_) self->net_.tell("tls_failed");
      return self->abort();
    }
    self->read_header();
  });
}

void HttpSession::abort() {
  aborted_ = true;
  timer_.cancel();
  stream_.close();
}

void HttpSession::patience(std::uint32_t ms) { deadline_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms); }

void HttpSession::watch() {
  timer_.expires_at(deadline_);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (!self || error || self->aborted_) return;
    if (std::chrono::steady_clock::now() >= self->deadline_) {
      self->net_.tell("timed_out");
      return self->abort();
    }
    self->watch();
  });
}

void HttpSession::read_header() {
  parser_.emplace();
  parser_->header_limit(kHeaderBytesMax);
  parser_->body_limit(wire::limits::attachment_bytes_max);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](error_code error, std::size_t) { self->on_header(error); });
}

void HttpSession::on_header(error_code error) {
  if (aborted_) return;
  patience(net_.options.http_idle_ms_max);
  if (error == http::error::header_limit)
    return respond(http::status::request_header_fields_too_large, "the header is too large\n", false);
  if (error == http::error::body_limit) return respond(http::status::payload_too_large, "the body is too large\n", false);
  if (error && error.category() == http::make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message)
    return respond(http::status::bad_request, "this is not HTTP as it should be\n", false);
  if (error) return abort();
  keep_alive_ = parser_->keep_alive();
  if (beast::websocket::is_upgrade(parser_->get())) return upgrade();
  handle();
}

void HttpSession::upgrade() {
  const auto& request = parser_->get();
  if (text(request.target()) != kWebSocketPath) return respond(http::status::not_found, "the WebSocket is at /muistio\n", false);
  const auto subprotocol = our_protocol(text(request[http::field::sec_websocket_protocol]));
  if (subprotocol == Subprotocol::none)
    return respond(http::status::bad_request, "the subprotocol must be muistio.1 or muistio.1.web\n", false);
  std::optional<wire::TlsExporter> binding;
  if (subprotocol == Subprotocol::web) {
    if (!is_from_our_page()) return respond(http::status::forbidden, "this page may not use the server\n", false);
    binding = wire::web_binding(text(request[http::field::host]), text(request[http::field::origin]));
  }
  if (buffer_.size() != 0) return respond(http::status::bad_request, "nothing may come before the WebSocket is open\n", false);
  timer_.cancel();
  aborted_ = true;  // the stream is not ours any more
  start_websocket(net_, std::move(stream_), parser_->release(), std::move(hold_), binding);
}

void HttpSession::handle() {
  const auto& request = parser_->get();
  const auto path = text(request.target());
  if (path == "/healthz") {
    if (request.method() != http::verb::get && request.method() != http::verb::head)
      return respond(http::status::method_not_allowed, "GET or HEAD\n", false);
    return respond(http::status::ok, "ok\n", parser_->is_done());
  }
  if (path.substr(0, kAttachments.size()) == kAttachments) return handle_attachment(path.substr(kAttachments.size()));
  if (const auto* file = net_.options.web.files.find(path)) {
    if (request.method() != http::verb::get && request.method() != http::verb::head)
      return respond(http::status::method_not_allowed, "GET or HEAD\n", false);
    return send_file(*file);
  }
  respond(http::status::not_found, "there is nothing here\n", false);
}

bool HttpSession::is_from_our_page() const {
  const auto& request = parser_->get();
  const auto host = text(request[http::field::host]);
  return net_.options.web.allows(text(request[http::field::origin]), host) && is_our_name(stream_.ssl(), host);
}

template <class Message>
void HttpSession::let_page_read(Message& response) const {
  if (!parser_ || !parser_->is_header_done() || !is_from_our_page()) return;
  response.set(http::field::access_control_allow_origin, parser_->get()[http::field::origin]);
  response.set(http::field::access_control_expose_headers, "Upload-Offset, Content-Range");
  response.set(http::field::vary, "Origin");
}

void HttpSession::send_file(const WebFile& file) {
  const auto& request = parser_->get();
  const bool known = text(request[http::field::if_none_match]) == file.tag;
  const bool gzipped = !file.gzipped.empty() && text(request[http::field::accept_encoding]).find("gzip") != std::string_view::npos;
  auto response = make(known ? http::status::not_modified : http::status::ok, known ? "" : gzipped ? file.gzipped : file.body);
  const auto set = [&response](http::field field, std::string_view value) {
    response.set(field, beast::string_view(value.data(), value.size()));
  };
  set(http::field::content_type, file.media_type);
  if (gzipped && !known) set(http::field::content_encoding, "gzip");
  set(http::field::vary, response.count(http::field::vary) > 0 ? "Origin, Accept-Encoding" : "Accept-Encoding");
  set(http::field::etag, file.tag);
  set(http::field::cache_control, "no-cache");
  response.set("Content-Security-Policy", web_policy(text(request[http::field::host])));
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cross-Origin-Opener-Policy", "same-origin");
  send(std::move(response));
}

void HttpSession::handle_attachment(std::string_view path) {
  const auto& request = parser_->get();
  const auto place = attachment_path(path);
  if (!place) return respond(http::status::not_found, "an attachment is /attachments/SPACE/ID\n", false);
  if (request.method() == http::verb::options) {  // a page of another origin asks first
    auto response = make(is_from_our_page() ? http::status::no_content : http::status::forbidden, "");
    let_page_read(response);
    response.set(http::field::access_control_allow_methods, "GET, HEAD, PUT");
    response.set(http::field::access_control_allow_headers, "Authorization, Content-Range, Content-Type, Range");
    response.set(http::field::access_control_max_age, "600");
    return send(std::move(response));
  }
  const auto token = bearer_ticket(text(request[http::field::authorization]));
  const auto grant = token ? net_.tickets.find(*token, net_.clock.wall()) : std::nullopt;
  if (!grant) return respond(http::status::unauthorized, "a ticket is needed\n", false);
  const bool writes = grant->mode == wire::TicketMode::write;
  if (grant->space != place->space || grant->attachment != place->attachment)
    return respond(http::status::forbidden, "the ticket is for another attachment\n", false);
  switch (request.method()) {
    case http::verb::head:
      return report_held(*grant);
    case http::verb::get:
      if (writes) return respond(http::status::forbidden, "the ticket is for writing\n", false);
      return begin_download(*grant);
    case http::verb::put:
      if (!writes) return respond(http::status::forbidden, "the ticket is for reading\n", false);
      return begin_upload(*grant);
    default:
      return respond(http::status::method_not_allowed, "HEAD, GET or PUT\n", false);
  }
}

void HttpSession::report_held(const TicketGrant& grant) {
  on_files([&net = net_, grant] { return net.attachments.held(grant.space, grant.attachment); },
           [self = shared_from_this()](Result<std::uint64_t> held) {
             if (!held) return self->respond_failure(held.error());
             self->respond_held(http::status::ok, *held);
           });
}

void HttpSession::begin_upload(const TicketGrant& grant) {
  const auto& request = parser_->get();
  const auto range = content_range(text(request[http::field::content_range]));
  const auto length = parser_->content_length();
  if (!length) return respond(http::status::length_required, "Content-Length is needed\n", false);
  if (!range || range->size != grant.size || *length != range->last - range->first + 1)
    return respond(http::status::bad_request, "Content-Range must be bytes A-B/SIZE and fit the ticket and the body\n", false);
  uploading_ = {grant.space, grant.attachment};
  is_uploading_ = true;
  auto& current = net_.uploads[uploading_];
  // The newest upload goes on: the older connection is one that was cut and does not know it yet.
  if (const auto older = current.lock(); older && older.get() != this) older->abort();
  current = weak_from_this();
  on_files(
      [self = shared_from_this(), grant, first = range->first]() -> Result<std::unique_ptr<Upload>> {
        auto& files = self->net_.attachments;
        MUISTIO_CHECK(files.check(self->net_.options.free_bytes_min));
        return files.begin_upload(grant, first, self->upload_held_);
      },
      [self = shared_from_this()](Result<std::unique_ptr<Upload>> begun) {
        if (self->aborted_) return;
        if (begun) {
          self->upload_ = std::move(*begun);
          return self->read_body();
        }
        if (begun.error().code == ErrorCode::bad_range)
          return self->respond_held(http::status::conflict, self->upload_held_, false);
        self->respond_failure(begun.error());
      });
}

void HttpSession::read_body() {
  if (parser_->is_done()) return finish_upload();
  piece_.resize(kPieceBytes);
  parser_->get().body().data = piece_.data();
  parser_->get().body().size = piece_.size();
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (self->aborted_) return;
    if (error == http::error::need_buffer) error = {};
    const auto count = self->piece_.size() - self->parser_->get().body().size;
    // What came before a cut counts: it is written, and the upload can go on behind it.
    if (error && count == 0) return self->abort();
    self->write_body(count);
  });
}

void HttpSession::write_body(std::size_t count) {
  patience(net_.options.http_idle_ms_max);
  on_files(
      [self = shared_from_this(), count] {
        return self->upload_->write({self->piece_.data(), count});
      },
      [self = shared_from_this()](Status written) {
        if (self->aborted_) return;
        if (!written) return self->respond_failure(written.error());
        self->read_body();
      });
}

void HttpSession::finish_upload() {
  on_files([self = shared_from_this()] { return self->upload_->finish(); },
           [self = shared_from_this()](Status finished) {
             if (self->aborted_) return;
             const auto held = self->upload_->held();
             self->upload_.reset();
             self->net_.uploads.erase(self->uploading_);
             self->is_uploading_ = false;
             if (!finished) return self->respond_failure(finished.error());
             self->respond_held(http::status::ok, held);
           });
}

void HttpSession::begin_download(const TicketGrant& grant) {
  const auto wanted = text(parser_->get()[http::field::range]);
  const bool ranged = !wanted.empty();
  const auto range = ranged ? download_range(wanted, grant.size) : ByteRange{0, grant.size - 1, grant.size};
  if (!range) {
    auto response = make(http::status::range_not_satisfiable, "that range is not there\n");
    response.set(http::field::content_range, "bytes */" + std::to_string(grant.size));
    return send(std::move(response));
  }
  on_files([&net = net_, grant] { return net.attachments.open(grant); },
           [self = shared_from_this(), range = *range, ranged](Result<std::unique_ptr<Download>> file) {
             if (self->aborted_) return;
             if (!file) return self->respond_failure(file.error());
             self->download_ = std::move(*file);
             self->download_at_ = range.first;
             self->download_end_ = range.last + 1;
             const auto header =
                 std::make_shared<http::response<http::empty_body>>(ranged ? http::status::partial_content : http::status::ok, 11);
             header->set(http::field::server, "muistiod");
             header->set(http::field::content_type, "application/octet-stream");
             header->set(http::field::accept_ranges, "bytes");
             header->set(http::field::cache_control, "no-store");
             if (ranged)
               header->set(http::field::content_range, "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) +
                                                           "/" + std::to_string(range.size));
             header->content_length(self->download_end_ - self->download_at_);
             header->keep_alive(self->keep_alive_);
             self->let_page_read(*header);
             const auto serializer = std::make_shared<http::response_serializer<http::empty_body>>(*header);
             http::async_write_header(self->stream_, *serializer, [self, header, serializer](error_code error, std::size_t) {
               if (error) return self->abort();
               self->send_piece();
             });
           });
}

void HttpSession::send_piece() {
  if (aborted_) return;
  if (download_at_ == download_end_) {
    download_.reset();
    if (!keep_alive_) return abort();
    return read_header();
  }
  on_files(
      [self = shared_from_this()] {
        self->piece_.resize(std::min<std::uint64_t>(kPieceBytes, self->download_end_ - self->download_at_));
        return self->download_->read_at(self->download_at_, self->piece_);
      },
      [self = shared_from_this()](Result<std::size_t> count) {
        if (!count || self->aborted_) return self->abort();  // too late for another status
        asio::async_write(self->stream_, asio::buffer(self->piece_.data(), *count),
                          [self, count = *count](error_code error, std::size_t) {
                            if (error) return self->abort();
                            self->patience(self->net_.options.http_idle_ms_max);
                            self->download_at_ += count;
                            self->send_piece();
                          });
      });
}

HttpSession::Response HttpSession::make(http::status status, std::string body) {
  const auto number = static_cast<unsigned>(status);
  if (number >= 400 && number < 500) net_.tell("http_" + std::to_string(number));
  Response response(status, 11);
  response.set(http::field::server, "muistiod");
  response.set(http::field::content_type, "text/plain");
  response.set(http::field::cache_control, "no-store");
  let_page_read(response);
  if (status == http::status::unauthorized) response.set(http::field::www_authenticate, "Bearer");
  response.body() = std::move(body);
  return response;
}

void HttpSession::respond(http::status status, std::string body, bool keep) {
  keep_alive_ = keep_alive_ && keep;
  send(make(status, std::move(body)));
}

void HttpSession::respond_held(http::status status, std::uint64_t held, bool keep) {
  keep_alive_ = keep_alive_ && keep;
  auto response = make(status, "");
  response.set("Upload-Offset", std::to_string(held));
  send(std::move(response));
}

void HttpSession::respond_failure(const Error& error) {
  switch (error.code) {
    case ErrorCode::not_found:
      return respond(http::status::not_found, "there is no such attachment\n", false);
    case ErrorCode::bad_range:
      return respond_held(http::status::conflict, upload_ ? upload_->held() : 0, false);
    case ErrorCode::disk_full:
      return respond(http::status::insufficient_storage, "the server's disk is full\n", false);
    default:
      return respond(http::status::service_unavailable, "the server's storage failed\n", false);
  }
}

void HttpSession::send(Response response) {
  // A body that was not read would be taken for the next request.
  if (parser_ && !parser_->is_done()) keep_alive_ = false;
  response.keep_alive(keep_alive_);
  response.prepare_payload();
  const bool head = parser_ && parser_->is_header_done() && parser_->get().method() == http::verb::head;
  auto kept = std::make_shared<Response>(std::move(response));
  const auto after = [self = shared_from_this(), kept](error_code error, std::size_t) {
    if (error || !self->keep_alive_) return self->abort();
    self->read_header();
  };
  if (!head) return http::async_write(stream_, *kept, after);
  const auto serializer = std::make_shared<http::response_serializer<http::string_body>>(*kept);
  http::async_write_header(stream_, *serializer, [after, serializer](error_code error, std::size_t count) { after(error, count); });
}

}  // namespace muistio::server
