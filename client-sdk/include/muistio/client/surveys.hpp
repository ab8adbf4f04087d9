// muistio::Surveys: wished topics and surveys of a club, for an app to embed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "muistio/client.hpp"
#include "muistio/home/survey_views.hpp"

namespace muistio {

/// The part of a Client that is about wishes and surveys. A value to copy; the Client that gave it must outlive its calls.
///
/// Threads, futures and errors as of Client: any thread may call, each call returns at once, what was written is durable when its
/// future is ready, and nothing waits for a network. Besides Client's errors any call may fail with waiting_for_admission,
/// invalid_argument, not_permitted (docs/club.md, "Who may").
class Surveys {
 public:
  /// The id of a "wish" or "survey" by its id or a unique prefix of six digits or more. Errors: not_found, ambiguous.
  Future<DocumentId> find(std::string kind, std::string wanted);
  Future<SpaceId> club_of(std::string kind, DocumentId id);
  /// Takes back what this member (or a host) made. `kind` as in `find`.
  Future<void> take_back(std::string kind, DocumentId id);

  /// A line, not empty. Its maker votes for it.
  Future<DocumentId> add_wish(SpaceId club, std::string title);
  Future<void> vote(DocumentId wish, bool is_for = true);
  /// Says that two wishes ask for the same, or that they do not.
  Future<void> set_overlap(DocumentId one, DocumentId other, bool overlaps = true);
  Future<std::vector<home::Wish>> wishes(SpaceId club);
  /// Wishes that overlap put together, by what members said or by their words; those that most want first.
  Future<std::vector<home::Theme>> themes(SpaceId club);

  /// To whom unnamed answers go, and of how many answers on results are shown (3 to 100; 4 unless a host says otherwise).
  Future<home::SurveyRules> rules(SpaceId club);
  /// What is not given stays. Errors: not_permitted (not a host), not_found (no such member).
  Future<void> set_rules(SpaceId club, std::optional<MemberId> keeper, std::optional<std::uint64_t> minimum);

  /// With the club's keeper and minimum as they are now. Errors: too_large (over 4 KiB), invalid_argument (a form; wellbeing
  /// without a keeper).
  Future<DocumentId> add_survey(SpaceId club, home::NewSurvey survey);
  Future<std::vector<home::Survey>> surveys(SpaceId club);
  Future<home::Survey> survey(DocumentId survey);
  /// This member's answer, one an question; may be given again until the survey is closed. Not `named`: sealed for the keeper's
  /// devices and one's own, counted in sums only. Errors: invalid_state (closed), not_found (the keeper left), too_large.
  Future<void> answer(DocumentId survey, club::SurveyAnswers answers, bool named);
  /// Errors: invalid_state (closed already), not_permitted (neither its maker nor a host).
  Future<void> close(DocumentId survey);
  /// Of a closed survey. Errors: invalid_state (open).
  Future<home::SurveyOutcome> outcome(DocumentId survey);
  /// The outcome as an SVG picture: title, description, every figure as text.
  Future<std::string> picture(DocumentId survey);
  /// On the keeper's device: publishes the sums of closed surveys that are due (home::Survey::sums_due), each once; how many. Every
  /// `sync` does it before it begins, and `start_live` each time that it connects.
  Future<std::size_t> publish_sums();

  Subscription observe_surveys(SpaceId club, std::function<void(const std::vector<home::Survey>&)> changed);

 private:
  friend class Client;
  explicit Surveys(Client::Impl* impl) : impl_(impl) {}
  Client::Impl* impl_;
};

}  // namespace muistio
