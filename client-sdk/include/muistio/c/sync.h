/* Syncing, staying connected, and queries that follow what changes. */
#ifndef MUISTIO_C_SYNC_H
#define MUISTIO_C_SYNC_H

#include "client.h"

MUISTIO_BEGIN

typedef struct muistio_sync_options {
  size_t size;            /* sizeof(muistio_sync_options) */
  bool without_material;  /* attachments are not moved */
  bool without_snapshots; /* a space let into just now shows nothing while its log is read */
  uint32_t connect_ms;    /* 0: 10,000 */
  uint32_t progress_ms;   /* how long a transfer may stand still; 0: 30,000 */
} muistio_sync_options;

/* Call. Pushes, pulls, admits and moves attachments, until nothing is left to do without a person; other calls are served between
 * its steps. `options` may be NULL. `progress`, unless NULL, is called about ten times a second with `user` and one
 * `sync_progress`, and not after `done`. Answers one `sync_report`: a sync that could not reach the server is no failure of the
 * call. Errors: MUISTIO_E_INVALID_STATE (no server is known, a sync runs already, or the client stays connected). */
MUISTIO_API muistio_status muistio_sync(muistio_client* client, const muistio_sync_options* MUISTIO_NULLABLE options,
                                        muistio_changed MUISTIO_NULLABLE progress, MUISTIO_THEN);

/* Call. Stays connected from now on: sends what is written here at once, receives what others write as it comes (observations
 * tell), admits, moves attachments, and connects again by itself whenever the connection is lost. `changed` is called with
 * `changed_user` and one `live_state` soon, and whenever that is another; `let_go`, which may be NULL, once when it will not be
 * called any more. Called again it takes the new options and callback and, if it waits, tries at once: do so when the device's
 * network comes back. Answers nothing. Errors: MUISTIO_E_INVALID_STATE (no server is known). */
MUISTIO_API muistio_status muistio_sync_start_live(muistio_client* client, const muistio_sync_options* MUISTIO_NULLABLE options,
                                                   muistio_changed MUISTIO_NULLABLE changed, void* MUISTIO_NULLABLE changed_user,
                                                   muistio_let_go MUISTIO_NULLABLE let_go, MUISTIO_THEN);
/* Call. Ends it; does nothing if it does not stay connected. What came is durable. Answers one `sync_report`, of the present
 * connection. */
MUISTIO_API muistio_status muistio_sync_stop_live(muistio_client* client, MUISTIO_THEN);

/* Observations: `changed` is called with `user` on the client's thread, soon with the answer, and again whenever the answer is
 * another one. When a call is over, what it changed was handed out. A query that fails (no such club, not admitted yet) is passed
 * over until it does not. They return at once. Locking: a lock of the client, for as long as it takes to note it. Ownership: `out`
 * is released by the caller; `let_go`, which may be NULL, is called once when `changed` will not be called any more, and never if
 * the function fails. Errors: MUISTIO_E_INVALID_ARGUMENT, MUISTIO_E_INVALID_STATE (the client is closed). */
#define MUISTIO_OBSERVE                                                                         \
  muistio_changed changed, void *MUISTIO_NULLABLE user, muistio_let_go MUISTIO_NULLABLE let_go, \
      muistio_observation *MUISTIO_NULLABLE *MUISTIO_NONNULL out

/* `changed` gets `club`s. */
MUISTIO_API muistio_status muistio_observe_clubs(muistio_client* client, MUISTIO_OBSERVE);
/* `changed` gets `note`s. */
MUISTIO_API muistio_status muistio_observe_notes(muistio_client* client, muistio_id club, MUISTIO_OBSERVE);
/* `changed` gets one `note_text`, or none if the note is not there (any more). Does not count as showing it. */
MUISTIO_API muistio_status muistio_observe_note(muistio_client* client, muistio_id note, MUISTIO_OBSERVE);
/* `changed` gets `material`. */
MUISTIO_API muistio_status muistio_observe_material(muistio_client* client, muistio_id club, MUISTIO_OBSERVE);
/* `changed` gets `member`s. */
MUISTIO_API muistio_status muistio_observe_members(muistio_client* client, muistio_id club, MUISTIO_OBSERVE);
/* Ends the observation. A callback that runs on the client's thread meanwhile may still end after; none begins after. May be called
 * by its own callback, and after the client was closed. NULL is let pass. Errors: MUISTIO_E_INVALID_ARGUMENT (it was released). */
MUISTIO_API muistio_status muistio_observation_release(muistio_observation* MUISTIO_NULLABLE observation);

MUISTIO_END

#endif
