// The operator's side: settings, backups, tokens, metrics, and muistiod's verbs as an operator types them.
#include <sys/socket.h>
#include <sys/un.h>

#include <csignal>
#include <thread>

#include "admin/operations.hpp"
#include "admin/settings.hpp"
#include "harness.hpp"
#include "programs.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;
using namespace muistio::server::test;

Result<Settings> load(const std::string& path, const Environment& environment, const std::map<std::string, std::string>& flags) {
  return load_settings(
      path,
      [&](const std::string& name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional<std::string>(found->second);
      },
      flags);
}

}  // namespace

TEST_CASE("a flag goes before the environment, the environment before the file, and the file before what is so by itself") {
  ScratchFolder folder;
  const auto file = folder.path() / "muistiod.toml";
  write_file(file,
             "data = \"/from/file\"\nlisten = \"127.0.0.1:1\"\n[limits]\nspace_mib = 5\nconnections = 6\n[create]\ntokens_required "
             "= true\n");
  const auto plain = load("", {}, {}).value();
  CHECK(plain.listen == "127.0.0.1:8443");
  CHECK(plain.space_mib_max == 2048);
  CHECK_FALSE(plain.tokens_required);
  const auto by_file = load(file, {}, {}).value();
  CHECK(by_file.data == "/from/file");
  CHECK(by_file.space_mib_max == 5);
  CHECK(by_file.tokens_required);
  const Environment environment{
      {"MUISTIO_LIMITS_SPACE_MIB", "7"}, {"MUISTIO_LISTEN", "127.0.0.1:2"}, {"MUISTIO_CREATE_TOKENS_REQUIRED", "false"}};
  const auto by_environment = load(file, environment, {}).value();
  CHECK(by_environment.space_mib_max == 7);
  CHECK(by_environment.listen == "127.0.0.1:2");
  CHECK(by_environment.connections_max == 6);
  CHECK_FALSE(by_environment.tokens_required);
  CHECK(load(file, environment, {{"listen", "127.0.0.1:3"}})->listen == "127.0.0.1:3");
}

TEST_CASE("a setting that does not exist, or a value that it cannot have, is refused by name") {
  ScratchFolder folder;
  const auto file = folder.path() / "muistiod.toml";
  const auto refusal_of = [&](const std::string& text) {
    write_file(file, text);
    const auto loaded = load(file, {}, {});
    return loaded ? std::string("taken") : loaded.error().detail;
  };
  CHECK(has(refusal_of("lisen = \"x\""), "lisen"));
  CHECK(has(refusal_of("[limits]\nspace_mib = \"5\""), "limits.space_mib"));
  CHECK(has(refusal_of("[limits]\nspace_mib = -5"), "limits.space_mib"));
  CHECK(has(refusal_of("[limits]\nspace_mib = 0"), "limits.space_mib"));
  CHECK(has(refusal_of("[limits]\nspace_mib = 1099511627777"), "limits.space_mib"));
  CHECK(refusal_of("[limits]\nspace_mib = 1099511627776") == "taken");
  CHECK(has(refusal_of("[limits]\nfree_mib = 1099511627777"), "limits.free_mib"));
  CHECK(has(refusal_of("[limits]\nconnections_per_address = 0"), "limits.connections_per_address"));
  CHECK(has(refusal_of("[retention]\nunchanged_space_days = 100001"), "retention.unchanged_space_days"));
  CHECK(refusal_of("[retention]\nunchanged_space_days = 100000") == "taken");
  CHECK(has(refusal_of("[log]\nlevel = \"inof\""), "log.level"));
  CHECK(refusal_of("[log]\nlevel = \"debug\"") == "taken");
  CHECK(has(refusal_of("server_name = \"" + std::string(256, 'a') + "\""), "server_name"));
  CHECK(refusal_of("server_name = \"" + std::string(255, 'a') + "\"") == "taken");
  CHECK(has(refusal_of("[tls]\ndev = true\ncertificate = \"x\""), "tls.dev"));
  CHECK(has(refusal_of("data = 5"), "data"));
  CHECK(has(refusal_of("[tls]\ndev = 1"), "tls.dev"));
  CHECK(has(refusal_of("listen = \"nowhere\""), "listen"));
  CHECK(has(refusal_of("attachments = \"cloud\""), "attachments"));
  CHECK(has(refusal_of("attachments = \"database\""), "database"));
  CHECK(has(refusal_of("this is = no = toml"), "line 1"));
  CHECK(refusal_of("listen = \"[::1]:9\"") == "taken");
  CHECK(load(folder.path() / "absent.toml", {}, {}).error().code == ErrorCode::not_found);
  CHECK(load("", {{"MUISTIO_POLL_MS", "soon"}}, {}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("the commented file has every setting and is taken with nothing changed once its comments are opened") {
  ScratchFolder folder;
  const auto file = folder.path() / "muistiod.toml";
  auto text = settings_file();
  for (const auto& setting : all_settings()) {
    CHECK(has(text, environment_name(setting)));
    CHECK(has(text, std::string("--") + setting.flag));
  }
  CHECK(load((write_file(file, text), file), {}, {})->listen == "127.0.0.1:8443");
  std::string opened;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    auto line = text.substr(at, end - at);
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ') {
      line.erase(0, 1);
      ++count;
    }
    opened += line + "\n";
    at = end + 1;
  }
  CHECK(count == all_settings().size());
  write_file(file, opened);
  const auto loaded = load(file, {}, {});
  REQUIRE(loaded);
  CHECK(loaded->space_mib_max == Settings().space_mib_max);
  CHECK(loaded->log_level == "info");
}

TEST_CASE("muistiod's backup is online, verified, restored whole, and refused when a byte of it was changed") {
  ScratchFolder folder;
  const auto data = folder.path() / "data";
  ServerProcess server(data);
  SeededRandom random{5};
  const auto key = crypto::SigningKey::generate(random);
  const auto space = random.make<SpaceId>();
  const auto attachment = random.make<AttachmentId>();
  WireClient client(server);
  as<wire::SpaceOpened>(client.ask(client.create(space, key)).value());
  for (std::uint8_t i = 0; i < 20; ++i)
    as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content(Bytes(1000, i))}).value());
  const auto ticket =
      as<wire::Ticket>(client.ask(wire::RequestTicket{space, attachment, wire::TicketMode::write, 5}).value()).token.hex();
  const auto put = TlsClient(server).request("PUT", "/attachments/" + space.hex() + "/" + attachment.hex(),
                                             "Authorization: Bearer " + ticket + "\r\nContent-Range: bytes 0-4/5\r\n", "hello");
  REQUIRE(put);
  REQUIRE(put->status == 200);

  const auto at_server = std::vector<std::string>{"--data", data.string()};
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.end(), at_server.begin(), at_server.end());
    return run(words);
  };
  const auto backup = folder.path() / "backup";
  const auto made = with({"backup", backup.string()});
  INFO(made.output);
  REQUIRE(made.code == 0);
  CHECK(has(made.output, "1 spaces, 20 records, 1 attachments"));
  CHECK(with({"backup", backup.string()}).code == 1);  // never over another
  CHECK(has(with({"stats"}).output, "records 20\n"));
  as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content({99})}).value());
  server.signal(SIGTERM);
  REQUIRE(server.wait(5) == 0);
  CHECK(has(with({"stats"}).output, "records 21\n"));  // without a server, from the log itself

  CHECK(run({"verify-backup", backup.string()}).code == 0);
  const auto restored = folder.path() / "restored";
  const auto again = run({"restore", backup.string(), "--data", restored.string()});
  INFO(again.output);
  REQUIRE(again.code == 0);
  CHECK(has(again.output, "lost here"));
  CHECK(run({"restore", backup.string(), "--data", restored.string()}).code == 1);  // only into an empty one
  {
    ServerProcess second(restored);
    WireClient reader(second);
    const auto opened = as<wire::SpaceOpened>(reader.ask(reader.open(space, key)).value());
    CHECK(opened.head == Seq(20));
    const auto read_ticket =
        as<wire::Ticket>(reader.ask(wire::RequestTicket{space, attachment, wire::TicketMode::read, 0}).value()).token.hex();
    const auto got = TlsClient(second).request("GET", "/attachments/" + space.hex() + "/" + attachment.hex(),
                                               "Authorization: Bearer " + read_ticket + "\r\n");
    REQUIRE(got);
    CHECK(got->body == "hello");
    // What the backup missed comes back from who holds it, at its place.
    CHECK(as<wire::Appended>(reader.ask(wire::Append{space, Seq(0), content({99})}).value()).seq == Seq(21));
  }

  const auto file = backup / "attachments" / space.hex() / attachment.hex();
  write_file(file, "hallo");
  CHECK(has(run({"verify-backup", backup.string()}).output, "attachment"));
  write_file(file, "hello");
  CHECK(run({"verify-backup", backup.string()}).code == 0);
  auto log = read_file(backup / "log.sqlite");
  std::size_t changed = 0;  // SQLite leaves former copies of rows in its pages: all of them
  for (auto place = log.find(std::string(1000, 7)); place != std::string::npos;
       place = log.find(std::string(1000, 7), place + 1000)) {
    log[place + 500] = 8;
    ++changed;
  }
  REQUIRE(changed > 0);
  write_file(backup / "log.sqlite", log);
  CHECK(has(run({"verify-backup", backup.string()}).output, "corrupt"));
  CHECK(run({"restore", backup.string(), "--data", (folder.path() / "third").string()}).code == 1);
}

TEST_CASE("a log of another format is told of by the doctor and by verify-backup, and stays as it is") {
  ScratchFolder folder;
  const auto data = folder.path() / "data", backup = folder.path() / "backup";
  {
    ServerProcess server(data);
    REQUIRE(run({"backup", backup.string(), "--data", data.string()}).code == 0);
    server.signal(SIGTERM);
    REQUIRE(server.wait(5) == 0);
  }
  REQUIRE(run({"verify-backup", backup.string()}).code == 0);
  const auto make_format = [](const std::filesystem::path& file, char format) {
    auto bytes = read_file(file);
    REQUIRE(bytes.size() > 100);
    REQUIRE(bytes[63] == SqliteLog::format);  // where SQLite keeps user_version
    bytes[63] = format;
    write_file(file, bytes);
  };
  make_format(backup / "log.sqlite", 2);
  const auto verified = run({"verify-backup", backup.string()});
  CHECK(verified.code == 1);
  CHECK(has(verified.output, "format 2"));
  CHECK(SqliteLog::format_in((backup / "log.sqlite").string()).value() == 2);
  make_format(data / "log.sqlite", 2);
  const auto doctor = [&] { return run({"doctor", "--data", data.string(), "--dev-tls"}).output; };
  CHECK(has(doctor(), "warning  log: it has format 2, this program writes 3"));
  CHECK(SqliteLog::format_in((data / "log.sqlite").string()).value() == 2);
  write_file(data / "log.sqlite", [&] {
    auto bytes = read_file(data / "log.sqlite");
    bytes[63] = 99;
    return bytes;
  }());
  CHECK(has(doctor(), "BAD      log: it has format 99"));
}

TEST_CASE("with tokens required, a space begins only with one, up to its count, and its quota is the token's") {
  ScratchFolder folder;
  const auto data = folder.path() / "data";
  ServerProcess server(data, {"--tokens-required"});
  const auto added = run({"token", "add", "programme", "1", "1", "--data", data.string()});
  INFO(added.output);
  REQUIRE(added.code == 0);
  const auto secret = added.output.substr(0, added.output.find('\n'));
  CHECK(run({"token", "add", "programme", "1", "--data", data.string()}).code == 1);
  CHECK_FALSE(has(read_file(data / "log.sqlite"), secret));
  SeededRandom random{6};
  const auto key = crypto::SigningKey::generate(random);
  const auto space = random.make<SpaceId>();
  WireClient client(server);
  auto create = client.create(space, key);
  CHECK(refusal(client.ask(create).value()) == ErrorCode::not_authorised);
  create.token = Bytes(secret.begin(), secret.end());
  as<wire::SpaceOpened>(client.ask(create).value());
  auto second = client.create(random.make<SpaceId>(), key);
  second.token = create.token;
  CHECK(refusal(client.ask(second).value()) == ErrorCode::quota_exceeded);
  for (std::uint8_t i = 0; i < 4; ++i)
    as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content(Bytes(250'000, i))}).value());
  CHECK(refusal(client.ask(wire::Append{space, Seq(0), content(Bytes(250'000, 9))}).value()) == ErrorCode::quota_exceeded);
  CHECK(has(run({"token", "list", "--data", data.string()}).output, "programme\t1 of 1 spaces\t1 MiB a space"));
  CHECK(run({"token", "remove", "programme", "--data", data.string()}).code == 0);
  CHECK(refusal(client.ask(second).value()) == ErrorCode::not_authorised);
}

TEST_CASE("a space that the operator deletes is gone from the disk while the server goes on") {
  ScratchFolder folder;
  const auto data = folder.path() / "data";
  ServerProcess server(data);
  SeededRandom random{8};
  const auto key = crypto::SigningKey::generate(random);
  const auto space = random.make<SpaceId>(), other = random.make<SpaceId>();
  WireClient client(server);
  for (const auto& each : {space, other}) as<wire::SpaceOpened>(client.ask(client.create(each, key)).value());
  const std::string word = "GOES-AWAY-56789";
  as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content(Bytes(word.begin(), word.end()))}).value());
  as<wire::Appended>(client.ask(wire::Append{other, Seq(0), content({1})}).value());
  const auto lies_in_files = [&] {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data))
      if (entry.is_regular_file() && has(read_file(entry.path()), word)) return true;
    return false;
  };
  REQUIRE(lies_in_files());
  CHECK(run({"space", "delete", space.hex(), "--data", data.string()}).code == 0);
  CHECK_FALSE(lies_in_files());
  CHECK(run({"space", "delete", space.hex(), "--data", data.string()}).code == 1);
  CHECK(refusal(client.ask(client.open(space, key)).value()) == ErrorCode::unknown_space);
  CHECK(as<wire::Appended>(client.ask(wire::Append{other, Seq(0), content({2})}).value()).seq == Seq(2));
}

namespace {

/// A log in SQLite and an operator who reaches it `turns` times; then the server stops.
struct Operating {
  Operating() : log(SqliteLog::open({(folder.path() / "log.sqlite").string(), ""}).value()) {}
  SpaceId begin_space(std::int64_t at) {
    const auto space = random.make<SpaceId>();
    REQUIRE(log->begin());
    REQUIRE(log->prepare({}, WallMs(at)));
    REQUIRE(log->create_space(space, random.make<wire::AuthKey>()));
    REQUIRE(log->commit());
    return space;
  }
  Result<std::string> ask(const std::vector<std::string>& words) { return operate(by, words); }

  ScratchFolder folder;
  Settings settings;
  ManualClock clock;
  SeededRandom random{11};
  std::unique_ptr<SqliteLog> log;
  AttachmentFolder attachments{folder.path() / "attachments"};
  int turns = 1000;
  Operator by{settings,
              [this](const std::function<void(StoredLog&)>& work) -> Status {
                if (turns-- <= 0) return fail(ErrorCode::shutting_down);
                work(*log);
                return ok();
              },
              attachments,
              clock,
              random,
              {}};
};

}  // namespace

TEST_CASE("an operator's verb that the server's end overtakes is ended too, wherever it stands") {
  Operating o;
  o.begin_space(1);
  for (int turns = 0; turns < 3; ++turns) {  // a backup of so small a log takes three: begin, copy, end
    o.turns = turns;
    const auto made = o.ask({"backup", (o.folder.path() / ("backup" + std::to_string(turns))).string()});
    REQUIRE_FALSE(made);
    CHECK(made.error().code == ErrorCode::shutting_down);
  }
  for (const auto& words : std::vector<std::vector<std::string>>{{"stats"},
                                                                 {"token", "list"},
                                                                 {"token", "add", "x", "1"},
                                                                 {"space", "delete", SpaceId().hex()},
                                                                 {"space", "unchanged", "1"}}) {
    o.turns = 0;
    const auto answered = o.ask(words);
    REQUIRE_FALSE(answered);
    CHECK(answered.error().code == ErrorCode::shutting_down);
  }
  o.turns = 3;
  CHECK(o.ask({"backup", (o.folder.path() / "backup").string()}));
}

TEST_CASE("what a deletion left half done is done when it is asked again, and the doctor's deletes rows alone") {
  Operating o;
  const auto space = o.begin_space(1), other = o.begin_space(1);
  const auto file = o.attachments.whole_path(space, o.random.make<AttachmentId>());
  std::filesystem::create_directories(file.parent_path());
  write_file(file, "hello");
  REQUIRE(o.log->delete_space(space));  // and then the server ended
  const auto again = o.ask({"space", "delete", space.hex()});
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::unknown_space);
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK_FALSE(has(read_file(o.folder.path() / "log.sqlite"), std::string(space.view().begin(), space.view().end())));
  CHECK(o.ask({"space", "drop", other.hex()}));
  CHECK(o.log->totals()->spaces == 0);
}

TEST_CASE("retention lets go what is known to be unchanged for so long, and nothing of which it is not known") {
  Operating o;
  const auto now = o.clock.wall();
  constexpr std::int64_t kDay = 24 * 60 * 60 * 1000;
  const auto unknown = o.begin_space(0);  // held since before servers noted it
  const auto old = o.begin_space(now.value() - 11 * kDay), recent = o.begin_space(now.value() - 9 * kDay);
  bool rewrite_due = false;
  CHECK(apply_retention(o.settings, *o.log, o.attachments, now, rewrite_due).value() == 0);
  o.settings.unchanged_space_days_max = 10;
  CHECK(apply_retention(o.settings, *o.log, o.attachments, now, rewrite_due).value() == 1);
  CHECK_FALSE(rewrite_due);
  CHECK(o.log->state(unknown));
  CHECK(o.log->state(recent));
  CHECK(o.log->state(old).error().code == ErrorCode::unknown_space);
  CHECK_FALSE(has(read_file(o.folder.path() / "log.sqlite"), std::string(old.view().begin(), old.view().end())));
  CHECK(apply_retention(o.settings, *o.log, o.attachments, now, rewrite_due).value() == 0);
}

namespace {

/// A GET without TLS; the whole answer.
std::string get(int port, const std::string& path) {
  PlainSocket socket(port);
  socket.write("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string text;
  char piece[4096];
  for (ssize_t count = 0; (count = ::recv(socket.descriptor(), piece, sizeof piece, 0)) > 0;)
    text.append(piece, static_cast<std::size_t>(count));
  return text;
}

int port_in(const std::string& log) {
  const auto at = log.find("event=metrics port=");
  return at == std::string::npos ? 0 : std::stoi(log.substr(at + 19));
}

}  // namespace

TEST_CASE("health, readiness and metrics are on a port of their own, and say when the disk has too little room") {
  ScratchFolder folder;
  const auto log_file = folder.path() / "log.txt";
  ServerProcess server(folder.path() / "data", {"--metrics-listen", "127.0.0.1:0"}, log_file);
  const auto port = port_in(read_file(log_file));
  REQUIRE(port != 0);
  SeededRandom random{9};
  const auto key = crypto::SigningKey::generate(random);
  WireClient client(server);
  const auto space = random.make<SpaceId>();
  as<wire::SpaceOpened>(client.ask(client.create(space, key)).value());
  as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content({1})}).value());
  CHECK(has(get(port, "/healthz"), "200 OK"));
  CHECK(has(get(port, "/readyz"), "ready"));
  const auto metrics = get(port, "/metrics");
  CHECK(has(metrics, "muistiod_appended_total 1\n"));
  CHECK(has(metrics, "muistiod_connections 1\n"));
  CHECK(has(metrics, "muistiod_spaces 1\n"));
  CHECK(has(metrics, "muistiod_commit_seconds_count 2\n"));
  CHECK(has(get(port, "/else"), "404"));
  // Nothing that names a space, a key or an address.
  CHECK_FALSE(has(metrics, space.hex()));
  CHECK_FALSE(has(read_file(log_file), space.hex()));

  ServerProcess full(folder.path() / "full", {"--metrics-listen", "127.0.0.1:0", "--free-mib-min", "99999999999"},
                     folder.path() / "full.txt");
  CHECK(has(get(port_in(read_file(folder.path() / "full.txt")), "/readyz"), "503"));
  // It takes no attachment, and everything else.
  WireClient at_full(full);
  as<wire::SpaceOpened>(at_full.ask(at_full.create(space, key)).value());
  as<wire::Appended>(at_full.ask(wire::Append{space, Seq(0), content({1})}).value());
  const auto attachment = random.make<AttachmentId>();
  const auto put = [&](ServerProcess& at, WireClient& by) {
    const auto ticket = as<wire::Ticket>(by.ask(wire::RequestTicket{space, attachment, wire::TicketMode::write, 5}).value()).token;
    return TlsClient(at)
        .request("PUT", "/attachments/" + space.hex() + "/" + attachment.hex(),
                 "Authorization: Bearer " + ticket.hex() + "\r\nContent-Range: bytes 0-4/5\r\n", "hello")
        .value()
        .status;
  };
  CHECK(put(full, at_full) == 507);
  CHECK(put(server, client) == 200);
}

TEST_CASE("SIGHUP changes the certificate without ending a connection, and one that cannot be used is not taken") {
  ScratchFolder folder;
  const auto a = folder.path() / "a", b = folder.path() / "b", log_file = folder.path() / "log.txt";
  { ServerProcess makes_one(a); }
  { ServerProcess makes_another(b); }
  // --dev-tls keeps files that are there: they stand for the operator's.
  const auto data = folder.path() / "data";
  std::filesystem::create_directories(data);
  for (const auto* name : {"dev-ca.pem", "dev-tls.key"}) std::filesystem::copy_file(a / name, data / name);
  ServerProcess server(data, {}, log_file);
  SeededRandom random{10};
  const auto key = crypto::SigningKey::generate(random);
  WireClient client(server);
  as<wire::SpaceOpened>(client.ask(client.create(random.make<SpaceId>(), key)).value());
  const auto swap = [&](const std::filesystem::path& from) {
    for (const auto* name : {"dev-ca.pem", "dev-tls.key"})
      std::filesystem::copy_file(from / name, data / name, std::filesystem::copy_options::overwrite_existing);
  };
  const auto wait_for = [&](const std::string& event) {
    for (int i = 0; i < 200 && !has(read_file(log_file), event); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return has(read_file(log_file), event);
  };
  swap(b);
  server.signal(SIGHUP);
  REQUIRE(wait_for("event=certificate_reloaded"));
  const probe::Endpoint old{"127.0.0.1", server.port(), (a / "dev-ca.pem").string(), "localhost"};
  CHECK_THROWS(TlsClient(old));
  CHECK_NOTHROW(TlsClient(server));
  as<wire::Pong>(client.ask(wire::Ping{}).value());
  write_file(data / "dev-tls.key", "no key");
  server.signal(SIGHUP);
  REQUIRE(wait_for("event=certificate_unusable"));
  CHECK_NOTHROW(TlsClient(server));
}

TEST_CASE("the service manager is told when clients can come") {
  ScratchFolder folder;
  const auto path = (folder.path() / "notify").string();
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const timeval patience{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  ServerProcess server(folder.path() / "data");
  ::unsetenv("NOTIFY_SOCKET");
  char text[64];
  auto count = ::recv(socket, text, sizeof text, 0);
  CHECK(std::string(text, count > 0 ? static_cast<std::size_t>(count) : 0) == "READY=1");
  server.signal(SIGTERM);
  count = ::recv(socket, text, sizeof text, 0);
  CHECK(std::string(text, count > 0 ? static_cast<std::size_t>(count) : 0) == "STOPPING=1");
  ::close(socket);
}

TEST_CASE("the doctor finds what is amiss and says what to do, and a real round trip when all is well") {
  ScratchFolder folder;
  const auto data = folder.path() / "data";
  const auto without = run({"doctor", "--data", data.string(), "--dev-tls"});
  INFO(without.output);
  CHECK(has(without.output, "round trip: no server runs"));
  CHECK(has(run({"doctor"}).output, "BAD      data folder"));
  CHECK(has(run({"doctor", "--data", data.string()}).output, "BAD      certificate: none is set"));
  ServerProcess server(data);
  const auto listen = "127.0.0.1:" + std::to_string(server.port());
  const auto well = run({"doctor", "--data", data.string(), "--dev-tls", "--listen", listen});
  INFO(well.output);
  CHECK(well.code == 0);
  CHECK(has(well.output, "good     round trip: a record was appended over TLS and read back"));
  CHECK(has(run({"stats", "--data", data.string()}).output, "spaces 0\n"));  // its space is gone again
  std::filesystem::permissions(data, std::filesystem::perms::others_read | std::filesystem::perms::owner_all);
  CHECK(has(run({"doctor", "--data", data.string(), "--dev-tls", "--listen", listen}).output, "chmod 700"));
  const auto wrong = run({"doctor", "--data", data.string(), "--dev-tls", "--listen", listen, "--server-name", "notes.example"});
  CHECK(wrong.code == 1);
  CHECK(has(wrong.output, "BAD      certificate: it is not for server_name"));
}

TEST_CASE("a setting that is wrong ends muistiod with 2, and migrate says what it would do before it does") {
  ScratchFolder folder;
  CHECK(run({"serve", "--data", folder.path().string(), "--dev-tls", "--listen", "nowhere"}).code == 2);
  CHECK(run({"serve", "--data", folder.path().string(), "--listen", "127.0.0.1:0"}).code == 2);
  CHECK(run({"serve", "--nonsense"}).code == 2);
  CHECK(run({"serve", "--data", folder.path().string(), "--dev-tls", "--tls-cert", "x", "--tls-key", "x"}).code == 2);
  CHECK(run({"stats", "--data", folder.path().string()}, {{"MUISTIO_POLL_MS", "x"}}).code == 2);
  const auto data = folder.path() / "new";
  CHECK(has(run({"migrate", "--dry-run", "--data", data.string()}).output, "would change it: the log has format 0"));
  CHECK_FALSE(std::filesystem::exists(data));
  CHECK(run({"migrate", "--data", data.string()}).code == 0);
  CHECK(has(run({"migrate", "--dry-run", "--data", data.string()}).output, "nothing to do"));
}
