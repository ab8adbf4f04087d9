/* What every other header of the C interface uses: handles, ids, statuses, and the rules that hold for all of it.
 *
 * Handles are opaque and made by this library: `muistio_client`, `muistio_call`, `muistio_answer`, `muistio_observation`. Each that
 * one is given is released once, explicitly. A handle is no address: it is looked up at every use and never given out again, so
 * NULL, a handle of another kind and one that was released already are refused with MUISTIO_E_INVALID_ARGUMENT, and a release of
 * one answers the same and does nothing. Handles that came of a released one (a call of a closed client, say) stay valid until they
 * are released themselves.
 *
 * Threads: every function may be called on any thread, and from within any callback, except where its comment says so. No function
 * keeps a lock while a callback runs. Callbacks run on the client's own thread, one at a time, unless their type says otherwise;
 * they must not throw or longjmp, and hold the client up while they run.
 *
 * Strings that go in are UTF-8 that ends with a zero byte, or have their length beside them; they are copied before the function
 * returns. What is not UTF-8 is refused with MUISTIO_E_NOT_UTF8. Strings that come out are UTF-8 that ends with a zero byte, belong
 * to the answer that they were read from, and are valid until that is released.
 *
 * Statuses: every function that can fail returns a `muistio_status`: MUISTIO_OK or one of status.h. There is no error of a thread;
 * what is to be said of a failure beyond its status is in an answer (`muistio_answer_message`). On a failure outputs by pointer are
 * set to NULL or zero.
 *
 * Structs that the library gives out may grow at their end in a later version: they are always handled by pointer. Structs that it
 * takes begin with `size`, which is set to the sizeof of the struct as the app was compiled; all else is zero by default. A newer
 * app's struct is taken by an older library if what that does not know is zero, and refused with MUISTIO_E_UNSUPPORTED_VERSION
 * otherwise. */
#ifndef MUISTIO_C_BASE_H
#define MUISTIO_C_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define MUISTIO_API
#else
#define MUISTIO_API __attribute__((visibility("default")))
#endif

/* What is not marked nullable is never NULL, in both directions. */
#if defined(__clang__)
#define MUISTIO_NULLABLE _Nullable
#define MUISTIO_NONNULL _Nonnull
#define MUISTIO_ASSUME_NONNULL_BEGIN _Pragma("clang assume_nonnull begin")
#define MUISTIO_ASSUME_NONNULL_END _Pragma("clang assume_nonnull end")
#else
#define MUISTIO_NULLABLE
#define MUISTIO_NONNULL
#define MUISTIO_ASSUME_NONNULL_BEGIN
#define MUISTIO_ASSUME_NONNULL_END
#endif

#if defined(__cplusplus)
#define MUISTIO_BEGIN \
  extern "C" {        \
  MUISTIO_ASSUME_NONNULL_BEGIN
#define MUISTIO_END          \
  MUISTIO_ASSUME_NONNULL_END \
  }
#else
#define MUISTIO_BEGIN MUISTIO_ASSUME_NONNULL_BEGIN
#define MUISTIO_END MUISTIO_ASSUME_NONNULL_END
#endif

MUISTIO_BEGIN

/* MUISTIO_OK, or one of status.h. */
typedef int32_t muistio_status;

/* One open home. Released by `muistio_client_close`. */
typedef struct muistio_client muistio_client;
/* Something that was asked of a client. Released by `muistio_call_release`. */
typedef struct muistio_call muistio_call;
/* What came of it: values, or why there are none. Released by `muistio_answer_release`. */
typedef struct muistio_answer muistio_answer;
/* A query whose answer is handed out whenever it is another one. Released by `muistio_observation_release`. */
typedef struct muistio_observation muistio_observation;

/* The id of a club, a session, a desk, a note, a piece of material, a device or an invitation. */
typedef struct muistio_id {
  uint8_t bytes[16];
} muistio_id;
/* The id of a member. */
typedef struct muistio_member_id {
  uint8_t bytes[32];
} muistio_member_id;

/* Called once when a call is over, on the client's thread: with MUISTIO_OK and what was asked for, or with another status and an
 * answer that says why. The answer is the library's and goes when the callback returns; `muistio_answer_retain` keeps it. What the
 * call wrote is durable by then. `user` is what was given with the callback. */
typedef void (*muistio_done)(void* MUISTIO_NULLABLE user, muistio_status status, muistio_answer* answer);

/* Called on the client's thread with the present answer of an observation, soon after it was made and whenever it is another one.
 * The answer is the library's and goes when the callback returns. */
typedef void (*muistio_changed)(void* MUISTIO_NULLABLE user, muistio_answer* answer);

/* Called once, when a callback with this `user` will not come any more: free it here. On the client's thread, or on the one that
 * releases the observation or closes the client. */
typedef void (*muistio_let_go)(void* MUISTIO_NULLABLE user);

/* How every call ends its list of parameters. `done` may be NULL; `user` is handed to it. `call`, unless NULL, is set to a handle
 * that the caller releases: to wait for the call or to cancel it. Without both, nobody learns how it ended. */
#define MUISTIO_THEN \
  muistio_done MUISTIO_NULLABLE done, void *MUISTIO_NULLABLE user, muistio_call *MUISTIO_NULLABLE *MUISTIO_NULLABLE call

MUISTIO_END

#endif
