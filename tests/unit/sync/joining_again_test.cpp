// Who left a club, or was removed, joins it again.
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

std::string new_link(Club& club) {
  auto invited = club.host().engine->invite(club.space, {.server = "club.example", .space_name = "Klubi", .inviter_name = "Aino"});
  REQUIRE(invited);
  return invited->link;
}

void check_alike(Club& club, Home& home) {
  for (std::uint8_t note = 1; note <= 5; ++note) {
    INFO("note " << int{note});
    CHECK(home.text(club.space, note) == club.host().text(club.space, note));
  }
  CHECK(home.engine->space(club.space)->trusted);
  CHECK(club.host().engine->space(club.space)->trusted);
  CHECK(home.engine->space(club.space)->unsent == 0);
}

}  // namespace

TEST_CASE("Who left or was removed joins again, reads what came meanwhile, and writes on in the same chain") {
  for (const bool leaves : {true, false}) {
    Club club(2);
    auto& home = club.member(1);
    REQUIRE(home.write(club.space, 1, "ennen"));
    REQUIRE(club.host().write(club.space, 2, "isännältä"));
    club.sync_all();
    if (leaves) {
      REQUIRE(home.engine->leave(club.space));
    } else {
      REQUIRE(club.host().engine->remove_member(club.space, home.engine->own_member()));
    }
    club.sync_all();
    club.sync_all();
    REQUIRE(home.engine->space(club.space)->phase == (leaves ? Phase::left : Phase::removed));
    REQUIRE(club.host().write(club.space, 3, "poissa ollessa"));
    REQUIRE(club.member(2).write(club.space, 2, " ja toiselta"));
    club.sync_all();
    CHECK(home.text(club.space, 3).empty());

    REQUIRE(home.engine->join(new_link(club), "Matti"));
    REQUIRE(home.write(club.space, 4, "taas"));
    if (leaves) home.power_cut();
    club.sync_all();
    club.sync_all();
    REQUIRE(home.engine->space(club.space)->phase == Phase::open);
    check_alike(club, home);
    CHECK(club.host().text(club.space, 3) == "poissa ollessa");
    CHECK(club.host().text(club.space, 4) == "taas");

    REQUIRE(home.write(club.space, 1, " ja jälkeen"));
    REQUIRE(club.host().write(club.space, 5, "lopuksi"));
    club.sync_all();
    club.sync_all();
    check_alike(club, home);
    CHECK(club.host().text(club.space, 1) == "ennen ja jälkeen");
  }
}

TEST_CASE("Who takes the second wish to join back keeps what was here, and may wish again") {
  Club club(1);
  auto& home = club.member(1);
  REQUIRE(home.write(club.space, 1, "ennen"));
  club.sync_all();
  REQUIRE(club.host().engine->remove_member(club.space, home.engine->own_member()));
  club.sync_all();
  REQUIRE(home.engine->space(club.space)->phase == Phase::removed);
  REQUIRE(home.engine->join(new_link(club), "Matti"));
  REQUIRE(home.engine->cancel_join(club.space));
  club.line.sync({&home});
  CHECK(home.engine->space(club.space)->phase == Phase::removed);
  CHECK(home.text(club.space, 1) == "ennen");
  REQUIRE(home.engine->join(new_link(club), "Matti"));
  CHECK(home.engine->join(new_link(club), "Matti").error().code == ErrorCode::already_exists);
  club.sync_all();
  club.sync_all();
  REQUIRE(home.engine->space(club.space)->phase == Phase::open);
  check_alike(club, home);
}

TEST_CASE("Who comes back to a club under joining reads on from there, and what was not sent before stays on the device") {
  Club club(2, HistoryPolicy::joining);
  auto& home = club.member(1);
  REQUIRE(home.write(club.space, 1, "ennen"));
  club.sync_all();
  REQUIRE(club.host().engine->remove_member(club.space, home.engine->own_member()));
  REQUIRE(home.write(club.space, 2, "jäi lähettämättä"));
  club.sync_all();
  club.sync_all();
  REQUIRE(home.engine->space(club.space)->phase == Phase::removed);
  REQUIRE(club.host().write(club.space, 3, "poissa ollessa"));
  club.sync_all();
  REQUIRE(home.engine->join(new_link(club), "Matti"));
  CHECK(home.write(club.space, 4, "luonnos").error().code == ErrorCode::waiting_for_admission);
  club.sync_all();
  club.sync_all();
  REQUIRE(home.engine->space(club.space)->phase == Phase::open);
  CHECK(home.text(club.space, 1) == "ennen");
  CHECK(home.text(club.space, 2) == "jäi lähettämättä");
  CHECK(home.text(club.space, 3).empty());
  CHECK(home.write(club.space, 1, "!").error().code == ErrorCode::not_in_audience);
  REQUIRE(home.write(club.space, 4, "taas"));
  club.sync_all();
  for (auto& each : club.homes) CHECK(each->text(club.space, 4) == "taas");
  CHECK(club.host().text(club.space, 2).empty());
  CHECK(home.engine->space(club.space)->unsent == 0);
  CHECK(home.engine->space(club.space)->trusted);
}
