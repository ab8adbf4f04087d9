// Clubs, sessions, desks, seals.
#include "muistio/c/clubs.h"

#include "call.hpp"

using namespace muistio::c;

extern "C" {

muistio_status muistio_club_list(muistio_client* client, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [](muistio::Client& on) { return on.clubs(); });
}

muistio_status muistio_club_create(muistio_client* client, const char* name, muistio_history history, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(name);
  take.require(history >= MUISTIO_HISTORY_ALL && history <= MUISTIO_HISTORY_SEASON);
  return begin(client, take, {done, user, call},
               [&](muistio::Client& on) { return on.create_club(named, static_cast<muistio::History>(history)); });
}

muistio_status muistio_club_begin_season(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.begin_season(space(club)); });
}

muistio_status muistio_club_leave(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.leave_club(space(club)); });
}

muistio_status muistio_club_find(muistio_client* client, const char* wanted, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(wanted);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.find_club(named); });
}

muistio_status muistio_club_succeed(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.succeed_club(space(club)); });
}

muistio_status muistio_club_export(muistio_client* client, muistio_id club, const char* folder, bool with_private, MUISTIO_THEN) {
  Taking take;
  const auto to = take.path(folder);
  return begin(client, take, {done, user, call},
               [&](muistio::Client& on) { return on.export_club(space(club), to, with_private); });
}

muistio_status muistio_session_create(muistio_client* client, muistio_id club, const char* title, MUISTIO_THEN) {
  Taking take;
  auto titled = take.text(title);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.create_session(space(club), titled); });
}

muistio_status muistio_session_list(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.sessions(space(club)); });
}

muistio_status muistio_session_join(muistio_client* client, muistio_id club, const char* session, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(session);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.join_session(space(club), named); });
}

muistio_status muistio_session_announce(muistio_client* client, muistio_id club, muistio_id session, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.announce_session(space(club), space(session)); });
}

muistio_status muistio_desk_create(muistio_client* client, const char* name, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(name);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.create_desk(named); });
}

muistio_status muistio_seal_show(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.seal(space(club)); });
}

muistio_status muistio_seal_check(muistio_client* client, muistio_id club, const char* text, MUISTIO_THEN) {
  Taking take;
  auto shown = take.text(text);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.check_seal(space(club), shown); });
}

muistio_status muistio_seal_reopen(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.reopen(space(club)); });
}

muistio_status muistio_seal_accept_reopening(muistio_client* client, muistio_id club, const char* text, MUISTIO_THEN) {
  Taking take;
  auto shown = take.text(text);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.accept_reopening(space(club), shown); });
}
}
