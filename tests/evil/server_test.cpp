// What an honest client does about each lie of a server, and that the lie works when the check against it is planted off.
#include <tuple>

#include "evil_club.hpp"

using namespace muistio;
using namespace muistio::evil;
using namespace muistio::evil::test;

namespace {

// The host has written two batches that the member has not read yet.
void write_two(EvilClub& club) {
  for (std::uint8_t note = 1; note <= 2; ++note) {
    REQUIRE(club.host().write(club.space, note, "kokous"));
    club.line.sync({&club.host()});
  }
}

}  // namespace

TEST_CASE("Records that are left out, reordered, repeated, bent or of another space stop trust, and nothing is lost") {
  const auto [attack, behind] = GENERATE(table<Attack, int>({{Attack::drop_record, 1},
                                                             {Attack::reorder_records, 1},
                                                             {Attack::duplicate_record, 1},
                                                             {Attack::flip_record, 1},
                                                             {Attack::mix_spaces, 1}}));
  INFO(name_of(attack));
  EvilClub club(1);
  auto& member = club.member(behind);
  const auto second = member.engine->create_space(SpaceKind::club).value();
  REQUIRE(member.write(second, 1, "toisaalla"));
  club.line.sync({&member});
  write_two(club);
  SECTION("the honest client") {
    club.begin(attack);
    REQUIRE(member.write(club.space, 9, "oma"));
    club.line.sync({&member});
    const auto frozen = club.of(member);
    CHECK(!frozen.trusted);
    CHECK(frozen.why_frozen->code == ErrorCode::log_fork);
    CHECK(frozen.evidence.size() == 1);
    CHECK(frozen.unsent == 1);
    CHECK(member.events<Frozen>().size() == 1);
    CHECK(member.text(club.space, 9) == "oma");
    CHECK(!club.end().is_none());
    club.sync_all();
    CHECK(club.of(member).trusted);
    CHECK(member.text(club.space, 1) == "kokous");
    CHECK(member.text(club.space, 2) == "kokous");
    CHECK(club.host().text(club.space, 9) == "oma");
  }
  SECTION("with the check planted off") {
    const Planted off{"log-hash"};
    club.begin(attack);
    club.line.sync({&member});
    CHECK(club.of(member).trusted);
    CHECK(club.of(member).cursor == club.of(club.host()).cursor);
    CHECK(club.hash_of(member) != club.hash_of(club.host()));
    CHECK(!club.end().is_none());
  }
}

TEST_CASE("A record that is kept back is missed once a meeting seal has shown it") {
  EvilClub club(1);
  auto& member = club.member(1);
  club.begin(Attack::delay_record);
  write_two(club);
  const auto seal = club.host().engine->seal(club.space).value();
  club.line.sync({&member});
  CHECK(club.of(member).trusted);  // a delay alone is no lie
  CHECK(member.text(club.space, 2).empty());
  SECTION("the honest client") {
    CHECK(member.engine->check_seal(club.space, seal)->verdict == SealVerdict::pinned);
    club.line.sync({&member});
    CHECK(club.of(member).why_frozen->code == ErrorCode::log_rolled_back);
    CHECK(!club.end().is_none());
    club.sync_all();
    CHECK(club.of(member).trusted);
    CHECK(member.text(club.space, 2) == "kokous");
  }
  SECTION("with the check planted off") {
    const Planted off{"seal"};
    CHECK(member.engine->check_seal(club.space, seal));
    club.line.sync({&member});
    CHECK(club.of(member).trusted);
    CHECK(member.text(club.space, 2).empty());
  }
}

TEST_CASE("An old record that is logged again counts once") {
  EvilClub club(1);
  auto& member = club.member(1);
  write_two(club);
  const auto before = member.engine->counts().batches_accepted;
  club.begin(Attack::replay_record);
  SECTION("the honest client") {
    club.line.sync({&member, &club.host()});
    CHECK(member.engine->counts().batches_accepted == before + 2);
    CHECK(member.text(club.space, 2) == "kokous");
    CHECK(club.of(member).trusted);
    CHECK(club.of(club.host()).trusted);
    CHECK(!club.end().is_none());
    REQUIRE(member.write(club.space, 3, "jatkuu"));
    club.sync_all();
    CHECK(club.host().text(club.space, 3) == "jatkuu");
  }
  SECTION("with the check planted off") {
    const Planted off{"chain"};
    club.line.sync({&member});
    CHECK(member.engine->counts().batches_accepted == before + 3);
  }
}

TEST_CASE("Members whom the server keeps apart find out when they compare their seals") {
  EvilClub club(1);
  auto& host = club.host();
  auto& member = club.member(1);
  club.begin(Attack::fork_members);
  REQUIRE(host.write(club.space, 1, "vasen"));
  club.line.sync({&host});
  REQUIRE(member.write(club.space, 2, "oikea"));
  club.line.sync({&member});
  club.line.sync({&host});
  CHECK(club.of(host).trusted);
  CHECK(club.of(member).trusted);
  CHECK(host.text(club.space, 2).empty());
  CHECK(member.text(club.space, 1).empty());
  const auto seal = member.engine->seal(club.space).value();
  SECTION("the honest client") {
    CHECK(host.engine->check_seal(club.space, seal)->verdict == SealVerdict::contradicted);
    CHECK(club.of(host).why_frozen->code == ErrorCode::log_fork);
    REQUIRE(host.write(club.space, 3, "paikallinen"));
    club.line.sync({&host});
    CHECK(club.of(host).unsent == 1);
    CHECK(host.text(club.space, 1) == "vasen");
    CHECK(!club.end().is_none());
  }
  SECTION("with the check planted off") {
    const Planted off{"seal"};
    CHECK(host.engine->check_seal(club.space, seal)->verdict == SealVerdict::agreed);
    CHECK(club.of(host).trusted);
  }
}

TEST_CASE("A server that goes back to an older state is put right, and nobody writes before a host says so") {
  EvilClub club(1);
  auto& host = club.host();
  write_two(club);
  const auto head = club.of(host).cursor;
  const auto records = club.server.log->fetch(club.space, Seq(1), head, 1u << 20).value();
  club.begin(Attack::roll_back);
  SECTION("the honest client") {
    REQUIRE(host.write(club.space, 3, "odottaa"));
    club.line.sync({&host});
    CHECK(club.of(host).why_frozen->code == ErrorCode::log_rolled_back);
    CHECK(club.of(host).read_only);
    CHECK(club.of(host).unsent == 1);
    CHECK(!club.end().is_none());
    CHECK(club.server.log->fetch(club.space, Seq(1), head, 1u << 20).value() == records);
    REQUIRE(host.engine->reopen(club.space));
    club.sync_all();
    CHECK(club.member(1).text(club.space, 3) == "odottaa");
  }
  SECTION("with the check planted off") {
    const Planted off{"rollback"};
    club.line.sync({&host});
    CHECK(club.of(host).trusted);
    CHECK(club.server.log->state(club.space)->head < head);  // and nobody puts it back
  }
}

TEST_CASE("An acknowledgement that the log does not keep stops trust") {
  EvilClub club(1);
  auto& member = club.member(1);
  REQUIRE(member.write(club.space, 1, "oma"));
  club.begin(Attack::other_acknowledgement);
  SECTION("the honest client") {
    club.line.sync({&member});
    CHECK(club.of(member).why_frozen->code == ErrorCode::log_fork);
    CHECK(member.text(club.space, 1) == "oma");
    CHECK(!club.end().is_none());
  }
  SECTION("with the check planted off") {
    const Planted off{"log-hash"};
    club.line.sync({&member});
    CHECK(club.of(member).trusted);
  }
}

TEST_CASE("Join requests that the server shows again get no removed device back in") {
  EvilClub club(0);
  club.begin(Attack::ghost_device);
  auto& host = club.host();
  auto& ghost = club.add();
  REQUIRE(host.engine->remove_member(club.space, ghost.engine->own_member()));
  club.line.sync({&host});
  CHECK(club.members_of(host) == 1);
  REQUIRE(host.engine->invite(club.space, {.server = "club.example"}));  // so that it looks into the inbox again
  SECTION("the honest client") {
    club.line.sync({&host});
    CHECK(club.members_of(host) == 1);
    CHECK(club.of(host).trusted);
    CHECK(!club.end().is_none());
  }
  SECTION("with the check planted off") {
    const Planted off{"invitation"};
    club.line.sync({&host});
    CHECK(club.members_of(host) == 2);
  }
}

TEST_CASE("A join request that the server puts in place of the real one admits nobody, and the real one gets in later") {
  EvilClub club(0);
  auto& host = club.host();
  Home joiner(club.clock, 50);
  const auto link = host.engine->invite(club.space, {.server = "club.example", .space_name = "Klubi"})->link;
  REQUIRE(joiner.engine->join(link, "Matti"));
  club.line.sync({&joiner}, 3);
  club.begin(Attack::swap_key_package);
  SECTION("the honest client") {
    club.line.sync({&host});
    CHECK(club.members_of(host) == 1);
    CHECK(!club.end().is_none());
    club.line.sync({&joiner}, 3);
    club.line.sync({&host});
    club.line.sync({&joiner});
    CHECK(club.of(joiner).phase == Phase::open);
    CHECK(club.members_of(host) == 2);
  }
  SECTION("with the check planted off") {
    const Planted off{"request-seal"};
    club.line.sync({&host});
    CHECK(club.members_of(host) == 2);
    const auto members = host.engine->members(club.space).value();
    for (const auto& member : members) CHECK(member.member != joiner.engine->own_member());
  }
}

TEST_CASE("A server that offers an older protocol is not spoken with") {
  EvilClub club(1);
  auto& member = club.member(1);
  REQUIRE(club.host().write(club.space, 1, "kokous"));
  club.line.sync({&club.host()});
  offer_version(0);
  const auto reason = [&] {
    club.line.connect(member);
    club.line.run(1);
    auto said = member.engine->wants_close();
    club.line.disconnect(member);
    return said;
  };
  SECTION("the honest client") {
    const auto said = reason();
    REQUIRE(said);
    CHECK(said->code == ErrorCode::unsupported_version);
    CHECK(member.text(club.space, 1).empty());
  }
  SECTION("with the check planted off") {
    const Planted off{"version"};
    CHECK(!reason());
    CHECK(member.text(club.space, 1) == "kokous");
  }
  offer_version(wire::protocol_version);
}
