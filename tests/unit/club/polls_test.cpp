#include <catch2/catch.hpp>

#include "muistio/club/actions.hpp"
#include "muistio/club/links.hpp"
#include "muistio/club/poll.hpp"
#include "muistio/club/questions.hpp"
#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

Logged ask(SeasonPeer& peer, DocumentId& id) {
  return peer.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id,
                create_poll(builder, peer.random, {"Milloin?", {evening("2026-12-01T18:00"), evening("2026-12-02T18:00")}, {}}));
    return ok();
  });
}

Logged vote(SeasonPeer& peer, const DocumentId& id, Mark first, Mark second) {
  return peer.make([&](ChangeBuilder& builder) { return answer_poll(builder, id, {first, second}); });
}

Logged close(SeasonPeer& peer, const DocumentId& id, std::optional<std::size_t> chosen) {
  const auto records = peer.records();
  return peer.make([&](ChangeBuilder& builder) { return close_poll(builder, records, id, chosen); });
}

PollItem shown(SeasonPeer& peer, const DocumentId& id) { return find_poll(peer.records(), id).value(); }

}  // namespace

TEST_CASE("a poll finds the date that suits the most, and warns when most cannot") {
  SeasonPeer anna(2), bram(3), cid(4);
  DocumentId id;
  const auto asked = ask(anna, id);
  for (auto* peer : {&bram, &cid}) peer->take_all({asked});
  CHECK_FALSE(shown(anna, id).best.has_value());
  std::vector<Logged> votes{vote(bram, id, Mark::no, Mark::maybe), vote(cid, id, Mark::yes, Mark::maybe)};
  anna.take_all(votes);
  auto poll = shown(anna, id);
  CHECK(poll.best == 1);
  CHECK_FALSE(poll.most_cannot);
  CHECK(poll.options[1].maybe == 2);
  for (auto* peer : {&bram, &cid}) anna.take_all({vote(*peer, id, Mark::no, Mark::no)});
  vote(anna, id, Mark::yes, Mark::no);
  poll = shown(anna, id);
  CHECK(poll.best == 0);
  CHECK(poll.most_cannot);
}

TEST_CASE("whoever made a poll or a host closes it: nobody else, and nobody votes for another") {
  SeasonPeer anna(2), bram(3), eve(4), host(1, Role::host), reader(5);
  DocumentId id;
  const auto asked = ask(anna, id);
  bram.take_all({asked});
  const auto ballot = vote(bram, id, Mark::yes, Mark::no);
  for (auto* peer : {&eve, &host}) peer->take_all({asked, ballot});
  const auto records = eve.records();
  const auto end = [&](ChangeBuilder& builder) { return close_poll(builder, records, id, 1); };
  CHECK(eve.refusal(end) == ErrorCode::not_permitted);
  CHECK(reader.take_all({asked, ballot, eve.cheat(end)}) == 1);
  CHECK_FALSE(shown(reader, id).closed);
  const auto brams = statement_id(kBallot, id.view(), bram.author.device);
  const auto for_bram = eve.cheat([&](ChangeBuilder& builder) {
    return builder.set_register(brams, kBallotMarks, Writer().raw(id.view()).varint(2).u8(3).u8(1).bytes());
  });
  CHECK(reader.take_all({for_bram}) == 1);
  CHECK(shown(reader, id).options[0].yes == 1);
  CHECK(reader.take_all({close(host, id, 0)}) == 0);
  CHECK(shown(reader, id).closed);
  CHECK(shown(reader, id).closed_by == host.author.member);
}

TEST_CASE("a poll closed on one phone and answered on another ends with what the closing counted, on every phone") {
  SeasonPeer anna(2), bram(3), cid(4);
  DocumentId id;
  const auto asked = ask(anna, id);
  for (auto* peer : {&bram, &cid}) peer->take_all({asked});
  const auto early = vote(bram, id, Mark::yes, Mark::no);
  anna.take_all({early});
  const auto closing = close(anna, id, 0);
  const auto late = vote(cid, id, Mark::no, Mark::yes);
  const auto poll = same_in_every_order({asked, early}, {closing, late}, [&](SeasonPeer& peer) { return shown(peer, id); });
  CHECK(poll.chosen == 0);
  CHECK(poll.ballots.size() == 1);
  REQUIRE(poll.late.size() == 1);
  CHECK(poll.late[0].member == cid.author.member);
  CHECK(poll.options[1].yes == 0);
  // Once the closing is known, no more is taken.
  bram.take_all({closing});
  CHECK(bram.refusal([&](ChangeBuilder& builder) {
    return answer_poll(builder, id, {Mark::no, Mark::yes});
  }) == ErrorCode::invalid_state);
}

TEST_CASE("a poll takes as many marks as it has dates") {
  SeasonPeer anna(2);
  DocumentId id;
  ask(anna, id);
  CHECK(anna.refusal([&](ChangeBuilder& builder) { return answer_poll(builder, id, {Mark::yes}); }) == ErrorCode::invalid_argument);
  CHECK(anna.refusal([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, create_poll(builder, anna.random, {"Tyhjä", {}, {}}));
    return ok();
  }) == ErrorCode::invalid_argument);
  CHECK_NOTHROW(vote(anna, id, Mark::yes, Mark::none));
}

TEST_CASE("action points have an owner and a day, and anybody ticks them off") {
  SeasonPeer anna(2), bram(3);
  DocumentId id, later;
  const auto made = anna.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(later, create_action(builder, anna.random, {"Ilman päivää", {}, "", {}}));
    MUISTIO_TRY(id, create_action(builder, anna.random, {"Pyydä tarjous", bram.author.member, "2026-12-10", {}}));
    return ok();
  });
  bram.take_all({made});
  auto items = list_actions(bram.records());
  REQUIRE(items.size() == 2);
  CHECK(items[0].id == id);
  CHECK(items[0].owner == bram.author.member);
  CHECK(items[0].due == "2026-12-10");
  ActionEdit done, wrong;
  done.done = true;
  wrong.due = "2026-02-30";
  CHECK(bram.refusal([&](ChangeBuilder& builder) { return edit_action(builder, id, wrong); }) == ErrorCode::invalid_argument);
  anna.take_all({made, bram.make([&](ChangeBuilder& builder) { return edit_action(builder, id, done); })});
  items = list_actions(anna.records());
  CHECK(items[0].id == later);
  CHECK(items[1].done);
}

TEST_CASE("a question has the answers below it, and each is its author's own") {
  SeasonPeer anna(2), bram(3), reader(4);
  DocumentId question, answer;
  const auto asked = anna.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(question, ask_question(builder, anna.random, "Kuka on käyttänyt?", "Tarkemmin."));
    return ok();
  });
  bram.take_all({asked});
  const auto answered = bram.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(answer, answer_question(builder, bram.random, question, "Me, kaksi vuotta."));
    return ok();
  });
  reader.take_all({asked, answered});
  const auto all = list_questions(reader.held, reader.records()).value();
  REQUIRE(all.size() == 1);
  CHECK(all[0].text == "Tarkemmin.");
  REQUIRE(all[0].answers.size() == 1);
  CHECK(all[0].answers[0].text == "Me, kaksi vuotta.");
  CHECK(bram.refusal([&](ChangeBuilder& builder) { return builder.append_text(question, kQuestionText, "!"); }) ==
        ErrorCode::not_permitted);
  CHECK_NOTHROW(bram.make([&](ChangeBuilder& builder) { return builder.append_text(answer, kAnswerText, "!"); }));
}

TEST_CASE("a note says what it is about") {
  SeasonPeer anna(2);
  const auto note = anna.note("Muistio", "Teksti");
  NoteLinks links;
  links.members = {id_of<MemberId>(3)};
  links.meetings = {id_of<DocumentId>(8)};
  links.tags = {"varasto"};
  anna.make([&](ChangeBuilder& builder) { return link_note(builder, note, links); });
  CHECK(links_of(*anna.document(note)) == links);
  NoteLinks tag;
  tag.tags = {"varasto"};
  anna.make([&](ChangeBuilder& builder) { return link_note(builder, note, tag, false); });
  CHECK(links_of(*anna.document(note)).tags.empty());
  CHECK_FALSE(Rules::judge(replica::make_set_add(note, kNoteLinks, Bytes{9, 1}), anna.author, nullptr));
  CHECK_FALSE(Rules::judge(replica::make_set_add(note, kNoteLinks, {}), anna.author, nullptr));
}

TEST_CASE("a guest does nothing of it") {
  SeasonPeer guest(6, Role::guest), anna(2);
  DocumentId id;
  const auto asked = ask(anna, id);
  guest.take_all({asked});
  CHECK(guest.refusal([&](ChangeBuilder& builder) {
    return answer_poll(builder, id, {Mark::yes, Mark::yes});
  }) == ErrorCode::not_permitted);
  CHECK_NOTHROW(vote(anna, id, Mark::yes, Mark::yes));
}
