#include "muistio/home/zones.hpp"

#include <catch2/catch.hpp>

#include "muistio/club/reminders.hpp"

using namespace muistio;
using namespace muistio::club;

namespace {

/// The moment as UTC shows it, or why there is none.
std::string utc(std::string_view zone, std::string_view local) {
  const auto moment = home::system_zones().moment(zone, parse_local_time(local).value());
  if (!moment) return std::string(error_name(moment.error().code));
  return format_local_time(home::system_zones().shown("UTC", *moment).value());
}

}  // namespace

TEST_CASE("a time on the clock is the moment that the zone's rules say, in winter, in summer and at the changes") {
  CHECK(utc("Europe/Helsinki", "2026-12-01T18:00") == "2026-12-01T16:00");
  CHECK(utc("Europe/Helsinki", "2026-06-01T18:00") == "2026-06-01T15:00");
  CHECK(utc("Europe/Amsterdam", "2026-12-01T18:00") == "2026-12-01T17:00");
  CHECK(utc("Europe/Amsterdam", "2026-06-01T18:00") == "2026-06-01T16:00");
  CHECK(utc("Europe/Helsinki", "2027-03-28T02:59") == "2027-03-28T00:59");
  CHECK(utc("Europe/Helsinki", "2027-03-28T03:30") == "2027-03-28T01:30");  // skipped: 04:30 on the new clock
  CHECK(utc("Europe/Helsinki", "2027-03-28T04:00") == "2027-03-28T01:00");
  CHECK(utc("Europe/Helsinki", "2026-10-25T03:30") == "2026-10-25T00:30");  // twice: the first
  CHECK(utc("Asia/Kathmandu", "2026-01-01T05:45") == "2026-01-01T00:00");
}

TEST_CASE("a zone that is not known has no moments, and no name reads a file") {
  for (const auto* zone : {"Europe/Nowhere", "", "../../etc/passwd", "/etc/passwd", "Europe/"}) {
    CHECK(utc(zone, "2026-12-01T18:00") == "not_found");
    CHECK_FALSE(home::system_zones().shown(zone, WallMs(0)));
  }
}

TEST_CASE("two days before is the same time of the clock, whatever the clocks do between") {
  const auto& zones = home::system_zones();
  const When meeting{parse_local_time("2027-03-29T18:00").value(), "Europe/Helsinki", 120};
  const auto at = reminder_moment(zones, meeting, {2, 0}).value();
  CHECK(format_local_time(zones.shown("Europe/Helsinki", at).value()) == "2027-03-27T18:00");
  const auto begins = zones.moment(meeting.zone, meeting.start).value();
  CHECK(begins.value() - at.value() == 47 * 3'600'000);
  CHECK(reminder_moment(zones, meeting, {0, 90}).value() == WallMs(begins.value() - 90 * 60'000));
}
