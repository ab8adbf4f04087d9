// Undo and redo of one's own edits while others edit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "muistio/base/result.hpp"
#include "muistio/text/document.hpp"

namespace muistio::text {

/// What one agent edited in one document, in groups. To undo a group is a new edit of it: what the group inserted and is still
/// there goes, what the group and nobody else deleted comes back, and nothing that another wrote is touched. What was undone can be
/// redone until the next own edit. Nothing is kept but the numbers of edits. Not thread-safe.
class UndoStack {
 public:
  struct Options {
    std::uint64_t pause_ms = 1000;  ///< An edit that comes later than this after the one before begins a group.
    std::size_t groups_max = 200;   ///< The oldest are forgotten.
  };

  /// Edits of `agent` that `document` holds now are not undone.
  UndoStack(const AgentId& agent, const Document& document) : UndoStack(agent, document, Options()) {}
  UndoStack(const AgentId& agent, const Document& document, const Options& options);

  /// Learns of the agent's edits since the last call; to be called after each. One that goes on where the last one ended, soon
  /// enough (`now_ms` counts from anywhere), joins its group: a burst of typing or of deleting.
  void note(const Document& document, std::uint64_t now_ms);
  /// The next edit begins a group.
  void close_group() noexcept { open_ = false; }

  [[nodiscard]] bool can_undo() const noexcept { return !done_.empty(); }
  [[nodiscard]] bool can_redo() const noexcept { return !undone_.empty(); }

  /// Undoes the last group. Own edits that were not noted yet are a group. Returns what changed in the text shown, which may be
  /// nothing. Errors: invalid_state (nothing to undo), too_large.
  Result<Applied> undo(Document& document);
  /// Redoes what was undone last. Errors: invalid_state (nothing to redo), too_large.
  Result<Applied> redo(Document& document);

 private:
  struct Group {
    std::uint64_t first = 0;  ///< The agent's edits [first, end).
    std::uint64_t end = 0;
  };
  [[nodiscard]] std::uint64_t next_seq(const Document& document) const;
  Result<Applied> move(Document& document, std::vector<Group>& from, std::vector<Group>& to);

  AgentId agent_;
  Options options_;
  std::uint64_t seen_ = 0;  ///< The agent's edits below this are known.
  std::uint64_t last_ms_ = 0;
  bool open_ = false;
  std::vector<Group> done_;
  std::vector<Group> undone_;
  Restored restored_;
};

}  // namespace muistio::text
