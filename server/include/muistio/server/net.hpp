// The server on the network: WebSocket over TLS 1.3 and HTTP for attachments on one port. The only user of Asio in the server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "muistio/base/seams.hpp"
#include "muistio/server/attachments.hpp"
#include "muistio/server/engine.hpp"
#include "muistio/server/web.hpp"

namespace muistio::server {

struct NetOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  std::string certificate_pem_file;
  std::string key_pem_file;
  /// The name in the Challenge for clients that send no SNI.
  std::string server_name;
  /// Pages that may use the server from a browser, and the app that it serves itself.
  WebAccess web;
  std::size_t connections_max = 20'000;
  /// From one IPv4 address or one IPv6 /64.
  std::size_t connections_per_address_max = 4096;
  /// Every connection begins with a line of the PROXY protocol, version 1, that names the client.
  bool proxy_protocol = false;
  /// TLS, the HTTP header or the WebSocket's opening must be done within this.
  std::uint32_t handshake_ms_max = 10'000;
  /// A WebSocket from which nothing comes, pongs included, is closed after this; so is an HTTP connection without progress.
  std::uint32_t idle_ms_max = 120'000;
  std::uint32_t http_idle_ms_max = 30'000;
  /// With less free where attachments are, an upload is refused.
  std::uint64_t free_bytes_min = 0;
  /// Told, by a word, of what was refused before it reached the engine, and of certificates: on the network's thread.
  std::function<void(std::string_view event)> on_event;
};

/// Runs engine and sockets until it is told to stop. One thread for the network (the caller's), one for the engine, one for files.
class NetServer {
 public:
  /// All must outlive it. Errors: invalid_argument (address, certificate or key), io_failed (the port cannot be had).
  [[nodiscard]] static Result<std::unique_ptr<NetServer>> make(NetOptions options, Engine& engine, AttachmentStore& attachments,
                                                               TicketBook& tickets, Clock& clock);
  virtual ~NetServer() = default;

  /// "ADDR:PORT" as bound.
  [[nodiscard]] virtual std::string listening_on() const = 0;
  /// Serves until SIGTERM or SIGINT; reads the certificate again at SIGHUP and keeps the old one if the new cannot be used. At the
  /// end it says Goodbye to everyone, waits at most two seconds for them to go.
  virtual void run() = 0;
  /// Runs `work` on the engine's thread, between its transactions. From any thread, also after `run` has returned.
  virtual void post(std::function<void()> work) = 0;
};

}  // namespace muistio::server
