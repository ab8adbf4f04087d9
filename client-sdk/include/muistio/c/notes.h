/* Notes, material, search, handing in. Every function is a call: client.h says how calls behave. */
#ifndef MUISTIO_C_NOTES_H
#define MUISTIO_C_NOTES_H

#include "client.h"

MUISTIO_BEGIN

typedef struct muistio_new_note {
  size_t size; /* sizeof(muistio_new_note) */
  muistio_id club;
  const char* MUISTIO_NULLABLE title; /* must not be NULL */
  const char* MUISTIO_NULLABLE text;  /* UTF-8, `text_bytes` of it; NULL if that is 0 */
  size_t text_bytes;
  bool is_private; /* for this member's own devices only */
} muistio_new_note;

typedef struct muistio_note_edit {
  size_t size; /* sizeof(muistio_note_edit) */
  muistio_id note;
  const char* MUISTIO_NULLABLE text; /* the whole new text, UTF-8, `text_bytes` of it; NULL if that is 0 */
  size_t text_bytes;
  const char* MUISTIO_NULLABLE base; /* the version that it was made from; NULL: the one that this home showed last */
} muistio_note_edit;

/* Call. Answers one `id`. Errors: MUISTIO_E_NOT_PERMITTED, MUISTIO_E_INVALID_ARGUMENT (the title), MUISTIO_E_TOO_LARGE. */
MUISTIO_API muistio_status muistio_note_add(muistio_client* client, const muistio_new_note* note, MUISTIO_THEN);
/* Call. The club's notes and the private ones about it, oldest first. Answers `note`s. */
MUISTIO_API muistio_status muistio_note_list(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. The note whose id in hexadecimal digits begins with `wanted`, of at least 6. Answers one `id`. Errors: MUISTIO_E_AMBIGUOUS.
 */
MUISTIO_API muistio_status muistio_note_find(muistio_client* client, const char* wanted, MUISTIO_THEN);
/* Call. Also notes the version as shown: the base of the next edit. Answers one `note_text`. Errors:
 * MUISTIO_E_WAITING_FOR_ADMISSION. */
MUISTIO_API muistio_status muistio_note_show(muistio_client* client, muistio_id note, MUISTIO_THEN);
/* Call. What others wrote since the base stays. Answers nothing. Errors: MUISTIO_E_INVALID_ARGUMENT (the base is no version of it).
 */
MUISTIO_API muistio_status muistio_note_change(muistio_client* client, const muistio_note_edit* edit, MUISTIO_THEN);
/* Call. Adds `text_bytes` bytes of UTF-8 at the end. Answers nothing. */
MUISTIO_API muistio_status muistio_note_append(muistio_client* client, muistio_id note, const char* text, size_t text_bytes,
                                               MUISTIO_THEN);
/* Call. Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED (only its author and hosts may). */
MUISTIO_API muistio_status muistio_note_delete(muistio_client* client, muistio_id note, MUISTIO_THEN);
/* Call. A copy of a note for everybody who is in the club now, those too who may not read the note. Answers one `id`, the copy's.
 * Errors: MUISTIO_E_NOT_PERMITTED (not a host). */
MUISTIO_API muistio_status muistio_note_share(muistio_client* client, muistio_id note, MUISTIO_THEN);

/* Call. Encrypts a copy of the file into the home; it goes out at the next sync. Answers one `id`. Errors: MUISTIO_E_NOT_FOUND (the
 * file), MUISTIO_E_TOO_LARGE. */
MUISTIO_API muistio_status muistio_material_add(muistio_client* client, muistio_id club, const char* file, MUISTIO_THEN);
/* Call. Answers `material`. */
MUISTIO_API muistio_status muistio_material_list(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. As `muistio_note_find`. Answers one `id`. Errors: MUISTIO_E_AMBIGUOUS. */
MUISTIO_API muistio_status muistio_material_find(muistio_client* client, const char* wanted, MUISTIO_THEN);
/* Call. Writes the file to `file`, replacing one that is there. Answers nothing. Errors: MUISTIO_E_ABSENT (not on this device yet),
 * MUISTIO_E_TRUNCATED. */
MUISTIO_API muistio_status muistio_material_get(muistio_client* client, muistio_id material, const char* file, MUISTIO_THEN);
/* Call. Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED. */
MUISTIO_API muistio_status muistio_material_delete(muistio_client* client, muistio_id material, MUISTIO_THEN);
/* Call. Drops the copy on this device; asking for it again brings it back at the next sync. Answers nothing. Errors:
 * MUISTIO_E_INVALID_STATE (this copy may be the only one). */
MUISTIO_API muistio_status muistio_material_evict(muistio_client* client, muistio_id material, MUISTIO_THEN);
/* Call. How many bytes of the disk the copies may take, or MUISTIO_NO_LIMIT. Over it those go that were used longest ago, but for
 * what the server does not have and for the file used last. Answers nothing. */
MUISTIO_API muistio_status muistio_material_set_quota(muistio_client* client, uint64_t bytes, MUISTIO_THEN);
/* Call. Answers one `material_quota`. */
MUISTIO_API muistio_status muistio_material_get_quota(muistio_client* client, MUISTIO_THEN);

/* What a search is narrowed by. */
typedef struct muistio_search_filter {
  size_t size; /* sizeof(muistio_search_filter) */
  bool has_club;
  muistio_id club;                     /* or a session or desk: notes of it, and private ones about it */
  const char* MUISTIO_NULLABLE author; /* a member by name, or by id or the beginning of one; NULL or empty: whoever wrote */
  bool has_since;
  int64_t since_ms; /* notes that were changed then or later */
  bool has_until;
  int64_t until_ms; /* notes that were begun before */
} muistio_search_filter;

/* Call. Notes that hold all the words, inflected forms and beginnings of words included, best first, at most 50; `filter` may be
 * NULL. Answers `found`s. Errors: MUISTIO_E_NOT_FOUND (the filter names nobody that is known here). */
MUISTIO_API muistio_status muistio_search(muistio_client* client, const char* words,
                                          const muistio_search_filter* MUISTIO_NULLABLE filter, MUISTIO_THEN);

/* Call. The notes written here that never reached the club's log, sealed to its hosts. Answers one `text`: bytes of a file. Errors:
 * MUISTIO_E_NOT_FOUND (there are none). */
MUISTIO_API muistio_status muistio_hand_in(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Takes in, as a host, what a member handed in: `bytes` bytes. Answers `id`s, of the notes. Errors: MUISTIO_E_NOT_PERMITTED,
 * MUISTIO_E_UNKNOWN_DEVICE, MUISTIO_E_BAD_SIGNATURE, MUISTIO_E_DECRYPTION_FAILED, MUISTIO_E_MALFORMED. */
MUISTIO_API muistio_status muistio_hand_in_accept(muistio_client* client, muistio_id club, const uint8_t* file, size_t bytes,
                                                  MUISTIO_THEN);

MUISTIO_END

#endif
