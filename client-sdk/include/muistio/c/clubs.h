/* Clubs, and the sessions and desks that are spaces like them. Every function is a call: client.h says how calls behave. */
#ifndef MUISTIO_C_CLUBS_H
#define MUISTIO_C_CLUBS_H

#include "client.h"

MUISTIO_BEGIN

/* Call. All clubs, and the personal space if there is one, which comes last. Answers `club`s. */
MUISTIO_API muistio_status muistio_club_list(muistio_client* client, MUISTIO_THEN);
/* Call. `history` is what newcomers may read of the time before they joined. Answers one `id`. Errors: MUISTIO_E_INVALID_ARGUMENT
 * (the name), MUISTIO_E_INVALID_STATE (`muistio_home_init` comes first). */
MUISTIO_API muistio_status muistio_club_create(muistio_client* client, const char* name, muistio_history history, MUISTIO_THEN);
/* Call. A new season begins at the next sync: under MUISTIO_HISTORY_SEASON later newcomers read from here on. Answers nothing.
 * Errors: MUISTIO_E_NOT_PERMITTED (not a host). */
MUISTIO_API muistio_status muistio_club_begin_season(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Closes the club here at once; the others learn at the next sync. Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED (the last
 * host). */
MUISTIO_API muistio_status muistio_club_leave(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. The club that `wanted` names: a name if unique, else an id in hexadecimal digits or a unique beginning of one, of at
 * least 6. Answers one `id`. Errors: MUISTIO_E_AMBIGUOUS, with the candidates. */
MUISTIO_API muistio_status muistio_club_find(muistio_client* client, const char* wanted, MUISTIO_THEN);
/* Call. A new club that goes on from this one, with copies of its notes; this one is read-only from then on. Answers one `id`.
 * Errors: MUISTIO_E_NOT_PERMITTED. */
MUISTIO_API muistio_status muistio_club_succeed(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Writes the club to a folder, as Markdown and files. Answers one `number`: how many attachments were absent. Errors:
 * MUISTIO_E_ALREADY_EXISTS (the folder holds something else). */
MUISTIO_API muistio_status muistio_club_export(muistio_client* client, muistio_id club, const char* folder, bool with_private,
                                               MUISTIO_THEN);

/* Call. Makes a session and tells the club of it. Answers one `id`. Errors: MUISTIO_E_INVALID_ARGUMENT (the title). */
MUISTIO_API muistio_status muistio_session_create(muistio_client* client, muistio_id club, const char* title, MUISTIO_THEN);
/* Call. Those that the club was told of. Answers `session`s. */
MUISTIO_API muistio_status muistio_session_list(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Asks to be let into a session of the club, by title or id; done by the next syncs of this device and of its host's. Answers
 * one `id`. Errors: MUISTIO_E_AMBIGUOUS. */
MUISTIO_API muistio_status muistio_session_join(muistio_client* client, muistio_id club, const char* session, MUISTIO_THEN);
/* Call. Tells another club of a session that this member hosts. Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED,
 * MUISTIO_E_ALREADY_EXISTS. */
MUISTIO_API muistio_status muistio_session_announce(muistio_client* client, muistio_id club, muistio_id session, MUISTIO_THEN);
/* Call. Answers one `id`. Errors: MUISTIO_E_INVALID_ARGUMENT (the name), MUISTIO_E_INVALID_STATE. */
MUISTIO_API muistio_status muistio_desk_create(muistio_client* client, const char* name, MUISTIO_THEN);

/* Call. What this device holds of the club's log, signed, as text for a QR code. Answers one `text`. Errors:
 * MUISTIO_E_WAITING_FOR_ADMISSION, MUISTIO_E_REMOVED. */
MUISTIO_API muistio_status muistio_seal_show(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Compares another member's seal. A contradiction stops trust in the server for this club, and is success with that verdict.
 * Answers one `seal_answer`. Errors: MUISTIO_E_MALFORMED, MUISTIO_E_INVALID_ARGUMENT (another club's), MUISTIO_E_UNKNOWN_DEVICE,
 * MUISTIO_E_BAD_SIGNATURE, MUISTIO_E_BAD_SEEN (the same log, judged otherwise). */
MUISTIO_API muistio_status muistio_seal_check(muistio_client* client, muistio_id club, const char* text, MUISTIO_THEN);
/* Call. A host's decision that the club goes on from what this device holds, after trust stopped. Answers one `text`, which others
 * confirm in person. Errors: MUISTIO_E_NOT_PERMITTED, MUISTIO_E_FROZEN (this device has to join again), MUISTIO_E_LOG_ROLLED_BACK
 * (the server does not have everything again yet). */
MUISTIO_API muistio_status muistio_seal_reopen(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. This person confirms a host's reopening. Answers nothing. Errors: MUISTIO_E_MALFORMED, MUISTIO_E_UNKNOWN_DEVICE,
 * MUISTIO_E_BAD_SIGNATURE, MUISTIO_E_NOT_PERMITTED; MUISTIO_E_LOG_FORK (the host is on another log than this device). */
MUISTIO_API muistio_status muistio_seal_accept_reopening(muistio_client* client, muistio_id club, const char* text, MUISTIO_THEN);

MUISTIO_END

#endif
