// The names of edits and versions of a text.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"

namespace muistio::text {

/// Who edits: a device. Concurrent inserts at one place are ordered by agent, bytes ascending, then by seq.
using AgentId = DeviceId;

/// One edit: the insertion or the deletion of one scalar. An agent's edits are numbered from 0 without a gap.
struct EditId {
  AgentId agent;
  std::uint64_t seq = 0;
  friend auto operator<=>(const EditId&, const EditId&) = default;
};

/// `count` edits of one agent from `first` on.
struct EditRange {
  EditId first;
  std::uint64_t count = 0;
  friend bool operator==(const EditRange&, const EditRange&) = default;
};

/// A state of the text: the last edits of its history (none of them in the past of another), sorted; empty for the empty text.
using Version = std::vector<EditId>;

/// What is held: agent → the seq that its next edit will have. An agent that is not listed has 0.
using VersionVector = std::map<AgentId, std::uint64_t>;

/// A place that moves with the text: before or after an inserted scalar, or one of the two ends of the text.
struct Anchor {
  enum class Side : std::uint8_t { before, after, start, end };
  Side side = Side::start;
  EditId edit;  ///< The inserted scalar; all zero with `start` and `end`.
  friend bool operator==(const Anchor&, const Anchor&) = default;
};

/// One change of the text that is shown: at `position` (Unicode scalars) `removed` scalars go and `inserted` (UTF-8) comes.
/// Changes come in a list; each position is in the text that the changes before it left.
struct Change {
  std::uint64_t position = 0;
  std::uint64_t removed = 0;
  std::string inserted;
  friend bool operator==(const Change&, const Change&) = default;
};

/// What applying did.
struct Applied {
  std::vector<Change> changes;  ///< Empty if the text looks as before.
  std::uint64_t new_edits = 0;  ///< Edits that were not held before.
};

/// Scalars that brought back earlier ones, by their first edit → those that they stand for, which were never restored themselves.
using Restored = std::map<EditId, EditRange>;

/// A stretch of the text that is shown, all inserted by one agent.
struct AuthorRun {
  AgentId agent;
  std::uint64_t scalars = 0;
  friend bool operator==(const AuthorRun&, const AuthorRun&) = default;
};

}  // namespace muistio::text
