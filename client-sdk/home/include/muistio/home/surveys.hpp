// A club's wishes and surveys on this device.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/home/home.hpp"
#include "muistio/home/survey_views.hpp"

namespace muistio::club {
struct SurveyItem;
}  // namespace muistio::club

namespace muistio::home {

/// The part of a home that is about wishes and surveys. It lives as long as its home, on the home's thread. Every change is durable
/// when the call returns success, and works with no network. Errors of any call: those of Home's, waiting_for_admission (the club
/// is not open here yet), invalid_argument, not_permitted (docs/club.md, "Who may"); what else is said at the call.
class Surveys {
 public:
  explicit Surveys(Home& home) : home_(&home) {}

  /// The id of a "wish" or "survey", by its id or a unique prefix of at least six digits. Errors: not_found, ambiguous.
  [[nodiscard]] Result<DocumentId> find(std::string_view kind, std::string_view wanted);
  [[nodiscard]] Result<SpaceId> club_of(std::string_view kind, DocumentId id);
  /// Takes back what this member (or a host) made.
  Status take_back(std::string_view kind, DocumentId id);

  Result<DocumentId> add_wish(SpaceId club, std::string_view title);
  Status vote(DocumentId wish, bool is_for);
  /// Says that two wishes ask for the same, or that they do not.
  Status set_overlap(DocumentId one, DocumentId other, bool overlaps);
  /// As they were made.
  [[nodiscard]] Result<std::vector<Wish>> wishes(SpaceId club);
  /// Wishes that overlap (by what members said, or by their words, inflected forms included) put together; those that most want
  /// first.
  [[nodiscard]] Result<std::vector<Theme>> themes(SpaceId club);

  [[nodiscard]] Result<SurveyRules> rules(SpaceId club);
  /// What is not named stays. For surveys made from now on; a higher minimum hides results of older ones too. Errors: not_permitted
  /// (not a host), not_found (no such member).
  Status set_rules(SpaceId club, std::optional<MemberId> keeper, std::optional<std::uint64_t> minimum);

  /// Errors: too_large; invalid_argument (wellbeing in a club that named no keeper).
  Result<DocumentId> add_survey(SpaceId club, const NewSurvey& survey);
  [[nodiscard]] Result<std::vector<Survey>> surveys(SpaceId club);
  [[nodiscard]] Result<Survey> survey(DocumentId survey);
  /// Gives or changes this member's answer: with their name, or sealed for the keeper's devices. Errors: invalid_state (closed),
  /// not_found (the keeper is not in the club any more), too_large.
  Status answer(DocumentId survey, const club::SurveyAnswers& answers, bool named);
  /// Errors: invalid_state (closed already), not_permitted.
  Status close(DocumentId survey);
  /// Errors: invalid_state (open).
  [[nodiscard]] Result<SurveyOutcome> outcome(DocumentId survey);
  /// A picture of an outcome: SVG with title, description and every figure as text.
  [[nodiscard]] Result<std::string> picture(DocumentId survey);
  /// Publishes the sums of the closed surveys of all clubs that this member keeps, each once. Yields how many.
  Result<std::size_t> publish_sums();

 private:
  struct View;
  Result<View> look(SpaceId club);
  Survey shown(const View& view, const SpaceId& club, const club::SurveyItem& item);
  Home* home_;
};

/// The picture of an outcome. Pure.
[[nodiscard]] std::string draw_outcome(const SurveyOutcome& outcome);

}  // namespace muistio::home
