// Reminders and calendars of Meetings.
#include "muistio/club/reminders.hpp"

#include <algorithm>
#include <cstdio>

#include "meeting_view.hpp"
#include "muistio/club/calendar.hpp"

namespace muistio::home {
namespace {
constexpr std::string_view kLead = "reminder lead";  // "DAYS MINUTES", decimal
}  // namespace

Result<ReminderLead> Meetings::reminder_lead() const {
  MUISTIO_TRY(const auto text, home_->impl_->setting(kLead));
  ReminderLead lead;
  if (!text.empty() && std::sscanf(text.c_str(), "%u %u", &lead.days, &lead.minutes) != 2)
    return fail(ErrorCode::corrupt, "a setting");
  return lead;
}

Result<ReminderLead> Meetings::lead_in(SpaceId club) const {
  MUISTIO_TRY(const auto own, home_->impl_->setting(kLead));
  MUISTIO_TRY(auto lead, reminder_lead());
  if (!own.empty()) return lead;
  MUISTIO_TRY(const auto settings, home_->settings(club));
  if (settings.reminder_days) lead.days = *settings.reminder_days;
  return lead;
}

Status Meetings::set_reminder_lead(const ReminderLead& lead) {
  if (lead.days > club::kLeadDaysMax || lead.minutes > club::kLeadMinutesMax)
    return fail(ErrorCode::invalid_argument, "reminders come at most 60 days and 1440 minutes before");
  return home_->impl_->put_settings({{std::string(kLead), std::to_string(lead.days) + " " + std::to_string(lead.minutes)}});
}

Result<std::vector<Reminder>> Meetings::reminders(WallMs from, WallMs until) {
  auto& impl = *home_->impl_;
  std::vector<Reminder> found;
  for (const auto& space : impl.visible()) {
    if (space.phase != sync::Phase::open || space.kind == sync::SpaceKind::personal) continue;
    MUISTIO_TRY(const auto lead, lead_in(space.space));
    MUISTIO_TRY(const auto view, look(space.space));
    for (const auto& each : club::reminders(view.records(), view.own, {lead.days, lead.minutes}, *impl.zones, from, until))
      found.push_back({each.at, each.kind == club::ReminderKind::meeting ? "meeting" : "action", space.space, each.about,
                       each.title, each.due});
  }
  std::sort(found.begin(), found.end(),
            [](const Reminder& a, const Reminder& b) { return std::tie(a.at, a.about) < std::tie(b.at, b.about); });
  return found;
}

Result<std::string> Meetings::calendar(SpaceId club, std::optional<DocumentId> meeting) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto lead, lead_in(club));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto shown, home_->club(club));
  if (meeting) MUISTIO_CHECK(club::find_meeting(view.records(), *meeting));
  std::vector<club::CalendarEvent> events;
  for (const auto& item : club::list_meetings(view.records())) {
    if (meeting && item.id != *meeting) continue;
    const auto made = view.meeting(club, item);
    if (made.at.value() == 0) continue;
    club::CalendarEvent event;
    event.id = item.id;
    event.title = item.title;
    event.place = item.place;
    event.link = item.link;
    event.organiser_id = item.organiser.value_or(item.maker);
    event.organiser = view.person(event.organiser_id).name;
    event.starts = made.at;
    event.ends = made.ends;
    event.changed = item.changed;
    event.sequence = item.sequence;
    event.cancelled = item.cancelled;
    if (const auto at = club::reminder_moment(*impl.zones, item.when, {lead.days, lead.minutes})) event.reminder = *at;
    events.push_back(std::move(event));
  }
  return club::write_calendar(events, shown.name);
}

}  // namespace muistio::home
