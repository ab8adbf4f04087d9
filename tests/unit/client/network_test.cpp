#include "muistio/transport/network.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "listener.hpp"

using namespace muistio;
using transport::Network;

namespace {

Network make_network(const std::string& host, std::uint16_t port, std::uint32_t connect_ms) {
  transport::Options options;
  options.server = {host, port};
  options.patience.connect_ms = connect_ms;
  auto network = Network::make(std::move(options));
  REQUIRE(network);
  return std::move(*network);
}

Error wait_for_close(Network& network, std::uint32_t most_ms) {
  for (auto& event : network.wait(most_ms))
    if (auto* closed = std::get_if<transport::Closed>(&event)) return closed->error;
  FAIL("it was not closed");
  return {};
}

/// How many files, sockets and the like this process has open.
std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

/// Whether as many are open again as before: a look-up in a thread of its own may still hold one for a moment.
bool closes_all_but(std::ptrdiff_t before) {
  for (int i = 0; i < 100 && open_descriptors() != before; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  return open_descriptors() == before;
}

}  // namespace

TEST_CASE("a server that accepts and says nothing is given up after the patience to connect") {
  Listener listener;
  auto network = make_network("127.0.0.1", listener.port(), 200);
  const auto before = std::chrono::steady_clock::now();
  network.open();
  CHECK(wait_for_close(network, 5000).code == ErrorCode::timed_out);
  const auto took = std::chrono::steady_clock::now() - before;
  CHECK(took >= std::chrono::milliseconds(190));
  CHECK(took < std::chrono::seconds(3));
}

TEST_CASE("where nobody listens, connecting ends at once, and can be tried again") {
  std::uint16_t port = 0;
  {
    Listener gone;
    port = gone.port();
  }
  auto network = make_network("localhost", port, 5000);
  for (int i = 0; i < 2; ++i) {
    network.open();
    CHECK(wait_for_close(network, 4000).code == ErrorCode::disconnected);
  }
}

TEST_CASE("a name that does not exist is no network") {
  auto network = make_network("does-not-exist.invalid", 443, 3000);
  network.open();
  const auto code = wait_for_close(network, 5000).code;
  CHECK((code == ErrorCode::disconnected || code == ErrorCode::timed_out));
}

TEST_CASE("a server that does not speak TLS is no server of ours") {
  Listener listener;
  std::thread server([&] {
    const int peer = ::accept(listener.socket(), nullptr, nullptr);
    const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    (void)!::write(peer, answer, sizeof answer - 1);
    ::close(peer);
  });
  auto network = make_network("127.0.0.1", listener.port(), 3000);
  network.open();
  CHECK(wait_for_close(network, 5000).code == ErrorCode::disconnected);
  server.join();
}

TEST_CASE("a network may go while it connects, and waiting ends when it is woken") {
  Listener listener;
  auto network = make_network("127.0.0.1", listener.port(), 10'000);
  network.open();
  std::thread waker([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    network.wake();
  });
  const auto before = std::chrono::steady_clock::now();
  CHECK(network.wait(20'000).empty());
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
  waker.join();
}

TEST_CASE("certificates that are none are refused when the network is made") {
  transport::Options options;
  options.server = {"localhost", 1};
  options.ca_pem = "no certificate";
  CHECK(Network::make(std::move(options)).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a network that goes while it connects leaves nothing behind, however far it came") {
  Listener listener;
  const auto file = std::filesystem::temp_directory_path() / ("muistio-network-" + std::to_string(::getpid()));
  std::ofstream(file) << "secret";
  { const auto once = make_network("localhost", listener.port(), 5000); }  // what the libraries keep for good
  for (const auto* host : {"127.0.0.1", "localhost"}) {
    for (const int waited_ms : {-1, 0, 1, 50}) {  // -1: not even begun
      const auto before = open_descriptors();
      INFO(host << " after " << waited_ms << " ms");
      {
        auto network = make_network(host, listener.port(), 5000);
        network.open();
        transport::Transfer transfer;
        transfer.file = file;
        transfer.size_bytes = 6;
        network.upload(std::move(transfer));
        if (waited_ms >= 0) static_cast<void>(network.wait(static_cast<std::uint32_t>(waited_ms)));
      }
      CHECK(closes_all_but(before));
    }
  }
  std::filesystem::remove(file);
}
