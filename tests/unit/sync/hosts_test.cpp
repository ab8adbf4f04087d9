// The host role: given, taken by a warrant, moved by votes; through power cuts.
#include <algorithm>

#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

constexpr std::uint64_t kDayMs = std::uint64_t{24} * 3600 * 1000;

std::optional<Role> role_of(Home& judge, const SpaceId& space, Home& of) {
  const auto members = judge.engine->members(space).value();
  for (const auto& member : members)
    if (member.member == of.engine->own_member()) return member.role;
  return std::nullopt;
}

}  // namespace

TEST_CASE("A host gives the role to another at the next sync, and may leave then") {
  Club club(2);
  auto& heir = club.member(1);
  CHECK(club.host().engine->leave(club.space).error().code == ErrorCode::not_permitted);
  CHECK(heir.engine->set_role(club.space, heir.engine->own_member(), Role::host).error().code == ErrorCode::not_permitted);
  CHECK(club.host().engine->set_role(club.space, club.host().engine->own_member(), Role::member).error().code ==
        ErrorCode::not_permitted);
  REQUIRE(club.host().engine->set_role(club.space, heir.engine->own_member(), Role::host));
  CHECK(club.host().engine->space(club.space)->intents == 1);
  club.sync_all();
  CHECK(club.host().engine->space(club.space)->intents == 0);
  for (auto& home : club.homes) CHECK(role_of(*home, club.space, heir) == Role::host);
  REQUIRE(club.host().engine->leave(club.space));
  club.sync_all();
  club.sync_all();
  CHECK(heir.engine->members(club.space)->size() == 2);
  CHECK(heir.engine->space(club.space)->own_role == Role::host);
}

TEST_CASE("A warrant makes a host while the one who signed it stays offline") {
  Club club(2);
  auto& heir = club.member(1);
  const auto text = club.host().engine->warrant(club.space, heir.engine->own_member());
  REQUIRE(text);
  CHECK(club.member(2).engine->take_host(club.space, *text).error().code == ErrorCode::not_permitted);
  CHECK(heir.engine->take_host(club.space, "muistio-warrant:AAAA").error().code == ErrorCode::malformed);
  REQUIRE(heir.engine->take_host(club.space, *text));
  club.line.sync({&heir, &club.member(2)});
  CHECK(role_of(club.member(2), club.space, heir) == Role::host);
  CHECK(heir.engine->take_host(club.space, *text).error().code == ErrorCode::already_exists);
  club.sync_all();
  CHECK(role_of(club.host(), club.space, heir) == Role::host);

  // One that the charter has overtaken is refused, and said so.
  const auto late = club.host().engine->warrant(club.space, club.member(2).engine->own_member());
  REQUIRE(late);
  REQUIRE(club.host().engine->set_role(club.space, club.member(2).engine->own_member(), Role::facilitator));
  club.line.sync({&club.host()});
  REQUIRE(club.member(2).engine->take_host(club.space, *late));
  club.line.sync({&club.member(2)});
  const auto refused = club.member(2).events<Refused>();
  REQUIRE_FALSE(refused.empty());
  CHECK(refused.back().error.code == ErrorCode::not_permitted);
  CHECK(club.member(2).engine->space(club.space)->intents == 0);
  CHECK(role_of(club.member(2), club.space, club.member(2)) == Role::facilitator);
}

TEST_CASE("Members replace a host who has not been seen for thirty days, and votes are cast again when the charter changes") {
  Club club(3);
  const auto heir = club.member(1).engine->own_member();
  const auto votes = [&](Home& home) { return home.engine->replace_hosts(club.space, heir, false); };
  CHECK(votes(club.member(2)).error().code == ErrorCode::not_permitted);
  CHECK(votes(club.host()).error().code == ErrorCode::not_permitted);
  club.clock.now += 29 * kDayMs;
  CHECK(votes(club.member(2)).error().code == ErrorCode::not_permitted);
  REQUIRE(club.host().write(club.space, 1, "vielä täällä"));
  club.sync_all();
  club.clock.now += 29 * kDayMs;
  CHECK(votes(club.member(2)).error().code == ErrorCode::not_permitted);
  // A commit of a host is of a host too, without a word beside it.
  REQUIRE(club.host().engine->set_role(club.space, club.member(3).engine->own_member(), Role::facilitator));
  club.sync_all();
  club.clock.now += 29 * kDayMs;
  CHECK(votes(club.member(2)).error().code == ErrorCode::not_permitted);
  club.clock.now += 2 * kDayMs;
  REQUIRE(votes(club.member(2)));
  club.line.sync({&club.member(1), &club.member(2)});
  CHECK(role_of(club.member(1), club.space, club.member(1)) == Role::member);  // one of three
  const auto waiting = club.member(2).engine->waiting();
  CHECK(std::none_of(waiting.begin(), waiting.end(), [](const auto& each) { return each.why == "intent"; }));

  // A member leaves: the charter changes, the vote is signed again, and now it is one of two.
  REQUIRE(club.member(3).engine->leave(club.space));
  club.line.sync({&club.member(1), &club.member(2), &club.member(3)});
  club.line.sync({&club.member(1), &club.member(2)});
  CHECK(role_of(club.member(1), club.space, club.member(1)) == Role::member);
  club.member(1).power_cut();
  REQUIRE(votes(club.member(1)));
  club.line.sync({&club.member(1), &club.member(2)});
  club.line.sync({&club.member(1), &club.member(2)});
  CHECK(role_of(club.member(2), club.space, club.member(1)) == Role::host);
  CHECK(role_of(club.member(2), club.space, club.host()) == Role::member);
  CHECK(club.member(2).engine->space(club.space)->intents == 0);
  // The one who was gone comes back as a member.
  club.sync_all();
  CHECK(club.host().engine->space(club.space)->own_role == Role::member);
  CHECK(club.host().engine->space(club.space)->trusted);
  REQUIRE(club.host().write(club.space, 2, "takaisin"));
  club.sync_all();
  CHECK(club.member(1).text(club.space, 2) == "takaisin");
}

TEST_CASE("A last host who leaves offers the role to all first, and goes when one of them has taken it") {
  Club club(2);
  auto& host = club.host();
  auto& heir = club.member(2);
  CHECK(club.member(1).engine->offer_host(club.space).error().code == ErrorCode::not_permitted);
  CHECK(heir.engine->take_host(club.space, "").error().code == ErrorCode::not_found);
  REQUIRE(host.engine->offer_host(club.space));
  club.sync_all();
  CHECK(heir.events<HostOffered>().size() == 1);
  CHECK(heir.engine->space(club.space)->host_offered);
  // The charter changes: the offer is made again under it.
  auto& late = club.add();
  club.sync_all();
  club.sync_all();
  CHECK(late.engine->space(club.space)->host_offered);
  heir.power_cut();
  club.line.sync({&heir});
  heir.power_cut(store::CrashKind::keep_all);
  CHECK(heir.engine->space(club.space)->host_offered);
  REQUIRE(heir.engine->take_host(club.space, ""));
  club.sync_all();
  club.sync_all();
  CHECK(role_of(host, club.space, heir) == Role::host);
  CHECK_FALSE(late.engine->space(club.space)->host_offered);
  CHECK(late.engine->take_host(club.space, "").error().code == ErrorCode::not_found);
  CHECK(host.engine->space(club.space)->intents == 0);
  REQUIRE(host.engine->leave(club.space));
  club.sync_all();
  club.sync_all();
  CHECK(heir.engine->members(club.space)->size() == 3);
}

TEST_CASE("Whoever knows that a host is gone may insist") {
  Club club(1);
  CHECK(club.member(1).engine->replace_hosts(club.space, club.member(1).engine->own_member(), false).error().code ==
        ErrorCode::not_permitted);
  REQUIRE(club.member(1).engine->replace_hosts(club.space, club.member(1).engine->own_member(), true));
  club.line.sync({&club.member(1)});
  CHECK(role_of(club.member(1), club.space, club.member(1)) == Role::host);
}

TEST_CASE("A member of a club is let into its session by what they post in the club's log, a stranger is not") {
  Club club(2);
  auto& host = club.host();
  auto& member = club.member(1);
  space::Founding founding;
  founding.parent = club.space;
  const auto session = host.engine->create_space(SpaceKind::session, HistoryPolicy::all, founding);
  REQUIRE(session);
  REQUIRE(host.write(*session, 1, "esityslista"));
  club.line.sync({&host});
  const SessionInvite invite{*session, host.engine->own_member(), "club.example", "Kokous", "Aino", "Matti"};
  REQUIRE(member.engine->join_session(club.space, invite));
  CHECK(member.engine->join_session(club.space, invite).error().code == ErrorCode::already_exists);
  CHECK(member.engine->space(*session)->phase == Phase::joining);
  member.power_cut();
  club.line.sync({&member});
  club.line.sync({&host});
  club.line.sync({&member});
  REQUIRE(member.engine->space(*session)->phase == Phase::open);
  CHECK(member.text(*session, 1) == "esityslista");
  CHECK(host.engine->members(*session)->size() == 2);
  CHECK(host.engine->members(club.space)->size() == 3);

  // The same from a member who was removed from the club before the host looked.
  REQUIRE(club.member(2).engine->join_session(club.space, invite));
  club.line.sync({&club.member(2)});
  REQUIRE(host.engine->remove_member(club.space, club.member(2).engine->own_member()));
  club.line.sync({&host});
  club.line.sync({&host});
  CHECK(host.engine->members(*session)->size() == 2);
  CHECK(club.member(2).engine->space(*session)->phase == Phase::joining);

  // A guest comes by link, into the session alone; any full member removes them.
  Home guest(club.clock, 55);
  CHECK(host.engine->invite(club.space, {.role = Role::guest, .server = "club.example"}).error().code == ErrorCode::not_permitted);
  const auto link = host.engine->invite(*session, {.role = Role::guest, .server = "club.example"});
  REQUIRE(link);
  REQUIRE(guest.engine->join(link->link, "Vieras"));
  club.line.sync({&host, &guest});
  REQUIRE(guest.engine->space(*session)->phase == Phase::open);
  CHECK(guest.engine->space(*session)->own_role == Role::guest);
  CHECK(guest.text(*session, 1) == "esityslista");
  club.line.sync({&member});
  REQUIRE(member.engine->remove_member(*session, guest.engine->own_member()));
  club.line.sync({&member, &guest});
  CHECK(guest.engine->space(*session)->phase == Phase::removed);
}

TEST_CASE("A successor leaves the old space readable and closed, for the host at once and for members when they join it") {
  Club club(1);
  auto& host = club.host();
  auto& member = club.member(1);
  REQUIRE(host.write(club.space, 1, "vanha"));
  club.sync_all();
  CHECK(member.engine->succeed(club.space).error().code == ErrorCode::not_permitted);
  REQUIRE(member.write(club.space, 2, "ei ehtinyt"));
  const auto next = host.engine->succeed(club.space);
  REQUIRE(next);
  CHECK(host.engine->space(club.space)->phase == Phase::succeeded);
  CHECK(host.write(club.space, 3, "x").error().code == ErrorCode::invalid_state);
  CHECK(host.text(club.space, 1) == "vanha");
  host.power_cut();
  CHECK(host.engine->space(club.space)->phase == Phase::succeeded);

  const auto link = host.engine->invite(*next, {.server = "club.example"});
  REQUIRE(link);
  REQUIRE(member.engine->join(link->link, "Matti"));
  CHECK(member.engine->space(club.space)->phase == Phase::open);
  club.line.sync({&host});
  club.line.sync({&host, &member});
  REQUIRE(member.engine->space(*next)->phase == Phase::open);
  CHECK(member.engine->space(club.space)->phase == Phase::succeeded);
  CHECK(member.text(club.space, 1) == "vanha");
}

TEST_CASE("What a removed device had not sent is named, and handed in to the host") {
  Club club(1);
  auto& member = club.member(1);
  REQUIRE(member.write(club.space, 4, "lähetetty"));
  club.sync_all();
  CHECK(member.engine->unsent_documents(club.space)->empty());
  REQUIRE(member.write(club.space, 5, "ei lähetetty"));
  REQUIRE(club.host().engine->remove_member(club.space, member.engine->own_member()));
  club.line.sync({&club.host()});
  club.line.sync({&member});
  REQUIRE(member.engine->space(club.space)->phase == Phase::removed);
  CHECK(member.engine->unsent_documents(club.space).value() == std::set<DocumentId>{note_id(5)});
  CHECK(member.text(club.space, 5) == "ei lähetetty");
  const auto file = member.engine->seal_hand_in(club.space, as_bytes("payload"));
  REQUIRE(file);
  const auto taken = club.host().engine->open_hand_in(club.space, *file);
  REQUIRE(taken);
  CHECK(taken->member == member.engine->own_member());
  CHECK(as_text(taken->payload) == "payload");
}

TEST_CASE("What was taken back stays gone: for who was away, for who wrote in it meanwhile, and for who joins later") {
  Club club(2);
  auto& away = club.member(2);
  REQUIRE(club.member(1).write(club.space, 1, "otettu takaisin"));
  REQUIRE(club.member(1).write(club.space, 2, "jää"));
  club.sync_all();
  REQUIRE(away.engine->edit(club.space,
                            [](replica::ChangeBuilder& builder) { return builder.append_text(note_id(1), kBody, " lisää"); }));
  REQUIRE(club.member(1).engine->edit(club.space, [](replica::ChangeBuilder& builder) { return builder.take_back(note_id(1)); }));
  club.line.sync({&club.member(1), &club.host()});
  CHECK(club.host().text(club.space, 1).empty());
  club.sync_all();
  auto& late = club.add();
  club.sync_all();
  for (auto& home : club.homes) home->power_cut();
  club.sync_all();
  for (auto& home : club.homes) {
    CHECK(home->text(club.space, 1).empty());
    CHECK(home->text(club.space, 2) == "jää");
  }
  bool is_gone = false;
  REQUIRE(late.engine->read(club.space, [&](replica::Replica& replica) -> Status {
    MUISTIO_TRY(auto document, replica.document(note_id(1)));
    is_gone = document == nullptr || document->is_taken_back();
    return ok();
  }));
  CHECK(is_gone);
}

TEST_CASE("A power cut at any write of giving, removing, leaving, replacing, of the quorum or of agreeing does it exactly once") {
  struct Wish {
    const char* name;
    std::function<Home&(Club&)> who;
    std::function<Status(Club&)> wish;
    std::function<bool(Club&)> is_done;
  };
  const auto host_sees = [](Club& club) { return club.host().engine->members(club.space).value(); };
  const std::vector<Wish> wishes = {
      {"give", [](Club& club) -> Home& { return club.host(); },
       [](Club& club) { return club.host().engine->set_role(club.space, club.member(1).engine->own_member(), Role::host); },
       [](Club& club) { return role_of(club.member(2), club.space, club.member(1)) == Role::host; }},
      {"set role", [](Club& club) -> Home& { return club.host(); },
       [](Club& club) { return club.host().engine->set_role(club.space, club.member(2).engine->own_member(), Role::facilitator); },
       [](Club& club) { return role_of(club.member(1), club.space, club.member(2)) == Role::facilitator; }},
      {"remove", [](Club& club) -> Home& { return club.host(); },
       [](Club& club) { return club.host().engine->remove_member(club.space, club.member(1).engine->own_member()); },
       [&](Club& club) { return host_sees(club).size() == 2 && club.member(2).engine->members(club.space)->size() == 2; }},
      {"leave", [](Club& club) -> Home& { return club.member(1); },
       [](Club& club) { return club.member(1).engine->leave(club.space); },
       [&](Club& club) { return host_sees(club).size() == 2 && club.member(1).engine->space(club.space)->phase == Phase::left; }},
      {"replace", [](Club& club) -> Home& { return club.member(1); },
       [](Club& club) { return club.member(1).engine->replace_hosts(club.space, club.member(1).engine->own_member(), true); },
       [](Club& club) { return role_of(club.member(2), club.space, club.member(1)) == Role::host; }},
      {"quorum", [](Club& club) -> Home& { return club.host(); },
       [](Club& club) { return club.host().engine->set_quorum(club.space, 2); },
       [](Club& club) { return club.member(2).engine->space(club.space)->quorum == 2; }},
      {"agree", [](Club& club) -> Home& { return club.member(1); },
       [](Club& club) { return club.member(1).engine->agree(club.space, MemberId{}); },
       [](Club& club) { return club.member(2).engine->space(club.space)->quorum == 0; }},
  };
  for (const auto& wish : wishes) {
    const auto live = [&](Club& club, std::uint64_t stop) {
      auto& home = wish.who(club);
      const auto before = home.disk.stop_points();
      if (stop > 0) home.disk.stop_at(stop);
      const bool kept = wish.wish(club).has_value();
      club.line.connect(home);
      club.line.connect(club.member(2));
      club.line.run(2);
      club.line.disconnect(home);
      club.line.disconnect(club.member(2));
      return std::pair(home.disk.stop_points() - before, kept);
    };
    const auto prepare = [&](Club& club) {
      if (wish.name == std::string("agree")) {
        REQUIRE(club.host().engine->set_quorum(club.space, 2));
        club.sync_all();
        REQUIRE(club.host().engine->set_quorum(club.space, 0));
        club.sync_all();
      }
      if (wish.name != std::string("replace")) return;
      REQUIRE(club.member(2).engine->replace_hosts(club.space, club.member(1).engine->own_member(), true));
      club.line.sync({&club.member(2)}, 1);
    };
    std::uint64_t writes = 0;
    {
      Club club(2);
      prepare(club);
      writes = live(club, 0).first;
      REQUIRE(writes > 4);
    }
    for (std::uint64_t stop = 1; stop <= writes; ++stop) {
      INFO(wish.name << ": the disk stops at write " << stop << " of " << writes);
      Club club(2);
      prepare(club);
      const auto version_before = club.host().engine->members(club.space)->size();
      REQUIRE(version_before == 3);
      const auto [count, kept] = live(club, stop);
      static_cast<void>(count);
      wish.who(club).power_cut(stop % 2 == 0 ? store::CrashKind::drop_unsynced : store::CrashKind::keep_some);
      // What was pulled and not yet durable is pulled again before the wish is repeated (decision 0030).
      if (!kept) club.sync_all();
      if (!kept && !wish.is_done(club)) REQUIRE(wish.wish(club));
      for (int i = 0; i < 3; ++i) club.sync_all();
      CHECK(wish.is_done(club));
      for (auto& home : club.homes) {
        CHECK(home->engine->space(club.space)->trusted);
        CHECK(home->engine->space(club.space)->intents == 0);
      }
      REQUIRE(club.member(2).write(club.space, 1, "eteenpäin"));
      club.sync_all();
      CHECK(club.host().text(club.space, 1) == "eteenpäin");
    }
  }
}

TEST_CASE("With a quorum a newcomer comes in when so many members have agreed, and not before") {
  Club club(3);
  auto& host = club.host();
  CHECK(club.member(1).engine->set_quorum(club.space, 2).error().code == ErrorCode::not_permitted);
  CHECK(host.engine->set_quorum(club.space, 5).error().code == ErrorCode::invalid_argument);
  REQUIRE(host.engine->set_quorum(club.space, 3));
  club.sync_all();
  CHECK(club.member(1).engine->space(club.space)->quorum == 3);

  auto& late = club.add(false);
  CHECK(host.engine->members(club.space)->size() == 4);
  const auto waiting = host.engine->waiting();
  CHECK(std::any_of(waiting.begin(), waiting.end(), [](const auto& each) { return each.why == "agreement"; }));
  club.sync_all();
  CHECK(host.engine->members(club.space)->size() == 4);
  const auto asked = club.member(1).engine->newcomers(club.space).value();
  REQUIRE(asked.size() == 1);
  CHECK(asked.front().member == late.engine->own_member());
  CHECK(club.member(1).events<NewcomerAsked>().size() == 1);
  CHECK(club.member(1).engine->agree(club.space, club.member(2).engine->own_member()).error().code == ErrorCode::not_found);

  // One member and the host are two of three; another device's power cut loses neither the question nor the answer.
  club.member(2).power_cut();
  REQUIRE(club.member(1).engine->agree(club.space, late.engine->own_member()));
  club.sync_all();
  CHECK(host.engine->members(club.space)->size() == 4);
  CHECK(host.engine->newcomers(club.space).value().front().agreed == 1);
  club.member(1).power_cut();
  CHECK(club.member(1).engine->newcomers(club.space).value().front().agreed_here);

  // The charter changes: the first agreement is given again under it, and with the second one the newcomer is in.
  REQUIRE(host.engine->set_role(club.space, club.member(3).engine->own_member(), Role::facilitator));
  club.sync_all();
  club.sync_all();
  CHECK(host.engine->members(club.space)->size() == 4);
  REQUIRE(club.member(2).engine->agree(club.space, late.engine->own_member()));
  club.sync_all();
  club.sync_all();
  CHECK(host.engine->members(club.space)->size() == 5);
  CHECK(late.engine->space(club.space)->phase == Phase::open);
  for (auto& home : club.homes) {
    CHECK(home->engine->newcomers(club.space).value().empty());
    CHECK(home->engine->space(club.space)->intents == 0);
  }
}

TEST_CASE("A host lowers the quorum only when so many members as before have agreed to that") {
  Club club(2);
  auto& host = club.host();
  REQUIRE(host.engine->set_quorum(club.space, 2));
  club.sync_all();
  REQUIRE(host.engine->set_quorum(club.space, 0));
  club.sync_all();
  CHECK(host.engine->space(club.space)->quorum == 2);
  const auto asked = club.member(1).engine->newcomers(club.space).value();
  REQUIRE(asked.size() == 1);
  CHECK(asked.front().member.is_zero());
  REQUIRE(club.member(1).engine->agree(club.space, MemberId{}));
  club.sync_all();
  club.sync_all();
  CHECK(host.engine->space(club.space)->quorum == 0);
  CHECK(club.member(2).engine->newcomers(club.space).value().empty());
  auto& late = club.add();
  CHECK(late.engine->space(club.space)->phase == Phase::open);
}
