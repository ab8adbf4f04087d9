#include "muistio/home/surveys.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "facet.hpp"
#include "muistio/club/edits.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/survey.hpp"
#include "muistio/club/wish.hpp"
#include "muistio/search/terms.hpp"

namespace muistio::home {
namespace {

using replica::ChangeBuilder;

constexpr std::pair<std::string_view, club::DocumentType> kKinds[] = {{"wish", club::kWish}, {"survey", club::kSurvey}};

/// Titles that share half of the words of the one that has fewer, inflected forms included. Words of less than four letters say
/// little.
class Overlap {
 public:
  bool operator()(std::string_view one, std::string_view other) {
    const auto& a = words_of(one);
    const auto& b = words_of(other);
    const auto& fewer = a.size() <= b.size() ? a : b;
    const auto& more = a.size() <= b.size() ? b : a;
    const auto shared = std::count_if(fewer.begin(), fewer.end(), [&](const Word& word) {
      return std::any_of(more.begin(), more.end(), [&](const Word& each) { return meet(word, each) || meet(each, word); });
    });
    return shared > 0 && static_cast<std::size_t>(shared) * 2 >= fewer.size();
  }

 private:
  struct Word {
    std::set<std::string> terms, sought;
  };
  static bool meet(const Word& sought, const Word& held) {
    return std::any_of(sought.sought.begin(), sought.sought.end(),
                       [&](const std::string& each) { return held.terms.count(each) != 0; });
  }
  const std::vector<Word>& words_of(std::string_view title) {
    constexpr std::size_t kLettersLeast = 4;
    const auto [found, is_new] = known_.try_emplace(std::string(title));
    if (!is_new) return found->second;
    const auto words = search::words_of(title);
    if (!words) return found->second;
    for (const auto& word : *words) {
      const auto text = title.substr(word.offset, word.bytes);
      const auto letters =
          std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
      if (static_cast<std::size_t>(letters) < kLettersLeast) continue;
      const auto terms = search::terms_of(text), sought = search::sought_by(text);
      found->second.push_back({{terms.begin(), terms.end()}, {sought.begin(), sought.end()}});
    }
    return found->second;
  }
  std::map<std::string, std::vector<Word>> known_;
};

}  // namespace

Surveys Home::surveys() { return Surveys(*this); }

struct Surveys::View {
  club::Gathered gathered;
  club::SurveySettings rules;
  MemberId own;
  Home::Impl* impl = nullptr;
  SpaceId space;

  [[nodiscard]] Person person(const MemberId& member) const { return person_of(gathered.names, member); }
  template <class Members>
  [[nodiscard]] std::vector<Person> people(const Members& members) const {
    return people_of(gathered.names, members);
  }
  [[nodiscard]] club::Unseal unseal() const {
    return [this](BytesView sealed) -> Result<club::OpenedAnswer> {
      MUISTIO_TRY(auto opened, impl->engine->open_hand_in(space, sealed));
      return club::OpenedAnswer{opened.member, std::move(opened.payload)};
    };
  }
};

Result<Surveys::View> Surveys::look(SpaceId club) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  View view;
  view.own = impl.engine->own_member();
  view.impl = &impl;
  view.space = club;
  MUISTIO_CHECK(impl.engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(view.gathered, club::gather_club(documents));
    MUISTIO_TRY(view.rules, club::survey_settings(documents, club));
    return ok();
  }));
  return view;
}

Result<DocumentId> Surveys::find(std::string_view kind, std::string_view wanted) {
  return home_->impl_->find_of_kind(kKinds, kind, wanted);
}

Result<SpaceId> Surveys::club_of(std::string_view kind, DocumentId id) { return home_->impl_->space_of_kind(kKinds, kind, id); }

Status Surveys::take_back(std::string_view kind, DocumentId id) {
  MUISTIO_TRY(const auto club, club_of(kind, id));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::take_back(builder, id); });
}

Result<DocumentId> Surveys::add_wish(SpaceId club, std::string_view title) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  DocumentId id;
  MUISTIO_CHECK(
      impl.engine->edit(club, keeping(id, [&](ChangeBuilder& builder) { return club::create_wish(builder, impl.random, title); })));
  return id;
}

Status Surveys::vote(DocumentId wish, bool is_for) {
  MUISTIO_TRY(const auto club, club_of("wish", wish));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::vote_wish(builder, wish, is_for); });
}

Status Surveys::set_overlap(DocumentId one, DocumentId other, bool overlaps) {
  MUISTIO_TRY(const auto club, club_of("wish", one));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::set_overlap(builder, one, other, overlaps); });
}

Result<std::vector<Wish>> Surveys::wishes(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<Wish> wishes;
  for (const auto& item : club::list_wishes(view.gathered.records))
    wishes.push_back({item.id,
                      item.title,
                      view.person(item.maker),
                      item.created,
                      view.people(item.voters),
                      item.voters.count(view.own) != 0,
                      {item.overlaps.begin(), item.overlaps.end()}});
  return wishes;
}

Result<std::vector<Theme>> Surveys::themes(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  Overlap overlap;
  std::vector<Theme> themes;
  for (const auto& theme : club::propose_themes(club::list_wishes(view.gathered.records), std::ref(overlap)))
    themes.push_back({theme.title, theme.wishes, view.people(theme.supporters)});
  return themes;
}

Result<SurveyRules> Surveys::rules(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  return SurveyRules{view.rules.keeper ? std::optional(view.person(*view.rules.keeper)) : std::nullopt, view.rules.minimum};
}

Status Surveys::set_rules(SpaceId club, std::optional<MemberId> keeper, std::optional<std::uint64_t> minimum) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto view, look(club));
  auto wanted = view.rules;
  if (keeper) {
    MUISTIO_TRY(const auto members, impl.engine->members(club));
    const auto found = std::find_if(members.begin(), members.end(), [&](const auto& each) { return each.member == *keeper; });
    if (found == members.end() || found->role == Role::guest) return fail(ErrorCode::not_found, "no such member");
    wanted.keeper = *keeper;
  }
  if (minimum) wanted.minimum = *minimum;
  return impl.engine->edit(club, [&](ChangeBuilder& builder) { return club::set_survey_settings(builder, club, wanted); });
}

Result<DocumentId> Surveys::add_survey(SpaceId club, const NewSurvey& survey) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto view, look(club));
  const auto kind = club::survey_kind_from_name(survey.kind);
  if (!kind) return fail(ErrorCode::invalid_argument, "a survey is about topics, feedback, wellbeing or workplace");
  const club::SurveyPlan plan{*kind, survey.title, view.rules.minimum, view.rules.keeper, survey.about, survey.questions};
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(
      club, keeping(id, [&](ChangeBuilder& builder) { return club::create_survey(builder, impl.random, plan); })));
  return id;
}

Survey Surveys::shown(const View& view, const SpaceId& club, const club::SurveyItem& item) {
  Survey made;
  made.id = item.id;
  made.club = club;
  made.title = item.plan.title;
  made.kind = club::survey_kind_name(item.plan.kind);
  made.maker = view.person(item.maker);
  made.at = item.created;
  if (item.plan.keeper) made.keeper = view.person(*item.plan.keeper);
  made.minimum = std::max(item.plan.minimum, view.rules.minimum);
  made.about = item.plan.about;
  made.questions = item.plan.questions;
  made.answers = item.answers.size();
  made.late = item.late.size();
  made.closed = item.closed;
  if (item.closed) made.closed_by = view.person(item.closed_by);
  for (const auto& each : item.answers) {
    if (each.member != view.own) continue;
    made.own_named = !each.is_sealed;
    Result<club::SurveyAnswers> own = fail(ErrorCode::not_found);
    if (!each.is_sealed) {
      own = club::decode_answers(item.plan, each.content);
    } else if (const auto opened = view.unseal()(each.content); opened && opened->member == view.own) {
      own = club::open_sealed_content(item.id, item.plan, opened->content);
    }
    if (own) made.own = std::move(*own);
  }
  made.sums_due = item.plan.keeper == view.own && club::tally_sealed(item, view.rules.minimum, view.unseal()).has_value();
  return made;
}

Result<std::vector<Survey>> Surveys::surveys(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<Survey> surveys;
  for (const auto& item : club::list_surveys(view.gathered.records)) surveys.push_back(shown(view, club, item));
  return surveys;
}

Result<Survey> Surveys::survey(DocumentId survey) {
  MUISTIO_TRY(const auto club, club_of("survey", survey));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto item, club::find_survey(view.gathered.records, survey));
  return shown(view, club, item);
}

Status Surveys::answer(DocumentId survey, const club::SurveyAnswers& answers, bool named) {
  auto& engine = *home_->impl_->engine;
  MUISTIO_TRY(const auto club, club_of("survey", survey));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto item, club::find_survey(view.gathered.records, survey));
  MUISTIO_TRY(auto content, club::encode_answers(item.plan, answers));
  if (!named && item.plan.keeper) {
    const MemberId keeper[] = {*item.plan.keeper};
    MUISTIO_TRY(content, engine.seal_for(club, keeper, club::sealed_content(survey, item.plan, content)));
  }
  return engine.edit(
      club, [&](ChangeBuilder& builder) { return club::give_answer(builder, view.gathered.records, survey, !named, content); });
}

Status Surveys::close(DocumentId survey) {
  MUISTIO_TRY(const auto club, club_of("survey", survey));
  MUISTIO_TRY(const auto view, look(club));
  return home_->impl_->engine->edit(
      club, [&](ChangeBuilder& builder) { return club::close_survey(builder, view.gathered.records, survey); });
}

Result<SurveyOutcome> Surveys::outcome(DocumentId survey) {
  MUISTIO_TRY(const auto club, club_of("survey", survey));
  MUISTIO_TRY(const auto view, look(club));
  const auto& records = view.gathered.records;
  MUISTIO_TRY(const auto item, club::find_survey(records, survey));
  MUISTIO_TRY(auto result, club::survey_result(item, view.rules.minimum));
  SurveyOutcome outcome;
  outcome.survey = shown(view, club, item);
  outcome.enough = result.enough;
  outcome.counted = result.counted;
  outcome.unnamed_hidden = result.unnamed_hidden;
  for (auto& each : result.named) outcome.named.push_back({view.person(each.member), std::move(each.answers)});
  if (const auto before = item.plan.about ? club::find_survey(records, *item.plan.about) : fail(ErrorCode::not_found)) {
    if (const auto first = club::survey_result(*before, view.rules.minimum))
      for (const auto& each : club::change_between(*before, *first, item, result))
        outcome.changes.push_back({each.question, each.before, each.after});
  }
  outcome.tally = std::move(result.tally);
  return outcome;
}

Result<std::string> Surveys::picture(DocumentId survey) {
  MUISTIO_TRY(const auto found, outcome(survey));
  return draw_outcome(found);
}

Result<std::size_t> Surveys::publish_sums() {
  auto& impl = *home_->impl_;
  std::size_t published = 0;
  for (const auto& space : impl.visible()) {
    if (space.kind != sync::SpaceKind::club || space.phase != sync::Phase::open) continue;
    const auto view = look(space.space);
    if (!view && view.error().code != ErrorCode::io_failed) continue;  // what goes wrong in one club keeps no other back
    if (!view) return fail(view.error());
    for (const auto& item : club::list_surveys(view->gathered.records)) {
      if (item.plan.keeper != view->own) continue;
      const auto tally = club::tally_sealed(item, view->rules.minimum, view->unseal());
      if (!tally) continue;
      MUISTIO_CHECK(
          impl.engine->edit(space.space, [&](ChangeBuilder& builder) { return club::publish_sums(builder, item, *tally); }));
      ++published;
    }
  }
  return published;
}

}  // namespace muistio::home
