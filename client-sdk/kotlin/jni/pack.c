#include "pack.h"

#include <stdlib.h>
#include <string.h>

static void wipe(volatile uint8_t* bytes, size_t length) {
  while (length-- > 0) *bytes++ = 0;
}

static void put(pack* to, const void* bytes, size_t length) {
  if (to->failed || length == 0) return;
  if (to->room - to->length < length) {
    const size_t room = (to->length + length) * 2;
    uint8_t* moved = malloc(room);
    if (moved == NULL) {
      to->failed = true;
      return;
    }
    if (to->length > 0) memcpy(moved, to->bytes, to->length);
    if (to->bytes != NULL) wipe(to->bytes, to->length);
    free(to->bytes);
    to->bytes = moved;
    to->room = room;
  }
  memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
}

static void put_number(pack* to, uint64_t number) {
  uint8_t bytes[8];
  int i;
  for (i = 0; i < 8; ++i) bytes[i] = (uint8_t)(number >> (56 - 8 * i));
  put(to, bytes, sizeof bytes);
}

static void put_bytes(pack* to, const void* bytes, size_t length) {
  put_number(to, length);
  put(to, bytes, length);
}

static void put_text(pack* to, const char* text) { put_bytes(to, text, strlen(text)); }

#define PUT_ID(to, id) put(to, (id).bytes, sizeof(id).bytes)
#define PUT_NUMBER(to, number) put_number(to, (uint64_t)(int64_t)(number))

static void put_club(pack* to, const muistio_club* club) {
  size_t i;
  PUT_ID(to, club->id);
  PUT_NUMBER(to, club->kind);
  put_text(to, club->name);
  put_text(to, club->author);
  PUT_NUMBER(to, club->at_ms);
  PUT_NUMBER(to, club->standing);
  PUT_NUMBER(to, club->history);
  PUT_NUMBER(to, club->own_role);
  PUT_NUMBER(to, club->members);
  PUT_NUMBER(to, club->unsent);
  PUT_NUMBER(to, club->head);
  PUT_NUMBER(to, club->trusted);
  PUT_NUMBER(to, club->read_only);
  PUT_NUMBER(to, club->unverified);
  PUT_NUMBER(to, club->needs_rejoin);
  PUT_NUMBER(to, club->personal);
  put_text(to, club->why);
  put_text(to, club->why_message);
  PUT_NUMBER(to, club->evidence_count);
  for (i = 0; i < club->evidence_count; ++i) {
    const muistio_contradiction* each = club->evidence[i];
    PUT_NUMBER(to, each->noticed_ms);
    put_text(to, each->code);
    put_text(to, each->message);
    PUT_NUMBER(to, each->place);
    put_text(to, each->held);
    put_text(to, each->shown);
    put_text(to, each->source);
  }
}

static void put_session(pack* to, const muistio_session* session) {
  PUT_ID(to, session->id);
  put_text(to, session->title);
  put_text(to, session->host);
  PUT_ID(to, session->host_id);
  PUT_NUMBER(to, session->at_ms);
  PUT_NUMBER(to, session->standing);
}

static void put_member(pack* to, const muistio_member* member) {
  PUT_ID(to, member->id);
  put_text(to, member->name);
  PUT_NUMBER(to, member->role);
  PUT_NUMBER(to, member->at_ms);
  PUT_NUMBER(to, member->devices);
  PUT_NUMBER(to, member->self);
  PUT_NUMBER(to, member->has_again);
  PUT_ID(to, member->again);
}

static void put_device(pack* to, const muistio_device* device) {
  PUT_ID(to, device->id);
  put_text(to, device->name);
  put_text(to, device->author);
  PUT_NUMBER(to, device->self);
}

static void put_note(pack* to, const muistio_note* note) {
  PUT_ID(to, note->id);
  PUT_ID(to, note->club);
  put_text(to, note->title);
  put_text(to, note->author);
  PUT_ID(to, note->author_id);
  PUT_NUMBER(to, note->at_ms);
  PUT_NUMBER(to, note->changed_ms);
  PUT_NUMBER(to, note->bytes);
  PUT_NUMBER(to, note->is_private);
  put_text(to, note->handed_in_by);
}

static void put_note_text(pack* to, const muistio_note_text* note) {
  put_note(to, note->note);
  put_bytes(to, note->text, note->text_bytes);
  put_text(to, note->version);
}

static void put_material(pack* to, const muistio_material* material) {
  PUT_ID(to, material->id);
  PUT_ID(to, material->club);
  put_text(to, material->title);
  put_text(to, material->author);
  PUT_ID(to, material->author_id);
  PUT_NUMBER(to, material->at_ms);
  PUT_NUMBER(to, material->bytes);
  PUT_NUMBER(to, material->present);
  PUT_NUMBER(to, material->uploaded);
  put_text(to, material->media_type);
}

static void put_material_quota(pack* to, const muistio_material_quota* quota) {
  PUT_NUMBER(to, quota->bytes);
  put_number(to, quota->limit);
}

static void put_invitation(pack* to, const muistio_invitation* invitation) {
  PUT_ID(to, invitation->id);
  PUT_ID(to, invitation->club);
  PUT_NUMBER(to, invitation->role);
  PUT_NUMBER(to, invitation->uses_left);
  PUT_NUMBER(to, invitation->expires_ms);
  PUT_NUMBER(to, invitation->revoked);
  put_text(to, invitation->link);
}

static void put_join_request(pack* to, const muistio_join_request* request) {
  put_text(to, request->id);
  PUT_ID(to, request->club);
  put_text(to, request->name);
  PUT_NUMBER(to, request->admitted);
}

static void put_stretches(pack* to, const muistio_stretch* stretches, size_t count) {
  size_t i;
  PUT_NUMBER(to, count);
  for (i = 0; i < count; ++i) {
    PUT_NUMBER(to, stretches[i].offset);
    PUT_NUMBER(to, stretches[i].bytes);
  }
}

static void put_found(pack* to, const muistio_found* found) {
  PUT_ID(to, found->id);
  PUT_ID(to, found->club);
  put_text(to, found->title);
  put_text(to, found->snippet);
  put_text(to, found->author);
  PUT_NUMBER(to, found->at_ms);
  PUT_NUMBER(to, found->changed_ms);
  put_stretches(to, found->title_matches, found->title_matches_count);
  put_stretches(to, found->snippet_matches, found->snippet_matches_count);
}

static void put_checked(pack* to, const muistio_checked* checked) {
  size_t i;
  PUT_NUMBER(to, checked->notes);
  PUT_NUMBER(to, checked->files);
  PUT_NUMBER(to, checked->bytes);
  PUT_NUMBER(to, checked->damaged_count);
  for (i = 0; i < checked->damaged_count; ++i) PUT_ID(to, checked->damaged[i]);
}

static void put_seal_answer(pack* to, const muistio_seal_answer* answer) {
  PUT_NUMBER(to, answer->verdict);
  put_text(to, answer->member);
  PUT_NUMBER(to, answer->behind);
  PUT_NUMBER(to, answer->ahead);
}

static void put_waiting(pack* to, const muistio_waiting* waiting) {
  put_text(to, waiting->id);
  put_text(to, waiting->why);
}

static void put_said(pack* to, const char* const* said, size_t count) {
  size_t i;
  PUT_NUMBER(to, count);
  for (i = 0; i < count; ++i) put_text(to, said[i]);
}

static void put_sync_report(pack* to, const muistio_sync_report* report) {
  size_t i;
  PUT_NUMBER(to, report->end);
  PUT_NUMBER(to, report->error);
  put_text(to, report->error_message);
  PUT_NUMBER(to, report->pushed);
  PUT_NUMBER(to, report->pulled);
  PUT_NUMBER(to, report->up_bytes);
  PUT_NUMBER(to, report->down_bytes);
  PUT_NUMBER(to, report->waiting_count);
  for (i = 0; i < report->waiting_count; ++i) put_waiting(to, report->waiting[i]);
  put_said(to, report->said, report->said_count);
}

static void put_sync_progress(pack* to, const muistio_sync_progress* progress) {
  PUT_NUMBER(to, progress->records_done);
  PUT_NUMBER(to, progress->records_total);
  PUT_NUMBER(to, progress->material_done);
  PUT_NUMBER(to, progress->material_total);
  PUT_NUMBER(to, progress->unsent);
}

static void put_live_state(pack* to, const muistio_live_state* state) {
  PUT_NUMBER(to, state->phase);
  PUT_NUMBER(to, state->unsent);
  PUT_NUMBER(to, state->trusted);
  PUT_NUMBER(to, state->error);
  put_text(to, state->error_message);
  put_said(to, state->said, state->said_count);
}

static void put_newcomer(pack* to, const muistio_newcomer* newcomer) {
  put_text(to, newcomer->id);
  put_text(to, newcomer->name);
  PUT_NUMBER(to, newcomer->agreed);
  PUT_NUMBER(to, newcomer->quorum);
  PUT_NUMBER(to, newcomer->agreed_here);
}

static void put_person(pack* to, const muistio_person* person) {
  PUT_ID(to, person->id);
  put_text(to, person->name);
}

static void put_meeting(pack* to, const muistio_meeting* meeting) {
  size_t i;
  PUT_ID(to, meeting->id);
  PUT_ID(to, meeting->club);
  put_text(to, meeting->title);
  put_text(to, meeting->starts);
  put_text(to, meeting->zone);
  PUT_NUMBER(to, meeting->minutes);
  PUT_NUMBER(to, meeting->at_ms);
  PUT_NUMBER(to, meeting->ends_ms);
  put_text(to, meeting->place);
  put_text(to, meeting->link);
  PUT_NUMBER(to, meeting->organiser == NULL ? 0 : 1);
  if (meeting->organiser != NULL) put_person(to, meeting->organiser);
  PUT_NUMBER(to, meeting->facilitators_count);
  for (i = 0; i < meeting->facilitators_count; ++i) put_person(to, meeting->facilitators[i]);
  put_said(to, meeting->guests, meeting->guests_count);
  PUT_NUMBER(to, meeting->places);
  PUT_NUMBER(to, meeting->cancelled);
  put_text(to, meeting->own_answer);
  PUT_NUMBER(to, meeting->coming);
  PUT_NUMBER(to, meeting->waiting);
}

static void put_reminder(pack* to, const muistio_reminder* reminder) {
  PUT_NUMBER(to, reminder->at_ms);
  put_text(to, reminder->kind);
  PUT_ID(to, reminder->club);
  PUT_ID(to, reminder->about);
  put_text(to, reminder->title);
  PUT_NUMBER(to, reminder->due_ms);
}

static void put_reach(pack* to, const muistio_reach* reach) {
  PUT_NUMBER(to, reach->have);
  PUT_NUMBER(to, reach->devices);
  PUT_NUMBER(to, reach->sent);
}

static void put_news(pack* to, const muistio_news* news) {
  PUT_NUMBER(to, news->section);
  put_text(to, news->kind);
  PUT_ID(to, news->id);
  put_text(to, news->title);
  put_person(to, &news->by);
  PUT_NUMBER(to, news->at_ms);
}

static void put_value(pack* to, muistio_answer* answer, muistio_content kind, size_t index) {
#define PUT_RECORD(number, record)                                                             \
  case number: {                                                                               \
    const muistio_##record* value;                                                             \
    if (muistio_answer_##record(answer, index, &value) == MUISTIO_OK) put_##record(to, value); \
    return;                                                                                    \
  }
  switch (kind) {
    case MUISTIO_HOLDS_ID: {
      muistio_id id;
      if (muistio_answer_id(answer, index, &id) == MUISTIO_OK) PUT_ID(to, id);
      return;
    }
    case MUISTIO_HOLDS_NUMBER: {
      uint64_t number;
      if (muistio_answer_number(answer, index, &number) == MUISTIO_OK) put_number(to, number);
      return;
    }
    case MUISTIO_HOLDS_TEXT: {
      const char* text;
      size_t bytes;
      if (muistio_answer_text(answer, index, &text, &bytes) == MUISTIO_OK) put_bytes(to, text, bytes);
      return;
    }
      PUT_RECORD(MUISTIO_HOLDS_CLUB, club)
      PUT_RECORD(MUISTIO_HOLDS_SESSION, session)
      PUT_RECORD(MUISTIO_HOLDS_MEMBER, member)
      PUT_RECORD(MUISTIO_HOLDS_DEVICE, device)
      PUT_RECORD(MUISTIO_HOLDS_NOTE, note)
      PUT_RECORD(MUISTIO_HOLDS_NOTE_TEXT, note_text)
      PUT_RECORD(MUISTIO_HOLDS_MATERIAL, material)
      PUT_RECORD(MUISTIO_HOLDS_MATERIAL_QUOTA, material_quota)
      PUT_RECORD(MUISTIO_HOLDS_INVITATION, invitation)
      PUT_RECORD(MUISTIO_HOLDS_JOIN_REQUEST, join_request)
      PUT_RECORD(MUISTIO_HOLDS_FOUND, found)
      PUT_RECORD(MUISTIO_HOLDS_CHECKED, checked)
      PUT_RECORD(MUISTIO_HOLDS_SEAL_ANSWER, seal_answer)
      PUT_RECORD(MUISTIO_HOLDS_WAITING, waiting)
      PUT_RECORD(MUISTIO_HOLDS_SYNC_REPORT, sync_report)
      PUT_RECORD(MUISTIO_HOLDS_SYNC_PROGRESS, sync_progress)
      PUT_RECORD(MUISTIO_HOLDS_LIVE_STATE, live_state)
      PUT_RECORD(MUISTIO_HOLDS_NEWCOMER, newcomer)
      PUT_RECORD(MUISTIO_HOLDS_MEETING, meeting)
      PUT_RECORD(MUISTIO_HOLDS_REMINDER, reminder)
      PUT_RECORD(MUISTIO_HOLDS_REACH, reach)
      PUT_RECORD(MUISTIO_HOLDS_NEWS, news)
    default:
      return;
  }
#undef PUT_RECORD
}

pack pack_answer(muistio_answer* answer) {
  pack made = {NULL, 0, 0, false};
  muistio_content kind;
  size_t count, i;
  const char* message;
  if (muistio_answer_status(answer) != MUISTIO_OK) {
    if (muistio_answer_message(answer, &message) == MUISTIO_OK) {
      put_number(&made, MUISTIO_HOLDS_TEXT);
      put_number(&made, 1);
      put_text(&made, message);
    }
    return made;
  }
  if (muistio_answer_holds(answer, &kind) != MUISTIO_OK || muistio_answer_count(answer, &count) != MUISTIO_OK) return made;
  PUT_NUMBER(&made, kind);
  PUT_NUMBER(&made, count);
  for (i = 0; i < count; ++i) put_value(&made, answer, kind, i);
  return made;
}

void free_pack(pack* packed) {
  if (packed->bytes != NULL) wipe(packed->bytes, packed->length);
  free(packed->bytes);
  packed->bytes = NULL;
}
