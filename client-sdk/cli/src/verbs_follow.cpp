// action, question, note link, reminder, calendar, catch-up, mirror, turn.
#include <iostream>

#include "muistio/base/seams.hpp"
#include "muistio/home/files.hpp"
#include "output_season.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

int run_action_add(Context context) {
  const auto& s = context.arguments.season_of;
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  home::NewAction action;
  action.text = s.text_of.value_or("");
  action.due = s.due.value_or("");
  if (s.owner) {
    MUISTIO_VERB(action.owner, context.client.find_member(club, *s.owner).get());
  }
  if (!s.meeting.empty()) {
    MUISTIO_VERB(action.meeting, context.client.meetings().find("meeting", s.meeting).get());
  }
  MUISTIO_VERB(const auto id, context.client.meetings().add_action(club, std::move(action)).get());
  context.out.id(id.hex());
  return kDone;
}

int run_action_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto actions, context.client.meetings().actions(club).get());
  print_actions(context.out, actions);
  return kDone;
}

int run_action_edit(Context context) {
  const auto& s = context.arguments.season_of;
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto id, meetings.find("action", context.arguments.id).get());
  home::ActionEdit edit;
  edit.text = s.text_of;
  edit.due = s.due;
  if (s.owner) {
    MUISTIO_VERB(const auto club, meetings.club_of("action", id).get());
    MUISTIO_VERB(edit.owner, context.client.find_member(club, *s.owner).get());
  }
  MUISTIO_VERB_DO(meetings.edit_action(id, std::move(edit)).get());
  context.out.done(id.hex());
  return kDone;
}

int run_action_done(Context context) {
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto id, meetings.find("action", context.arguments.id).get());
  home::ActionEdit edit;
  edit.done = !context.arguments.season_of.undo;
  MUISTIO_VERB_DO(meetings.edit_action(id, std::move(edit)).get());
  context.out.done(id.hex());
  return kDone;
}

int run_question_add(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(const auto club, context.client.find_club(a.club).get());
  std::string text;
  if (!a.file.empty()) {
    MUISTIO_VERB(text, read_text(a.file));
  }
  MUISTIO_VERB(const auto id, context.client.meetings().ask(club, a.season_of.title.value_or(""), std::move(text)).get());
  context.out.id(id.hex());
  return kDone;
}

int run_question_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto questions, context.client.meetings().questions(club).get());
  print_questions(context.out, questions);
  return kDone;
}

int run_question_answer(Context context) {
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto question, meetings.find("question", context.arguments.id).get());
  MUISTIO_VERB(auto text, read_text(context.arguments.file));
  MUISTIO_VERB(const auto id, meetings.answer_question(question, std::move(text)).get());
  context.out.id(id.hex());
  return kDone;
}

int run_reminder_list(Context context) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const auto from = SystemClock().wall();
  const WallMs until(from.value() + std::int64_t{context.arguments.season_of.days.value_or(60)} * kDayMs);
  MUISTIO_VERB(const auto reminders, context.client.meetings().reminders(from, until).get());
  print_reminders(context.out, reminders);
  return kDone;
}

int run_reminder_set(Context context) {
  const auto& s = context.arguments.season_of;
  MUISTIO_VERB(auto lead, context.client.meetings().reminder_lead().get());
  if (s.days || s.minutes) {
    lead = {s.days.value_or(0), s.minutes.value_or(0)};
    MUISTIO_VERB_DO(context.client.meetings().set_reminder_lead(lead).get());
  }
  print_lead(context.out, lead);
  return kDone;
}

int run_calendar(Context context) {
  const auto& a = context.arguments;
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto club, context.client.find_club(a.club).get());
  std::optional<DocumentId> meeting;
  if (!a.season_of.meeting.empty()) {
    MUISTIO_VERB(meeting, meetings.find("meeting", a.season_of.meeting).get());
  }
  MUISTIO_VERB(const auto text, meetings.calendar(club, meeting).get());
  if (a.out == "-") {
    std::cout.write(text.data(), static_cast<std::streamsize>(text.size()));
    return kDone;
  }
  MUISTIO_VERB_DO(home::write_file(a.out, as_bytes(text)));
  context.out.wrote(a.out);
  return kDone;
}

int run_catch_up(Context context) {
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto news, meetings.catch_up(club).get());
  print_catch_up(context.out, news);
  if (!context.arguments.season_of.undo) return kDone;
  MUISTIO_VERB_DO(meetings.mark_read(club).get());
  return kDone;
}

int run_material_reach(Context context) {
  MUISTIO_VERB(const auto id, context.client.find_material(context.arguments.id).get());
  MUISTIO_VERB(const auto reach, context.client.meetings().reach(id).get());
  print_reach(context.out, reach);
  return kDone;
}

int run_mirror(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  if (context.arguments.season_of.none) {
    MUISTIO_VERB(const auto page, context.client.meetings().own_page(club).get());
    print_page(context.out, page);
    return kDone;
  }
  MUISTIO_VERB(const auto contributions, context.client.meetings().contributions(club).get());
  print_contributions(context.out, contributions);
  return kDone;
}

int run_turn_list(Context context) {
  MUISTIO_VERB(const auto id, context.client.meetings().find("meeting", context.arguments.id).get());
  MUISTIO_VERB(const auto turns, context.client.meetings().turns(id).get());
  print_turns(context.out, turns);
  return kDone;
}

int run_turn_add(Context context) {
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto id, meetings.find("meeting", context.arguments.id).get());
  MUISTIO_VERB(const auto club, meetings.club_of("meeting", id).get());
  MUISTIO_VERB(const auto member, context.client.find_member(club, context.arguments.member).get());
  MUISTIO_VERB_DO(meetings.add_turn(id, member).get());
  context.out.done(id.hex());
  return kDone;
}

int run_turn_clear(Context context) {
  MUISTIO_VERB(const auto id, context.client.meetings().find("meeting", context.arguments.id).get());
  MUISTIO_VERB_DO(context.client.meetings().clear_turns(id).get());
  context.out.done(id.hex());
  return kDone;
}

int run_note_link(Context context) {
  const auto& a = context.arguments;
  auto meetings = context.client.meetings();
  MUISTIO_VERB(const auto note, context.client.find_note(a.id).get());
  home::NoteLink link;
  link.tag = a.season_of.word;
  if (!a.season_of.meeting.empty()) {
    MUISTIO_VERB(link.meeting, meetings.find("meeting", a.season_of.meeting).get());
  }
  if (!a.season_of.item.empty()) {
    MUISTIO_VERB(link.item, meetings.find("agenda", a.season_of.item).get());
  }
  if (!a.member.empty()) {
    MUISTIO_VERB(const auto shown, context.client.show_note(note).get());
    MUISTIO_VERB(link.member, context.client.find_member(shown.note.club, a.member).get());
  }
  MUISTIO_VERB_DO(meetings.link_note(note, std::move(link), !a.season_of.remove).get());
  context.out.done(note.hex());
  return kDone;
}

constexpr Verb kVerbs[] = {
    {"action add", run_action_add},
    {"action list", run_action_list},
    {"action edit", run_action_edit},
    {"action done", run_action_done},
    {"question add", run_question_add},
    {"question list", run_question_list},
    {"question answer", run_question_answer},
    {"note link", run_note_link},
    {"reminder list", run_reminder_list},
    {"reminder set", run_reminder_set},
    {"calendar", run_calendar},
    {"catch-up", run_catch_up},
    {"material reach", run_material_reach},
    {"mirror", run_mirror},
    {"turn list", run_turn_list},
    {"turn add", run_turn_add},
    {"turn clear", run_turn_clear},
};

}  // namespace

std::span<const Verb> follow_verbs() { return kVerbs; }

}  // namespace muistio::cli
