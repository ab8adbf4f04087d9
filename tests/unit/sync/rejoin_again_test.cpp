// Devices whose part of a commit's path was garbled (R3 step 9): with nobody to let them in, while they catch up, with wishes.
#include "backup.hpp"
#include "rogue.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

/// A member garbles a commit for one device of the club; the others follow it.
void garble_for(Club& club, Home& rogue_home, Home& victim) {
  Rogue rogue(rogue_home, club.space);
  log_record(club, rogue.space->auth_pub(), rogue.garbled_for(victim.engine->own_device(), club.server.random));
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("A sole host who would have to be let in again opens a successor, members join it, and nothing is lost") {
  for (const bool is_restored : {true, false}) {
    INFO((is_restored ? "restored" : "garbled"));
    Club club(2);
    auto& host = club.host();
    auto& member = club.member(2);
    REQUIRE(host.write(club.space, 1, "ennen"));
    club.sync_all();
    if (is_restored) {
      const auto backup = copy_of(host);
      REQUIRE(host.write(club.space, 2, "varmuuskopion jälkeen"));
      club.sync_all();
      put_back(host, backup);
    } else {
      garble_for(club, club.member(1), host);
    }
    REQUIRE(host.write(club.space, 3, "ei ehtinyt"));
    club.line.sync({&host});
    REQUIRE(host.engine->space(club.space)->phase == Phase::joining);
    REQUIRE(host.write(club.space, 4, "sen jälkeen"));
    club.line.sync({&member});
    club.line.sync({&host});
    REQUIRE(host.engine->space(club.space)->phase == Phase::joining);  // nobody may let the host in
    CHECK(member.engine->succeed(club.space).error().code == ErrorCode::not_permitted);

    const auto next = host.engine->succeed(club.space);
    REQUIRE(next);
    for (const bool again : {false, true}) {
      if (again) host.power_cut();
      CHECK(host.engine->space(club.space)->phase == Phase::succeeded);
      CHECK(host.engine->space(*next)->predecessor == club.space);
      CHECK(host.text(club.space, 1) == "ennen");
      CHECK(host.text(club.space, 3) == "ei ehtinyt");
      CHECK(host.text(club.space, 4) == "sen jälkeen");
      CHECK(host.engine->unsent_documents(club.space).value() == std::set<DocumentId>{note_id(3), note_id(4)});
      CHECK(host.write(club.space, 3, "x").error().code == ErrorCode::invalid_state);
    }
    const auto link = host.engine->invite(*next, {.server = "club.example"});
    REQUIRE(link);
    REQUIRE(member.engine->join(link->link, "Matti"));
    club.line.sync({&host});
    club.line.sync({&host, &member});
    REQUIRE(member.engine->space(*next)->phase == Phase::open);
    CHECK(member.engine->space(club.space)->phase == Phase::succeeded);
    if (is_restored) CHECK(member.text(club.space, 2) == "varmuuskopion jälkeen");
    REQUIRE(member.write(*next, 1, "jatkuu"));
    club.line.sync({&host, &member});
    CHECK(host.text(*next, 1) == "jatkuu");
  }
}

TEST_CASE(
    "A newcomer whose part of a commit was garbled before they had caught up asks again, and what they drafted arrives once") {
  Club club(1);
  Home newcomer(club.clock, 81);
  const auto link = club.host().engine->invite(club.space, {.server = "club.example"});
  REQUIRE(link);
  REQUIRE(newcomer.engine->join(link->link, "Liisa"));
  REQUIRE(newcomer.write(club.space, 1, "luonnos "));
  club.line.sync({&newcomer});
  club.line.sync({&club.host()});
  club.line.sync({&club.member(1)});
  garble_for(club, club.member(1), newcomer);
  club.line.sync({&newcomer});
  CHECK(newcomer.events<Rejoining>().size() == 1);
  CHECK(newcomer.events<Admitted>().empty());
  CHECK(newcomer.engine->space(club.space)->phase == Phase::joining);
  REQUIRE(newcomer.write(club.space, 1, "toinen "));
  CHECK(newcomer.text(club.space, 1) == "luonnos toinen ");
  newcomer.power_cut();
  club.line.sync({&club.host()});
  club.line.sync({&newcomer});
  club.line.sync({&club.host()});
  CHECK(newcomer.events<Admitted>().size() == 1);
  REQUIRE(newcomer.engine->space(club.space)->phase == Phase::open);
  for (auto* home : {&club.host(), &newcomer}) CHECK(home->text(club.space, 1) == "luonnos toinen ");
  CHECK(newcomer.engine->space(club.space)->unsent == 0);
  CHECK(club.host().engine->members(club.space)->size() == 3);
}

TEST_CASE("A device that is garbled again while it reads its way back asks once more, and everything arrives once") {
  Club club(3);
  auto& home = club.member(2);
  REQUIRE(home.write(club.space, 1, "ennen "));
  club.sync_all();
  REQUIRE(home.write(club.space, 1, "yksi "));
  garble_for(club, club.member(1), home);
  club.line.sync({&home});
  REQUIRE(home.write(club.space, 1, "kaksi "));
  club.line.sync({&club.host()});  // lets it in
  club.line.sync({&club.member(3)});
  garble_for(club, club.member(3), home);
  club.line.sync({&home});
  CHECK(home.events<Rejoining>().size() == 2);
  CHECK(home.events<Admitted>().size() == 1);  // of long ago
  REQUIRE(home.write(club.space, 1, "kolme "));
  REQUIRE(home.write(club.space, 2, "neljä "));
  home.power_cut();
  club.line.sync({&club.host()});
  club.line.sync({&home});
  club.line.sync({&club.host()});
  CHECK(home.events<Admitted>().size() == 2);
  CHECK(home.events<Refused>().empty());
  CHECK(home.engine->space(club.space)->unsent == 0);
  for (auto* one : {&club.host(), &home}) {
    const auto text = one->text(club.space, 1);
    INFO(text);
    for (const std::string part : {"ennen ", "yksi ", "kaksi ", "kolme "}) CHECK(count_of(text, part) == 1);
    CHECK(one->text(club.space, 2) == "neljä ");
  }
}

TEST_CASE("What was decided before a device had to be let in again is carried out when it is in") {
  Club club(4);
  auto& host = club.host();
  auto& second = club.member(2);
  REQUIRE(host.engine->set_role(club.space, second.engine->own_member(), Role::host));
  club.sync_all();
  Home newcomer(club.clock, 82);
  const auto link = host.engine->invite(club.space, {.uses = 2, .server = "club.example"});
  REQUIRE(link);
  REQUIRE(newcomer.engine->join(link->link, "Liisa"));
  club.line.sync({&newcomer});
  club.line.sync({&host});
  const auto requests = host.engine->join_requests(club.space);
  REQUIRE(requests.size() == 1);

  garble_for(club, club.member(1), host);
  const auto removed = club.member(3).engine->own_member(), promoted = club.member(4).engine->own_member();
  REQUIRE(host.engine->admit(club.space, requests.front().request));
  REQUIRE(host.engine->remove_member(club.space, removed));
  REQUIRE(host.engine->set_role(club.space, promoted, Role::facilitator));
  club.line.sync({&host});
  REQUIRE(host.events<Rejoining>().size() == 1);
  CHECK(host.engine->space(club.space)->intents == 3);
  CHECK(host.engine->join_requests(club.space).size() == 1);
  host.power_cut();
  club.line.sync({&second});
  club.line.sync({&host});
  club.line.sync({&host, &second, &newcomer});
  REQUIRE(host.engine->space(club.space)->phase == Phase::open);
  CHECK(host.engine->space(club.space)->intents == 0);
  CHECK(host.engine->join_requests(club.space).empty());
  CHECK(host.events<Refused>().empty());
  CHECK(newcomer.engine->space(club.space)->phase == Phase::open);
  bool is_there = false;
  const auto members = second.engine->members(club.space).value();
  for (const auto& one : members) {
    CHECK(one.member != removed);
    if (one.member == promoted) CHECK(one.role == Role::facilitator);
    is_there = is_there || one.member == newcomer.engine->own_member();
  }
  CHECK(is_there);
}
