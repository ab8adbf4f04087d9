/* Who is in a club: inviting, joining, admitting, removing, hosting. Every function is a call: client.h says how calls behave. A
 * member is named by name if that is unique, else by id in hexadecimal digits or a unique beginning of one. */
#ifndef MUISTIO_C_MEMBERS_H
#define MUISTIO_C_MEMBERS_H

#include "client.h"

MUISTIO_BEGIN

typedef struct muistio_new_invitation {
  size_t size; /* sizeof(muistio_new_invitation) */
  muistio_id club;
  muistio_role role;     /* MUISTIO_ROLE_MEMBER or MUISTIO_ROLE_FACILITATOR; 0: a member */
  uint32_t uses;         /* 0: one */
  uint32_t expires_days; /* 0: 14 */
  bool asks;             /* one use is admitted by itself, unless this asks a person here; more uses always ask */
} muistio_new_invitation;

/* Call. Answers one `invitation`, whose link is a secret between its giver and its taker. Errors: MUISTIO_E_NOT_PERMITTED,
 * MUISTIO_E_INVALID_ARGUMENT. */
MUISTIO_API muistio_status muistio_invitation_create(muistio_client* client, const muistio_new_invitation* wanted, MUISTIO_THEN);
/* Call. Answers `invitation`s. */
MUISTIO_API muistio_status muistio_invitation_list(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. By id in hexadecimal digits or a unique beginning of one. Answers nothing. Errors: MUISTIO_E_AMBIGUOUS. */
MUISTIO_API muistio_status muistio_invitation_revoke(muistio_client* client, const char* invitation, MUISTIO_THEN);
/* Call. Keeps the wish to join; it goes out at the next sync. `name` is needed if the home has no member yet, else empty; `ca_pem`
 * as in `muistio_home_init`, for a home without a server. Answers one `id`, the club's. Errors: MUISTIO_E_INVALID_INVITATION;
 * MUISTIO_E_ALREADY_EXISTS; MUISTIO_E_INVALID_STATE (the home has another server). */
MUISTIO_API muistio_status muistio_join(muistio_client* client, const char* link, const char* name, const char* ca_pem,
                                        MUISTIO_THEN);
/* Call. Answers nothing. Errors: MUISTIO_E_INVALID_STATE (admitted already). */
MUISTIO_API muistio_status muistio_join_cancel(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Answers `join_request`s. */
MUISTIO_API muistio_status muistio_join_requests(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Decides to admit: the request named by id or a unique beginning; if empty, the only one. Done at the next sync. With
 * `again`, not empty, it is that member again, with a new identity, whose devices are removed by the same commit. Answers one
 * `join_request`. Errors: MUISTIO_E_AMBIGUOUS, MUISTIO_E_NOT_PERMITTED, MUISTIO_E_INVITATION_USED. */
MUISTIO_API muistio_status muistio_member_admit(muistio_client* client, muistio_id club, const char* request, const char* again,
                                                MUISTIO_THEN);
/* Call. Answers `member`s. Errors: MUISTIO_E_WAITING_FOR_ADMISSION. */
MUISTIO_API muistio_status muistio_member_list(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Done at the next sync, before content. Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED, MUISTIO_E_AMBIGUOUS,
 * MUISTIO_E_INVALID_ARGUMENT (oneself). */
MUISTIO_API muistio_status muistio_member_remove(muistio_client* client, muistio_id club, const char* member, MUISTIO_THEN);

/* Call. How many members must agree to a newcomer, the host who admits among them, at most 255; 0, as a new club has it: the host
 * alone. Done at the next sync. Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED, MUISTIO_E_INVALID_ARGUMENT. */
MUISTIO_API muistio_status muistio_newcomer_set_quorum(muistio_client* client, muistio_id club, uint32_t quorum, MUISTIO_THEN);
/* Call. Those whom hosts would let in, while the club asks its members. Answers `newcomer`s. */
MUISTIO_API muistio_status muistio_newcomer_list(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Agrees to one of them, by name, id or a unique beginning; empty: to the only one. Answers nothing. Errors:
 * MUISTIO_E_AMBIGUOUS, MUISTIO_E_NOT_PERMITTED (a guest). */
MUISTIO_API muistio_status muistio_newcomer_agree(muistio_client* client, muistio_id club, const char* newcomer, MUISTIO_THEN);

/* Call. Makes a member a host too, at the next sync. Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED, MUISTIO_E_INVALID_ARGUMENT
 * (a host already, a guest). */
MUISTIO_API muistio_status muistio_host_give(muistio_client* client, muistio_id club, const char* member, MUISTIO_THEN);
/* Call. A warrant by which the member becomes a host while this one stays offline, for a message or a QR code; good until the
 * charter changes. Answers one `text`. Errors: MUISTIO_E_NOT_PERMITTED. */
MUISTIO_API muistio_status muistio_host_warrant(muistio_client* client, muistio_id club, const char* member, MUISTIO_THEN);
/* Call. Becomes a host by a warrant, or, if that is empty, by an open offer, at the next sync. Answers nothing. Errors:
 * MUISTIO_E_MALFORMED, MUISTIO_E_NOT_PERMITTED, MUISTIO_E_ALREADY_EXISTS. */
MUISTIO_API muistio_status muistio_host_take(muistio_client* client, muistio_id club, const char* warrant, MUISTIO_THEN);
/* Call. Offers the role to all members, at the next sync; whoever takes it first is host too. Answers nothing. Errors:
 * MUISTIO_E_NOT_PERMITTED. */
MUISTIO_API muistio_status muistio_host_offer(muistio_client* client, muistio_id club, MUISTIO_THEN);
/* Call. Votes that the member takes the place of hosts who were not seen for 30 days, or, with `insist`, whom this person knows to
 * be gone. Answers nothing. Errors: MUISTIO_E_NOT_PERMITTED, MUISTIO_E_INVALID_ARGUMENT. */
MUISTIO_API muistio_status muistio_host_replace(muistio_client* client, muistio_id club, const char* member, bool insist,
                                                MUISTIO_THEN);

MUISTIO_END

#endif
