#include "output_surveys.hpp"

#include <cstdio>

#include "json_rows.hpp"

namespace muistio::cli {
namespace {

using Json = RowJson;

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

Json ids_json(const std::vector<DocumentId>& ids) {
  return json_of_all(ids, [](const DocumentId& id) { return Json(id.hex()); });
}

/// As `survey answer` takes them: a number, places from 1, a text, or null.
Json answer_json(const club::SurveyAnswer& answer) {
  if (answer.number != 0) return answer.number;
  if (!answer.text.empty()) return answer.text;
  if (answer.choices.empty()) return nullptr;
  return json_of_all(answer.choices, [](std::size_t choice) { return Json(choice + 1); });
}
Json answers_json(const club::SurveyAnswers& answers) { return json_of_all(answers, answer_json); }

std::string answer_text(const club::SurveyAnswer& answer) {
  if (answer.number != 0) return std::to_string(answer.number);
  std::string text = answer.text;
  for (const auto choice : answer.choices) text += (text.empty() ? "" : ",") + std::to_string(choice + 1);
  return text;
}

Json survey_json(const home::Survey& survey) {
  return {{"id", survey.id.hex()},
          {"title", survey.title},
          {"author", survey.maker.name},
          {"at", format_time(survey.at)},
          {"kind", survey.kind},
          {"keeper", person_json(survey.keeper)},
          {"minimum", survey.minimum},
          {"about", optional_id_json(survey.about)},
          {"questions", json_of_all(survey.questions,
                                    [](const club::SurveyQuestion& each) {
                                      return Json{{"form", club::question_form_name(each.form)},
                                                  {"text", each.text},
                                                  {"most", each.most},
                                                  {"choices", each.choices}};
                                    })},
          {"answers", survey.answers},
          {"late", survey.late},
          {"closed", survey.closed},
          {"closed_by", person_json(survey.closed_by)},
          {"own", survey.own ? answers_json(*survey.own) : Json(nullptr)},
          {"own_named", survey.own_named},
          {"sums_due", survey.sums_due}};
}

void print_head(const home::Survey& survey) {
  print_row(
      {survey.id.hex(), survey.title, survey.kind, survey.closed ? "closed" : "open", std::to_string(survey.answers) + " answers"});
}

}  // namespace

void print_wishes(const Output& out, const std::vector<home::Wish>& wishes) {
  if (out.json())
    return print_json({{"items", json_of_all(wishes, [](const home::Wish& each) {
                          return Json{{"id", each.id.hex()},         {"title", each.title},
                                      {"author", each.maker.name},   {"at", format_time(each.at)},
                                      {"votes", each.voters.size()}, {"voters", people_json(each.voters)},
                                      {"own_vote", each.own_vote},   {"overlaps", ids_json(each.overlaps)}};
                        })}});
  for (const auto& each : wishes) print_row({each.id.hex(), each.title, each.maker.name, std::to_string(each.voters.size())});
}

void print_themes(const Output& out, const std::vector<home::Theme>& themes) {
  if (out.json())
    return print_json(
        {{"items", json_of_all(themes, [](const home::Theme& each) {
            return Json{{"title", each.title}, {"wishes", ids_json(each.wishes)}, {"supporters", people_json(each.supporters)}};
          })}});
  for (const auto& each : themes)
    print_row({each.title, std::to_string(each.wishes.size()) + " wishes", std::to_string(each.supporters.size()) + " members"});
}

void print_survey_rules(const Output& out, const home::SurveyRules& rules) {
  if (out.json()) return print_json({{"keeper", person_json(rules.keeper)}, {"minimum", rules.minimum}});
  print_row({rules.keeper ? rules.keeper->name : "-", std::to_string(rules.minimum)});
}

void print_surveys(const Output& out, const std::vector<home::Survey>& surveys) {
  if (out.json()) return print_json({{"items", json_of_all(surveys, survey_json)}});
  for (const auto& each : surveys) print_head(each);
}

void print_survey(const Output& out, const home::Survey& survey) {
  if (out.json()) return print_json(survey_json(survey));
  print_head(survey);
  for (std::size_t i = 0; i < survey.questions.size(); ++i) {
    const auto& question = survey.questions[i];
    const auto range = question.most == 0 ? std::string() : "1-" + std::to_string(question.most);
    print_row({std::to_string(i + 1), question.text, range, survey.own ? answer_text((*survey.own)[i]) : ""});
    for (std::size_t each = 0; each < question.choices.size(); ++each)
      print_row({"", std::to_string(each + 1), question.choices[each]});
  }
}

void print_outcome(const Output& out, const home::SurveyOutcome& outcome) {
  const auto& survey = outcome.survey;
  if (out.json()) {
    auto json = survey_json(survey);
    json["enough"] = outcome.enough;
    json["counted"] = outcome.counted;
    json["unnamed_hidden"] = outcome.unnamed_hidden;
    json["results"] = json_of_all(outcome.tally.questions, [](const club::QuestionTally& each) {
      return Json{{"answered", each.answered}, {"sum", each.sum}, {"counts", each.counts}};
    });
    json["named"] = json_of_all(outcome.named, [](const home::SurveyOutcome::Named& each) {
      auto person = person_json(each.member);
      person["answers"] = answers_json(each.answers);
      return person;
    });
    json["changes"] = json_of_all(outcome.changes, [](const home::SurveyOutcome::Change& each) {
      return Json{{"question", each.question + 1}, {"before", each.before}, {"after", each.after}};
    });
    return print_json(json);
  }
  print_head(survey);
  if (!outcome.enough) return out.say("results are shown of " + std::to_string(survey.minimum) + " answers or more");
  if (outcome.unnamed_hidden != 0)
    out.say(std::to_string(outcome.unnamed_hidden) + " unnamed answers are not in it: too few, or their sums are still to come");
  for (std::size_t i = 0; i < survey.questions.size(); ++i) {
    const auto& question = survey.questions[i];
    const auto& sums = outcome.tally.questions[i];
    const bool has_mean = question.form == club::QuestionForm::scale && sums.answered != 0;
    print_row({std::to_string(i + 1), question.text, std::to_string(sums.answered),
               has_mean ? decimal(static_cast<double>(sums.sum) / static_cast<double>(sums.answered)) : ""});
    for (std::size_t each = 0; each < question.choices.size(); ++each)
      print_row({"", question.choices[each], std::to_string(sums.counts[each])});
    for (const auto& change : outcome.changes)
      if (change.question == i) print_row({"", decimal(change.before) + " -> " + decimal(change.after)});
    for (const auto& each : outcome.named)
      if (!each.answers[i].text.empty()) print_row({"", each.member.name, each.answers[i].text});
  }
}

}  // namespace muistio::cli
