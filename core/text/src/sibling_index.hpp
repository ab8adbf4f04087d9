// Where an insert goes among many at one place.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "item_tree.hpp"
#include "log.hpp"

namespace muistio::text {

/// The items of a merge state as the tree of FugueMax, for merging many inserts at one place without looking at each. An item's
/// block is itself with what hangs from it: left children (their right parent is its first scalar) before it, right children (their
/// left origin is its last scalar, without a right parent) after it. Two items of no length mark where a block begins and ends.
/// Siblings, which share left origin and right parent, stand by id.
class SiblingIndex {
 public:
  using Node = ItemTree::Node;

  /// Marks the blocks of all items of `tree`, which it rebuilds: the items keep their numbers.
  SiblingIndex(const EventLog& log, ItemTree& tree);

  /// Adds `item`; `left` is the item that ends with its left origin, `parent` the one that begins with its right parent (or kNil).
  Node add(const Item& item, Node left, Node parent);
  /// Learns that `rest` was split off `node`.
  void split(Node node, Node rest);

  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct Less {
    const SiblingIndex* index;
    using is_transparent = void;
    bool operator()(Node left, Node right) const { return index->less((*index->tree_)[left], (*index->tree_)[right]); }
    bool operator()(Node left, const Item& right) const { return index->less((*index->tree_)[left], right); }
    bool operator()(const Item& left, Node right) const { return index->less(left, (*index->tree_)[right]); }
  };
  /// Where an item's block begins and ends; kNil for what has no block: marks, and the text before the stretch.
  struct Marks {
    Node begin = ItemTree::kNil;
    Node end = ItemTree::kNil;
  };

  [[nodiscard]] bool less(const Item& left, const Item& right) const;
  [[nodiscard]] Marks& marks(Node node);

  const EventLog& log_;
  ItemTree* tree_;
  std::vector<Marks> marks_;  ///< By item.
  std::set<Node, Less> siblings_;
};

}  // namespace muistio::text
