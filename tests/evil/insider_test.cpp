// What members can do who break the rules, with the server's help where that helps them.
#include "../../core/space/src/joining_state.hpp"
#include "../unit/sync/rogue.hpp"
#include "evil_club.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/space/space.hpp"

using namespace muistio;
using namespace muistio::evil;
using namespace muistio::evil::test;

namespace {

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

/// The same, of a batch.
void log_batch(EvilClub& club, const wire::AuthKey& key, Bytes bytes) {
  log_record(club, key, {wire::RecordKind::content, std::move(bytes), {}});
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
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
  log_batch(club, rogue.space->auth_pub(), rogue.space->seal_batch(content, {seen, other}, club.server.random).value());
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
  log_batch(club, helper.space->auth_pub(), late);  // a server that helps them
  SECTION("the honest client") {
    club.line.sync({&reader, &club.host()});
    REQUIRE(reader.events<BatchIgnored>().size() == 1);
    CHECK(reader.events<BatchIgnored>()[0].error.code == ErrorCode::stale_epoch);
    CHECK(reader.text(club.space, 1).empty());
    CHECK(club.host().text(club.space, 1).empty());
    CHECK(club.of(reader).trusted);
  }
  SECTION("with the check planted off") {
    const Planted off{"epoch"};
    club.line.sync({&reader});
    CHECK(reader.text(club.space, 1) == "myöhässä");
  }
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
    log_batch(club, rogue.space->auth_pub(),
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

TEST_CASE("A host who adds a ghost under another member's name has that commit skipped by everyone, and the ghost reads nothing") {
  EvilClub club(3);
  auto& rogue_home = club.member(1);
  auto& victim = club.member(2);
  auto& reader = club.member(3);
  REQUIRE(club.host().engine->set_role(club.space, rogue_home.engine->own_member(), Role::host));
  club.sync_all();
  Rogue rogue(rogue_home, club.space);
  // Everything of the ghost is good but the name on its certificate: the victim's identity key did not sign that.
  const auto ghost = space::DeviceKeys::generate(space::Identity::generate(club.server.random), club.server.random);
  auto forged = ghost.certificate();
  for (const auto& leaf : inside(*rogue.space).leaves)
    if (leaf.member == victim.engine->own_member()) forged.identity_pub = leaf.certificate.identity_pub;
  mls::LeafConfig leaf;
  leaf.credential = forged.encode();
  leaf.capabilities = space::leaf_capabilities();
  leaf.lifetime.not_after = static_cast<std::uint64_t>(club.clock.wall().value()) / 1000 + 3600;
  const auto package = mls::generate_key_package(leaf, ghost.signing_key(), club.server.random).value();
  auto group = rogue.group();
  mls::CommitParams params;
  params.proposals = {{mls::Add{package.key_package}}};
  const auto staged = group.stage_commit(params, club.server.random).value();
  const auto record = Rogue::as_record(staged.commit_message, staged.welcome_message);
  log_record(club, rogue.space->auth_pub(), record);
  const auto placed = club.server.log->state(club.space)->head;
  // The ghost has the Welcome, and from the server whatever it logs.
  auto ghost_group = std::move(mls::Group::join(*staged.welcome_message, package).value().group);
  const auto ghost_key = space::export_content_key(ghost_group, Era(0)).value();
  const auto newest_to_ghost = [&]() -> std::string {
    const auto head = club.server.log->state(club.space)->head;
    const auto logged = wire::decode_record(club.server.log->fetch(club.space, head, head, 1 << 20)->front()).value();
    const auto batch = space::read_batch(logged.bytes);
    REQUIRE(batch);
    const auto opened = space::open_batch(*batch, ghost_key, space::AudienceSecret{});
    if (!opened) return {};
    return std::string(as_text(space::inflate(opened->content.deflated).value()));
  };
  const auto epoch = club.of(reader).epoch.value();
  SECTION("the honest client") {
    for (auto* home : {&club.host(), &victim, &reader}) {
      Rogue honest(*home, club.space);
      const auto outcome = honest.space->process_handshake(placed, record).value();
      CHECK(outcome.kind == space::Outcome::Kind::skipped);
      CHECK(outcome.step == space::Step::lists);
      CHECK(outcome.error->code == ErrorCode::handshake_lists);
      CHECK(outcome.error->detail.find("invalid_certificate") != std::string::npos);
      const auto skipped = home->engine->counts().handshakes_skipped;
      club.line.sync({home});
      CHECK(home->engine->counts().handshakes_skipped == skipped + 1);
      CHECK(club.of(*home).epoch == epoch);
      CHECK(club.of(*home).trusted);
      const auto members = home->engine->members(club.space).value();
      for (const auto& member : members) CHECK(member.devices.size() == 1);
    }
    REQUIRE(reader.write(club.space, 1, "salaisuus"));
    club.line.sync({&reader, &victim});
    CHECK(victim.text(club.space, 1) == "salaisuus");
    CHECK(newest_to_ghost().empty());
  }
  SECTION("with the check planted off") {
    const Planted off{"certificate"};
    club.line.sync({&reader});
    CHECK(club.of(reader).epoch == epoch.next());
    REQUIRE(reader.write(club.space, 1, "salaisuus"));
    club.line.sync({&reader});
    CHECK(newest_to_ghost().find("salaisuus") != std::string::npos);
  }
}

TEST_CASE("A member who garbles one part of a commit stops that device alone, which asks to be let in again, and nothing is lost") {
  const bool is_host = GENERATE(false, true);
  INFO((is_host ? "a host" : "a member"));
  EvilClub club(3);
  auto& victim = is_host ? club.host() : club.member(2);
  auto& admitter = is_host ? club.member(3) : club.host();
  auto& other = is_host ? club.member(2) : club.member(3);
  if (is_host) REQUIRE(club.host().engine->set_role(club.space, admitter.engine->own_member(), Role::host));
  REQUIRE(victim.write(club.space, 1, "ennen "));
  club.sync_all();
  Rogue rogue(club.member(1), club.space);
  log_record(club, rogue.space->auth_pub(), rogue.garbled_for(victim.engine->own_device(), club.server.random));
  const auto epoch = club.of(other).epoch.value();
  REQUIRE(victim.write(club.space, 1, "lähettämättä "));
  SECTION("the honest client") {
    club.line.sync({&admitter, &other});
    for (auto* home : {&admitter, &other}) {
      CHECK(club.of(*home).epoch == epoch.next());
      CHECK(club.of(*home).trusted);
    }
    club.line.sync({&victim});
    REQUIRE(victim.events<Frozen>().size() == 1);
    CHECK(victim.events<Frozen>()[0].error.code == ErrorCode::handshake_decryption);
    CHECK(victim.events<Rejoining>().size() == 1);
    CHECK(victim.text(club.space, 1) == "ennen lähettämättä ");
    REQUIRE(victim.write(club.space, 1, "tukossa "));
    REQUIRE(victim.write(club.space, 2, "toinen "));
    CHECK(club.of(victim).unsent == 3);
    victim.power_cut();
    club.line.sync({&admitter});
    club.line.sync({&victim});
    for (int round = 0; round < 2; ++round) club.line.sync({&admitter, &other, &victim});
    for (auto* home : {&admitter, &other, &victim}) {
      const auto text = home->text(club.space, 1);
      INFO(text);
      for (const std::string part : {"ennen ", "lähettämättä ", "tukossa "}) CHECK(count_of(text, part) == 1);
      CHECK(home->text(club.space, 2) == "toinen ");
      CHECK(home->events<BatchIgnored>().empty());
      CHECK(club.of(*home).trusted);
      CHECK(club.of(*home).unsent == 0);
      CHECK(club.members_of(*home) == 4);
    }
    CHECK(club.of(victim).phase == Phase::open);
  }
  SECTION("with the check planted off") {
    const Planted off{"garbled"};
    club.line.sync({&victim, &admitter, &other});
    CHECK(club.of(victim).epoch == epoch);
    CHECK(club.of(admitter).epoch == epoch.next());
    REQUIRE(victim.write(club.space, 3, "haarassa"));
    REQUIRE(admitter.write(club.space, 4, "toisessa"));
    club.line.sync({&victim, &admitter, &other});
    CHECK(admitter.text(club.space, 3).empty());
    CHECK(other.text(club.space, 3).empty());
    CHECK(victim.text(club.space, 4).empty());
    CHECK(other.text(club.space, 4) == "toisessa");
  }
}
