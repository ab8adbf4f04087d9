// Two small listeners that serve the operator and nobody else, each on a thread of its own: the control socket, and plain HTTP.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "muistio/base/result.hpp"

namespace muistio::server {

/// A Unix socket (0600) on which muistiod's own verbs reach the server that runs. One request at a time.
///
/// A request is its words, each ended by a zero byte, and then the end of what is sent; the answer is one byte, '0' or '1' (it
/// failed), and a text to the end.
class ControlSocket {
 public:
  using Answer = std::function<Result<std::string>(const std::vector<std::string>& words)>;
  /// Errors: io_failed, invalid_argument (the path is too long for a socket).
  [[nodiscard]] static Result<std::unique_ptr<ControlSocket>> open(const std::string& path, Answer answer);
  virtual ~ControlSocket() = default;
};

/// Asks the server that listens at `path`. Errors: not_found (nobody does), io_failed, and what the server answers as
/// invalid_state.
[[nodiscard]] Result<std::string> ask_control(const std::string& path, const std::vector<std::string>& words);

struct PlainAnswer {
  int status = 200;
  std::string body;
};

/// HTTP/1.1 without TLS for GET, for a port that only the operator's machines reach.
class PlainHttp {
 public:
  /// `answer` takes a path. Errors: io_failed, invalid_argument.
  [[nodiscard]] static Result<std::unique_ptr<PlainHttp>> open(const std::string& address, std::uint16_t port,
                                                               std::function<PlainAnswer(const std::string& path)> answer);
  virtual ~PlainHttp() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

/// Tells systemd (NOTIFY_SOCKET of sd_notify(3)), if it wants to know: "READY=1", "STOPPING=1", "RELOADING=1".
void notify_service_manager(const std::string& state);

}  // namespace muistio::server
