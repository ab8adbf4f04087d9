// A club's season on this device: pact, plan, meetings, polls, action points, questions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/home/home.hpp"
#include "muistio/home/meeting_views.hpp"

namespace muistio::home {

/// The part of a home that is about seasons and meetings. It lives as long as its home, on the home's thread. Every change is
/// durable when the call returns success, and works with no network. Errors of any call: those of Home's (not_found, disk_full,
/// io_failed, corrupt, not_utf8), waiting_for_admission (the club is not open here yet), invalid_argument (a time, a zone, a day, a
/// name that is not written as it must be), not_permitted (docs/club.md, "Who may"); what else is said at the call.
class Meetings {
 public:
  explicit Meetings(Home& home) : home_(&home) {}

  /// The id of a thing of that kind, by its id or a unique prefix of at least six digits: "meeting", "poll", "action", "question",
  /// "agenda", "season", "pact". Errors: not_found, ambiguous.
  [[nodiscard]] Result<DocumentId> find(std::string_view kind, std::string_view wanted);

  /// The space that a thing of that kind belongs to. Errors: not_found.
  [[nodiscard]] Result<SpaceId> club_of(std::string_view kind, DocumentId id) { return space_of(kind, id); }

  // The pact.
  /// A new version, which asks everybody anew. Errors: not_permitted (not a host), too_large (over 16 KiB).
  Result<DocumentId> set_pact(SpaceId club, std::string_view text);
  /// All versions, oldest first; the last one counts.
  [[nodiscard]] Result<std::vector<Pact>> pacts(SpaceId club);
  /// The pact that this member has not signed, or nothing: for an app to ask.
  [[nodiscard]] Result<std::optional<Pact>> pact_to_sign(SpaceId club);
  /// Signs the exact text of that version with this device's key. Errors: invalid_state (another version counts by now).
  Status sign_pact(DocumentId pact);

  // The season.
  Result<DocumentId> plan_season(SpaceId club, const NewSeason& season);
  [[nodiscard]] Result<std::vector<Season>> seasons(SpaceId club);
  /// Two meetings change organisers and places.
  Status swap_meetings(DocumentId one, DocumentId other);

  // Meetings.
  Result<DocumentId> add_meeting(SpaceId club, const NewMeeting& meeting);
  /// By their time; those called off too.
  [[nodiscard]] Result<std::vector<Meeting>> meetings(SpaceId club);
  [[nodiscard]] Result<MeetingDetails> meeting(DocumentId meeting);
  Status edit_meeting(DocumentId meeting, const MeetingEdit& edit);
  /// The next meeting, made from this one: title, length, place, link, facilitators, opening news and closing round; so many days
  /// after it (of its season; else 42) unless `starts` says when. The baton goes to `organiser`, else to whose turn it is in the
  /// season, else it stays. If the season planned the next meeting already, that one is it. Yields its id.
  Result<DocumentId> next_meeting(DocumentId meeting, std::string_view starts, std::optional<MemberId> organiser);
  /// Who holds the baton hands it on; a host, or who made the meeting, gives it to anybody. No keys change. Errors: not_permitted.
  Status hand_baton(DocumentId meeting, MemberId to);
  Status set_guest(DocumentId meeting, std::string_view name, bool comes);
  Status set_facilitator(DocumentId meeting, MemberId member, bool is_one);
  /// This member's answer: "yes", "no", "late" or "remote"; `companions` are others whom they sign up by name.
  Status answer(DocumentId meeting, std::string_view answer, const std::vector<std::string>& companions);
  /// "present", "absent", "late" or "remote". Errors: not_permitted (neither host, facilitator nor organiser).
  Status mark_attendance(DocumentId meeting, MemberId member, std::string_view attended);

  // The agenda.
  Result<DocumentId> add_agenda_item(DocumentId meeting, const NewAgendaItem& item);
  Status edit_agenda_item(DocumentId item, const AgendaEdit& edit);
  /// From 0. Errors: position_out_of_range.
  Status move_agenda_item(DocumentId item, std::size_t position);
  /// Errors: not_permitted (neither who added it nor a host).
  Status delete_agenda_item(DocumentId item);
  /// The club note that is the meeting's minutes: made, empty, if there is none yet. Edited as any note.
  Result<DocumentId> minutes(DocumentId meeting);
  /// Links a note of the club to a meeting, an agenda item, a member, a tag; or takes such a link away.
  Status link_note(DocumentId note, const NoteLink& link, bool add);

  // Polls.
  /// `starts` are times on the clocks of `zone`. Errors: not_found (`meeting`).
  Result<DocumentId> add_poll(SpaceId club, std::string_view title, const std::vector<std::string>& starts, std::string_view zone,
                              std::uint32_t minutes, std::optional<DocumentId> meeting);
  [[nodiscard]] Result<std::vector<Poll>> polls(SpaceId club);
  [[nodiscard]] Result<Poll> poll(DocumentId poll);
  /// One mark an option: "yes", "maybe", "no" or "-". Errors: invalid_state (closed).
  Status answer_poll(DocumentId poll, const std::vector<std::string>& marks);
  /// Closes with an option, from 0; a poll about a meeting then sets its time. Errors: invalid_state (closed already),
  /// not_permitted.
  Status close_poll(DocumentId poll, std::optional<std::size_t> chosen);

  // Action points.
  Result<DocumentId> add_action(SpaceId club, const NewAction& action);
  /// Open ones first, by their day.
  [[nodiscard]] Result<std::vector<ActionPoint>> actions(SpaceId club);
  Status edit_action(DocumentId action, const ActionEdit& edit);

  // Questions to the club.
  Result<DocumentId> ask(SpaceId club, std::string_view title, std::string_view text);
  Result<DocumentId> answer_question(DocumentId question, std::string_view text);
  [[nodiscard]] Result<std::vector<Question>> questions(SpaceId club);

  // Reminders and calendars, worked out on this device.
  /// Of all clubs that are open here, from `from` on and before `until`, by their moments: meetings that this member did not
  /// decline, and their own open action points.
  [[nodiscard]] Result<std::vector<Reminder>> reminders(WallMs from, WallMs until);
  [[nodiscard]] Result<ReminderLead> reminder_lead() const;
  /// For this home. Errors: invalid_argument (over 60 days, or a day of minutes).
  Status set_reminder_lead(const ReminderLead& lead);
  /// The club's meetings, or the one named, as iCalendar (RFC 5545) with alarms: text for a file or another program. Meetings in
  /// zones that are not known here are left out.
  [[nodiscard]] Result<std::string> calendar(SpaceId club, std::optional<DocumentId> meeting);

  // Catching up.
  /// What others wrote and changed since this member last said `mark_read`, on any of their devices.
  [[nodiscard]] Result<CatchUp> catch_up(SpaceId club);
  /// The member has read what `catch_up` gave last (everything that is here, if it was not asked since the home was opened): kept
  /// in their personal space, for their own devices alone.
  Status mark_read(SpaceId club);
  /// How many phones have a file, as they said when it was whole there.
  [[nodiscard]] Result<Reach> reach(DocumentId material);

  // The mirror.
  /// Of every member, by name; no ranking. Newcomers see what they may read of it. Errors: invalid_state (hosts have turned the
  /// mirror off: ClubSettings).
  [[nodiscard]] Result<std::vector<Contribution>> contributions(SpaceId club);
  /// This member's own, as Markdown: to show at work.
  [[nodiscard]] Result<std::string> own_page(SpaceId club);

  // The facilitator's turn list: it never leaves this device, and is deleted four hours after the meeting's end.
  /// The members, those with the fewest turns first, then by name.
  [[nodiscard]] Result<std::vector<home::Turn>> turns(DocumentId meeting);
  /// The member has had a turn. Errors: invalid_state (the meeting is over).
  Status add_turn(DocumentId meeting, MemberId member);
  Status clear_turns(DocumentId meeting);
  /// Deletes the lists of meetings that are over. Done when a home is opened, too.
  Status sweep_turns();

  /// Takes back what this member (or, for most things, a host) made.
  Status take_back(std::string_view kind, DocumentId id);

 private:
  /// How long before this device reminds of a club's meetings: as set on it, else as the club's hosts say, else two days.
  Result<ReminderLead> lead_in(SpaceId club) const;
  struct View;
  /// One look at all that a club's lists need. Errors: waiting_for_admission.
  Result<View> look(SpaceId club);
  Result<SpaceId> space_of(std::string_view kind, DocumentId id);

  Home* home_;
};

}  // namespace muistio::home
