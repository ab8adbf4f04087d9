// meeting, agenda.
#include "output_season.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

/// `MUISTIO_MEETING(id);` finds the meeting that the verb names, or ends the verb.
#define MUISTIO_MEETING(id) MUISTIO_VERB(const auto id, context.client.meetings().find("meeting", context.arguments.id).get())

Result<MemberId> member_of(Context context, DocumentId meeting, const std::string& wanted) {
  MUISTIO_TRY(const auto details, context.client.meetings().meeting(meeting).get());
  return context.client.find_member(details.meeting.club, wanted).get();
}

int run_meeting_add(Context context) {
  const auto& s = context.arguments.season_of;
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  home::NewMeeting meeting;
  meeting.title = s.title.value_or("");
  meeting.starts = s.at.value_or("");
  meeting.zone = s.zone.value_or("");
  meeting.minutes = s.minutes.value_or(meeting.minutes);
  meeting.place = s.place.value_or("");
  meeting.link = s.link.value_or("");
  meeting.places = s.places.value_or(0);
  if (s.organiser) {
    MUISTIO_VERB(meeting.organiser, context.client.find_member(club, *s.organiser).get());
  }
  MUISTIO_VERB(const auto id, context.client.meetings().add_meeting(club, std::move(meeting)).get());
  context.out.id(id.hex());
  return kDone;
}

int run_meeting_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto meetings, context.client.meetings().meetings(club).get());
  print_meetings(context.out, meetings);
  return kDone;
}

int run_meeting_show(Context context) {
  MUISTIO_MEETING(id);
  MUISTIO_VERB(const auto details, context.client.meetings().meeting(id).get());
  print_meeting(context.out, details);
  return kDone;
}

int run_meeting_edit(Context context) {
  const auto& s = context.arguments.season_of;
  MUISTIO_MEETING(id);
  home::MeetingEdit edit;
  edit.title = s.title;
  edit.starts = s.at;
  edit.zone = s.zone;
  edit.minutes = s.minutes;
  edit.place = s.place;
  edit.link = s.link;
  if (s.places) edit.places = *s.places;
  if (s.organiser) {
    MUISTIO_VERB(edit.organiser, member_of(context, id, *s.organiser));
  }
  MUISTIO_VERB_DO(context.client.meetings().edit_meeting(id, std::move(edit)).get());
  context.out.done(id.hex());
  return kDone;
}

int run_meeting_cancel(Context context) {
  MUISTIO_MEETING(id);
  home::MeetingEdit edit;
  edit.cancelled = !context.arguments.season_of.undo;
  MUISTIO_VERB_DO(context.client.meetings().edit_meeting(id, edit).get());
  context.out.done(id.hex());
  return kDone;
}

int run_meeting_answer(Context context) {
  const auto& s = context.arguments.season_of;
  MUISTIO_MEETING(id);
  MUISTIO_VERB_DO(context.client.meetings().answer(id, s.word, s.names).get());
  context.out.done(id.hex());
  return kDone;
}

int run_meeting_attend(Context context) {
  const auto& a = context.arguments;
  MUISTIO_MEETING(id);
  MUISTIO_VERB(const auto member, member_of(context, id, a.member));
  MUISTIO_VERB_DO(context.client.meetings().mark_attendance(id, member, a.season_of.word).get());
  context.out.done(id.hex());
  return kDone;
}

int run_meeting_next(Context context) {
  const auto& s = context.arguments.season_of;
  MUISTIO_MEETING(id);
  std::optional<MemberId> organiser;
  if (s.organiser) {
    MUISTIO_VERB(organiser, member_of(context, id, *s.organiser));
  }
  MUISTIO_VERB(const auto next, context.client.meetings().next_meeting(id, s.at.value_or(""), organiser).get());
  context.out.id(next.hex());
  return kDone;
}

int run_meeting_baton(Context context) {
  MUISTIO_MEETING(id);
  MUISTIO_VERB(const auto member, member_of(context, id, context.arguments.member));
  MUISTIO_VERB_DO(context.client.meetings().hand_baton(id, member).get());
  context.out.done(id.hex());
  return kDone;
}

int run_meeting_guest(Context context) {
  MUISTIO_MEETING(id);
  MUISTIO_VERB_DO(context.client.meetings().set_guest(id, context.arguments.name, !context.arguments.season_of.remove).get());
  context.out.done(id.hex());
  return kDone;
}

int run_meeting_facilitator(Context context) {
  MUISTIO_MEETING(id);
  MUISTIO_VERB(const auto member, member_of(context, id, context.arguments.member));
  MUISTIO_VERB_DO(context.client.meetings().set_facilitator(id, member, !context.arguments.season_of.remove).get());
  context.out.done(id.hex());
  return kDone;
}

int run_meeting_minutes(Context context) {
  MUISTIO_MEETING(id);
  MUISTIO_VERB(const auto note, context.client.meetings().minutes(id).get());
  context.out.id(note.hex());
  return kDone;
}

/// What is changed of an agenda item, its texts from their files. `id` is a document of its club.
Result<home::AgendaEdit> agenda_edit(Context context, std::optional<SpaceId> club) {
  const auto& s = context.arguments.season_of;
  home::AgendaEdit edit;
  edit.title = s.title;
  if (s.minutes) edit.minutes = *s.minutes;
  if (s.owner && club) {
    MUISTIO_TRY(edit.owner, context.client.find_member(*club, *s.owner).get());
  }
  const std::pair<const std::optional<std::string>&, std::optional<std::string>&> texts[] = {{s.question, edit.question},
                                                                                             {s.advice, edit.advice},
                                                                                             {s.outcome, edit.outcome},
                                                                                             {s.prompts, edit.prompts},
                                                                                             {s.summary, edit.summary}};
  for (const auto& [file, text] : texts)
    if (file) {
      MUISTIO_TRY(text, read_text(*file));
    }
  return edit;
}

int run_agenda_add(Context context) {
  const auto& s = context.arguments.season_of;
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto meeting, meetings.find("meeting", s.meeting).get());
  MUISTIO_VERB(const auto details, meetings.meeting(meeting).get());
  MUISTIO_VERB(const auto edit, agenda_edit(context, details.meeting.club));
  home::NewAgendaItem item;
  item.kind = s.kind.value_or("item");
  item.title = s.title.value_or("");
  item.minutes = s.minutes.value_or(0);
  item.owner = edit.owner;
  MUISTIO_VERB(const auto id, meetings.add_agenda_item(meeting, std::move(item)).get());
  MUISTIO_VERB_DO(meetings.edit_agenda_item(id, edit).get());
  context.out.id(id.hex());
  return kDone;
}

int run_agenda_edit(Context context) {
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto item, meetings.find("agenda", context.arguments.season_of.item).get());
  MUISTIO_VERB(const auto club, meetings.club_of("agenda", item).get());
  MUISTIO_VERB(auto edit, agenda_edit(context, club));
  MUISTIO_VERB_DO(meetings.edit_agenda_item(item, std::move(edit)).get());
  context.out.done(item.hex());
  return kDone;
}

int run_agenda_move(Context context) {
  const auto& s = context.arguments.season_of;
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto item, meetings.find("agenda", s.item).get());
  MUISTIO_VERB_DO(meetings.move_agenda_item(item, s.position.value_or(1) - 1).get());
  context.out.done(item.hex());
  return kDone;
}

int run_agenda_delete(Context context) {
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto item, meetings.find("agenda", context.arguments.season_of.item).get());
  MUISTIO_VERB_DO(meetings.take_back("agenda", item).get());
  context.out.done(item.hex());
  return kDone;
}

constexpr Verb kVerbs[] = {
    {"meeting add", run_meeting_add},
    {"meeting list", run_meeting_list},
    {"meeting show", run_meeting_show},
    {"meeting edit", run_meeting_edit},
    {"meeting cancel", run_meeting_cancel},
    {"meeting answer", run_meeting_answer},
    {"meeting attend", run_meeting_attend},
    {"meeting next", run_meeting_next},
    {"meeting baton", run_meeting_baton},
    {"meeting guest", run_meeting_guest},
    {"meeting facilitator", run_meeting_facilitator},
    {"meeting minutes", run_meeting_minutes},
    {"agenda add", run_agenda_add},
    {"agenda edit", run_agenda_edit},
    {"agenda move", run_agenda_move},
    {"agenda delete", run_agenda_delete},
};

}  // namespace

std::span<const Verb> meeting_verbs() { return kVerbs; }

}  // namespace muistio::cli
