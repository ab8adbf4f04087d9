// The questions of a survey, answers to them, and their sums, as bytes (docs/formats/club.md, section 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"

namespace muistio::club {

inline constexpr std::size_t kQuestionsMax = 24;
inline constexpr std::size_t kChoicesMax = 24;
inline constexpr std::uint64_t kScaleMost = 10;
inline constexpr std::size_t kPlanBytesMax = 4096;
inline constexpr std::size_t kAnswersBytesMax = 2048;
inline constexpr std::size_t kRespondentsMax = 4096;

// The numbers are on the wire.
enum class SurveyKind : std::uint8_t { topics = 1, feedback = 2, wellbeing = 3, workplace = 4 };
enum class QuestionForm : std::uint8_t { scale = 1, one = 2, any = 3, text = 4 };
[[nodiscard]] const char* survey_kind_name(SurveyKind kind) noexcept;
[[nodiscard]] std::optional<SurveyKind> survey_kind_from_name(std::string_view name) noexcept;
[[nodiscard]] const char* question_form_name(QuestionForm form) noexcept;
[[nodiscard]] std::optional<QuestionForm> question_form_from_name(std::string_view name) noexcept;

struct SurveyQuestion {
  QuestionForm form = QuestionForm::text;
  std::string text;                  // a line, not empty
  std::uint64_t most = 0;            // of a scale, which begins at 1: 2 to kScaleMost
  std::vector<std::string> choices;  // of one and any: lines, none empty, at least two
  friend bool operator==(const SurveyQuestion&, const SurveyQuestion&) = default;
};

/// What a survey is from its making on. An answer names the hash of it: to another plan it does not count.
struct SurveyPlan {
  SurveyKind kind = SurveyKind::feedback;
  std::string title;  // a line, not empty
  std::uint64_t minimum = 0;
  std::optional<MemberId> keeper;   // to whom unnamed answers go; a survey of wellbeing has one, and takes no named answers
  std::optional<DocumentId> about;  // the meeting that feedback is about; the earlier survey that a second one is compared with
  std::vector<SurveyQuestion> questions;
  friend bool operator==(const SurveyPlan&, const SurveyPlan&) = default;
};
/// Errors: invalid_argument, too_large, not_utf8.
[[nodiscard]] Status check_plan(const SurveyPlan& plan);
[[nodiscard]] Bytes encode_plan(const SurveyPlan& plan);
/// Errors: malformed, too_large, not_utf8, unsupported_version, invalid_argument.
[[nodiscard]] Result<SurveyPlan> decode_plan(BytesView bytes);

/// To one question: nothing, a number of a scale, the places of choices (from 0, ascending), or a text.
struct SurveyAnswer {
  std::uint64_t number = 0;
  std::vector<std::size_t> choices;
  std::string text;
  [[nodiscard]] bool is_empty() const { return number == 0 && choices.empty() && text.empty(); }
  friend bool operator==(const SurveyAnswer&, const SurveyAnswer&) = default;
};
using SurveyAnswers = std::vector<SurveyAnswer>;  // one a question, in their order

/// Padded with zeros to a multiple of 256 bytes, so that a sealed one says little by its length. Errors: invalid_argument,
/// too_large (over kAnswersBytesMax), not_utf8.
[[nodiscard]] Result<Bytes> encode_answers(const SurveyPlan& plan, const SurveyAnswers& answers);
/// Errors: malformed, too_large, not_utf8, invalid_argument (not to this plan).
[[nodiscard]] Result<SurveyAnswers> decode_answers(const SurveyPlan& plan, BytesView bytes);

/// The sums of one question.
struct QuestionTally {
  std::uint64_t answered = 0;         // how many did
  std::uint64_t sum = 0;              // of a scale
  std::vector<std::uint64_t> counts;  // of each choice
  friend bool operator==(const QuestionTally&, const QuestionTally&) = default;
};
struct Tally {
  std::uint64_t answers = 0;
  std::vector<QuestionTally> questions;
  friend bool operator==(const Tally&, const Tally&) = default;
};
[[nodiscard]] Tally empty_tally(const SurveyPlan& plan);
void add_to(Tally& tally, const SurveyPlan& plan, const SurveyAnswers& answers);
/// The sum of both, which are of one plan.
void add_to(Tally& tally, const Tally& more);
/// A question that fewer answered shows nothing.
void hide_below(Tally& tally, std::uint64_t minimum);
[[nodiscard]] Bytes encode_tally(const Tally& tally);
/// Errors: malformed, too_large.
[[nodiscard]] Result<Tally> decode_tally(BytesView bytes);
/// Whether the sums can be those of so many answers to this plan.
[[nodiscard]] bool fits(const Tally& tally, const SurveyPlan& plan);

}  // namespace muistio::club
