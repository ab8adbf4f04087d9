#include <catch2/catch.hpp>

#include "format_examples.hpp"
#include "muistio/club/actions.hpp"
#include "muistio/club/agenda.hpp"
#include "muistio/club/season.hpp"
#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

Logged meet(SeasonPeer& peer, DocumentId& id, NewMeeting meeting = {}) {
  if (meeting.title.empty()) meeting.title = "Tapaaminen";
  if (meeting.when.zone.empty()) meeting.when = evening();
  return peer.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, create_meeting(builder, peer.random, meeting));
    return ok();
  });
}

MeetingItem shown(SeasonPeer& peer, const DocumentId& id) { return find_meeting(peer.records(), id).value(); }

}  // namespace

TEST_CASE("a meeting has its time on the clock of a place, and an agenda that opens with news and closes with a round") {
  SeasonPeer anna(2);
  DocumentId id;
  NewMeeting meeting;
  meeting.place = "Varasto, Tampere";
  meet(anna, id, meeting);
  const auto item = shown(anna, id);
  CHECK(format_local_time(item.when.start) == "2026-12-01T18:00");
  CHECK(item.when.zone == "Europe/Helsinki");
  CHECK(item.place == "Varasto, Tampere");
  auto agenda = show_agenda(anna.held, anna.records(), id).value();
  REQUIRE(agenda.items.size() == 2);
  CHECK(agenda.items[0].kind == AgendaKind::news);
  CHECK(agenda.items[1].kind == AgendaKind::round);
  CHECK(agenda.minutes_left == 120);
}

TEST_CASE("items come between news and round, can be moved, and leave the minutes for free talk") {
  SeasonPeer anna(2);
  DocumentId id, first, second;
  meet(anna, id);
  anna.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(first, add_agenda_item(builder, anna.random, id, {AgendaKind::item, "Varasto", 30, {}}));
    MUISTIO_TRY(second, add_agenda_item(builder, anna.random, id, {AgendaKind::case_, "Palautukset", 45, anna.author.member}));
    return ok();
  });
  anna.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(move_agenda_item(builder, second, 1));
    AgendaEdit edit;
    edit.question = "Kuka maksaa palautuksen?";
    edit.advice = "Asiakas, jos vaihtaa mieltään.";
    edit.summary = "Kokeillaan kuukausi.";
    return edit_agenda_item(builder, second, edit);
  });
  const auto agenda = show_agenda(anna.held, anna.records(), id).value();
  REQUIRE(agenda.items.size() == 4);
  CHECK(agenda.items[1].title == "Palautukset");
  CHECK(agenda.items[1].advice == "Asiakas, jos vaihtaa mieltään.");
  CHECK(agenda.items[2].title == "Varasto");
  CHECK(agenda.items[3].kind == AgendaKind::round);
  CHECK(agenda.minutes_left == 45);
}

TEST_CASE("a member may put right when and where: who organises, the places and calling it off are the maker's and hosts'") {
  SeasonPeer anna(2), bram(3), host(1, Role::host);
  DocumentId id;
  const auto made = meet(anna, id);
  for (auto* peer : {&bram, &host}) peer->take_all({made});
  MeetingEdit place;
  place.place = "Etänä";
  CHECK_NOTHROW(bram.make([&](ChangeBuilder& builder) { return edit_meeting(builder, id, place); }));
  MeetingEdit organiser, places, cancelled;
  organiser.organiser = bram.author.member;
  places.places = 3;
  cancelled.cancelled = true;
  for (const auto& edit : {organiser, places, cancelled}) {
    CHECK(bram.refusal([&](ChangeBuilder& builder) { return edit_meeting(builder, id, edit); }) == ErrorCode::not_permitted);
    CHECK_NOTHROW(anna.make([&](ChangeBuilder& builder) { return edit_meeting(builder, id, edit); }));
    CHECK_NOTHROW(host.make([&](ChangeBuilder& builder) { return edit_meeting(builder, id, edit); }));
  }
}

TEST_CASE("a meeting that an app calls off without the right goes on for everybody") {
  SeasonPeer anna(2), eve(3), reader(4), host(1, Role::host);
  DocumentId id;
  const auto made = meet(anna, id);
  MeetingEdit off;
  off.cancelled = true;
  const auto call_off = [&](ChangeBuilder& builder) { return edit_meeting(builder, id, off); };
  eve.take_all({made});
  host.take_all({made});
  CHECK(reader.take_all({made, eve.cheat(call_off)}) == 1);
  CHECK_FALSE(shown(reader, id).cancelled);
  CHECK(reader.take_all({host.make(call_off)}) == 0);
  CHECK(shown(reader, id).cancelled);
}

TEST_CASE("a member's other device may do what the one that made a meeting may") {
  SeasonPeer phone(2), tablet(9);
  tablet.author.member = phone.author.member;
  DocumentId id;
  const auto made = meet(phone, id);
  tablet.take_all({made});
  MeetingEdit off;
  off.cancelled = true;
  CHECK_NOTHROW(tablet.make([&](ChangeBuilder& builder) { return edit_meeting(builder, id, off); }));
}

TEST_CASE("two hosts who change the same meeting offline lose nothing that is not the same thing, and all phones agree") {
  SeasonPeer kaisa(1, Role::host), bram(2, Role::host);
  DocumentId id;
  const auto made = meet(kaisa, id);
  kaisa.take_all({made});
  bram.take_all({made});
  MeetingEdit first, second;
  first.place = "Turku";
  first.when = evening("2026-12-02T17:00");
  second.place = "Oulu";
  second.link = "https://esim.example/huone";
  const auto a = kaisa.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(edit_meeting(builder, id, first));
    return set_guest(builder, id, "Vieras Yksi", true);
  });
  const auto b = bram.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(edit_meeting(builder, id, second));
    return set_guest(builder, id, "Vieras Kaksi", true);
  });
  const auto item = same_in_every_order({made}, {a, b}, [&](SeasonPeer& peer) { return shown(peer, id); });
  CHECK(format_local_time(item.when.start) == "2026-12-02T17:00");
  CHECK(item.link == "https://esim.example/huone");
  CHECK((item.place == "Turku" || item.place == "Oulu"));
  CHECK(item.guests.size() == 2);
}

TEST_CASE("a season is as many meetings, the same time of the clock, with organisers and places in turn") {
  SeasonPeer host(1, Role::host), anna(2);
  NewSeason season;
  season.name = "Kausi 2027";
  season.first = evening("2027-03-02T18:00");
  season.rhythm_days = 42;
  season.meetings = 5;
  season.turns = {{host.author.member, "Kaisan konttori"}, {anna.author.member, "Annan varasto"}};
  DocumentId id;
  host.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, plan_season(builder, host.random, season));
    return ok();
  });
  CHECK(anna.refusal([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, plan_season(builder, anna.random, season));
    return ok();
  }) == ErrorCode::not_permitted);
  auto meetings = list_meetings(host.records());
  REQUIRE(meetings.size() == 5);
  CHECK(format_local_time(meetings[1].when.start) == "2027-04-13T18:00");
  CHECK(meetings[0].organiser == host.author.member);
  CHECK(meetings[3].organiser == anna.author.member);
  CHECK(meetings[3].place == "Annan varasto");
  CHECK(meetings[4].follows == meetings[3].id);
  host.make([&](ChangeBuilder& builder) { return swap_turns(builder, meetings[2], meetings[3]); });
  meetings = list_meetings(host.records());
  CHECK(meetings[2].organiser == anna.author.member);
  CHECK(meetings[2].place == "Annan varasto");
  CHECK(meetings[3].organiser == host.author.member);
}

TEST_CASE("the baton goes from hand to hand, and only from the hand that has it") {
  SeasonPeer host(1, Role::host), anna(2), bram(3), eve(4);
  DocumentId id;
  NewMeeting meeting;
  meeting.organiser = anna.author.member;
  const auto made = meet(host, id, meeting);
  for (auto* peer : {&anna, &bram, &eve}) peer->take_all({made});
  const auto hand = [&](SeasonPeer& from, const SeasonPeer& to) {
    return from.make([&](ChangeBuilder& builder) { return hand_baton(builder, id, to.author.member); });
  };
  const auto grab = hand(eve, eve);
  const auto given = hand(anna, bram);
  bram.take_all({given});
  const auto on = hand(bram, host);
  SeasonPeer reader(5);
  reader.take_all({made, grab});
  CHECK(shown(reader, id).organiser == anna.author.member);
  reader.take_all({given});
  CHECK(shown(reader, id).organiser == bram.author.member);
  reader.take_all({on});
  CHECK(shown(reader, id).organiser == host.author.member);
  // A host decides anew: what was handed on before that is over.
  host.take_all({made, grab, given, on});
  MeetingEdit decided;
  decided.organiser = eve.author.member;
  reader.take_all({host.make([&](ChangeBuilder& builder) { return edit_meeting(builder, id, decided); })});
  CHECK(shown(reader, id).organiser == eve.author.member);
}

TEST_CASE("times are read as they are written, and nonsense is refused") {
  for (const std::string text : {"2026-02-28T00:00", "2024-02-29T23:59", "1970-01-01T00:00", "9999-12-31T12:00"}) {
    const auto time = parse_local_time(text);
    REQUIRE(time);
    CHECK(format_local_time(*time) == text);
  }
  for (const auto* text : {"2026-02-29T00:00", "2026-13-01T00:00", "2026-01-01T24:00", "2026-01-01T12:60", "2026-01-01",
                           "1969-12-31T00:00", "20x6-01-01T00:00", ""})
    CHECK_FALSE(parse_local_time(text));
  auto when = evening();
  CHECK(decode_when(encode_when(when)).value() == when);
  for (const auto* zone : {"", "/etc/passwd", "Europe/Hel sinki", "../x"}) {
    when.zone = zone;
    CHECK_FALSE(decode_when(encode_when(when)));
  }
  when = evening();
  when.minutes = 30'000;
  CHECK_FALSE(decode_when(encode_when(when)));
}

TEST_CASE("what a record keeps of a document is what the document says") {
  SeasonPeer anna(2);
  DocumentId id;
  meet(anna, id);
  const auto records = anna.records();
  const auto* record = find_record(records, id, kMeeting);
  REQUIRE(record != nullptr);
  auto read = decode_record(encode_record(*record)).value();
  read.id = id;
  CHECK(read == *record);
  const auto bytes = encode_record(*record);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK_FALSE(decode_record(BytesView(bytes).first(cut)));
}

TEST_CASE("the worked example of a record is what the code writes") {
  replica::Document document(id_of<DocumentId>(0x11));
  const replica::Author anna{id_of<MemberId>(0xaa), id_of<DeviceId>(0xa1), Role::member};
  const replica::OpContext context{anna, {{anna.device, 1}, 0}, Lamport(1), WallMs(1'700'000'000'000)};
  REQUIRE(document.merge(replica::make_create(document.id(), kAction), context));
  REQUIRE(document.merge(replica::make_set_register(document.id(), kActionText, as_bytes("Pyydä tarjous")), context));
  REQUIRE(document.merge(replica::make_set_register(document.id(), kActionDone, Bytes{1}), context));
  CHECK(to_hex(summarise(document)) == to_hex(format_example("club-record")));
}
