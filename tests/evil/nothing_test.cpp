// A lie counts only when it was told: with nobody or nothing to lie to there is none.
#include "evil_club.hpp"

using namespace muistio;
using namespace muistio::evil;
using namespace muistio::evil::test;

namespace {

std::vector<Attack> all_attacks() {
  std::vector<Attack> made;
  for (const auto& info : attacks()) made.push_back(info.attack);
  return made;
}

}  // namespace

TEST_CASE("With an empty log and a single device no lie is told, whatever the attack") {
  const auto attack = GENERATE(from_range(all_attacks()));
  INFO(name_of(attack));
  EvilClub club(0);
  club.begin(attack);
  club.sync_all();
  CHECK(club.of(club.host()).trusted);
  CHECK(club.end().is_none());
}

TEST_CASE("Who is alone with a log of their own is neither forked nor kept waiting, and no claim about them is told") {
  const auto attack = GENERATE(Attack::fork_members, Attack::delay_record, Attack::claim_removed, Attack::claim_added,
                               Attack::ghost_device, Attack::swap_key_package, Attack::swap_identity_in_rejoin);
  INFO(name_of(attack));
  EvilClub club(0);
  REQUIRE(club.host().write(club.space, 1, "ennen"));
  club.sync_all();
  club.begin(attack);
  for (std::uint8_t note = 2; note <= 4; ++note) {
    REQUIRE(club.host().write(club.space, note, "yksin"));
    club.sync_all();
  }
  CHECK(club.of(club.host()).trusted);
  CHECK(club.of(club.host()).unsent == 0);
  CHECK(club.end().is_none());
}

TEST_CASE("Of what was changed in the data only that counts which a device was told of") {
  EvilClub club(0);
  auto& host = club.host();
  for (std::uint8_t note = 1; note <= 2; ++note) {
    REQUIRE(host.write(club.space, note, "kokous"));
    club.sync_all();
  }
  const auto attack = GENERATE(Attack::roll_back, Attack::replay_record, Attack::bend_past);
  INFO(name_of(attack));
  club.begin(attack);
  const bool comes = GENERATE(false, true);
  if (comes) club.line.sync({&host});
  CHECK(club.end().is_none() == !comes);
}

TEST_CASE("A fork counts when a reader of one log misses what the other has, and not for appends that were refused") {
  EvilClub club(1);
  auto& host = club.host();
  auto& member = club.member(1);
  club.begin(Attack::fork_members);
  club.line.sync({&host});
  REQUIRE(host.write(club.space, 1, "vasen"));
  club.line.sync({&host});
  CHECK(club.lies().damage().is_none());
  club.line.sync({&member});
  CHECK(club.lies().damage().records == 1);
  club.line.sync({&member});
  CHECK(club.lies().damage().records == 1);
  REQUIRE(member.write(club.space, 2, "oikea"));
  club.line.sync({&member});
  CHECK(club.lies().damage().records == 1);
  club.line.sync({&host});
  CHECK(club.lies().damage().records == 2);
}

TEST_CASE("A record counts as kept back once for each reader who lacks it") {
  EvilClub club(2);
  auto& host = club.host();
  club.begin(Attack::delay_record);
  REQUIRE(host.write(club.space, 1, "kokous"));
  club.line.sync({&host});
  CHECK(club.lies().damage().is_none());
  for (int round = 0; round < 2; ++round) {
    club.line.sync({&club.member(1)});
    CHECK(club.lies().damage().records == 1);
  }
  club.line.sync({&club.member(2)});
  CHECK(club.lies().damage().records == 2);
}

TEST_CASE("Who was there when a record was logged is kept from nothing, and shows so by giving the record back") {
  EvilClub club(1);
  auto& member = club.member(1);
  club.begin(Attack::delay_record);
  club.line.connect(member);
  club.line.connect(club.host());
  club.line.run(1);
  REQUIRE(club.host().write(club.space, 1, "kokous"));
  club.line.run(1);
  CHECK(member.text(club.space, 1) == "kokous");
  CHECK(club.lies().damage().is_none());
  club.line.disconnect(club.host());
  club.line.connect(member);
  club.line.run(1);
  CHECK(club.of(member).why_frozen->code == ErrorCode::log_rolled_back);
  CHECK(club.lies().damage().is_none());
  club.line.disconnect(member);
}
