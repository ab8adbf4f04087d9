// Several muistiod processes over one PostgreSQL, as clients see them.
#include <chrono>
#include <csignal>
#include <thread>

#include "harness.hpp"
#include "postgres_server.hpp"
#include "programs.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;
using namespace muistio::server::test;
using muistio::test::PostgresServer;
using Steady = std::chrono::steady_clock;

struct People {
  SeededRandom random{11};
  crypto::SigningKey key = crypto::SigningKey::generate(random);
  SpaceId space = random.make<SpaceId>();
};

bool subscribe(WireClient& client, const People& people) {
  as<wire::SpaceOpened>(client.ask(client.open(people.space, people.key)).value());
  return std::holds_alternative<wire::Done>(client.ask(wire::Subscribe{people.space, Seq(1)}).value());
}

}  // namespace

TEST_CASE("what is appended at one server is pushed by two others within a moment, in order and once") {
  ScratchFolder folder;
  const auto database = PostgresServer::shared().new_database();
  const std::vector<std::string> shared{"--database", database, "--poll-ms", "60000"};
  ServerProcess one(folder.path() / "1", shared), two(folder.path() / "2", shared), three(folder.path() / "3", shared);
  People people;
  WireClient writer(one), near(two), far(three);
  as<wire::SpaceOpened>(writer.ask(writer.create(people.space, people.key)).value());
  REQUIRE(subscribe(near, people));
  REQUIRE(subscribe(far, people));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // until all listen
  const auto began = Steady::now();
  for (std::uint8_t i = 0; i < 50; ++i)
    as<wire::Appended>((i % 2 == 0 ? writer : near).ask(wire::Append{people.space, Seq(0), content({i})}).value());
  for (auto* reader : {&near, &far}) {
    std::uint8_t next = 0;
    while (next < 50) {
      const auto pushed = reader->pushed();
      REQUIRE(pushed);
      CHECK(pushed->from_seq == Seq(next + 1u));
      for (const auto& record : pushed->records) CHECK(record == content({next++}));
    }
  }
  CHECK(Steady::now() - began < std::chrono::seconds(20));  // far below the poll
}

TEST_CASE("after kill -9 of a server its clients find everything at another") {
  ScratchFolder folder;
  const auto database = PostgresServer::shared().new_database();
  const std::vector<std::string> shared{"--database", database};
  ServerProcess one(folder.path() / "1", shared), two(folder.path() / "2", shared);
  People people;
  WireClient writer(one);
  as<wire::SpaceOpened>(writer.ask(writer.create(people.space, people.key)).value());
  std::vector<wire::RequestId> sent;
  for (std::uint8_t i = 0; i < 100; ++i) sent.push_back(writer.send(wire::Append{people.space, Seq(0), content({i})}));
  std::size_t acknowledged = 0;
  for (; acknowledged < 40; ++acknowledged) REQUIRE(writer.wait_for(sent[acknowledged]));
  one.signal(SIGKILL);
  for (; acknowledged < sent.size(); ++acknowledged)
    if (const auto answer = writer.wait_for(sent[acknowledged]); !answer) break;
  WireClient other(two);
  const auto opened = as<wire::SpaceOpened>(other.ask(other.open(people.space, people.key)).value());
  CHECK(opened.head.value() >= acknowledged);
  for (std::uint8_t i = 0; i < 100; ++i)  // what was not answered is sent again, and finds its place or a new one
    CHECK(as<wire::Appended>(other.ask(wire::Append{people.space, Seq(0), content({i})}).value()).seq == Seq(i + 1u));
}

TEST_CASE("when the database is away a server refuses and is not ready, and when it is back clients go on where they were") {
  ScratchFolder folder;
  PostgresServer own;
  const auto database = own.new_database();
  ServerProcess server(folder.path() / "1", {"--database", database, "--metrics-listen", "127.0.0.1:0"}, folder.path() / "log");
  People people;
  WireClient client(server), listener(server);
  as<wire::SpaceOpened>(client.ask(client.create(people.space, people.key)).value());
  REQUIRE(subscribe(listener, people));
  as<wire::Appended>(client.ask(wire::Append{people.space, Seq(0), content({1})}).value());
  own.stop_at_once();
  CHECK(refusal(client.ask(wire::Append{people.space, Seq(0), content({2})}).value()) == ErrorCode::server_busy);
  own.start();
  std::optional<wire::ServerMessage> answer;
  for (int i = 0; i < 100; ++i) {
    answer = client.ask(wire::Append{people.space, Seq(0), content({2})});
    if (answer && std::holds_alternative<wire::Appended>(*answer)) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  REQUIRE(answer);
  CHECK(as<wire::Appended>(*answer).seq == Seq(2));
  std::size_t records = 0;
  while (records < 2) records += listener.pushed().value().records.size();
  CHECK(records == 2);
}

TEST_CASE("a log moves from SQLite to PostgreSQL and back, attachments too, and clients find it as it was") {
  ScratchFolder folder;
  const auto sqlite = folder.path() / "sqlite", back = folder.path() / "back";
  const auto database = PostgresServer::shared().new_database();
  People people;
  const auto attachment = people.random.make<AttachmentId>();
  const auto target = "/attachments/" + people.space.hex() + "/" + attachment.hex();
  const std::string bytes(100'000, 'x');
  {
    ServerProcess server(sqlite);
    auto connected = std::make_unique<WireClient>(server);
    auto& client = *connected;
    as<wire::SpaceOpened>(client.ask(client.create(people.space, people.key)).value());
    for (std::uint8_t i = 0; i < 10; ++i) as<wire::Appended>(client.ask(wire::Append{people.space, Seq(0), content({i})}).value());
    const auto ticket =
        as<wire::Ticket>(client.ask(wire::RequestTicket{people.space, attachment, wire::TicketMode::write, bytes.size()}).value());
    CHECK(TlsClient(server)
              .request("PUT", target, "Authorization: Bearer " + ticket.token.hex() + "\r\nContent-Range: bytes 0-99999/100000\r\n",
                       bytes)
              ->status == 200);
    CHECK(run({"move-log", "--data", sqlite.string(), "--to-database", database}).code == 1);  // while the server runs
    connected.reset();
    server.signal(SIGTERM);
    REQUIRE(server.wait(5) == 0);
  }
  const auto check = [&](const std::filesystem::path& data, const std::vector<std::string>& more) {
    ServerProcess server(data, more);
    auto connected = std::make_unique<WireClient>(server);
    auto& client = *connected;
    const auto opened = as<wire::SpaceOpened>(client.ask(client.open(people.space, people.key)).value());
    CHECK(opened.head == Seq(10));
    CHECK(as<wire::Records>(client.ask(wire::Fetch{people.space, Seq(1), 0}).value()).records.size() == 10);
    const auto ticket =
        as<wire::Ticket>(client.ask(wire::RequestTicket{people.space, attachment, wire::TicketMode::read, 0}).value());
    const auto got =
        TlsClient(server).request("GET", target, "Authorization: Bearer " + ticket.token.hex() + "\r\nRange: bytes=70000-\r\n");
    REQUIRE(got);
    CHECK(got->body == bytes.substr(70'000));
    connected.reset();
    server.signal(SIGTERM);
    REQUIRE(server.wait(5) == 0);
    return opened.log_hash;
  };
  const auto before = check(sqlite, {});
  const auto there = run({"move-log", "--data", sqlite.string(), "--to-database", database});
  INFO(there.output);
  REQUIRE(there.code == 0);
  CHECK(has(there.output, "moved, and the hash of every space compared: 1 spaces, 10 records, 1 attachments"));
  CHECK(run({"move-log", "--data", sqlite.string(), "--to-database", database}).code == 1);  // it is not empty any more
  CHECK(check(folder.path() / "pg", {"--database", database}) == before);
  REQUIRE(run({"move-log", "--data", (folder.path() / "pg").string(), "--database", database, "--to-data", back.string()}).code ==
          0);
  CHECK(check(back, {}) == before);
  // A backup of the one is restored into the other.
  REQUIRE(run({"backup", (folder.path() / "backup").string(), "--data", (folder.path() / "pg").string(), "--database", database})
              .code == 0);
  const auto second = PostgresServer::shared().new_database();
  REQUIRE(run({"restore", (folder.path() / "backup").string(), "--data", (folder.path() / "pg2").string(), "--database", second})
              .code == 0);
  CHECK(check(folder.path() / "pg2", {"--database", second}) == before);
}
