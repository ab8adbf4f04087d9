// The merge state of Eg-walker: the scalars of a concurrent stretch in their order, each with two states.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "item_index.hpp"
#include "item_tree.hpp"
#include "log.hpp"
#include "muistio/base/result.hpp"

namespace muistio::text {

class SiblingIndex;

/// A change of the text that an edit leads to, in the text as all edits walked so far leave it.
struct Effect {
  bool insert = false;
  std::uint32_t position = 0;
  std::uint32_t length = 0;
  Lv begin = 0;  ///< Of an insert: its first edit.
};

/// A sequence of items (runs of scalars) in an ItemTree. Items that stand for the text from before the stretch have ids from
/// Item::kBefore on. An edit takes O(log items).
class MergeState {
 public:
  using Node = ItemTree::Node;

  /// For edits from `base` on. `length_before`: the scalars of the text before the stretch, or more if that is unknown (see
  /// `trim`).
  MergeState(const EventLog& log, Lv base, std::uint32_t length_before);
  ~MergeState();
  MergeState(const MergeState&) = delete;
  MergeState& operator=(const MergeState&) = delete;

  /// Sets the text's length before the stretch so that the effect version has `effect_length` scalars.
  /// Errors: malformed, if that cannot be.
  Status trim(std::uint64_t effect_length);

  /// Takes the edits in `range` out of the prepared version.
  void retreat(LvRange range);
  /// Puts them back.
  void advance(LvRange range);
  /// Walks new edits, whose parents are the prepared version. Errors: position_out_of_range; the state is then of no more use.
  Status apply(const OpSlice& slice, std::vector<Effect>& effects);

  /// Calls `visit(const Item&)` for each item in order. Only for a state from the beginning of the history.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (auto node = tree_.first(); node != ItemTree::kNil; node = tree_.successor(node)) {
      if (tree_[node].length > 0) visit(tree_[node]);
    }
  }
  /// Calls `visit(Lv first, Lv length)` for the scalars that the edits in `range` removed.
  template <class Visitor>
  void for_each_removed(LvRange range, Visitor&& visit) const {
    auto removal = std::upper_bound(removals_.begin(), removals_.end(), range.begin,
                                    [](Lv lv, const Removal& element) { return lv < element.begin; });
    if (removal != removals_.begin()) --removal;
    for (; removal != removals_.end() && removal->begin < range.end; ++removal) {
      const Lv begin = std::max(range.begin, removal->begin);
      const Lv end = std::min(range.end, removal->begin + removal->length);
      if (begin >= end) continue;
      const Lv offset = removal->backward ? removal->begin + removal->length - end : begin - removal->begin;
      visit(removal->target + offset, end - begin);
    }
  }

  /// The scalars of the effect version.
  [[nodiscard]] std::uint64_t effect_length() const noexcept { return tree_.total().effect; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

  static constexpr std::uint32_t kUnknownLength = std::uint32_t{1} << 30;

 private:
  using Id = Item::Id;

  /// Edits [begin, begin + length) removed the scalars from `target` on; the last edit the first scalar if `backward`.
  struct Removal {
    Lv begin = 0;
    Lv length = 0;
    Id target = 0;
    bool backward = false;
  };

  /// Adds `item` behind `after`, or as the first one.
  Node add(const Item& item, Node after);
  /// Remembers where the item begins.
  void note(Node node);
  [[nodiscard]] ItemTree::Place find(Id id) const;
  [[nodiscard]] std::int64_t rank(Id id) const;
  /// Makes `node` end after `length` of its scalars; the rest becomes the next node.
  void split(Node node, std::uint32_t length);
  /// The node that begins with `id` and is at most `length` long.
  Node isolate(Id id, std::uint32_t length);

  void insert(const OpSlice& slice, std::vector<Effect>& effects);
  void erase(const OpSlice& slice, std::vector<Effect>& effects);
  /// Moves `after` on from the left origin to the item that `wanted` comes behind, before `right`. Returns false if that would take
  /// too many steps.
  [[nodiscard]] bool find_place(const Item& wanted, Node right, Node& after) const;
  void shift_states(LvRange range, bool forward);

  const EventLog& log_;
  Lv base_;
  ItemTree tree_;
  ItemIndex by_edit_;                       ///< Where items begin, as edits from base_ on.
  std::map<Id, Node> by_place_;             ///< Where items of the text before begin.
  std::vector<Removal> removals_;           ///< Ascending by `begin`.
  std::size_t near_op_ = 0;                 ///< Where ops were looked up last.
  std::unique_ptr<SiblingIndex> siblings_;  ///< Made when many insert at one place.
};

}  // namespace muistio::text
