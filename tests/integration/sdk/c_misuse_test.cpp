// Wrong use of the C interface is refused, not obeyed: it never reads what is not there.
#include <condition_variable>

#include "c_home.hpp"

using namespace muistio::test;

TEST_CASE("NULL, a handle of another kind and one that was released are refused") {
  Folder folder;
  Home home(folder / "home", "Anna");
  std::size_t count = 0;
  muistio_call* call = nullptr;
  CHECK(muistio_club_list(nullptr, nullptr, nullptr, &call) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(call == nullptr);
  CHECK(muistio_club_list(reinterpret_cast<muistio_client*>(&folder), nullptr, nullptr, &call) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(muistio_answer_count(reinterpret_cast<muistio_answer*>(home.client), &count) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(muistio_answer_count(nullptr, &count) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(muistio_answer_release(nullptr) == MUISTIO_OK);
  CHECK(muistio_call_release(nullptr) == MUISTIO_OK);
  CHECK(muistio_observation_release(nullptr) == MUISTIO_OK);
  CHECK(muistio_client_close(nullptr) == MUISTIO_OK);

  REQUIRE(muistio_club_list(home.client, nullptr, nullptr, &call) == MUISTIO_OK);
  muistio_answer* answer = nullptr;
  REQUIRE(muistio_call_wait(call, MUISTIO_FOREVER, &answer) == MUISTIO_OK);
  CHECK(muistio_answer_count(answer, &count) == MUISTIO_OK);
  CHECK(muistio_answer_release(answer) == MUISTIO_E_INVALID_ARGUMENT);  // it belongs to the call
  CHECK(muistio_answer_count(answer, &count) == MUISTIO_OK);
  CHECK(muistio_call_release(call) == MUISTIO_OK);
  CHECK(muistio_call_release(call) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(muistio_call_wait(call, 0, &answer) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(muistio_call_cancel(call) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(answer == nullptr);
}

TEST_CASE("children of a closed client stay valid until they are released") {
  Folder folder;
  Home home(folder / "home", "Anna");
  muistio_call* call = nullptr;
  muistio_observation* watching = nullptr;
  REQUIRE(muistio_observe_clubs(
              home.client, [](void*, muistio_answer*) {}, nullptr, nullptr, &watching) == MUISTIO_OK);
  REQUIRE(muistio_club_list(home.client, nullptr, nullptr, &call) == MUISTIO_OK);
  auto* closed = home.client;
  home.close();
  CHECK(muistio_live_handles() == 2);
  CHECK(muistio_call_wait(call, MUISTIO_FOREVER, nullptr) == MUISTIO_OK);
  CHECK(muistio_call_cancel(call) == MUISTIO_OK);
  CHECK(muistio_club_list(closed, nullptr, nullptr, nullptr) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(muistio_client_close(closed) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(muistio_call_release(call) == MUISTIO_OK);
  CHECK(muistio_observation_release(watching) == MUISTIO_OK);
  CHECK(muistio_observation_release(watching) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(muistio_live_handles() == 0);
}

TEST_CASE("text that is not UTF-8, NULL text and numbers that mean nothing are refused at once") {
  Folder folder;
  Home home(folder / "home", "Anna");
  const auto club = home.make_club();
  muistio_call* call = nullptr;
  const auto create = [&](const char* name, muistio_history history) {
    const auto status = muistio_club_create(home.client, name, history, nullptr, nullptr, &call);
    muistio_call_release(call);
    return status;
  };
  CHECK(create("\xC3\x28", MUISTIO_HISTORY_ALL) == MUISTIO_E_NOT_UTF8);
  CHECK(create("\xED\xA0\x80", MUISTIO_HISTORY_ALL) == MUISTIO_E_NOT_UTF8);  // a surrogate
  CHECK(create(nullptr, MUISTIO_HISTORY_ALL) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(create("Klubi", 3) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(create("Klubi", MUISTIO_HISTORY_UNKNOWN) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(create("Kl\xC3\xBC"
               "bi",
               MUISTIO_HISTORY_ALL) == MUISTIO_OK);

  muistio_new_invitation wanted{};
  wanted.size = sizeof wanted;
  wanted.club = club;
  wanted.role = 258;  // the member's number, cut to eight bits
  CHECK(muistio_invitation_create(home.client, &wanted, nullptr, nullptr, nullptr) == MUISTIO_E_INVALID_ARGUMENT);
  wanted.role = MUISTIO_ROLE_MEMBER;
  CHECK(ask(muistio_invitation_create, home.client, &wanted).begun == MUISTIO_OK);
}

TEST_CASE("a struct without its size is refused, a newer one only if it asks for what is not known") {
  Folder folder;
  Home home(folder / "home", "Anna");
  struct Newer {
    muistio_new_note note;
    std::uint64_t more;
  } newer{};
  newer.note.club = home.make_club();
  newer.note.title = "Muistio";
  const auto add = [&] { return muistio_note_add(home.client, &newer.note, nullptr, nullptr, nullptr); };
  CHECK(add() == MUISTIO_E_INVALID_ARGUMENT);
  newer.note.size = sizeof(muistio_new_note) - 1;
  CHECK(add() == MUISTIO_E_INVALID_ARGUMENT);
  newer.note.size = sizeof newer;
  CHECK(add() == MUISTIO_OK);
  newer.more = 1;
  CHECK(add() == MUISTIO_E_UNSUPPORTED_VERSION);
  newer.note.size = sizeof newer.note;
  CHECK(add() == MUISTIO_OK);
  newer.note.text_bytes = 3;  // and no text
  CHECK(add() == MUISTIO_E_INVALID_ARGUMENT);
}

TEST_CASE("an answer read as what it does not hold says so") {
  Folder folder;
  Home home(folder / "home", "Anna");
  (void)home.make_club();
  const auto clubs = good(muistio_club_list, home.client);
  const muistio_note* note = nullptr;
  const muistio_club* club = nullptr;
  CHECK(muistio_answer_note(clubs.answer, 0, &note) == MUISTIO_E_TYPE_MISMATCH);
  CHECK(muistio_answer_club(clubs.answer, 1, &club) == MUISTIO_E_NOT_FOUND);
  CHECK(muistio_answer_club(clubs.answer, 0, nullptr) == MUISTIO_E_INVALID_ARGUMENT);
  CHECK(muistio_answer_club(clubs.answer, 0, &club) == MUISTIO_OK);
  const auto nothing = good(muistio_recovery_forget, home.client);
  CHECK(muistio_answer_club(nothing.answer, 0, &club) == MUISTIO_E_TYPE_MISMATCH);
  CHECK(club == nullptr);
}

TEST_CASE("callbacks may call back in, but neither wait for their client nor close it") {
  Folder folder;
  Home home(folder / "home", "Anna");
  struct Inside {
    muistio_client* client;
    Counter over;
    muistio_status waited = -1, closed = -1, begun = -1, after = -1;
  } inside{home.client, {}};
  const auto done = [](void* user, muistio_status, muistio_answer*) {
    auto& self = *static_cast<Inside*>(user);
    muistio_call* call = nullptr;
    const auto second = [](void* again, muistio_status status, muistio_answer*) {
      static_cast<Inside*>(again)->after = status;
      static_cast<Inside*>(again)->over.add();
    };
    self.begun = muistio_club_create(self.client, "Sisältä", MUISTIO_HISTORY_ALL, second, &self, &call);
    self.waited = muistio_call_wait(call, MUISTIO_FOREVER, nullptr);
    self.closed = muistio_client_close(self.client);
    muistio_call_release(call);
  };
  REQUIRE(muistio_club_list(home.client, done, &inside, nullptr) == MUISTIO_OK);
  REQUIRE(inside.over.reaches(1));
  CHECK(inside.begun == MUISTIO_OK);
  CHECK(inside.waited == MUISTIO_E_INVALID_STATE);
  CHECK(inside.closed == MUISTIO_E_INVALID_STATE);
  CHECK(inside.after == MUISTIO_OK);
  CHECK(good(muistio_club_list, home.client).count() == 1);
}

TEST_CASE("an observation may be released by its own callback") {
  Folder folder;
  Home home(folder / "home", "Anna");
  struct Once {
    std::mutex mutex;
    muistio_observation* watching = nullptr;
    Counter heard, gone;
    muistio_status released = -1;
  } once;
  const auto changed = [](void* user, muistio_answer*) {
    auto& self = *static_cast<Once*>(user);
    const std::lock_guard guard(self.mutex);
    self.released = muistio_observation_release(self.watching);
    self.heard.add();
  };
  {
    const std::lock_guard guard(once.mutex);
    REQUIRE(muistio_observe_clubs(
                home.client, changed, &once, [](void* user) { static_cast<Once*>(user)->gone.add(); }, &once.watching) ==
            MUISTIO_OK);
  }
  REQUIRE(once.heard.reaches(1));
  CHECK(once.released == MUISTIO_OK);
  CHECK(once.gone.reaches(1));
  (void)home.make_club();
  CHECK(once.heard.count() == 1);
}

TEST_CASE("two threads ask, observe and release while a third closes, and every callback came once") {
  Folder folder;
  Home home(folder / "home", "Anna");
  const auto club = home.make_club();
  std::atomic<int> begun = 0, answered = 0, watched = 0, gone = 0;
  std::atomic<bool> closed = false;
  const auto done = [](void* user, muistio_status, muistio_answer*) { ++*static_cast<std::atomic<int>*>(user); };
  const auto work = [&](int number) {
    for (int i = 0; !closed && i < 20'000; ++i) {
      muistio_call* call = nullptr;
      const auto status = (i + number) % 2 == 0 ? muistio_note_list(home.client, club, done, &answered, &call)
                                                : muistio_note_append(home.client, club, "x", 1, done, &answered, &call);
      if (status != MUISTIO_OK) break;
      ++begun;
      if (i % 3 == 0) muistio_call_cancel(call);
      muistio_call_release(call);
      muistio_observation* watching = nullptr;
      if (muistio_observe_notes(
              home.client, club, [](void*, muistio_answer*) {}, &gone, [](void* user) { ++*static_cast<std::atomic<int>*>(user); },
              &watching) == MUISTIO_OK)
        ++watched;
      muistio_observation_release(watching);
    }
  };
  std::thread first(work, 0), second(work, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  CHECK(muistio_client_close(home.client) == MUISTIO_OK);
  closed = true;
  first.join();
  second.join();
  CHECK(begun > 0);
  CHECK(answered == begun);
  CHECK(gone == watched);
  CHECK(muistio_live_handles() == 0);
}
