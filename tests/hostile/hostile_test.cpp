// Every misuse against a real muistiod: refused, told of, and nothing that another client measures.
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>
#include <random>
#include <thread>

#include "misuses.hpp"
#include "programs.hpp"

namespace {

using namespace muistio;
using namespace muistio::hostile;
using namespace muistio::server::test;
using Steady = std::chrono::steady_clock;

class SeededRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937 engine_{std::random_device{}()};
};

struct Folder {
  Folder() {
    auto pattern = (std::filesystem::temp_directory_path() / ("muistio-hostile-" + std::string(6, 'X'))).string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

std::string get(int port, const std::string& path) {
  PlainSocket socket(port);
  socket.write("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string text;
  char piece[4096];
  for (ssize_t count = 0; (count = ::recv(socket.descriptor(), piece, sizeof piece, 0)) > 0;)
    text.append(piece, static_cast<std::size_t>(count));
  return text;
}

/// How often the server has told of `event`.
std::uint64_t told(int port, const std::string& event) {
  const auto text = get(port, "/metrics");
  const auto line = "muistiod_events_total{event=\"" + event + "\"} ";
  const auto at = text.find(line);
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + line.size()));
}

/// A client in a space of its own, who appends and reads all the time and notes how long each took.
class Bystander {
 public:
  Bystander(const ServerProcess& server, Random& random)
      : client_(server), key_(crypto::SigningKey::generate(random)), space_(random.make<SpaceId>()) {
    const auto opened = client_.ask(client_.create(space_, key_));
    REQUIRE(opened);
    REQUIRE(std::holds_alternative<wire::SpaceOpened>(*opened));
    thread_ = std::thread([this] { run(); });
  }
  ~Bystander() {
    stopping_ = true;
    thread_.join();
  }
  /// The times since the last call, in ms, sorted; and whether all was answered as it should be.
  std::vector<double> take() {
    const std::lock_guard lock(mutex_);
    auto times = std::exchange(times_, {});
    std::sort(times.begin(), times.end());
    return times;
  }
  [[nodiscard]] bool served() const { return served_; }

 private:
  void run() {
    for (std::uint64_t i = 0; !stopping_ && served_; ++i) {
      const auto began = Steady::now();
      Bytes bytes(200, 1);
      for (std::size_t at = 0; at < 8; ++at) bytes[at] = static_cast<std::uint8_t>(i >> (8 * at));
      const auto answer =
          client_.ask(wire::Append{space_, Seq(0), wire::encode_record({wire::RecordKind::content, bytes, {}}).value()});
      if (!answer || !std::holds_alternative<wire::Appended>(*answer) || std::get<wire::Appended>(*answer).seq != Seq(i + 1))
        served_ = false;
      {
        const std::lock_guard lock(mutex_);
        times_.push_back(std::chrono::duration<double, std::milli>(Steady::now() - began).count());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  WireClient client_;
  crypto::SigningKey key_;
  SpaceId space_;
  std::mutex mutex_;
  std::vector<double> times_;
  std::atomic<bool> served_ = true, stopping_ = false;
  std::thread thread_;
};

double median(const std::vector<double>& sorted) { return sorted.empty() ? 0 : sorted[sorted.size() / 2]; }

}  // namespace

TEST_CASE("each misuse is refused, told of, and costs others nothing that they measure") {
  Folder folder;
  SeededRandom random;
  const auto log_file = folder.path / "log";
  ServerProcess server(folder.path / "data",
                       {"--metrics-listen", "127.0.0.1:0", "--connections-per-address-max", "64", "--handshake-ms-max", "1000",
                        "--space-mib-max", "64", "--stall-ms-max", "1500"},
                       log_file);
  const auto log = read_file(log_file);
  const auto port = std::stoi(log.substr(log.find("event=metrics port=") + 19));
  Target target(server, crypto::SigningKey::generate(random), crypto::SigningKey::generate(random), random.make<SpaceId>(),
                random.make<SpaceId>(), random);
  {
    WireClient client(server);
    REQUIRE(client.ask(client.create(target.space, target.member)));
    const auto other = crypto::SigningKey::generate(random);
    REQUIRE(client.ask(client.create(target.closed, other)));
  }
  Bystander bystander(server, random);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto alone = median(bystander.take());
  const auto resident = server.resident_kib();

  const auto& all = all_misuses();
  CHECK(all.size() >= 30);
  std::vector<double> worst;
  for (const auto& misuse : all) {
    INFO(misuse.name);
    const auto before = told(port, misuse.event);
    std::string wrong;
    try {
      wrong = misuse.attempt(target);
    } catch (const std::exception& error) {
      wrong = error.what();
    }
    CHECK(wrong == "");
    auto after = before;
    for (int i = 0; i < 200 && after == before; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      after = told(port, misuse.event);
    }
    CHECK(after > before);
    const auto times = bystander.take();
    worst.push_back(median(times));
    CHECK(bystander.served());
  }
  std::sort(worst.begin(), worst.end());
  std::printf(
      "%zu misuses; another client's append takes %.2f ms alone, %.2f ms (median over the misuses) and %.2f ms (the worst of them) "
      "meanwhile\n",
      all.size(), alone, median(worst), worst.back());
  CHECK(median(worst) < 5 * alone + 5);
  CHECK(server.resident_kib() < resident + 512 * 1024);  // a sanitizer keeps 256 MiB of what was freed
  // Said, not only counted; and no line names anything of anybody.
  const auto lines = read_file(log_file);
  for (const auto& misuse : all)
    if (std::string(misuse.event) != "refused_conflicting_content") CHECK(has(lines, std::string("event=") + misuse.event));
  CHECK_FALSE(has(lines, target.space.hex()));
  CHECK_FALSE(has(lines, target.closed.hex()));
  server.signal(SIGTERM);
  CHECK(server.wait(5) == 0);
}
