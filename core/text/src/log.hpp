// The history of a text: every edit with its parents, in run lengths.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "muistio/text/ids.hpp"

namespace muistio::text {

/// The index of the last element of `sorted` whose `begin(element)` is at most `lv`; there is one. Quicker if it is near `near`.
template <class Vector, class Begin>
std::size_t last_at_most(const Vector& sorted, Begin begin, std::uint32_t lv, std::size_t near) {
  std::size_t low = 0;
  std::size_t high = sorted.size();
  if (near < high && begin(sorted[near]) <= lv) {
    for (std::size_t step = 1;; step *= 2) {
      low = near;
      if (step >= high - near) break;
      near += step;
      if (begin(sorted[near]) > lv) {
        high = near;
        break;
      }
    }
  } else if (near < high) {
    for (std::size_t step = 1;; step *= 2) {
      high = near;
      if (step > near) break;
      near -= step;
      if (begin(sorted[near]) <= lv) {
        low = near;
        break;
      }
    }
  }
  while (high - low > 1) {
    const auto middle = low + (high - low) / 2;
    (begin(sorted[middle]) <= lv ? low : high) = middle;
  }
  return low;
}

/// An edit's place in this document's history: its parents have smaller ones. Local; it never leaves the device.
using Lv = std::uint32_t;

struct LvRange {
  Lv begin = 0;
  Lv end = 0;
  [[nodiscard]] Lv size() const noexcept { return end - begin; }
  friend bool operator==(const LvRange&, const LvRange&) = default;
};

enum class OpKind : std::uint8_t {
  insert = 0,          ///< Scalar i goes to position + i.
  erase_forward = 1,   ///< Each edit removes the scalar at position.
  erase_backward = 2,  ///< Edit i removes the scalar at position + length - 1 - i.
};

/// A part of the history in which one op goes on.
struct OpSlice {
  OpKind kind = OpKind::insert;
  bool absent = false;  ///< An insert whose content was taken back.
  Lv begin = 0;
  Lv length = 0;
  std::uint32_t position = 0;  ///< In the text at the edit's parents: the lowest that the slice touches.
  std::string_view content;    ///< UTF-8 of an insert that is not absent.
};

/// Append-only but for `redact` and `truncate`. It may have let go of its earlier part (`let_go`): of the edits below `base()` it
/// then knows only their number, each agent's next seq, and the ids of those that were heads. What needs more must not be asked of
/// it.
class EventLog {
 public:
  [[nodiscard]] Lv size() const noexcept { return size_; }
  /// The first edit that is held here.
  [[nodiscard]] Lv base() const noexcept { return base_; }
  [[nodiscard]] const std::vector<Lv>& frontier() const noexcept { return frontier_; }

  // Agents.

  [[nodiscard]] std::uint32_t intern(const AgentId& agent);
  [[nodiscard]] std::optional<std::uint32_t> find_agent(const AgentId& agent) const;
  [[nodiscard]] const AgentId& agent(std::uint32_t index) const { return agents_[index].id; }
  [[nodiscard]] std::size_t agent_count() const noexcept { return agents_.size(); }
  [[nodiscard]] std::uint64_t next_seq(std::uint32_t agent) const { return agents_[agent].next_seq; }
  /// The seq that the agent's first edit from `base()` on has, or would have.
  [[nodiscard]] std::uint64_t base_seq(std::uint32_t agent) const { return agents_[agent].base_seq; }

  /// Edits [range) are one agent's, with seqs in a row.
  struct AgentSlice {
    LvRange range;
    std::uint32_t agent = 0;
    std::uint64_t seq = 0;
  };
  /// The longest slice from `lv` on, not beyond `end`.
  [[nodiscard]] AgentSlice agent_slice(Lv lv, Lv end) const;
  [[nodiscard]] EditId id_of(Lv lv) const;
  [[nodiscard]] std::optional<Lv> find(std::uint32_t agent, std::uint64_t seq) const;
  [[nodiscard]] std::optional<Lv> find(const EditId& id) const;
  /// The held part of `range`, as ranges in ascending seq.
  [[nodiscard]] std::vector<LvRange> find(const EditRange& range) const;
  /// FugueMax's tie-break: by agent, then by seq.
  [[nodiscard]] bool id_less(Lv left, Lv right) const;

  // The graph.

  /// Edits of one entry follow each other; the first has `parents`.
  struct Entry {
    LvRange range;
    std::uint32_t parents_at = 0;
    std::uint32_t parent_count = 0;
  };
  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  [[nodiscard]] std::size_t entry_index(Lv lv, std::size_t near = 0) const;
  [[nodiscard]] std::vector<Lv> parents_of(Lv lv) const;
  /// The same into `parents`; `entry` holds `lv`.
  void parents_of(Lv lv, const Entry& entry, std::vector<Lv>& parents) const {
    if (lv > entry.range.begin) return parents.assign(1, lv - 1);
    const auto first = parent_pool_.begin() + entry.parents_at;
    parents.assign(first, first + entry.parent_count);
  }
  /// The edits in the past of `a` but not of `b`, and the reverse; each in descending order, not touching. `near`: an entry not far
  /// from theirs.
  [[nodiscard]] std::pair<std::vector<LvRange>, std::vector<LvRange>> difference(const std::vector<Lv>& a, const std::vector<Lv>& b,
                                                                                 std::size_t near = 0) const;
  /// Every edit in the past of `version` or in it, ascending.
  [[nodiscard]] std::vector<LvRange> past_of(const std::vector<Lv>& version) const;
  /// Critical versions: edits that all earlier edits lead to and all later ones come from. Ascending, not touching.
  [[nodiscard]] const std::vector<LvRange>& critical() const noexcept { return critical_; }

  // Ops.

  /// Calls `visit(const OpSlice&)` for the slices of [range), ascending.
  template <class Visitor>
  void for_each_op(LvRange range, Visitor&& visit) const {
    std::size_t near = 0;
    for_each_op(range, near, visit);
  }
  /// The same, quicker where `range` lies near the last one; `near` is 0 at first.
  template <class Visitor>
  void for_each_op(LvRange range, std::size_t& near, Visitor&& visit) const {
    if (range.size() == 0) return;
    near = op_index(range.begin, near);
    while (true) {
      const auto slice = op_slice(near, range);
      visit(slice);
      range.begin += slice.length;
      if (range.begin == range.end) return;
      ++near;
    }
  }
  [[nodiscard]] std::size_t op_index(Lv lv, std::size_t near = 0) const;
  /// The part of op run `index` within `range`, which begins in it.
  [[nodiscard]] OpSlice op_slice(std::size_t index, LvRange range) const;

  // Change. First the edits' ids and parents, then, for as many edits, their ops.

  /// `parents` sorted.
  void add_edits(std::uint32_t agent, const std::vector<Lv>& parents, Lv count);
  /// With the frontier as parents. `count` is not 0.
  void add_latest_edits(std::uint32_t agent, Lv count);
  void add_op(OpKind kind, std::uint32_t position, Lv length, std::string_view content, bool absent);
  /// Forgets all edits from `size` on; `size` is at least `base()`.
  void truncate(Lv size);
  /// Lets go of all edits.
  void let_go();
  /// Adds the edits that `tail` holds, which let go of exactly those that this holds.
  void append(const EventLog& tail);
  /// Drops the content of the inserts in `ranges`, ascending and not touching.
  void redact(const std::vector<LvRange>& ranges);
  /// The part of the history in `ranges`, closed under "past of".
  [[nodiscard]] EventLog restricted_to(const std::vector<LvRange>& ranges) const;

  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct OpRun {
    std::uint64_t content_at = 0;
    Lv begin = 0;
    Lv length = 0;
    std::uint32_t position = 0;
    std::uint32_t content_bytes = 0;
    OpKind kind = OpKind::insert;
    bool absent = false;
  };
  struct SeqRun {
    std::uint64_t seq = 0;
    Lv lv = 0;
    Lv length = 0;
  };
  struct Agent {
    AgentId id;
    std::uint64_t next_seq = 0;
    std::uint64_t base_seq = 0;
    std::vector<SeqRun> runs;
  };
  struct AgentRun {
    std::uint64_t seq = 0;
    Lv begin = 0;
    std::uint32_t agent = 0;
  };

  LvRange number_edits(std::uint32_t agent, Lv count);
  /// The frontier and the critical versions as they were when it let go.
  void begin_frontier();
  void advance_frontier(const std::vector<Lv>& parents, LvRange range);
  [[nodiscard]] std::vector<Lv> entry_parents(const Entry& entry) const;
  bool extend_last_op(OpKind kind, std::uint32_t position, Lv length, std::string_view content, bool absent);

  Lv size_ = 0;
  Lv op_size_ = 0;
  Lv base_ = 0;
  std::vector<AgentRun> base_heads_;  ///< The heads when it let go, ascending, each a run of one.
  std::vector<Agent> agents_;
  std::map<AgentId, std::uint32_t> agent_index_;
  std::vector<AgentRun> agent_runs_;
  std::vector<Entry> entries_;
  std::vector<Lv> parent_pool_;
  std::vector<OpRun> ops_;
  std::string content_;
  std::vector<Lv> frontier_;
  std::vector<LvRange> critical_;
};

}  // namespace muistio::text
