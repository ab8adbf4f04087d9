// Clients that stay connected, against a real server.
#include <condition_variable>

#include "muistio/client.hpp"
#include "people.hpp"

using namespace muistio;
using namespace muistio::test;

namespace {

constexpr auto kPatience = std::chrono::seconds(60);

template <class T>
T good(Result<T> result) {
  INFO((result ? std::string() : result.error().message()));
  REQUIRE(result);
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

/// The last thing a callback said, and waiting for one that fits.
template <class T>
class Watch {
 public:
  std::function<void(const T&)> callback() {
    return [this](const T& said) {
      const std::lock_guard guard(mutex_);
      last_ = said;
      came_.notify_all();
    };
  }
  template <class Fits>
  bool wait(Fits fits) {
    std::unique_lock guard(mutex_);
    return came_.wait_for(guard, kPatience, [&] { return last_ && fits(*last_); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::optional<T> last_;
};

bool is_in_step(const LiveState& state) { return state.phase == LiveState::Phase::in_step; }
bool waits(const LiveState& state) { return state.phase == LiveState::Phase::waiting; }

auto has_titles(std::set<std::string> wanted) {
  return [wanted = std::move(wanted)](const std::vector<Note>& notes) {
    std::set<std::string> held;
    for (const auto& note : notes) held.insert(note.title);
    return held == wanted;
  };
}

/// One person with an app that stays open. What watches outlives the client.
struct App {
  Watch<LiveState> state;
  Watch<std::vector<Note>> notes;
  Subscription watching;
  Client client;

  App(const Folder& folder, const std::string& name, const Server& server)
      : client(good(Client::open({.home = folder / name, .passphrase = std::nullopt, .create = true}))) {
    good(client.init(name, server.url(), read_all(server.ca())).get());
  }
  void go_live() { good(client.start_live({}, state.callback()).get()); }
  void watch(SpaceId club) { watching = client.observe_notes(club, notes.callback()); }
};

/// Anna hosts and Bea joins; both stay connected from before, and nobody calls `sync`.
struct Two {
  Folder folder;
  Server server{folder};
  std::optional<App> anna, bea;
  SpaceId club;

  Two() {
    server.start();
    anna.emplace(folder, "Anna", server);
    bea.emplace(folder, "Bea", server);
    anna->go_live();
    bea->go_live();
    club = good(anna->client.create_club("Klubi", History::all).get());
    const auto invitation = good(anna->client.invite({.club = club}).get());
    CHECK(good(bea->client.join(invitation.link, "", "").get()) == club);
    anna->watch(club);
    bea->watch(club);
    good(anna->client.add_note({club, "Kutsu", "tervetuloa\n", false}).get());
    REQUIRE(bea->notes.wait(has_titles({"Kutsu"})));
  }
};

}  // namespace

TEST_CASE("members who stay connected join and read each other with no call to sync") {
  Two two;
  const auto note = good(two.bea->client.add_note({two.club, "Muistio", "yksi\n", false}).get());
  REQUIRE(two.anna->notes.wait(has_titles({"Kutsu", "Muistio"})));
  Watch<std::optional<NoteText>> text;
  auto watching = two.bea->client.observe_note(note, text.callback());
  good(two.anna->client.append_note(note, "kaksi\n").get());
  CHECK(text.wait([](const auto& shown) { return shown && shown->text == "yksi\nkaksi\n"; }));
  CHECK(two.anna->state.wait([](const auto& state) { return is_in_step(state) && state.unsent == 0; }));
  watching = {};
  const auto report = good(two.bea->client.stop_live().get());
  CHECK(report.pushed > 0);
  CHECK(report.pulled > 0);
  CHECK(report.down_bytes > 0);
  CHECK(good(two.bea->client.search("kaksi", {two.club}).get()).size() == 1);
}

TEST_CASE("a client that stays connected waits while the server is away, and comes back by itself") {
  Two two;
  two.server.kill();
  REQUIRE(two.anna->state.wait([](const auto& state) { return waits(state) && state.error && state.trusted; }));
  REQUIRE(two.bea->state.wait(waits));
  good(two.anna->client.add_note({two.club, "Yksin", "ilman verkkoa\n", false}).get());
  two.server.start();
  REQUIRE(two.bea->notes.wait(has_titles({"Kutsu", "Yksin"})));
  CHECK(two.anna->state.wait(is_in_step));
}

TEST_CASE("staying connected needs a server, excludes a one-time sync, and is over when it is ended") {
  Two two;
  CHECK(two.anna->client.sync().get().error().code == ErrorCode::invalid_state);
  good(two.anna->client.stop_live().get());
  CHECK(good(two.anna->client.stop_live().get()).up_bytes == 0);
  CHECK(good(two.anna->client.sync().get()).end == SyncEnd::done);
  good(two.bea->client.add_note({two.club, "Toinen", "perille\n", false}).get());
  REQUIRE(two.bea->state.wait([](const auto& state) { return is_in_step(state) && state.unsent == 0; }));
  CHECK(good(two.anna->client.notes(two.club).get()).size() == 1);
  two.anna->go_live();
  CHECK(two.anna->notes.wait(has_titles({"Kutsu", "Toinen"})));

  auto alone = good(Client::open({.home = two.folder / "alone", .passphrase = std::nullopt, .create = true}));
  good(alone.init("Cecilia", "", "").get());
  CHECK(alone.start_live().get().error().code == ErrorCode::invalid_state);
}

TEST_CASE("several threads write through two clients that stay connected, and both come to hold it all") {
  Two two;
  std::set<std::string> titles{"Kutsu"};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    auto& client = (thread % 2 == 0 ? two.anna : two.bea)->client;
    for (int i = 0; i < 5; ++i) titles.insert(std::to_string(thread) + "." + std::to_string(i));
    threads.emplace_back([&client, thread, club = two.club] {
      for (int i = 0; i < 5; ++i)
        (void)client.add_note({club, std::to_string(thread) + "." + std::to_string(i), "teksti\n", false}).get();
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(two.anna->notes.wait(has_titles(titles)));
  CHECK(two.bea->notes.wait(has_titles(titles)));
}
