// The agenda of a meeting: opening news, items, cases (question, advice, what came of it), a closing round.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kAgendaItem{0x14};
inline constexpr FieldId kItemMeeting{0x1401};   // register: meeting (16); the device that made the item
inline constexpr FieldId kItemKind{0x1402};      // register: u8, an AgendaKind
inline constexpr FieldId kItemTitle{0x1403};     // register: a line
inline constexpr FieldId kItemMinutes{0x1404};   // register: varint, 0 to 1440
inline constexpr FieldId kItemQuestion{0x1405};  // text: of a case
inline constexpr FieldId kItemAdvice{0x1406};    // text: of a case
inline constexpr FieldId kItemOutcome{0x1407};   // text: what came of it
inline constexpr FieldId kItemPrompts{0x1408};   // text: the facilitators' questions
inline constexpr FieldId kItemSummary{0x1409};   // text
inline constexpr FieldId kItemOwner{0x140a};     // register: member (32): whose item it is

inline constexpr std::uint64_t kItemMinutesMax = 1440;

/// The numbers are on the wire; others are shown as an item.
enum class AgendaKind : std::uint8_t { item = 1, news = 2, case_ = 3, round = 4 };
[[nodiscard]] const char* agenda_kind_name(AgendaKind kind) noexcept;
[[nodiscard]] std::optional<AgendaKind> agenda_kind_from_name(std::string_view name) noexcept;

struct NewAgendaItem {
  AgendaKind kind = AgendaKind::item;
  std::string title;  // a line; may be empty for news and the round, which have names of their own in every language
  std::uint64_t minutes = 0;
  std::optional<MemberId> owner;
};

/// Adds an item: before the closing round, if the agenda ends with one; the news come first, a round last.
/// Errors: invalid_argument, too_large, not_found (no such meeting).
Result<DocumentId> add_agenda_item(replica::ChangeBuilder& builder, Random& random, const DocumentId& meeting,
                                   const NewAgendaItem& item);
/// Makes the item the one at `position`, from 0. Errors: position_out_of_range, not_found.
Status move_agenda_item(replica::ChangeBuilder& builder, const DocumentId& item, std::size_t position);
struct AgendaEdit {
  std::optional<std::string> title;
  std::optional<std::uint64_t> minutes;
  std::optional<MemberId> owner;
  std::optional<std::string> question, advice, outcome, prompts, summary;  // whole texts; what others wrote since is merged
};
Status edit_agenda_item(replica::ChangeBuilder& builder, const DocumentId& item, const AgendaEdit& edit);

struct AgendaItem {
  DocumentId id;
  DocumentId meeting;
  AgendaKind kind = AgendaKind::item;
  std::string title;
  std::uint64_t minutes = 0;
  std::optional<MemberId> owner;
  std::string question, advice, outcome, prompts, summary;
  MemberId maker;
  friend bool operator==(const AgendaItem&, const AgendaItem&) = default;
};

struct Agenda {
  std::vector<AgendaItem> items;  // in their order
  std::int64_t minutes_left = 0;  // for free talk: the meeting's minutes less those of all items; below 0 there is too much
  friend bool operator==(const Agenda&, const Agenda&) = default;
};

/// The agenda of a meeting. Errors: not_found; those of the replica's reads.
[[nodiscard]] Result<Agenda> show_agenda(replica::Replica& documents, const Records& records, const DocumentId& meeting);
/// Errors: not_found.
[[nodiscard]] Result<AgendaItem> show_agenda_item(replica::Replica& documents, const DocumentId& item);

}  // namespace muistio::club
