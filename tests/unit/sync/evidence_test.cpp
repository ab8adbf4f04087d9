// Holding a server to its word (R11): seals, pins, proofs, a restored server, a reopening, and the server's list of keys.
#include "../../../core/sync/src/evidence.hpp"

#include "muistio/space/handshake_record.hpp"
#include "muistio/space/space.hpp"
#include "muistio/wire/log_hash.hpp"
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

using Files = std::vector<std::pair<std::string, Bytes>>;

Files copy_of(TestServer& server) {
  server.stop();
  Files files;
  for (const auto& file : server.disk.files()) files.emplace_back(file, *server.disk.contents(file));
  server.start();
  return files;
}

void put(TestServer& server, const Files& files) {
  server.stop();
  for (const auto& file : server.disk.files()) server.disk.remove(file);
  for (const auto& [file, bytes] : files) server.disk.set_contents(file, bytes);
  server.start();
}

SpaceSummary summary(Home& home, const SpaceId& space) { return home.engine->space(space).value(); }

wire::Challenge challenge() {
  wire::Challenge made;
  made.server_name = "club.example";
  return made;
}

space::MeetingSeal seal_of(Home& home, const SpaceId& space) {
  return space::MeetingSeal::parse(home.engine->seal(space).value()).value();
}

}  // namespace

TEST_CASE("Meeting seals agree on one log, and one that is ahead is kept and checked when the log comes there") {
  Club club(1);
  club.sync_all();
  auto& host = club.host();
  auto& member = club.member(1);
  auto same = host.engine->check_seal(club.space, member.engine->seal(club.space).value());
  REQUIRE(same);
  CHECK(same->verdict == SealVerdict::agreed);
  CHECK(same->behind == 0);
  CHECK(same->member == member.engine->own_member());

  REQUIRE(host.write(club.space, 1, "x"));
  club.line.sync({&host});
  const auto newer = host.engine->seal(club.space).value();
  auto ahead = member.engine->check_seal(club.space, " " + newer + "\n");
  REQUIRE(ahead);
  CHECK(ahead->verdict == SealVerdict::pinned);
  CHECK(ahead->ahead == 1);
  auto older = host.engine->check_seal(club.space, member.engine->seal(club.space).value());
  REQUIRE(older);
  CHECK(older->verdict == SealVerdict::agreed);
  CHECK(older->behind == 1);
  club.line.sync({&member});
  CHECK(summary(member, club.space).trusted);
  CHECK(member.text(club.space, 1) == "x");
  CHECK(member.engine->check_seal(club.space, newer)->verdict == SealVerdict::agreed);
}

TEST_CASE("A seal that is bent, of another space, or by no device of the club is refused and proves nothing") {
  Club club(1);
  club.sync_all();
  auto& member = club.member(1);
  const auto good = seal_of(club.host(), club.space);
  const auto refused_with = [&](const std::string& text) {
    const auto answer = member.engine->check_seal(club.space, text);
    return answer ? ErrorCode::cancelled : answer.error().code;
  };
  auto bent = good;
  bent.log_hash.mutable_array()[0] ^= 1;
  CHECK(refused_with(bent.text()) == ErrorCode::bad_signature);
  bent = good;
  bent.device.mutable_array()[0] ^= 1;
  CHECK(refused_with(bent.text()) == ErrorCode::unknown_device);
  bent = good;
  bent.space.mutable_array()[0] ^= 1;
  CHECK(refused_with(bent.text()) == ErrorCode::invalid_argument);
  CHECK(refused_with(good.text().substr(1)) == ErrorCode::malformed);
  CHECK(refused_with(good.text() + "AAAA") == ErrorCode::malformed);
  CHECK(summary(member, club.space).trusted);
  CHECK(summary(member, club.space).evidence.empty());
}

TEST_CASE("Two members to whom the server shows different logs find out by their seals, and only a host's reopening undoes it") {
  Club club(2);
  club.sync_all();
  auto& host = club.host();
  auto& left = club.member(1);
  auto& right = club.member(2);
  const auto earlier = host.engine->reopen(club.space).value();  // of another quarrel
  club.sync_all();
  const auto common = copy_of(club.server);
  REQUIRE(left.write(club.space, 1, "vasen"));
  club.line.sync({&left});
  const auto one = copy_of(club.server);
  put(club.server, common);
  REQUIRE(right.write(club.space, 2, "oikea"));
  club.line.sync({&right});
  CHECK(summary(left, club.space).trusted);
  CHECK(summary(right, club.space).trusted);

  auto answer = left.engine->check_seal(club.space, right.engine->seal(club.space).value());
  REQUIRE(answer);
  CHECK(answer->verdict == SealVerdict::contradicted);
  const auto frozen = summary(left, club.space);
  CHECK(!frozen.trusted);
  CHECK(frozen.why_frozen->code == ErrorCode::log_fork);
  REQUIRE(frozen.evidence.size() == 1);
  CHECK(frozen.evidence[0].source == PinSource::seal);
  CHECK(frozen.evidence[0].shown == seal_of(right, club.space).log_hash);
  CHECK(frozen.evidence[0].held == seal_of(left, club.space).log_hash);

  // Frozen: local work goes on, nothing is pushed, also when the server shows this device's own log again; and it is on the disk.
  put(club.server, one);
  REQUIRE(left.write(club.space, 3, "paikallinen"));
  left.stop();
  REQUIRE(left.start().has_value());
  club.line.sync({&left, &host});
  CHECK(summary(left, club.space).unsent == 1);
  CHECK(!summary(left, club.space).trusted);
  CHECK(summary(left, club.space).evidence.size() == 1);
  CHECK(left.text(club.space, 3) == "paikallinen");

  // A member's word reopens nothing; the host's does, confirmed here.
  CHECK(right.engine->reopen(club.space).error().code == ErrorCode::not_permitted);
  const auto word = host.engine->reopen(club.space).value();
  // Nor does a host's word of before, when all that it names was there as well.
  CHECK(left.engine->accept_reopening(club.space, earlier).error().code == ErrorCode::log_rolled_back);
  CHECK(!summary(left, club.space).trusted);
  REQUIRE(left.engine->accept_reopening(club.space, word));
  CHECK(summary(left, club.space).trusted);
  club.line.sync({&left, &host});
  CHECK(host.text(club.space, 3) == "paikallinen");
  CHECK(host.text(club.space, 1) == "vasen");
  // Who is on the branch that the host does not go on with cannot take it.
  CHECK(right.engine->accept_reopening(club.space, word).error().code == ErrorCode::log_fork);
  club.line.sync({&right});
  CHECK(!summary(right, club.space).trusted);
  CHECK(right.text(club.space, 2) == "oikea");
}

TEST_CASE("A record that the server withholds is missed as soon as a seal has shown it") {
  Club club(1);
  club.sync_all();
  const auto before = copy_of(club.server);
  REQUIRE(club.host().write(club.space, 1, "salattu"));
  club.line.sync({&club.host()});
  const auto after = copy_of(club.server);
  auto& member = club.member(1);
  REQUIRE(member.engine->check_seal(club.space, club.host().engine->seal(club.space).value())->verdict == SealVerdict::pinned);
  put(club.server, before);
  club.line.sync({&member});
  CHECK(summary(member, club.space).why_frozen->code == ErrorCode::log_rolled_back);
  put(club.server, after);
  club.line.sync({&member});
  CHECK(summary(member, club.space).trusted);
  CHECK(member.text(club.space, 1) == "salattu");
  CHECK(summary(member, club.space).evidence.size() == 1);
}

TEST_CASE("A seal far ahead by a device that nobody knows does not make the server look rolled back") {
  Club club(1);
  club.sync_all();
  auto& member = club.member(1);
  auto forged = seal_of(club.host(), club.space);
  forged.device.mutable_array()[0] ^= 1;
  forged.epoch = forged.epoch.next();
  forged.seq = Seq(forged.seq.value() + 1000);
  const auto answer = member.engine->check_seal(club.space, forged.text());
  REQUIRE(answer);
  CHECK(answer->verdict == SealVerdict::pinned);  // it may be a newcomer's
  club.line.sync({&member});
  CHECK(summary(member, club.space).trusted);
  REQUIRE(member.write(club.space, 1, "jatkuu"));
  club.sync_all();
  CHECK(club.host().text(club.space, 1) == "jatkuu");
}

TEST_CASE("Every acknowledgement counts, also one below the newest") {
  Club club(1);
  club.sync_all();
  auto& host = club.host();
  auto& engine = *host.engine;
  const auto cursor = summary(host, club.space).cursor;
  // The host sends two batches; the server acknowledges both, the first with another hash, and then shows the true log.
  REQUIRE(host.write(club.space, 1, "yksi"));
  club.line.connect(host);
  club.line.run(1);
  club.line.disconnect(host);
  const auto records = club.server.log->fetch(club.space, Seq(1), Seq(cursor.value() + 1), 1u << 20).value();
  REQUIRE(records.size() == cursor.value() + 1);
  Home& member = club.member(1);
  auto& other = *member.engine;
  REQUIRE(member.write(club.space, 2, "kaksi"));
  other.connected({}, "club.example");
  const auto frame = [](std::uint64_t request, const wire::ServerMessage& message) {
    return wire::encode_frame(wire::RequestId(request), message);
  };
  other.received(frame(0, challenge()));
  const auto held = space::StoredFacts(*member.store, club.space).log_hash(cursor).value().value();
  other.received(frame(1, wire::SpaceOpened{club.space, cursor, Seq(3), Seq(0), Seq(0), held}));
  other.received(frame(2, wire::Done{}));
  wire::RequestId append;
  for (const auto& sent : other.take_frames()) {
    const auto asked = wire::decode_client_frame(sent).value();
    if (std::holds_alternative<wire::Append>(asked.message)) append = asked.request;
  }
  REQUIRE(append != wire::RequestId{});
  Hash lie;
  lie.mutable_array()[0] = 1;
  other.received(frame(append.value(), wire::Appended{cursor.next(), lie}));
  CHECK(summary(member, club.space).trusted);
  other.received(frame(0, wire::Records{club.space, cursor.next(), {records.back()}, cursor.next()}));
  const auto frozen = summary(member, club.space);
  CHECK(!frozen.trusted);
  REQUIRE(frozen.evidence.size() == 1);
  CHECK(frozen.evidence[0].source == PinSource::acknowledgement);
  CHECK(frozen.evidence[0].held == lie);
  CHECK(frozen.cursor == cursor);
  static_cast<void>(engine);
}

TEST_CASE("A server that lost the end of the log gets it back verbatim, and writing goes on when a host reopens") {
  Club club(2);
  club.sync_all();
  auto& host = club.host();
  const auto older = copy_of(club.server);
  REQUIRE(host.write(club.space, 1, "uusi"));
  REQUIRE(club.member(1).write(club.space, 2, "toinen"));
  club.sync_all();
  REQUIRE(host.engine->remove_member(club.space, club.member(2).engine->own_member()));
  club.line.sync({&host});
  const auto whole = summary(host, club.space).cursor;
  const auto records = club.server.log->fetch(club.space, Seq(1), whole, 1u << 20).value();
  put(club.server, older);

  REQUIRE(host.write(club.space, 3, "odottaa"));
  club.line.sync({&host});
  const auto waiting = summary(host, club.space);
  CHECK(!waiting.trusted);
  CHECK(waiting.read_only);
  CHECK(waiting.why_frozen->code == ErrorCode::log_rolled_back);
  CHECK(waiting.unsent == 1);
  REQUIRE(host.events<PutBack>().size() == 1);
  CHECK(host.events<PutBack>()[0].removals == 1);
  CHECK(club.server.log->fetch(club.space, Seq(1), whole, 1u << 20).value() == records);
  CHECK(club.server.log->state(club.space)->head == whole);
  // The removal was done again first: the removed member is shut out again.
  club.line.sync({&club.member(2)});
  CHECK(summary(club.member(2), club.space).phase == Phase::removed);
  CHECK(club.member(2).text(club.space, 3).empty());

  CHECK(host.engine->reopen(club.space).has_value());
  club.sync_all();
  CHECK(summary(host, club.space).trusted);
  CHECK(summary(club.member(1), club.space).trusted);
  CHECK(club.member(1).text(club.space, 3) == "odottaa");
  REQUIRE(club.member(1).write(club.space, 4, "jatkuu"));
  club.sync_all();
  CHECK(host.text(club.space, 4) == "jatkuu");
}

TEST_CASE("Members who noticed that the server lost something find the host's reopening in the log") {
  Club club(2);
  club.sync_all();
  const auto older = copy_of(club.server);
  REQUIRE(club.host().write(club.space, 1, "uusi"));
  club.sync_all();
  put(club.server, older);
  club.line.sync({&club.member(1)});
  club.line.sync({&club.member(2)});
  CHECK(summary(club.member(1), club.space).read_only);
  CHECK(club.member(1).events<PutBack>().size() == 1);
  CHECK(summary(club.member(2), club.space).trusted);  // it is all there again: this one has noticed nothing
  club.line.sync({&club.host()});
  REQUIRE(club.host().engine->reopen(club.space));
  club.line.sync({&club.host(), &club.member(1)});
  CHECK(summary(club.member(1), club.space).trusted);
}

TEST_CASE("A server that lost everything is begun again by who made the space, and everything is put back") {
  Club club(1);
  REQUIRE(club.host().write(club.space, 1, "muistio"));
  club.sync_all();
  club.server.wipe();
  club.line.sync({&club.member(1)});
  CHECK(!summary(club.member(1), club.space).trusted);
  CHECK(!club.server.log->state(club.space));  // a member does not
  club.line.sync({&club.host()});
  CHECK(summary(club.host(), club.space).read_only);
  CHECK(club.host().events<PutBack>().size() == 1);
  REQUIRE(club.host().engine->reopen(club.space));
  REQUIRE(club.member(1).write(club.space, 2, "takaisin"));
  club.sync_all();
  club.sync_all();
  CHECK(summary(club.member(1), club.space).trusted);
  CHECK(club.host().text(club.space, 2) == "takaisin");
}

TEST_CASE("A host cannot reopen while the server still lacks a part of the log") {
  Club club(1);
  club.sync_all();
  const auto older = copy_of(club.server);
  REQUIRE(club.member(1).write(club.space, 1, "uusi"));
  club.sync_all();
  put(club.server, older);
  club.line.connect(club.host());
  // The connection is cut before anything is put back.
  auto& engine = *club.host().engine;
  engine.disconnected();
  engine.connected({}, "club.example");
  engine.received(wire::encode_frame(wire::RequestId(0), wire::ServerMessage(challenge())));
  const auto state = club.server.log->state(club.space).value();
  engine.received(wire::encode_frame(
      wire::RequestId(1),
      wire::ServerMessage(wire::SpaceOpened{club.space, state.head, state.last_handshake_seq, Seq(0), Seq(0), state.log_hash})));
  engine.disconnected();
  CHECK(summary(club.host(), club.space).read_only);
  CHECK(engine.reopen(club.space).error().code == ErrorCode::log_rolled_back);
  club.line.disconnect(club.host());
  club.line.sync({&club.host()});
  CHECK(engine.reopen(club.space).has_value());
}

TEST_CASE("A member who has the server shut the host out is undone by the next device") {
  Club club(2);
  club.sync_all();
  auto& rogue = club.member(1);
  auto& honest = club.member(2);
  // The rogue's home appends, under its own key, a record that no device counts, with a change that the server makes.
  const auto key_of = [&](Home& home) {
    auto row = home.store->get(store::Table::device, as_bytes("device")).value().value();
    auto keys = std::make_shared<const space::DeviceKeys>(space::DeviceKeys::decode(row).value());
    return space::Space::load(*home.store, club.space, keys)->auth_pub();
  };
  const auto host_key = key_of(club.host());
  const auto rogue_key = key_of(rogue);
  wire::AuthKey ghost;
  ghost.mutable_array()[3] = 7;
  const auto record = space::access_repair({{wire::AccessChange::Op::remove, host_key}, {wire::AccessChange::Op::add, ghost}});
  const auto encoded = wire::encode_record(record).value();
  const auto last = club.server.log->state(club.space)->last_handshake_seq;
  REQUIRE(club.server.log->begin());
  REQUIRE(club.server.log->append(club.space, rogue_key, last, encoded, record, 1u << 30));
  REQUIRE(club.server.log->commit());
  REQUIRE(club.server.log->access(club.space, host_key)->value().until != Seq(0));
  REQUIRE(club.server.log->access(club.space, ghost)->value().until == Seq(0));

  club.line.sync({&honest});
  CHECK(club.server.log->access(club.space, host_key)->value().until == Seq(0));
  CHECK(club.server.log->access(club.space, ghost)->value().until != Seq(0));
  REQUIRE(club.host().write(club.space, 1, "taas sisällä"));
  club.sync_all();
  CHECK(honest.text(club.space, 1) == "taas sisällä");
  CHECK(summary(club.host(), club.space).trusted);
  // It is done once, and nothing is left to do.
  const auto head = club.server.log->state(club.space)->head;
  club.sync_all();
  CHECK(club.server.log->state(club.space)->head == head);
}

TEST_CASE("The row of evidence reads back as it was written, and is refused when cut or newer") {
  Evidence evidence;
  evidence.pin(Seq(9), {Hash{}, PinSource::seal, Bytes{1, 2, 3}});
  evidence.proofs.push_back({WallMs(5), {ErrorCode::log_fork, "x"}, Seq(4), Hash{}, Hash{}, PinSource::claim});
  evidence.repairs.push_back({wire::AccessChange::Op::add, wire::AuthKey{}});
  evidence.until_reopened = evidence.restored = true;
  evidence.tail_first = Seq(3);
  evidence.tail_bytes = 77;
  evidence.server_head = Seq(8);
  const auto encoded = evidence.encode();
  const auto read = Evidence::decode(encoded);
  REQUIRE(read);
  CHECK(read->encode() == encoded);
  CHECK(read->pins.at(Seq(9)).seal == Bytes{1, 2, 3});
  CHECK(read->proofs[0].error.code == ErrorCode::log_fork);
  for (std::size_t size = 0; size < encoded.size(); ++size)
    CHECK(Evidence::decode(BytesView(encoded).first(size)).error().code == ErrorCode::corrupt);
  auto newer = encoded;
  newer[0] = 2;
  CHECK(Evidence::decode(newer).error().code == ErrorCode::unsupported_version);
  auto strange = encoded;
  strange[1] = 0x80;
  CHECK(Evidence::decode(strange).error().code == ErrorCode::corrupt);
}

TEST_CASE("A power cut at any write of putting back what the server lost, and of the reopening, loses nothing") {
  const auto live = [](Club& club, std::uint64_t stop) {
    auto& host = club.host();
    const auto older = copy_of(club.server);
    REQUIRE(host.write(club.space, 1, "uusi"));
    REQUIRE(club.member(1).write(club.space, 2, "toinen"));
    club.sync_all();
    put(club.server, older);
    const auto before = host.disk.stop_points();
    if (stop > 0) host.disk.stop_at(stop);
    const bool kept = host.write(club.space, 3, "odottaa").has_value();
    club.line.connect(host);
    club.line.run(2);
    club.line.disconnect(host);
    static_cast<void>(host.engine->reopen(club.space));
    club.line.connect(host);
    club.line.run(2);
    club.line.disconnect(host);
    return std::pair(host.disk.stop_points() - before, kept);
  };
  std::uint64_t writes = 0;
  {
    Club club(1);
    club.sync_all();
    writes = live(club, 0).first;
    REQUIRE(writes > 8);
  }
  for (std::uint64_t stop = 1; stop <= writes; ++stop) {
    INFO("the disk stops at write " << stop << " of " << writes);
    Club club(1);
    club.sync_all();
    auto& host = club.host();
    const auto [count, kept] = live(club, stop);
    static_cast<void>(count);
    host.power_cut(stop % 2 == 0 ? store::CrashKind::drop_unsynced : store::CrashKind::keep_some);
    club.sync_all();
    // Who put it back, be it the member, waits for the host's word.
    if (!summary(host, club.space).trusted || !summary(club.member(1), club.space).trusted) {
      REQUIRE(host.engine->reopen(club.space));
      club.sync_all();
    }
    club.sync_all();
    for (auto& home : club.homes) {
      CHECK(summary(*home, club.space).trusted);
      CHECK(summary(*home, club.space).unsent == 0);
      CHECK(home->text(club.space, 1) == "uusi");
      CHECK(home->text(club.space, 2) == "toinen");
    }
    CHECK(club.member(1).text(club.space, 3) == host.text(club.space, 3));
    if (kept) CHECK(club.member(1).text(club.space, 3) == "odottaa");
  }
}

TEST_CASE("A power cut at any write of taking a seal keeps the pin, or has said that it did not") {
  const auto live = [](Club& club, std::uint64_t stop) {
    auto& member = club.member(1);
    const auto older = copy_of(club.server);
    REQUIRE(club.host().write(club.space, 1, "x"));
    club.line.sync({&club.host()});
    const auto seal = club.host().engine->seal(club.space).value();
    put(club.server, older);
    const auto before = member.disk.stop_points();
    if (stop > 0) member.disk.stop_at(stop);
    const auto answer = member.engine->check_seal(club.space, seal);
    return std::pair(member.disk.stop_points() - before, answer.has_value());
  };
  std::uint64_t writes = 0;
  {
    Club club(1);
    club.sync_all();
    const auto [count, kept] = live(club, 0);
    CHECK(kept);
    writes = count;
    REQUIRE(writes > 0);
  }
  std::size_t kept_count = 0, lost_count = 0;
  for (std::uint64_t stop = 1; stop <= writes + 1; ++stop) {
    INFO("the disk stops at write " << stop << " of " << writes);
    Club club(1);
    club.sync_all();
    auto& member = club.member(1);
    const auto [count, kept] = live(club, stop);
    static_cast<void>(count);
    member.power_cut(stop % 2 == 0 ? store::CrashKind::drop_unsynced : store::CrashKind::keep_some);
    club.line.sync({&member});
    if (kept) CHECK_FALSE(summary(member, club.space).trusted);  // the server lacks what the seal showed
    ++(kept ? kept_count : lost_count);
    club.line.sync({&club.host()});
    if (!summary(club.host(), club.space).trusted) {
      REQUIRE(club.host().engine->reopen(club.space));
      club.line.sync({&club.host()});
    }
    club.sync_all();
    CHECK(member.text(club.space, 1) == "x");
  }
  CHECK(kept_count > 0);
  CHECK(lost_count > 0);
}
