#include "verb_words.hpp"

namespace muistio::cli {

void add_survey_verbs(CLI::App& app, Arguments& a) {
  auto& s = a.survey_of;
  auto* wish = add_group(app, "wish", "Wished topics");
  auto* add = add_verb(*wish, a, "add", "wish add", "Wish for a topic; prints its id");
  add->add_option("CLUB", a.club)->required();
  add->add_option("--title", s.title)->required();
  add_verb(*wish, a, "list", "wish list", "The wishes of a club and who votes for them")->add_option("CLUB", a.club)->required();
  add_verb(*wish, a, "themes", "wish themes", "Wishes that overlap put together, those that most want first")
      ->add_option("CLUB", a.club)
      ->required();
  auto* vote = add_verb(*wish, a, "vote", "wish vote", "Vote for a wish");
  vote->add_option("ID", a.id)->required();
  vote->add_flag("--against", s.against, "Take the vote back");
  auto* same = add_verb(*wish, a, "overlap", "wish overlap", "Say that two wishes ask for the same");
  same->add_option("ID", a.id)->required();
  same->add_option("OTHER", s.other)->required();
  same->add_flag("--apart", s.apart, "They do not");
  add_verb(*wish, a, "delete", "wish delete", "Take a wish back")->add_option("ID", a.id)->required();

  auto* survey = add_group(app, "survey", "Surveys: topics, feedback, wellbeing, how it works at the workplace");
  auto* rules = add_verb(*survey, a, "rules", "survey rules", "Who keeps unnamed answers, and how many answers results need");
  rules->add_option("CLUB", a.club)->required();
  rules->add_option("--keeper", s.keeper, "The member whose devices unnamed answers are sealed for (hosts)")->type_name("MEMBER");
  rules->add_option("--minimum", s.minimum, "The fewest answers of which results are shown, 3 to 100 (hosts)");
  auto* make = add_verb(*survey, a, "add", "survey add", "Ask the club; prints its id");
  make->add_option("CLUB", a.club)->required();
  make->add_option("--file", a.file, "The questions (docs/club.md); - is standard input")->required()->type_name("F|-");
  make->add_option("--kind", s.kind, "Instead of the file's")
      ->check(CLI::IsMember({"topics", "feedback", "wellbeing", "workplace"}));
  make->add_option("--title", s.title, "Instead of the file's");
  make->add_option("--about", s.about, "The meeting that feedback is about, or the earlier survey to compare with")
      ->type_name("MEETING|SURVEY");
  add_verb(*survey, a, "list", "survey list", "The surveys of a club")->add_option("CLUB", a.club)->required();
  add_verb(*survey, a, "show", "survey show", "A survey with its questions and your own answer")
      ->add_option("ID", a.id)
      ->required();
  auto* answer = add_verb(*survey, a, "answer", "survey answer", "Answer, or answer anew, until it is closed");
  answer->add_option("ID", a.id)->required();
  answer->add_option("ANSWER", s.answers, "N=VALUE for question N: a number, the places of choices (1,3), a text")->required();
  answer->add_flag("--named", s.named, "With your name; else sealed for the keeper, counted in sums only");
  add_verb(*survey, a, "close", "survey close", "Close a survey (who made it, hosts)")->add_option("ID", a.id)->required();
  add_verb(*survey, a, "result", "survey result", "What a closed survey came to")->add_option("ID", a.id)->required();
  auto* picture = add_verb(*survey, a, "picture", "survey picture", "What it came to, as an SVG picture");
  picture->add_option("ID", a.id)->required();
  picture->add_option("--out", a.out, "The file; - is standard output")->required()->type_name("F|-");
  add_verb(*survey, a, "delete", "survey delete", "Take a survey back")->add_option("ID", a.id)->required();
}

}  // namespace muistio::cli
