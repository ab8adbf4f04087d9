// Who is in a club.
#include "muistio/c/members.h"

#include "call.hpp"

using namespace muistio::c;

extern "C" {

muistio_status muistio_invitation_create(muistio_client* client, const muistio_new_invitation* wanted, MUISTIO_THEN) {
  Taking take;
  const auto taken = take.options(wanted, sizeof(muistio_new_invitation));
  muistio::NewInvitation made;
  made.club = space(taken.club);
  if (taken.role != MUISTIO_ROLE_NONE) {
    const auto role = muistio::role_from_number(static_cast<std::uint8_t>(taken.role));
    take.require(role && static_cast<muistio_role>(*role) == taken.role);
    made.role = role.value_or(muistio::Role::member);
  }
  if (taken.uses != 0) made.uses = taken.uses;
  if (taken.expires_days != 0) made.expires_days = taken.expires_days;
  made.asks = taken.asks;
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.invite(made); });
}

muistio_status muistio_invitation_list(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.invitations(space(club)); });
}

muistio_status muistio_invitation_revoke(muistio_client* client, const char* invitation, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(invitation);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.revoke_invitation(named); });
}

muistio_status muistio_join(muistio_client* client, const char* link, const char* name, const char* ca_pem, MUISTIO_THEN) {
  Taking take;
  auto given = take.text(link), named = take.text(name), authorities = take.text(ca_pem);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.join(given, named, authorities); });
}

muistio_status muistio_join_cancel(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.cancel_join(space(club)); });
}

muistio_status muistio_join_requests(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.join_requests(space(club)); });
}

muistio_status muistio_member_admit(muistio_client* client, muistio_id club, const char* request, const char* again, MUISTIO_THEN) {
  Taking take;
  auto asked = take.text(request), former = take.text(again);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.admit(space(club), asked, former); });
}

muistio_status muistio_member_list(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.members(space(club)); });
}

muistio_status muistio_member_remove(muistio_client* client, muistio_id club, const char* member, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(member);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.remove_member(space(club), named); });
}

muistio_status muistio_newcomer_set_quorum(muistio_client* client, muistio_id club, uint32_t quorum, MUISTIO_THEN) {
  Taking take;
  take.require(quorum <= 255);
  return begin(client, take, {done, user, call},
               [&](muistio::Client& on) { return on.set_quorum(space(club), static_cast<std::uint8_t>(quorum)); });
}

muistio_status muistio_newcomer_list(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.newcomers(space(club)); });
}

muistio_status muistio_newcomer_agree(muistio_client* client, muistio_id club, const char* newcomer, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(newcomer);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.agree_to_newcomer(space(club), named); });
}

muistio_status muistio_host_give(muistio_client* client, muistio_id club, const char* member, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(member);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.give_host(space(club), named); });
}

muistio_status muistio_host_warrant(muistio_client* client, muistio_id club, const char* member, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(member);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.host_warrant(space(club), named); });
}

muistio_status muistio_host_take(muistio_client* client, muistio_id club, const char* warrant, MUISTIO_THEN) {
  Taking take;
  auto shown = take.text(warrant);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.take_host(space(club), shown); });
}

muistio_status muistio_host_offer(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.offer_host(space(club)); });
}

muistio_status muistio_host_replace(muistio_client* client, muistio_id club, const char* member, bool insist, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(member);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.replace_hosts(space(club), named, insist); });
}
}
