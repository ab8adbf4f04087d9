#include "probe.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>

#include "muistio/wire/auth.hpp"

namespace muistio::server::probe {

namespace {

constexpr int kPatienceSeconds = 10;

bool readable(int descriptor, int milliseconds) {
  pollfd wanted{descriptor, POLLIN, 0};
  return ::poll(&wanted, 1, milliseconds) > 0;
}

}  // namespace

PlainSocket::PlainSocket(const Endpoint& endpoint) {
  std::signal(SIGPIPE, SIG_IGN);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  if (::getaddrinfo(endpoint.address.c_str(), std::to_string(endpoint.port).c_str(), &hints, &raw) != 0)
    throw std::runtime_error("no address");
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> found(raw, ::freeaddrinfo);
  socket_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket_, found->ai_addr, found->ai_addrlen) != 0) {
    ::close(socket_);
    throw std::runtime_error("no connection");
  }
  const timeval patience{kPatienceSeconds, 0};
  const int on = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}
PlainSocket::~PlainSocket() { ::close(socket_); }

void PlainSocket::write(const std::string& bytes) const {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto count = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (count <= 0) return;
    at += static_cast<std::size_t>(count);
  }
}

bool PlainSocket::closes_within(int seconds) const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  char scratch[4096];
  while (std::chrono::steady_clock::now() < until) {
    if (!readable(socket_, 50)) continue;
    if (::recv(socket_, scratch, sizeof scratch, 0) <= 0) return true;
  }
  return false;
}

TlsClient::TlsClient(const Endpoint& server, const std::string& wanted_name, int version, const std::string& before_tls)
    : socket_(server), context_(SSL_CTX_new(TLS_client_method())) {
  const auto& name = wanted_name.empty() ? server.name : wanted_name;
  socket_.write(before_tls);
  SSL_CTX_set_max_proto_version(context_.get(), version);
  SSL_CTX_set_options(context_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (server.ca_file.empty() ? SSL_CTX_set_default_verify_paths(context_.get()) != 1
                             : SSL_CTX_load_verify_locations(context_.get(), server.ca_file.c_str(), nullptr) != 1)
    throw std::runtime_error("no certificate");
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  ssl_.reset(SSL_new(context_.get()));
  in_addr unused{};
  if (::inet_pton(AF_INET, name.c_str(), &unused) == 1) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), name.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
    SSL_set1_host(ssl_.get(), name.c_str());
  }
  SSL_set_fd(ssl_.get(), socket_.descriptor());
  if (SSL_connect(ssl_.get()) != 1) throw std::runtime_error("no TLS");
}

bool TlsClient::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const int count = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string TlsClient::read(std::size_t most) {
  if (!held_.empty()) {
    auto taken = held_.substr(0, most);
    held_.erase(0, taken.size());
    return taken;
  }
  std::string got(most, 0);
  const int count = SSL_read(ssl_.get(), got.data(), static_cast<int>(most));
  got.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return got;
}

bool TlsClient::fill(std::size_t count) {
  while (held_.size() < count) {
    char piece[16384];
    const int got = SSL_read(ssl_.get(), piece, sizeof piece);
    if (got <= 0) return false;
    held_.append(piece, static_cast<std::size_t>(got));
  }
  return true;
}

std::optional<HttpAnswer> TlsClient::answer(bool has_body) {
  while (held_.find("\r\n\r\n") == std::string::npos)
    if (held_.size() > 65536 || !fill(held_.size() + 1)) return std::nullopt;
  const auto end = held_.find("\r\n\r\n");
  std::string header = held_.substr(0, end + 2);
  held_.erase(0, end + 4);
  HttpAnswer answer;
  answer.status = std::stoi(header.substr(9, 3));
  for (auto at = header.find("\r\n") + 2; at < header.size();) {
    const auto stop = header.find("\r\n", at);
    auto field = header.substr(at, stop - at);
    at = stop + 2;
    const auto colon = field.find(": ");
    auto name = field.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    answer.fields[name] = field.substr(colon + 2);
  }
  if (has_body && answer.fields.count("content-length") != 0) {
    const auto size = std::stoull(answer.fields["content-length"]);
    fill(size);
    answer.body = held_.substr(0, size);
    held_.erase(0, size);
  }
  return answer;
}

std::optional<HttpAnswer> TlsClient::request(const std::string& method, const std::string& target, const std::string& fields,
                                             const std::string& body, const std::string& host) {
  const auto length = method == "PUT" ? "Content-Length: " + std::to_string(body.size()) + "\r\n" : std::string();
  write(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + length + fields + "\r\n" + body);
  return answer(method != "HEAD");
}

WireClient::WireClient(const Endpoint& server, const std::optional<Page>& page, const std::string& before_tls)
    : TlsClient(server, "", TLS1_3_VERSION, before_tls) {
  const std::string protocol = page ? "muistio.1.web" : "muistio.1";
  const auto opened = request("GET", "/muistio",
                              "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                              "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " +
                                  protocol + "\r\n" + (page && !page->origin.empty() ? "Origin: " + page->origin + "\r\n" : ""),
                              "", page ? page->host : "localhost");
  // RFC 6455 §1.3's own example of key and answer.
  if (!opened || opened->status != 101 || opened->fields.at("sec-websocket-accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" ||
      opened->fields.at("sec-websocket-protocol") != protocol)
    throw std::runtime_error("no WebSocket");
  exporter_ = page ? wire::web_binding(page->host, page->origin) : exporter();
  const auto first = next();
  if (!first || !std::holds_alternative<wire::Challenge>(first->message)) throw std::runtime_error("no challenge");
  challenge = std::get<wire::Challenge>(first->message);
}

wire::TlsExporter WireClient::exporter() {
  wire::TlsExporter made;
  auto& exporter = made.mutable_array();
  if (SSL_export_keying_material(ssl(), exporter.data(), exporter.size(), wire::tls_exporter_label.data(),
                                 wire::tls_exporter_label.size(), nullptr, 0, 0) != 1)
    throw std::runtime_error("no exporter");
  return made;
}

bool WireClient::send_raw(int opcode, BytesView payload, bool masked, std::optional<std::uint64_t> claimed_size) {
  std::string out(1, static_cast<char>(0x80 | opcode));
  const std::uint64_t size = claimed_size.value_or(payload.size());
  const int mask_bit = masked ? 0x80 : 0;
  if (size < 126) {
    out.push_back(static_cast<char>(mask_bit | static_cast<int>(size)));
  } else {
    const int width = size < 65536 ? 2 : 8;
    out.push_back(static_cast<char>(mask_bit | (width == 2 ? 126 : 127)));
    for (int i = width - 1; i >= 0; --i) out.push_back(static_cast<char>(size >> (8 * i)));
  }
  const char mask[4] = {0x12, 0x34, 0x56, 0x78};
  if (masked) out.append(mask, 4);
  for (std::size_t i = 0; i < payload.size(); ++i) out.push_back(static_cast<char>(masked ? payload[i] ^ mask[i % 4] : payload[i]));
  return write(out);
}

wire::RequestId WireClient::send(const wire::ClientMessage& message) {
  const wire::RequestId request(++last_request_);
  send_raw(2, wire::encode_frame(request, message));
  return request;
}

std::optional<wire::ServerFrame> WireClient::take_frame() {
  for (;;) {
    if (!fill(2)) return std::nullopt;
    const auto first = static_cast<unsigned char>(held_[0]);
    std::uint64_t size = static_cast<unsigned char>(held_[1]);  // a server does not mask
    std::size_t header = 2;
    if (size >= 126) {
      const int width = size == 126 ? 2 : 8;
      if (!fill(2 + width)) return std::nullopt;
      size = 0;
      for (int i = 0; i < width; ++i) size = size << 8 | static_cast<unsigned char>(held_[2 + i]);
      header += width;
    }
    if (!fill(header + size)) return std::nullopt;
    const auto payload = held_.substr(header, size);
    held_.erase(0, header + size);
    switch (first & 0x0f) {
      case 2: {
        auto frame = wire::decode_server_frame(as_bytes(payload));
        if (!frame || (first & 0x80) == 0) throw std::runtime_error("the server sent no frame of ours");
        return *frame;
      }
      case 8:
        if (payload.size() >= 2) close_code = static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
        return std::nullopt;
      case 9:
        send_raw(10, as_bytes(payload));
        break;
      default:
        break;
    }
  }
}

std::optional<wire::ServerFrame> WireClient::next() {
  if (!kept_.empty()) {
    auto frame = kept_.front();
    kept_.erase(kept_.begin());
    return frame;
  }
  auto frame = take_frame();
  if (frame)
    if (const auto* last = std::get_if<wire::Goodbye>(&frame->message)) goodbye = *last;
  return frame;
}

std::optional<wire::ServerMessage> WireClient::wait_for(wire::RequestId request) {
  for (auto it = kept_.begin(); it != kept_.end(); ++it)
    if (it->request == request) {
      auto message = it->message;
      kept_.erase(it);
      return message;
    }
  while (auto frame = take_frame()) {
    if (frame->request == request) return frame->message;
    kept_.push_back(*frame);
  }
  return std::nullopt;
}

std::optional<wire::Records> WireClient::pushed() {
  for (auto it = kept_.begin(); it != kept_.end(); ++it)
    if (it->request == wire::RequestId(0) && std::holds_alternative<wire::Records>(it->message)) {
      auto records = std::get<wire::Records>(it->message);
      kept_.erase(it);
      return records;
    }
  while (auto frame = take_frame()) {
    if (frame->request == wire::RequestId(0) && std::holds_alternative<wire::Records>(frame->message))
      return std::get<wire::Records>(frame->message);
    kept_.push_back(*frame);
  }
  return std::nullopt;
}

wire::AuthSignature WireClient::sign(wire::AuthPurpose purpose, const SpaceId& space, const crypto::SigningKey& key) {
  const auto message = wire::auth_message(purpose, space, challenge.nonce, challenge.server_name, exporter_);
  return wire::AuthSignature(key.sign_raw(message).array());
}
wire::CreateSpace WireClient::create(const SpaceId& space, const crypto::SigningKey& key) {
  return {space, wire::AuthKey(key.verify_key().array()), sign(wire::AuthPurpose::create, space, key), {}};
}
wire::OpenSpace WireClient::open(const SpaceId& space, const crypto::SigningKey& key) {
  return {space, wire::AuthKey(key.verify_key().array()), sign(wire::AuthPurpose::open, space, key)};
}

wire::FetchBoxes WireClient::fetch_boxes(const crypto::SigningKey& key) {
  const wire::AuthKey shown(key.verify_key().array());
  return {shown, sign(wire::AuthPurpose::boxes, wire::space_of(wire::locator_of(shown)), key)};
}

}  // namespace muistio::server::probe
