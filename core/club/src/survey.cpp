#include "muistio/club/survey.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "judging.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/club/settings.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

constexpr std::size_t kMarkBytes = 16;
constexpr std::uint8_t kNamed = 1, kSealed = 2;

/// The first 16 bytes of the SHA-256 of a plan or of an answer's value.
Bytes mark_of(BytesView bytes) { return to_bytes(crypto::sha256(bytes).view().first(kMarkBytes)); }

/// survey 16 ‖ mark of the plan 16 ‖ varint revision ‖ u8 form ‖ content.
struct Given {
  DocumentId survey;
  Bytes plan;
  std::uint64_t revision = 0;
  std::uint8_t form = 0;
  Bytes content;
};

Result<Given> decode_given(BytesView bytes) {
  if (bytes.size() > kRecordValueBytesMax) return fail(ErrorCode::too_large, "an answer");
  Reader in(bytes);
  Given given;
  MUISTIO_TRY(given.survey, in.fixed<DocumentId>());
  MUISTIO_TRY(const auto plan, in.take(kMarkBytes));
  given.plan = to_bytes(plan);
  MUISTIO_TRY(given.revision, in.varint());
  MUISTIO_TRY(given.form, in.u8());
  if (given.form != kNamed && given.form != kSealed) return fail(ErrorCode::malformed, "an answer's form");
  given.content = to_bytes(bytes.subspan(in.offset()));
  if (given.content.size() > kSealedAnswerBytesMax) return fail(ErrorCode::too_large, "an answer");
  return given;
}

/// varint count ‖ so many answers that count: document 16 ‖ mark of the value 16.
Result<std::vector<std::pair<DocumentId, Bytes>>> decode_closing(BytesView bytes) {
  Reader in(bytes);
  std::vector<std::pair<DocumentId, Bytes>> counted;
  MUISTIO_TRY(const auto count, in.varint_at_most(kCountedAnswersMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto document, in.fixed<DocumentId>());
    MUISTIO_TRY(const auto mark, in.take(kMarkBytes));
    counted.emplace_back(document, to_bytes(mark));
  }
  MUISTIO_CHECK(in.finish());
  return counted;
}

/// survey 16 ‖ mark of the closing 16 ‖ a Tally. With another closing other answers count, so its sums are others.
struct Sums {
  Bytes closing;
  Tally tally;
};
Result<Sums> decode_sums(BytesView bytes) {
  if (bytes.size() > kRecordValueBytesMax) return fail(ErrorCode::too_large, "sums");
  Reader in(bytes);
  MUISTIO_TRY([[maybe_unused]] const auto survey, in.fixed<DocumentId>());
  MUISTIO_TRY(const auto closing, in.take(kMarkBytes));
  MUISTIO_TRY(auto tally, decode_tally(bytes.subspan(in.offset())));
  return Sums{to_bytes(closing), std::move(tally)};
}

/// All that was ever given to a survey by its plan, whatever its closing says. Per member the latest last.
std::vector<GivenAnswer> all_given(const Records& records, const DocumentId& survey, const SurveyPlan& plan, BytesView plan_mark) {
  std::vector<GivenAnswer> found;
  for (const auto& record : records) {
    if (record.type != kSurveyAnswer) continue;
    const auto values = record.sets.find(kSurveyGiven);
    if (values == record.sets.end()) continue;
    for (const auto& value : values->second) {
      auto given = decode_given(value);
      if (!given || given->survey != survey || !equal(given->plan, plan_mark)) continue;
      const bool is_sealed = given->form == kSealed;
      if (is_sealed ? !plan.keeper : plan.kind == SurveyKind::wellbeing) continue;
      if (!is_sealed && !decode_answers(plan, given->content)) continue;
      found.push_back({record.id, record.maker, crypto::sha256(value), given->revision, is_sealed, std::move(given->content)});
    }
  }
  const auto order = [](const GivenAnswer& each) { return std::tie(each.member, each.revision, each.document, each.digest); };
  std::sort(found.begin(), found.end(), [&](const GivenAnswer& a, const GivenAnswer& b) { return order(a) < order(b); });
  return found;
}

std::optional<Tally> sums_of(const Records& records, const DocumentId& survey, const SurveyPlan& plan, BytesView closing) {
  for (const auto* record : statements(records, kSurveySums, kSurveySummed, survey.view())) {
    if (record->maker != plan.keeper) continue;
    auto sums = decode_sums(record->find(kSurveySummed)->value);
    if (sums && equal(sums->closing, closing) && sums->tally.answers >= plan.minimum && fits(sums->tally, plan))
      return std::move(sums->tally);
  }
  return std::nullopt;
}

std::optional<SurveyItem> survey_of(const Records& records, const Record& record) {
  const auto* held = record.find(kSurveyPlan);
  if (held == nullptr) return std::nullopt;
  auto plan = decode_plan(held->value);
  if (!plan) return std::nullopt;
  SurveyItem item;
  item.id = record.id;
  item.plan = std::move(*plan);
  item.maker = record.maker;
  item.created = record.created;
  const auto given = all_given(records, record.id, item.plan, mark_of(held->value));
  std::map<MemberId, GivenAnswer> latest, counted;
  for (const auto& each : given) latest[each.member] = each;
  if (const auto* closing = record.find(kSurveyClosing)) {
    if (const auto named = decode_closing(closing->value)) {
      item.closed = true;
      item.closing = mark_of(closing->value);
      item.closed_by = closing->by;
      for (const auto& [document, mark] : *named)
        for (const auto& each : given)
          if (each.document == document && equal(each.digest.view().first(kMarkBytes), mark)) counted.emplace(each.member, each);
    }
  }
  for (const auto& [member, answer] : latest) {
    const auto found = counted.find(member);
    if (item.closed && (found == counted.end() || found->second.digest != answer.digest)) item.late.push_back(member);
  }
  for (const auto& [member, answer] : item.closed ? counted : latest) {
    item.unnamed += answer.is_sealed ? 1 : 0;
    item.answers.push_back(answer);
  }
  if (item.closed) item.keepers = sums_of(records, record.id, item.plan, item.closing);
  return item;
}

constexpr std::string_view kSealedTag = "muistio answer 1";

}  // namespace

bool judge_survey(const Op& op, const Author& author, const Document* document) {
  const bool is_own = names_device(op.document, author.device);
  if (op.kind == OpKind::create) return is_own;
  if (op.field == kSurveyClosing)
    return (is_host(author) || is_maker(op, author, document)) && op.kind == OpKind::set_register &&
           decode_closing(op.payload).has_value();
  if (!is_own) return false;
  if (op.field == kSurveyPlan) return op.kind == OpKind::set_register && decode_plan(op.payload).has_value();
  if (op.field == kSurveyGiven) return op.kind == OpKind::set_add && decode_given(op.payload).has_value();
  if (op.field == kSurveySummed) return op.kind == OpKind::set_register && decode_sums(op.payload).has_value();
  return true;
}

Result<SurveySettings> survey_settings(replica::Replica& documents, const SpaceId& space) {
  MUISTIO_TRY(const auto settings, settings_of(documents, space));
  const auto minimum = settings.least_answers ? std::uint64_t{*settings.least_answers} : kMinimumUsual;
  return SurveySettings{settings.keeper, std::clamp(minimum, kMinimumLeast, kMinimumMost)};
}

Status set_survey_settings(ChangeBuilder& builder, const SpaceId& space, const SurveySettings& settings) {
  if (settings.minimum < kMinimumLeast || settings.minimum > kMinimumMost)
    return fail(ErrorCode::invalid_argument, "the minimum is 3 to 100 answers");
  Settings change;
  change.least_answers = static_cast<std::uint32_t>(settings.minimum);
  change.keeper = settings.keeper;
  MUISTIO_CHECK(builder.create(settings_document(space), kSettings));
  return change_settings(builder, space, change);
}

Result<DocumentId> create_survey(ChangeBuilder& builder, Random& random, const SurveyPlan& plan) {
  MUISTIO_CHECK(check_plan(plan));
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kSurvey));
  MUISTIO_CHECK(builder.set_register(id, kSurveyPlan, encode_plan(plan)));
  return id;
}

Bytes sealed_content(const DocumentId& survey, const SurveyPlan& plan, BytesView answers) {
  return Writer().raw(as_bytes(kSealedTag)).raw(survey.view()).raw(mark_of(encode_plan(plan))).raw(answers).bytes();
}

Result<SurveyAnswers> open_sealed_content(const DocumentId& survey, const SurveyPlan& plan, BytesView content) {
  const auto head = sealed_content(survey, plan, {});
  if (content.size() < head.size() || !equal(content.first(head.size()), head))
    return fail(ErrorCode::malformed, "an answer to something else");
  return decode_answers(plan, content.subspan(head.size()));
}

Status give_answer(ChangeBuilder& builder, const Records& records, const DocumentId& survey, bool is_sealed, BytesView content) {
  const auto* record = find_record(records, survey, kSurvey);
  MUISTIO_TRY(const auto item, find_survey(records, survey));
  if (item.closed) return fail(ErrorCode::invalid_state, "the survey is closed");
  if (is_sealed && !item.plan.keeper) return fail(ErrorCode::invalid_argument, "the survey has no keeper: answer with your name");
  if (!is_sealed && item.plan.kind == SurveyKind::wellbeing)
    return fail(ErrorCode::invalid_argument, "wellbeing is never answered with a name");
  if (content.size() > kSealedAnswerBytesMax) return fail(ErrorCode::too_large, "an answer");
  if (!is_sealed) MUISTIO_CHECK(decode_answers(item.plan, content).has_value() ? ok() : fail(ErrorCode::invalid_argument));
  std::uint64_t revision = 0;
  for (const auto& each : item.answers)
    if (each.member == builder.author().member) revision = each.revision;
  Writer value;
  value.raw(survey.view()).raw(mark_of(record->find(kSurveyPlan)->value)).varint(revision + 1);
  value.u8(is_sealed ? kSealed : kNamed).raw(content);
  const auto id = statement_id(kSurveyAnswer, survey.view(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kSurveyAnswer));
  return builder.add_to_set(id, kSurveyGiven, value.bytes());
}

Status close_survey(ChangeBuilder& builder, const Records& records, const DocumentId& survey) {
  MUISTIO_TRY(const auto item, find_survey(records, survey));
  if (item.closed) return fail(ErrorCode::invalid_state, "the survey is closed");
  if (item.answers.size() > kCountedAnswersMax) return fail(ErrorCode::too_large, "answers");
  Writer value;
  value.varint(item.answers.size());
  for (const auto& answer : item.answers) value.raw(answer.document.view()).raw(answer.digest.view().first(kMarkBytes));
  return builder.set_register(survey, kSurveyClosing, value.bytes());
}

Result<SurveyItem> find_survey(const Records& records, const DocumentId& id) {
  if (const auto* record = find_record(records, id, kSurvey))
    if (auto survey = survey_of(records, *record)) return std::move(*survey);
  return fail(ErrorCode::not_found, "no survey has this id");
}

std::vector<SurveyItem> list_surveys(const Records& records) {
  std::vector<SurveyItem> items;
  for (const auto* record : of_type(records, kSurvey))
    if (auto survey = survey_of(records, *record)) items.push_back(std::move(*survey));
  return items;
}

std::optional<Tally> tally_sealed(const SurveyItem& survey, std::uint64_t minimum, const Unseal& unseal) {
  if (!survey.closed || survey.keepers) return std::nullopt;
  auto tally = empty_tally(survey.plan);
  for (const auto& each : survey.answers) {
    if (!each.is_sealed) continue;
    const auto opened = unseal(each.content);
    if (!opened || opened->member != each.member) continue;
    const auto answers = open_sealed_content(survey.id, survey.plan, opened->content);
    if (answers) add_to(tally, survey.plan, *answers);
  }
  const auto least = std::max(minimum, survey.plan.minimum);
  if (tally.answers < least) return std::nullopt;
  hide_below(tally, least);
  return tally;
}

Status publish_sums(ChangeBuilder& builder, const SurveyItem& survey, const Tally& tally) {
  if (survey.plan.keeper != builder.author().member) return fail(ErrorCode::not_permitted, "another keeps this survey's answers");
  if (!survey.closed || survey.keepers) return fail(ErrorCode::invalid_state, "open, or published already");
  const auto id = statement_id(kSurveySums, survey.id.view(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kSurveySums));
  return builder.set_register(id, kSurveySummed,
                              Writer().raw(survey.id.view()).raw(survey.closing).raw(encode_tally(tally)).bytes());
}

Result<SurveyResult> survey_result(const SurveyItem& survey, std::uint64_t minimum) {
  if (!survey.closed) return fail(ErrorCode::invalid_state, "the survey is open");
  const auto least = std::max(minimum, survey.plan.minimum);
  SurveyResult result;
  auto tally = empty_tally(survey.plan);
  for (const auto& each : survey.answers) {
    if (each.is_sealed) continue;
    auto answers = decode_answers(survey.plan, each.content);
    if (!answers) continue;
    add_to(tally, survey.plan, *answers);
    result.named.push_back({each.member, std::move(*answers)});
  }
  if (survey.keepers && survey.keepers->answers >= least)
    add_to(tally, *survey.keepers);
  else
    result.unnamed_hidden = survey.unnamed;
  result.counted = tally.answers;
  result.enough = result.counted >= least;
  if (!result.enough) {
    result.named.clear();
    tally = empty_tally(survey.plan);
  }
  hide_below(tally, least);
  result.tally = std::move(tally);
  return result;
}

std::vector<MeanChange> change_between(const SurveyItem& before, const SurveyResult& first, const SurveyItem& after,
                                       const SurveyResult& second) {
  std::vector<MeanChange> changes;
  const auto mean = [](const QuestionTally& sums) { return static_cast<double>(sums.sum) / static_cast<double>(sums.answered); };
  for (std::size_t i = 0; i < after.plan.questions.size(); ++i) {
    const auto& question = after.plan.questions[i];
    const auto& asked = before.plan.questions;
    const auto found = std::find(asked.begin(), asked.end(), question);
    if (question.form != QuestionForm::scale || found == asked.end()) continue;
    const auto& was = first.tally.questions[static_cast<std::size_t>(found - asked.begin())];
    const auto& is = second.tally.questions[i];
    if (was.answered > 0 && is.answered > 0) changes.push_back({i, mean(was), mean(is)});
  }
  return changes;
}

}  // namespace muistio::club
