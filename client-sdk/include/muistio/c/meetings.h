/* Meetings, as a member's phone needs them: what is planned, who comes, the minutes, what was missed, what to be reminded of.
 * Planning by hosts (seasons, polls, agendas, the pact) is in C++ alone so far: muistio/client/meetings.hpp. Every function but the
 * observation is a call: client.h says how calls behave. All may fail with MUISTIO_E_WAITING_FOR_ADMISSION, and with
 * MUISTIO_E_INVALID_ARGUMENT for a word or a time that is not written as it must be. */
#ifndef MUISTIO_C_MEETINGS_H
#define MUISTIO_C_MEETINGS_H

#include "sync.h"

MUISTIO_BEGIN

typedef struct muistio_new_meeting {
  size_t size; /* sizeof(muistio_new_meeting) */
  muistio_id club;
  const char* MUISTIO_NULLABLE title;  /* must not be NULL */
  const char* MUISTIO_NULLABLE starts; /* "2026-12-01T18:00"; must not be NULL */
  const char* MUISTIO_NULLABLE zone;   /* "Europe/Helsinki"; must not be NULL */
  uint32_t minutes;                    /* 0: 120 */
  const char* MUISTIO_NULLABLE place;
  const char* MUISTIO_NULLABLE link;
  uint64_t places; /* 0: no limit */
} muistio_new_meeting;

/* Call. This member organises it. The agenda gets opening news and a closing round, and a note for the minutes is made. Answers one
 * `id`. Errors: MUISTIO_E_NOT_PERMITTED. */
MUISTIO_API muistio_status muistio_meeting_add(muistio_client* client, const muistio_new_meeting* meeting, MUISTIO_THEN);
/* Call. By their time; those called off too. Answers `meeting`s. */
MUISTIO_API muistio_status muistio_meeting_list(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. "yes", "no", "late" or "remote". Answers nothing. */
MUISTIO_API muistio_status muistio_meeting_answer(muistio_client* client, muistio_id meeting, const char* answer, MUISTIO_THEN);
/* Call. "present", "absent", "late" or "remote". Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED. */
MUISTIO_API muistio_status muistio_meeting_mark(muistio_client* client, muistio_id meeting, muistio_member_id member,
                                                const char* attended, MUISTIO_THEN);
/* Call. Hands on the baton; no keys change. Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED (another has it, and this is no host).
 */
MUISTIO_API muistio_status muistio_meeting_hand_baton(muistio_client* client, muistio_id meeting, muistio_member_id to,
                                                      MUISTIO_THEN);
/* Call. The next meeting made from this one, or the one that the season planned next; `starts` empty: at the season's rhythm.
 * Answers one `id`. */
MUISTIO_API muistio_status muistio_meeting_next(muistio_client* client, muistio_id meeting, const char* starts, MUISTIO_THEN);
/* Call. The club note that is the minutes, for muistio_note_show and muistio_note_change. Answers one `id`. */
MUISTIO_API muistio_status muistio_meeting_minutes(muistio_client* client, muistio_id meeting, MUISTIO_THEN);
/* Call. iCalendar (RFC 5545): the club's meetings, with alarms at the reminders' time. Answers one `text`. */
MUISTIO_API muistio_status muistio_meeting_calendar(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. What to remind this member of in all open clubs, from `from_ms` on and before `until_ms`, by time. Ask again after a sync:
 * meetings move. Answers `reminder`s. */
MUISTIO_API muistio_status muistio_reminder_list(muistio_client* client, int64_t from_ms, int64_t until_ms, MUISTIO_THEN);
/* Call. What others wrote and changed since this member last said that they read it: said, decided, shared, asked, each in the
 * order in which it reached the club. Answers `news`. */
MUISTIO_API muistio_status muistio_catch_up(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Everything that is here was read. No other member learns of it. Answers nothing. */
MUISTIO_API muistio_status muistio_catch_up_mark_read(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. "5 of 8 phones have it". Answers one `reach`. */
MUISTIO_API muistio_status muistio_material_reach(muistio_client* client, muistio_id material, MUISTIO_THEN);
/* An observation, as those of sync.h: `changed` gets `meeting`s. */
MUISTIO_API muistio_status muistio_observe_meetings(muistio_client* client, muistio_id club, MUISTIO_OBSERVE);

MUISTIO_END

#endif
