// Surveys: questions as data, answers that their giver may change until the survey is closed, and results in sums.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/survey_form.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kSurvey{0x22};
inline constexpr FieldId kSurveyPlan{0x2201};       // register: a SurveyPlan; the device that made the survey
inline constexpr FieldId kSurveyClosing{0x2202};    // register: which answers count; its maker's or a host's
inline constexpr DocumentType kSurveyAnswer{0x23};  // a statement about a survey
inline constexpr FieldId kSurveyGiven{0x2301};      // set that only grows: each answer as it was given
inline constexpr DocumentType kSurveySums{0x24};    // a statement about a survey: by its keeper
inline constexpr FieldId kSurveySummed{0x2401};     // register: survey 16 ‖ mark of the closing 16 ‖ a Tally

inline constexpr std::uint64_t kMinimumLeast = 3, kMinimumUsual = 4, kMinimumMost = 100;
inline constexpr std::size_t kCountedAnswersMax = 120;
inline constexpr std::size_t kSealedAnswerBytesMax = 3584;

/// What a club has agreed on for its surveys: of its settings (0x0106, 0x0107), the minimum kept within its bounds.
struct SurveySettings {
  std::optional<MemberId> keeper;
  std::uint64_t minimum = kMinimumUsual;
  friend bool operator==(const SurveySettings&, const SurveySettings&) = default;
};
/// Errors: those of the replica's reads.
[[nodiscard]] Result<SurveySettings> survey_settings(replica::Replica& documents, const SpaceId& space);
/// The author must be a host. Errors: not_permitted, invalid_argument.
Status set_survey_settings(replica::ChangeBuilder& builder, const SpaceId& space, const SurveySettings& settings);

/// Errors: invalid_argument, too_large, not_utf8.
Result<DocumentId> create_survey(replica::ChangeBuilder& builder, Random& random, const SurveyPlan& plan);

/// An answer as somebody gave it, in one of its two forms: in the clear with their name, or sealed (the bytes that
/// space::Space::seal_for yields over sealed_content) for the keeper, who counts it without.
struct GivenAnswer {
  DocumentId document;
  MemberId member;
  Hash digest;  // of the value
  std::uint64_t revision = 0;
  bool is_sealed = false;
  Bytes content;  // encoded answers, or the sealed bytes
  friend bool operator==(const GivenAnswer&, const GivenAnswer&) = default;
};

/// What is sealed of an answer, so that it is for this survey alone: a label, the survey, its plan, the answer.
[[nodiscard]] Bytes sealed_content(const DocumentId& survey, const SurveyPlan& plan, BytesView answers);
/// Errors: malformed (of another survey), as decode_answers.
[[nodiscard]] Result<SurveyAnswers> open_sealed_content(const DocumentId& survey, const SurveyPlan& plan, BytesView content);

/// Gives this member's answer, or gives it anew. `content` as above, of at most kSealedAnswerBytesMax bytes. Errors: not_found,
/// invalid_state (closed), invalid_argument (named, in a survey that is not), too_large.
Status give_answer(replica::ChangeBuilder& builder, const Records& records, const DocumentId& survey, bool is_sealed,
                   BytesView content);
/// Closes and says which answers count: those that this device holds, each member's latest. Whatever is given, changed or comes
/// afterwards changes nothing. The author must have made the survey or be a host. Errors: not_found, not_permitted, invalid_state.
Status close_survey(replica::ChangeBuilder& builder, const Records& records, const DocumentId& survey);

struct SurveyItem {
  DocumentId id;
  SurveyPlan plan;
  MemberId maker;
  WallMs created;
  bool closed = false;
  Bytes closing;  // the first 16 bytes of the SHA-256 of what closed it; sums are of one closing
  MemberId closed_by;
  std::vector<GivenAnswer> answers;  // one a member: those that count once it is closed, else the latest
  std::vector<MemberId> late;        // who gave or changed an answer that the closing does not count
  std::optional<Tally> keepers;      // the sums that the keeper's device published
  std::size_t unnamed = 0;           // of `answers`
  friend bool operator==(const SurveyItem&, const SurveyItem&) = default;
};

/// Errors: not_found.
[[nodiscard]] Result<SurveyItem> find_survey(const Records& records, const DocumentId& id);
/// In the order in which they were made.
[[nodiscard]] std::vector<SurveyItem> list_surveys(const Records& records);

/// Opens what was sealed for this device. The member is whose device sealed it. Any error means: not for this device, or broken.
struct OpenedAnswer {
  MemberId member;
  Bytes content;
};
using Unseal = std::function<Result<OpenedAnswer>(BytesView sealed)>;
/// The sums of the unnamed answers of a closed survey, for its keeper's device to publish: nothing, if fewer than the minimum count
/// or they were published. An answer that cannot be opened, or that another than its giver sealed, is not counted.
[[nodiscard]] std::optional<Tally> tally_sealed(const SurveyItem& survey, std::uint64_t minimum, const Unseal& unseal);
/// Errors: not_permitted (another's survey to keep), invalid_state.
Status publish_sums(replica::ChangeBuilder& builder, const SurveyItem& survey, const Tally& tally);

/// What a survey came to.
struct SurveyResult {
  std::uint64_t counted = 0;         // answers in `tally`
  std::uint64_t unnamed_hidden = 0;  // unnamed answers that are not in it: too few, or the keeper's sums are not here yet
  bool enough = false;               // at least the minimum; else `tally` and `named` are empty
  Tally tally;
  struct Named {
    MemberId member;
    SurveyAnswers answers;
    friend bool operator==(const Named&, const Named&) = default;
  };
  std::vector<Named> named;
  friend bool operator==(const SurveyResult&, const SurveyResult&) = default;
};
/// Of a survey that is closed. `minimum` is the club's; the survey's own counts if it is more. Errors: invalid_state (open).
[[nodiscard]] Result<SurveyResult> survey_result(const SurveyItem& survey, std::uint64_t minimum);

/// How the mean of a scale moved from the survey that this one is the second of.
struct MeanChange {
  std::size_t question = 0;  // of the later survey
  double before = 0, after = 0;
  friend bool operator==(const MeanChange&, const MeanChange&) = default;
};
/// Of the scales that both asked in the same words and of which both have results.
[[nodiscard]] std::vector<MeanChange> change_between(const SurveyItem& before, const SurveyResult& first, const SurveyItem& after,
                                                     const SurveyResult& second);

}  // namespace muistio::club
