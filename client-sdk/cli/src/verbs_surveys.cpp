// wish, survey.
#include <iostream>

#include "muistio/client/meetings.hpp"
#include "muistio/home/files.hpp"
#include "output_surveys.hpp"
#include "survey_file.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

int run_wish_add(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto id, context.client.surveys().add_wish(club, *context.arguments.survey_of.title).get());
  context.out.id(id.hex());
  return kDone;
}

int run_wish_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto wishes, context.client.surveys().wishes(club).get());
  print_wishes(context.out, wishes);
  return kDone;
}

int run_wish_themes(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto themes, context.client.surveys().themes(club).get());
  print_themes(context.out, themes);
  return kDone;
}

int run_wish_vote(Context context) {
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto id, surveys.find("wish", context.arguments.id).get());
  MUISTIO_VERB_DO(surveys.vote(id, !context.arguments.survey_of.against).get());
  context.out.done(id.hex());
  return kDone;
}

int run_wish_overlap(Context context) {
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto id, surveys.find("wish", context.arguments.id).get());
  MUISTIO_VERB(const auto other, surveys.find("wish", context.arguments.survey_of.other).get());
  MUISTIO_VERB_DO(surveys.set_overlap(id, other, !context.arguments.survey_of.apart).get());
  context.out.done(id.hex());
  return kDone;
}

int take_back(Context context, const char* kind) {
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto id, surveys.find(kind, context.arguments.id).get());
  MUISTIO_VERB_DO(surveys.take_back(kind, id).get());
  context.out.done(id.hex());
  return kDone;
}

int run_wish_delete(Context context) { return take_back(context, "wish"); }
int run_survey_delete(Context context) { return take_back(context, "survey"); }

int run_survey_rules(Context context) {
  const auto& s = context.arguments.survey_of;
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  if (s.keeper || s.minimum) {
    std::optional<MemberId> keeper;
    if (s.keeper) {
      MUISTIO_VERB(keeper, context.client.find_member(club, *s.keeper).get());
    }
    MUISTIO_VERB_DO(surveys.set_rules(club, keeper, s.minimum).get());
  }
  MUISTIO_VERB(const auto rules, surveys.rules(club).get());
  print_survey_rules(context.out, rules);
  return kDone;
}

int run_survey_add(Context context) {
  const auto& s = context.arguments.survey_of;
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto text, read_text(context.arguments.file));
  MUISTIO_VERB(auto survey, read_survey(text));
  if (s.kind) survey.kind = *s.kind;
  if (s.title) survey.title = *s.title;
  if (s.about) {
    auto about = surveys.find("survey", *s.about).get();
    if (!about) about = context.client.meetings().find("meeting", *s.about).get();
    if (!about) return context.out.refuse(about.error());
    survey.about = *about;
  }
  MUISTIO_VERB(const auto id, surveys.add_survey(club, std::move(survey)).get());
  context.out.id(id.hex());
  return kDone;
}

int run_survey_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto all, context.client.surveys().surveys(club).get());
  print_surveys(context.out, all);
  return kDone;
}

int run_survey_show(Context context) {
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto id, surveys.find("survey", context.arguments.id).get());
  MUISTIO_VERB(const auto survey, surveys.survey(id).get());
  print_survey(context.out, survey);
  return kDone;
}

int run_survey_answer(Context context) {
  const auto& s = context.arguments.survey_of;
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto id, surveys.find("survey", context.arguments.id).get());
  MUISTIO_VERB(const auto survey, surveys.survey(id).get());
  MUISTIO_VERB(auto answers, read_answers(survey.questions, s.answers));
  MUISTIO_VERB_DO(surveys.answer(id, std::move(answers), s.named).get());
  context.out.done(id.hex());
  return kDone;
}

int run_survey_close(Context context) {
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto id, surveys.find("survey", context.arguments.id).get());
  MUISTIO_VERB_DO(surveys.close(id).get());
  context.out.done(id.hex());
  return kDone;
}

int run_survey_result(Context context) {
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto id, surveys.find("survey", context.arguments.id).get());
  MUISTIO_VERB(const auto outcome, surveys.outcome(id).get());
  print_outcome(context.out, outcome);
  return kDone;
}

int run_survey_picture(Context context) {
  const auto& a = context.arguments;
  auto surveys = context.client.surveys();
  MUISTIO_VERB(const auto id, surveys.find("survey", a.id).get());
  MUISTIO_VERB(const auto picture, surveys.picture(id).get());
  if (a.out == "-") {
    std::cout << picture;
    return kDone;
  }
  MUISTIO_VERB_DO(home::write_file(a.out, as_bytes(picture)));
  context.out.wrote(a.out);
  return kDone;
}

constexpr Verb kVerbs[] = {
    {"wish add", run_wish_add},           {"wish list", run_wish_list},           {"wish themes", run_wish_themes},
    {"wish vote", run_wish_vote},         {"wish overlap", run_wish_overlap},     {"wish delete", run_wish_delete},
    {"survey rules", run_survey_rules},   {"survey add", run_survey_add},         {"survey list", run_survey_list},
    {"survey show", run_survey_show},     {"survey answer", run_survey_answer},   {"survey close", run_survey_close},
    {"survey result", run_survey_result}, {"survey picture", run_survey_picture}, {"survey delete", run_survey_delete},
};

}  // namespace

std::span<const Verb> survey_verbs() { return kVerbs; }

}  // namespace muistio::cli
