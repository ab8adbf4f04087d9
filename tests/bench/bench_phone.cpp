// bench-phone [--notes N] [--connections N]: a new phone that joins a club of many notes; what an idle connection holds of the
// server's memory; and how long a line takes from one app to another while they are idle. Over TLS on loopback, with a server of
// its own.
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "muistio/client.hpp"
#include "muistio/transport/network.hpp"
#include "processes.hpp"
#include "prose.hpp"

namespace {

using namespace muistio;
using namespace muistio::bench;

constexpr std::size_t kNoteBytes = 1536;
constexpr int kLines = 200;

template <class T>
T must(Result<T> result, const char* what) {
  if (!result) give_up(std::string(what) + ": " + result.error().message());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Place {
  std::filesystem::path work;
  std::string url, ca;
};

Client open_client(const Place& place, const std::string& name) {
  auto client = must(Client::open({.home = place.work / name, .passphrase = std::nullopt, .create = true}), "open");
  must(client.init(name, place.url, place.ca).get(), "init");
  return client;
}

void sync(Client& client) {
  if (must(client.sync().get(), "sync").end == SyncEnd::stopped) give_up("trust stopped");
}

/// A member who joins: the one-time sync that brings everything, and when the notes can be listed and one be read.
void join_and_measure(Client& host, const Place& place, SpaceId club, std::size_t notes, bool snapshots, int round) {
  auto phone = open_client(place, (snapshots ? "phone-with-" : "phone-without-") + std::to_string(round));
  must(phone.join(must(host.invite({.club = club}).get(), "invite").link, "", "").get(), "join");
  sync(phone);
  sync(host);
  const auto started = now_ms();
  const double cpu = cpu_seconds(getpid());
  SyncOptions options;
  options.snapshots = snapshots;
  auto syncing = phone.sync(options);
  long long readable = -1;
  while (readable < 0) {
    const auto listed = must(phone.notes(club).get(), "notes");
    if (listed.size() == notes && !must(phone.show_note(listed.back().id).get(), "note").text.empty()) readable = now_ms() - started;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  const auto report = must(syncing.get(), "sync");
  const auto took = now_ms() - started;
  for (const auto& line : report.said) std::printf("said: %s\n", line.c_str());
  const double used = cpu_seconds(getpid()) - cpu;
  if (must(phone.notes(club).get(), "notes").size() != notes) give_up("the phone does not hold all notes");
  const auto searched = now_ms();
  if (must(phone.search("tapaaminen", {club}).get(), "search").empty()) give_up("the search found nothing");
  std::printf(
      "a new phone, %s, %zu notes of %zu B: readable after %lld ms, in step after %lld ms, %.2f s CPU, %.0f KiB down; then the "
      "first "
      "search, which indexes: %lld ms\n",
      snapshots ? "with a snapshot" : "without", notes, kNoteBytes, readable, static_cast<long long>(took), used,
      static_cast<double>(report.down_bytes) / 1024, static_cast<long long>(now_ms() - searched));
}

std::uint64_t resident_kib(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  in >> all >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 1024;
}

/// Connections that stay open and say nothing after the server's first word.
std::vector<transport::Network> connect_idle(const Place& place, pid_t server, int count) {
  const auto before = resident_kib(server);
  std::vector<transport::Network> idle;
  for (int i = 0; i < count; ++i) {
    transport::Options options;
    options.server = must(transport::parse_server(place.url), "url");
    options.ca_pem = place.ca;
    auto& made = idle.emplace_back(must(transport::Network::make(std::move(options)), "network"));
    made.open();
    for (bool greeted = false; !greeted;)
      for (const auto& event : made.wait(1000)) {
        if (std::holds_alternative<transport::Closed>(event)) give_up("an idle connection was closed");
        greeted = greeted || std::holds_alternative<transport::FrameReceived>(event);
      }
  }
  std::printf("%d idle connections: %.1f KiB of the server's memory each\n", count,
              (static_cast<double>(resident_kib(server)) - static_cast<double>(before)) / count);
  return idle;
}

/// One line after another, written in one app and awaited in the other.
void measure_lines(Client& host, const Place& place, SpaceId club) {
  auto member = open_client(place, "member");
  must(member.join(must(host.invite({.club = club}).get(), "invite").link, "", "").get(), "join");
  for (int i = 0; i < 2; ++i) {
    sync(member);
    sync(host);
  }
  const auto note = must(host.add_note({.club = club, .title = "Rivit", .text = "alku\n"}).get(), "note");
  must(host.start_live().get(), "live");
  must(member.start_live().get(), "live");
  std::mutex mutex;
  std::condition_variable came;
  std::string held;
  auto watching = member.observe_note(note, [&](const std::optional<NoteText>& shown) {
    const std::lock_guard guard(mutex);
    held = shown ? shown->text : std::string();
    came.notify_one();
  });
  const auto wait_for = [&](const std::string& line) {
    std::unique_lock guard(mutex);
    if (!came.wait_for(guard, std::chrono::seconds(30), [&] { return held.ends_with(line); })) give_up("a line did not come");
  };
  wait_for("alku\n");
  std::vector<double> took;
  for (int i = 0; i < kLines; ++i) {
    const auto line = "rivi " + std::to_string(i) + "\n";
    const auto started = std::chrono::steady_clock::now();
    must(host.append_note(note, line).get(), "append");
    wait_for(line);
    took.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count());
  }
  watching = {};
  must(member.stop_live().get(), "stop");
  must(host.stop_live().get(), "stop");
  std::sort(took.begin(), took.end());
  std::printf("a line from app to app, durable in the one and at the server, shown in the other: p50 %.1f ms, p99 %.1f ms\n",
              took[took.size() / 2], took[took.size() * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t notes = 5000;
  int connections = 200;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--notes") notes = static_cast<std::size_t>(std::atoi(argv[i + 1]));
    if (option == "--connections") connections = std::atoi(argv[i + 1]);
  }
  if (notes < 1 || connections < 1) give_up("usage: bench-phone [--notes N] [--connections N]");
  const auto bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  Place place{std::filesystem::temp_directory_path() / ("muistio-phone-" + std::to_string(getpid())), {}, {}};
  std::filesystem::create_directories(place.work);
  {
    Child server(
        {(bin / "muistiod").string(), "serve", "--data", (place.work / "server").string(), "--listen", "127.0.0.1:0", "--dev-tls"},
        place.work / "server.log");
    const auto ready = server.hear();
    place.url = ready.substr(ready.find("wss://"));
    place.ca = read_file(place.work / "server/dev-ca.pem");
    auto host = open_client(place, "host");
    const auto club = must(host.create_club("Klubi", History::all).get(), "club");
    for (std::size_t i = 0; i < notes; ++i)
      must(host.add_note({.club = club, .title = "n" + std::to_string(i), .text = prose(kNoteBytes, i)}).get(), "note");
    sync(host);
    for (int round = 0; round < 2; ++round)
      for (const bool snapshots : {false, true}) join_and_measure(host, place, club, notes, snapshots, round);
    const auto idle = connect_idle(place, server.pid(), connections);
    measure_lines(host, place, club);
  }
  std::filesystem::remove_all(place.work);
  return 0;
}
