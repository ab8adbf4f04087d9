/* Reading answers. Which function reads an answer stands at the call that it comes of.
 *
 * Locking: none is kept; any thread may read. Ownership: what is read belongs to the answer. Errors of every reading function:
 * MUISTIO_E_INVALID_ARGUMENT (no such answer, or `out` is NULL), MUISTIO_E_NOT_FOUND (there is no value at `index`),
 * MUISTIO_E_TYPE_MISMATCH (it holds values of another kind, or none because it says why a call failed). */
#ifndef MUISTIO_C_ANSWER_H
#define MUISTIO_C_ANSWER_H

#include "records.h"

MUISTIO_BEGIN

/* Makes `out` a handle of the caller's for the same answer, to keep it beyond a callback. Errors: MUISTIO_E_INVALID_ARGUMENT. */
MUISTIO_API muistio_status muistio_answer_retain(muistio_answer* answer, muistio_answer* MUISTIO_NULLABLE* MUISTIO_NONNULL out);
/* Releases the answer, and all that was read from it; secrets are wiped when the last handle goes. NULL is let pass. Errors:
 * MUISTIO_E_INVALID_ARGUMENT (it was released, or is the library's: see muistio_done). */
MUISTIO_API muistio_status muistio_answer_release(muistio_answer* MUISTIO_NULLABLE answer);
/* The status that it says: MUISTIO_OK if it holds values. MUISTIO_E_INVALID_ARGUMENT if it is no answer. */
MUISTIO_API muistio_status muistio_answer_status(muistio_answer* answer);
/* Why the call failed, "name: sentence (detail)" in English, for a log or a developer: no note text, no names, no keys. Empty if it
 * did not fail. */
MUISTIO_API muistio_status muistio_answer_message(muistio_answer* answer, const char* MUISTIO_NULLABLE* MUISTIO_NONNULL out);
/* Of what kind its values are. */
typedef int32_t muistio_content;
enum {
  MUISTIO_HOLDS_NOTHING = 0,
  MUISTIO_HOLDS_ID = 1,
  MUISTIO_HOLDS_NUMBER = 2,
  MUISTIO_HOLDS_TEXT = 3,
  MUISTIO_HOLDS_CLUB = 4,
  MUISTIO_HOLDS_SESSION = 5,
  MUISTIO_HOLDS_MEMBER = 6,
  MUISTIO_HOLDS_DEVICE = 7,
  MUISTIO_HOLDS_NOTE = 8,
  MUISTIO_HOLDS_NOTE_TEXT = 9,
  MUISTIO_HOLDS_MATERIAL = 10,
  MUISTIO_HOLDS_MATERIAL_QUOTA = 11,
  MUISTIO_HOLDS_INVITATION = 12,
  MUISTIO_HOLDS_JOIN_REQUEST = 13,
  MUISTIO_HOLDS_FOUND = 14,
  MUISTIO_HOLDS_CHECKED = 15,
  MUISTIO_HOLDS_SEAL_ANSWER = 16,
  MUISTIO_HOLDS_WAITING = 17,
  MUISTIO_HOLDS_SYNC_REPORT = 18,
  MUISTIO_HOLDS_SYNC_PROGRESS = 19,
  MUISTIO_HOLDS_LIVE_STATE = 20,
  MUISTIO_HOLDS_NEWCOMER = 21,
  MUISTIO_HOLDS_MEETING = 22,
  MUISTIO_HOLDS_REMINDER = 23,
  MUISTIO_HOLDS_REACH = 24,
  MUISTIO_HOLDS_NEWS = 25
};
MUISTIO_API muistio_status muistio_answer_holds(muistio_answer* answer, muistio_content* out);
/* How many values it holds. */
MUISTIO_API muistio_status muistio_answer_count(muistio_answer* answer, size_t* out);

MUISTIO_API muistio_status muistio_answer_id(muistio_answer* answer, size_t index, muistio_id* out);
MUISTIO_API muistio_status muistio_answer_number(muistio_answer* answer, size_t index, uint64_t* out);
/* UTF-8 or other bytes, `bytes` of them, with a zero byte behind; `bytes` may be NULL. */
MUISTIO_API muistio_status muistio_answer_text(muistio_answer* answer, size_t index,
                                               const char* MUISTIO_NULLABLE* MUISTIO_NONNULL out, size_t* MUISTIO_NULLABLE bytes);

#define MUISTIO_READS(record)                                                              \
  MUISTIO_API muistio_status muistio_answer_##record(muistio_answer* answer, size_t index, \
                                                     const muistio_##record* MUISTIO_NULLABLE* MUISTIO_NONNULL out)
MUISTIO_READS(club);
MUISTIO_READS(session);
MUISTIO_READS(member);
MUISTIO_READS(device);
MUISTIO_READS(note);
MUISTIO_READS(note_text);
MUISTIO_READS(material);
MUISTIO_READS(material_quota);
MUISTIO_READS(invitation);
MUISTIO_READS(join_request);
MUISTIO_READS(found);
MUISTIO_READS(checked);
MUISTIO_READS(seal_answer);
MUISTIO_READS(waiting);
MUISTIO_READS(sync_report);
MUISTIO_READS(sync_progress);
MUISTIO_READS(live_state);
MUISTIO_READS(newcomer);
MUISTIO_READS(meeting);
MUISTIO_READS(reminder);
MUISTIO_READS(reach);
MUISTIO_READS(news);
#undef MUISTIO_READS

MUISTIO_END

#endif
