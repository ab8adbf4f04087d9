// muistio::Meetings: a club's season, for an app to embed: pact, plan, meetings, polls, action points, questions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "muistio/client.hpp"
#include "muistio/home/meeting_views.hpp"

namespace muistio {

/// The part of a Client that is about seasons and meetings: what a host, an organiser, a facilitator and a member do with them. A
/// value to copy; the Client that gave it must outlive its calls.
///
/// Threads, futures and errors as of Client: any thread may call, each call returns at once, what was written is durable when its
/// future is ready, and nothing waits for a network. Besides Client's errors any call may fail with waiting_for_admission (the club
/// is not open here yet), invalid_argument (a time, a zone, a day or a word that is not written as it must be), not_permitted
/// (docs/club.md, "Who may").
///
/// Shapes: a time is what the clock of the place shows, "2026-12-01T18:00", with the name of the zone in the IANA database
/// ("Europe/Helsinki"); a day is "2026-12-01"; lengths are minutes; positions count from 0.
class Meetings {
 public:
  /// The id of a thing by its id or a unique prefix of six digits or more. `kind`: "meeting", "agenda", "poll", "action",
  /// "question", "season" or "pact". Errors: not_found, ambiguous.
  Future<DocumentId> find(std::string kind, std::string wanted);
  /// The club (or session) that a thing of that kind belongs to. Errors: not_found.
  Future<SpaceId> club_of(std::string kind, DocumentId id);

  // The pact.
  /// A new version of the pact, 1 byte to 16 KiB of UTF-8; everybody is asked anew. Errors: not_permitted (not a host), too_large.
  Future<DocumentId> set_pact(SpaceId club, std::string text);
  /// All versions, oldest first; the last one counts.
  Future<std::vector<home::Pact>> pacts(SpaceId club);
  /// The pact as it counts now, if this member has not signed that exact text: ask them.
  Future<std::optional<home::Pact>> pact_to_sign(SpaceId club);
  /// Signs that version's text with this device's key. Errors: invalid_state (the pact was changed meanwhile: show it again).
  Future<void> sign_pact(DocumentId pact);

  // The season.
  /// Plans a season and makes its meetings: as many as said, so many days apart, at the same time of the clock; organisers and
  /// places go round. Errors: not_permitted (not a host).
  Future<DocumentId> plan_season(SpaceId club, home::NewSeason season);
  Future<std::vector<home::Season>> seasons(SpaceId club);
  /// Two meetings change organisers and places.
  Future<void> swap_meetings(DocumentId one, DocumentId other);

  // Meetings.
  /// Without an organiser this member is it. The agenda gets opening news and a closing round, and a note for the minutes is made.
  Future<DocumentId> add_meeting(SpaceId club, home::NewMeeting meeting);
  /// By their time; those called off too.
  Future<std::vector<home::Meeting>> meetings(SpaceId club);
  Future<home::MeetingDetails> meeting(DocumentId meeting);
  Future<void> edit_meeting(DocumentId meeting, home::MeetingEdit edit);
  /// The next meeting made from this one, or the one that the season planned next; the baton goes to `organiser`, else to whose
  /// turn it is. `starts` empty: the season's rhythm later (without a season 42 days). Yields its id.
  Future<DocumentId> next_meeting(DocumentId meeting, std::string starts, std::optional<MemberId> organiser);
  /// Hands on the baton of a meeting; no keys change. Errors: not_permitted (another has it, and this is no host).
  Future<void> hand_baton(DocumentId meeting, MemberId to);
  /// A guest by name, who needs no software.
  Future<void> set_guest(DocumentId meeting, std::string name, bool comes);
  Future<void> set_facilitator(DocumentId meeting, MemberId member, bool is_one);
  /// "yes", "no", "late" or "remote", and whom this member signs up by name (at most 16).
  Future<void> answer(DocumentId meeting, std::string answer, std::vector<std::string> companions = {});
  /// "present", "absent", "late" or "remote". Errors: not_permitted.
  Future<void> mark_attendance(DocumentId meeting, MemberId member, std::string attended);

  // The agenda and the minutes.
  Future<DocumentId> add_agenda_item(DocumentId meeting, home::NewAgendaItem item);
  Future<void> edit_agenda_item(DocumentId item, home::AgendaEdit edit);
  /// Errors: position_out_of_range.
  Future<void> move_agenda_item(DocumentId item, std::size_t position);
  /// The club note that is the minutes of a meeting, for Client::show_note and edit_note.
  Future<DocumentId> minutes(DocumentId meeting);
  /// Links a note to a meeting, an agenda item, a member or a tag; `add` false takes the link away.
  Future<void> link_note(DocumentId note, home::NoteLink link, bool add = true);

  // Polls.
  /// Asks which of 1 to 32 times suits; with `meeting` the closing sets its time.
  Future<DocumentId> add_poll(SpaceId club, std::string title, std::vector<std::string> starts, std::string zone,
                              std::uint32_t minutes, std::optional<DocumentId> meeting = {});
  Future<std::vector<home::Poll>> polls(SpaceId club);
  Future<home::Poll> poll(DocumentId poll);
  /// One mark an option: "yes", "maybe", "no" or "-". Errors: invalid_state (closed).
  Future<void> answer_poll(DocumentId poll, std::vector<std::string> marks);
  /// Errors: invalid_state (closed already), not_permitted (neither its maker nor a host).
  Future<void> close_poll(DocumentId poll, std::optional<std::size_t> chosen);

  // Action points.
  Future<DocumentId> add_action(SpaceId club, home::NewAction action);
  /// Open ones first, by their day.
  Future<std::vector<home::ActionPoint>> actions(SpaceId club);
  Future<void> edit_action(DocumentId action, home::ActionEdit edit);

  // Questions to the club.
  Future<DocumentId> ask(SpaceId club, std::string title, std::string text);
  Future<DocumentId> answer_question(DocumentId question, std::string text);
  /// As they were asked, each with its answers.
  Future<std::vector<home::Question>> questions(SpaceId club);

  // Reminders and calendars, worked out on this device with no network.
  /// What to remind this member of in all open clubs, from `from` on and before `until` (milliseconds since 1970, UTC), by time.
  /// Ask again after a sync: meetings move.
  Future<std::vector<home::Reminder>> reminders(WallMs from, WallMs until);
  /// Two days unless it was set on this device; a club whose hosts set another (`club settings --reminder-days`) is reminded of by
  /// that until then.
  Future<home::ReminderLead> reminder_lead();
  /// For this home: at most 60 days and 1440 minutes.
  Future<void> set_reminder_lead(home::ReminderLead lead);
  /// iCalendar (RFC 5545), UTF-8: the club's meetings, or one, with alarms at the reminders' time. A meeting keeps its UID;
  /// SEQUENCE grows when it changes.
  Future<std::string> calendar(SpaceId club, std::optional<DocumentId> meeting = {});

  // Catching up.
  /// What others wrote and changed since this member last said `mark_read` on any of their devices; before the first, everything.
  Future<home::CatchUp> catch_up(SpaceId club);
  /// What `catch_up` gave last was read; everything that is here, if it was not asked since the client was opened. The mark lies in
  /// the member's personal space: no other member learns of it.
  Future<void> mark_read(SpaceId club);
  /// "5 of 8 phones have it": how many of the members' devices hold a file whole, by their own word.
  Future<home::Reach> reach(DocumentId material);

  // The mirror of contributions: the same on every device that holds the same; by name, no ranking.
  Future<std::vector<home::Contribution>> contributions(SpaceId club);
  /// This member's own page: Markdown, UTF-8.
  Future<std::string> own_page(SpaceId club);

  // The facilitator's turn list: on this device alone, deleted four hours after the meeting's end.
  /// Members with the fewest turns first.
  Future<std::vector<home::Turn>> turns(DocumentId meeting);
  /// Errors: invalid_state (the meeting is over).
  Future<void> add_turn(DocumentId meeting, MemberId member);
  Future<void> clear_turns(DocumentId meeting);

  /// Takes back what this member made, or a host what is not one member's own word. `kind` as in `find`, or "answer".
  Future<void> take_back(std::string kind, DocumentId id);

  // Views that follow what they show, as Client's.
  Subscription observe_meetings(SpaceId club, std::function<void(const std::vector<home::Meeting>&)> changed);
  Subscription observe_meeting(DocumentId meeting, std::function<void(const home::MeetingDetails&)> changed);

 private:
  friend class Client;
  explicit Meetings(Client::Impl* impl) : impl_(impl) {}
  Client::Impl* impl_;
};

}  // namespace muistio
