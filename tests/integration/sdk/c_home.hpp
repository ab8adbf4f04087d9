// For the tests of the C interface: a home that is open, calls that are waited for, and callbacks that keep what they heard.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstring>

#include "muistio/c/muistio.h"
#include "people.hpp"

namespace muistio::test {

/// What came of a call; its handles go with it.
class Asked {
 public:
  template <class Begin>
  explicit Asked(Begin begin) {
    begun = begin(&call_);
    if (begun == MUISTIO_OK) status = muistio_call_wait(call_, MUISTIO_FOREVER, &answer);
  }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  ~Asked() { muistio_call_release(call_); }

  muistio_status begun = -1, status = -1;
  muistio_answer* answer = nullptr;

  [[nodiscard]] muistio_id id() const {
    muistio_id id{};
    REQUIRE(muistio_answer_id(answer, 0, &id) == MUISTIO_OK);
    return id;
  }
  [[nodiscard]] std::string text(std::size_t index = 0) const {
    const char* text = nullptr;
    std::size_t bytes = 0;
    REQUIRE(muistio_answer_text(answer, index, &text, &bytes) == MUISTIO_OK);
    return {text, bytes};
  }
  [[nodiscard]] std::string message() const {
    const char* text = nullptr;
    REQUIRE(muistio_answer_message(answer, &text) == MUISTIO_OK);
    return text;
  }
  [[nodiscard]] std::size_t count() const {
    std::size_t count = 0;
    REQUIRE(muistio_answer_count(answer, &count) == MUISTIO_OK);
    return count;
  }

 private:
  muistio_call* call_ = nullptr;
};

/// Waits for `function(arguments…, MUISTIO_THEN)`.
template <class Function, class... Arguments>
Asked ask(Function function, Arguments... arguments) {
  return Asked([&](muistio_call** call) { return function(arguments..., nullptr, nullptr, call); });
}
/// And it must be done.
template <class Function, class... Arguments>
Asked good(Function function, Arguments... arguments) {
  return Asked([&](muistio_call** call) {
    const auto begun = function(arguments..., nullptr, nullptr, call);
    REQUIRE(begun == MUISTIO_OK);
    muistio_answer* answer = nullptr;
    const auto status = muistio_call_wait(*call, MUISTIO_FOREVER, &answer);
    const char* message = "";
    muistio_answer_message(answer, &message);
    INFO(message);
    REQUIRE(status == MUISTIO_OK);
    return begun;
  });
}

/// A home that is open; with a name, one that has its member.
class Home {
 public:
  explicit Home(const std::filesystem::path& folder, const std::string& name = {}, const std::string& server = {},
                const std::string& ca_pem = {}) {
    const auto home = folder.string();
    muistio_open_options options{};
    options.size = sizeof options;
    options.home = home.c_str();
    options.create = true;
    REQUIRE(muistio_client_open(&options, &client, nullptr) == MUISTIO_OK);
    if (!name.empty()) good(muistio_home_init, client, name.c_str(), server.c_str(), ca_pem.c_str());
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() { muistio_client_close(client); }
  void close() {
    REQUIRE(muistio_client_close(client) == MUISTIO_OK);
    client = nullptr;
  }
  [[nodiscard]] muistio_id make_club(const char* name = "Klubi") const {
    return good(muistio_club_create, client, name, MUISTIO_HISTORY_JOINING).id();
  }
  [[nodiscard]] muistio_id add_note(muistio_id club, const std::string& title, const std::string& text) const {
    muistio_new_note note{};
    note.size = sizeof note;
    note.club = club;
    note.title = title.c_str();
    note.text = text.data();
    note.text_bytes = text.size();
    return good(muistio_note_add, client, &note).id();
  }
  [[nodiscard]] std::string text_of(muistio_id note) const {
    const auto shown = good(muistio_note_show, client, note);
    const muistio_note_text* text = nullptr;
    REQUIRE(muistio_answer_note_text(shown.answer, 0, &text) == MUISTIO_OK);
    return {text->text, text->text_bytes};
  }
  /// The end of a sync and the error of its report.
  std::pair<muistio_sync_end, muistio_status> sync() const {
    const auto synced = good(muistio_sync, client, nullptr, nullptr);
    const muistio_sync_report* report = nullptr;
    REQUIRE(muistio_answer_sync_report(synced.answer, 0, &report) == MUISTIO_OK);
    return {report->end, report->error};
  }

  muistio_client* client = nullptr;
};

/// Counts, and lets a thread wait for a count.
class Counter {
 public:
  void add() {
    const std::lock_guard guard(mutex_);
    ++count_;
    came_.notify_all();
  }
  [[nodiscard]] bool reaches(int wanted, std::chrono::seconds limit = std::chrono::seconds(60)) {
    std::unique_lock guard(mutex_);
    return came_.wait_for(guard, limit, [&] { return count_ >= wanted; });
  }
  [[nodiscard]] int count() {
    const std::lock_guard guard(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  int count_ = 0;
};

}  // namespace muistio::test
