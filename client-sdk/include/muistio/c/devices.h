/* The devices of this member, and the words that bring everything back. Every function is a call: client.h says how calls behave.
 */
#ifndef MUISTIO_C_DEVICES_H
#define MUISTIO_C_DEVICES_H

#include "client.h"

MUISTIO_BEGIN

/* Call. Answers `device`s. */
MUISTIO_API muistio_status muistio_device_list(muistio_client* client, MUISTIO_THEN);
/* Call. A link for a new device of this member, good for a day and one device. With `shown_in_person` (a QR code that nobody else
 * can have read) the first that asks becomes a device; otherwise when `muistio_device_confirm` was called. Answers one `text`, a
 * secret. Errors: MUISTIO_E_INVALID_STATE. */
MUISTIO_API muistio_status muistio_device_link(muistio_client* client, bool shown_in_person, MUISTIO_THEN);
/* Call. On an empty home: becomes a device of the member whose link it is, over the next syncs of both. `ca_pem` as in
 * `muistio_home_init`. Answers nothing. Errors: MUISTIO_E_INVALID_INVITATION, MUISTIO_E_ALREADY_EXISTS. */
MUISTIO_API muistio_status muistio_device_follow_link(muistio_client* client, const char* link, const char* ca_pem, MUISTIO_THEN);
/* Call. The six digits of each device that asks by a link of this member's, or, on the new device, of its own: both show the same
 * if nobody stands between them. Answers `text`s, none until a sync of both. */
MUISTIO_API muistio_status muistio_device_codes(muistio_client* client, MUISTIO_THEN);
/* Call. The person has compared: the device that shows these digits becomes one of this member's at the next sync. Answers nothing.
 * Errors: MUISTIO_E_NOT_FOUND. */
MUISTIO_API muistio_status muistio_device_confirm(muistio_client* client, const char* code, MUISTIO_THEN);
/* Call. Decides to remove another device of this member from everything: a lost phone. By id in hexadecimal digits or a unique
 * beginning of one; done at the next sync. Answers nothing. Errors: MUISTIO_E_AMBIGUOUS, MUISTIO_E_INVALID_ARGUMENT (this device).
 */
MUISTIO_API muistio_status muistio_device_remove(muistio_client* client, const char* device, MUISTIO_THEN);

/* Call. The 24 words of recovery: show them, never keep them. From the first call on, boxes for recovery are laid at the server.
 * Answers one `text`, a secret that is wiped with the answer. Errors: MUISTIO_E_ABSENT (they were forgotten, or are on the device
 * that made the member), MUISTIO_E_INVALID_STATE. */
MUISTIO_API muistio_status muistio_recovery_words(muistio_client* client, MUISTIO_THEN);
/* Call. On an empty home: becomes the member of the 24 words; the next syncs bring back what the boxes say, and hosts let it in.
 * `server` and `ca_pem` as in `muistio_home_init`. Answers nothing. Errors: MUISTIO_E_INVALID_ARGUMENT (the words or the server),
 * MUISTIO_E_ALREADY_EXISTS (the home is not empty). */
MUISTIO_API muistio_status muistio_recovery_begin(muistio_client* client, const char* words, const char* server, const char* ca_pem,
                                                  MUISTIO_THEN);
/* Call. Forgets the words here, when the person has them on paper. Answers nothing. */
MUISTIO_API muistio_status muistio_recovery_forget(muistio_client* client, MUISTIO_THEN);

MUISTIO_END

#endif
