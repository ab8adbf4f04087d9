// card, stand-in, plan, contact.
#include "json_rows.hpp"
#include "muistio/client/network.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

using Json = RowJson;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int run_card_add(Context context) {
  const auto& s = context.arguments.network_of;
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  home::NewCard card;
  card.kind = s.kind.value_or("tip");
  card.title = *s.title;
  if (s.text) {
    MUISTIO_VERB(card.text, read_text(*s.text));
  }
  if (s.pass_on) {
    MUISTIO_VERB(card.pass_on, read_text(*s.pass_on));
  }
  MUISTIO_VERB(const auto id, context.client.network().add_card(club, std::move(card)).get());
  context.out.id(id.hex());
  return kDone;
}

int run_card_edit(Context context) {
  const auto& s = context.arguments.network_of;
  auto network = context.client.network();
  MUISTIO_VERB(const auto id, network.find("card", context.arguments.id).get());
  home::CardEdit edit;
  edit.title = s.title;
  if (s.text) {
    MUISTIO_VERB(edit.text, read_text(*s.text));
  }
  if (s.pass_on) {
    MUISTIO_VERB(edit.pass_on, read_text(*s.pass_on));
  }
  MUISTIO_VERB_DO(network.edit_card(id, std::move(edit)).get());
  context.out.done(id.hex());
  return kDone;
}

int run_card_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto cards, context.client.network().cards(club).get());
  if (!context.out.json()) {
    for (const auto& each : cards) {
      print_row({each.id.hex(), each.kind, each.title, each.maker.name, first_line(each.text)});
      for (const auto& referral : each.referrals) print_row({"", referral.by.name, referral.to, format_time(referral.at)});
    }
    return kDone;
  }
  print_json({{"items", json_of_all(cards, [](const home::Card& each) {
                 return Json{{"id", each.id.hex()},
                             {"title", each.title},
                             {"author", each.maker.name},
                             {"at", format_time(each.at)},
                             {"kind", each.kind},
                             {"text", each.text},
                             {"pass_on", each.pass_on},
                             {"referrals", json_of_all(each.referrals, [](const home::Card::Referral& referral) {
                                return Json{{"id", referral.id.hex()},
                                            {"author", referral.by.name},
                                            {"at", format_time(referral.at)},
                                            {"to", referral.to}};
                              })}};
               })}});
  return kDone;
}

int run_card_refer(Context context) {
  auto network = context.client.network();
  MUISTIO_VERB(const auto id, network.find("card", context.arguments.id).get());
  MUISTIO_VERB(const auto passed, network.refer(id, context.arguments.network_of.to.value_or("")).get());
  if (context.out.json())
    print_json({{"id", passed.referral.hex()}, {"pass_on", passed.text}});
  else
    std::cout << passed.text << (passed.text.ends_with('\n') ? "" : "\n");
  return kDone;
}

int take_back(Context context, const char* kind) {
  auto network = context.client.network();
  MUISTIO_VERB(const auto id, network.find(kind, context.arguments.id).get());
  MUISTIO_VERB_DO(network.take_back(kind, id).get());
  context.out.done(id.hex());
  return kDone;
}

int run_card_delete(Context context) { return take_back(context, "card"); }
int run_stand_in_delete(Context context) { return take_back(context, "stand-in"); }
int run_plan_delete(Context context) { return take_back(context, "plan"); }

int run_stand_in_ask(Context context) {
  const auto& s = context.arguments.network_of;
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto id, context.client.network().ask_stand_in(club, *s.title, *s.from, *s.to).get());
  context.out.id(id.hex());
  return kDone;
}

int run_stand_in_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto all, context.client.network().stand_ins(club).get());
  if (context.out.json()) {
    print_json({{"items", json_of_all(all, [](const home::StandIn& each) {
                   return Json{{"id", each.id.hex()},
                               {"title", each.text},
                               {"author", each.maker.name},
                               {"at", format_time(each.at)},
                               {"from", each.from},
                               {"to", each.to},
                               {"offers", json_of_all(each.offers, [](const home::Person& who) { return person_json(who); })},
                               {"who", person_json(each.who)}};
                 })}});
    return kDone;
  }
  for (const auto& each : all)
    print_row({each.id.hex(), each.text, each.from, each.to, each.maker.name, std::to_string(each.offers.size()) + " offers",
               each.who ? each.who->name : "-"});
  return kDone;
}

int run_stand_in_offer(Context context) {
  auto network = context.client.network();
  MUISTIO_VERB(const auto id, network.find("stand-in", context.arguments.id).get());
  MUISTIO_VERB_DO(network.offer_stand_in(id, !context.arguments.network_of.undo).get());
  context.out.done(id.hex());
  return kDone;
}

int run_stand_in_choose(Context context) {
  const auto& a = context.arguments;
  auto network = context.client.network();
  MUISTIO_VERB(const auto id, network.find("stand-in", a.id).get());
  if (a.member.empty() && !a.network_of.none) return context.out.refuse({ErrorCode::invalid_argument, "name a member, or --none"});
  std::optional<MemberId> who;
  if (!a.network_of.none) {
    MUISTIO_VERB(const auto club, network.club_of("stand-in", id).get());
    MUISTIO_VERB(who, context.client.find_member(club, a.member).get());
  }
  MUISTIO_VERB_DO(network.choose_stand_in(id, who).get());
  context.out.done(id.hex());
  return kDone;
}

int run_plan_add(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(const auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto text, read_text(a.file));
  MUISTIO_VERB(const auto id,
               context.client.network().add_plan(club, a.network_of.year, std::move(text), a.network_of.shared).get());
  context.out.id(id.hex());
  return kDone;
}

int run_plan_edit(Context context) {
  auto network = context.client.network();
  MUISTIO_VERB(const auto id, network.find("plan", context.arguments.id).get());
  MUISTIO_VERB(auto text, read_text(context.arguments.file));
  MUISTIO_VERB_DO(network.edit_plan(id, std::move(text)).get());
  context.out.done(id.hex());
  return kDone;
}

int run_plan_share(Context context) {
  auto network = context.client.network();
  MUISTIO_VERB(const auto id, network.find("plan", context.arguments.id).get());
  MUISTIO_VERB(const auto moved, network.share_plan(id, !context.arguments.network_of.undo).get());
  context.out.id(moved.hex());
  return kDone;
}

int run_plan_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto plans, context.client.network().plans(club).get());
  if (context.out.json()) {
    print_json({{"items", json_of_all(plans, [](const home::YearPlan& each) {
                   return Json{{"id", each.id.hex()},        {"title", std::to_string(each.year)},   {"author", each.maker.name},
                               {"at", format_time(each.at)}, {"changed", format_time(each.changed)}, {"shared", each.shared},
                               {"text", each.text}};
                 })}});
    return kDone;
  }
  for (const auto& each : plans)
    print_row(
        {each.id.hex(), std::to_string(each.year), each.maker.name, each.shared ? "shared" : "private", first_line(each.text)});
  return kDone;
}

int run_contact_give(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(const auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB_DO(context.client.network()
                      .give_contact(club, a.name, a.network_of.company.value_or(""), a.network_of.email.value_or(""))
                      .get());
  context.out.done(club.hex());
  return kDone;
}

int run_contact_withdraw(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB_DO(context.client.network().withdraw_contact(club).get());
  context.out.done(club.hex());
  context.out.say("phones drop it at their next sync; who copied it has it");
  return kDone;
}

int run_contact_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto contacts, context.client.network().contacts(club).get());
  if (context.out.json()) {
    print_json({{"items", json_of_all(contacts, [](const home::Contact& each) {
                   auto json = person_json(each.member);
                   json["title"] = each.name;
                   json["company"] = each.company;
                   json["email"] = each.email;
                   json["at"] = format_time(each.at);
                   return json;
                 })}});
    return kDone;
  }
  for (const auto& each : contacts) print_row({each.name, each.company, each.email});
  return kDone;
}

constexpr Verb kVerbs[] = {
    {"card add", run_card_add},
    {"card edit", run_card_edit},
    {"card list", run_card_list},
    {"card refer", run_card_refer},
    {"card delete", run_card_delete},
    {"stand-in ask", run_stand_in_ask},
    {"stand-in list", run_stand_in_list},
    {"stand-in offer", run_stand_in_offer},
    {"stand-in choose", run_stand_in_choose},
    {"stand-in delete", run_stand_in_delete},
    {"plan add", run_plan_add},
    {"plan edit", run_plan_edit},
    {"plan share", run_plan_share},
    {"plan list", run_plan_list},
    {"plan delete", run_plan_delete},
    {"contact give", run_contact_give},
    {"contact withdraw", run_contact_withdraw},
    {"contact list", run_contact_list},
};

}  // namespace

std::span<const Verb> network_verbs() { return kVerbs; }

}  // namespace muistio::cli
