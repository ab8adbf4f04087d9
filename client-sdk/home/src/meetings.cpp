// What Meetings shows.
#include "muistio/home/meetings.hpp"

#include <algorithm>

#include "meeting_view.hpp"

namespace muistio::home {
namespace {

constexpr std::pair<std::string_view, club::DocumentType> kKinds[] = {
    {"pact", club::kPact}, {"season", club::kSeason}, {"meeting", club::kMeeting},   {"agenda", club::kAgendaItem},
    {"poll", club::kPoll}, {"action", club::kAction}, {"question", club::kQuestion}, {"answer", club::kAnswer}};

}  // namespace

Meetings Home::meetings() { return Meetings(*this); }

Person Meetings::View::person(const MemberId& member) const { return person_of(gathered.names, member); }

std::optional<Person> Meetings::View::person(const std::optional<MemberId>& member) const {
  return member ? std::optional(person(*member)) : std::nullopt;
}

std::vector<Person> Meetings::View::people(const std::vector<MemberId>& ids) const { return people_of(gathered.names, ids); }

Meeting Meetings::View::meeting(const SpaceId& club, const club::MeetingItem& item) const {
  Meeting made;
  made.id = item.id;
  made.club = club;
  made.title = item.title;
  made.starts = club::format_local_time(item.when.start);
  made.zone = item.when.zone;
  made.minutes = item.when.minutes;
  if (const auto moment = zones->moment(item.when.zone, item.when.start)) {
    made.at = *moment;
    made.ends = WallMs(moment->value() + std::int64_t{item.when.minutes} * 60'000);
  }
  made.place = item.place;
  made.link = item.link;
  made.organiser = person(item.organiser);
  made.facilitators = people(item.facilitators);
  made.guests = item.guests;
  made.places = item.places;
  made.cancelled = item.cancelled;
  made.season = item.season;
  made.follows = item.follows;
  made.maker = person(item.maker);
  made.changed_by = person(item.changed_by);
  made.sequence = item.sequence;
  const auto replies = club::replies_to(records(), item, {});
  made.coming = static_cast<std::uint32_t>(replies.seated.size());
  made.waiting = static_cast<std::uint32_t>(replies.waiting.size());
  for (const auto& reply : replies.replies)
    if (reply.member == own) made.own_answer = club::answer_name(reply.answer);
  return made;
}

ActionPoint Meetings::View::action(const club::ActionItem& item) const {
  return {item.id, item.text, person(item.owner), item.due, item.meeting, item.done, person(item.maker), item.created};
}

Poll Meetings::View::poll(const club::PollItem& item) const {
  Poll made;
  made.id = item.id;
  made.title = item.title;
  made.meeting = item.meeting;
  made.maker = person(item.maker);
  made.at = item.created;
  for (const auto& option : item.options)
    made.options.push_back(
        {club::format_local_time(option.when.start), option.when.zone, option.when.minutes, option.yes, option.maybe, option.no});
  const auto ballots = [&](const std::vector<club::Ballot>& from) {
    std::vector<Poll::Ballot> to;
    for (const auto& ballot : from) {
      Poll::Ballot shown{person(ballot.member), {}, ballot.at};
      for (const auto mark : ballot.marks) shown.marks.emplace_back(club::mark_name(mark));
      to.push_back(std::move(shown));
    }
    return to;
  };
  made.ballots = ballots(item.ballots);
  made.late = ballots(item.late);
  made.best = item.best;
  made.most_cannot = item.most_cannot;
  made.closed = item.closed;
  made.chosen = item.chosen;
  if (item.closed) made.closed_by = person(item.closed_by);
  for (const auto& member : members) {
    const auto is_theirs = [&](const club::Ballot& each) { return each.member == member; };
    if (std::none_of(item.ballots.begin(), item.ballots.end(), is_theirs) &&
        std::none_of(item.late.begin(), item.late.end(), is_theirs))
      made.silent.push_back(person(member));
  }
  return made;
}

Result<Meetings::View> Meetings::look(SpaceId club) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  View view;
  view.zones = impl.zones;
  view.own = impl.engine->own_member();
  MUISTIO_TRY(const auto members, impl.engine->members(club));
  for (const auto& member : members)
    if (member.role != Role::guest) view.members.push_back(member.member);
  MUISTIO_CHECK(impl.engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(view.gathered, club::gather_club(documents));
    return ok();
  }));
  return view;
}

Result<SpaceId> Meetings::space_of(std::string_view kind, DocumentId id) { return home_->impl_->space_of_kind(kKinds, kind, id); }

Result<DocumentId> Meetings::find(std::string_view kind, std::string_view wanted) {
  return home_->impl_->find_of_kind(kKinds, kind, wanted);
}

Result<std::vector<Pact>> Meetings::pacts(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<club::PactVersion> versions;
  MUISTIO_CHECK(home_->impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(versions, club::list_pacts(documents, view.records()));
    return ok();
  }));
  std::vector<Pact> pacts;
  for (const auto& version : versions) {
    Pact pact{version.id, version.text, version.hash.hex(), view.person(version.maker), version.created, false, false, {}, {}};
    for (const auto& signer : version.signers) {
      pact.signers.push_back({view.person(signer.member), signer.at});
      pact.own_signed = pact.own_signed || signer.member == view.own;
    }
    pact.missing = view.people(club::not_signed(version, view.members));
    pacts.push_back(std::move(pact));
  }
  if (!pacts.empty()) pacts.back().is_current = true;
  return pacts;
}

Result<std::optional<Pact>> Meetings::pact_to_sign(SpaceId club) {
  MUISTIO_TRY(auto all, pacts(club));
  if (all.empty() || all.back().own_signed) return std::optional<Pact>();
  return std::optional(std::move(all.back()));
}

Result<std::vector<Season>> Meetings::seasons(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<Season> seasons;
  for (const auto& item : club::list_seasons(view.records()))
    seasons.push_back({item.id, item.name, item.rhythm_days, item.meetings, view.person(item.maker), item.created});
  return seasons;
}

Result<std::vector<Meeting>> Meetings::meetings(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<Meeting> meetings;
  for (const auto& item : club::list_meetings(view.records())) meetings.push_back(view.meeting(club, item));
  return meetings;
}

Result<MeetingDetails> Meetings::meeting(DocumentId meeting) {
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto item, club::find_meeting(view.records(), meeting));
  MeetingDetails details;
  details.meeting = view.meeting(club, item);
  const auto replies = club::replies_to(view.records(), item, view.members);
  for (const auto& reply : replies.replies)
    details.replies.push_back({view.person(reply.member), club::answer_name(reply.answer), reply.companions, reply.at});
  for (const auto& seat : replies.seated) details.seated.push_back({view.person(seat.member), seat.companion});
  for (const auto& seat : replies.waiting) details.waiting.push_back({view.person(seat.member), seat.companion});
  details.silent = view.people(replies.silent);
  for (const auto& each : club::attendance_of(view.records(), meeting))
    details.attendance.push_back(
        {view.person(each.member), club::attended_name(each.attended), view.person(each.marked_by), each.at});
  for (const auto& each : club::list_actions(view.records()))
    if (each.meeting == meeting) details.actions.push_back(view.action(each));
  MUISTIO_CHECK(home_->impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(const auto agenda, club::show_agenda(documents, view.records(), meeting));
    details.minutes_left = agenda.minutes_left;
    for (const auto& each : agenda.items)
      details.agenda.push_back({each.id, club::agenda_kind_name(each.kind), each.title, each.minutes, view.person(each.owner),
                                each.question, each.advice, each.outcome, each.prompts, each.summary});
    for (const auto& note : view.gathered.notes) {
      const auto found = view.gathered.links.find(note.id);
      if (found == view.gathered.links.end()) continue;
      const auto& links = found->second;
      const bool is_of_meeting = std::find(links.meetings.begin(), links.meetings.end(), meeting) != links.meetings.end();
      const auto linked = std::find_if(agenda.items.begin(), agenda.items.end(), [&](const club::AgendaItem& each) {
        return std::find(links.items.begin(), links.items.end(), each.id) != links.items.end();
      });
      if (!is_of_meeting && linked == agenda.items.end()) continue;
      details.notes.push_back({note.id, note.title, view.person(note.author), note.kind == club::NoteKind::minutes,
                               linked == agenda.items.end() ? std::nullopt : std::optional(linked->id), view.people(links.members),
                               links.tags});
    }
    return ok();
  }));
  return details;
}

Result<std::vector<Poll>> Meetings::polls(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<Poll> polls;
  for (const auto& item : club::list_polls(view.records())) polls.push_back(view.poll(item));
  return polls;
}

Result<Poll> Meetings::poll(DocumentId poll) {
  MUISTIO_TRY(const auto club, space_of("poll", poll));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto item, club::find_poll(view.records(), poll));
  return view.poll(item);
}

Result<std::vector<ActionPoint>> Meetings::actions(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<ActionPoint> actions;
  for (const auto& item : club::list_actions(view.records())) actions.push_back(view.action(item));
  return actions;
}

Result<std::vector<Question>> Meetings::questions(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<club::QuestionItem> items;
  MUISTIO_CHECK(home_->impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(items, club::list_questions(documents, view.records()));
    return ok();
  }));
  std::vector<Question> questions;
  for (const auto& item : items) {
    Question question{item.id, item.title, item.text, view.person(item.maker), item.created, {}};
    for (const auto& answer : item.answers)
      question.answers.push_back({answer.id, view.person(answer.maker), answer.created, answer.text});
    questions.push_back(std::move(question));
  }
  return questions;
}

}  // namespace muistio::home
