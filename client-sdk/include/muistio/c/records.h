/* What answers hold: plain structs, given out by pointer, that belong to the answer that they were read from.
 *
 * Times are milliseconds since 1970-01-01T00:00:00Z, to be shown and never to be ordered or judged by. Sizes are in bytes. */
#ifndef MUISTIO_C_RECORDS_H
#define MUISTIO_C_RECORDS_H

#include "base.h"

MUISTIO_BEGIN

/* How this device stands with a club. */
typedef int32_t muistio_standing;
enum {
  MUISTIO_STANDING_NONE = -1,   /* a session that it did not ask to be let into */
  MUISTIO_STANDING_JOINING = 0, /* asked to join; nothing of the club is readable; what is written goes out on admission */
  MUISTIO_STANDING_OPEN = 1,
  MUISTIO_STANDING_LEFT = 2,     /* by our own wish */
  MUISTIO_STANDING_REMOVED = 3,  /* what is here stays readable, nothing later comes */
  MUISTIO_STANDING_SUCCEEDED = 4 /* another club goes on from it: readable, never written again */
};

/* What newcomers may read of the time before they joined. */
typedef int32_t muistio_history;
enum {
  MUISTIO_HISTORY_UNKNOWN = -1, /* while joining */
  MUISTIO_HISTORY_ALL = 0,
  MUISTIO_HISTORY_JOINING = 1, /* nothing */
  MUISTIO_HISTORY_SEASON = 2   /* what was written since the season began */
};

/* What a space is for. */
typedef int32_t muistio_kind;
enum { MUISTIO_KIND_PERSONAL = 0, MUISTIO_KIND_CLUB = 1, MUISTIO_KIND_SESSION = 2, MUISTIO_KIND_DESK = 3 };

/* What a member may do. A higher number is not always more: compare for equality only. */
typedef int32_t muistio_role;
enum {
  MUISTIO_ROLE_NONE = 0,
  MUISTIO_ROLE_GUEST = 1,
  MUISTIO_ROLE_MEMBER = 2,
  MUISTIO_ROLE_FACILITATOR = 3,
  MUISTIO_ROLE_HOST = 4
};

/* One contradiction of the server's, kept on this device. */
typedef struct muistio_contradiction {
  int64_t noticed_ms;
  const char* code;    /* the name of a status */
  const char* message; /* a plain sentence */
  uint64_t place;      /* in the log */
  const char* held;    /* the log's hash there as known here, hexadecimal; empty if it is about more than one place */
  const char* shown;   /* the one that contradicts it */
  const char* source;  /* where `held` is from: "acknowledgement", "seal", "reopening", "log", "claim" */
} muistio_contradiction;

/* A club, a session, a desk, or the space of one's own private notes. */
typedef struct muistio_club {
  muistio_id id;
  muistio_kind kind;
  const char* name;   /* while joining: what the link says */
  const char* author; /* who made it; while joining: who invited, as the link says */
  int64_t at_ms;      /* when it was made; 0 while joining */
  muistio_standing standing;
  muistio_history history;
  muistio_role own_role; /* MUISTIO_ROLE_NONE while joining */
  uint64_t members;
  uint64_t unsent; /* changes that the server does not have yet */
  uint64_t head;   /* the newest record of the log that is applied here */
  bool trusted;    /* false: the server contradicted itself; nothing is pushed */
  bool read_only;  /* not trusted, because the server lost something: it goes on when a host reopens the club */
  bool unverified; /* joining: what is shown is from a snapshot, which the log was not compared with yet */
  bool needs_rejoin;
  bool personal;
  const char* why;                                                                /* not trusted: the status' name; else empty */
  const char* why_message;                                                        /* not trusted: a plain sentence */
  const muistio_contradiction* MUISTIO_NULLABLE const* MUISTIO_NULLABLE evidence; /* `evidence_count` of them, oldest first */
  size_t evidence_count;
} muistio_club;

/* A session that a club was told of. */
typedef struct muistio_session {
  muistio_id id;
  const char* title;
  const char* host; /* who lets members in */
  muistio_member_id host_id;
  int64_t at_ms;
  muistio_standing standing;
} muistio_session;

typedef struct muistio_member {
  muistio_member_id id;
  const char* name; /* as they call themselves */
  muistio_role role;
  int64_t at_ms; /* when they first wrote their name */
  uint64_t devices;
  bool self;
  bool has_again;          /* a host said that this is a former member, with a new identity: */
  muistio_member_id again; /* that one */
} muistio_member;

typedef struct muistio_device {
  muistio_id id;
  const char* name;
  const char* author; /* the member */
  bool self;
} muistio_device;

typedef struct muistio_note {
  muistio_id id;
  muistio_id club; /* also for a private note: the club that it is about */
  const char* title;
  const char* author;
  muistio_member_id author_id;
  int64_t at_ms;
  int64_t changed_ms;
  uint64_t bytes; /* of the text */
  bool is_private;
  const char* handed_in_by; /* whose text it is, if a host brought it in; else empty */
} muistio_note;

typedef struct muistio_note_text {
  const muistio_note* note;
  const char* text; /* may hold zero bytes: */
  size_t text_bytes;
  const char* version; /* for muistio_note_edit */
} muistio_note_text;

/* A shared file. */
typedef struct muistio_material {
  muistio_id id;
  muistio_id club;
  const char* title; /* the file's name */
  const char* author;
  muistio_member_id author_id;
  int64_t at_ms;
  uint64_t bytes; /* of the file */
  bool present;   /* its bytes are on this device */
  bool uploaded;  /* false: added here, and not yet at the server */
  const char* media_type;
} muistio_material;

#define MUISTIO_NO_LIMIT UINT64_MAX

/* What the copies of shared files take on this device, and may take. */
typedef struct muistio_material_quota {
  uint64_t bytes; /* of the encrypted copies */
  uint64_t limit; /* or MUISTIO_NO_LIMIT: whatever there is */
} muistio_material_quota;

typedef struct muistio_invitation {
  muistio_id id;
  muistio_id club;
  muistio_role role;
  uint32_t uses_left;
  int64_t expires_ms;
  bool revoked;
  const char* link;
} muistio_invitation;

/* Somebody who asks to join and whom a person must let in. */
typedef struct muistio_join_request {
  const char* id; /* 32 hexadecimal digits */
  muistio_id club;
  const char* name; /* as they call themselves: shown, never trusted */
  bool admitted;    /* decided; done at the next sync */
} muistio_join_request;

/* A part of a text, in bytes. */
typedef struct muistio_stretch {
  size_t offset;
  size_t bytes;
} muistio_stretch;

/* A search result. */
typedef struct muistio_found {
  muistio_id id;
  muistio_id club;
  const char* title;
  const char* snippet;
  const char* author;
  int64_t at_ms;
  int64_t changed_ms;
  const muistio_stretch* MUISTIO_NULLABLE title_matches; /* the words of the title that were sought */
  size_t title_matches_count;
  const muistio_stretch* MUISTIO_NULLABLE snippet_matches; /* and of the snippet */
  size_t snippet_matches_count;
} muistio_found;

/* What a check of a home looked at, and found. */
typedef struct muistio_checked {
  uint64_t notes;
  uint64_t files;                             /* pieces of material whose bytes are here */
  uint64_t bytes;                             /* of the store */
  const muistio_id* MUISTIO_NULLABLE damaged; /* material whose copy here does not open */
  size_t damaged_count;
} muistio_checked;

typedef int32_t muistio_verdict;
enum { MUISTIO_VERDICT_AGREED = 0, MUISTIO_VERDICT_PINNED = 1, MUISTIO_VERDICT_CONTRADICTED = 2 };

/* What comparing a meeting seal found. */
typedef struct muistio_seal_answer {
  muistio_verdict verdict;
  const char* member; /* the name of who showed it; empty if not known here yet */
  uint64_t behind;    /* agreed: so many records are held here beyond the seal */
  uint64_t ahead;     /* pinned: so many records the seal knows that this device has not read */
} muistio_seal_answer;

/* Somebody whom a host would let in, in a club that asks its members. */
typedef struct muistio_newcomer {
  const char* id;   /* 32 hexadecimal digits of the member to be; empty: a host wants fewer members to be asked */
  const char* name; /* as they call themselves: shown, never trusted */
  uint64_t agreed;  /* devices that agreed, as far as this one knows; the host's own word is not counted */
  uint64_t quorum;  /* members who must agree, the host among them */
  bool agreed_here; /* this device did, or will at the next sync */
} muistio_newcomer;

/* A member as lists name them. */
typedef struct muistio_person {
  muistio_member_id id;
  const char* name;
} muistio_person;

/* A meeting. Its time is what the clock of the place shows, "2026-12-01T18:00", with the zone's name, and the moment that this is.
 */
typedef struct muistio_meeting {
  muistio_id id;
  muistio_id club;
  const char* title;
  const char* starts;
  const char* zone; /* of the IANA database: "Europe/Helsinki" */
  uint32_t minutes;
  int64_t at_ms; /* 0 where the zone is not known on this device */
  int64_t ends_ms;
  const char* place;
  const char* link;
  const muistio_person* MUISTIO_NULLABLE organiser; /* who holds the baton; NULL: nobody */
  const muistio_person* MUISTIO_NULLABLE const* MUISTIO_NULLABLE facilitators;
  size_t facilitators_count;
  const char* MUISTIO_NULLABLE const* MUISTIO_NULLABLE guests;
  size_t guests_count;
  uint64_t places; /* 0: no limit */
  bool cancelled;
  const char* own_answer; /* "yes", "no", "late", "remote"; empty: none yet */
  uint32_t coming;        /* seats taken */
  uint32_t waiting;       /* those beyond the places */
} muistio_meeting;

/* Something to remind this member of: for a local notification. */
typedef struct muistio_reminder {
  int64_t at_ms;    /* when to remind */
  const char* kind; /* "meeting" or "action" */
  muistio_id club;
  muistio_id about;
  const char* title;
  int64_t due_ms; /* when the meeting begins; the morning of the action point's day */
} muistio_reminder;

/* How many of the members' devices have a file. */
typedef struct muistio_reach {
  uint32_t have;
  uint32_t devices;
  bool sent; /* the server has it; before that only this device does */
} muistio_reach;

/* What kind of thing a member missed. */
typedef int32_t muistio_section;
enum { MUISTIO_SECTION_SAID = 0, MUISTIO_SECTION_DECIDED = 1, MUISTIO_SECTION_SHARED = 2, MUISTIO_SECTION_ASKED = 3 };

/* Something that somebody else wrote or changed. */
typedef struct muistio_news {
  muistio_section section;
  const char*
      kind; /* "note", "minutes", "agenda", "meeting", "season", "pact", "poll", "action", "material", "question", "answer" */
  muistio_id id;
  const char* title; /* of an answer the question's; a pact has none */
  muistio_person by; /* whose change was the last */
  int64_t at_ms;
} muistio_news;

/* Something that is not done yet. */
typedef struct muistio_waiting {
  const char* id;  /* of a club, a request or a piece of material */
  const char* why; /* "no-network", "admission", "admit", "compare", "agreement", "unsent", "intent", "pull", "frozen", "material" */
} muistio_waiting;

/* How a sync ended. */
typedef int32_t muistio_sync_end;
enum {
  MUISTIO_SYNC_DONE = 0,    /* nothing is left to do without a person */
  MUISTIO_SYNC_WAITING = 1, /* kept and waiting: no network, admission, an attachment */
  MUISTIO_SYNC_STOPPED = 2  /* trust stopped: the server contradicted itself, or is not the one it should be */
};

typedef struct muistio_sync_report {
  muistio_sync_end end;
  muistio_status error;      /* why it stopped before all was done, or MUISTIO_OK */
  const char* error_message; /* a plain sentence, or empty */
  uint64_t pushed;           /* changes */
  uint64_t pulled;
  uint64_t up_bytes; /* on the wire */
  uint64_t down_bytes;
  const muistio_waiting* MUISTIO_NULLABLE const* MUISTIO_NULLABLE waiting;
  size_t waiting_count;
  const char* MUISTIO_NULLABLE const* MUISTIO_NULLABLE
      said; /* what a person should know: plain sentences, no names, no note text */
  size_t said_count;
} muistio_sync_report;

/* How far a sync is. */
typedef struct muistio_sync_progress {
  uint64_t records_done; /* of all logs */
  uint64_t records_total;
  uint64_t material_done; /* bytes of attachments */
  uint64_t material_total;
  uint64_t unsent; /* changes not yet at the server */
} muistio_sync_progress;

/* How a client that stays connected stands. */
typedef int32_t muistio_live_phase;
enum {
  MUISTIO_LIVE_CONNECTING = 0,
  MUISTIO_LIVE_CATCHING_UP = 1, /* connected; something is to be sent or fetched */
  MUISTIO_LIVE_IN_STEP = 2,     /* connected; the server has all that is here, and the other way about */
  MUISTIO_LIVE_WAITING = 3      /* not connected: it tries again by itself, after a second at first, after a minute at most */
};

typedef struct muistio_live_state {
  muistio_live_phase phase;
  uint64_t unsent;           /* changes not yet at the server */
  bool trusted;              /* waiting: false if the server is not the one it should be, or contradicted itself */
  muistio_status error;      /* waiting: why; else MUISTIO_OK */
  const char* error_message; /* a plain sentence, or empty */
  const char* MUISTIO_NULLABLE const* MUISTIO_NULLABLE said; /* what a person should know, each once */
  size_t said_count;
} muistio_live_state;

MUISTIO_END

#endif
