#include "muistio/club/reminders.hpp"

#include <algorithm>
#include <tuple>

#include "muistio/club/actions.hpp"
#include "muistio/club/attendance.hpp"
#include "muistio/club/meeting.hpp"

namespace muistio::club {
namespace {
constexpr std::string_view kMorning = "T09:00";
}  // namespace

Result<WallMs> reminder_moment(const TimeZones& zones, const When& when, const ReminderLead& lead) {
  auto local = plus_days(when.start, -static_cast<std::int64_t>(lead.days));
  local.minutes = std::max<std::int64_t>(local.minutes, 0);
  MUISTIO_TRY(const auto moment, zones.moment(when.zone, local));
  return WallMs(moment.value() - std::int64_t{lead.minutes} * 60'000);
}

std::vector<Reminder> reminders(const Records& records, const MemberId& own, const ReminderLead& lead, const TimeZones& zones,
                                WallMs from, WallMs until) {
  std::vector<Reminder> found;
  const auto add = [&](ReminderKind kind, const DocumentId& about, const std::string& title, const When& when) {
    const auto at = reminder_moment(zones, when, lead);
    const auto due = zones.moment(when.zone, when.start);
    if (at && due && from <= *at && *at < until) found.push_back({*at, kind, about, title, *due});
  };
  const auto meetings = list_meetings(records);
  for (const auto& meeting : meetings) {
    const auto replies = replies_to(records, meeting, {}).replies;
    const bool declined = std::any_of(replies.begin(), replies.end(),
                                      [&](const Reply& each) { return each.member == own && each.answer == Answer::no; });
    if (!meeting.cancelled && !declined) add(ReminderKind::meeting, meeting.id, meeting.title, meeting.when);
  }
  for (const auto& action : list_actions(records)) {
    if (action.done || action.due.empty() || action.owner != own) continue;
    const auto morning = parse_local_time(action.due + std::string(kMorning));
    if (!morning) continue;
    When when{*morning, meetings.empty() ? "UTC" : meetings.back().when.zone, 0};
    for (const auto& meeting : meetings)
      if (meeting.id == action.meeting) when.zone = meeting.when.zone;
    add(ReminderKind::action, action.id, action.text, when);
  }
  std::sort(found.begin(), found.end(),
            [](const Reminder& a, const Reminder& b) { return std::tie(a.at, a.about) < std::tie(b.at, b.about); });
  return found;
}

}  // namespace muistio::club
