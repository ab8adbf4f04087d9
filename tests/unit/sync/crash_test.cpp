// A power cut at every write of a small life; and a disk that fills up at every write.
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

/// One life of a member while its disk stops at the `stop`th write from now: written, synced, read. Returns how many writes there
/// were.
struct Life {
  std::uint64_t writes = 0;
  bool was_saved = false;
};

Life live(Club& club, Home& home, std::uint64_t stop, store::StopKind kind) {
  Life life;
  const auto before = home.disk.stop_points();
  if (stop > 0) home.disk.stop_at(stop, kind);
  life.was_saved = home.write(club.space, 9, "tallessa").has_value();
  club.line.connect(home);
  club.line.connect(club.host());
  static_cast<void>(club.host().write(club.space, 8, "isäntä"));
  club.line.run(2);
  club.line.disconnect(home);
  club.line.disconnect(club.host());
  life.writes = home.disk.stop_points() - before;
  return life;
}

}  // namespace

TEST_CASE("A power cut at any write of a sync loses nothing that was saved, and the next sync goes on") {
  std::uint64_t writes = 0;
  {
    Club club(1);
    writes = live(club, club.member(1), 0, store::StopKind::fail).writes;
    REQUIRE(writes > 4);
  }
  for (std::uint64_t stop = 1; stop <= writes; ++stop) {
    INFO("the disk stops at write " << stop << " of " << writes);
    Club club(1);
    auto& home = club.member(1);
    const auto life = live(club, home, stop, store::StopKind::fail);
    home.power_cut(stop % 2 == 0 ? store::CrashKind::drop_unsynced : store::CrashKind::keep_some);
    if (life.was_saved) CHECK(home.text(club.space, 9) == "tallessa");
    club.sync_all();
    club.sync_all();
    CHECK(home.engine->space(club.space)->trusted);
    CHECK(home.engine->space(club.space)->unsent == 0);
    CHECK(home.text(club.space, 8) == club.host().text(club.space, 8));
    CHECK(club.host().text(club.space, 9) == home.text(club.space, 9));
    if (life.was_saved) CHECK(club.host().text(club.space, 9) == "tallessa");
  }
}

TEST_CASE("A power cut at any write of an admission leaves a club that goes on") {
  const auto admit = [](Club& club, Home& joiner, std::uint64_t stop) {
    const auto before = club.host().disk.stop_points();
    if (stop > 0) club.host().disk.stop_at(stop);
    club.line.connect(club.host());
    club.line.connect(joiner);
    club.line.run(3);
    club.line.disconnect(club.host());
    club.line.disconnect(joiner);
    return club.host().disk.stop_points() - before;
  };
  const auto prepare = [](Club& club, Home& joiner) {
    const auto invited = club.host().engine->invite(club.space, {.server = "club.example"});
    REQUIRE(invited.has_value());
    REQUIRE(joiner.engine->join(invited->link, "Matti").has_value());
  };
  std::uint64_t writes = 0;
  {
    Club club(0);
    Home joiner(club.clock, 77);
    prepare(club, joiner);
    writes = admit(club, joiner, 0);
    REQUIRE(writes > 8);
  }
  for (std::uint64_t stop = 1; stop <= writes; ++stop) {
    INFO("the disk stops at write " << stop << " of " << writes);
    Club club(0);
    Home joiner(club.clock, 77);
    prepare(club, joiner);
    static_cast<void>(admit(club, joiner, stop));
    club.host().power_cut(stop % 2 == 0 ? store::CrashKind::drop_unsynced : store::CrashKind::keep_some);
    club.line.sync({&club.host(), &joiner});
    CHECK(joiner.engine->space(club.space)->phase == Phase::open);
    REQUIRE(club.host().write(club.space, 1, "tervetuloa"));
    club.line.sync({&club.host(), &joiner});
    CHECK(joiner.text(club.space, 1) == "tervetuloa");
    CHECK(club.host().engine->members(club.space)->size() == 2);
  }
}

TEST_CASE("A disk that is full refuses the edit, keeps what was there, and everything goes on when there is space") {
  for (std::uint64_t stop = 1; stop <= 12; ++stop) {
    INFO("the disk is full from write " << stop);
    Club club(1);
    auto& home = club.member(1);
    const auto life = live(club, home, stop, store::StopKind::full);
    home.disk.resume();
    CHECK(home.text(club.space, 9) == (life.was_saved ? "tallessa" : ""));
    REQUIRE(home.write(club.space, 10, "taas"));
    club.sync_all();
    CHECK(club.host().text(club.space, 9) == (life.was_saved ? "tallessa" : ""));
    CHECK(club.host().text(club.space, 10) == "taas");
    CHECK(home.text(club.space, 8) == club.host().text(club.space, 8));
  }
}
