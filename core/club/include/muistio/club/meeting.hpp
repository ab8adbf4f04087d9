// A meeting: when and where, who organises it, who comes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/when.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kMeeting{0x13};
inline constexpr FieldId kMeetingTitle{0x1301};         // register: a line
inline constexpr FieldId kMeetingWhen{0x1302};          // register: a When
inline constexpr FieldId kMeetingPlace{0x1303};         // register: a line
inline constexpr FieldId kMeetingLink{0x1304};          // register: a line
inline constexpr FieldId kMeetingOrganiser{0x1305};     // register: member (32); a host's or the maker's
inline constexpr FieldId kMeetingFacilitators{0x1306};  // set: member (32); a host's or the maker's
inline constexpr FieldId kMeetingGuests{0x1307};        // set: a line
inline constexpr FieldId kMeetingPlaces{0x1308};        // register: varint, 0 is no limit; a host's or the maker's
inline constexpr FieldId kMeetingCancelled{0x1309};     // register: u8, 0 or 1; a host's or the maker's
inline constexpr FieldId kMeetingSeason{0x130a};        // register: season (16)
inline constexpr FieldId kMeetingFollows{0x130b};       // register: the meeting (16) that it was made from
inline constexpr FieldId kMeetingAgenda{0x130c};        // list: agenda items (16)
inline constexpr DocumentType kBaton{0x16};             // a statement: who holds the baton of a meeting hands it on
inline constexpr FieldId kBatonTo{0x1601};              // register: meeting 16 ‖ member 32

inline constexpr std::uint64_t kPlacesMax = 10'000;

struct NewMeeting {
  std::string title;  // a line
  When when;
  std::string place, link;  // lines; may be empty
  std::optional<MemberId> organiser;
  std::uint64_t places = 0;  // 0: no limit
  std::optional<DocumentId> season, follows;
  bool opens_and_closes = true;  // whether the agenda gets opening news and a closing round
};

/// What is changed of a meeting; nothing stays as it is.
struct MeetingEdit {
  std::optional<std::string> title;
  std::optional<When> when;
  std::optional<std::string> place, link;
  std::optional<MemberId> organiser;
  std::optional<std::uint64_t> places;
  std::optional<bool> cancelled;
};

// Errors of each: not_found (no meeting of that id), invalid_state (taken back), invalid_argument, too_large, not_utf8,
// not_permitted (see `Rules`).
Result<DocumentId> create_meeting(replica::ChangeBuilder& builder, Random& random, const NewMeeting& meeting);
Status edit_meeting(replica::ChangeBuilder& builder, const DocumentId& meeting, const MeetingEdit& edit);
/// The club note that is a meeting's minutes: one is made with the meeting, so that everybody writes in the same. Errors: those of
/// create_note.
Result<DocumentId> create_minutes(replica::ChangeBuilder& builder, Random& random, const DocumentId& meeting,
                                  std::string_view title);
/// A guest by name: who needs no software at all.
Status set_guest(replica::ChangeBuilder& builder, const DocumentId& meeting, std::string_view name, bool comes);
Status set_facilitator(replica::ChangeBuilder& builder, const DocumentId& meeting, const MemberId& member, bool is_one);
/// The author, who holds the baton of a meeting, hands it on; it counts if they hold it.
Status hand_baton(replica::ChangeBuilder& builder, const DocumentId& meeting, const MemberId& to);

struct MeetingItem {
  DocumentId id;
  std::string title;
  When when;
  std::string place, link;
  std::optional<MemberId> organiser;   // who holds the baton now
  std::vector<MemberId> facilitators;  // by id
  std::vector<std::string> guests;     // by name
  std::uint64_t places = 0;            // 0: no limit
  bool cancelled = false;
  std::optional<DocumentId> season, follows;
  MemberId maker;
  WallMs created;
  MemberId changed_by;         // who changed title, time, place or link last
  std::uint64_t sequence = 0;  // grows with each change of title, time, place, link or calling off; handing the baton on leaves it
  WallMs changed;              // when that last change was made, by its maker's clock
  friend bool operator==(const MeetingItem&, const MeetingItem&) = default;
};

/// A meeting as its records say. Nothing if it has no time or title.
[[nodiscard]] std::optional<MeetingItem> meeting_of(const Records& records, const Record& meeting);
/// All meetings, by their time on the clock, then by id; cancelled ones too.
[[nodiscard]] std::vector<MeetingItem> list_meetings(const Records& records);
/// Errors: not_found.
[[nodiscard]] Result<MeetingItem> find_meeting(const Records& records, const DocumentId& id);
/// Everybody who held the baton of a meeting, in the order in which they did.
[[nodiscard]] std::vector<MemberId> baton_holders(const Records& records, const Record& meeting);

}  // namespace muistio::club
