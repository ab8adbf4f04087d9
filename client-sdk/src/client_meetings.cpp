// muistio::Meetings: each call goes to the home on the client's thread.
#include "client_impl.hpp"
#include "muistio/client/meetings.hpp"
#include "muistio/home/meetings.hpp"

namespace muistio {

using home::Home;

Meetings Client::meetings() { return Meetings(impl_.get()); }

Future<DocumentId> Meetings::find(std::string kind, std::string wanted) {
  return impl_->ask(
      [kind = std::move(kind), wanted = std::move(wanted)](Home& home) { return home.meetings().find(kind, wanted); });
}

Future<SpaceId> Meetings::club_of(std::string kind, DocumentId id) {
  return impl_->ask([kind = std::move(kind), id](Home& home) { return home.meetings().club_of(kind, id); });
}

Future<DocumentId> Meetings::set_pact(SpaceId club, std::string text) {
  return impl_->ask([club, text = std::move(text)](Home& home) { return home.meetings().set_pact(club, text); });
}

Future<std::vector<home::Pact>> Meetings::pacts(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().pacts(club); });
}

Future<std::optional<home::Pact>> Meetings::pact_to_sign(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().pact_to_sign(club); });
}

Future<void> Meetings::sign_pact(DocumentId pact) {
  return impl_->ask([pact](Home& home) { return home.meetings().sign_pact(pact); });
}

Future<DocumentId> Meetings::plan_season(SpaceId club, home::NewSeason season) {
  return impl_->ask([club, season = std::move(season)](Home& home) { return home.meetings().plan_season(club, season); });
}

Future<std::vector<home::Season>> Meetings::seasons(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().seasons(club); });
}

Future<void> Meetings::swap_meetings(DocumentId one, DocumentId other) {
  return impl_->ask([one, other](Home& home) { return home.meetings().swap_meetings(one, other); });
}

Future<DocumentId> Meetings::add_meeting(SpaceId club, home::NewMeeting meeting) {
  return impl_->ask([club, meeting = std::move(meeting)](Home& home) { return home.meetings().add_meeting(club, meeting); });
}

Future<std::vector<home::Meeting>> Meetings::meetings(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().meetings(club); });
}

Future<home::MeetingDetails> Meetings::meeting(DocumentId meeting) {
  return impl_->ask([meeting](Home& home) { return home.meetings().meeting(meeting); });
}

Future<void> Meetings::edit_meeting(DocumentId meeting, home::MeetingEdit edit) {
  return impl_->ask([meeting, edit = std::move(edit)](Home& home) { return home.meetings().edit_meeting(meeting, edit); });
}

Future<DocumentId> Meetings::next_meeting(DocumentId meeting, std::string starts, std::optional<MemberId> organiser) {
  return impl_->ask([meeting, starts = std::move(starts), organiser](Home& home) {
    return home.meetings().next_meeting(meeting, starts, organiser);
  });
}

Future<void> Meetings::hand_baton(DocumentId meeting, MemberId to) {
  return impl_->ask([meeting, to](Home& home) { return home.meetings().hand_baton(meeting, to); });
}

Future<void> Meetings::set_guest(DocumentId meeting, std::string name, bool comes) {
  return impl_->ask(
      [meeting, name = std::move(name), comes](Home& home) { return home.meetings().set_guest(meeting, name, comes); });
}

Future<void> Meetings::set_facilitator(DocumentId meeting, MemberId member, bool is_one) {
  return impl_->ask([meeting, member, is_one](Home& home) { return home.meetings().set_facilitator(meeting, member, is_one); });
}

Future<void> Meetings::answer(DocumentId meeting, std::string answer, std::vector<std::string> companions) {
  return impl_->ask([meeting, answer = std::move(answer), companions = std::move(companions)](Home& home) {
    return home.meetings().answer(meeting, answer, companions);
  });
}

Future<void> Meetings::mark_attendance(DocumentId meeting, MemberId member, std::string attended) {
  return impl_->ask([meeting, member, attended = std::move(attended)](Home& home) {
    return home.meetings().mark_attendance(meeting, member, attended);
  });
}

Future<DocumentId> Meetings::add_agenda_item(DocumentId meeting, home::NewAgendaItem item) {
  return impl_->ask([meeting, item = std::move(item)](Home& home) { return home.meetings().add_agenda_item(meeting, item); });
}

Future<void> Meetings::edit_agenda_item(DocumentId item, home::AgendaEdit edit) {
  return impl_->ask([item, edit = std::move(edit)](Home& home) { return home.meetings().edit_agenda_item(item, edit); });
}

Future<void> Meetings::move_agenda_item(DocumentId item, std::size_t position) {
  return impl_->ask([item, position](Home& home) { return home.meetings().move_agenda_item(item, position); });
}

Future<DocumentId> Meetings::minutes(DocumentId meeting) {
  return impl_->ask([meeting](Home& home) { return home.meetings().minutes(meeting); });
}

Future<void> Meetings::link_note(DocumentId note, home::NoteLink link, bool add) {
  return impl_->ask([note, link = std::move(link), add](Home& home) { return home.meetings().link_note(note, link, add); });
}

Future<DocumentId> Meetings::add_poll(SpaceId club, std::string title, std::vector<std::string> starts, std::string zone,
                                      std::uint32_t minutes, std::optional<DocumentId> meeting) {
  return impl_->ask([club, title = std::move(title), starts = std::move(starts), zone = std::move(zone), minutes,
                     meeting](Home& home) { return home.meetings().add_poll(club, title, starts, zone, minutes, meeting); });
}

Future<std::vector<home::Poll>> Meetings::polls(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().polls(club); });
}

Future<home::Poll> Meetings::poll(DocumentId poll) {
  return impl_->ask([poll](Home& home) { return home.meetings().poll(poll); });
}

Future<void> Meetings::answer_poll(DocumentId poll, std::vector<std::string> marks) {
  return impl_->ask([poll, marks = std::move(marks)](Home& home) { return home.meetings().answer_poll(poll, marks); });
}

Future<void> Meetings::close_poll(DocumentId poll, std::optional<std::size_t> chosen) {
  return impl_->ask([poll, chosen](Home& home) { return home.meetings().close_poll(poll, chosen); });
}

Future<DocumentId> Meetings::add_action(SpaceId club, home::NewAction action) {
  return impl_->ask([club, action = std::move(action)](Home& home) { return home.meetings().add_action(club, action); });
}

Future<std::vector<home::ActionPoint>> Meetings::actions(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().actions(club); });
}

Future<void> Meetings::edit_action(DocumentId action, home::ActionEdit edit) {
  return impl_->ask([action, edit = std::move(edit)](Home& home) { return home.meetings().edit_action(action, edit); });
}

Future<DocumentId> Meetings::ask(SpaceId club, std::string title, std::string text) {
  return impl_->ask(
      [club, title = std::move(title), text = std::move(text)](Home& home) { return home.meetings().ask(club, title, text); });
}

Future<DocumentId> Meetings::answer_question(DocumentId question, std::string text) {
  return impl_->ask([question, text = std::move(text)](Home& home) { return home.meetings().answer_question(question, text); });
}

Future<std::vector<home::Question>> Meetings::questions(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().questions(club); });
}

Future<std::vector<home::Reminder>> Meetings::reminders(WallMs from, WallMs until) {
  return impl_->ask([from, until](Home& home) { return home.meetings().reminders(from, until); });
}

Future<home::ReminderLead> Meetings::reminder_lead() {
  return impl_->ask([](Home& home) { return home.meetings().reminder_lead(); });
}

Future<void> Meetings::set_reminder_lead(home::ReminderLead lead) {
  return impl_->ask([lead](Home& home) { return home.meetings().set_reminder_lead(lead); });
}

Future<std::string> Meetings::calendar(SpaceId club, std::optional<DocumentId> meeting) {
  return impl_->ask([club, meeting](Home& home) { return home.meetings().calendar(club, meeting); });
}

Future<home::CatchUp> Meetings::catch_up(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().catch_up(club); });
}

Future<void> Meetings::mark_read(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().mark_read(club); });
}

Future<home::Reach> Meetings::reach(DocumentId material) {
  return impl_->ask([material](Home& home) { return home.meetings().reach(material); });
}

Future<std::vector<home::Contribution>> Meetings::contributions(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().contributions(club); });
}

Future<std::string> Meetings::own_page(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.meetings().own_page(club); });
}

Future<std::vector<home::Turn>> Meetings::turns(DocumentId meeting) {
  return impl_->ask([meeting](Home& home) { return home.meetings().turns(meeting); });
}

Future<void> Meetings::add_turn(DocumentId meeting, MemberId member) {
  return impl_->ask([meeting, member](Home& home) { return home.meetings().add_turn(meeting, member); });
}

Future<void> Meetings::clear_turns(DocumentId meeting) {
  return impl_->ask([meeting](Home& home) { return home.meetings().clear_turns(meeting); });
}

Future<void> Meetings::take_back(std::string kind, DocumentId id) {
  return impl_->ask([kind = std::move(kind), id](Home& home) { return home.meetings().take_back(kind, id); });
}

Subscription Meetings::observe_meetings(SpaceId club, std::function<void(const std::vector<home::Meeting>&)> changed) {
  return impl_->observe([club](Home& home) { return home.meetings().meetings(club); }, std::move(changed));
}

Subscription Meetings::observe_meeting(DocumentId meeting, std::function<void(const home::MeetingDetails&)> changed) {
  return impl_->observe([meeting](Home& home) { return home.meetings().meeting(meeting); }, std::move(changed));
}

}  // namespace muistio
