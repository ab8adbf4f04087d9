// Sessions, which a club's members join and guests too, and desks.
#include <algorithm>

#include "home_impl.hpp"
#include "muistio/club/edits.hpp"

namespace muistio::home {

using sync::SpaceKind;

Result<SpaceId> Home::create_session(SpaceId club, std::string_view title) {
  MUISTIO_CHECK(check_name(title));
  MUISTIO_TRY(auto space, impl_->visible(club));
  if (space.kind != SpaceKind::club) return fail(ErrorCode::invalid_argument, "a session belongs to a club");
  if (space.phase != sync::Phase::open) return fail(ErrorCode::invalid_state, "the club is not open here");
  MUISTIO_TRY(auto own, own_name());
  space::Founding founding;
  founding.parent = club;
  MUISTIO_TRY(auto id, impl_->engine->create_space(SpaceKind::session, sync::HistoryPolicy::all, founding));
  MUISTIO_CHECK(impl_->name_space(id, title, own));
  MUISTIO_CHECK(announce_session(club, id));
  return id;
}

Status Home::announce_session(SpaceId club, SpaceId session) {
  MUISTIO_TRY(auto space, impl_->visible(session));
  if (space.kind != SpaceKind::session) return fail(ErrorCode::invalid_argument, "this is no session");
  if (space.own_role != Role::host)
    return fail(ErrorCode::not_permitted, "a session is announced by its host, who lets members in");
  MUISTIO_TRY(auto told, sessions(club));
  const auto own = impl_->engine->own_member();
  if (std::any_of(told.begin(), told.end(), [&](const Session& each) { return each.id == session && each.host_id == own; }))
    return fail(ErrorCode::already_exists, "the club knows of it");
  MUISTIO_TRY(auto shown, this->club(session));
  return impl_->engine->edit(club, [&](replica::ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(auto id, club::announce_session(builder, impl_->random, shown.name, session, own));
    static_cast<void>(id);
    return ok();
  });
}

Result<std::vector<Session>> Home::sessions(SpaceId club) {
  MUISTIO_CHECK(impl_->visible(club));
  MUISTIO_TRY(auto names, impl_->names(club));
  std::vector<club::SessionItem> items;
  MUISTIO_CHECK(impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(items, club::list_sessions(documents));
    return ok();
  }));
  std::vector<Session> found;
  for (auto& item : items) {
    Session session;
    session.id = item.space;
    session.title = std::move(item.title);
    session.host = name_of(names, item.host);
    session.host_id = item.host;
    session.at = item.created;
    if (auto space = impl_->visible(item.space)) session.standing = standing_of(*space);
    found.push_back(std::move(session));
  }
  return found;
}

Result<SpaceId> Home::join_session(SpaceId club, std::string_view wanted) {
  MUISTIO_TRY(auto url, server());
  if (url.empty()) return fail(ErrorCode::invalid_state, "no server is known: name one with init --server");
  MUISTIO_TRY(auto all, sessions(club));
  std::vector<std::string> found;
  for (const auto& each : all)
    if (each.title == wanted) found.push_back(each.id.hex());
  if (found.empty()) {
    if (const auto prefix = id_prefix(wanted))
      for (const auto& each : all)
        if (each.id.hex().compare(0, prefix->size(), *prefix) == 0) found.push_back(each.id.hex());
  }
  MUISTIO_TRY(auto picked, pick(found, "session"));
  const auto session = std::find_if(all.begin(), all.end(), [&](const Session& each) { return each.id.hex() == picked; });
  MUISTIO_TRY(auto own, own_name());
  sync::SessionInvite invite;
  invite.session = session->id;
  invite.host = session->host_id;
  invite.server = url.substr(std::string_view("wss://").size());
  invite.title = session->title;
  invite.host_name = session->host;
  invite.own_name = own;
  const auto id = session->id;
  MUISTIO_CHECK(impl_->engine->join_session(club, invite));
  MUISTIO_CHECK(impl_->engine->edit(id, [&](replica::ChangeBuilder& builder) { return club::set_profile(builder, own); }));
  return id;
}

Result<SpaceId> Home::create_desk(std::string_view name) {
  MUISTIO_CHECK(check_name(name));
  MUISTIO_CHECK(impl_->require_identity());
  MUISTIO_TRY(auto own, own_name());
  MUISTIO_TRY(auto id, impl_->engine->create_space(SpaceKind::desk));
  MUISTIO_CHECK(impl_->name_space(id, name, own));
  return id;
}

}  // namespace muistio::home
