// What members can do who break the rules, with the server's help where that helps them.
#include "evil_club.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/space/space.hpp"
#include "muistio/wire/log_hash.hpp"

using namespace muistio;
using namespace muistio::evil;
using namespace muistio::evil::test;

namespace {

/// A home's space as its owner may use it by hand, with the keys of this moment.
struct Rogue {
  Rogue(Home& home, const SpaceId& id) {
    auto row = home.store->get(store::Table::device, as_bytes("device")).value().value();
    keys = std::make_shared<const space::DeviceKeys>(space::DeviceKeys::decode(row).value());
    space.emplace(space::Space::load(*home.store, id, keys).value());
  }
  std::shared_ptr<const space::DeviceKeys> keys;
  std::optional<space::Space> space;
};

/// A change to a note, as a home writes it, in a batch of its own that continues the home's chain.
space::BatchContent batch_of(Home& home, const SpaceId& id, std::uint8_t note, const std::string& text) {
  REQUIRE(home.write(id, note, text));
  const auto row = home.store->last(store::Table::outbox, id.view()).value();
  REQUIRE(row);
  const space::StoredFacts facts(*home.store, id);
  space::BatchContent content;
  content.audience = space::era_audience(Era(0));
  const auto end = facts.chain_end(home.engine->own_device(), content.audience).value();
  content.index = end.index.next();
  content.prev = end.content_hash;
  content.deflated = space::deflate(row->value).value();
  return content;
}

/// The server logs a record for whoever has access: it does not ask who made the bytes.
void log_record(EvilClub& club, const wire::AuthKey& key, Bytes bytes) {
  const wire::Record record{wire::RecordKind::content, std::move(bytes), {}};
  const auto encoded = wire::encode_record(record).value();
  const auto last = club.server.log->state(club.space)->last_handshake_seq;
  REQUIRE(club.server.log->begin());
  REQUIRE(club.server.log->append(club.space, key, last, encoded, record, 1u << 30));
  REQUIRE(club.server.log->commit());
}

}  // namespace

TEST_CASE("A member who claims to have seen another log has that batch refused and is named, and nobody freezes") {
  EvilClub club(2);
  auto& rogue_home = club.member(1);
  auto& reader = club.member(2);
  const auto content = batch_of(rogue_home, club.space, 1, "väite");
  Rogue rogue(rogue_home, club.space);
  Hash other;
  other.mutable_array()[0] = 1;
  const auto seen = club.of(rogue_home).cursor;
  log_record(club, rogue.space->auth_pub(), rogue.space->seal_batch(content, {seen, other}, club.server.random).value());
  SECTION("the honest client") {
    club.line.sync({&reader});
    REQUIRE(reader.events<BatchIgnored>().size() == 1);
    CHECK(reader.events<BatchIgnored>()[0].error.code == ErrorCode::bad_seen);
    CHECK(reader.events<BatchIgnored>()[0].device == rogue_home.engine->own_device());
    CHECK(reader.text(club.space, 1).empty());
    CHECK(club.of(reader).trusted);
    REQUIRE(reader.write(club.space, 2, "jatkuu"));
    club.line.sync({&reader, &club.host()});
    CHECK(club.host().text(club.space, 2) == "jatkuu");
    CHECK(club.of(club.host()).trusted);
  }
  SECTION("with the check planted off") {
    const Planted off{"seen"};
    club.line.sync({&reader});
    CHECK(reader.text(club.space, 1) == "väite");
  }
}

TEST_CASE("What a removed member writes afterwards under the keys that it still has does not count") {
  EvilClub club(2);
  auto& removed = club.member(1);
  auto& reader = club.member(2);
  const auto content = batch_of(removed, club.space, 1, "myöhässä");
  Rogue rogue(removed, club.space);
  const auto seen = space::MeetingSeal::parse(removed.engine->seal(club.space).value()).value();
  const auto late = rogue.space->seal_batch(content, {seen.seq, seen.log_hash}, club.server.random).value();
  REQUIRE(club.host().engine->remove_member(club.space, removed.engine->own_member()));
  club.line.sync({&club.host()});
  const Rogue helper(club.host(), club.space);
  log_record(club, helper.space->auth_pub(), late);  // a server that helps them
  club.line.sync({&reader, &club.host()});
  REQUIRE(reader.events<BatchIgnored>().size() == 1);
  CHECK(reader.events<BatchIgnored>()[0].error.code == ErrorCode::stale_epoch);
  CHECK(reader.text(club.space, 1).empty());
  CHECK(club.host().text(club.space, 1).empty());
  CHECK(club.of(reader).trusted);
}

TEST_CASE("Of two contents that a cloned device gives one place in its chain everyone takes the first and names the device") {
  EvilClub club(2);
  auto& cloned = club.member(1);
  auto& reader = club.member(2);
  auto one = batch_of(cloned, club.space, 1, "ensimmäinen");
  auto two = batch_of(cloned, club.space, 2, "toinen");
  REQUIRE(one.index == two.index);
  Rogue rogue(cloned, club.space);
  const auto seen = space::MeetingSeal::parse(cloned.engine->seal(club.space).value()).value();
  for (const auto* content : {&one, &two})
    log_record(club, rogue.space->auth_pub(),
               rogue.space->seal_batch(*content, {seen.seq, seen.log_hash}, club.server.random).value());
  SECTION("the honest client") {
    club.line.sync({&reader, &club.host()});
    for (auto* home : {&reader, &club.host()}) {
      CHECK(home->text(club.space, 1) == "ensimmäinen");
      CHECK(home->text(club.space, 2).empty());
      REQUIRE(home->events<BatchIgnored>().size() == 1);
      CHECK(home->events<BatchIgnored>()[0].error.code == ErrorCode::equivocation);
      CHECK(home->events<BatchIgnored>()[0].device == cloned.engine->own_device());
      CHECK(club.of(*home).trusted);
    }
  }
  SECTION("with the check planted off") {
    const Planted off{"chain"};
    club.line.sync({&reader});
    CHECK(reader.text(club.space, 2) == "toinen");
  }
}

TEST_CASE("A host who adds a device under another member's name makes no certificate that counts") {
  crypto::initialise();
  CountingRandom random(7);
  const auto host = space::Identity::generate(random);
  const auto victim = space::Identity::generate(random);
  const auto ghost = space::DeviceKeys::generate(host, random);
  // Everything of the ghost's certificate is good but the name: the victim's identity key did not sign it.
  auto forged = ghost.certificate();
  forged.identity_pub = victim.identity_pub();
  const auto read = space::DeviceCertificate::decode(forged.encode());
  REQUIRE(!read);
  CHECK(read.error().code == ErrorCode::invalid_certificate);
  CHECK(space::DeviceCertificate::decode(ghost.certificate().encode()).has_value());
}
