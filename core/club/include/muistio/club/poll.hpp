// Date polls: which of some times suits the most.
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

inline constexpr DocumentType kPoll{0x18};
inline constexpr FieldId kPollTitle{0x1801};    // register: a line; the device that made the poll
inline constexpr FieldId kPollOptions{0x1802};  // register: varint count, so many Whens; the device that made the poll
inline constexpr FieldId kPollClosing{0x1803};  // register: a closing; its maker's or a host's
inline constexpr FieldId kPollMeeting{0x1804};  // register: meeting (16), whose time it is about; the device that made the poll
inline constexpr DocumentType kBallot{0x19};    // a statement about a poll
inline constexpr FieldId kBallotMarks{0x1901};  // register: poll 16 ‖ varint count ‖ so many u8 Mark

inline constexpr std::size_t kPollOptionsMax = 32;
inline constexpr std::size_t kCountedBallotsMax = 120;

/// The numbers are on the wire.
enum class Mark : std::uint8_t { none = 0, yes = 1, maybe = 2, no = 3 };
[[nodiscard]] const char* mark_name(Mark mark) noexcept;
[[nodiscard]] std::optional<Mark> mark_from_name(std::string_view name) noexcept;

struct NewPoll {
  std::string title;
  std::vector<When> options;
  std::optional<DocumentId> meeting;
};

Result<DocumentId> create_poll(replica::ChangeBuilder& builder, Random& random, const NewPoll& poll);
/// The author's marks, one an option in their order. A poll that is known to be closed takes none. Errors: not_found,
/// invalid_argument (their count), invalid_state (closed).
Status answer_poll(replica::ChangeBuilder& builder, const DocumentId& poll, const std::vector<Mark>& marks);

struct Ballot {
  MemberId member;
  std::vector<Mark> marks;
  WallMs at;
  friend bool operator==(const Ballot&, const Ballot&) = default;
};

struct PollOption {
  When when;
  std::uint32_t yes = 0, maybe = 0, no = 0;
  friend bool operator==(const PollOption&, const PollOption&) = default;
};

struct PollItem {
  DocumentId id;
  std::string title;
  std::optional<DocumentId> meeting;
  MemberId maker;
  WallMs created;
  std::vector<PollOption> options;  // their counts are of `ballots`
  std::vector<Ballot> ballots;      // that count, by member: all while it is open, those that the closing named afterwards
  std::vector<Ballot> late;         // given or changed on another phone before the closing was known there: not counted
  std::optional<std::size_t> best;  // the option that suits the most; nothing while nobody answered
  bool most_cannot = false;         // not even the best suits half of those who answered: a new poll is due
  bool closed = false;
  std::optional<std::size_t> chosen;  // by the closing
  MemberId closed_by;
  friend bool operator==(const PollItem&, const PollItem&) = default;
};

/// Closes a poll with the option chosen, or none, and names the ballots counted: so the result is the same on every phone, whatever
/// was answered elsewhere meanwhile. The author must have made the poll or be a host. Errors: not_permitted, invalid_argument.
Status close_poll(replica::ChangeBuilder& builder, const Records& records, const DocumentId& poll,
                  std::optional<std::size_t> chosen);

/// Errors: not_found.
[[nodiscard]] Result<PollItem> find_poll(const Records& records, const DocumentId& id);
/// All polls, in the order in which they were made.
[[nodiscard]] std::vector<PollItem> list_polls(const Records& records);

}  // namespace muistio::club
