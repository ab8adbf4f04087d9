/* A home and its client: opened, asked, closed.
 *
 * A call is a function that ends with MUISTIO_THEN. Everything works with no network, at once; only `muistio_sync_…` uses the
 * network.
 *
 * Calls return at once, on any thread, without waiting for the disk, the network or another call. The work is done on the client's
 * own thread, in the order of the calls; `done` is called there when it is over. Locking: a lock of the client, held for as long as
 * it takes to note the call. Ownership: what goes in is copied. If a call returns MUISTIO_OK, `done` will be called once, whatever
 * happens; otherwise never. Errors at once, of every call: MUISTIO_E_INVALID_ARGUMENT (no such handle, a NULL that may not be one,
 * a number that means nothing), MUISTIO_E_NOT_UTF8, MUISTIO_E_UNSUPPORTED_VERSION (a struct newer than the library),
 * MUISTIO_E_INVALID_STATE (the client is closed). Errors by the answer, of every call: MUISTIO_E_NOT_FOUND (no such club, note, …),
 * MUISTIO_E_DISK_FULL, MUISTIO_E_IO_FAILED, MUISTIO_E_CORRUPT, MUISTIO_E_CANCELLED; what else is said at the call. */
#ifndef MUISTIO_C_CLIENT_H
#define MUISTIO_C_CLIENT_H

#include "answer.h"

MUISTIO_BEGIN

/* "MAJOR.MINOR.PATCH" of the library. Never released. */
MUISTIO_API const char* muistio_version(void);
/* The stable name of a status ("not_found"), "ok" for MUISTIO_OK, "unknown" for any other number. Never released. */
MUISTIO_API const char* muistio_status_name(muistio_status status);
/* Its plain English sentence, without a full stop. Never released. */
MUISTIO_API const char* muistio_status_sentence(muistio_status status);
/* How many handles of all kinds were given out and not released: for tests that look for leaks. */
MUISTIO_API size_t muistio_live_handles(void);

/* Gives the 32 bytes of the home's key from the platform's keystore, making them there if there are none. Called once, on the
 * thread that opens, before `muistio_client_open` returns; `key` is wiped by the library afterwards. Returns MUISTIO_OK, or the
 * status that opening then fails with. */
typedef muistio_status (*muistio_keystore)(void* MUISTIO_NULLABLE user, uint8_t* key);

/* How a home is opened. */
typedef struct muistio_open_options {
  size_t size;                                /* sizeof(muistio_open_options) */
  const char* MUISTIO_NULLABLE home;          /* the home's folder; must not be NULL */
  const char* MUISTIO_NULLABLE passphrase;    /* the key is derived from it by Argon2id; NULL: random, in the file `device.key` */
  muistio_keystore MUISTIO_NULLABLE keystore; /* instead of a passphrase */
  void* MUISTIO_NULLABLE keystore_user;       /* handed to `keystore` */
  bool insist_on_passphrase;                  /* refuse a home that has its key in `device.key` although a passphrase is given */
  bool create;                                /* whether a home that is not there is made */
  uint32_t busy_timeout_ms;                   /* how long to wait for another process to let go of the home; 0: 3,000 */
} muistio_open_options;

/* Opens a home; `out` becomes a handle to be closed. Blocks for the disk, and by design for long when there is a passphrase.
 * Locking: none; callbacks: `keystore` only. If it fails and `failure` is not NULL, it becomes an answer that says why, to be
 * released. Errors: MUISTIO_E_NOT_FOUND (no home, and not `create`), MUISTIO_E_WRONG_KEY, MUISTIO_E_STORE_BUSY,
 * MUISTIO_E_UNSUPPORTED_VERSION, MUISTIO_E_DISK_FULL, MUISTIO_E_IO_FAILED, MUISTIO_E_CORRUPT, MUISTIO_E_INVALID_ARGUMENT, and those
 * of the keystore. */
MUISTIO_API muistio_status muistio_client_open(const muistio_open_options* options,
                                               muistio_client* MUISTIO_NULLABLE* MUISTIO_NONNULL out,
                                               muistio_answer* MUISTIO_NULLABLE* MUISTIO_NULLABLE failure);
/* Makes the home in `options->home`, where there is none, from what `muistio_home_backup` wrote to `backup`. The passphrase or
 * keystore is that of the home backed up. Blocks. `failure` as when opening. Errors: MUISTIO_E_NOT_FOUND (no backup there),
 * MUISTIO_E_ALREADY_EXISTS (a home is there), MUISTIO_E_WRONG_KEY, MUISTIO_E_CORRUPT, MUISTIO_E_UNSUPPORTED_VERSION,
 * MUISTIO_E_DISK_FULL, MUISTIO_E_IO_FAILED, MUISTIO_E_INVALID_ARGUMENT. */
MUISTIO_API muistio_status muistio_client_restore(const muistio_open_options* options, const char* backup,
                                                  muistio_answer* MUISTIO_NULLABLE* MUISTIO_NULLABLE failure);
/* Ends a running sync, finishes the calls made before, whose callbacks run, joins the client's thread and releases the handle.
 * Blocks for that. No callback of this client runs after it has returned. NULL is let pass. Errors: MUISTIO_E_INVALID_STATE (on the
 * client's own thread, by a callback: nothing happens), MUISTIO_E_INVALID_ARGUMENT (it was closed). */
MUISTIO_API muistio_status muistio_client_close(muistio_client* MUISTIO_NULLABLE client);
/* Whether the key was made at random just now and lies in `device.key`. Errors: MUISTIO_E_INVALID_ARGUMENT. */
MUISTIO_API muistio_status muistio_client_made_device_key(muistio_client* client, bool* out);

#define MUISTIO_FOREVER UINT32_MAX

/* Waits at most `most_ms` milliseconds (MUISTIO_FOREVER: as long as it takes) until the call is over, and returns its status;
 * `answer`, unless NULL, is set to the answer, which belongs to the call and goes with it. Locking: blocks, without a lock. Errors
 * of its own, with `answer` NULL: MUISTIO_E_TIMED_OUT (it is not over), MUISTIO_E_INVALID_STATE (on the client's own thread, by a
 * callback, before it is over: it would wait for itself), MUISTIO_E_INVALID_ARGUMENT. */
MUISTIO_API muistio_status muistio_call_wait(muistio_call* call, uint32_t most_ms,
                                             muistio_answer* MUISTIO_NULLABLE* MUISTIO_NULLABLE answer);
/* Asks for an early end. A call that has not begun is not done at all and ends with MUISTIO_E_CANCELLED; a sync ends as if the
 * network were gone, and its report says so; any other that has begun is finished, which takes milliseconds. Does nothing to a call
 * that is over. `done` is called all the same. Errors: MUISTIO_E_INVALID_ARGUMENT. */
MUISTIO_API muistio_status muistio_call_cancel(muistio_call* call);
/* Releases the handle and the answer that `muistio_call_wait` gave. The call goes on, and `done` will be called. NULL is let pass.
 * Errors: MUISTIO_E_INVALID_ARGUMENT (it was released). */
MUISTIO_API muistio_status muistio_call_release(muistio_call* MUISTIO_NULLABLE call);

/* Call. Names the member and makes the identity. `server` is wss://HOST[:PORT], or empty; `ca_pem` holds the certificate
 * authorities to believe, empty for those of the system. On a home that has no server yet it may be called once more to name one.
 * Answers nothing. Errors: MUISTIO_E_ALREADY_EXISTS, MUISTIO_E_INVALID_ARGUMENT. */
MUISTIO_API muistio_status muistio_home_init(muistio_client* client, const char* name, const char* server, const char* ca_pem,
                                             MUISTIO_THEN);
/* Call. What is not done yet, as far as it is known without a network. Answers `waiting`s. */
MUISTIO_API muistio_status muistio_home_waiting(muistio_client* client, MUISTIO_THEN);
/* Call. Reads everything that is here and names what is damaged: takes time in proportion. Answers one `checked`. Errors:
 * MUISTIO_E_CORRUPT. */
MUISTIO_API muistio_status muistio_home_check(muistio_client* client, MUISTIO_THEN);
/* Call. Writes a copy of the home, encrypted under the same key, to a folder that is not there or empty. Without a passphrase or
 * keystore the key lies in it, as in the home. Answers nothing. Errors: MUISTIO_E_ALREADY_EXISTS. */
MUISTIO_API muistio_status muistio_home_backup(muistio_client* client, const char* folder, MUISTIO_THEN);

MUISTIO_END

#endif
