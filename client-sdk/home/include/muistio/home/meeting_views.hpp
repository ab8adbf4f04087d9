// What a home shows of a club's season: plain values, equal when they show the same. Times of meetings are given twice: as the
// clock of the place shows them ("2026-12-01T18:00" and "Europe/Helsinki"), and as the moment that this is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"

namespace muistio::home {

/// A member as lists name them; who gave no name is "member 1a2b3c4d".
struct Person {
  MemberId id;
  std::string name;
  friend bool operator==(const Person&, const Person&) = default;
};

struct Pact {
  DocumentId id;
  std::string text;  // UTF-8
  std::string hash;  // SHA-256 of the text, hexadecimal: what the signatures are bound to
  Person maker;
  WallMs at;
  bool is_current = false;  // the version that counts; the older ones were replaced
  bool own_signed = false;  // by a device of this member
  struct Signer {
    Person member;
    WallMs at;
    friend bool operator==(const Signer&, const Signer&) = default;
  };
  std::vector<Signer> signers;  // of this exact text
  std::vector<Person> missing;  // members of the club now who have not signed it
  friend bool operator==(const Pact&, const Pact&) = default;
};

struct Season {
  DocumentId id;
  std::string name;
  std::uint32_t rhythm_days = 0;
  std::uint32_t meetings = 0;
  Person maker;
  WallMs at;
  friend bool operator==(const Season&, const Season&) = default;
};

struct Meeting {
  DocumentId id;
  SpaceId club;
  std::string title;
  std::string starts;  // on the clock of the place: "2026-12-01T18:00"
  std::string zone;    // IANA
  std::uint32_t minutes = 0;
  WallMs at, ends;  // the moments; `at` is 0 where the zone is not known on this device
  std::string place, link;
  std::optional<Person> organiser;  // who holds the baton
  std::vector<Person> facilitators;
  std::vector<std::string> guests;
  std::uint64_t places = 0;  // 0: no limit
  bool cancelled = false;
  std::optional<DocumentId> season, follows;
  Person maker, changed_by;
  std::uint64_t sequence = 0;             // grows with each change of when, where, title or cancellation
  std::string own_answer;                 // "yes", "no", "late", "remote"; empty: none yet
  std::uint32_t coming = 0, waiting = 0;  // seats taken; those beyond the places
  friend bool operator==(const Meeting&, const Meeting&) = default;
};

struct Seat {
  Person member;
  std::string companion;  // whom the member signed up by name; empty: the member
  friend bool operator==(const Seat&, const Seat&) = default;
};

struct Reply {
  Person member;
  std::string answer;
  std::vector<std::string> companions;
  WallMs at;
  friend bool operator==(const Reply&, const Reply&) = default;
};

struct Presence {
  Person member;
  std::string attended;  // "present", "absent", "late", "remote"
  Person marked_by;
  WallMs at;
  friend bool operator==(const Presence&, const Presence&) = default;
};

struct AgendaItem {
  DocumentId id;
  std::string kind;  // "news", "item", "case", "round"
  std::string title;
  std::uint64_t minutes = 0;
  std::optional<Person> owner;
  std::string question, advice, outcome, prompts, summary;
  friend bool operator==(const AgendaItem&, const AgendaItem&) = default;
};

struct ActionPoint {
  DocumentId id;
  std::string text;
  std::optional<Person> owner;
  std::string due;  // a day, "2026-12-01"; empty: none
  std::optional<DocumentId> meeting;
  bool done = false;
  Person maker;
  WallMs at;
  friend bool operator==(const ActionPoint&, const ActionPoint&) = default;
};

/// A note that is linked to a meeting or to one of its agenda items.
struct LinkedNote {
  DocumentId id;
  std::string title;
  Person author;
  bool is_minutes = false;
  std::optional<DocumentId> item;  // the agenda item; nothing: the meeting
  std::vector<Person> members;
  std::vector<std::string> tags;
  friend bool operator==(const LinkedNote&, const LinkedNote&) = default;
};

/// Everything of one meeting.
struct MeetingDetails {
  Meeting meeting;
  std::vector<AgendaItem> agenda;
  std::int64_t minutes_left = 0;  // for free talk; below 0 the agenda is longer than the meeting
  std::vector<Reply> replies;
  std::vector<Seat> seated, waiting;
  std::vector<Person> silent;  // who has not answered
  std::vector<Presence> attendance;
  std::vector<ActionPoint> actions;
  std::vector<LinkedNote> notes;
  friend bool operator==(const MeetingDetails&, const MeetingDetails&) = default;
};

struct Poll {
  DocumentId id;
  std::string title;
  std::optional<DocumentId> meeting;
  Person maker;
  WallMs at;
  struct Option {
    std::string starts, zone;
    std::uint32_t minutes = 0;
    std::uint32_t yes = 0, maybe = 0, no = 0;
    friend bool operator==(const Option&, const Option&) = default;
  };
  std::vector<Option> options;
  struct Ballot {
    Person member;
    std::vector<std::string> marks;  // "yes", "maybe", "no", "-", one an option
    WallMs at;
    friend bool operator==(const Ballot&, const Ballot&) = default;
  };
  std::vector<Ballot> ballots, late;  // counted; and not counted, as the closing did not know them
  std::optional<std::size_t> best;    // of the options, from 0
  bool most_cannot = false;           // the best suits less than half of those who answered
  bool closed = false;
  std::optional<std::size_t> chosen;
  std::optional<Person> closed_by;
  std::vector<Person> silent;  // members who have not answered
  friend bool operator==(const Poll&, const Poll&) = default;
};

struct Question {
  DocumentId id;
  std::string title, text;
  Person maker;
  WallMs at;
  struct Answer {
    DocumentId id;
    Person maker;
    WallMs at;
    std::string text;
    friend bool operator==(const Answer&, const Answer&) = default;
  };
  std::vector<Answer> answers;
  friend bool operator==(const Question&, const Question&) = default;
};

/// Something that somebody else wrote or changed.
struct News {
  std::string kind;  // "note", "minutes", "agenda", "meeting", "season", "pact", "poll", "action", "material", "question", "answer"
  DocumentId id;
  std::string title;  // of an answer the question's; a pact has none
  Person by;          // whose change was the last
  WallMs at;
  friend bool operator==(const News&, const News&) = default;
};

/// What a member missed, each list in the order in which it reached the club.
struct CatchUp {
  Seq since;  // the place of the club's log up to which this member has read
  std::vector<News> said, decided, shared, asked;
  friend bool operator==(const CatchUp&, const CatchUp&) = default;
};

/// How many of the members' devices have a file.
struct Reach {
  std::uint32_t have = 0, devices = 0;
  bool sent = false;  // the server has it; before that only this device does
  friend bool operator==(const Reach&, const Reach&) = default;
};

/// What a member contributed: each figure with what it counts.
struct Contribution {
  Person member;
  struct Figure {
    std::string kind;  // "notes", "material", "themes", "organised", "attended", "missed", "answers", "actions"
    std::vector<DocumentId> of;
    friend bool operator==(const Figure&, const Figure&) = default;
  };
  std::vector<Figure> figures;  // always all eight
  friend bool operator==(const Contribution&, const Contribution&) = default;
};

/// Who has had a turn, on this device alone.
struct Turn {
  Person member;
  std::uint32_t turns = 0;
  friend bool operator==(const Turn&, const Turn&) = default;
};

/// Something to remind this member of. An app schedules it as a local notification.
struct Reminder {
  WallMs at;         // when to remind
  std::string kind;  // "meeting" or "action"
  SpaceId club;
  DocumentId about;
  std::string title;
  WallMs due;  // when the meeting begins; the morning of the action point's day
  friend bool operator==(const Reminder&, const Reminder&) = default;
};

/// How long before a member is reminded: so many days earlier at the same time of the clock, then so many minutes.
struct ReminderLead {
  std::uint32_t days = 2;
  std::uint32_t minutes = 0;
  friend bool operator==(const ReminderLead&, const ReminderLead&) = default;
};

// What is asked for. Times on a clock are written "2026-12-01T18:00", zones as in the IANA database.

struct NewMeeting {
  std::string title, starts, zone;
  std::uint32_t minutes = 120;
  std::string place = {}, link = {};
  std::optional<MemberId> organiser = {};
  std::uint64_t places = 0;
};

/// Nothing stays as it is.
struct MeetingEdit {
  std::optional<std::string> title, starts, zone;
  std::optional<std::uint32_t> minutes;
  std::optional<std::string> place, link;
  std::optional<MemberId> organiser;
  std::optional<std::uint64_t> places;
  std::optional<bool> cancelled;
};

struct NewSeason {
  std::string name, starts, zone;
  std::uint32_t minutes = 120;
  std::uint32_t rhythm_days = 42;
  std::uint32_t meetings = 6;
  std::string link = {};
  struct Turn {
    MemberId organiser;
    std::string place = {};
  };
  std::vector<Turn> turns = {};  // organiser and place go round in this order
};

struct NewAgendaItem {
  std::string kind = "item";
  std::string title = {};
  std::uint64_t minutes = 0;
  std::optional<MemberId> owner = {};
};

struct AgendaEdit {
  std::optional<std::string> title;
  std::optional<std::uint64_t> minutes;
  std::optional<MemberId> owner;
  std::optional<std::string> question, advice, outcome, prompts, summary;
};

struct NewAction {
  std::string text;
  std::optional<MemberId> owner = {};
  std::string due = {};
  std::optional<DocumentId> meeting = {};
};

struct ActionEdit {
  std::optional<std::string> text;
  std::optional<MemberId> owner;
  std::optional<std::string> due;
  std::optional<bool> done;
};

struct NoteLink {
  std::optional<DocumentId> meeting, item;
  std::optional<MemberId> member;
  std::string tag;  // empty: none
};

}  // namespace muistio::home
