#include <algorithm>

#include "home_impl.hpp"
#include "muistio/club/edits.hpp"
#include "muistio/club/line.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/transport/server.hpp"

namespace muistio::home {

using sync::Phase;
using sync::SpaceKind;
using sync::SpaceSummary;

namespace {

bool is_visible(const SpaceSummary& space) {
  return space.phase != Phase::leaving && space.phase != Phase::left && space.phase != Phase::cancelled;
}

Standing standing_of(Phase phase) {
  switch (phase) {
    case Phase::joining:
    case Phase::catching_up:
      return Standing::joining;
    case Phase::open:
      return Standing::open;
    case Phase::removed:
      return Standing::removed;
    case Phase::succeeded:
      return Standing::succeeded;
    case Phase::leaving:
    case Phase::left:
    case Phase::cancelled:
      return Standing::left;
  }
  return Standing::left;
}

sync::HistoryPolicy policy_of(History history) {
  switch (history) {
    case History::all:
      return sync::HistoryPolicy::all;
    case History::joining:
      return sync::HistoryPolicy::joining;
    case History::season:
      return sync::HistoryPolicy::season;
  }
  return sync::HistoryPolicy::joining;
}

History history_of(sync::HistoryPolicy policy) {
  switch (policy) {
    case sync::HistoryPolicy::all:
      return History::all;
    case sync::HistoryPolicy::joining:
      return History::joining;
    case sync::HistoryPolicy::season:
      return History::season;
  }
  return History::joining;
}

Kind kind_of(SpaceKind kind) {
  switch (kind) {
    case SpaceKind::personal:
      return Kind::personal;
    case SpaceKind::club:
      return Kind::club;
    case SpaceKind::session:
      return Kind::session;
    case SpaceKind::desk:
      return Kind::desk;
  }
  return Kind::club;
}

std::string shown_member(const MemberId& member) { return member.hex().substr(0, 32); }

}  // namespace

Standing standing_of(const SpaceSummary& space) { return standing_of(space.phase); }

Status check_name(std::string_view name) {
  MUISTIO_CHECK(club::check_line(as_bytes(name)));
  return name.empty() ? fail(ErrorCode::invalid_argument, "the name is empty") : ok();
}

std::vector<SpaceSummary> Home::Impl::visible() const {
  auto spaces = engine->spaces();
  std::erase_if(spaces, [](const auto& space) { return !is_visible(space); });
  return spaces;
}

Result<SpaceSummary> Home::Impl::visible(const SpaceId& id) const {
  auto space = engine->space(id);
  if (!space || !is_visible(*space)) return fail(ErrorCode::not_found, "no such club");
  return std::move(*space);
}

std::optional<SpaceId> Home::Impl::personal() const {
  std::optional<SpaceId> found;
  for (const auto& space : visible()) {
    if (space.kind != SpaceKind::personal || space.phase == Phase::removed) continue;
    if (space.phase == Phase::open) return space.space;
    found = space.space;
  }
  return found;
}

Result<SpaceId> Home::Impl::make_personal() {
  if (auto space = personal()) return *space;
  return engine->create_space(SpaceKind::personal);
}

Result<std::map<MemberId, std::string>> Home::Impl::names(const SpaceId& space) {
  std::map<MemberId, std::string> found;
  MUISTIO_CHECK(engine->read(space, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(found, club::member_names(documents));
    return ok();
  }));
  return found;
}

Result<Club> Home::Impl::describe(const SpaceSummary& summary) {
  Club club;
  club.id = summary.space;
  club.kind = kind_of(summary.kind);
  club.standing = standing_of(summary.phase);
  club.own_role = summary.own_role;
  if (summary.history) club.history = history_of(*summary.history);
  club.unsent = summary.unsent;
  club.head = summary.cursor;
  club.trusted = summary.trusted;
  if (summary.why_frozen) {
    club.why = error_name(summary.why_frozen->code);
    club.why_message = summary.why_frozen->message();
  }
  club.read_only = summary.read_only;
  club.needs_rejoin = summary.needs_rejoin;
  club.unverified = summary.unverified;
  for (const auto& proof : summary.evidence) club.evidence.push_back(shown(proof));
  club.personal = summary.kind == SpaceKind::personal;
  club.name = summary.name_hint;
  club.author = summary.inviter_hint;
  if (auto members = engine->members(summary.space)) club.members = members->size();
  const bool is_asked = summary.phase == Phase::joining || summary.phase == Phase::catching_up;
  if (is_asked && (!club.name.empty() || summary.kind != SpaceKind::club)) return club;
  if (club.personal) {
    club.name = "private notes";
    MUISTIO_TRY(club.author, setting("name"));
    return club;
  }
  MUISTIO_CHECK(engine->read(summary.space, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(club.name, club::club_name(documents, summary.space));
    MUISTIO_TRY(auto settings, documents.document(club::settings_document(summary.space)));
    if (!settings || !settings->creator()) return ok();
    club.at = settings->creator()->wall;
    MUISTIO_TRY(club.author, club::member_name(documents, settings->creator()->member));
    return ok();
  }));
  return club;
}

Result<std::vector<Club>> Home::clubs() {
  std::vector<Club> clubs;
  for (const auto& space : impl_->visible()) {
    MUISTIO_TRY(auto club, impl_->describe(space));
    clubs.push_back(std::move(club));
  }
  std::sort(clubs.begin(), clubs.end(), [](const auto& left, const auto& right) {
    return std::tie(left.personal, left.name, left.id) < std::tie(right.personal, right.name, right.id);
  });
  return clubs;
}

Result<Club> Home::club(SpaceId id) {
  MUISTIO_TRY(auto space, impl_->visible(id));
  return impl_->describe(space);
}

Status Home::Impl::name_space(const SpaceId& id, std::string_view name, std::string_view own) {
  return engine->edit(id, [&](replica::ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(club::set_club_name(builder, id, name));
    return club::set_profile(builder, own);
  });
}

Result<SpaceId> Home::create_club(std::string_view name, History history, const ClubSettings& settings) {
  MUISTIO_CHECK(check_name(name));
  MUISTIO_CHECK(club::check_settings(settings_in(settings)));
  MUISTIO_CHECK(impl_->require_identity());
  MUISTIO_TRY(auto own, own_name());
  MUISTIO_TRY(auto id, impl_->engine->create_space(SpaceKind::club, policy_of(history)));
  MUISTIO_CHECK(impl_->name_space(id, name, own));
  if (settings != ClubSettings{}) MUISTIO_CHECK(change_settings(id, settings));
  return id;
}

Status Home::begin_season(SpaceId club) {
  MUISTIO_TRY(auto space, impl_->visible(club));
  if (space.kind == SpaceKind::personal) return fail(ErrorCode::invalid_argument, "one's own notes have no seasons");
  return impl_->engine->begin_era(club);
}

Status Home::leave_club(SpaceId club) {
  MUISTIO_TRY(auto space, impl_->visible(club));
  if (space.kind == SpaceKind::personal) return fail(ErrorCode::invalid_argument, "one's own notes are not left");
  return impl_->engine->leave(club);
}

Result<SpaceId> Home::find_club(std::string_view wanted) {
  MUISTIO_TRY(auto all, clubs());
  std::erase_if(all, [](const auto& club) { return club.personal; });
  std::vector<std::string> found;
  for (const auto& club : all)
    if (club.name == wanted && club.standing != Standing::succeeded) found.push_back(club.id.hex());
  if (found.empty()) {  // one that another goes on from gives its name up
    for (const auto& club : all)
      if (club.name == wanted) found.push_back(club.id.hex());
  }
  if (found.empty()) {
    if (const auto prefix = id_prefix(wanted))
      for (const auto& club : all)
        if (club.id.hex().compare(0, prefix->size(), *prefix) == 0) found.push_back(club.id.hex());
  }
  MUISTIO_TRY(auto id, pick(found, "club"));
  return SpaceId::parse(id);
}

Result<Invitation> Home::invite(const NewInvitation& wanted) {
  MUISTIO_TRY(auto url, server());
  if (url.empty()) return fail(ErrorCode::invalid_state, "no server is known: name one with init --server");
  MUISTIO_TRY(auto shown, this->club(wanted.club));
  sync::InviteOptions options;
  options.role = wanted.role;
  options.uses = wanted.uses;
  options.asks = wanted.asks;
  options.expires_days = wanted.expires_days;
  options.server = url.substr(std::string_view("wss://").size());
  options.space_name = shown.name;
  MUISTIO_TRY(options.inviter_name, own_name());
  MUISTIO_TRY(auto made, impl_->engine->invite(wanted.club, options));
  const WallMs expires(impl_->clock.wall().value() + std::int64_t{wanted.expires_days} * 86'400'000);
  return Invitation{made.id, wanted.club, wanted.role, wanted.uses, expires, false, made.link};
}

Result<std::vector<Invitation>> Home::invitations(SpaceId club) {
  std::vector<Invitation> invitations;
  for (const auto& each : impl_->engine->invitations(club))
    invitations.push_back({each.invitation, each.space, each.role, each.uses_left, each.expires, each.revoked, each.link});
  return invitations;
}

Status Home::revoke_invitation(std::string_view wanted) {
  std::vector<std::string> found;
  if (const auto prefix = id_prefix(wanted))
    for (const auto& each : impl_->engine->invitations())
      if (const auto hex = each.invitation.hex(); hex.compare(0, prefix->size(), *prefix) == 0) found.push_back(hex);
  MUISTIO_TRY(auto id, pick(found, "invitation"));
  MUISTIO_TRY(auto invitation, InvitationId::parse(id));
  return impl_->engine->revoke(invitation);
}

Result<SpaceId> Home::join(std::string_view link, std::string_view name, std::string_view ca_pem) {
  MUISTIO_TRY(auto parsed, space::Link::parse(link));
  MUISTIO_TRY(auto server, transport::parse_server("wss://" + parsed.server));
  MUISTIO_TRY(auto known, this->server());
  if (!known.empty() && known != server.url())
    return fail(ErrorCode::invalid_state, "this home syncs with another server than the link names");
  if (!is_initialised()) {
    if (name.empty()) return fail(ErrorCode::invalid_argument, "the home has no member yet: give --name");
    MUISTIO_CHECK(init(name, server.url(), ca_pem));
  } else {
    MUISTIO_CHECK(impl_->set_server(server.url(), ca_pem));
  }
  MUISTIO_TRY(auto shown, own_name());
  if (!name.empty()) shown = name;
  MUISTIO_CHECK(check_name(shown));
  MUISTIO_TRY(auto id, impl_->engine->join(link, shown));
  auto named = impl_->engine->edit(id, [&](replica::ChangeBuilder& builder) { return club::set_profile(builder, shown); });
  // Who joins again is known by the name from before until then.
  if (!named && named.error().code != ErrorCode::waiting_for_admission) return fail(std::move(named).error());
  return id;
}

Status Home::cancel_join(SpaceId club) { return impl_->engine->cancel_join(club); }

Result<std::vector<JoinRequest>> Home::join_requests(SpaceId club) {
  std::vector<JoinRequest> requests;
  for (const auto& each : impl_->engine->join_requests(club))
    requests.push_back({each.request.hex(), each.space, each.name, !each.deciding});
  return requests;
}

Result<JoinRequest> Home::admit(SpaceId club, std::string_view wanted, std::string_view again) {
  MUISTIO_TRY(auto requests, join_requests(club));
  std::erase_if(requests, [](const auto& request) { return request.admitted; });
  std::vector<std::string> found;
  const auto prefix = id_prefix(wanted);
  for (const auto& request : requests)
    if (wanted.empty() || (prefix && request.id.compare(0, prefix->size(), *prefix) == 0)) found.push_back(request.id);
  MUISTIO_TRY(auto picked, pick(found, "join request"));
  MUISTIO_TRY(auto id, sync::JoinRequestId::parse(picked));
  std::optional<MemberId> former;
  if (!again.empty()) {
    MUISTIO_TRY(former, find_member(club, again));
  }
  MUISTIO_CHECK(impl_->engine->admit(club, id, former));
  const auto request = std::find_if(requests.begin(), requests.end(), [&](const auto& each) { return each.id == picked; });
  auto admitted = *request;
  admitted.admitted = true;
  return admitted;
}

Status Home::set_quorum(SpaceId club, std::uint8_t quorum) { return impl_->engine->set_quorum(club, quorum); }

Result<std::vector<Newcomer>> Home::newcomers(SpaceId club) {
  MUISTIO_TRY(const auto space, impl_->engine->space(club));
  MUISTIO_TRY(const auto asked, impl_->engine->newcomers(club));
  std::vector<Newcomer> made;
  for (const auto& each : asked)
    made.push_back(
        {each.member.is_zero() ? "" : shown_member(each.member), each.name, each.agreed, space.quorum, each.agreed_here});
  return made;
}

Status Home::agree_to_newcomer(SpaceId club, std::string_view wanted) {
  MUISTIO_TRY(const auto asked, impl_->engine->newcomers(club));
  std::vector<std::string> found;
  const auto prefix = id_prefix(wanted);
  for (const auto& each : asked) {
    const auto shown = shown_member(each.member);
    if (wanted.empty() || (!each.name.empty() && each.name == wanted) || (prefix && shown.compare(0, prefix->size(), *prefix) == 0))
      found.push_back(shown);
  }
  MUISTIO_TRY(const auto picked, pick(found, "newcomer"));
  for (const auto& each : asked)
    if (shown_member(each.member) == picked) return impl_->engine->agree(club, each.member);
  return fail(ErrorCode::not_found, "newcomer " + picked);
}

Result<std::vector<Member>> Home::members(SpaceId club) {
  MUISTIO_TRY(auto space, impl_->visible(club));
  if (space.phase == Phase::joining || space.phase == Phase::catching_up)
    return fail(ErrorCode::waiting_for_admission, "nothing of the club can be read yet");
  MUISTIO_TRY(auto summaries, impl_->engine->members(club));
  MUISTIO_TRY(auto names, impl_->names(club));
  std::vector<Member> members;
  MUISTIO_CHECK(impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    for (const auto& summary : summaries) {
      Member member;
      member.id = summary.member;
      member.role = summary.role;
      member.devices = summary.devices.size();
      member.self = summary.member == impl_->engine->own_member();
      member.again = summary.successor_of;
      member.name = name_of(names, summary.member);
      MUISTIO_TRY(auto profile, documents.document(club::profile_document(summary.member)));
      if (profile && profile->creator()) member.at = profile->creator()->wall;
      members.push_back(std::move(member));
    }
    return ok();
  }));
  return members;
}

Result<MemberId> Home::find_member(SpaceId club, std::string_view wanted) {
  MUISTIO_TRY(auto all, members(club));
  std::vector<std::string> found;
  for (const auto& member : all)
    if (member.name == wanted) found.push_back(shown_member(member.id));
  if (found.empty()) {
    if (const auto prefix = id_prefix(wanted))
      for (const auto& member : all)
        if (const auto shown = shown_member(member.id); shown.compare(0, prefix->size(), *prefix) == 0) found.push_back(shown);
  }
  MUISTIO_TRY(auto picked, pick(found, "member"));
  const auto member = std::find_if(all.begin(), all.end(), [&](const auto& each) { return shown_member(each.id) == picked; });
  return member->id;
}

Status Home::give_host(SpaceId club, MemberId member) { return impl_->engine->set_role(club, member, Role::host); }
Result<std::string> Home::host_warrant(SpaceId club, MemberId member) { return impl_->engine->warrant(club, member); }
Status Home::offer_host(SpaceId club) { return impl_->engine->offer_host(club); }
Status Home::take_host(SpaceId club, std::string_view warrant) { return impl_->engine->take_host(club, warrant); }
Status Home::replace_hosts(SpaceId club, MemberId member, bool insist) {
  return impl_->engine->replace_hosts(club, member, insist);
}

Status Home::remove_member(SpaceId club, MemberId member) { return impl_->engine->remove_member(club, member); }

}  // namespace muistio::home
