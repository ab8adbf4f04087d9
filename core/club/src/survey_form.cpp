#include "muistio/club/survey_form.hpp"

#include <algorithm>

#include "muistio/base/reader.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/club/line.hpp"
#include "muistio/club/survey.hpp"

namespace muistio::club {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kHasKeeper = 1, kHasAbout = 2;
constexpr std::size_t kPadding = 256;

constexpr std::pair<SurveyKind, const char*> kKinds[] = {{SurveyKind::topics, "topics"},
                                                         {SurveyKind::feedback, "feedback"},
                                                         {SurveyKind::wellbeing, "wellbeing"},
                                                         {SurveyKind::workplace, "workplace"}};
constexpr std::pair<QuestionForm, const char*> kForms[] = {
    {QuestionForm::scale, "scale"}, {QuestionForm::one, "one"}, {QuestionForm::any, "any"}, {QuestionForm::text, "text"}};

template <class Pairs, class Value>
const char* name_in(const Pairs& pairs, Value value) {
  for (const auto& [each, name] : pairs)
    if (each == value) return name;
  return "";
}
template <class Value, std::size_t N>
std::optional<Value> value_in(const std::pair<Value, const char*> (&pairs)[N], std::string_view wanted) {
  for (const auto& [each, name] : pairs)
    if (wanted == name) return each;
  return std::nullopt;
}

Status check_filled_line(std::string_view line) {
  if (line.empty()) return fail(ErrorCode::invalid_argument, "a title, a question or a choice is empty");
  return check_line(as_bytes(line));
}

bool has_choices(QuestionForm form) { return form == QuestionForm::one || form == QuestionForm::any; }

Status check_question(const SurveyQuestion& question) {
  MUISTIO_CHECK(check_filled_line(question.text));
  const bool is_scale = question.form == QuestionForm::scale;
  if (is_scale ? question.most < 2 || question.most > kScaleMost : question.most != 0)
    return fail(ErrorCode::invalid_argument, "a scale goes from 1 to 2 at least and to 10 at most");
  const auto choices = question.choices.size();
  if (has_choices(question.form) ? choices < 2 || choices > kChoicesMax : choices != 0)
    return fail(ErrorCode::invalid_argument, "a question with choices has 2 to " + std::to_string(kChoicesMax));
  for (const auto& choice : question.choices) MUISTIO_CHECK(check_filled_line(choice));
  return ok();
}

Status check_answer(const SurveyQuestion& question, const SurveyAnswer& answer) {
  const auto wrong = [] { return fail(ErrorCode::invalid_argument, "an answer is not of its question's form"); };
  if (answer.number > (question.form == QuestionForm::scale ? question.most : 0)) return wrong();
  if (!answer.text.empty() && question.form != QuestionForm::text) return wrong();
  if (answer.choices.size() > (question.form == QuestionForm::any ? kChoicesMax : has_choices(question.form) ? 1 : 0))
    return wrong();
  for (std::size_t i = 0; i < answer.choices.size(); ++i)
    if (answer.choices[i] >= question.choices.size() || (i > 0 && answer.choices[i] <= answer.choices[i - 1])) return wrong();
  if (const auto at = first_invalid_utf8(answer.text)) return fail(ErrorCode::not_utf8, "at byte " + std::to_string(*at));
  return ok();
}

}  // namespace

const char* survey_kind_name(SurveyKind kind) noexcept { return name_in(kKinds, kind); }
std::optional<SurveyKind> survey_kind_from_name(std::string_view name) noexcept { return value_in(kKinds, name); }
const char* question_form_name(QuestionForm form) noexcept { return name_in(kForms, form); }
std::optional<QuestionForm> question_form_from_name(std::string_view name) noexcept { return value_in(kForms, name); }

Status check_plan(const SurveyPlan& plan) {
  MUISTIO_CHECK(check_filled_line(plan.title));
  if (plan.minimum < kMinimumLeast || plan.minimum > kMinimumMost)
    return fail(ErrorCode::invalid_argument, "results are shown of 3 answers at least");
  if (plan.kind == SurveyKind::wellbeing && !plan.keeper)
    return fail(ErrorCode::invalid_argument, "a survey of wellbeing needs a keeper");
  if (plan.questions.empty() || plan.questions.size() > kQuestionsMax)
    return fail(ErrorCode::invalid_argument, "a survey has 1 to " + std::to_string(kQuestionsMax) + " questions");
  for (const auto& question : plan.questions) MUISTIO_CHECK(check_question(question));
  if (encode_plan(plan).size() > kPlanBytesMax) return fail(ErrorCode::too_large, "a survey over 4096 bytes");
  return ok();
}

Bytes encode_plan(const SurveyPlan& plan) {
  Writer out;
  out.u8(kVersion).u8(static_cast<std::uint8_t>(plan.kind)).block(as_bytes(plan.title)).varint(plan.minimum);
  out.u8(static_cast<std::uint8_t>((plan.keeper ? kHasKeeper : 0) | (plan.about ? kHasAbout : 0)));
  if (plan.keeper) out.raw(plan.keeper->view());
  if (plan.about) out.raw(plan.about->view());
  out.varint(plan.questions.size());
  for (const auto& question : plan.questions) {
    out.u8(static_cast<std::uint8_t>(question.form)).block(as_bytes(question.text)).varint(question.most);
    out.varint(question.choices.size());
    for (const auto& choice : question.choices) out.block(as_bytes(choice));
  }
  return std::move(out).take();
}

Result<SurveyPlan> decode_plan(BytesView bytes) {
  if (bytes.size() > kPlanBytesMax) return fail(ErrorCode::too_large, "a survey");
  Reader in(bytes);
  MUISTIO_TRY(const auto version, in.u8());
  if (version != kVersion) return fail(ErrorCode::unsupported_version, "a survey");
  SurveyPlan plan;
  MUISTIO_TRY(const auto kind, in.u8());
  plan.kind = static_cast<SurveyKind>(kind);
  if (*survey_kind_name(plan.kind) == 0) return fail(ErrorCode::malformed, "a survey's kind");
  const auto line = [&in](std::string& to) -> Status {
    MUISTIO_TRY(const auto text, in.block(kLineBytesMax));
    to = as_text(text);
    return ok();
  };
  MUISTIO_CHECK(line(plan.title));
  MUISTIO_TRY(plan.minimum, in.varint());
  MUISTIO_TRY(const auto has, in.u8());
  if (has > (kHasKeeper | kHasAbout)) return fail(ErrorCode::malformed, "a survey's flags");
  if ((has & kHasKeeper) != 0) {
    MUISTIO_TRY(plan.keeper, in.fixed<MemberId>());
  }
  if ((has & kHasAbout) != 0) {
    MUISTIO_TRY(plan.about, in.fixed<DocumentId>());
  }
  MUISTIO_TRY(const auto count, in.varint_at_most(kQuestionsMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    SurveyQuestion question;
    MUISTIO_TRY(const auto form, in.u8());
    question.form = static_cast<QuestionForm>(form);
    if (*question_form_name(question.form) == 0) return fail(ErrorCode::malformed, "a question's form");
    MUISTIO_CHECK(line(question.text));
    MUISTIO_TRY(question.most, in.varint());
    MUISTIO_TRY(const auto choices, in.varint_at_most(kChoicesMax));
    for (std::uint64_t each = 0; each < choices; ++each) MUISTIO_CHECK(line(question.choices.emplace_back()));
    plan.questions.push_back(std::move(question));
  }
  MUISTIO_CHECK(in.finish());
  MUISTIO_CHECK(check_plan(plan));
  return plan;
}

Result<Bytes> encode_answers(const SurveyPlan& plan, const SurveyAnswers& answers) {
  if (answers.size() != plan.questions.size())
    return fail(ErrorCode::invalid_argument, "the survey has " + std::to_string(plan.questions.size()) + " questions");
  if (std::all_of(answers.begin(), answers.end(), [](const SurveyAnswer& each) { return each.is_empty(); }))
    return fail(ErrorCode::invalid_argument, "nothing is answered");
  Writer out;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& answer = answers[i];
    MUISTIO_CHECK(check_answer(plan.questions[i], answer));
    out.varint(answer.number).varint(answer.choices.size());
    for (const auto choice : answer.choices) out.varint(choice);
    out.block(as_bytes(answer.text));
  }
  auto bytes = std::move(out).take();
  bytes.resize((bytes.size() + kPadding - 1) / kPadding * kPadding);
  if (bytes.size() > kAnswersBytesMax) return fail(ErrorCode::too_large, "the texts of an answer: 2048 bytes at most");
  return bytes;
}

Result<SurveyAnswers> decode_answers(const SurveyPlan& plan, BytesView bytes) {
  if (bytes.size() > kAnswersBytesMax) return fail(ErrorCode::too_large, "an answer");
  Reader in(bytes);
  SurveyAnswers answers;
  for (const auto& question : plan.questions) {
    SurveyAnswer answer;
    MUISTIO_TRY(answer.number, in.varint());
    MUISTIO_TRY(const auto choices, in.varint_at_most(kChoicesMax));
    for (std::uint64_t i = 0; i < choices; ++i) {
      MUISTIO_TRY(const auto choice, in.varint_at_most(kChoicesMax));
      answer.choices.push_back(static_cast<std::size_t>(choice));
    }
    MUISTIO_TRY(const auto text, in.block(kAnswersBytesMax));
    answer.text = as_text(text);
    MUISTIO_CHECK(check_answer(question, answer));
    answers.push_back(std::move(answer));
  }
  while (!in.at_end()) {
    MUISTIO_TRY(const auto zero, in.u8());
    if (zero != 0) return fail(ErrorCode::malformed, "after an answer");
  }
  return answers;
}

Tally empty_tally(const SurveyPlan& plan) {
  Tally tally;
  for (const auto& question : plan.questions)
    tally.questions.push_back({0, 0, std::vector<std::uint64_t>(question.choices.size())});
  return tally;
}

void add_to(Tally& tally, const SurveyPlan& plan, const SurveyAnswers& answers) {
  ++tally.answers;
  for (std::size_t i = 0; i < plan.questions.size(); ++i) {
    auto& sums = tally.questions[i];
    if (!answers[i].is_empty()) ++sums.answered;
    sums.sum += answers[i].number;
    for (const auto choice : answers[i].choices) ++sums.counts[choice];
  }
}

void add_to(Tally& tally, const Tally& more) {
  tally.answers += more.answers;
  for (std::size_t i = 0; i < tally.questions.size(); ++i) {
    auto& sums = tally.questions[i];
    sums.answered += more.questions[i].answered;
    sums.sum += more.questions[i].sum;
    for (std::size_t each = 0; each < sums.counts.size(); ++each) sums.counts[each] += more.questions[i].counts[each];
  }
}

void hide_below(Tally& tally, std::uint64_t minimum) {
  for (auto& sums : tally.questions)
    if (sums.answered < minimum) sums = {0, 0, std::vector<std::uint64_t>(sums.counts.size())};
}

Bytes encode_tally(const Tally& tally) {
  Writer out;
  out.varint(tally.answers).varint(tally.questions.size());
  for (const auto& sums : tally.questions) {
    out.varint(sums.answered).varint(sums.sum).varint(sums.counts.size());
    for (const auto count : sums.counts) out.varint(count);
  }
  return std::move(out).take();
}

Result<Tally> decode_tally(BytesView bytes) {
  Reader in(bytes);
  Tally tally;
  MUISTIO_TRY(tally.answers, in.varint_at_most(kRespondentsMax));
  MUISTIO_TRY(const auto count, in.varint_at_most(kQuestionsMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    QuestionTally sums;
    MUISTIO_TRY(sums.answered, in.varint_at_most(tally.answers));
    MUISTIO_TRY(sums.sum, in.varint_at_most(sums.answered * kScaleMost));
    MUISTIO_TRY(const auto choices, in.varint_at_most(kChoicesMax));
    for (std::uint64_t each = 0; each < choices; ++each) {
      MUISTIO_TRY(const auto chosen, in.varint_at_most(sums.answered));
      sums.counts.push_back(chosen);
    }
    tally.questions.push_back(std::move(sums));
  }
  MUISTIO_CHECK(in.finish());
  return tally;
}

bool fits(const Tally& tally, const SurveyPlan& plan) {
  if (tally.questions.size() != plan.questions.size()) return false;
  for (std::size_t i = 0; i < plan.questions.size(); ++i) {
    const auto& question = plan.questions[i];
    const auto& sums = tally.questions[i];
    if (sums.counts.size() != question.choices.size()) return false;
    if (question.form == QuestionForm::scale ? sums.sum < sums.answered || sums.sum > sums.answered * question.most : sums.sum != 0)
      return false;
  }
  return true;
}

}  // namespace muistio::club
