#include "muistio/client.hpp"

#include <catch2/catch.hpp>
#include <mutex>

#include "listener.hpp"
#include "process.hpp"

using namespace muistio;

namespace {

Client open_client(const std::filesystem::path& home) {
  auto client = Client::open({.home = home, .passphrase = std::nullopt, .create = true});
  REQUIRE(client);
  return std::move(*client);
}

}  // namespace

TEST_CASE("a view is handed out when it changes, and only then") {
  test::Folder folder;
  auto client = open_client(folder / "home");
  REQUIRE(client.init("Anna", "", "").get());
  const auto club = client.create_club("Klubi").get().value();
  std::vector<std::vector<Note>> seen;  // written on the client's thread, read after a future that is ready later
  std::vector<std::optional<NoteText>> texts;
  auto notes = client.observe_notes(club, [&](const std::vector<Note>& answer) { seen.push_back(answer); });
  REQUIRE(client.clubs().get());
  REQUIRE(seen.size() == 1);
  CHECK(seen.back().empty());
  const auto note = client.add_note({club, "Muistio", "yksi\n", false}).get().value();
  REQUIRE(seen.size() == 2);
  CHECK(seen.back().at(0).title == "Muistio");
  auto text = client.observe_note(note, [&](const std::optional<NoteText>& answer) { texts.push_back(answer); });
  REQUIRE(client.notes(club).get());
  REQUIRE(client.append_note(note, "kaksi\n").get());
  REQUIRE(texts.size() == 2);
  CHECK(texts.back()->text == "yksi\nkaksi\n");
  CHECK(seen.size() == 3);
  notes = {};
  REQUIRE(client.delete_note(note).get());
  CHECK(seen.size() == 3);
  REQUIRE(texts.size() == 3);
  CHECK_FALSE(texts.back());
}

TEST_CASE("calls from several threads are all done, and those before the end are durable") {
  test::Folder folder;
  SpaceId club;
  {
    auto client = open_client(folder / "home");
    REQUIRE(client.init("Anna", "", "").get());
    club = client.create_club("Klubi").get().value();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&client, club, i] {
        for (int k = 0; k < 5; ++k) (void)client.add_note({club, std::to_string(i), "teksti", false});
      });
    for (auto& thread : threads) thread.join();
  }
  auto client = open_client(folder / "home");
  CHECK(client.notes(club).get().value().size() == 20);
}

TEST_CASE("a home is refused while another client has it open, and a sync without a server cannot begin") {
  test::Folder folder;
  auto client = open_client(folder / "home");
  REQUIRE(client.init("Anna", "", "").get());
  CHECK(Client::open({.home = folder / "home", .passphrase = std::nullopt, .busy_timeout_ms = 50}).error().code == ErrorCode::store_busy);
  CHECK(client.sync().get().error().code == ErrorCode::invalid_state);
  CHECK(client.init("Anna", "", "").get().error().code == ErrorCode::already_exists);
  REQUIRE(client.init("Anna", "wss://127.0.0.1:1", "").get());
  const auto report = client.sync().get();
  REQUIRE(report);
  CHECK(report->end == SyncEnd::waiting);
  REQUIRE(report->error);
  CHECK(report->error->code == ErrorCode::disconnected);
}

TEST_CASE("a client that goes while it connects ends the sync and keeps what was written") {
  test::Folder folder;
  const Listener listener;  // takes the connection, and never says a word of TLS
  Future<SyncReport> report;
  SpaceId club;
  {
    auto client = open_client(folder / "home");
    REQUIRE(client.init("Anna", "wss://127.0.0.1:" + std::to_string(listener.port()), "").get());
    report = client.sync();
    club = client.create_club("Klubi").get().value();
    const auto second = client.sync().get();
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::invalid_state);
  }
  auto ended = report.get();
  REQUIRE(ended);
  CHECK(ended->end == SyncEnd::waiting);
  auto client = open_client(folder / "home");
  CHECK(client.clubs().get().value().size() == 1);
}
