#include <catch2/catch.hpp>

#include "muistio/club/attendance.hpp"
#include "muistio/club/baseline.hpp"
#include "muistio/club/poll.hpp"
#include "muistio/replica/baseline.hpp"
#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

const SpaceId kClub = id_of<SpaceId>(1);

/// A club in which an era ends: a meeting that is over, one to come with a single place, a signed pact, an open poll.
struct Club {
  SeasonPeer host{1, Role::host}, anna{2}, bram{3};
  crypto::SigningKey key = key_of(2);
  DocumentId over, coming, pact, poll;
  std::vector<Logged> log;

  Club() {
    anna.author.device = device_of(key);
    log.push_back(host.make([&](ChangeBuilder& builder) -> Status {
      NewMeeting meeting{"Ollut", evening("2026-01-01T18:00"), {}, {}, anna.author.member, 0, {}, {}, true};
      MUISTIO_TRY(over, create_meeting(builder, host.random, meeting));
      meeting.title = "Tuleva";
      meeting.when = evening("2027-01-01T18:00");
      meeting.places = 1;
      MUISTIO_TRY(coming, create_meeting(builder, host.random, meeting));
      MUISTIO_TRY(pact, create_pact(builder, host.random, "Pelisäännöt."));
      MUISTIO_TRY(poll, create_poll(builder, host.random, {"Milloin?", {evening("2027-02-01T18:00")}, {}}));
      return ok();
    }));
    for (auto* peer : {&anna, &bram}) peer->take_all(log);
    bram.wall = 5000;
    const auto hash = pact_text_hash("Pelisäännöt.");
    log.push_back(anna.make([&](ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(answer_meeting(builder, over, Answer::yes));
      MUISTIO_CHECK(answer_meeting(builder, coming, Answer::yes));
      MUISTIO_CHECK(answer_poll(builder, poll, {Mark::yes}));
      return sign_pact(builder, {pact, hash, key.verify_key(), key.sign(kPactLabel, {pact.view(), hash.view()})});
    }));
    log.push_back(bram.make([&](ChangeBuilder& builder) { return answer_meeting(builder, coming, Answer::yes); }));
    host.take_all(log);
    anna.take_all({log[2]});
    bram.take_all({log[1]});
  }
  replica::Baseline state_anew() {
    REQUIRE(host.held.flush());
    const std::vector<MemberId> members{host.author.member, anna.author.member, bram.author.member};
    const auto documents = baseline_documents(host.held, kClub, members, [](const When& when) {
                             return format_local_time(when.start) < "2026-06";
                           }).value();
    auto stated = host.held.state_anew(Era(1), host.author, WallMs(9000), documents).value();
    REQUIRE(stated);
    return replica::Baseline::decode(stated->encode()).value();
  }
};

std::size_t take(SeasonPeer& peer, const replica::Baseline& baseline, const replica::Author& from) {
  auto applied = peer.held.apply_baseline(baseline, from, BaselineRules::judge, Era(1), peer.author.device);
  INFO((applied ? std::string() : applied.error().message()));
  REQUIRE(applied);
  return applied->refused_ops;
}

Replies replies(SeasonPeer& peer, const DocumentId& id) {
  const auto records = peer.records();
  return replies_to(records, find_meeting(records, id).value(), {});
}

}  // namespace

TEST_CASE("a newcomer sees what is to come and what was agreed, in the same order of places, and nothing that is over") {
  Club club;
  const auto baseline = club.state_anew();
  SeasonPeer newcomer(7);
  CHECK(take(newcomer, baseline, club.host.author) == 0);
  const auto meetings = list_meetings(newcomer.records());
  REQUIRE(meetings.size() == 1);
  CHECK(meetings[0].id == club.coming);
  CHECK(meetings[0].organiser == club.anna.author.member);
  const auto seen = replies(newcomer, club.coming);
  REQUIRE(seen.seated.size() == 1);
  CHECK(seen.seated[0].member == club.anna.author.member);
  REQUIRE(seen.waiting.size() == 1);
  const auto pacts = list_pacts(newcomer.held, newcomer.records()).value();
  REQUIRE(pacts.size() == 1);
  REQUIRE(pacts[0].signers.size() == 1);
  CHECK(pacts[0].signers[0].member == club.anna.author.member);
  CHECK(find_poll(newcomer.records(), club.poll).value().options[0].yes == 1);
}

TEST_CASE("who was there before sees the same of what is to come, keeps what is over, and hears the newcomer") {
  Club club;
  const auto baseline = club.state_anew();
  SeasonPeer newcomer(7);
  take(newcomer, baseline, club.host.author);
  CHECK(take(club.anna, baseline, club.host.author) == 0);
  CHECK(list_meetings(club.anna.records()).size() == 2);
  CHECK(replies(club.anna, club.coming) == replies(newcomer, club.coming));
  CHECK(replies(club.anna, club.over).replies.size() == 1);
  auto answered = newcomer.held.edit_in(Era(1), newcomer.author, WallMs(1), newcomer.judge,
                                        [&](ChangeBuilder& builder) { return answer_meeting(builder, club.coming, Answer::yes); });
  REQUIRE(answered);
  REQUIRE(answered->size() == 1);
  auto applied = club.anna.held.apply(answered->front().change, newcomer.author, club.anna.judge, Era(1));
  REQUIRE(applied);
  CHECK(applied->refused_ops == 0);
  CHECK(replies(club.anna, club.coming).waiting.back().member == newcomer.author.member);  // whatever its clock says
  // What a device of the earlier era's says again counts, though the new era's clocks begin anew.
  auto changed = club.anna.held.edit_in(Era(1), club.anna.author, WallMs(1), club.anna.judge,
                                        [&](ChangeBuilder& builder) { return answer_meeting(builder, club.coming, Answer::no); });
  REQUIRE(changed);
  CHECK(replies(club.anna, club.coming).seated[0].member == club.bram.author.member);
}

TEST_CASE("no host states a signature that a member did not give, and nobody else states anything") {
  Club club;
  auto baseline = club.state_anew();
  SeasonPeer honest(7), doubting(8), third(9);
  CHECK(take(honest, baseline, club.host.author) == 0);
  auto no_host = club.host.author;
  no_host.role = Role::member;
  CHECK(take(third, baseline, no_host) > 0);
  CHECK(list_meetings(third.records()).empty());
  for (auto& op : baseline.change.ops)
    if (op.field == kSignatureOf) op.payload.back() ^= 1;
  CHECK(take(doubting, baseline, club.host.author) == 1);
  CHECK(list_pacts(doubting.held, doubting.records()).value()[0].signers.empty());
}
