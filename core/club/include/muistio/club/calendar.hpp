// Meetings as iCalendar (RFC 5545), for any calendar program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"

namespace muistio::club {

/// One meeting. Texts are UTF-8; control characters in them are left out.
struct CalendarEvent {
  DocumentId id;  // gives the UID: the same for the same meeting at any time and on any device
  std::string title, place, link, organiser;
  MemberId organiser_id;
  WallMs starts, ends, changed;
  std::uint64_t sequence = 0;
  bool cancelled = false;
  std::optional<WallMs> reminder;  // an alarm at this moment
};

/// A VCALENDAR with a VEVENT for each, METHOD:PUBLISH; times in UTC, lines folded at 75 octets between characters, each ended by
/// CRLF. The same events give the same bytes. Pure.
[[nodiscard]] std::string write_calendar(const std::vector<CalendarEvent>& events, std::string_view name);

}  // namespace muistio::club
