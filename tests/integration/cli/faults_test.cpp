// What may go wrong on the way: no network, a server that is another one or lost everything, a killed process, a home in use.
#include "people.hpp"

using namespace muistio::test;

TEST_CASE("without a network sync ends with 3, keeps everything and is done later") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa");
  host.init(server);
  server.kill();
  const auto club = host.line({"club", "create", "Klubi"});
  const auto note = host.add_note(club, "Muistio", "teksti");
  const auto report = host.json(3, {"sync"});
  CHECK(report.at("pushed") == 0);
  CHECK(report.at("error").at("code") == "disconnected");
  CHECK_FALSE(report.at("waiting").empty());
  CHECK(host.ok({"note", "show", note}) == "teksti");
  server.start();
  CHECK(host.json(0, {"sync"}).at("waiting").empty());
  CHECK(host.json(0, {"sync"}).at("pushed") == 0);
}

TEST_CASE("a server whose certificate nobody vouches for stops trust") {
  Folder folder;
  Server server(folder), other(folder);
  server.start();
  const Person host(folder, "Kaisa");
  host.ok({"init", "--name", "Kaisa", "--server", server.url()});
  const auto note = host.add_note(host.line({"club", "create", "Klubi"}), "Muistio", "teksti");
  const auto report = host.json(4, {"sync"});
  CHECK(report.at("error").at("code") == "untrusted_server");
  CHECK(report.at("pushed") == 0);
  CHECK(host.ok({"note", "show", note}) == "teksti");
}

TEST_CASE("a server that lost its data stops trust, and what is on the device stays readable") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto note = host.add_note(club.id, "Muistio", "teksti");
  host.ok({"sync"});
  anna.ok({"sync"});
  server.kill();
  for (const auto& entry : std::filesystem::directory_iterator(server.data()))
    if (entry.path().filename().string().rfind("dev-", 0) != 0) std::filesystem::remove_all(entry.path());
  server.start();
  const auto later = anna.add_note(club.id, "Myöhemmin", "jää tänne");
  const auto report = anna.json(4, {"sync"});
  CHECK(report.at("pushed") == 0);
  CHECK(report.at("error").at("code").is_string());
  CHECK(anna.ok({"note", "show", note}) == "teksti");
  CHECK(anna.ok({"note", "show", later}) == "jää tänne");
  const auto spaces = anna.json(0, {"status"}).at("spaces");
  CHECK(spaces.at(0).at("trusted") == false);
  CHECK(anna.run({"sync"}).status == 4);
  anna.add_note(club.id, "Vielä", "local work goes on");
}

TEST_CASE("a sync that is killed at any moment loses nothing") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  std::map<std::string, std::string> written;
  const bool all = std::getenv("MUISTIO_TEST_ALL") != nullptr;
  for (int round = 0; round < (all ? 40 : 10); ++round) {
    const auto text = "kierros " + std::to_string(round);
    const auto& writer = round % 2 == 0 ? host : anna;
    written[writer.add_note(club.id, "Muistio", text)] = text;
    RunOptions options;
    options.kill_after = std::chrono::milliseconds(10 + round * 37 % 250);
    options.kill_signal = round % 3 == 0 ? SIGTERM : SIGKILL;
    writer.run({"sync"}, options);
  }
  for (const auto* person : {&host, &anna, &host, &anna}) person->ok({"sync"});
  for (const auto* person : {&host, &anna}) {
    CHECK(person->json(0, {"note", "list", club.id}).at("items").size() == written.size());
    for (const auto& [id, text] : written) CHECK(person->ok({"note", "show", id}) == text);
  }
}

TEST_CASE("a home that another process has open is refused after a short wait") {
  Folder folder;
  // A port that accepts and says nothing: the sync before it holds the home for its 10 s.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener, 4) == 0);
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const Person host(folder, "Kaisa");
  host.ok({"init", "--name", "Kaisa", "--server", "wss://127.0.0.1:" + std::to_string(ntohs(address.sin_port))});
  host.line({"club", "create", "Klubi"});

  const auto before = std::chrono::steady_clock::now();
  Process sync({program("muistio"), "--home", host.home().string(), "sync", "--json"}, {});
  std::this_thread::sleep_for(std::chrono::seconds(1));
  CHECK(host.json(1, {"club", "list"}).at("error").at("code") == "store_busy");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(8));
  const auto ended = sync.wait(std::chrono::seconds(30));
  CHECK(ended.status == 3);
  CHECK(Json::parse(ended.out).at("error").at("code") == "timed_out");
  const auto took = std::chrono::steady_clock::now() - before;
  CHECK(took > std::chrono::seconds(9));
  CHECK(took < std::chrono::seconds(20));
  ::close(listener);
  host.ok({"club", "list"});
}

TEST_CASE("a damaged store is refused with a clear error") {
  Folder folder;
  const Person host(folder, "Kaisa");
  host.ok({"init", "--name", "Kaisa"});
  write_all(host.home() / "home.db", "this is no store, but it is long enough to be looked at as if it were one");
  const auto error = host.json(1, {"status"}).at("error");
  CHECK((error.at("code") == "wrong_key" || error.at("code") == "corrupt"));
}
