// muistio::Surveys: each call goes to the home on the client's thread.
#include "client_impl.hpp"
#include "muistio/client/surveys.hpp"
#include "muistio/home/surveys.hpp"

namespace muistio {

using home::Home;

Surveys Client::surveys() { return Surveys(impl_.get()); }

Future<DocumentId> Surveys::find(std::string kind, std::string wanted) {
  return impl_->ask([kind = std::move(kind), wanted = std::move(wanted)](Home& home) { return home.surveys().find(kind, wanted); });
}

Future<SpaceId> Surveys::club_of(std::string kind, DocumentId id) {
  return impl_->ask([kind = std::move(kind), id](Home& home) { return home.surveys().club_of(kind, id); });
}

Future<void> Surveys::take_back(std::string kind, DocumentId id) {
  return impl_->ask([kind = std::move(kind), id](Home& home) { return home.surveys().take_back(kind, id); });
}

Future<DocumentId> Surveys::add_wish(SpaceId club, std::string title) {
  return impl_->ask([club, title = std::move(title)](Home& home) { return home.surveys().add_wish(club, title); });
}

Future<void> Surveys::vote(DocumentId wish, bool is_for) {
  return impl_->ask([wish, is_for](Home& home) { return home.surveys().vote(wish, is_for); });
}

Future<void> Surveys::set_overlap(DocumentId one, DocumentId other, bool overlaps) {
  return impl_->ask([one, other, overlaps](Home& home) { return home.surveys().set_overlap(one, other, overlaps); });
}

Future<std::vector<home::Wish>> Surveys::wishes(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.surveys().wishes(club); });
}

Future<std::vector<home::Theme>> Surveys::themes(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.surveys().themes(club); });
}

Future<home::SurveyRules> Surveys::rules(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.surveys().rules(club); });
}

Future<void> Surveys::set_rules(SpaceId club, std::optional<MemberId> keeper, std::optional<std::uint64_t> minimum) {
  return impl_->ask([club, keeper, minimum](Home& home) { return home.surveys().set_rules(club, keeper, minimum); });
}

Future<DocumentId> Surveys::add_survey(SpaceId club, home::NewSurvey survey) {
  return impl_->ask([club, survey = std::move(survey)](Home& home) { return home.surveys().add_survey(club, survey); });
}

Future<std::vector<home::Survey>> Surveys::surveys(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.surveys().surveys(club); });
}

Future<home::Survey> Surveys::survey(DocumentId survey) {
  return impl_->ask([survey](Home& home) { return home.surveys().survey(survey); });
}

Future<void> Surveys::answer(DocumentId survey, club::SurveyAnswers answers, bool named) {
  return impl_->ask(
      [survey, answers = std::move(answers), named](Home& home) { return home.surveys().answer(survey, answers, named); });
}

Future<void> Surveys::close(DocumentId survey) {
  return impl_->ask([survey](Home& home) { return home.surveys().close(survey); });
}

Future<home::SurveyOutcome> Surveys::outcome(DocumentId survey) {
  return impl_->ask([survey](Home& home) { return home.surveys().outcome(survey); });
}

Future<std::string> Surveys::picture(DocumentId survey) {
  return impl_->ask([survey](Home& home) { return home.surveys().picture(survey); });
}

Future<std::size_t> Surveys::publish_sums() {
  return impl_->ask([](Home& home) { return home.surveys().publish_sums(); });
}

Subscription Surveys::observe_surveys(SpaceId club, std::function<void(const std::vector<home::Survey>&)> changed) {
  return impl_->observe([club](Home& home) { return home.surveys().surveys(club); }, std::move(changed));
}

}  // namespace muistio
