#include "muistio/client.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <mutex>
#include <set>

#include "listener.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/home/home_key.hpp"
#include "muistio/search/search.hpp"
#include "muistio/store/store.hpp"
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
  CHECK(Client::open({.home = folder / "home", .passphrase = std::nullopt, .busy_timeout_ms = 50}).error().code ==
        ErrorCode::store_busy);
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

TEST_CASE("after a failure of the disk the home is opened again, and holds what was confirmed") {
  test::Folder folder;
  auto client = open_client(folder / "home");
  REQUIRE(client.init("Anna", "", "").get());
  const auto club = client.create_club("Klubi").get().value();
  REQUIRE(client.add_note({club, "ennen", "teksti\n", false}).get());
  rlimit whole{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &whole) == 0);
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit tight = whole;
  tight.rlim_cur = 4096;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  const auto failed = client.add_note({club, "ei mahdu", "teksti\n", false}).get();
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &whole) == 0);
  std::signal(SIGXFSZ, before);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::io_failed);
  REQUIRE(client.add_note({club, "jälkeen", "teksti\n", false}).get());
  std::set<std::string> titles;
  const auto notes = client.notes(club).get().value();
  for (const auto& note : notes) titles.insert(note.title);
  CHECK(titles.contains("ennen"));
  CHECK(titles.contains("jälkeen"));
  CHECK(client.search("jälkeen", {club}).get().value().size() == 1);
}

TEST_CASE("a search finds what was written just before, however often a note changed") {
  test::Folder folder;
  auto client = open_client(folder / "home");
  REQUIRE(client.init("Anna", "", "").get());
  const auto club = client.create_club("Klubi").get().value();
  const auto note = client.add_note({club, "Muistio", "kokous Tampereella\n", false}).get().value();
  CHECK(client.search("kokouksessa", {club}).get().value().size() == 1);
  for (int i = 0; i < 5; ++i) REQUIRE(client.append_note(note, "palaveri " + std::to_string(i) + "\n").get());
  CHECK(client.search("palaverissa", {club}).get().value().size() == 1);
  REQUIRE(client.edit_note({.note = note, .text = "tyhjä\n", .base = std::nullopt}).get());
  CHECK(client.search("kokouksessa", {club}).get().value().empty());
  CHECK(client.search("tyhjä").get().value().size() == 1);
  REQUIRE(client.delete_note(note).get());
  CHECK(client.search("tyhjä").get().value().empty());
}

TEST_CASE("an index made by a version with other terms is made anew, once") {
  test::Folder folder;
  SpaceId club;
  {
    auto client = open_client(folder / "home");
    REQUIRE(client.init("Anna", "", "").get());
    club = client.create_club("Klubi").get().value();
    REQUIRE(client.add_note({club, "Muistio", "kokouksessa sovittiin\n", false}).get());
    REQUIRE(client.search("kokous", {club}).get().value().size() == 1);
  }
  crypto::SystemRandom random;
  const auto with_store = [&](const std::function<void(store::Store&)>& use) {
    auto key = home::find_home_key(folder / "home", std::nullopt, false, random);
    REQUIRE(key);
    store::OpenOptions options;
    options.path = folder / "home" / "home.db";
    options.key = std::move(key->key);
    auto store = store::Store::open(std::move(options));
    REQUIRE(store);
    use(*store);
  };
  // As an older version left it: terms that nothing finds, and no mark of this version.
  with_store([](store::Store& store) {
    const auto rows = store.all(store::Table::search_text);
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    auto tx = store.begin();
    REQUIRE(tx);
    REQUIRE(tx->index_put(rows->front().key, "muistio", "kokouks sovit"));
    REQUIRE(tx->erase(store::Table::meta, as_bytes("search terms")));
    REQUIRE(tx->commit());
    CHECK(search::is_outdated(store).value());
  });
  {
    auto client = open_client(folder / "home");
    CHECK(client.search("kokous", {club}).get().value().size() == 1);
  }
  with_store([](store::Store& store) {
    CHECK_FALSE(search::is_outdated(store).value());
    CHECK(store.count(store::Table::search_wanted).value() == 0);
  });
}

TEST_CASE("a search is narrowed by club, author and time") {
  test::Folder folder;
  auto client = open_client(folder / "home");
  REQUIRE(client.init("Anna", "", "").get());
  const auto club = client.create_club("Klubi").get().value();
  const auto other = client.create_club("Toinen").get().value();
  const auto note = client.add_note({club, "Muistio", "kokouksessa sovittiin\n", false}).get().value();
  REQUIRE(client.add_note({club, "Oma", "kokous on pian\n", true}).get());
  REQUIRE(client.add_note({other, "Muu", "kokoukset\n", false}).get());
  const auto count = [&](const SearchFilter& filter) { return client.search("kokous", filter).get().value().size(); };
  CHECK(count({}) == 3);
  CHECK(count({club}) == 2);
  CHECK(count({other}) == 1);
  CHECK(count({.club = club, .author = "Anna", .since = {}, .until = {}}) == 2);
  const auto members = client.members(club).get().value();
  CHECK(count({.club = {}, .author = members.front().id.hex().substr(0, 10), .since = {}, .until = {}}) == 3);
  CHECK(client.search("kokous", {.club = {}, .author = "Bertta", .since = {}, .until = {}}).get().error().code ==
        ErrorCode::not_found);
  const auto at = client.show_note(note).get().value().note.at;
  CHECK(count({.club = club, .author = {}, .since = at, .until = {}}) == 2);
  CHECK(count({.club = {}, .author = {}, .since = WallMs(at.value() + 3'600'000), .until = {}}) == 0);
  CHECK(count({.club = {}, .author = {}, .since = {}, .until = at}) == 0);
  CHECK(count({.club = {}, .author = {}, .since = {}, .until = WallMs(at.value() + 3'600'000)}) == 3);
  const auto found = client.search("kokous", {club}).get().value();
  CHECK(found.front().author == "Anna");
  REQUIRE(found.front().snippet_matches.size() == 1);
  const auto& match = found.front().snippet_matches.front();
  CHECK(found.front().snippet.substr(match.offset, match.bytes) == "kokous");
}
