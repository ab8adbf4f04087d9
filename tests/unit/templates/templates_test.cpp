#include "muistio/templates/templates.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace muistio;
using namespace muistio::templates;
using words::Language;

TEST_CASE("there are five templates, each found by its name") {
  REQUIRE(all().size() == 5);
  std::set<std::string_view> names;
  for (const auto& each : all()) {
    names.insert(each.name);
    CHECK(find(each.name) == &each);
  }
  CHECK(names == std::set<std::string_view>{"mirror-group", "one-trade", "online-mentoring", "two-per-company", "web-shop"});
  CHECK(find("choir") == nullptr);
}

TEST_CASE("every template fits together: sizes, season, agenda, surveys, texts in four languages") {
  for (const auto& each : all()) {
    INFO(each.name);
    CHECK(each.members_least >= 2);
    CHECK(each.members_least <= each.members_most);
    CHECK(each.seats_per_company >= 1);
    CHECK(each.hosts_recommended >= 1);
    CHECK(each.meetings_least <= each.meetings);
    CHECK(each.meetings <= each.meetings_most);
    CHECK(each.meetings <= 60);
    CHECK((each.every_days >= 1 && each.every_days <= 366));
    CHECK(each.reminder_days < each.every_days);
    CHECK((each.least_answers >= 2 && each.least_answers <= each.members_most));
    std::uint32_t minutes = 0;
    for (const auto& part : each.agenda) minutes += part.minutes;
    CHECK(minutes < each.minutes);  // some is left for free talk
    REQUIRE_FALSE(each.agenda.empty());
    CHECK(each.agenda.front().kind == PartKind::news);
    CHECK(each.agenda.back().kind == PartKind::closing);
    CHECK_FALSE(each.surveys.empty());
    std::set<std::string_view> pacts;
    for (const auto language : {Language::fi, Language::sv, Language::nl, Language::en}) {
      CHECK(each.pact.in(language).starts_with("# "));
      CHECK(each.pact.in(language).size() < 4096);
      pacts.insert(each.pact.in(language));
      CHECK(words::say(each.manner(language), "start.create"));
      for (const auto& part : each.agenda) CHECK_FALSE(words::raw(language, part_key(part.kind)).empty());
      for (const auto& survey : each.surveys) CHECK_FALSE(words::raw(language, survey_key(survey.kind)).empty());
    }
    CHECK(pacts.size() == 4);
    CHECK((each.place == PlaceRule::link) == each.online);
    if (each.same_company == SameCompany::together) CHECK(each.seats_per_company == each.roles.size());
  }
}

TEST_CASE("the templates say what the product page's table of five models says") {
  const auto* shops = find("web-shop");
  CHECK((shops->members_least == 6 && shops->members_most == 10));
  CHECK(shops->every_days == 42);
  CHECK((shops->meetings_least == 6 && shops->meetings_most == 8));
  CHECK(shops->competitors_apart);
  CHECK(shops->mirror);
  for (const auto* practice : {"release", "moving", "poll_warning", "programme_visits"}) CHECK(shops->has(practice));
  CHECK_FALSE(shops->has("practice_club"));
  CHECK(shops->pact.en.find("Give in order to get") != std::string_view::npos);

  const auto* mentoring = find("online-mentoring");
  CHECK(mentoring->members_most == 12);
  CHECK((mentoring->meetings == 5 && mentoring->minutes == 120 && mentoring->every_days == 21 && mentoring->online));
  CHECK(mentoring->reminder_days == 2);
  for (const auto* practice :
       {"intake_interview", "part_of_day", "recordings", "board", "practice_club", "facilitator_questions", "item_summary"})
    CHECK(mentoring->has(practice));
  std::set<SurveyTime> wellbeing;
  for (const auto& each : mentoring->surveys)
    if (each.kind == SurveyKind::wellbeing) wellbeing.insert(each.when);
  CHECK(wellbeing == std::set{SurveyTime::season_start, SurveyTime::season_end});
  CHECK(mentoring->agenda.back().kind == PartKind::closing);

  const auto* mirrors = find("mirror-group");
  CHECK(mirrors->host == HostKind::guide);
  CHECK_FALSE(mirrors->mirror);
  CHECK_FALSE(mirrors->nudges);
  CHECK(mirrors->competitors_apart);
  for (const auto* practice : {"joint_sessions", "made_together", "yearly_plan", "referrals", "stand_ins"})
    CHECK(mirrors->has(practice));
  CHECK(mirrors->manner(Language::fi).facilitator == words::FacilitatorWord::guide);

  const auto* trade = find("one-trade");
  CHECK((trade->every_days >= 28 && trade->every_days <= 62));
  CHECK(trade->pact_by == PactBy::member_or_company);
  CHECK_FALSE(trade->competitors_apart);
  CHECK(trade->organiser == OrganiserRule::baton);
  for (const auto* practice : {"topic_overlaps", "places", "waiting_list", "outside_sign_up", "cases", "own_page"})
    CHECK(trade->has(practice));

  const auto* pairs = find("two-per-company");
  CHECK((pairs->seats_per_company == 2 && pairs->same_company == SameCompany::together));
  CHECK((pairs->minutes == 240 && pairs->meetings_least == 3 && pairs->meetings_most == 4));
  CHECK(pairs->roles.size() == 2);
  CHECK(pairs->organiser == OrganiserRule::venue);
  CHECK(pairs->agenda[1].kind == PartKind::visit);
  CHECK(pairs->surveys[0].when == SurveyTime::each_meeting);
  CHECK(pairs->group == words::GroupWord::network);
}
