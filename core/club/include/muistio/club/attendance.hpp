// Who says they come to a meeting, who has a place, and who was there.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/meeting.hpp"
#include "muistio/club/records.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kReply{0x15};        // a statement about a meeting
inline constexpr FieldId kReplyAnswer{0x1501};     // register: meeting 16 ‖ u8 Answer ‖ varint count ‖ so many blocks, lines
inline constexpr FieldId kReplySince{0x1502};      // register: u8 1 ‖ signed wall time, from when on a place is wanted; u8 0 if none is
inline constexpr DocumentType kAttendance{0x17};   // a statement about a meeting and a member
inline constexpr FieldId kAttendanceMark{0x1701};  // register: meeting 16 ‖ member 32 ‖ u8 Attended; a host's or a facilitator's
inline constexpr FieldId kAttendanceByOrganiser{
    0x1702};  // the same; counts if its maker holds or held the baton, or facilitates it

inline constexpr std::size_t kCompanionsMax = 16;

/// The numbers are on the wire.
enum class Answer : std::uint8_t { yes = 1, no = 2, late = 3, remote = 4 };
enum class Attended : std::uint8_t { present = 1, absent = 2, late = 3, remote = 4 };
[[nodiscard]] const char* answer_name(Answer answer) noexcept;
[[nodiscard]] std::optional<Answer> answer_from_name(std::string_view name) noexcept;
[[nodiscard]] const char* attended_name(Attended attended) noexcept;
[[nodiscard]] std::optional<Attended> attended_from_name(std::string_view name) noexcept;

/// The author's own answer; `companions` are others whom they sign up by name (staff who are not in the club). Errors: not_found
/// (no such meeting), invalid_argument, too_large.
Status answer_meeting(replica::ChangeBuilder& builder, const DocumentId& meeting, Answer answer,
                      const std::vector<std::string>& companions = {});
/// Marks whether a member was there. By role where the author is a host or a facilitator, else as who organises or facilitates the
/// meeting: of anybody else no phone counts it. Errors: not_found.
Status mark_attendance(replica::ChangeBuilder& builder, const DocumentId& meeting, const MemberId& member, Attended attended);

struct Reply {
  MemberId member;
  Answer answer = Answer::yes;
  std::vector<std::string> companions;
  WallMs at;
  friend bool operator==(const Reply&, const Reply&) = default;
};

/// Who takes a place: a member, or somebody whom a member signed up.
struct Seat {
  MemberId member;
  std::string companion;  // empty: the member
  friend bool operator==(const Seat&, const Seat&) = default;
};

struct Replies {
  std::vector<Reply> replies;    // by member
  std::vector<Seat> seated;      // in the order in which they asked for a place: yes and late
  std::vector<Seat> waiting;     // beyond the places, in the same order
  std::vector<MemberId> silent;  // of the members given, who has not answered
  friend bool operator==(const Replies&, const Replies&) = default;
};

/// Who asked first is who has the least stamp: whoever asked without having seen the other's answer may come before it.
[[nodiscard]] Replies replies_to(const Records& records, const MeetingItem& meeting, std::span<const MemberId> members);

struct Presence {
  MemberId member;
  Attended attended = Attended::present;
  MemberId marked_by;
  WallMs at;
  friend bool operator==(const Presence&, const Presence&) = default;
};

/// Whether a member's marks count although they are neither host nor facilitator of the club: they hold or held the meeting's
/// baton, or facilitate it.
[[nodiscard]] bool may_mark(const Records& records, const Record& meeting, const MemberId& member);

/// The marks that count, one a member, by member: of several the one with the latest stamp.
[[nodiscard]] std::vector<Presence> attendance_of(const Records& records, const DocumentId& meeting);

}  // namespace muistio::club
