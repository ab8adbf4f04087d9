/* The natives of app.muistio.Native, over the C interface. Texts cross as UTF-8 in byte arrays: JNI's own strings are another
 * UTF-8. */
#include <jni.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"

#define STATUS_PROGRESS (-1) /* to a callback: not the end yet */
#define STATUS_GONE (-2)     /* to a callback: no more will come */

static JavaVM* vm;
static jmethodID callback_call; /* Callback.call(int, byte[]) */
static jmethodID keystore_key;  /* Keystore.key(): byte[] */
static pthread_key_t attached;

static void detach(void* unused) {
  (void)unused;
  (*vm)->DetachCurrentThread(vm);
}

jint JNI_OnLoad(JavaVM* loaded, void* reserved) {
  JNIEnv* env;
  jclass callback, keystore;
  (void)reserved;
  vm = loaded;
  if ((*vm)->GetEnv(vm, (void**)&env, JNI_VERSION_1_6) != JNI_OK) return JNI_ERR;
  callback = (*env)->FindClass(env, "app/muistio/Callback");
  if (callback == NULL) return JNI_ERR;
  callback_call = (*env)->GetMethodID(env, callback, "call", "(I[B)V");
  keystore = (*env)->FindClass(env, "app/muistio/Keystore");
  if (callback_call == NULL || keystore == NULL) return JNI_ERR;
  keystore_key = (*env)->GetMethodID(env, keystore, "key", "()[B");
  if (keystore_key == NULL || pthread_key_create(&attached, detach) != 0) return JNI_ERR;
  return JNI_VERSION_1_6;
}

/* The environment of this thread; a client's thread is attached for as long as it lives. */
static JNIEnv* environment(void) {
  JNIEnv* env = NULL;
  if ((*vm)->GetEnv(vm, (void**)&env, JNI_VERSION_1_6) == JNI_OK) return env;
#ifdef __ANDROID__
  if ((*vm)->AttachCurrentThreadAsDaemon(vm, &env, NULL) != JNI_OK) return NULL;
#else
  if ((*vm)->AttachCurrentThreadAsDaemon(vm, (void**)&env, NULL) != JNI_OK) return NULL;
#endif
  pthread_setspecific(attached, vm);
  return env;
}

static void call_back(jobject callback, muistio_status status, muistio_answer* answer) {
  JNIEnv* env = environment();
  jbyteArray bytes;
  pack packed = {NULL, 0, 0, false};
  if (env == NULL || (*env)->PushLocalFrame(env, 8) != 0) return;
  if (answer != NULL) packed = pack_answer(answer);
  bytes = (*env)->NewByteArray(env, (jsize)packed.length);
  if (bytes != NULL) {
    if (packed.length > 0) (*env)->SetByteArrayRegion(env, bytes, 0, (jsize)packed.length, (const jbyte*)packed.bytes);
    (*env)->CallVoidMethod(env, callback, callback_call, (jint)status, bytes);
  }
  if ((*env)->ExceptionCheck(env)) (*env)->ExceptionClear(env); /* the Kotlin side lets none out but for want of memory */
  free_pack(&packed);
  (*env)->PopLocalFrame(env, NULL);
}

static void forget(jobject callback) {
  JNIEnv* env = environment();
  if (env != NULL) (*env)->DeleteGlobalRef(env, callback);
}

static void done(void* user, muistio_status status, muistio_answer* answer) {
  call_back((jobject)user, status, answer);
  forget((jobject)user);
}

static void changed(void* user, muistio_answer* answer) { call_back((jobject)user, STATUS_PROGRESS, answer); }

static void let_go(void* user) {
  call_back((jobject)user, STATUS_GONE, NULL);
  forget((jobject)user);
}

/* A copy that ends with a zero byte, by malloc; NULL for a null. */
typedef struct {
  char* bytes;
  size_t length;
} text;

static text take(JNIEnv* env, jbyteArray given) {
  text taken = {NULL, 0};
  if (given == NULL) return taken;
  taken.length = (size_t)(*env)->GetArrayLength(env, given);
  taken.bytes = malloc(taken.length + 1);
  if (taken.bytes == NULL) return taken;
  (*env)->GetByteArrayRegion(env, given, 0, (jsize)taken.length, (jbyte*)taken.bytes);
  taken.bytes[taken.length] = '\0';
  return taken;
}

static void give_back(text taken) {
  volatile char* byte = taken.bytes; /* it may be a passphrase or the words of recovery */
  size_t i;
  for (i = 0; taken.bytes != NULL && i < taken.length; ++i) byte[i] = 0;
  free(taken.bytes);
}

/* Whether a text that ends with its zero byte is whole. */
static bool is_whole(text taken) { return taken.bytes == NULL || strlen(taken.bytes) == taken.length; }

static muistio_id id_from(JNIEnv* env, jbyteArray given) {
  muistio_id id;
  memset(&id, 0, sizeof id);
  if (given != NULL && (*env)->GetArrayLength(env, given) == (jsize)sizeof id.bytes)
    (*env)->GetByteArrayRegion(env, given, 0, sizeof id.bytes, (jbyte*)id.bytes);
  return id;
}

static void set_long(JNIEnv* env, jlongArray array, void* handle) {
  const jlong value = (jlong)(intptr_t)handle;
  if (array != NULL) (*env)->SetLongArrayRegion(env, array, 0, 1, &value);
}

enum operation {
#define OPERATION(name) op_##name,
#include "operations.def"
#undef OPERATION
  op_count
};

JNIEXPORT jstring JNICALL Java_app_muistio_Native_operations(JNIEnv* env, jclass type) {
  (void)type;
  return (*env)->NewStringUTF(env,
#define OPERATION(name) #name " "
#include "operations.def"
#undef OPERATION
  );
}

JNIEXPORT jstring JNICALL Java_app_muistio_Native_version(JNIEnv* env, jclass type) {
  (void)type;
  return (*env)->NewStringUTF(env, muistio_version());
}

JNIEXPORT jstring JNICALL Java_app_muistio_Native_statusName(JNIEnv* env, jclass type, jint status) {
  (void)type;
  return (*env)->NewStringUTF(env, muistio_status_name(status));
}

JNIEXPORT jstring JNICALL Java_app_muistio_Native_statusSentence(JNIEnv* env, jclass type, jint status) {
  (void)type;
  return (*env)->NewStringUTF(env, muistio_status_sentence(status));
}

JNIEXPORT jlong JNICALL Java_app_muistio_Native_liveHandles(JNIEnv* env, jclass type) {
  (void)env;
  (void)type;
  return (jlong)muistio_live_handles();
}

typedef struct {
  JNIEnv* env;
  jobject keystore;
} keystore_user;

static muistio_status ask_keystore(void* user, uint8_t* key) {
  const keystore_user* asked = user;
  JNIEnv* env = asked->env;
  jbyteArray bytes = (jbyteArray)(*env)->CallObjectMethod(env, asked->keystore, keystore_key);
  muistio_status status = MUISTIO_E_WRONG_KEY;
  if ((*env)->ExceptionCheck(env)) return MUISTIO_E_WRONG_KEY; /* it is thrown again in Kotlin when the native returns */
  if (bytes != NULL && (*env)->GetArrayLength(env, bytes) == 32) {
    (*env)->GetByteArrayRegion(env, bytes, 0, 32, (jbyte*)key);
    status = MUISTIO_OK;
  }
  (*env)->DeleteLocalRef(env, bytes);
  return status;
}

/* Opens, or with `backup` restores. `handle[0]` becomes the client's, `failure[0]` the packed message. */
JNIEXPORT jint JNICALL Java_app_muistio_Native_open(JNIEnv* env, jclass type, jbyteArray home, jbyteArray passphrase,
                                                    jobject keystore, jboolean insist, jboolean create, jint busy_ms,
                                                    jbyteArray backup, jlongArray handle, jobjectArray failure) {
  const text folder = take(env, home), secret = take(env, passphrase), from = take(env, backup);
  keystore_user user = {env, keystore};
  muistio_open_options options;
  muistio_client* client = NULL;
  muistio_answer* why = NULL;
  muistio_status status;
  (void)type;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.home = folder.bytes;
  options.passphrase = secret.bytes;
  if (keystore != NULL) {
    options.keystore = ask_keystore;
    options.keystore_user = &user;
  }
  options.insist_on_passphrase = insist;
  options.create = create;
  options.busy_timeout_ms = (uint32_t)busy_ms;
  if (!is_whole(folder) || !is_whole(secret) || !is_whole(from))
    status = MUISTIO_E_INVALID_ARGUMENT;
  else if (backup != NULL)
    status = muistio_client_restore(&options, from.bytes, &why);
  else
    status = muistio_client_open(&options, &client, &why);
  give_back(folder);
  give_back(secret);
  give_back(from);
  if ((*env)->ExceptionCheck(env)) {
    muistio_client_close(client);
    muistio_answer_release(why);
    return status;
  }
  set_long(env, handle, client);
  if (why != NULL) {
    pack packed = pack_answer(why);
    jbyteArray bytes = (*env)->NewByteArray(env, (jsize)packed.length);
    if (bytes != NULL) {
      (*env)->SetByteArrayRegion(env, bytes, 0, (jsize)packed.length, (const jbyte*)packed.bytes);
      (*env)->SetObjectArrayElement(env, failure, 0, bytes);
    }
    free_pack(&packed);
    muistio_answer_release(why);
  }
  return status;
}

JNIEXPORT jint JNICALL Java_app_muistio_Native_close(JNIEnv* env, jclass type, jlong client) {
  (void)env;
  (void)type;
  return muistio_client_close((muistio_client*)(intptr_t)client);
}

JNIEXPORT jint JNICALL Java_app_muistio_Native_cancel(JNIEnv* env, jclass type, jlong call) {
  (void)env;
  (void)type;
  return muistio_call_cancel((muistio_call*)(intptr_t)call);
}

JNIEXPORT jint JNICALL Java_app_muistio_Native_releaseCall(JNIEnv* env, jclass type, jlong call) {
  (void)env;
  (void)type;
  return muistio_call_release((muistio_call*)(intptr_t)call);
}

JNIEXPORT jint JNICALL Java_app_muistio_Native_releaseObservation(JNIEnv* env, jclass type, jlong observation) {
  (void)env;
  (void)type;
  return muistio_observation_release((muistio_observation*)(intptr_t)observation);
}

/* What an operation is given; each takes what it needs of it. */
typedef struct {
  muistio_id id, other;
  muistio_member_id member; /* `other`, if it has 32 bytes */
  text a, b, c, d;          /* `d` is `other` as a text: of a meeting its place */
  int64_t n[4];
} given;

static muistio_status begin(enum operation op, muistio_client* client, const given* with, void* user, muistio_call** call) {
  const char *a = with->a.bytes, *b = with->b.bytes, *c = with->c.bytes;
  const muistio_id id = with->id;
  const int64_t* n = with->n;
#define THEN done, user, call
  switch (op) {
    case op_home_init:
      return muistio_home_init(client, a, b, c, THEN);
    case op_home_waiting:
      return muistio_home_waiting(client, THEN);
    case op_home_check:
      return muistio_home_check(client, THEN);
    case op_home_backup:
      return muistio_home_backup(client, a, THEN);
    case op_device_list:
      return muistio_device_list(client, THEN);
    case op_device_link:
      return muistio_device_link(client, n[0] != 0, THEN);
    case op_device_follow_link:
      return muistio_device_follow_link(client, a, b, THEN);
    case op_device_codes:
      return muistio_device_codes(client, THEN);
    case op_device_confirm:
      return muistio_device_confirm(client, a, THEN);
    case op_device_remove:
      return muistio_device_remove(client, a, THEN);
    case op_recovery_words:
      return muistio_recovery_words(client, THEN);
    case op_recovery_begin:
      return muistio_recovery_begin(client, a, b, c, THEN);
    case op_recovery_forget:
      return muistio_recovery_forget(client, THEN);
    case op_club_list:
      return muistio_club_list(client, THEN);
    case op_club_create:
      return muistio_club_create(client, a, (muistio_history)n[0], THEN);
    case op_club_begin_season:
      return muistio_club_begin_season(client, id, THEN);
    case op_club_leave:
      return muistio_club_leave(client, id, THEN);
    case op_club_find:
      return muistio_club_find(client, a, THEN);
    case op_club_succeed:
      return muistio_club_succeed(client, id, THEN);
    case op_club_export:
      return muistio_club_export(client, id, a, n[0] != 0, THEN);
    case op_session_create:
      return muistio_session_create(client, id, a, THEN);
    case op_session_list:
      return muistio_session_list(client, id, THEN);
    case op_session_join:
      return muistio_session_join(client, id, a, THEN);
    case op_session_announce:
      return muistio_session_announce(client, id, with->other, THEN);
    case op_desk_create:
      return muistio_desk_create(client, a, THEN);
    case op_seal_show:
      return muistio_seal_show(client, id, THEN);
    case op_seal_check:
      return muistio_seal_check(client, id, a, THEN);
    case op_seal_reopen:
      return muistio_seal_reopen(client, id, THEN);
    case op_seal_accept_reopening:
      return muistio_seal_accept_reopening(client, id, a, THEN);
    case op_invitation_create: {
      muistio_new_invitation wanted;
      memset(&wanted, 0, sizeof wanted);
      wanted.size = sizeof wanted;
      wanted.club = id;
      wanted.role = (muistio_role)n[0];
      wanted.uses = (uint32_t)n[1];
      wanted.expires_days = (uint32_t)n[2];
      wanted.asks = n[3] != 0;
      return muistio_invitation_create(client, &wanted, THEN);
    }
    case op_invitation_list:
      return muistio_invitation_list(client, id, THEN);
    case op_invitation_revoke:
      return muistio_invitation_revoke(client, a, THEN);
    case op_join:
      return muistio_join(client, a, b, c, THEN);
    case op_join_cancel:
      return muistio_join_cancel(client, id, THEN);
    case op_join_requests:
      return muistio_join_requests(client, id, THEN);
    case op_member_admit:
      return muistio_member_admit(client, id, a, b, THEN);
    case op_member_list:
      return muistio_member_list(client, id, THEN);
    case op_member_remove:
      return muistio_member_remove(client, id, a, THEN);
    case op_host_give:
      return muistio_host_give(client, id, a, THEN);
    case op_host_warrant:
      return muistio_host_warrant(client, id, a, THEN);
    case op_host_take:
      return muistio_host_take(client, id, a, THEN);
    case op_host_offer:
      return muistio_host_offer(client, id, THEN);
    case op_host_replace:
      return muistio_host_replace(client, id, a, n[0] != 0, THEN);
    case op_note_add: {
      muistio_new_note note;
      memset(&note, 0, sizeof note);
      note.size = sizeof note;
      note.club = id;
      note.title = a;
      note.text = b;
      note.text_bytes = with->b.length;
      note.is_private = n[0] != 0;
      return muistio_note_add(client, &note, THEN);
    }
    case op_note_list:
      return muistio_note_list(client, id, THEN);
    case op_note_find:
      return muistio_note_find(client, a, THEN);
    case op_note_show:
      return muistio_note_show(client, id, THEN);
    case op_note_change: {
      muistio_note_edit edit;
      memset(&edit, 0, sizeof edit);
      edit.size = sizeof edit;
      edit.note = id;
      edit.text = b;
      edit.text_bytes = with->b.length;
      edit.base = a;
      return muistio_note_change(client, &edit, THEN);
    }
    case op_note_append:
      return muistio_note_append(client, id, b, with->b.length, THEN);
    case op_note_delete:
      return muistio_note_delete(client, id, THEN);
    case op_note_share:
      return muistio_note_share(client, id, THEN);
    case op_material_add:
      return muistio_material_add(client, id, a, THEN);
    case op_material_list:
      return muistio_material_list(client, id, THEN);
    case op_material_find:
      return muistio_material_find(client, a, THEN);
    case op_material_get:
      return muistio_material_get(client, id, a, THEN);
    case op_material_delete:
      return muistio_material_delete(client, id, THEN);
    case op_material_evict:
      return muistio_material_evict(client, id, THEN);
    case op_material_set_quota:
      return muistio_material_set_quota(client, (uint64_t)n[0], THEN);
    case op_material_get_quota:
      return muistio_material_get_quota(client, THEN);
    case op_search: {
      muistio_search_filter filter;
      memset(&filter, 0, sizeof filter);
      filter.size = sizeof filter;
      filter.has_club = n[0] != 0;
      filter.club = id;
      filter.author = c;
      filter.has_since = n[1] != INT64_MIN;
      filter.since_ms = n[1];
      filter.has_until = n[2] != INT64_MIN;
      filter.until_ms = n[2];
      return muistio_search(client, a, &filter, THEN);
    }
    case op_hand_in:
      return muistio_hand_in(client, id, THEN);
    case op_hand_in_accept:
      return muistio_hand_in_accept(client, id, (const uint8_t*)b, with->b.length, THEN);
    case op_sync: {
      muistio_sync_options options;
      memset(&options, 0, sizeof options);
      options.size = sizeof options;
      options.without_material = n[0] != 0;
      options.without_snapshots = n[1] != 0;
      options.connect_ms = (uint32_t)n[2];
      options.progress_ms = (uint32_t)n[3];
      return muistio_sync(client, &options, changed, THEN);
    }
    case op_newcomer_set_quorum:
      return muistio_newcomer_set_quorum(client, id, (uint32_t)n[0], THEN);
    case op_newcomer_list:
      return muistio_newcomer_list(client, id, THEN);
    case op_newcomer_agree:
      return muistio_newcomer_agree(client, id, a, THEN);
    case op_meeting_add: {
      muistio_new_meeting meeting;
      memset(&meeting, 0, sizeof meeting);
      meeting.size = sizeof meeting;
      meeting.club = id;
      meeting.title = a;
      meeting.starts = b;
      meeting.zone = c;
      meeting.place = with->d.bytes;
      meeting.minutes = (uint32_t)n[0];
      meeting.places = (uint64_t)n[1];
      return muistio_meeting_add(client, &meeting, THEN);
    }
    case op_meeting_list:
      return muistio_meeting_list(client, id, THEN);
    case op_meeting_answer:
      return muistio_meeting_answer(client, id, a, THEN);
    case op_meeting_mark:
      return muistio_meeting_mark(client, id, with->member, a, THEN);
    case op_meeting_hand_baton:
      return muistio_meeting_hand_baton(client, id, with->member, THEN);
    case op_meeting_next:
      return muistio_meeting_next(client, id, a, THEN);
    case op_meeting_minutes:
      return muistio_meeting_minutes(client, id, THEN);
    case op_meeting_calendar:
      return muistio_meeting_calendar(client, id, THEN);
    case op_reminder_list:
      return muistio_reminder_list(client, n[0], n[1], THEN);
    case op_catch_up:
      return muistio_catch_up(client, id, THEN);
    case op_catch_up_mark_read:
      return muistio_catch_up_mark_read(client, id, THEN);
    case op_material_reach:
      return muistio_material_reach(client, id, THEN);
    case op_sync_stop_live:
      return muistio_sync_stop_live(client, THEN);
    default:
      return MUISTIO_E_INVALID_ARGUMENT;
  }
#undef THEN
}

/* Begins a call: `callback` hears STATUS_PROGRESS any number of times, of a sync, and the status once. `a` and `c` are texts
 * without a zero byte, `b` is any. If this does not return MUISTIO_OK, `callback` hears nothing. */
JNIEXPORT jint JNICALL Java_app_muistio_Native_begin(JNIEnv* env, jclass type, jint op, jlong client, jbyteArray id,
                                                     jbyteArray other, jbyteArray a, jbyteArray b, jbyteArray c, jlongArray numbers,
                                                     jobject callback, jlongArray call) {
  given with;
  muistio_call* begun = NULL;
  muistio_status status;
  jobject kept;
  (void)type;
  memset(&with, 0, sizeof with);
  with.id = id_from(env, id);
  with.other = id_from(env, other);
  if (other != NULL && (*env)->GetArrayLength(env, other) == (jsize)sizeof with.member.bytes)
    (*env)->GetByteArrayRegion(env, other, 0, sizeof with.member.bytes, (jbyte*)with.member.bytes);
  if (op == op_meeting_add) with.d = take(env, other);
  with.a = take(env, a);
  with.b = take(env, b);
  with.c = take(env, c);
  if (numbers != NULL) (*env)->GetLongArrayRegion(env, numbers, 0, 4, (jlong*)with.n);
  kept = (*env)->NewGlobalRef(env, callback);
  /* `b` of these has its length with it; of the others it must be a whole text. */
  const bool has_length = op == op_note_add || op == op_note_change || op == op_note_append || op == op_hand_in_accept;
  if (kept == NULL || !is_whole(with.a) || !is_whole(with.c) || !is_whole(with.d) || (!has_length && !is_whole(with.b)))
    status = MUISTIO_E_INVALID_ARGUMENT;
  else
    status = begin((enum operation)op, (muistio_client*)(intptr_t)client, &with, kept, &begun);
  if (status != MUISTIO_OK && kept != NULL) (*env)->DeleteGlobalRef(env, kept);
  give_back(with.a);
  give_back(with.b);
  give_back(with.c);
  give_back(with.d);
  set_long(env, call, begun);
  return status;
}

/* Stays connected: `state` hears STATUS_PROGRESS with each state, and STATUS_GONE once. */
JNIEXPORT jint JNICALL Java_app_muistio_Native_startLive(JNIEnv* env, jclass type, jlong client, jlongArray numbers, jobject state,
                                                         jobject callback, jlongArray call) {
  muistio_sync_options options;
  muistio_call* begun = NULL;
  muistio_status status = MUISTIO_E_INVALID_ARGUMENT;
  jobject kept = (*env)->NewGlobalRef(env, callback), told = (*env)->NewGlobalRef(env, state);
  jlong n[4];
  (void)type;
  (*env)->GetLongArrayRegion(env, numbers, 0, 4, n);
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.without_material = n[0] != 0;
  options.without_snapshots = n[1] != 0;
  options.connect_ms = (uint32_t)n[2];
  options.progress_ms = (uint32_t)n[3];
  if (kept != NULL && told != NULL)
    status = muistio_sync_start_live((muistio_client*)(intptr_t)client, &options, changed, told, let_go, done, kept, &begun);
  if (status != MUISTIO_OK) {
    if (kept != NULL) (*env)->DeleteGlobalRef(env, kept);
    if (told != NULL) (*env)->DeleteGlobalRef(env, told);
  }
  set_long(env, call, begun);
  return status;
}

/* Observes: `callback` hears STATUS_PROGRESS with each answer, and STATUS_GONE once. */
JNIEXPORT jint JNICALL Java_app_muistio_Native_observe(JNIEnv* env, jclass type, jint op, jlong handle, jbyteArray id_bytes,
                                                       jobject callback, jlongArray observation) {
  muistio_client* client = (muistio_client*)(intptr_t)handle;
  const muistio_id id = id_from(env, id_bytes);
  jobject kept = (*env)->NewGlobalRef(env, callback);
  muistio_observation* made = NULL;
  muistio_status status = MUISTIO_E_INVALID_ARGUMENT;
  (void)type;
  if (kept == NULL) return status;
  switch (op) {
    case op_observe_clubs:
      status = muistio_observe_clubs(client, changed, kept, let_go, &made);
      break;
    case op_observe_notes:
      status = muistio_observe_notes(client, id, changed, kept, let_go, &made);
      break;
    case op_observe_note:
      status = muistio_observe_note(client, id, changed, kept, let_go, &made);
      break;
    case op_observe_material:
      status = muistio_observe_material(client, id, changed, kept, let_go, &made);
      break;
    case op_observe_members:
      status = muistio_observe_members(client, id, changed, kept, let_go, &made);
      break;
    case op_observe_meetings:
      status = muistio_observe_meetings(client, id, changed, kept, let_go, &made);
      break;
    default:
      break;
  }
  if (status != MUISTIO_OK) (*env)->DeleteGlobalRef(env, kept);
  set_long(env, observation, made);
  return status;
}
