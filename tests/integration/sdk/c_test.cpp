// The C interface as an app uses it.
#include <condition_variable>

#include "c_home.hpp"

using namespace muistio::test;

TEST_CASE("a club and its notes are kept and found by the C interface") {
  Folder folder;
  {
    Home home(folder / "home", "Anna");
    const auto club = home.make_club("Verkkokauppiasklubi");
    const auto note = home.add_note(club, "Muistio", std::string("eka\0toka 🐘", 13));
    CHECK(home.text_of(note) == std::string("eka\0toka 🐘", 13));
    good(muistio_note_append, home.client, note, " varastokierros", std::size_t{15});

    const auto clubs = good(muistio_club_list, home.client);
    const muistio_club* shown = nullptr;
    REQUIRE(muistio_answer_club(clubs.answer, 0, &shown) == MUISTIO_OK);
    CHECK(std::string(shown->name) == "Verkkokauppiasklubi");
    CHECK(shown->standing == MUISTIO_STANDING_OPEN);
    CHECK(shown->history == MUISTIO_HISTORY_JOINING);
    CHECK(shown->own_role == MUISTIO_ROLE_HOST);
    CHECK(std::memcmp(&shown->id, &club, sizeof club) == 0);
    CHECK(clubs.count() == 1);

    muistio_search_filter filter{};
    filter.size = sizeof filter;
    filter.has_club = true;
    filter.club = club;
    const auto sought = good(muistio_search, home.client, "varastokierroksella", &filter);
    const muistio_found* found = nullptr;
    REQUIRE(muistio_answer_found(sought.answer, 0, &found) == MUISTIO_OK);
    CHECK(std::memcmp(&found->id, &note, sizeof note) == 0);
    REQUIRE(found->snippet_matches_count == 1);
    CHECK(std::string(found->snippet + found->snippet_matches[0].offset, found->snippet_matches[0].bytes) == "varastokierros");
    filter.club.bytes[0] ^= 1;
    CHECK(good(muistio_search, home.client, "varastokierroksella", &filter).count() == 0);
  }
  CHECK(muistio_live_handles() == 0);
}

TEST_CASE("what a call did is there when done is called, once, on the client's thread") {
  Folder folder;
  Home home(folder / "home", "Anna");
  struct Heard {
    Counter counter;
    std::thread::id thread;
    std::string name;
    muistio_answer* kept = nullptr;
  } heard;
  (void)home.make_club("Yksi");
  const auto done = [](void* user, muistio_status status, muistio_answer* answer) {
    auto& to = *static_cast<Heard*>(user);
    const muistio_club* club = nullptr;
    if (status == MUISTIO_OK && muistio_answer_club(answer, 0, &club) == MUISTIO_OK) to.name = club->name;
    to.thread = std::this_thread::get_id();
    muistio_answer_retain(answer, &to.kept);
    to.counter.add();
  };
  REQUIRE(muistio_club_list(home.client, done, &heard, nullptr) == MUISTIO_OK);
  REQUIRE(heard.counter.reaches(1));
  CHECK(heard.name == "Yksi");
  CHECK(heard.thread != std::this_thread::get_id());
  const muistio_club* club = nullptr;
  REQUIRE(muistio_answer_club(heard.kept, 0, &club) == MUISTIO_OK);
  CHECK(std::string(club->name) == "Yksi");
  home.close();
  CHECK(heard.counter.count() == 1);
  CHECK(std::string(club->name) == "Yksi");  // the answer outlives the client
  CHECK(muistio_answer_release(heard.kept) == MUISTIO_OK);
}

TEST_CASE("a failure says its status and why, without a thread's error") {
  Folder folder;
  Home home(folder / "home", "Anna");
  const auto missing = ask(muistio_note_show, home.client, muistio_id{});
  CHECK(missing.status == MUISTIO_E_NOT_FOUND);
  CHECK(muistio_answer_status(missing.answer) == MUISTIO_E_NOT_FOUND);
  CHECK(missing.message().rfind("not_found: ", 0) == 0);
  const auto good_one = good(muistio_club_list, home.client);
  CHECK(missing.message().rfind("not_found: ", 0) == 0);
  CHECK(good_one.message().empty());

  muistio_open_options options{};
  options.size = sizeof options;
  const auto nowhere = (folder / "nowhere").string();
  options.home = nowhere.c_str();
  muistio_client* client = nullptr;
  muistio_answer* failure = nullptr;
  CHECK(muistio_client_open(&options, &client, &failure) == MUISTIO_E_NOT_FOUND);
  CHECK(client == nullptr);
  CHECK(muistio_answer_status(failure) == MUISTIO_E_NOT_FOUND);
  CHECK(muistio_answer_release(failure) == MUISTIO_OK);
}

TEST_CASE("the app's keystore gives the key, and another key opens nothing") {
  Folder folder;
  const auto path = (folder / "home").string();
  std::uint8_t seed = 7;
  const auto keystore = [](void* user, std::uint8_t* key) -> muistio_status {
    std::memset(key, *static_cast<std::uint8_t*>(user), 32);
    return MUISTIO_OK;
  };
  muistio_open_options options{};
  options.size = sizeof options;
  options.home = path.c_str();
  options.create = true;
  options.keystore = keystore;
  options.keystore_user = &seed;
  muistio_client* client = nullptr;
  REQUIRE(muistio_client_open(&options, &client, nullptr) == MUISTIO_OK);
  good(muistio_home_init, client, "Anna", "", "");
  bool made = true;
  CHECK(muistio_client_made_device_key(client, &made) == MUISTIO_OK);
  CHECK_FALSE(made);
  REQUIRE(muistio_client_close(client) == MUISTIO_OK);
  seed = 8;
  CHECK(muistio_client_open(&options, &client, nullptr) == MUISTIO_E_WRONG_KEY);
  seed = 7;
  REQUIRE(muistio_client_open(&options, &client, nullptr) == MUISTIO_OK);
  CHECK(muistio_client_close(client) == MUISTIO_OK);
  options.keystore = [](void*, std::uint8_t*) -> muistio_status { return MUISTIO_E_NOT_PERMITTED; };
  CHECK(muistio_client_open(&options, &client, nullptr) == MUISTIO_E_NOT_PERMITTED);
}

TEST_CASE("a backup by the C interface is restored, and one by another key is not") {
  Folder folder;
  const auto path = (folder / "home").string(), copy = (folder / "backup").string(), again = (folder / "again").string();
  muistio_id club{};
  {
    Home home(path, "Anna");
    club = home.make_club("Klubi");
    good(muistio_home_backup, home.client, copy.c_str());
    const auto checked = good(muistio_home_check, home.client);
    const muistio_checked* found = nullptr;
    REQUIRE(muistio_answer_checked(checked.answer, 0, &found) == MUISTIO_OK);
    CHECK(found->damaged_count == 0);
    CHECK(found->bytes > 0);
  }
  muistio_open_options options{};
  options.size = sizeof options;
  options.home = again.c_str();
  options.keystore = [](void*, std::uint8_t* key) -> muistio_status {
    std::memset(key, 1, 32);
    return MUISTIO_OK;
  };
  CHECK(muistio_client_restore(&options, copy.c_str(), nullptr) == MUISTIO_E_WRONG_KEY);
  options.keystore = nullptr;
  REQUIRE(muistio_client_restore(&options, copy.c_str(), nullptr) == MUISTIO_OK);
  Home home(again);
  CHECK(good(muistio_club_list, home.client).count() == 1);
}

TEST_CASE("an observation tells of every change until it is released, and lets its user go once") {
  Folder folder;
  Home home(folder / "home", "Anna");
  const auto club = home.make_club();
  struct Heard {
    std::mutex mutex;
    std::vector<std::size_t> counts;
    Counter gone;
  } heard;
  const auto changed = [](void* user, muistio_answer* answer) {
    auto& to = *static_cast<Heard*>(user);
    std::size_t count = 99;
    muistio_answer_count(answer, &count);
    const std::lock_guard guard(to.mutex);
    to.counts.push_back(count);
  };
  const auto let_go = [](void* user) { static_cast<Heard*>(user)->gone.add(); };
  muistio_observation* watching = nullptr;
  REQUIRE(muistio_observe_notes(home.client, club, changed, &heard, let_go, &watching) == MUISTIO_OK);
  (void)home.add_note(club, "Yksi", "1");
  (void)home.add_note(club, "Kaksi", "2");
  {
    const std::lock_guard guard(heard.mutex);  // what a call changed was handed out before it was over
    CHECK(heard.counts == std::vector<std::size_t>{0, 1, 2});
  }
  CHECK(heard.gone.count() == 0);
  CHECK(muistio_observation_release(watching) == MUISTIO_OK);
  CHECK(heard.gone.reaches(1));
  (void)home.add_note(club, "Kolme", "3");
  CHECK(heard.counts.size() == 3);
  home.close();
  CHECK(heard.gone.count() == 1);
}

TEST_CASE("a call that has not begun is not done once it is cancelled, and others are") {
  Folder folder;
  Home home(folder / "home", "Anna");
  struct Gate {
    std::mutex mutex;
  } gate;
  gate.mutex.lock();
  // The first call's callback holds the client up until the second was cancelled.
  const auto hold = [](void* user, muistio_status, muistio_answer*) {
    const std::lock_guard wait(static_cast<Gate*>(user)->mutex);
  };
  REQUIRE(muistio_club_list(home.client, hold, &gate, nullptr) == MUISTIO_OK);
  muistio_call *cancelled = nullptr, *left = nullptr;
  REQUIRE(muistio_club_create(home.client, "Ei", MUISTIO_HISTORY_ALL, nullptr, nullptr, &cancelled) == MUISTIO_OK);
  REQUIRE(muistio_club_create(home.client, "Kyllä", MUISTIO_HISTORY_ALL, nullptr, nullptr, &left) == MUISTIO_OK);
  CHECK(muistio_call_wait(left, 1, nullptr) == MUISTIO_E_TIMED_OUT);
  REQUIRE(muistio_call_cancel(cancelled) == MUISTIO_OK);
  gate.mutex.unlock();
  CHECK(muistio_call_wait(cancelled, MUISTIO_FOREVER, nullptr) == MUISTIO_E_CANCELLED);
  CHECK(muistio_call_wait(left, MUISTIO_FOREVER, nullptr) == MUISTIO_OK);
  CHECK(muistio_call_cancel(left) == MUISTIO_OK);  // over: nothing happens
  CHECK(muistio_call_wait(left, MUISTIO_FOREVER, nullptr) == MUISTIO_OK);
  const auto clubs = good(muistio_club_list, home.client);
  const muistio_club* shown = nullptr;
  REQUIRE(muistio_answer_club(clubs.answer, 0, &shown) == MUISTIO_OK);
  CHECK(std::string(shown->name) == "Kyllä");
  CHECK(clubs.count() == 1);
  muistio_call_release(cancelled);
  muistio_call_release(left);
}

TEST_CASE("a sync that hangs ends soon after it is cancelled, and the next one works") {
  Folder folder;
  Server server(folder);
  server.start();
  Home home(folder / "home", "Anna", server.url(), read_all(server.ca()));
  (void)home.make_club();
  // A listener that never answers stands where the server should be.
  server.kill();
  const int deaf = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(deaf, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(server.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(deaf, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(deaf, 4) == 0);
  muistio_sync_options options{};
  options.size = sizeof options;
  options.connect_ms = 60'000;
  muistio_call* call = nullptr;
  REQUIRE(muistio_sync(home.client, &options, nullptr, nullptr, nullptr, &call) == MUISTIO_OK);
  CHECK(muistio_call_wait(call, 300, nullptr) == MUISTIO_E_TIMED_OUT);
  CHECK(good(muistio_club_list, home.client).count() == 1);  // other calls are served meanwhile
  REQUIRE(muistio_call_cancel(call) == MUISTIO_OK);
  muistio_answer* answer = nullptr;
  CHECK(muistio_call_wait(call, 10'000, &answer) == MUISTIO_OK);
  const muistio_sync_report* report = nullptr;
  REQUIRE(muistio_answer_sync_report(answer, 0, &report) == MUISTIO_OK);
  CHECK(report->end == MUISTIO_SYNC_WAITING);
  CHECK(report->error == MUISTIO_E_CANCELLED);
  muistio_call_release(call);
  ::close(deaf);
  server.start();
  CHECK(home.sync() == std::pair<muistio_sync_end, muistio_status>{MUISTIO_SYNC_DONE, MUISTIO_OK});
}

TEST_CASE("closing ends a sync that runs, and done is called") {
  Folder folder;
  Server server(folder);
  server.start();
  struct Heard {
    Counter counter;
    muistio_status status = -1;
  } heard;
  Home home(folder / "home", "Anna", server.url(), read_all(server.ca()));
  for (int i = 0; i < 20; ++i) (void)home.make_club(std::to_string(i).c_str());
  const auto done = [](void* user, muistio_status status, muistio_answer*) {
    static_cast<Heard*>(user)->status = status;
    static_cast<Heard*>(user)->counter.add();
  };
  REQUIRE(muistio_sync(home.client, nullptr, nullptr, done, &heard, nullptr) == MUISTIO_OK);
  home.close();
  CHECK(heard.counter.count() == 1);
  CHECK(heard.status == MUISTIO_OK);
  CHECK(muistio_live_handles() == 0);
}

TEST_CASE("two homes that stay connected see each other's notes by observation") {
  Folder folder;
  Server server(folder);
  server.start();
  const auto authorities = read_all(server.ca());
  Home kaisa(folder / "kaisa", "Kaisa", server.url(), authorities);
  Home anna(folder / "anna");
  const auto club = kaisa.make_club();
  muistio_new_invitation wanted{};
  wanted.size = sizeof wanted;
  wanted.club = club;
  const auto invited = good(muistio_invitation_create, kaisa.client, &wanted);
  const muistio_invitation* invitation = nullptr;
  REQUIRE(muistio_answer_invitation(invited.answer, 0, &invitation) == MUISTIO_OK);
  CHECK(invitation->uses_left == 1);
  good(muistio_join, anna.client, invitation->link, "Anna", authorities.c_str());

  Counter in_step, gone;
  const auto state = [](void* user, muistio_answer* answer) {
    const muistio_live_state* now = nullptr;
    if (muistio_answer_live_state(answer, 0, &now) == MUISTIO_OK && now->phase == MUISTIO_LIVE_IN_STEP && now->unsent == 0)
      static_cast<Counter*>(user)->add();
  };
  const auto let_go = [](void* user) { static_cast<Counter*>(user)->add(); };
  struct Seen {
    Counter counter;
  } seen;
  const auto notes = [](void* user, muistio_answer* answer) {
    const muistio_note* note = nullptr;
    if (muistio_answer_note(answer, 0, &note) == MUISTIO_OK && std::string(note->author) == "Anna")
      static_cast<Seen*>(user)->counter.add();
  };
  muistio_observation* watching = nullptr;
  REQUIRE(muistio_observe_notes(kaisa.client, club, notes, &seen, nullptr, &watching) == MUISTIO_OK);
  good(muistio_sync_start_live, kaisa.client, nullptr, state, &in_step, nullptr);
  good(muistio_sync_start_live, anna.client, nullptr, nullptr, &gone, let_go);
  REQUIRE(in_step.reaches(1));
  (void)anna.add_note(club, "Muistio", "Annalta");
  CHECK(seen.counter.reaches(1));
  good(muistio_sync_stop_live, anna.client);
  CHECK(gone.reaches(1));
  CHECK(muistio_observation_release(watching) == MUISTIO_OK);
}
