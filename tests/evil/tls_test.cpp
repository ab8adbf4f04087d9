// A server that offers TLS 1.2 and nothing newer.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "../../server/src/net/certificate.hpp"
#include "muistio/transport/network.hpp"
#include "plants.hpp"
#include "process.hpp"
#include "weak_tls.hpp"

using namespace muistio;
using namespace muistio::evil;

namespace {

/// The listener and its thread.
class Listening {
 public:
  Listening() : thread_([this] { listener_.run(stopping_); }) {}
  ~Listening() {
    if (thread_.joinable()) static_cast<void>(stop());
  }
  Damage stop() {
    stopping_ = true;
    thread_.join();
    return listener_.damage();
  }
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  [[nodiscard]] std::string certificate() const { return muistio::test::read_all(files_.certificate); }

 private:
  muistio::test::Folder folder_;
  server::CertificateFiles files_ = server::dev_certificate(folder_.path()).value();
  WeakTls listener_ = WeakTls::make("127.0.0.1", 0, files_.certificate, files_.key).value();
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

/// Connects as the client does, and says why that ended.
Error connect(const Listening& listening) {
  transport::Options options;
  options.server = transport::parse_server("wss://127.0.0.1:" + std::to_string(listening.port())).value();
  options.ca_pem = listening.certificate();
  auto network = transport::Network::make(std::move(options)).value();
  network.open();
  for (int i = 0; i < 100; ++i)
    for (const auto& event : network.wait(200))
      if (const auto* closed = std::get_if<transport::Closed>(&event)) return closed->error;
  FAIL("neither opened nor closed");
  return {};
}

}  // namespace

TEST_CASE("A client sends nothing through TLS 1.2") {
  Listening listening;
  SECTION("the honest client") {
    CHECK(connect(listening).code == ErrorCode::untrusted_server);
    const auto damage = listening.stop();
    CHECK(damage.records == 1);
    CHECK(damage.bytes == 0);
  }
  SECTION("with the check planted off") {
    const Planted off{"tls"};
    CHECK(connect(listening).code == ErrorCode::disconnected);  // the listener hears its first words and hangs up
    const auto damage = listening.stop();
    CHECK(damage.records == 1);
    CHECK(damage.bytes > 0);
  }
}

TEST_CASE("Who connects and says nothing, or nothing of TLS, was not offered TLS 1.2") {
  Listening listening;
  for (const std::string words : {"", "GET / HTTP/1.1\r\n\r\n"}) {
    const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(listening.port());
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(handle, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
    if (!words.empty()) REQUIRE(::send(handle, words.data(), words.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(words.size()));
    ::shutdown(handle, SHUT_WR);
    char byte = 0;
    while (::recv(handle, &byte, 1, 0) > 0) {
    }
    ::close(handle);
  }
  CHECK(listening.stop().is_none());
}
