#include "muistio/club/attendance.hpp"

#include <catch2/catch.hpp>

#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

Logged meet(SeasonPeer& peer, DocumentId& id, std::uint64_t places = 0, std::optional<MemberId> organiser = {}) {
  NewMeeting meeting;
  meeting.title = "Varastokierros";
  meeting.when = evening();
  meeting.places = places;
  meeting.organiser = organiser;
  return peer.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, create_meeting(builder, peer.random, meeting));
    return ok();
  });
}

Logged say(SeasonPeer& peer, const DocumentId& id, Answer answer, std::vector<std::string> companions = {}) {
  return peer.make([&](ChangeBuilder& builder) { return answer_meeting(builder, id, answer, companions); });
}

Replies replies(SeasonPeer& peer, const DocumentId& id, std::vector<MemberId> members = {}) {
  const auto records = peer.records();
  return replies_to(records, find_meeting(records, id).value(), members);
}

Logged mark(SeasonPeer& peer, const DocumentId& id, const MemberId& member, Attended attended) {
  return peer.make([&](ChangeBuilder& builder) { return mark_attendance(builder, id, member, attended); });
}

}  // namespace

TEST_CASE("each member's own answer counts, the last one, whichever of their devices gave it") {
  SeasonPeer anna(2), tablet(9), bram(3);
  tablet.author.member = anna.author.member;
  DocumentId id;
  const auto made = meet(anna, id);
  const auto yes = say(anna, id, Answer::yes);
  for (auto* peer : {&tablet, &bram}) peer->take_all({made, yes});
  const auto late = say(tablet, id, Answer::late);
  bram.take_all({late});
  const auto seen = replies(bram, id, {anna.author.member, bram.author.member});
  REQUIRE(seen.replies.size() == 1);
  CHECK(seen.replies[0].answer == Answer::late);
  CHECK(seen.silent == std::vector{bram.author.member});
}

TEST_CASE("nobody answers for another") {
  SeasonPeer anna(2), eve(3), reader(4);
  DocumentId id;
  const auto made = meet(anna, id);
  const auto yes = say(anna, id, Answer::yes);
  eve.take_all({made, yes});
  const auto annas = statement_id(kReply, id.view(), anna.author.device);
  const auto held = eve.document(annas)->find_register(kReplyAnswer)->value;
  auto no = held;
  no[DocumentId::size_bytes] = static_cast<std::uint8_t>(Answer::no);
  const auto forged = eve.cheat([&](ChangeBuilder& builder) { return builder.set_register(annas, kReplyAnswer, no); });
  CHECK(reader.take_all({made, yes, forged}) == 1);
  CHECK(replies(reader, id).replies[0].answer == Answer::yes);
  const auto own = anna.make([&](ChangeBuilder& builder) { return builder.set_register(annas, kReplyAnswer, no); });
  CHECK(reader.take_all({own}) == 0);
  CHECK(replies(reader, id).replies[0].answer == Answer::no);
}

TEST_CASE("places go by who asked first: the others wait, and move up when somebody stays away") {
  SeasonPeer anna(2), bram(3), cid(4);
  DocumentId id;
  std::vector<Logged> log{meet(anna, id, 2)};
  const auto catch_up = [&](SeasonPeer& peer, std::size_t from) {
    for (auto i = from; i < log.size(); ++i) peer.take_all({log[i]});
  };
  bram.take_all({log[0]});
  log.push_back(say(bram, id, Answer::yes, {"Työkaveri Tiina"}));
  catch_up(anna, 1);
  log.push_back(say(anna, id, Answer::yes));
  catch_up(cid, 0);
  auto seen = replies(cid, id);
  REQUIRE(seen.seated.size() == 2);
  CHECK(seen.seated[1].companion == "Työkaveri Tiina");
  REQUIRE(seen.waiting.size() == 1);
  CHECK(seen.waiting[0].member == anna.author.member);
  // Somebody who comes later keeps the place; who says no gives it up.
  bram.take_all({log[2]});
  log.push_back(say(bram, id, Answer::late, {"Työkaveri Tiina"}));
  catch_up(cid, 3);
  CHECK(replies(cid, id).waiting.size() == 1);
  log.push_back(say(bram, id, Answer::no));
  catch_up(cid, 4);
  seen = replies(cid, id);
  REQUIRE(seen.seated.size() == 1);
  CHECK(seen.seated[0].member == anna.author.member);
  CHECK(seen.waiting.empty());
}

TEST_CASE("the same places for the same answers on every phone, in whatever order they came") {
  SeasonPeer host(1, Role::host), anna(2), bram(3), cid(4);
  DocumentId id;
  const auto made = meet(host, id, 2);
  std::vector<Logged> answers;
  for (auto* peer : {&anna, &bram, &cid}) {
    peer->take_all({made});
    answers.push_back(say(*peer, id, Answer::yes));
  }
  const auto seen = same_in_every_order({made}, answers, [&](SeasonPeer& peer) { return replies(peer, id); });
  CHECK(seen.seated.size() == 2);
  CHECK(seen.waiting.size() == 1);
}

TEST_CASE("attendance is taken by hosts, facilitators and whoever organises the meeting, and by nobody else") {
  SeasonPeer host(1, Role::host), anna(2), guide(3, Role::facilitator), eve(4), reader(5);
  DocumentId id;
  const auto made = meet(host, id, 0, anna.author.member);
  for (auto* peer : {&anna, &guide, &eve}) peer->take_all({made});
  const auto member = eve.author.member;
  const auto by_eve = mark(eve, id, member, Attended::present);
  CHECK(reader.take_all({made, by_eve}) == 0);
  CHECK(attendance_of(reader.records(), id).empty());
  for (auto* peer : {&anna, &guide, &host}) {
    SeasonPeer other(6);
    CHECK(other.take_all({made, by_eve, mark(*peer, id, member, Attended::absent)}) == 0);
    const auto seen = attendance_of(other.records(), id);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].attended == Attended::absent);
    CHECK(seen[0].marked_by == peer->author.member);
  }
}

TEST_CASE("an app that marks attendance as if it were a host's is passed over by everybody") {
  SeasonPeer host(1, Role::host), eve(4), reader(5);
  DocumentId id;
  const auto made = meet(host, id);
  eve.take_all({made});
  const auto forged = eve.cheat([&](ChangeBuilder& builder) -> Status {
    Writer about;
    about.raw(id.view()).raw(eve.author.member.view());
    const auto own = statement_id(kAttendance, about.bytes(), eve.author.device);
    MUISTIO_CHECK(builder.create(own, kAttendance));
    return builder.set_register(own, kAttendanceMark, about.u8(1).bytes());
  });
  CHECK(reader.take_all({made, forged}) == 1);
  CHECK(attendance_of(reader.records(), id).empty());
  CHECK(reader.take_all({mark(host, id, eve.author.member, Attended::present)}) == 0);
  CHECK(attendance_of(reader.records(), id).size() == 1);
}

TEST_CASE("two who take attendance offline leave one mark a member, the same on every phone") {
  SeasonPeer host(1, Role::host), guide(3, Role::facilitator);
  DocumentId id;
  const auto made = meet(host, id);
  host.take_all({made});
  guide.take_all({made});
  const auto anna = id_of<MemberId>(2), bram = id_of<MemberId>(7);
  const auto a = host.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(mark_attendance(builder, id, anna, Attended::present));
    return mark_attendance(builder, id, bram, Attended::late);
  });
  const auto b = mark(guide, id, anna, Attended::remote);
  const auto seen = same_in_every_order({made}, {a, b}, [&](SeasonPeer& peer) { return attendance_of(peer.records(), id); });
  REQUIRE(seen.size() == 2);
  CHECK(seen[1].attended == Attended::late);
}

TEST_CASE("a clock a year off orders nothing") {
  SeasonPeer host(1, Role::host), anna(2), bram(3), reader(5);
  anna.wall += std::int64_t{366} * 24 * 3600 * 1000;
  DocumentId id;
  const auto made = meet(host, id, 1);
  bram.take_all({made});
  const auto first = say(bram, id, Answer::yes);
  anna.take_all({made, first});
  const auto second = say(anna, id, Answer::yes);
  bram.take_all({second});
  const auto third = say(bram, id, Answer::no);  // by the wall a year before Anna's
  reader.take_all({made, first, second, third});
  const auto seen = replies(reader, id);
  REQUIRE(seen.seated.size() == 1);
  CHECK(seen.seated[0].member == anna.author.member);
}
