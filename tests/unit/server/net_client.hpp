// The real muistiod as a process, and the client of server/src/probe by the names of these tests.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "probe/probe.hpp"

namespace muistio::server::test {

using probe::HttpAnswer;
using probe::PlainSocket;
using probe::TlsClient;
using probe::WireClient;

/// A started muistiod. Killed and reaped when it goes.
class ServerProcess {
 public:
  /// Starts it on port 0 with --dev-tls and waits for its line. Throws if that does not come.
  /// `more` are further arguments of `serve`; `log_file`, if given, gets what it writes to standard error.
  explicit ServerProcess(const std::filesystem::path& data, const std::vector<std::string>& more = {},
                         const std::filesystem::path& log_file = {}, const std::string& program = "muistiod");
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  [[nodiscard]] int port() const noexcept { return port_; }
  [[nodiscard]] const std::string& ready_line() const noexcept { return line_; }
  [[nodiscard]] std::filesystem::path certificate() const { return data_ / "dev-ca.pem"; }
  operator probe::Endpoint() const { return {"127.0.0.1", port_, certificate().string(), "localhost"}; }  // NOLINT
  [[nodiscard]] int process() const noexcept { return process_; }
  void signal(int number) const;
  /// The exit code, or 128 + the signal; nothing if it has not ended within `seconds`.
  std::optional<int> wait(int seconds);
  /// What it wrote to standard output after its line.
  std::string rest_of_output() const;
  [[nodiscard]] long resident_kib() const;

 private:
  std::filesystem::path data_;
  int process_ = -1, output_ = -1, port_ = 0;
  std::string line_;
};

}  // namespace muistio::server::test
