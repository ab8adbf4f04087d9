#include "survey_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace muistio::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kFileBytesMax = 64 * 1024;

Result<std::string> string_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::string();
  if (!found->is_string()) return fail(ErrorCode::invalid_argument, "the survey's file: " + std::string(name) + " is a string");
  return found->get<std::string>();
}

Result<club::SurveyQuestion> question_in(const Json& object) {
  club::SurveyQuestion question;
  if (!object.is_object()) return fail(ErrorCode::invalid_argument, "the survey's file: a question is an object");
  MUISTIO_TRY(const auto form, string_in(object, "form"));
  const auto known = club::question_form_from_name(form);
  if (!known) return fail(ErrorCode::invalid_argument, "the survey's file: a form is scale, one, any or text");
  question.form = *known;
  MUISTIO_TRY(question.text, string_in(object, "text"));
  if (const auto most = object.find("most"); most != object.end()) {
    if (!most->is_number_unsigned()) return fail(ErrorCode::invalid_argument, "the survey's file: most is a number");
    question.most = most->get<std::uint64_t>();
  }
  if (const auto choices = object.find("choices"); choices != object.end()) {
    if (!choices->is_array()) return fail(ErrorCode::invalid_argument, "the survey's file: choices is a list");
    for (const auto& each : *choices) {
      if (!each.is_string()) return fail(ErrorCode::invalid_argument, "the survey's file: a choice is a string");
      question.choices.push_back(each.get<std::string>());
    }
  }
  return question;
}

std::optional<std::size_t> number_in(std::string_view text) {
  if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  return std::stoul(std::string(text));
}

}  // namespace

Result<home::NewSurvey> read_survey(const std::string& text) {
  if (text.size() > kFileBytesMax) return fail(ErrorCode::too_large, "the survey's file");
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return fail(ErrorCode::invalid_argument, "the survey's file is no JSON object");
  home::NewSurvey survey;
  MUISTIO_TRY(survey.kind, string_in(json, "kind"));
  MUISTIO_TRY(survey.title, string_in(json, "title"));
  const auto questions = json.find("questions");
  if (questions == json.end() || !questions->is_array())
    return fail(ErrorCode::invalid_argument, "the survey's file: questions is a list");
  for (const auto& each : *questions) {
    MUISTIO_TRY(auto question, question_in(each));
    survey.questions.push_back(std::move(question));
  }
  return survey;
}

Result<club::SurveyAnswers> read_answers(const std::vector<club::SurveyQuestion>& questions,
                                         const std::vector<std::string>& typed) {
  club::SurveyAnswers answers(questions.size());
  for (const auto& each : typed) {
    const auto at = each.find('=');
    const auto number = at == std::string::npos ? std::nullopt : number_in(each.substr(0, at));
    if (!number || *number == 0 || *number > questions.size())
      return fail(ErrorCode::invalid_argument, "an answer is N=VALUE, N one of " + std::to_string(questions.size()) + " questions");
    const auto value = each.substr(at + 1);
    auto& answer = answers[*number - 1];
    const auto form = questions[*number - 1].form;
    if (form == club::QuestionForm::text) {
      answer.text = value;
      continue;
    }
    std::size_t from = 0;
    while (from <= value.size()) {
      const auto to = std::min(value.find(',', from), value.size());
      const auto chosen = number_in(std::string_view(value).substr(from, to - from));
      if (!chosen || *chosen == 0)
        return fail(ErrorCode::invalid_argument, "question " + std::to_string(*number) + " takes numbers");
      if (form == club::QuestionForm::scale) {
        if (answer.number != 0)
          return fail(ErrorCode::invalid_argument, "question " + std::to_string(*number) + " takes one number");
        answer.number = *chosen;
      } else {
        answer.choices.push_back(*chosen - 1);
      }
      from = to + 1;
    }
    std::sort(answer.choices.begin(), answer.choices.end());
  }
  return answers;
}

}  // namespace muistio::cli
