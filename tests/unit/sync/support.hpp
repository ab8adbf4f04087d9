// Homes and one server in this process, joined by a line that delivers at once.
#pragma once

#include <catch2/catch.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "muistio/crypto/initialise.hpp"
#include "muistio/server/engine.hpp"
#include "muistio/server/sqlite_log.hpp"
#include "muistio/store/fault_vfs.hpp"
#include "muistio/sync/engine.hpp"

namespace muistio::sync::test {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] WallMs wall() const override { return WallMs(1'750'000'000'000 + static_cast<std::int64_t>(now)); }
  [[nodiscard]] MonotonicMs monotonic() const override { return MonotonicMs(now); }
  std::uint64_t now = 1'000'000;
};

class CountingRandom final : public Random {
 public:
  explicit CountingRandom(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) {
      state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
      byte = static_cast<std::uint8_t>(state_ >> 56);
    }
  }

 private:
  std::uint64_t state_;
};

inline const replica::DocumentType kNote{1};
inline const replica::FieldId kTitle{1}, kBody{3};
inline DocumentId note_id(std::uint8_t number) {
  DocumentId id;
  id.mutable_array()[15] = number;
  return id;
}

/// The note that is stated anew when an era begins.
inline constexpr std::uint8_t kStatedNote = 200;

inline std::string unique_name(const char* prefix) {
  static int count = 0;
  return prefix + std::to_string(++count);
}

/// A server on a disk in memory.
struct TestServer {
  explicit TestServer(ManualClock& clock_) : clock(clock_) { start(); }
  ~TestServer() { stop(); }
  void start() {
    log = server::SqliteLog::open({"log", disk.name()}).value();
    engine = std::make_unique<server::Engine>(*log, clock, random);
  }
  void stop() {
    engine.reset();
    log.reset();
  }
  void wipe() {
    stop();
    for (const auto& file : disk.files()) disk.remove(file);
    start();
  }
  ManualClock& clock;
  CountingRandom random{99};
  store::FaultDisk disk{unique_name("sync-server-")};
  std::unique_ptr<server::SqliteLog> log;
  std::unique_ptr<server::Engine> engine;
  std::uint64_t last_connection = 0;
};

/// A home on a disk in memory.
struct Home {
  Home(ManualClock& clock_, std::uint64_t seed) : clock(clock_), random(seed) { REQUIRE(start().has_value()); }
  ~Home() { stop(); }
  Status start() {
    store::OpenOptions options;
    options.path = "home";
    options.vfs = disk.name();
    auto opened = store::Store::open(std::move(options));
    if (!opened) return fail(opened.error());
    store.emplace(std::move(opened).value());
    Hooks hooks;
    hooks.summarise = [](const replica::Document&) { return Bytes{1}; };
    hooks.baseline = [](SpaceId, replica::Replica&, std::span<const MemberId>) {
      return Result<std::vector<DocumentId>>(std::vector<DocumentId>{note_id(kStatedNote)});
    };
    auto made = Engine::open(*store, clock, random, std::move(hooks));
    if (!made) {
      store.reset();
      return fail(made.error());
    }
    engine = std::move(made).value();
    return ok();
  }
  void stop() {
    engine.reset();
    store.reset();
  }
  void power_cut(store::CrashKind kind = store::CrashKind::drop_unsynced) {
    disk.crash(kind, 5);
    stop();
    connection.reset();
    REQUIRE(start().has_value());
  }

  Status write(SpaceId space, std::uint8_t note, const std::string& text) {
    return engine->edit(space, [&](replica::ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.create(note_id(note), kNote));
      return builder.append_text(note_id(note), kBody, text);
    });
  }
  std::string text(SpaceId space, std::uint8_t note) {
    std::string made;
    auto read = engine->read(space, [&](replica::Replica& replica) -> Status {
      MUISTIO_TRY(auto document, replica.document(note_id(note)));
      if (document) made = document->text(kBody);
      return ok();
    });
    REQUIRE(read.has_value());
    return made;
  }
  template <class E>
  std::vector<E> events() {
    for (auto& event : engine->take_events()) all_events.push_back(std::move(event));
    std::vector<E> made;
    for (const auto& event : all_events)
      if (const auto* one = std::get_if<E>(&event)) made.push_back(*one);
    return made;
  }

  ManualClock& clock;
  CountingRandom random;
  store::FaultDisk disk{unique_name("sync-home-")};
  std::optional<store::Store> store;
  std::unique_ptr<Engine> engine;
  std::optional<std::uint64_t> connection;
  std::vector<Event> all_events;
};

/// Everything that is under way arrives, until nothing is.
class Line {
 public:
  explicit Line(TestServer& server) : server_(server) {}

  void connect(Home& home) {
    disconnect(home);
    home.connection = ++server_.last_connection;
    homes_.push_back(&home);
    wire::TlsExporter exporter;
    exporter.mutable_array()[0] = static_cast<std::uint8_t>(*home.connection);
    home.engine->connected(exporter, "club.example");
    server_.engine->on_open(server::ConnectionId(*home.connection), exporter, "club.example");
  }
  void disconnect(Home& home) {
    if (home.connection) server_.engine->on_closed(server::ConnectionId(*home.connection));
    if (home.connection && home.engine) home.engine->disconnected();
    home.connection.reset();
    std::erase(homes_, &home);
  }
  /// Delivers until nothing moves; seconds pass in between, so that inboxes are looked into.
  void run(int seconds = 8) {
    for (int second = 0; second < seconds; ++second) {
      while (move()) {
      }
      server_.clock.now += 1000;
      for (auto* home : homes_) home->engine->tick();
    }
    while (move()) {
    }
  }
  /// One exchange of what is under way.
  void step() { static_cast<void>(move()); }
  /// Connects, runs, disconnects.
  void sync(std::initializer_list<Home*> homes, int seconds = 8) {
    for (auto* home : homes) connect(*home);
    run(seconds);
    for (auto* home : homes) disconnect(*home);
  }
  std::size_t frames_up = 0, frames_down = 0;
  /// What becomes of a frame of the server on its way, if set.
  std::function<Bytes(const Bytes&)> tamper;

 private:
  bool move() {
    bool moved = false;
    for (auto* home : homes_) {
      for (const auto& frame : home->engine->take_frames()) {
        server_.engine->on_frame(server::ConnectionId(*home->connection), frame);
        ++frames_up;
        moved = true;
      }
    }
    while (server_.engine->has_work()) {
      for (const auto& output : server_.engine->flush()) {
        for (auto* home : homes_) {
          if (!home->connection || *home->connection != output.connection.value() || !output.frame) continue;
          server_.engine->on_sent(output.connection, output.frame->size());
          home->engine->received(tamper ? tamper(*output.frame) : *output.frame);
          ++frames_down;
        }
      }
      moved = true;
    }
    return moved;
  }
  TestServer& server_;
  std::vector<Home*> homes_;
};

/// A club of a host and members, all admitted and in step.
struct Club {
  explicit Club(std::size_t members, HistoryPolicy history = HistoryPolicy::all) {
    crypto::initialise();
    homes.push_back(std::make_unique<Home>(clock, 1));
    space = host().engine->create_space(SpaceKind::club, history).value();
    for (std::size_t i = 0; i < members; ++i) add();
  }
  Home& host() { return *homes.front(); }
  Home& member(std::size_t number) { return *homes.at(number); }
  Home& add(bool comes_in = true) {
    homes.push_back(std::make_unique<Home>(clock, homes.size() + 1));
    auto& home = *homes.back();
    auto invited = host().engine->invite(space, {.server = "club.example", .space_name = "Klubi", .inviter_name = "Aino"});
    REQUIRE(invited.has_value());
    REQUIRE(home.engine->join(invited->link, "Matti").has_value());
    line.sync({&host(), &home});
    INFO("phase " << static_cast<int>(home.engine->space(space)->phase));
    REQUIRE((home.engine->space(space)->phase == Phase::open) == comes_in);
    return home;
  }
  void sync_all() {
    for (auto& home : homes) line.connect(*home);
    line.run();
    for (auto& home : homes) line.disconnect(*home);
  }
  ManualClock clock;
  TestServer server{clock};
  Line line{server};
  std::vector<std::unique_ptr<Home>> homes;
  SpaceId space;
};

}  // namespace muistio::sync::test
