// Action points: what was decided, whose it is and by when.
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

inline constexpr DocumentType kAction{0x1a};
inline constexpr FieldId kActionText{0x1a01};     // register: a line
inline constexpr FieldId kActionOwner{0x1a02};    // register: member (32)
inline constexpr FieldId kActionDue{0x1a03};      // register: a day, "2026-12-01", or empty
inline constexpr FieldId kActionMeeting{0x1a04};  // register: meeting (16); the device that made it
inline constexpr FieldId kActionDone{0x1a05};     // register: u8, 0 or 1

struct NewAction {
  std::string text;
  std::optional<MemberId> owner;
  std::string due;  // empty: none
  std::optional<DocumentId> meeting;
};

struct ActionEdit {
  std::optional<std::string> text;
  std::optional<MemberId> owner;
  std::optional<std::string> due;  // empty: none
  std::optional<bool> done;
};

struct ActionItem {
  DocumentId id;
  std::string text;
  std::optional<MemberId> owner;
  std::string due;
  std::optional<DocumentId> meeting;
  bool done = false;
  MemberId maker;
  WallMs created;
  friend bool operator==(const ActionItem&, const ActionItem&) = default;
};

/// Errors: invalid_argument.
Result<DocumentId> create_action(replica::ChangeBuilder& builder, Random& random, const NewAction& action);
/// Errors: not_found, invalid_argument.
Status edit_action(replica::ChangeBuilder& builder, const DocumentId& action, const ActionEdit& edit);
/// Those that are open first; then by their day (none is last), then as they were made.
[[nodiscard]] std::vector<ActionItem> list_actions(const Records& records);

}  // namespace muistio::club
