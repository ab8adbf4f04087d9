// pact, season, poll.
#include "muistio/templates/templates.hpp"
#include "output_season.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

constexpr std::uint32_t kUsualMinutes = 120;

int run_pact_set(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(auto text, read_text(context.arguments.file));
  MUISTIO_VERB(const auto id, context.client.meetings().set_pact(club, std::move(text)).get());
  context.out.id(id.hex());
  return kDone;
}

int run_pact_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto pacts, context.client.meetings().pacts(club).get());
  print_pacts(context.out, pacts);
  return kDone;
}

int run_pact_show(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto pacts, context.client.meetings().pacts(club).get());
  if (pacts.empty()) return context.out.refuse({ErrorCode::not_found, "the club has no pact"});
  print_pact(context.out, pacts.back());
  if (!pacts.back().own_signed) context.out.say("you have not signed it: pact sign");
  return kDone;
}

int run_pact_sign(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto pacts, context.client.meetings().pacts(club).get());
  if (pacts.empty()) return context.out.refuse({ErrorCode::not_found, "the club has no pact"});
  MUISTIO_VERB_DO(context.client.meetings().sign_pact(pacts.back().id).get());
  context.out.done(pacts.back().id.hex());
  return kDone;
}

int run_season_plan(Context context) {
  const auto& a = context.arguments;
  const auto& s = a.season_of;
  MUISTIO_VERB(const auto club, context.client.find_club(a.club).get());
  home::NewSeason season;
  season.name = a.name;
  season.starts = s.at.value_or("");
  season.zone = s.zone.value_or("");
  MUISTIO_VERB(const auto settings, context.client.settings(club).get());
  const auto* model = settings.template_name ? templates::find(*settings.template_name) : nullptr;
  season.minutes = s.minutes.value_or(model != nullptr ? model->minutes : kUsualMinutes);
  season.rhythm_days = s.days.value_or(model != nullptr ? model->every_days : season.rhythm_days);
  season.meetings = s.count.value_or(model != nullptr ? model->meetings : season.meetings);
  season.link = s.link.value_or("");
  for (const auto& turn : s.turns) {
    const auto at = turn.find('=');
    MUISTIO_VERB(const auto member, context.client.find_member(club, turn.substr(0, at)).get());
    season.turns.push_back({member, at == std::string::npos ? std::string() : turn.substr(at + 1)});
  }
  MUISTIO_VERB(const auto id, context.client.meetings().plan_season(club, std::move(season)).get());
  context.out.id(id.hex());
  return kDone;
}

int run_season_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto seasons, context.client.meetings().seasons(club).get());
  print_seasons(context.out, seasons);
  return kDone;
}

int run_season_swap(Context context) {
  const auto& s = context.arguments.season_of;
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto one, meetings.find("meeting", s.meeting).get());
  MUISTIO_VERB(const auto other, meetings.find("meeting", s.other).get());
  MUISTIO_VERB_DO(meetings.swap_meetings(one, other).get());
  context.out.done(one.hex());
  return kDone;
}

int run_poll_add(Context context) {
  const auto& s = context.arguments.season_of;
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  std::optional<DocumentId> meeting;
  if (!s.meeting.empty()) {
    MUISTIO_VERB(meeting, meetings.find("meeting", s.meeting).get());
  }
  MUISTIO_VERB(
      const auto id,
      meetings.add_poll(club, s.title.value_or(""), s.times, s.zone.value_or(""), s.minutes.value_or(kUsualMinutes), meeting)
          .get());
  context.out.id(id.hex());
  return kDone;
}

int run_poll_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto polls, context.client.meetings().polls(club).get());
  print_polls(context.out, polls);
  return kDone;
}

int run_poll_show(Context context) {
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto id, meetings.find("poll", context.arguments.id).get());
  MUISTIO_VERB(const auto poll, meetings.poll(id).get());
  print_poll(context.out, poll);
  return kDone;
}

int run_poll_answer(Context context) {
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto id, meetings.find("poll", context.arguments.id).get());
  MUISTIO_VERB_DO(meetings.answer_poll(id, context.arguments.season_of.marks).get());
  context.out.done(id.hex());
  return kDone;
}

int run_poll_close(Context context) {
  const auto& s = context.arguments.season_of;
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto id, meetings.find("poll", context.arguments.id).get());
  MUISTIO_VERB(const auto poll, meetings.poll(id).get());
  auto chosen = poll.best;
  if (s.none) chosen.reset();
  if (s.option) chosen = *s.option - 1;
  MUISTIO_VERB_DO(meetings.close_poll(id, chosen).get());
  if (chosen && poll.most_cannot) context.out.say("most of those who answered cannot come: ask again with poll add");
  context.out.done(id.hex());
  return kDone;
}

constexpr Verb kVerbs[] = {
    {"pact set", run_pact_set},       {"pact show", run_pact_show},     {"pact list", run_pact_list},
    {"pact sign", run_pact_sign},     {"season plan", run_season_plan}, {"season list", run_season_list},
    {"season swap", run_season_swap}, {"poll add", run_poll_add},       {"poll list", run_poll_list},
    {"poll show", run_poll_show},     {"poll answer", run_poll_answer}, {"poll close", run_poll_close},
};

}  // namespace

std::span<const Verb> plan_verbs() { return kVerbs; }

}  // namespace muistio::cli
