// host, session, desk, hand-in, club succeed.
#include "muistio/home/files.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {
constexpr std::uint64_t kHandInFileBytesMax = 64u << 20;
}  // namespace

int run_host_give(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  if (!a.warrant) {
    MUISTIO_VERB_DO(context.client.give_host(club, a.member).get());
    context.out.done(club.hex());
    return kDone;
  }
  MUISTIO_VERB(auto text, context.client.host_warrant(club, a.member).get());
  context.out.link(text, club.hex());
  if (a.qr && !draw_qr(text)) context.out.say("the warrant does not fit a QR code");
  return kDone;
}

int run_host_take(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB_DO(context.client.take_host(club, context.arguments.link).get());
  context.out.done(club.hex());
  return kDone;
}

int run_host_offer(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB_DO(context.client.offer_host(club).get());
  context.out.done(club.hex());
  context.out.say("it goes out at the next sync; you may leave when somebody has taken it");
  return kDone;
}

int run_host_replace(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB_DO(context.client.replace_hosts(club, a.member, a.insist).get());
  context.out.done(club.hex());
  context.out.say(
      "your vote goes out at the next sync; with those of more than half of the members the new host's sync does the rest");
  return kDone;
}

int run_club_succeed(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(auto next, context.client.succeed_club(club).get());
  context.out.id(next.hex());
  context.out.say("invite the members to it; files stay in the old club, which is read-only now");
  return kDone;
}

int run_session_create(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto session, context.client.create_session(club, a.title).get());
  context.out.id(session.hex());
  return kDone;
}

int run_session_list(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(auto sessions, context.client.sessions(club).get());
  std::vector<Item> items;
  for (const auto& each : sessions) {
    Item item{each.id.hex(), each.title, each.host, each.at, 0, {}, {}};
    item.more = {{"standing", each.standing ? home::standing_name(*each.standing) : ""}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

int run_session_join(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto session, context.client.join_session(club, a.session).get());
  context.out.id(session.hex());
  context.out.say("asked to be let in; it goes out at the next sync, and the sync of the session's host lets you in");
  return kDone;
}

int run_session_announce(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto session, context.client.find_club(a.session).get());
  MUISTIO_VERB_DO(context.client.announce_session(club, session).get());
  context.out.done(session.hex());
  return kDone;
}

int run_session_invite(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto session, context.client.find_club(a.session).get());
  NewInvitation wanted{session, a.member_role ? Role::member : Role::guest, a.uses, a.expires_days, false};
  MUISTIO_VERB(auto made, context.client.invite(wanted).get());
  context.out.link(made.link, made.id.hex());
  if (a.qr && !draw_qr(made.link)) context.out.say("the link does not fit a QR code");
  return kDone;
}

int run_desk_create(Context context) {
  MUISTIO_VERB(auto desk, context.client.create_desk(context.arguments.name).get());
  context.out.id(desk.hex());
  return kDone;
}

int run_hand_in(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto file, context.client.hand_in(club).get());
  MUISTIO_VERB_DO(home::write_file(a.out, file));
  context.out.done(club.hex());
  return kDone;
}

int run_hand_in_accept(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto file, home::read_file(a.file, kHandInFileBytesMax));
  MUISTIO_VERB(auto notes, context.client.accept_hand_in(club, std::move(file)).get());
  std::vector<Item> items;
  for (const auto& id : notes) {
    MUISTIO_VERB(auto note, context.client.show_note(id).get());
    Item item{id.hex(), note.note.title, note.note.author, note.note.at, note.note.bytes, {}, {}};
    item.more = {{"handed_in_by", note.note.handed_in_by}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

}  // namespace muistio::cli
