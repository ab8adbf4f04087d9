// Homes that were restored from a copy, or copied and used twice.
#include "backup.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

TEST_CASE("A home restored from an old copy asks to be let in again, and nothing is lost") {
  Club club(1);
  auto& member = club.member(1);
  REQUIRE(member.write(club.space, 1, "ennen "));
  club.sync_all();
  const auto old_device = member.engine->own_device();
  const auto backup = copy_of(member);
  REQUIRE(member.write(club.space, 1, "lähetetty "));
  REQUIRE(member.write(club.space, 2, "toinen "));
  club.sync_all();

  put_back(member, backup);
  CHECK(member.text(club.space, 1) == "ennen ");
  REQUIRE(member.write(club.space, 1, "palautettu "));
  REQUIRE(member.write(club.space, 3, "kolmas "));
  club.line.sync({&member});
  CHECK(member.events<Rejoining>().size() == 1);
  CHECK(member.engine->own_device() != old_device);
  CHECK(member.text(club.space, 1).find("palautettu") != std::string::npos);  // readable all the time
  REQUIRE(member.write(club.space, 3, "neljäs"));
  club.line.sync({&club.host()});
  club.line.sync({&member});
  club.sync_all();
  for (auto* home : {&club.host(), &member}) {
    const auto text = home->text(club.space, 1);
    CHECK(text.find("ennen ") != std::string::npos);
    CHECK(text.find("lähetetty ") != std::string::npos);
    CHECK(text.find("palautettu ") != std::string::npos);
    CHECK(text == club.host().text(club.space, 1));
    CHECK(home->text(club.space, 2) == "toinen ");
    CHECK(home->text(club.space, 3) == "kolmas neljäs");
  }
  CHECK(member.engine->space(club.space)->unsent == 0);
  CHECK(member.engine->space(club.space)->trusted);
  // No index was used again with another content: the host has ignored nothing.
  CHECK(club.host().events<BatchIgnored>().empty());
  const auto members = club.host().engine->members(club.space).value();
  for (const auto& one : members)
    if (one.member == member.engine->own_member()) {
      REQUIRE(one.devices.size() == 1);
      CHECK(one.devices.front() == member.engine->own_device());
    }
  // It goes on as the new device, through another restart.
  member.power_cut();
  REQUIRE(member.write(club.space, 4, "viides"));
  club.sync_all();
  CHECK(club.host().text(club.space, 4) == "viides");
}

TEST_CASE("A copied home becomes another device, and what both had written unsent is there once") {
  Club club(1);
  auto& original = club.member(1);
  REQUIRE(original.write(club.space, 1, "sama "));  // unsent when it is copied
  const auto files = copy_of(original);
  Home copy(club.clock, 80);
  put_back(copy, files);
  REQUIRE(original.write(club.space, 1, "alkuperäinen "));
  REQUIRE(copy.write(club.space, 1, "kopio "));
  club.line.sync({&original});
  club.line.sync({&copy});
  CHECK(copy.events<Rejoining>().size() == 1);
  club.line.sync({&original});  // lets the copy in, as it is its own
  club.line.sync({&copy});
  club.sync_all();
  club.line.sync({&copy});
  for (auto* home : {&club.host(), &original, &copy}) {
    const auto text = home->text(club.space, 1);
    CHECK(text.find("alkuperäinen ") != std::string::npos);
    CHECK(text.find("kopio ") != std::string::npos);
    const auto first = text.find("sama ");
    REQUIRE(first != std::string::npos);
    CHECK(text.find("sama ", first + 1) == std::string::npos);
    CHECK(text == club.host().text(club.space, 1));
  }
  CHECK(club.host().events<BatchIgnored>().empty());
  CHECK(original.engine->space(club.space)->phase == Phase::open);
  CHECK(copy.engine->own_device() != original.engine->own_device());
}

TEST_CASE("A restored home survives a power cut at each step of its way back") {
  Club club(1);
  auto& member = club.member(1);
  const auto backup = copy_of(member);
  REQUIRE(member.write(club.space, 2, "lähetetty "));
  club.sync_all();
  put_back(member, backup);
  REQUIRE(member.write(club.space, 1, "palautettu "));
  for (int round = 0; round < 4; ++round) {
    club.line.sync({&member});
    member.power_cut();
    club.line.sync({&club.host()});
    member.power_cut();
  }
  club.sync_all();
  CHECK(club.host().text(club.space, 1) == "palautettu ");
  CHECK(club.host().text(club.space, 2) == "lähetetty ");
  CHECK(member.text(club.space, 2) == "lähetetty ");
}

TEST_CASE("A home restored from a copy older than a commit of its own asks to be let in again, and nothing is lost") {
  for (const bool is_admission : {false, true}) {
    INFO((is_admission ? "an admission" : "a healing"));
    Club club(is_admission ? 2 : 1);
    auto& home = is_admission ? club.host() : club.member(1);
    auto& other = is_admission ? club.member(1) : club.host();
    if (is_admission) REQUIRE(club.host().engine->set_role(club.space, other.engine->own_member(), Role::host));
    REQUIRE(home.write(club.space, 1, "ennen "));
    club.sync_all();
    const auto backup = copy_of(home);
    if (is_admission) {
      static_cast<void>(club.add());
    } else {
      club.clock.now += std::uint64_t{8} * 24 * 3600 * 1000;
    }
    REQUIRE(home.write(club.space, 1, "lähetetty "));
    club.line.sync({&home});
    REQUIRE(home.engine->counts().commits_merged > 0);  // the first thing that went out

    put_back(home, backup);
    REQUIRE(home.write(club.space, 1, "palautettu "));
    club.line.sync({&home});
    CHECK(home.events<Rejoining>().size() == 1);
    CHECK(home.engine->space(club.space)->unsent == 1);
    REQUIRE(home.write(club.space, 3, "kesken"));
    club.line.sync({&other});
    club.line.sync({&home});
    club.sync_all();
    for (auto* one : {&home, &other}) {
      const auto text = one->text(club.space, 1);
      CHECK(text == other.text(club.space, 1));
      for (const std::string part : {"ennen ", "lähetetty ", "palautettu "}) {
        INFO(part);
        const auto first = text.find(part);
        REQUIRE(first != std::string::npos);
        CHECK(text.find(part, first + 1) == std::string::npos);
      }
      CHECK(one->text(club.space, 3) == "kesken");
      CHECK(one->events<BatchIgnored>().empty());
    }
    CHECK(home.engine->space(club.space)->phase == Phase::open);
    CHECK(home.engine->space(club.space)->unsent == 0);
    CHECK(home.engine->members(club.space)->size() == (is_admission ? 4 : 2));
  }
}

TEST_CASE("Of two copies of a home that commit at once the second becomes another device, and both go on") {
  Club club(1);
  auto& original = club.member(1);
  Home copy(club.clock, 80);
  put_back(copy, copy_of(original));
  club.clock.now += std::uint64_t{8} * 24 * 3600 * 1000;  // both heal first, with the same key of the ratchet
  REQUIRE(original.write(club.space, 1, "alkuperäinen "));
  REQUIRE(copy.write(club.space, 1, "kopio "));
  club.line.sync({&original, &copy});
  CHECK(original.engine->counts().commits_merged > 0);
  CHECK(original.events<Rejoining>().empty());
  CHECK(copy.events<Rejoining>().size() == 1);
  for (int round = 0; round < 2; ++round) club.line.sync({&original, &copy, &club.host()});
  for (auto* home : {&club.host(), &original, &copy}) {
    CHECK(home->text(club.space, 1).find("alkuperäinen ") != std::string::npos);
    CHECK(home->text(club.space, 1).find("kopio ") != std::string::npos);
    CHECK(home->engine->space(club.space)->phase == Phase::open);
    CHECK(home->engine->space(club.space)->trusted);
    CHECK(home->engine->space(club.space)->unsent == 0);
  }
}
