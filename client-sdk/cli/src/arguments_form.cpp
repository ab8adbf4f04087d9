#include "verb_words.hpp"

namespace muistio::cli {
namespace {

void add_language(CLI::App& verb, FormArguments& f) {
  verb.add_option("--language", f.language, "fi, sv, nl or en")->check(CLI::IsMember({"fi", "sv", "nl", "en"}));
}

void add_rules(CLI::App& verb, FormArguments& f) {
  verb.add_option("APPLICATIONS", f.applications, "A table (CSV)")->required()->type_name("FILE");
  verb.add_option("--template", f.template_name, "Which kind of clubs: template list")->required();
  verb.add_option("--size-min", f.size_min, "The least persons in a club, else the template's")->check(CLI::Range(3u, 100u));
  verb.add_option("--size-max", f.size_max, "The most")->check(CLI::Range(1u, 1000u));
  add_language(verb, f);
}

}  // namespace

void add_form_verbs(CLI::App& app, Arguments& a) {
  auto& f = a.form;
  auto* form = add_group(app, "form", "Form clubs from applications; needs no home");
  auto* propose = add_verb(*form, a, "propose", "form propose", "Propose clubs as a table, each placement explained");
  add_rules(*propose, f);
  propose->add_option("--out", a.out, "The table to write")->required()->type_name("FILE");
  propose->add_option("--clubs", f.clubs, "How many; else as many as fit")->check(CLI::Range(1u, 1000u));
  propose->add_option("--name", f.club_name, "What the clubs are called, with their number; else the template's title");
  propose->add_option("--seed", f.seed, "Another one may find another proposal");
  propose->add_option("--keep", f.keep, "An edited proposal: pinned persons stay, the others move as little as possible")
      ->type_name("FILE");
  auto* check = add_verb(*form, a, "check", "form check", "Say what is wrong with an edited proposal; ends with 1 if anything is");
  add_rules(*check, f);
  check->add_option("TABLE", f.table, "What form propose wrote and somebody edited")->required()->type_name("FILE");
  auto* found = add_verb(*form, a, "found", "form found", "Write a founding file a club, for its host's device");
  add_rules(*found, f);
  found->add_option("TABLE", f.table)->required()->type_name("FILE");
  found->add_option("--out", a.out, "The folder to write to")->required()->type_name("DIR");

  auto* models = add_group(app, "template", "Club templates: what a club of a kind is like; needs no home");
  auto* list = add_verb(*models, a, "list", "template list", "The templates");
  add_language(*list, f);
  auto* show = add_verb(*models, a, "show", "template show", "All that a template says");
  show->add_option("NAME", a.name)->required();
  add_language(*show, f);

  auto* club = app.get_subcommand("club");
  auto* begin = add_verb(*club, a, "found", "club found", "Make the club of a founding file, with you as its host; prints its id");
  begin->add_option("FILE", a.file, "What form found wrote")->required();
  begin->add_option("--links", f.links, "The table to write with a personal invitation for each expected member")
      ->type_name("FILE");
  begin->add_option("--sheet", f.sheet, "The invitations as QR codes to print: NAME-1.svg, NAME-2.svg, …")->type_name("NAME");
  begin->add_option("--expires", a.expires_days, "In how many days the invitations end")
      ->check(CLI::Range(1u, 3650u))
      ->type_name("DAYS");
  begin->add_option("--me", a.id, "Which expected member you are, by id; else the host")->type_name("ID");
  auto* practice = add_verb(*club, a, "practice", "club practice", "A club of invented people to try things out in; prints its id");
  add_language(*practice, f);
  auto* settings =
      add_verb(*club, a, "settings", "club settings", "What hosts have said of the club; with options, says it (hosts)");
  settings->add_option("CLUB", a.club)->required();
  settings->add_option("--mirror", f.mirror, "Whether everyone sees what each gave")->check(CLI::IsMember({"on", "off"}));
  settings->add_option("--reminder-days", f.reminder_days, "How long before a meeting")->check(CLI::Range(0u, 60u));
  settings->add_option("--least-answers", f.least_answers, "From which on a survey's results are shown")
      ->check(CLI::Range(1u, 1000u));
  settings->add_option("--language", a.text, "The club's language")->check(CLI::IsMember({"fi", "sv", "nl", "en"}));
}

}  // namespace muistio::cli
