// When a device reminds its member, worked out from what it holds, with no network.
#pragma once

#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/when.hpp"

namespace muistio::club {

/// How long before: so many days earlier at the same time of the clock, then so many minutes.
struct ReminderLead {
  std::uint32_t days = 2;
  std::uint32_t minutes = 0;
  friend bool operator==(const ReminderLead&, const ReminderLead&) = default;
};
inline constexpr std::uint32_t kLeadDaysMax = 60;
inline constexpr std::uint32_t kLeadMinutesMax = 24 * 60;

enum class ReminderKind : std::uint8_t { meeting, action };

struct Reminder {
  WallMs at;
  ReminderKind kind = ReminderKind::meeting;
  DocumentId about;
  std::string title;
  WallMs due;  // the meeting's beginning; the morning of an action point's day
  friend bool operator==(const Reminder&, const Reminder&) = default;
};

/// The moment to remind of what begins at `when`. Errors: not_found (the zone).
[[nodiscard]] Result<WallMs> reminder_moment(const TimeZones& zones, const When& when, const ReminderLead& lead);

/// What is to be reminded of from `from` on and before `until`, by their moments: meetings that take place and that `own` did not
/// decline, and `own`'s open action points, in the morning (09:00) of the zone of their meeting, else of the club's latest meeting,
/// else of UTC. What is in a zone that is not known here is left out.
[[nodiscard]] std::vector<Reminder> reminders(const Records& records, const MemberId& own, const ReminderLead& lead,
                                              const TimeZones& zones, WallMs from, WallMs until);

}  // namespace muistio::club
