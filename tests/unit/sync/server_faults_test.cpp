// A server that is wiped, rolled back, confused or speaks nonsense.
#include "muistio/wire/messages.hpp"
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {
wire::Challenge challenge_of(const std::string& server_name) {
  wire::Challenge challenge;
  challenge.server_name = server_name;
  return challenge;
}
}  // namespace

TEST_CASE("A wiped server stops trust, keeps everything local and is sent nothing") {
  Club club(1);
  REQUIRE(club.host().write(club.space, 1, "muistio"));
  club.sync_all();
  club.server.wipe();
  REQUIRE(club.host().write(club.space, 1, " jatkuu"));
  club.sync_all();
  const auto summary = club.host().engine->space(club.space).value();
  CHECK(!summary.trusted);
  CHECK(summary.why_frozen->code == ErrorCode::log_rolled_back);
  CHECK(summary.unsent == 1);
  CHECK(club.host().text(club.space, 1) == "muistio jatkuu");
  CHECK(club.host().events<Frozen>().size() == 1);
  REQUIRE(club.host().write(club.space, 2, "paikallinen"));
  CHECK(club.host().text(club.space, 2) == "paikallinen");
}

TEST_CASE("A server that goes back to an older log is noticed, and trusted again when a host says so") {
  Club club(1);
  club.sync_all();
  club.server.stop();
  std::vector<std::pair<std::string, Bytes>> older, newer;
  for (const auto& file : club.server.disk.files()) older.emplace_back(file, *club.server.disk.contents(file));
  club.server.start();
  REQUIRE(club.host().write(club.space, 1, "uusi"));
  club.sync_all();
  club.server.stop();
  for (const auto& file : club.server.disk.files()) newer.emplace_back(file, *club.server.disk.contents(file));
  const auto put = [&](const auto& files) {
    club.server.stop();
    for (const auto& file : club.server.disk.files()) club.server.disk.remove(file);
    for (const auto& [file, bytes] : files) club.server.disk.set_contents(file, bytes);
    club.server.start();
  };
  put(older);
  club.sync_all();
  CHECK(club.host().engine->space(club.space)->why_frozen->code == ErrorCode::log_rolled_back);
  REQUIRE(club.host().write(club.space, 2, "odottaa"));
  club.sync_all();
  CHECK(club.host().engine->space(club.space)->unsent == 1);
  // Whatever the server says of it later: who put something back waits for a host's word (evidence_test.cpp).
  put(newer);
  club.sync_all();
  CHECK(!club.host().engine->space(club.space)->trusted);
  REQUIRE(club.host().engine->reopen(club.space));
  club.sync_all();
  CHECK(club.host().engine->space(club.space)->trusted);
  CHECK(club.host().events<Unfrozen>().size() == 1);
  CHECK(club.member(1).text(club.space, 2) == "odottaa");
}

TEST_CASE("A home put back from a copy notices that it was, and never writes over itself") {
  Club club(1);
  auto& home = club.member(1);
  club.sync_all();
  home.stop();
  std::vector<std::pair<std::string, Bytes>> copy;
  for (const auto& file : home.disk.files()) copy.emplace_back(file, *home.disk.contents(file));
  REQUIRE(home.start().has_value());
  REQUIRE(home.write(club.space, 1, "kadonnut"));
  club.sync_all();
  home.stop();
  for (const auto& file : home.disk.files()) home.disk.remove(file);
  for (const auto& [file, bytes] : copy) home.disk.set_contents(file, bytes);
  REQUIRE(home.start().has_value());
  REQUIRE(home.write(club.space, 2, "toinen elämä"));
  club.sync_all();
  CHECK(home.events<Rejoining>().size() == 1);
  CHECK(club.host().text(club.space, 1) == "kadonnut");
  CHECK(club.host().text(club.space, 2).empty());
  CHECK(home.text(club.space, 2) == "toinen elämä");
  club.sync_all();
  club.sync_all();
  CHECK(home.engine->space(club.space)->trusted);
  CHECK(home.text(club.space, 1) == "kadonnut");
  CHECK(club.host().text(club.space, 2) == "toinen elämä");
  CHECK(club.host().events<BatchIgnored>().empty());
}

TEST_CASE("Nonsense from a server closes the connection with a reason and changes nothing") {
  Club club(1);
  REQUIRE(club.host().write(club.space, 1, "x"));
  auto& engine = *club.host().engine;
  const auto before = engine.space(club.space).value();
  const auto challenge =
      wire::encode_frame(wire::RequestId(0), wire::ServerMessage(challenge_of("club.example")));
  const auto refused_with = [&](const Bytes& frame, bool after_challenge) {
    engine.connected({}, "club.example");
    if (after_challenge) engine.received(challenge);
    engine.received(frame);
    const auto reason = engine.wants_close();
    CHECK(engine.take_frames().empty());
    engine.disconnected();
    return reason ? reason->code : ErrorCode::cancelled;
  };
  const auto frame = [](std::uint64_t request, const wire::ServerMessage& message) {
    return wire::encode_frame(wire::RequestId(request), message);
  };
  CHECK(refused_with({0xff, 0xff}, false) == ErrorCode::unsupported_version);
  CHECK(refused_with({1}, false) == ErrorCode::malformed);
  CHECK(refused_with(frame(1, wire::Done{}), false) == ErrorCode::out_of_order);
  CHECK(refused_with(challenge, true) == ErrorCode::out_of_order);
  CHECK(refused_with(frame(77, wire::Done{}), true) == ErrorCode::out_of_order);
  CHECK(refused_with(frame(0, wire::Pong{}), true) == ErrorCode::out_of_order);
  CHECK(refused_with(frame(1, wire::Pong{}), true) == ErrorCode::out_of_order);
  CHECK(refused_with(frame(1, wire::SpaceOpened{}), true) == ErrorCode::out_of_order);
  CHECK(refused_with(frame(0, challenge_of("other.example")), false) == ErrorCode::untrusted_server);
  CHECK(refused_with(frame(0, wire::Goodbye{302, "too much"}), true) == ErrorCode::disconnected);
  const auto after = engine.space(club.space).value();
  CHECK(after.cursor == before.cursor);
  CHECK(after.trusted);
  club.sync_all();
  CHECK(club.member(1).text(club.space, 1) == "x");
}

TEST_CASE("A gap in the records closes the connection") {
  Club club(1);
  REQUIRE(club.member(1).write(club.space, 1, "x"));
  club.line.sync({&club.member(1)});
  auto& engine = *club.host().engine;
  const auto cursor = engine.space(club.space)->cursor;
  club.line.connect(club.host());
  club.line.run(1);
  engine.received(wire::encode_frame(
      wire::RequestId(0), wire::ServerMessage(wire::Records{club.space, Seq(cursor.value() + 50), {Bytes{1}}, Seq(90)})));
  REQUIRE(engine.wants_close());
  CHECK(engine.wants_close()->code == ErrorCode::log_gap);
  club.line.disconnect(club.host());
  club.sync_all();
  CHECK(club.host().text(club.space, 1) == "x");
}

TEST_CASE("The same records again change nothing: other records in their place prove a lie") {
  Club club(1);
  REQUIRE(club.member(1).write(club.space, 1, "x"));
  club.sync_all();
  auto& engine = *club.host().engine;
  const auto cursor = engine.space(club.space)->cursor;
  const auto records = club.server.log->fetch(club.space, Seq(1), cursor, 1u << 20).value();
  REQUIRE(records.size() == cursor.value());
  club.line.connect(club.host());
  club.line.run(1);
  engine.received(wire::encode_frame(wire::RequestId(0), wire::ServerMessage(wire::Records{club.space, Seq(1), records, cursor})));
  CHECK(!engine.wants_close());
  CHECK(engine.space(club.space)->trusted);
  CHECK(club.host().text(club.space, 1) == "x");
  auto other = records;
  other.back().back() ^= 1;
  engine.received(wire::encode_frame(wire::RequestId(0), wire::ServerMessage(wire::Records{club.space, Seq(1), other, cursor})));
  CHECK(!engine.space(club.space)->trusted);
  CHECK(engine.space(club.space)->why_frozen->code == ErrorCode::log_fork);
}

TEST_CASE("A lie in any acknowledgement is noticed, not only in that of the newest place") {
  Club club(1);
  club.sync_all();
  // Two batches, since one does not hold both, answered before their records come.
  for (std::uint8_t note : {std::uint8_t{1}, std::uint8_t{2}})
    REQUIRE(club.host().write(club.space, note, std::string(150'000, 'a')));
  std::size_t answers = 0;
  club.line.tamper = [&](const Bytes& frame) {
    auto decoded = wire::decode_server_frame(frame).value();
    auto* appended = std::get_if<wire::Appended>(&decoded.message);
    if (appended == nullptr || answers++ > 0) return frame;
    appended->log_hash.mutable_array()[0] ^= 1;
    return wire::encode_frame(decoded.request, decoded.message);
  };
  club.line.sync({&club.host()});
  CHECK(answers == 2);
  const auto summary = club.host().engine->space(club.space).value();
  CHECK_FALSE(summary.trusted);
  REQUIRE(summary.why_frozen);
  CHECK(summary.why_frozen->code == ErrorCode::log_fork);
}

TEST_CASE("A home with more spaces than fit in one burst syncs them all over one connection") {
  ManualClock clock;
  TestServer server(clock);
  Line line(server);
  Home home(clock, 1);
  std::vector<SpaceId> spaces;
  for (const std::size_t count : {60u, 100u}) {
    while (spaces.size() < count) {
      spaces.push_back(home.engine->create_space(SpaceKind::club).value());
      REQUIRE(home.write(spaces.back(), 1, "muistio"));
    }
    line.connect(home);
    line.run(4);
    CHECK(home.engine->is_quiet());
    line.disconnect(home);
  }
  for (const auto& space : spaces) CHECK(home.engine->space(space)->unsent == 0);
}
