// What Meetings changes.
#include <algorithm>

#include "meeting_view.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/club/edits.hpp"

namespace muistio::home {
namespace {

using replica::ChangeBuilder;

constexpr std::int64_t kUsualRhythmDays = 42;

Status check_utf8(std::string_view text) {
  if (const auto at = first_invalid_utf8(text)) return fail(ErrorCode::not_utf8, "at byte " + std::to_string(*at));
  return ok();
}

/// "Kausi 3" after "Kausi 2"; a title without a number stays.
std::string next_title(std::string title) {
  const auto last = title.find_last_not_of("0123456789");
  const auto digits = last == std::string::npos ? title.size() : title.size() - last - 1;
  if (digits == 0 || digits > 6 || last == std::string::npos || title[last] != ' ') return title;
  const auto number = std::stoul(title.substr(last + 1)) + 1;
  return title.substr(0, last + 1) + std::to_string(number);
}

/// Who follows `organiser` where the season's meetings go round; nothing if there is no round.
std::optional<MemberId> turn_after(const std::vector<club::MeetingItem>& meetings, const club::MeetingItem& last) {
  std::vector<MemberId> round;
  for (const auto& each : meetings)
    if (each.season && each.season == last.season && each.organiser &&
        std::find(round.begin(), round.end(), *each.organiser) == round.end())
      round.push_back(*each.organiser);
  const auto at = last.organiser ? std::find(round.begin(), round.end(), *last.organiser) : round.end();
  if (at == round.end()) return std::nullopt;
  return at + 1 == round.end() ? round.front() : *(at + 1);
}

}  // namespace

Result<club::When> when_of(const club::TimeZones& zones, std::string_view starts, std::string_view zone, std::uint32_t minutes) {
  MUISTIO_TRY(const auto time, club::parse_local_time(starts));
  if (auto known = zones.moment(zone, time); !known)
    return fail(ErrorCode::invalid_argument, "the time zone: " + known.error().detail);
  if (minutes > club::kDurationMinutesMax) return fail(ErrorCode::invalid_argument, "a meeting lasts at most 14 days");
  return club::When{time, std::string(zone), minutes};
}

Result<DocumentId> Meetings::set_pact(SpaceId club, std::string_view text) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  DocumentId id;
  MUISTIO_CHECK(
      impl.engine->edit(club, keeping(id, [&](ChangeBuilder& builder) { return club::create_pact(builder, impl.random, text); })));
  return id;
}

Status Meetings::sign_pact(DocumentId pact) {
  auto& engine = *home_->impl_->engine;
  MUISTIO_TRY(const auto club, space_of("pact", pact));
  MUISTIO_TRY(const auto all, pacts(club));
  if (all.empty() || all.back().id != pact) return fail(ErrorCode::invalid_state, "the pact was changed: read it again");
  const auto hash = club::pact_text_hash(all.back().text);
  MUISTIO_TRY(const auto made, engine.sign(club, club::kPactLabel, {pact.view(), hash.view()}));
  return engine.edit(club, [&](ChangeBuilder& builder) {
    return club::sign_pact(builder, {pact, hash, made.key, made.signature});
  });
}

Result<DocumentId> Meetings::plan_season(SpaceId club, const NewSeason& season) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  club::NewSeason wanted;
  wanted.name = season.name;
  MUISTIO_TRY(wanted.first, when_of(*impl.zones, season.starts, season.zone, season.minutes));
  wanted.rhythm_days = season.rhythm_days;
  wanted.meetings = season.meetings;
  wanted.link = season.link;
  for (const auto& turn : season.turns) wanted.turns.push_back({turn.organiser, turn.place});
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(
      club, keeping(id, [&](ChangeBuilder& builder) { return club::plan_season(builder, impl.random, wanted); })));
  return id;
}

Status Meetings::swap_meetings(DocumentId one, DocumentId other) {
  MUISTIO_TRY(const auto club, space_of("meeting", one));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto first, club::find_meeting(view.records(), one));
  MUISTIO_TRY(const auto second, club::find_meeting(view.records(), other));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::swap_turns(builder, first, second); });
}

Result<DocumentId> Meetings::add_meeting(SpaceId club, const NewMeeting& meeting) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  club::NewMeeting wanted;
  wanted.title = meeting.title;
  MUISTIO_TRY(wanted.when, when_of(*impl.zones, meeting.starts, meeting.zone, meeting.minutes));
  wanted.place = meeting.place;
  wanted.link = meeting.link;
  wanted.organiser = meeting.organiser ? meeting.organiser : std::optional(impl.engine->own_member());
  wanted.places = meeting.places;
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(
      club, keeping(id, [&](ChangeBuilder& builder) { return club::create_meeting(builder, impl.random, wanted); })));
  return id;
}

Status Meetings::edit_meeting(DocumentId meeting, const MeetingEdit& edit) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  club::MeetingEdit wanted;
  wanted.title = edit.title;
  wanted.place = edit.place;
  wanted.link = edit.link;
  wanted.organiser = edit.organiser;
  wanted.places = edit.places;
  wanted.cancelled = edit.cancelled;
  if (edit.starts || edit.zone || edit.minutes) {
    MUISTIO_TRY(const auto view, look(club));
    MUISTIO_TRY(const auto held, club::find_meeting(view.records(), meeting));
    MUISTIO_TRY(wanted.when, when_of(*impl.zones, edit.starts.value_or(club::format_local_time(held.when.start)),
                                     edit.zone.value_or(held.when.zone), edit.minutes.value_or(held.when.minutes)));
  }
  return impl.engine->edit(club, [&](ChangeBuilder& builder) { return club::edit_meeting(builder, meeting, wanted); });
}

Result<DocumentId> Meetings::next_meeting(DocumentId meeting, std::string_view starts, std::optional<MemberId> organiser) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto last, club::find_meeting(view.records(), meeting));
  const auto all = club::list_meetings(view.records());
  const auto planned = std::find_if(all.begin(), all.end(),
                                    [&](const club::MeetingItem& each) { return each.follows == meeting && !each.cancelled; });
  if (planned != all.end()) {
    if (!starts.empty()) {
      MeetingEdit edit;
      edit.starts = std::string(starts);
      MUISTIO_CHECK(edit_meeting(planned->id, edit));
    }
    if (organiser) MUISTIO_CHECK(hand_baton(planned->id, *organiser));
    return planned->id;
  }
  club::NewMeeting wanted;
  wanted.title = next_title(last.title);
  wanted.when = last.when;
  auto rhythm = kUsualRhythmDays;
  for (const auto& season : club::list_seasons(view.records()))
    if (season.id == last.season) rhythm = season.rhythm_days;
  wanted.when.start = club::plus_days(last.when.start, rhythm);
  if (!starts.empty()) {
    MUISTIO_TRY(wanted.when, when_of(*impl.zones, starts, last.when.zone, last.when.minutes));
  }
  wanted.place = last.place;
  wanted.link = last.link;
  wanted.organiser = organiser ? organiser : turn_after(all, last);
  if (!wanted.organiser) wanted.organiser = last.organiser;
  wanted.season = last.season;
  wanted.follows = meeting;
  wanted.opens_and_closes = false;
  club::Agenda agenda;
  MUISTIO_CHECK(impl.engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(agenda, club::show_agenda(documents, view.records(), meeting));
    return ok();
  }));
  DocumentId id;
  auto made = impl.engine->edit(club, [&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, club::create_meeting(builder, impl.random, wanted));
    for (const auto& facilitator : last.facilitators) MUISTIO_CHECK(club::set_facilitator(builder, id, facilitator, true));
    for (const auto& item : agenda.items) {  // what every meeting has; topics and cases belong to their own
      if (item.kind != club::AgendaKind::news && item.kind != club::AgendaKind::round) continue;
      MUISTIO_TRY(const auto copy, club::add_agenda_item(builder, impl.random, id, {item.kind, item.title, item.minutes, {}}));
      club::AgendaEdit prompts;
      if (!item.prompts.empty()) prompts.prompts = item.prompts;
      MUISTIO_CHECK(club::edit_agenda_item(builder, copy, prompts));
    }
    return ok();
  });
  MUISTIO_CHECK(std::move(made));
  return id;
}

Status Meetings::hand_baton(DocumentId meeting, MemberId to) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto held, club::find_meeting(view.records(), meeting));
  if (std::find(view.members.begin(), view.members.end(), to) == view.members.end()) return fail(ErrorCode::not_found, "member");
  MUISTIO_TRY(const auto space, impl.engine->space(club));
  club::MeetingEdit edit;
  edit.organiser = to;
  if (space.own_role == Role::host || held.maker == view.own)
    return impl.engine->edit(club, [&](ChangeBuilder& builder) { return club::edit_meeting(builder, meeting, edit); });
  if (held.organiser != view.own) return fail(ErrorCode::not_permitted, "another member has the baton of this meeting");
  return impl.engine->edit(club, [&](ChangeBuilder& builder) { return club::hand_baton(builder, meeting, to); });
}

Status Meetings::set_guest(DocumentId meeting, std::string_view name, bool comes) {
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::set_guest(builder, meeting, name, comes); });
}

Status Meetings::set_facilitator(DocumentId meeting, MemberId member, bool is_one) {
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  return home_->impl_->engine->edit(
      club, [&](ChangeBuilder& builder) { return club::set_facilitator(builder, meeting, member, is_one); });
}

Status Meetings::answer(DocumentId meeting, std::string_view answer, const std::vector<std::string>& companions) {
  const auto wanted = club::answer_from_name(answer);
  if (!wanted) return fail(ErrorCode::invalid_argument, "the answer is yes, no, late or remote");
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  return home_->impl_->engine->edit(
      club, [&](ChangeBuilder& builder) { return club::answer_meeting(builder, meeting, *wanted, companions); });
}

Status Meetings::mark_attendance(DocumentId meeting, MemberId member, std::string_view attended) {
  auto& impl = *home_->impl_;
  const auto wanted = club::attended_from_name(attended);
  if (!wanted) return fail(ErrorCode::invalid_argument, "somebody was present, absent, late or remote");
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  MUISTIO_TRY(const auto view, look(club));
  const auto* record = club::find_record(view.records(), meeting, club::kMeeting);
  MUISTIO_TRY(const auto space, impl.engine->space(club));
  const bool by_role = space.own_role == Role::host || space.own_role == Role::facilitator;
  if (!by_role && (record == nullptr || !club::may_mark(view.records(), *record, view.own)))
    return fail(ErrorCode::not_permitted, "attendance is taken by a host, a facilitator or the organiser");
  return impl.engine->edit(club, [&](ChangeBuilder& builder) { return club::mark_attendance(builder, meeting, member, *wanted); });
}

Result<DocumentId> Meetings::add_agenda_item(DocumentId meeting, const NewAgendaItem& item) {
  auto& impl = *home_->impl_;
  const auto kind = club::agenda_kind_from_name(item.kind);
  if (!kind) return fail(ErrorCode::invalid_argument, "an agenda has news, item, case and round");
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(
      club, keeping(id, [&](ChangeBuilder& builder) {
        return club::add_agenda_item(builder, impl.random, meeting, {*kind, item.title, item.minutes, item.owner});
      })));
  return id;
}

Status Meetings::edit_agenda_item(DocumentId item, const AgendaEdit& edit) {
  MUISTIO_TRY(const auto club, space_of("agenda", item));
  for (const auto* text : {&edit.question, &edit.advice, &edit.outcome, &edit.prompts, &edit.summary})
    if (*text) MUISTIO_CHECK(check_utf8(**text));
  club::AgendaEdit wanted{edit.title,  edit.minutes, edit.owner,   edit.question,
                          edit.advice, edit.outcome, edit.prompts, edit.summary};
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::edit_agenda_item(builder, item, wanted); });
}

Status Meetings::move_agenda_item(DocumentId item, std::size_t position) {
  MUISTIO_TRY(const auto club, space_of("agenda", item));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::move_agenda_item(builder, item, position); });
}

Status Meetings::delete_agenda_item(DocumentId item) { return take_back("agenda", item); }

Result<DocumentId> Meetings::minutes(DocumentId meeting) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto held, club::find_meeting(view.records(), meeting));
  std::optional<std::pair<Era, DocumentId>> found;  // of several that of the newest era, which most can read; of these the oldest
  MUISTIO_CHECK(impl.engine->read(club, [&](replica::Replica& documents) -> Status {
    for (const auto& note : view.gathered.notes) {
      const auto linked = view.gathered.links.find(note.id);
      if (note.kind != club::NoteKind::minutes || linked == view.gathered.links.end()) continue;
      const auto& meetings = linked->second.meetings;
      if (std::find(meetings.begin(), meetings.end(), meeting) == meetings.end()) continue;
      MUISTIO_TRY(const auto document, documents.document(note.id));
      if (document != nullptr && (!found || found->first < document->era())) found = {document->era(), note.id};
    }
    return ok();
  }));
  if (found) return found->second;
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(
      club, keeping(id, [&](ChangeBuilder& builder) { return club::create_minutes(builder, impl.random, meeting, held.title); })));
  return id;
}

Status Meetings::link_note(DocumentId note, const NoteLink& link, bool add) {
  MUISTIO_TRY(const auto space, home_->impl_->locate(note, club::kNote));
  club::NoteLinks links;
  if (link.meeting) links.meetings.push_back(*link.meeting);
  if (link.item) links.items.push_back(*link.item);
  if (link.member) links.members.push_back(*link.member);
  if (!link.tag.empty()) links.tags.push_back(link.tag);
  return home_->impl_->engine->edit(space, [&](ChangeBuilder& builder) { return club::link_note(builder, note, links, add); });
}

Result<DocumentId> Meetings::add_poll(SpaceId club, std::string_view title, const std::vector<std::string>& starts,
                                      std::string_view zone, std::uint32_t minutes, std::optional<DocumentId> meeting) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  club::NewPoll wanted{std::string(title), {}, meeting};
  for (const auto& each : starts) {
    MUISTIO_TRY(auto when, when_of(*impl.zones, each, zone, minutes));
    wanted.options.push_back(std::move(when));
  }
  if (meeting) MUISTIO_CHECK(space_of("meeting", *meeting));
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(
      club, keeping(id, [&](ChangeBuilder& builder) { return club::create_poll(builder, impl.random, wanted); })));
  return id;
}

Status Meetings::answer_poll(DocumentId poll, const std::vector<std::string>& marks) {
  std::vector<club::Mark> wanted;
  for (const auto& each : marks) {
    const auto mark = club::mark_from_name(each);
    if (!mark) return fail(ErrorCode::invalid_argument, "a mark is yes, maybe, no or -");
    wanted.push_back(*mark);
  }
  MUISTIO_TRY(const auto club, space_of("poll", poll));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::answer_poll(builder, poll, wanted); });
}

Status Meetings::close_poll(DocumentId poll, std::optional<std::size_t> chosen) {
  MUISTIO_TRY(const auto club, space_of("poll", poll));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto item, club::find_poll(view.records(), poll));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(club::close_poll(builder, view.records(), poll, chosen));
    if (!chosen || !item.meeting || !club::find_meeting(view.records(), *item.meeting))
      return ok();  // a meeting that is gone has no time
    club::MeetingEdit edit;
    edit.when = item.options[*chosen].when;
    return club::edit_meeting(builder, *item.meeting, edit);
  });
}

Result<DocumentId> Meetings::add_action(SpaceId club, const NewAction& action) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  DocumentId id;
  MUISTIO_CHECK(
      impl.engine->edit(club, keeping(id, [&](ChangeBuilder& builder) {
                          return club::create_action(builder, impl.random, {action.text, action.owner, action.due, action.meeting});
                        })));
  return id;
}

Status Meetings::edit_action(DocumentId action, const ActionEdit& edit) {
  MUISTIO_TRY(const auto club, space_of("action", action));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) {
    return club::edit_action(builder, action, {edit.text, edit.owner, edit.due, edit.done});
  });
}

Result<DocumentId> Meetings::ask(SpaceId club, std::string_view title, std::string_view text) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(check_utf8(text));
  MUISTIO_CHECK(impl.visible(club));
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(
      club, keeping(id, [&](ChangeBuilder& builder) { return club::ask_question(builder, impl.random, title, text); })));
  return id;
}

Result<DocumentId> Meetings::answer_question(DocumentId question, std::string_view text) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(check_utf8(text));
  MUISTIO_TRY(const auto club, space_of("question", question));
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(
      club, keeping(id, [&](ChangeBuilder& builder) { return club::answer_question(builder, impl.random, question, text); })));
  return id;
}

Status Meetings::take_back(std::string_view kind, DocumentId id) {
  MUISTIO_TRY(const auto club, space_of(kind, id));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::take_back(builder, id); });
}

}  // namespace muistio::home
