// Several homes and a real server: the ordinary life of a club.
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

TEST_CASE("A note written offline reaches the other member") {
  Club club(1);
  REQUIRE(club.host().write(club.space, 1, "kokous"));
  REQUIRE(club.member(1).write(club.space, 2, "muistio"));
  CHECK(club.member(1).text(club.space, 1).empty());
  club.sync_all();
  CHECK(club.member(1).text(club.space, 1) == "kokous");
  CHECK(club.host().text(club.space, 2) == "muistio");
  CHECK(club.host().engine->space(club.space)->unsent == 0);
}

TEST_CASE("Two members edit the same note without a network and nothing is lost") {
  Club club(2);
  REQUIRE(club.host().write(club.space, 1, "alku "));
  club.sync_all();
  REQUIRE(club.member(1).write(club.space, 1, "toinen"));
  REQUIRE(club.member(2).write(club.space, 1, "kolmas"));
  club.sync_all();
  const auto merged = club.host().text(club.space, 1);
  CHECK(merged.find("toinen") != std::string::npos);
  CHECK(merged.find("kolmas") != std::string::npos);
  CHECK(club.member(1).text(club.space, 1) == merged);
  CHECK(club.member(2).text(club.space, 1) == merged);
}

TEST_CASE("Drafts written before admission go out on admission") {
  Club club(0);
  Home joiner(club.clock, 50);
  const auto invited = club.host().engine->invite(club.space, {.server = "club.example"}).value();
  REQUIRE(joiner.engine->join(invited.link, "Matti").value() == club.space);
  REQUIRE(joiner.write(club.space, 7, "luonnos"));
  CHECK(joiner.engine->space(club.space)->phase == Phase::joining);
  CHECK(joiner.engine->members(club.space).error().code == ErrorCode::waiting_for_admission);
  club.line.sync({&club.host(), &joiner});
  CHECK(joiner.engine->space(club.space)->phase == Phase::open);
  CHECK(joiner.events<Admitted>().size() == 1);
  club.line.sync({&club.host(), &joiner});
  CHECK(club.host().text(club.space, 7) == "luonnos");
}

TEST_CASE("Who asks to join before the host's first sync waits for admission, and is done with this sync") {
  Club club(0);
  Home joiner(club.clock, 50);
  const auto invited = club.host().engine->invite(club.space, {.server = "club.example"}).value();
  REQUIRE(joiner.engine->join(invited.link, "Matti").value() == club.space);
  club.line.connect(joiner);
  club.line.run(1);
  CHECK(joiner.engine->is_quiet());
  REQUIRE(joiner.engine->waiting().size() == 1);
  CHECK(joiner.engine->waiting().front().why == "admission");
  club.line.sync({&club.host()});
  club.line.run();  // still connected, it asks again by itself
  club.line.sync({&club.host(), &joiner});
  CHECK(joiner.engine->space(club.space)->phase == Phase::open);
}

TEST_CASE("A newcomer reads what was written before, over several epochs") {
  Club club(1);
  REQUIRE(club.host().write(club.space, 1, "ensimmäinen"));
  club.sync_all();
  club.add();
  REQUIRE(club.member(1).write(club.space, 2, "toinen"));
  club.sync_all();
  auto& newest = club.add();
  CHECK(newest.text(club.space, 1) == "ensimmäinen");
  CHECK(newest.text(club.space, 2) == "toinen");
  CHECK(newest.engine->members(club.space)->size() == 4);
}

TEST_CASE("A link for several waits for a person") {
  Club club(0);
  Home joiner(club.clock, 50);
  const auto invited = club.host().engine->invite(club.space, {.uses = 3, .server = "club.example"}).value();
  REQUIRE(joiner.engine->join(invited.link, "Matti").has_value());
  club.line.sync({&club.host(), &joiner});
  CHECK(joiner.engine->space(club.space)->phase == Phase::joining);
  const auto requests = club.host().engine->join_requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests.front().name == "Matti");
  REQUIRE(club.host().engine->admit(club.space, requests.front().request));
  club.line.sync({&club.host(), &joiner});
  CHECK(joiner.engine->space(club.space)->phase == Phase::open);
  CHECK(club.host().engine->invitations().front().uses_left == 2);
}

TEST_CASE("A revoked link admits nobody") {
  Club club(0);
  Home joiner(club.clock, 50);
  const auto invited = club.host().engine->invite(club.space, {.server = "club.example"}).value();
  REQUIRE(joiner.engine->join(invited.link, "Matti").has_value());
  REQUIRE(club.host().engine->revoke(invited.id));
  club.line.sync({&club.host(), &joiner});
  CHECK(joiner.engine->space(club.space)->phase == Phase::joining);
  REQUIRE(joiner.engine->cancel_join(club.space));
  CHECK(joiner.engine->spaces().empty());
  club.line.sync({&joiner});
  CHECK(joiner.engine->is_quiet());
}

TEST_CASE("A removed member keeps what it had and reads nothing later") {
  Club club(2);
  REQUIRE(club.host().write(club.space, 1, "ennen"));
  club.sync_all();
  auto& removed = club.member(1);
  REQUIRE(club.host().engine->remove_member(club.space, removed.engine->own_member()));
  REQUIRE(club.host().write(club.space, 1, " jälkeen"));
  club.sync_all();
  CHECK(club.host().engine->members(club.space)->size() == 2);
  CHECK(removed.engine->space(club.space)->phase == Phase::removed);
  CHECK(removed.text(club.space, 1) == "ennen");
  CHECK(club.member(2).text(club.space, 1) == "ennen jälkeen");
  CHECK(removed.write(club.space, 1, "!").error().code == ErrorCode::removed);
  CHECK(removed.events<Closed>().size() == 1);
}

TEST_CASE("A member leaves: what it wrote arrives, and any other commits its going") {
  Club club(2);
  auto& leaver = club.member(1);
  REQUIRE(leaver.write(club.space, 3, "hyvästi"));
  REQUIRE(leaver.engine->leave(club.space));
  CHECK(leaver.write(club.space, 3, "!").error().code == ErrorCode::invalid_state);
  club.line.sync({&leaver});
  club.line.sync({&club.member(2)});
  club.sync_all();
  CHECK(club.host().engine->members(club.space)->size() == 2);
  CHECK(club.host().text(club.space, 3) == "hyvästi");
  const auto phase = leaver.engine->space(club.space)->phase;
  CHECK(phase == Phase::left);
}

TEST_CASE("Who leaves believes a commit, not the server, that it is out") {
  Club club(2);
  auto& leaver = club.member(1);
  REQUIRE(leaver.write(club.space, 3, "hyvästi"));
  REQUIRE(leaver.engine->leave(club.space));
  std::size_t lies = 0;
  club.line.tamper = [&](const Bytes& frame) {
    auto read = wire::decode_server_frame(frame);
    auto* opened = read ? std::get_if<wire::SpaceOpened>(&read->message) : nullptr;
    if (opened == nullptr || opened->access_until != Seq{}) return frame;
    opened->access_until = opened->head;
    ++lies;
    return wire::encode_frame(read->request, read->message);
  };
  club.line.sync({&leaver});
  CHECK(lies > 0);
  club.line.tamper = nullptr;
  club.line.sync({&leaver});
  club.line.sync({&club.member(2)});
  club.sync_all();
  CHECK(club.host().text(club.space, 3) == "hyvästi");
  CHECK(club.host().engine->members(club.space)->size() == 2);
  CHECK(leaver.engine->space(club.space)->phase == Phase::left);
}

TEST_CASE("A host lets somebody in again who lost everything: the old devices are out, and the list says who it is") {
  Club club(2);
  auto& host = club.host();
  const auto before = club.member(1).engine->own_member();
  auto invited = host.engine->invite(club.space, {.asks = true, .server = "club.example"});
  REQUIRE(invited.has_value());
  Home again(club.clock, 60);
  REQUIRE(again.engine->join(invited->link, "Matti").has_value());
  club.line.sync({&host, &again});
  CHECK(again.engine->space(club.space)->phase == Phase::joining);
  const auto requests = host.engine->join_requests(club.space);
  REQUIRE(requests.size() == 1);
  CHECK(host.engine->admit(club.space, requests[0].request, host.engine->own_member()).error().code == ErrorCode::invalid_argument);
  CHECK(host.engine->admit(club.space, requests[0].request, MemberId{}).error().code == ErrorCode::not_found);
  REQUIRE(host.engine->admit(club.space, requests[0].request, before));
  host.power_cut();
  club.line.sync({&host, &again});
  CHECK(again.engine->space(club.space)->phase == Phase::open);
  club.sync_all();
  CHECK(club.member(1).engine->space(club.space)->phase == Phase::removed);
  for (auto* home : {&host, &club.member(2), &again}) {
    const auto members = home->engine->members(club.space).value();
    REQUIRE(members.size() == 3);
    for (const auto& member : members) {
      CHECK(member.member != before);
      CHECK(member.successor_of == (member.member == again.engine->own_member() ? std::optional(before) : std::nullopt));
    }
  }
}

TEST_CASE("The last host does not leave the others behind") {
  Club club(1);
  CHECK(club.host().engine->leave(club.space).error().code == ErrorCode::not_permitted);
}

TEST_CASE("Only a host removes or invites") {
  Club club(2);
  club.sync_all();
  CHECK(club.member(1).engine->remove_member(club.space, club.member(2).engine->own_member()).error().code ==
        ErrorCode::not_permitted);
  CHECK(club.member(1).engine->invite(club.space, {.server = "club.example"}).error().code == ErrorCode::not_permitted);
}

TEST_CASE("A commit that meets another is built again") {
  Club club(3);
  // Both want to change the group from the same place: a removal, and a departure that everyone commits.
  REQUIRE(club.member(1).engine->leave(club.space));
  club.line.sync({&club.member(1)});
  REQUIRE(club.host().engine->remove_member(club.space, club.member(2).engine->own_member()));
  club.sync_all();
  club.sync_all();
  CHECK(club.host().engine->members(club.space)->size() == 2);
  CHECK(club.member(3).engine->members(club.space)->size() == 2);
  CHECK(club.host().engine->space(club.space)->epoch == club.member(3).engine->space(club.space)->epoch);
}

TEST_CASE("After seven days a device that writes renews its keys first") {
  Club club(1);
  const auto before = club.host().engine->space(club.space)->epoch;
  club.clock.now += std::uint64_t{8} * 24 * 3600 * 1000;
  REQUIRE(club.host().write(club.space, 1, "viikon päästä"));
  club.sync_all();
  CHECK(club.host().engine->space(club.space)->epoch > before);
  CHECK(club.member(1).text(club.space, 1) == "viikon päästä");
}

TEST_CASE("What is waiting is named until it is done") {
  Club club(1);
  REQUIRE(club.host().write(club.space, 1, "x"));
  bool unsent = false, offline = false;
  for (const auto& waiting : club.host().engine->waiting()) {
    unsent = unsent || waiting.why == "unsent";
    offline = offline || waiting.why == "no-network";
  }
  CHECK(unsent);
  CHECK(offline);
  club.line.connect(club.host());
  club.line.run();
  CHECK(club.host().engine->waiting().empty());
  CHECK(club.host().engine->is_quiet());
}
