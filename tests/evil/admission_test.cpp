// Lies about who is in: Welcomes, wrapped keys and access.
#include "evil_club.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/space/space.hpp"

using namespace muistio;
using namespace muistio::evil;
using namespace muistio::evil::test;

namespace {

/// Asks to be let into the club and is admitted by the host, but has not seen it yet.
void ask_and_admit(EvilClub& club, Home& joiner) {
  const auto link = club.host().engine->invite(club.space, {.server = "club.example", .space_name = "Klubi"})->link;
  REQUIRE(joiner.engine->join(link, "Matti"));
  club.line.sync({&joiner}, 3);
  club.line.sync({&club.host()});
}

/// The key by which the server knows a home in the club.
wire::AuthKey key_of(EvilClub& club, Home& home) {
  auto row = home.store->get(store::Table::device, as_bytes("device")).value().value();
  auto keys = std::make_shared<const space::DeviceKeys>(space::DeviceKeys::decode(row).value());
  return space::Space::load(*home.store, club.space, keys)->auth_pub();
}

}  // namespace

TEST_CASE("The Welcome of an earlier admission lets nobody in beside another commit") {
  EvilClub club(0);
  REQUIRE(club.host().write(club.space, 1, "ennen"));
  club.sync_all();
  Home earlier(club.clock, 50), newest(club.clock, 51);
  ask_and_admit(club, earlier);
  ask_and_admit(club, newest);
  REQUIRE(club.members_of(club.host()) == 3);
  club.begin(Attack::old_welcome);
  SECTION("the honest client") {
    club.line.sync({&earlier, &newest});
    REQUIRE(earlier.events<JoinRefused>().size() == 1);
    CHECK(earlier.events<JoinRefused>()[0].error.code == ErrorCode::invalid_invitation);
    CHECK(newest.events<JoinRefused>().empty());  // nothing in the log is for it
    for (auto* joiner : {&earlier, &newest}) {
      CHECK(club.of(*joiner).phase == Phase::joining);
      CHECK(joiner->events<Admitted>().empty());
      CHECK(joiner->text(club.space, 1).empty());
    }
    // Who was there before holds the true log, and names the lie.
    club.line.sync({&club.host()});
    CHECK(club.of(club.host()).why_frozen->code == ErrorCode::log_fork);
    CHECK(!club.end().is_none());
    // With the true log again the host goes on, and lets the joiners in anew.
    club.put_log_back();
    club.line.sync({&club.host()});
    CHECK(club.of(club.host()).trusted);
    for (auto* joiner : {&earlier, &newest}) {
      REQUIRE(club.host().engine->remove_member(club.space, joiner->engine->own_member()));
      REQUIRE(joiner->engine->cancel_join(club.space));
      club.line.sync({joiner});
      ask_and_admit(club, *joiner);
      club.line.sync({joiner});
      CHECK(club.of(*joiner).phase == Phase::open);
      CHECK(joiner->text(club.space, 1) == "ennen");
    }
  }
  SECTION("with the check planted off") {
    const Planted off{"old-welcome"};
    club.line.sync({&earlier});
    CHECK(earlier.events<JoinRefused>().empty());
    CHECK(club.of(earlier).phase != Phase::joining);  // in an epoch that was over before its place in the log
    CHECK(club.members_of(earlier) == 2);
  }
}

TEST_CASE("A Welcome that a removed member used is no way back in, and the true one is") {
  EvilClub club(1);
  auto& member = club.member(1);
  REQUIRE(member.write(club.space, 2, "oma"));
  club.sync_all();
  REQUIRE(club.host().engine->remove_member(club.space, member.engine->own_member()));
  club.line.sync({&club.host()});
  club.line.sync({&member});
  REQUIRE(club.of(member).phase == Phase::removed);
  REQUIRE(club.host().write(club.space, 1, "kokous"));
  ask_and_admit(club, member);
  const auto admitted = member.events<Admitted>().size();
  club.begin(Attack::old_welcome);
  club.line.sync({&member});
  CHECK(member.events<Admitted>().size() == admitted);
  REQUIRE(!club.of(member).trusted);
  CHECK(club.of(member).why_frozen->code == ErrorCode::log_fork);  // it held that part of the log before
  CHECK(member.text(club.space, 1).empty());
  CHECK(!club.end().is_none());
  club.put_log_back();
  club.line.sync({&member});
  CHECK(club.of(member).phase == Phase::open);
  CHECK(member.text(club.space, 1) == "kokous");
}

// There is no check to plant off here: a GroupInfo opens with the secret of its own Welcome alone.
TEST_CASE("The GroupInfo of an earlier admission does not open in a newer Welcome") {
  EvilClub club(0);
  Home earlier(club.clock, 50), newest(club.clock, 51);
  ask_and_admit(club, earlier);
  ask_and_admit(club, newest);
  club.begin(Attack::old_group_info);
  club.line.sync({&earlier, &newest});
  REQUIRE(newest.events<JoinRefused>().size() == 1);
  CHECK(newest.events<JoinRefused>()[0].error.code == ErrorCode::decryption_failed);
  CHECK(club.of(newest).phase == Phase::joining);
  CHECK(club.of(earlier).phase == Phase::open);
  club.line.sync({&club.host()});
  CHECK(club.of(club.host()).why_frozen->code == ErrorCode::log_fork);
  CHECK(!club.end().is_none());
}

TEST_CASE("A Welcome does not count for a newcomer to whom another log is shown than its admitter saw") {
  EvilClub club(0);
  REQUIRE(club.host().write(club.space, 1, "ennen"));
  club.sync_all();
  Home joiner(club.clock, 50);
  const auto link = club.host().engine->invite(club.space, {.server = "club.example", .space_name = "Klubi"})->link;
  REQUIRE(joiner.engine->join(link, "Matti"));
  club.line.sync({&joiner}, 3);
  club.line.sync({&club.host()});
  club.begin(Attack::bend_past);
  SECTION("the honest client") {
    club.line.sync({&joiner});
    REQUIRE(joiner.events<JoinRefused>().size() == 1);
    CHECK(joiner.events<JoinRefused>()[0].error.code == ErrorCode::log_fork);
    CHECK(club.of(joiner).phase == Phase::joining);
    CHECK(!club.end().is_none());
  }
  SECTION("with the check planted off") {
    const Planted off{"welcome"};
    club.line.sync({&joiner});
    CHECK(club.of(joiner).phase == Phase::open);
    CHECK(joiner.text(club.space, 1).empty());
  }
}

TEST_CASE("A wrapped key that the server bends is replaced, so that a newcomer still reads the past") {
  EvilClub club(1);
  REQUIRE(club.host().write(club.space, 1, "ennen"));
  club.sync_all();
  club.begin(Attack::flip_keywrap);
  Home joiner(club.clock, 50);
  const auto admit = [&] {
    const auto link = club.host().engine->invite(club.space, {.server = "club.example", .space_name = "Klubi"})->link;
    REQUIRE(joiner.engine->join(link, "Matti"));
    club.line.sync({&joiner}, 3);
    club.line.sync({&club.host()});
    club.line.sync({&joiner});
  };
  SECTION("the honest client") {
    admit();
    CHECK(club.of(joiner).phase == Phase::open);
    CHECK(joiner.text(club.space, 1) == "ennen");
    CHECK(club.of(club.host()).trusted);
    CHECK(club.end().records == 2);  // beside the commit, and the first record that mends it
  }
  SECTION("with the check planted off") {
    const Planted off{"keywrap"};
    admit();
    CHECK(club.of(joiner).phase == Phase::catching_up);
    CHECK(joiner.text(club.space, 1).empty());
  }
}

TEST_CASE("That a device was removed is believed of a commit, not of the server") {
  EvilClub club(1);
  auto& member = club.member(1);
  REQUIRE(club.host().write(club.space, 1, "kokous"));
  club.line.sync({&club.host()});
  club.begin(Attack::claim_removed);
  SECTION("the honest client") {
    club.line.sync({&member});
    CHECK(club.of(member).phase == Phase::open);
    CHECK(club.of(member).own_role == Role::member);
    CHECK(member.events<Closed>().empty());
    CHECK(!club.end().is_none());
    REQUIRE(member.write(club.space, 2, "täällä"));
    club.sync_all();
    CHECK(member.text(club.space, 1) == "kokous");
    CHECK(club.host().text(club.space, 2) == "täällä");
  }
  SECTION("with the check planted off") {
    const Planted off{"removal"};
    club.line.sync({&member});
    CHECK(club.of(member).phase == Phase::left);
  }
}

TEST_CASE("That a device was admitted is believed of a Welcome, not of the server") {
  EvilClub club(0);
  REQUIRE(club.host().write(club.space, 1, "kokous"));
  club.sync_all();
  club.begin(Attack::claim_added);
  Home joiner(club.clock, 50);
  const auto link = club.host().engine->invite(club.space, {.server = "club.example", .space_name = "Klubi"})->link;
  REQUIRE(joiner.engine->join(link, "Matti"));
  SECTION("the honest client") {
    club.line.sync({&joiner}, 3);
    CHECK(club.of(joiner).phase == Phase::joining);
    CHECK(joiner.events<Admitted>().empty());
    CHECK(joiner.text(club.space, 1).empty());
    CHECK(club.end().records == 1);
    club.line.sync({&club.host()});
    club.line.sync({&joiner});
    CHECK(club.of(joiner).phase == Phase::open);
    CHECK(joiner.text(club.space, 1) == "kokous");
  }
  SECTION("with the check planted off") {
    const Planted off{"admission"};
    club.line.sync({&joiner}, 3);
    CHECK(!joiner.events<Admitted>().empty());
    CHECK(club.members_of(club.host()) == 1);
  }
}

TEST_CASE("Keys that a member has the server shut out or let in are put right by the next device") {
  EvilClub club(2);
  auto& rogue = club.member(1);
  auto& honest = club.member(2);
  const auto host_key = key_of(club, club.host());
  wire::AuthKey ghost;
  ghost.mutable_array()[3] = 7;
  const auto record = space::access_repair({{wire::AccessChange::Op::remove, host_key}, {wire::AccessChange::Op::add, ghost}});
  const auto encoded = wire::encode_record(record).value();
  auto& log = *club.server.log;
  const auto last = log.state(club.space)->last_handshake_seq;
  REQUIRE(log.begin());
  REQUIRE(log.append(club.space, key_of(club, rogue), last, encoded, record, 1u << 30));
  REQUIRE(log.commit());
  const auto may_write = [&](const wire::AuthKey& key) { return log.access(club.space, key)->value().until == Seq(0); };
  REQUIRE(!may_write(host_key));
  REQUIRE(may_write(ghost));
  SECTION("the honest client") {
    club.line.sync({&honest});
    CHECK(may_write(host_key));
    CHECK(!may_write(ghost));
  }
  SECTION("with the check planted off") {
    const Planted off{"access"};
    club.line.sync({&honest});
    CHECK(!may_write(host_key));
    CHECK(may_write(ghost));
  }
}
