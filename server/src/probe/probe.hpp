// A client written from RFC 6455 and docs/protocol.md over plain OpenSSL: for muistiod doctor, and for tests, so that it can also
// send what no client should. Blocking; throws std::runtime_error with what goes wrong before a connection stands.
#pragma once

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/crypto/signature.hpp"
#include "muistio/wire/messages.hpp"

namespace muistio::server::probe {

/// Where a server is, and by which certificate it is known.
struct Endpoint {
  std::string address = "127.0.0.1";  ///< a name or a number
  int port = 0;
  std::string ca_file;  ///< PEM; empty: the system's
  std::string name = "localhost";
};

/// A TCP connection without TLS; reads give up after ten seconds.
class PlainSocket {
 public:
  explicit PlainSocket(int port) : PlainSocket(Endpoint{"127.0.0.1", port, "", ""}) {}
  explicit PlainSocket(const Endpoint& endpoint);
  PlainSocket(const PlainSocket&) = delete;
  PlainSocket& operator=(const PlainSocket&) = delete;
  ~PlainSocket();
  void write(const std::string& bytes) const;
  /// Whether the other end closes within `seconds`.
  [[nodiscard]] bool closes_within(int seconds) const;
  [[nodiscard]] int descriptor() const noexcept { return socket_; }

 private:
  int socket_ = -1;
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> fields;  ///< names in lower case
  std::string body;
};

/// A TLS connection that checks the server's certificate against `name`, or the endpoint's. `before_tls` is sent first.
class TlsClient {
 public:
  explicit TlsClient(const Endpoint& server, const std::string& name = "", int version = TLS1_3_VERSION,
                     const std::string& before_tls = "");
  /// False if the other end is gone.
  bool write(std::string_view bytes);
  /// Up to `most` bytes; empty at the end, or after ten seconds.
  std::string read(std::size_t most = 65536);
  std::optional<HttpAnswer> answer(bool has_body = true);
  std::optional<HttpAnswer> request(const std::string& method, const std::string& target, const std::string& fields = "",
                                    const std::string& body = "", const std::string& host = "localhost");
  [[nodiscard]] SSL* ssl() noexcept { return ssl_.get(); }
  [[nodiscard]] PlainSocket& socket() noexcept { return socket_; }

 protected:
  bool fill(std::size_t count);
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  PlainSocket socket_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string held_;
};

/// What a browser says of a page.
struct Page {
  std::string host = "localhost";
  std::string origin;
};

/// A WebSocket that speaks muistio.1, or muistio.1.web for a page; the Challenge has come when it stands.
class WireClient : public TlsClient {
 public:
  explicit WireClient(const Endpoint& server, const std::string& before_tls = "") : WireClient(server, std::nullopt, before_tls) {}
  WireClient(const Endpoint& server, const std::optional<Page>& page, const std::string& before_tls = "");
  /// What is signed from now on in place of the exporter or the page's binding.
  void sign_with(const wire::TlsExporter& binding) { exporter_ = binding; }
  /// The exporter of this TLS connection.
  wire::TlsExporter exporter();
  /// One WebSocket frame with `opcode` (2 binary, 1 text, 8 close).
  bool send_raw(int opcode, BytesView payload, bool masked = true, std::optional<std::uint64_t> claimed_size = std::nullopt);
  wire::RequestId send(const wire::ClientMessage& message);
  /// The next message; nothing when the connection ends. Pings are answered, the close frame's code is kept.
  std::optional<wire::ServerFrame> next();
  /// The answer to `request`, keeping what comes before it.
  std::optional<wire::ServerMessage> wait_for(wire::RequestId request);
  std::optional<wire::ServerMessage> ask(const wire::ClientMessage& message) { return wait_for(send(message)); }
  /// The next pushed Records.
  std::optional<wire::Records> pushed();

  wire::CreateSpace create(const SpaceId& space, const crypto::SigningKey& key);
  wire::OpenSpace open(const SpaceId& space, const crypto::SigningKey& key);
  /// For the locator of the key itself.
  wire::FetchBoxes fetch_boxes(const crypto::SigningKey& key);

  wire::Challenge challenge;
  std::optional<int> close_code;
  std::optional<wire::Goodbye> goodbye;

 private:
  std::optional<wire::ServerFrame> take_frame();
  wire::AuthSignature sign(wire::AuthPurpose purpose, const SpaceId& space, const crypto::SigningKey& key);
  std::vector<wire::ServerFrame> kept_;
  wire::TlsExporter exporter_;
  std::uint64_t last_request_ = 0;
};

}  // namespace muistio::server::probe
