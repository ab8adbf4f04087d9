// The merge state of Eg-walker: the scalars of a concurrent stretch in their order, each with two states.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "log.hpp"
#include "muistio/base/result.hpp"

namespace muistio::text {

/// A change of the text that an edit leads to, in the text as all edits walked so far leave it.
struct Effect {
  bool insert = false;
  std::uint32_t position = 0;
  std::uint32_t length = 0;
  Lv begin = 0;  ///< Of an insert: its first edit.
};

/// A sequence of items (runs of scalars), kept in a treap that sums three widths: in the prepared version (that of the parents of
/// the next edit), in the effect version (all edits walked), and of all items. Items that stand for the text from before the
/// stretch have ids from kBefore on.
class MergeState {
 public:
  /// `length_before`: the scalars of the text before the stretch, or more if that is unknown (see `trim`).
  MergeState(const EventLog& log, std::uint32_t length_before);

  /// Sets the text's length before the stretch so that the effect version has `effect_length` scalars.
  /// Errors: malformed, if that cannot be.
  Status trim(std::uint64_t effect_length);

  /// Takes the edits in `range` out of the prepared version.
  void retreat(LvRange range);
  /// Puts them back.
  void advance(LvRange range);
  /// Walks new edits, whose parents are the prepared version. Errors: position_out_of_range; the state is then of no more use.
  Status apply(const OpSlice& slice, std::vector<Effect>& effects);

  /// Calls `visit(Lv begin, Lv length, bool deleted)` for each item in order. Only for a state from the beginning of the history.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (auto node = first(); node != kNil; node = successor(node)) {
      if (nodes_[node].id < kBefore) visit(nodes_[node].id, nodes_[node].length, nodes_[node].deleted);
    }
  }

  /// The scalars of the effect version.
  [[nodiscard]] std::uint64_t effect_length() const noexcept { return nodes_[root_].sum.effect; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

  static constexpr std::uint32_t kUnknownLength = std::uint32_t{1} << 30;

 private:
  using Id = std::uint32_t;    ///< An edit, or kBefore + the scalar's place in the text before.
  using Node = std::uint32_t;  ///< An index into nodes_.
  static constexpr Id kBefore = std::uint32_t{1} << 31;
  static constexpr Id kNoId = UINT32_MAX;
  static constexpr Node kNil = UINT32_MAX;

  struct Widths {
    std::uint32_t prepared = 0;
    std::uint32_t effect = 0;
    std::uint32_t all = 0;
  };
  struct Item {
    Id id = 0;
    std::uint32_t length = 0;
    Id left_origin = kNoId;   ///< Of the first scalar; that of each other one is its neighbour.
    Id right_parent = kNoId;  ///< Of the first scalar; the others have none.
    std::uint32_t state = 1;  ///< In the prepared version: 0 not inserted yet, 1 there, n + 1 deleted n times.
    bool deleted = false;     ///< In the effect version.
    Node left = kNil, right = kNil, parent = kNil;
    std::uint32_t priority = 0;
    Widths sum;  ///< Of the subtree.
    [[nodiscard]] std::uint32_t prepared() const noexcept { return state == 1 ? length : 0; }
    [[nodiscard]] std::uint32_t effect() const noexcept { return deleted ? 0 : length; }
  };
  /// Edits [begin, begin + length) removed the scalars from `target` on; the last edit the first scalar if `backward`.
  struct Removal {
    Lv begin = 0;
    Lv length = 0;
    Id target = 0;
    bool backward = false;
  };
  struct Place {
    Node node = kNil;
    std::uint32_t offset = 0;
  };

  Node add(Item item, Node after);
  void pull(Node node);
  void pull_up(Node node);
  void rotate_up(Node node);
  [[nodiscard]] Node first() const;
  [[nodiscard]] Node successor(Node node) const;
  [[nodiscard]] Place find(Id id) const;
  [[nodiscard]] Place find_prepared(std::uint32_t position) const;
  [[nodiscard]] Widths widths_before(Node node) const;
  [[nodiscard]] std::int64_t rank(Id id) const;
  /// Makes `node` end after `length` of its scalars; the rest becomes the next node.
  void split(Node node, std::uint32_t length);
  /// The node that begins with `id` and is at most `length` long.
  Node isolate(Id id, std::uint32_t length);

  void insert(const OpSlice& slice, std::vector<Effect>& effects);
  void erase(const OpSlice& slice, std::vector<Effect>& effects);
  [[nodiscard]] Node place_of_insert(Id id, Node after, Node next, Id left_origin, Id right_parent) const;
  void shift_states(LvRange range, bool forward);
  template <class Visitor>
  void for_each_removed(LvRange range, Visitor&& visit);

  const EventLog& log_;
  std::vector<Item> nodes_;
  std::map<Id, Node> by_id_;
  std::vector<Removal> removals_;
  Node root_ = kNil;
  std::uint32_t random_ = 2463534242U;
};

}  // namespace muistio::text
