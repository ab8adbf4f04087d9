#include "verb_words.hpp"

namespace muistio::cli {

void add_network_verbs(CLI::App& app, Arguments& a) {
  auto& s = a.network_of;
  auto* card = add_group(app, "card", "The board: cards with tips, contacts, tools, and about members");
  auto* add = add_verb(*card, a, "add", "card add", "Put up a card; prints its id");
  add->add_option("CLUB", a.club)->required();
  add->add_option("--kind", s.kind, "What it is (tip)")->check(CLI::IsMember({"tip", "contact", "tool", "member"}));
  add->add_option("--title", s.title)->required();
  auto* edit = add_verb(*card, a, "edit", "card edit", "Change your card; what is not named stays");
  edit->add_option("ID", a.id)->required();
  edit->add_option("--title", s.title);
  for (auto* verb : {add, edit}) {
    verb->add_option("--file", s.text, "The text; - is standard input")->type_name("F|-");
    verb->add_option("--pass-on", s.pass_on, "What may be passed on outside the club; an empty file: nothing")->type_name("F|-");
  }
  add_verb(*card, a, "list", "card list", "The cards of a club")->add_option("CLUB", a.club)->required();
  auto* refer = add_verb(*card, a, "refer", "card refer", "Recommend by a card: prints what may be passed on, and tells the club");
  refer->add_option("ID", a.id)->required();
  refer->add_option("--to", s.to, "To whom, in your own words");
  add_verb(*card, a, "delete", "card delete", "Take a card back (who put it up, hosts)")->add_option("ID", a.id)->required();

  auto* stand_in = add_group(app, "stand-in", "Who runs somebody's business while they are on holiday");
  auto* ask = add_verb(*stand_in, a, "ask", "stand-in ask", "Ask for a stand-in; prints its id");
  ask->add_option("CLUB", a.club)->required();
  ask->add_option("--title", s.title, "What is to be done")->required();
  ask->add_option("--from", s.from, "The first day: 2026-07-01")->required()->type_name("DAY");
  ask->add_option("--to", s.to, "The last day")->required()->type_name("DAY");
  add_verb(*stand_in, a, "list", "stand-in list", "Who asks, who offers, who was chosen")->add_option("CLUB", a.club)->required();
  auto* offer = add_verb(*stand_in, a, "offer", "stand-in offer", "Offer to stand in");
  offer->add_option("ID", a.id)->required();
  offer->add_flag("--undo", s.undo, "Not any more");
  auto* choose = add_verb(*stand_in, a, "choose", "stand-in choose", "Take an offer");
  choose->add_option("ID", a.id)->required();
  auto* who = choose->add_option("MEMBER", a.member);
  choose->add_flag("--none", s.none, "Nobody any more")->excludes(who);
  add_verb(*stand_in, a, "delete", "stand-in delete", "Take it back")->add_option("ID", a.id)->required();

  auto* plan = add_group(app, "plan", "The yearly plan of your business, private unless you share it");
  auto* make = add_verb(*plan, a, "add", "plan add", "A plan; prints its id");
  make->add_option("CLUB", a.club)->required();
  make->add_option("--year", s.year)->required()->check(CLI::Range(1970u, 9999u));
  make->add_option("--file", a.file, "The text; - is standard input")->required()->type_name("F|-");
  make->add_flag("--shared", s.shared, "With the club");
  auto* change = add_verb(*plan, a, "edit", "plan edit", "Change your plan");
  change->add_option("ID", a.id)->required();
  change->add_option("--file", a.file, "The text; - is standard input")->required()->type_name("F|-");
  auto* share = add_verb(*plan, a, "share", "plan share", "Share your plan with the club; prints its new id");
  share->add_option("ID", a.id)->required();
  share->add_flag("--undo", s.undo, "Take it out of the club again");
  add_verb(*plan, a, "list", "plan list", "The shared plans of a club, and your own")->add_option("CLUB", a.club)->required();
  add_verb(*plan, a, "delete", "plan delete", "Take your plan back")->add_option("ID", a.id)->required();

  auto* contact = add_group(app, "contact", "Names, companies and e-mail addresses of those who consent");
  auto* give = add_verb(*contact, a, "give", "contact give", "Let the club have yours");
  give->add_option("CLUB", a.club)->required();
  give->add_option("--name", a.name)->required();
  give->add_option("--company", s.company);
  give->add_option("--email", s.email);
  add_verb(*contact, a, "withdraw", "contact withdraw", "Take yours back")->add_option("CLUB", a.club)->required();
  add_verb(*contact, a, "list", "contact list", "Those of who consented")->add_option("CLUB", a.club)->required();
}

}  // namespace muistio::cli
