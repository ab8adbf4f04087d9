#include "verbs.hpp"

namespace muistio::cli {

int run_club_create(Context context) {
  MUISTIO_VERB(auto wanted, settings_of(context.arguments));
  MUISTIO_VERB(auto club, context.client.create_club(context.arguments.name, wanted.first, wanted.second).get());
  MUISTIO_VERB_DO(agree_on_template(context.client, club, wanted.second));
  context.out.id(club.hex());
  return kDone;
}

int run_club_list(Context context) {
  MUISTIO_VERB(auto clubs, context.client.clubs().get());
  std::vector<Item> items;
  for (const auto& club : clubs) {
    if (club.kind == home::Kind::personal || club.kind == home::Kind::session) continue;
    Item item{club.id.hex(), club.name, club.author, club.at, 0, {}, {}};
    item.more = {{"standing", standing_name(club.standing)},
                 {"history", club.history ? home::history_name(*club.history) : ""},
                 {"role", club.own_role ? std::string(role_name(*club.own_role)) : ""},
                 {"kind", home::kind_name(club.kind)}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

int run_club_season(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB_DO(context.client.begin_season(club).get());
  context.out.done(club.hex());
  return kDone;
}

int run_club_leave(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB_DO(context.client.leave_club(club).get());
  context.out.done(club.hex());
  return kDone;
}

int run_invite(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  NewInvitation wanted{club, role_from_name(a.role).value_or(Role::member), a.uses, a.expires_days, a.asks};
  MUISTIO_VERB(auto made, context.client.invite(wanted).get());
  context.out.link(made.link, made.id.hex());
  if (a.qr && !draw_qr(made.link)) context.out.say("the link does not fit a QR code");
  return kDone;
}

int run_invite_list(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(auto invitations, context.client.invitations(club).get());
  std::vector<Item> items;
  for (const auto& each : invitations) {
    Item item{each.id.hex(), std::string(role_name(each.role)), {}, each.expires, each.link.size(), {}, {}};
    item.more = {{"uses_left", std::to_string(each.uses_left)}, {"expires", format_time(each.expires)}, {"link", each.link}};
    item.flags = {{"revoked", each.revoked}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

int run_invite_revoke(Context context) {
  MUISTIO_VERB_DO(context.client.revoke_invitation(context.arguments.id).get());
  context.out.done(context.arguments.id);
  return kDone;
}

int run_join(Context context) {
  const auto& a = context.arguments;
  if (a.cancel) {
    MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
    MUISTIO_VERB_DO(context.client.cancel_join(club).get());
    context.out.done(club.hex());
    return kDone;
  }
  MUISTIO_VERB(auto ca, read_ca(a.ca_file));
  MUISTIO_VERB(auto club, context.client.join(a.link, a.name, ca).get());
  context.out.id(club.hex());
  context.out.say("asked to join; it goes out at the next sync, and the inviter's sync lets you in");
  return kDone;
}

int run_admit(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto request, context.client.admit(club, a.request, a.member).get());
  context.out.id(request.id);
  return kDone;
}

int run_club_quorum(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB_DO(context.client.set_quorum(club, static_cast<std::uint8_t>(a.quorum)).get());
  context.out.done(club.hex());
  return kDone;
}

int run_newcomer_list(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(auto newcomers, context.client.newcomers(club).get());
  std::vector<Item> items;
  for (const auto& each : newcomers) {
    const auto title = each.id.empty() ? std::string("(to ask fewer members from now on)") : each.name;
    Item item{each.id, title, {}, {}, 0, {}, {}};
    item.more = {{"agreed", std::to_string(each.agreed)}, {"quorum", std::to_string(each.quorum)}};
    item.flags = {{"agreed_here", each.agreed_here}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

int run_newcomer_agree(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB_DO(context.client.agree_to_newcomer(club, a.member).get());
  context.out.done(club.hex());
  return kDone;
}

int run_member_list(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(auto members, context.client.members(club).get());
  std::vector<Item> items;
  for (const auto& member : members) {
    Item item{member.id.hex().substr(0, 32), member.name, member.name, member.at, 0, {}, {}};
    item.more = {{"role", std::string(role_name(member.role))}};
    if (member.again) item.more.emplace_back("again", member.again->hex().substr(0, 32));
    item.flags = {{"self", member.self}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

int run_member_remove(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB_DO(context.client.remove_member(club, a.member).get());
  context.out.done(club.hex());
  return kDone;
}

}  // namespace muistio::cli
