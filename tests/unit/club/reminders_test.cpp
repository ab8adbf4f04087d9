#include "muistio/club/reminders.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "muistio/club/actions.hpp"
#include "muistio/club/attendance.hpp"
#include "muistio/club/calendar.hpp"
#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

/// A zone two hours before UTC; no other is known.
class Fixed final : public TimeZones {
 public:
  Result<WallMs> moment(std::string_view zone, LocalTime time) const override {
    if (zone != "Europe/Helsinki") return fail(ErrorCode::not_found, "a zone");
    return WallMs((time.minutes - 120) * 60'000);
  }
  Result<LocalTime> shown(std::string_view, WallMs) const override { return fail(ErrorCode::not_found, "a zone"); }
};

constexpr WallMs kAlways{std::numeric_limits<std::int64_t>::max()};

CalendarEvent event_of(std::string title) {
  CalendarEvent event;
  event.id = id_of<DocumentId>(7);
  event.title = std::move(title);
  event.organiser = "Kaisa \"K\" Virtanen";
  event.starts = WallMs(1796140800000);  // 2026-12-01T16:00:00Z
  event.ends = WallMs(1796148000000);
  event.changed = WallMs(1796000000000);
  event.sequence = 5;
  return event;
}

}  // namespace

TEST_CASE(
    "a member is reminded of meetings and of their own open action points, and of nothing that they declined or that is off") {
  SeasonPeer anna(2);
  const Fixed zones;
  DocumentId first, second, off, strange, action;
  anna.make([&](ChangeBuilder& builder) -> Status {
    NewMeeting meeting{"Yksi", evening("2026-12-01T18:00"), {}, {}, {}, 0, {}, {}, true};
    MUISTIO_TRY(first, create_meeting(builder, anna.random, meeting));
    meeting.title = "Kaksi";
    meeting.when = evening("2026-12-20T18:00");
    MUISTIO_TRY(second, create_meeting(builder, anna.random, meeting));
    meeting.title = "Peruttu";
    MUISTIO_TRY(off, create_meeting(builder, anna.random, meeting));
    MeetingEdit edit;
    edit.cancelled = true;
    MUISTIO_CHECK(edit_meeting(builder, off, edit));
    meeting.title = "Outo";
    meeting.when.zone = "Mars/Olympus";
    MUISTIO_TRY(strange, create_meeting(builder, anna.random, meeting));
    MUISTIO_TRY(action, create_action(builder, anna.random, {"Oma", anna.author.member, "2026-12-10", first}));
    MUISTIO_TRY(strange, create_action(builder, anna.random, {"Toisen", id_of<MemberId>(9), "2026-12-10", first}));
    return ok();
  });
  const auto of = [&](const ReminderLead& lead, WallMs from = WallMs(0), WallMs until = kAlways) {
    std::vector<std::string> titles;
    for (const auto& each : reminders(anna.records(), anna.author.member, lead, zones, from, until)) titles.push_back(each.title);
    return titles;
  };
  CHECK(of({2, 0}) == std::vector<std::string>{"Yksi", "Oma", "Kaksi"});
  const auto all = reminders(anna.records(), anna.author.member, {2, 30}, zones, WallMs(0), kAlways);
  CHECK(all[0].at == WallMs(zones.moment("Europe/Helsinki", parse_local_time("2026-11-29T17:30").value()).value()));
  CHECK(all[1].due == WallMs(zones.moment("Europe/Helsinki", parse_local_time("2026-12-10T09:00").value()).value()));
  CHECK(of({2, 30}, all[1].at) == std::vector<std::string>{"Oma", "Kaksi"});
  CHECK(of({2, 30}, WallMs(0), all[1].at) == std::vector<std::string>{"Yksi"});
  anna.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(answer_meeting(builder, second, Answer::no));
    ActionEdit done;
    done.done = true;
    return edit_action(builder, action, done);
  });
  CHECK(of({2, 0}) == std::vector<std::string>{"Yksi"});
}

TEST_CASE("a calendar has lines of at most 75 octets, whole characters, and no line of anybody else's making") {
  auto event = event_of("Pitkä otsikko; pilkku, ja \\ kenoviiva " + std::string(200, 'a'));
  for (int i = 0; i < 60; ++i) event.title += "ä";
  event.place = "Rivi\r\nEND:VCALENDAR\r\nBEGIN:VEVENT";
  event.link = "https://huone.example\r\nATTACH:file:///etc/passwd";
  event.reminder = WallMs(1795968000000);
  const auto text = write_calendar({event}, "Klubi");
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find("\r\n", at);
    REQUIRE(end != std::string::npos);
    CHECK(end - at <= 75);
    CHECK_FALSE((static_cast<unsigned char>(text[at]) & 0xc0u) == 0x80u);
    at = end + 2;
  }
  std::string unfolded = text;
  for (auto fold = unfolded.find("\r\n "); fold != std::string::npos; fold = unfolded.find("\r\n ")) unfolded.erase(fold, 3);
  CHECK(unfolded.find("SUMMARY:Pitkä otsikko\\; pilkku\\, ja \\\\ kenoviiva aaa") != std::string::npos);
  CHECK(unfolded.find("\r\nEND:VCALENDAR\r\n") == unfolded.size() - std::string("\r\nEND:VCALENDAR\r\n").size());
  CHECK(unfolded.find("ATTACH") == std::string::npos);
  CHECK(unfolded.find("DTSTART:20261201T160000Z") != std::string::npos);
  CHECK(unfolded.find("TRIGGER;VALUE=DATE-TIME:20261129T160000Z") != std::string::npos);
  CHECK(unfolded.find("CN=\"Kaisa 'K' Virtanen\"") != std::string::npos);
  CHECK(write_calendar({event}, "Klubi") == text);
}

TEST_CASE("a meeting keeps its UID in a calendar, and a meeting that is off says so and rings no alarm") {
  auto event = event_of("Tapaaminen");
  event.reminder = WallMs(1795968000000);
  const auto before = write_calendar({event}, "Klubi");
  event.cancelled = true;
  event.sequence = 6;
  const auto after = write_calendar({event}, "Klubi");
  const auto uid = [](const std::string& text) { return text.substr(text.find("UID:"), 45); };
  CHECK(uid(before) == uid(after));
  CHECK(before.find("STATUS:CONFIRMED") != std::string::npos);
  CHECK(before.find("VALARM") != std::string::npos);
  CHECK(after.find("STATUS:CANCELLED") != std::string::npos);
  CHECK(after.find("SEQUENCE:6") != std::string::npos);
  CHECK(after.find("VALARM") == std::string::npos);
}
