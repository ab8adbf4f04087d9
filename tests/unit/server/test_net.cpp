// The real muistiod over real sockets.
#include <sys/socket.h>

#include <csignal>
#include <fstream>
#include <random>
#include <thread>

#include "harness.hpp"
#include "net_client.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;
using namespace muistio::server::test;
using wire::Append;
using wire::Appended;

/// A running server with one space, opened on one connection.
struct Running {
  Running() : server(std::make_unique<ServerProcess>(folder.path() / "data")), client(*server) {
    as<wire::SpaceOpened>(client.ask(client.create(space, key)).value());
  }
  ScratchFolder folder;
  std::unique_ptr<ServerProcess> server;
  SeededRandom random{std::random_device{}()};
  crypto::SigningKey key = crypto::SigningKey::generate(random);
  SpaceId space = random.make<SpaceId>();
  WireClient client;

  std::string ticket(wire::TicketMode mode, const AttachmentId& attachment, std::uint64_t size = 0) {
    return as<wire::Ticket>(client.ask(wire::RequestTicket{space, attachment, mode, size}).value()).token.hex();
  }
  [[nodiscard]] std::string target(const AttachmentId& attachment) const {
    return "/attachments/" + space.hex() + "/" + attachment.hex();
  }
};

std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }
std::string range(std::uint64_t first, std::uint64_t end, std::uint64_t size) {
  return "Content-Range: bytes " + std::to_string(first) + "-" + std::to_string(end - 1) + "/" + std::to_string(size) + "\r\n";
}
std::string noise(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string made(size, 0);
  for (auto& c : made) c = static_cast<char>(random());
  return made;
}

}  // namespace

TEST_CASE("muistiod says where it listens in exactly one line and ends on SIGTERM with 0") {
  Running r;
  CHECK(r.server->ready_line() == "ready wss://127.0.0.1:" + std::to_string(r.server->port()) + "\n");
  CHECK(r.client.challenge.server_name == "localhost");
  r.server->signal(SIGTERM);
  std::optional<wire::ServerFrame> last;
  while (auto frame = r.client.next()) last = frame;
  REQUIRE(r.client.goodbye);
  CHECK(static_cast<ErrorCode>(r.client.goodbye->code) == ErrorCode::shutting_down);
  CHECK(r.client.close_code == 1001);
  CHECK(r.server->wait(5) == 0);
  CHECK(r.server->rest_of_output().empty());
}

TEST_CASE("SIGTERM ends muistiod within five seconds whatever its clients do") {
  Running r;
  std::vector<std::unique_ptr<TlsClient>> silent;
  for (int i = 0; i < 5; ++i) silent.push_back(std::make_unique<TlsClient>(*r.server));
  PlainSocket half(r.server->port());
  WireClient deaf(*r.server);
  as<wire::SpaceOpened>(deaf.ask(deaf.open(r.space, r.key)).value());
  as<wire::Done>(deaf.ask(wire::Subscribe{r.space, Seq(1)}).value());
  for (std::uint8_t i = 0; i < 20; ++i) as<Appended>(r.client.ask(Append{r.space, Seq(0), content(Bytes(200'000, i))}).value());
  r.server->signal(SIGTERM);
  CHECK(r.server->wait(5) == 0);
}

TEST_CASE("append, fetch and subscribe over TLS") {
  Running r;
  WireClient other(*r.server);
  as<wire::SpaceOpened>(other.ask(other.open(r.space, r.key)).value());
  as<wire::Done>(other.ask(wire::Subscribe{r.space, Seq(1)}).value());
  std::vector<wire::RequestId> requests;
  for (std::uint8_t i = 0; i < 200; ++i) requests.push_back(r.client.send(Append{r.space, Seq(0), content({i})}));
  for (std::uint8_t i = 0; i < 200; ++i) CHECK(as<Appended>(r.client.wait_for(requests[i]).value()).seq == Seq(i + 1u));
  std::uint8_t next = 0;
  while (next < 200) {
    const auto pushed = other.pushed();
    REQUIRE(pushed);
    CHECK(pushed->from_seq == Seq(next + 1u));
    for (const auto& record : pushed->records) CHECK(record == content({next++}));
  }
  const auto large = handshake(Bytes(900'000, 7));
  CHECK(as<Appended>(r.client.ask(Append{r.space, Seq(0), large}).value()).seq == Seq(201));
  CHECK(as<wire::Records>(other.ask(wire::Fetch{r.space, Seq(201), 0}).value()).records == std::vector<Bytes>{large});
}

TEST_CASE("a signature from another connection is worth nothing over TLS") {
  Running r;
  WireClient other(*r.server);
  CHECK(refusal(other.ask(r.client.open(r.space, r.key)).value()) == ErrorCode::not_authorised);
}

TEST_CASE("TLS 1.2 is refused, and so is another name's certificate") {
  Running r;
  CHECK_THROWS(TlsClient(*r.server, "localhost", TLS1_2_VERSION));
  CHECK_THROWS(TlsClient(*r.server, "notes.example"));
  CHECK_NOTHROW(TlsClient(*r.server, "127.0.0.1"));
}

TEST_CASE("an attachment is uploaded, cut, resumed and downloaded in ranges") {
  Running r;
  const auto attachment = r.random.make<AttachmentId>();
  const auto bytes = noise(3'000'000, 5);
  const auto size = bytes.size();
  const auto write = bearer(r.ticket(wire::TicketMode::write, attachment, size));
  const auto target = r.target(attachment);
  std::uint64_t held = 0;
  {
    TlsClient cut(*r.server);
    CHECK(cut.request("HEAD", target, write)->fields.at("upload-offset") == "0");
    cut.write("PUT " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(size) + "\r\n" + write +
              range(0, size, size) + "\r\n" + bytes.substr(0, 1'234'567));
  }
  TlsClient http(*r.server);
  for (int i = 0; i < 500 && held != 1'234'567; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    held = std::stoull(http.request("HEAD", target, write)->fields.at("upload-offset"));
  }
  REQUIRE(held == 1'234'567);
  CHECK(refusal(r.client.ask(wire::RequestTicket{r.space, attachment, wire::TicketMode::read, 0}).value()) == ErrorCode::bad_range);

  {
    TlsClient wrong(*r.server);
    const auto conflict = wrong.request("PUT", target, write + range(0, size, size), bytes);
    REQUIRE(conflict);
    CHECK(conflict->status == 409);
    CHECK(conflict->fields.at("upload-offset") == "1234567");
  }
  const auto middle = http.request("PUT", target, write + range(held, 2'000'000, size), bytes.substr(held, 2'000'000 - held));
  REQUIRE(middle);
  CHECK(middle->status == 200);
  CHECK(middle->fields.at("upload-offset") == "2000000");
  const auto end = http.request("PUT", target, write + range(2'000'000, size, size), bytes.substr(2'000'000));
  REQUIRE(end);
  CHECK(end->fields.at("upload-offset") == std::to_string(size));

  const auto read = bearer(r.ticket(wire::TicketMode::read, attachment));
  const auto whole = http.request("GET", target, read);
  REQUIRE(whole);
  CHECK(whole->status == 200);
  CHECK(whole->body == bytes);
  const auto tail = http.request("GET", target, read + "Range: bytes=2500000-\r\n");
  CHECK(tail->status == 206);
  CHECK(tail->fields.at("content-range") == "bytes 2500000-2999999/3000000");
  CHECK(tail->body == bytes.substr(2'500'000));
  const auto part = http.request("GET", target, read + "Range: bytes=10-19\r\n");
  CHECK(part->status == 206);
  CHECK(part->body == bytes.substr(10, 10));
  const auto beyond = http.request("GET", target, read + "Range: bytes=3000000-\r\n");
  CHECK(beyond->status == 416);
  CHECK(beyond->fields.at("content-range") == "bytes */3000000");

  // A download that is cut harms nothing.
  {
    TlsClient cut(*r.server);
    cut.write("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + read + "\r\n");
    CHECK_FALSE(cut.read(1000).empty());
  }
  as<wire::Done>(r.client.ask(wire::DeleteAttachment{r.space, attachment}).value());
  CHECK(TlsClient(*r.server).request("GET", target, read)->status == 401);
  CHECK(TlsClient(*r.server).request("GET", "/healthz")->body == "ok\n");
}

TEST_CASE("attachments are closed to those without the right ticket") {
  Running r;
  const auto attachment = r.random.make<AttachmentId>();
  const auto write = bearer(r.ticket(wire::TicketMode::write, attachment, 10));
  const auto target = r.target(attachment);
  const auto status = [&](const std::string& method, const std::string& path, const std::string& fields,
                          const std::string& body = "") {
    const auto answer = TlsClient(*r.server).request(method, path, fields, body);
    return answer ? answer->status : 0;
  };
  CHECK(status("GET", target, "") == 401);
  CHECK(status("GET", target, bearer(std::string(64, '0'))) == 401);
  CHECK(status("GET", target, "Authorization: Bearer xyz\r\n") == 401);
  CHECK(status("GET", target, write) == 403);
  CHECK(status("HEAD", r.target(r.random.make<AttachmentId>()), write) == 403);
  CHECK(status("POST", target, write) == 405);
  CHECK(status("GET", "/attachments/..%2f..%2flog.sqlite", write) == 404);
  CHECK(status("GET", "/attachments/../log.sqlite", write) == 404);
  CHECK(status("GET", "/nothing", "") == 404);
  CHECK(status("PUT", target, write, "0123456789") == 400);
  CHECK(status("PUT", target, write + range(0, 9, 10), "0123456789") == 400);
  CHECK(status("PUT", target, write + range(0, 10, 11), "0123456789") == 400);
  CHECK(status("PUT", target, write + range(0, 10, 10), "0123456789") == 200);
  CHECK(status("PUT", target, write + range(0, 10, 10), "0123456789") == 409);
}

TEST_CASE("nonsense at every level closes that connection and no other") {
  Running r;
  SECTION("garbage instead of TLS") {
    PlainSocket socket(r.server->port());
    socket.write(noise(5000, 1));
    CHECK(socket.closes_within(5));
  }
  SECTION("plain HTTP instead of TLS") {
    PlainSocket socket(r.server->port());
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(socket.closes_within(5));
  }
  SECTION("garbage instead of HTTP") {
    TlsClient client(*r.server);
    client.write(noise(3000, 2) + "\r\n\r\n");
    const auto answer = client.answer();
    CHECK((!answer || answer->status == 400 || answer->status == 431));
    CHECK(client.socket().closes_within(5));
  }
  SECTION("an endless header") {
    TlsClient client(*r.server);
    client.write("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'a'));
    const auto answer = client.answer();
    REQUIRE(answer);
    CHECK(answer->status == 431);
  }
  SECTION("a body without a length") {
    const auto attachment = r.random.make<AttachmentId>();
    TlsClient client(*r.server);
    client.write("PUT " + r.target(attachment) + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" +
                 bearer(r.ticket(wire::TicketMode::write, attachment, 10)) + range(0, 10, 10) + "\r\n");
    CHECK(client.answer()->status == 411);
  }
  SECTION("a WebSocket without our subprotocol, or elsewhere") {
    const std::string upgrade =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    CHECK(TlsClient(*r.server).request("GET", "/muistio", upgrade)->status == 400);
    CHECK(TlsClient(*r.server).request("GET", "/muistio", upgrade + "Sec-WebSocket-Protocol: chat, muistio.2\r\n")->status == 400);
    CHECK(TlsClient(*r.server).request("GET", "/", upgrade + "Sec-WebSocket-Protocol: muistio.1\r\n")->status == 404);
  }
  SECTION("garbage instead of WebSocket frames") {
    WireClient client(*r.server);
    client.write(noise(5000, 3));
    while (client.next()) {
    }
    CHECK(client.socket().closes_within(5));
  }
  SECTION("a frame without its mask") {
    WireClient client(*r.server);
    client.send_raw(2, wire::encode_frame(wire::RequestId(1), wire::ClientMessage(wire::Ping{})), false);
    CHECK_FALSE(client.next());
    CHECK(client.close_code == 1002);
  }
  SECTION("a text message") {
    WireClient client(*r.server);
    client.send_raw(1, as_bytes("hello"));
    CHECK_FALSE(client.next());
    CHECK(client.close_code == 1003);
  }
  SECTION("garbage in a binary message") {
    WireClient client(*r.server);
    client.send_raw(2, as_bytes(noise(300, 4)));
    while (client.next()) {
    }
    REQUIRE(client.goodbye);
    CHECK(static_cast<ErrorCode>(client.goodbye->code) == ErrorCode::bad_frame);
    CHECK(client.close_code == 1002);
  }
  SECTION("a message above the limit, only claimed") {
    WireClient client(*r.server);
    client.send_raw(2, Bytes(100), true, std::uint64_t{1} << 40);
    CHECK_FALSE(client.next());
    CHECK(client.close_code == 1009);
  }
  SECTION("a message above the limit, really sent") {
    WireClient client(*r.server);
    client.send_raw(2, Bytes(wire::limits::frame_bytes_max + 1, 1));
    while (client.next()) {
    }
    CHECK(client.socket().closes_within(5));
  }
  SECTION("a connection cut in the middle of a frame") {
    WireClient client(*r.server);
    client.send_raw(2, Bytes(10), true, 1000);
  }
  CHECK(as<Appended>(r.client.ask(Append{r.space, Seq(0), content({1})}).value()).seq == Seq(1));
}

TEST_CASE("whatever was acknowledged before kill -9 is there after it") {
  ScratchFolder folder;
  SeededRandom random(11);
  const auto key = crypto::SigningKey::generate(random);
  const auto space = random.make<SpaceId>();
  std::size_t acknowledged = 0;
  for (int round = 0; round < 4; ++round) {
    ServerProcess server(folder.path() / "data");
    WireClient client(server);
    const auto opened = as<wire::SpaceOpened>(round == 0 ? client.ask(client.create(space, key)).value()
                                                         : client.ask(client.open(space, key)).value());
    REQUIRE(opened.head.value() >= acknowledged);
    const auto records =
        as<wire::Records>(client.ask(wire::Fetch{space, opened.head.value() == 0 ? Seq(1) : opened.head, 0}).value());
    if (opened.head.value() > 0) REQUIRE(records.records.size() == 1);
    acknowledged = opened.head.value();

    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(150 + 70 * round));
      server.signal(SIGKILL);
    });
    std::vector<wire::RequestId> waiting;
    std::uint64_t sent = 0;
    for (bool alive = true; alive;) {
      while (waiting.size() < 50) {
        const std::string text = std::to_string(round) + "/" + std::to_string(++sent);
        waiting.push_back(client.send(Append{space, Seq(0), content(to_bytes(as_bytes(text)))}));
      }
      const auto answer = client.wait_for(waiting.front());
      waiting.erase(waiting.begin());
      alive = answer.has_value();
      if (alive) {
        const auto placed = as<Appended>(*answer);
        CHECK(placed.seq.value() == acknowledged + 1);
        acknowledged = placed.seq.value();
      }
    }
    killer.join();
  }
  CHECK(acknowledged > 50);
}

TEST_CASE("a second start uses the same certificate, and a wiped folder only means an unknown space") {
  ScratchFolder folder;
  const auto data = folder.path() / "data";
  const auto read = [&](const char* name) {
    std::ifstream in(data / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  SeededRandom random(12);
  const auto key = crypto::SigningKey::generate(random);
  const auto space = random.make<SpaceId>();
  std::string certificate;
  {
    ServerProcess server(data);
    WireClient client(server);
    as<wire::SpaceOpened>(client.ask(client.create(space, key)).value());
    certificate = read("dev-ca.pem");
    CHECK(certificate.find("BEGIN CERTIFICATE") != std::string::npos);
    CHECK((std::filesystem::status(data / "dev-tls.key").permissions() & std::filesystem::perms::mask) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    server.signal(SIGTERM);
    REQUIRE(server.wait(5) == 0);
  }
  {
    ServerProcess server(data);
    CHECK(read("dev-ca.pem") == certificate);
    WireClient client(server);
    as<wire::SpaceOpened>(client.ask(client.open(space, key)).value());
    // Wiped under a running server: it may refuse, it may not fall.
    std::filesystem::remove_all(data);
    for (std::uint8_t i = 0; i < 3; ++i) REQUIRE(client.ask(Append{space, Seq(0), content({i})}));
    const auto ticket = client.ask(wire::RequestTicket{space, random.make<AttachmentId>(), wire::TicketMode::write, 5});
    REQUIRE(ticket);
    CHECK_FALSE(server.wait(0));
  }
  ServerProcess server(data);
  CHECK(read("dev-ca.pem") != certificate);
  WireClient client(server);
  CHECK(refusal(client.ask(client.open(space, key)).value()) == ErrorCode::unknown_space);
}

TEST_CASE("a client that asks and never reads is cut off and costs no more than its limit") {
  Running r;
  as<Appended>(r.client.ask(Append{r.space, Seq(0), handshake(Bytes(1'000'000, 1))}).value());
  WireClient deaf(*r.server);
  as<wire::SpaceOpened>(deaf.ask(deaf.open(r.space, r.key)).value());
  const auto before = r.server->resident_kib();
  for (int i = 0; i < 250; ++i) deaf.send(wire::Fetch{r.space, Seq(1), 0});
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  for (std::uint8_t i = 0; i < 20; ++i) as<Appended>(r.client.ask(Append{r.space, Seq(1), content({i})}).value());
  CHECK(r.server->resident_kib() - before < 40'000);  // of the 250 MB that were asked for
}
