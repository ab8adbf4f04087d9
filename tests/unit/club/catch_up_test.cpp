#include "muistio/club/catch_up.hpp"

#include <catch2/catch.hpp>

#include "muistio/club/actions.hpp"
#include "muistio/club/agenda.hpp"
#include "muistio/club/attendance.hpp"
#include "muistio/club/poll.hpp"
#include "muistio/club/questions.hpp"
#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

Gathered look(SeasonPeer& peer) {
  REQUIRE(peer.held.flush());
  return gather_club(peer.held).value();
}

/// Takes a log, and notes where each document was last changed and by whom, as a device does that reads the log.
struct LogReader : SeasonPeer {
  using SeasonPeer::SeasonPeer;
  Arrivals arrivals;
  std::uint64_t next = 1;
  void read(const std::vector<Logged>& log) {
    for (const auto& each : log) {
      for (const auto& id : take(each.change, each.author).documents) arrivals[id] = {Seq(next), each.author.member};
      ++next;
    }
  }
};

std::vector<std::string> titles(const std::vector<News>& news) {
  std::vector<std::string> found;
  for (const auto& each : news) found.push_back(std::string(news_kind_name(each.kind)) + " " + each.title);
  return found;
}

}  // namespace

TEST_CASE("who was away sees what was said, decided, shared and asked since, and nothing of what they had seen") {
  SeasonPeer host(1, Role::host), bram(3);
  LogReader anna(2);
  DocumentId meeting, question;
  std::vector<Logged> log;
  log.push_back(host.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(meeting, create_meeting(builder, host.random, {"Kokous", evening(), {}, {}, {}, 0, {}, {}, true}));
    MUISTIO_TRY(question, ask_question(builder, host.random, "Kuka tietää?", ""));
    return ok();
  }));
  anna.read(log);
  bram.take_all(log);
  auto news = catch_up(look(anna), anna.arrivals, Seq(0), anna.author.member);
  CHECK(titles(news.decided) == std::vector<std::string>{"meeting Kokous"});
  CHECK(titles(news.asked) == std::vector<std::string>{"question Kuka tietää?"});
  CHECK(news.said.empty());  // minutes without a word, an agenda without an item

  const std::vector<Logged> later{
      bram.make([&](ChangeBuilder& builder) -> Status {
        MUISTIO_TRY([[maybe_unused]] const auto note, create_note(builder, bram.random, {"Muistiinpano", "teksti"}));
        MUISTIO_TRY([[maybe_unused]] const auto file,
                    add_material(builder, bram.random, {"kalvot.pdf", "application/pdf", 10, {}}));
        return ok();
      }),
      bram.make([&](ChangeBuilder& builder) -> Status {
        MUISTIO_TRY([[maybe_unused]] const auto answer, answer_question(builder, bram.random, question, "Minä."));
        MUISTIO_CHECK(answer_meeting(builder, meeting, Answer::yes));
        MUISTIO_TRY([[maybe_unused]] const auto action, create_action(builder, bram.random, {"Tarjous", {}, "", meeting}));
        return ok();
      })};
  anna.read(later);
  news = catch_up(look(anna), anna.arrivals, Seq(1), anna.author.member);
  CHECK(titles(news.said) == std::vector<std::string>{"note Muistiinpano"});
  CHECK(titles(news.shared) == std::vector<std::string>{"material kalvot.pdf"});
  CHECK(titles(news.decided) == std::vector<std::string>{"action Tarjous"});
  CHECK(titles(news.asked) == std::vector<std::string>{"answer Kuka tietää?"});
  CHECK(news.said[0].by == bram.author.member);
  CHECK(catch_up(look(anna), anna.arrivals, Seq(3), anna.author.member) == CatchUp{});
  CHECK(catch_up(look(anna), anna.arrivals, Seq(1), bram.author.member) == CatchUp{});
}

TEST_CASE("a read mark is the furthest that any of the member's devices set, for each club by itself") {
  SeasonPeer phone(2), tablet(9);
  tablet.author.member = phone.author.member;
  const auto one = id_of<SpaceId>(1), other = id_of<SpaceId>(2);
  CHECK(read_to(phone.records(), one) == Seq(0));
  const auto first = phone.make([&](ChangeBuilder& builder) { return mark_read(builder, one, Seq(10)); });
  tablet.take_all({first});
  const auto second = tablet.make([&](ChangeBuilder& builder) { return mark_read(builder, one, Seq(25)); });
  const auto third = phone.make([&](ChangeBuilder& builder) { return mark_read(builder, one, Seq(12)); });
  phone.take_all({second});
  CHECK(read_to(phone.records(), one) == Seq(25));
  CHECK(read_to(phone.records(), other) == Seq(0));
}

TEST_CASE("the mirror counts the same on every phone, each figure with what it counts, and ranks nobody") {
  SeasonPeer host(1, Role::host), anna(2), bram(3);
  DocumentId meeting, off, note, item;
  const auto planned = host.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(meeting, create_meeting(builder, host.random, {"Kokous", evening(), {}, {}, anna.author.member, 0, {}, {}, true}));
    MUISTIO_TRY(off, create_meeting(builder, host.random, {"Peruttu", evening(), {}, {}, bram.author.member, 0, {}, {}, true}));
    MeetingEdit edit;
    edit.cancelled = true;
    MUISTIO_CHECK(edit_meeting(builder, off, edit));
    MUISTIO_CHECK(mark_attendance(builder, off, bram.author.member, Attended::present));
    MUISTIO_TRY(item, add_agenda_item(builder, host.random, meeting, {AgendaKind::case_, "Tapaus", 10, bram.author.member}));
    MUISTIO_CHECK(mark_attendance(builder, meeting, anna.author.member, Attended::late));
    return mark_attendance(builder, meeting, bram.author.member, Attended::absent);
  });
  anna.take_all({planned});
  bram.take_all({planned});
  const auto wrote = anna.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(note, create_note(builder, anna.random, {"Muistiinpano", "teksti"}));
    return ok();
  });
  const auto did = bram.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(const auto action, create_action(builder, bram.random, {"Tehty", bram.author.member, "", {}}));
    ActionEdit done;
    done.done = true;
    return edit_action(builder, action, done);
  });
  const std::vector<MemberId> members{anna.author.member, bram.author.member};
  const auto seen =
      same_in_every_order({planned}, {wrote, did}, [&](SeasonPeer& peer) { return contributions(look(peer), members); });
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].notes == std::vector{note});
  CHECK(seen[0].organised == std::vector{meeting});
  CHECK(seen[0].attended == std::vector{meeting});
  CHECK(seen[1].themes == std::vector{item});
  CHECK(seen[1].missed == std::vector{meeting});
  CHECK(seen[1].attended.empty());
  CHECK(seen[1].actions.size() == 1);
  CHECK(seen[1].organised.empty());
}
