// Meetings, reminders, catching up.
#include "muistio/c/meetings.h"

#include "call.hpp"
#include "muistio/client/meetings.hpp"

namespace muistio::c {
namespace {

MemberId member_of(const muistio_member_id& id) {
  std::array<std::uint8_t, 32> bytes;
  std::copy(std::begin(id.bytes), std::end(id.bytes), bytes.begin());
  return MemberId(bytes);
}

}  // namespace
}  // namespace muistio::c

using namespace muistio::c;

extern "C" {

muistio_status muistio_meeting_add(muistio_client* client, const muistio_new_meeting* meeting, MUISTIO_THEN) {
  Taking take;
  const auto taken = take.options(meeting, sizeof(muistio_new_meeting));
  muistio::home::NewMeeting made;
  made.title = take.text(taken.title);
  made.starts = take.text(taken.starts);
  made.zone = take.text(taken.zone);
  if (taken.minutes != 0) made.minutes = taken.minutes;
  made.place = take.maybe_text(taken.place).value_or("");
  made.link = take.maybe_text(taken.link).value_or("");
  made.places = taken.places;
  return begin(client, take, {done, user, call},
               [&](muistio::Client& on) { return on.meetings().add_meeting(space(taken.club), made); });
}

muistio_status muistio_meeting_list(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.meetings().meetings(space(club)); });
}

muistio_status muistio_meeting_answer(muistio_client* client, muistio_id meeting, const char* answer, MUISTIO_THEN) {
  Taking take;
  auto said = take.text(answer);
  return begin(client, take, {done, user, call},
               [&](muistio::Client& on) { return on.meetings().answer(document(meeting), said); });
}

muistio_status muistio_meeting_mark(muistio_client* client, muistio_id meeting, muistio_member_id member, const char* attended,
                                    MUISTIO_THEN) {
  Taking take;
  auto how = take.text(attended);
  return begin(client, take, {done, user, call},
               [&](muistio::Client& on) { return on.meetings().mark_attendance(document(meeting), member_of(member), how); });
}

muistio_status muistio_meeting_hand_baton(muistio_client* client, muistio_id meeting, muistio_member_id to, MUISTIO_THEN) {
  return begin(client, {done, user, call},
               [&](muistio::Client& on) { return on.meetings().hand_baton(document(meeting), member_of(to)); });
}

muistio_status muistio_meeting_next(muistio_client* client, muistio_id meeting, const char* starts, MUISTIO_THEN) {
  Taking take;
  auto at = take.text(starts);
  return begin(client, take, {done, user, call},
               [&](muistio::Client& on) { return on.meetings().next_meeting(document(meeting), at, std::nullopt); });
}

muistio_status muistio_meeting_minutes(muistio_client* client, muistio_id meeting, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.meetings().minutes(document(meeting)); });
}

muistio_status muistio_meeting_calendar(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.meetings().calendar(space(club)); });
}

muistio_status muistio_reminder_list(muistio_client* client, int64_t from_ms, int64_t until_ms, MUISTIO_THEN) {
  return begin(client, {done, user, call},
               [&](muistio::Client& on) { return on.meetings().reminders(muistio::WallMs(from_ms), muistio::WallMs(until_ms)); });
}

muistio_status muistio_catch_up(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.meetings().catch_up(space(club)); });
}

muistio_status muistio_catch_up_mark_read(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.meetings().mark_read(space(club)); });
}

muistio_status muistio_material_reach(muistio_client* client, muistio_id material, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.meetings().reach(document(material)); });
}

muistio_status muistio_observe_meetings(muistio_client* client, muistio_id club, MUISTIO_OBSERVE) {
  return observe(client, changed, user, let_go, out,
                 [&](muistio::Client& on, auto tell) { return on.meetings().observe_meetings(space(club), std::move(tell)); });
}
}
