// Where an insert goes among many at one place.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "item_tree.hpp"
#include "log.hpp"

namespace muistio::text {

/// The items of a merge state as the tree of FugueMax, for merging many inserts at one place without looking at each. An insert is
/// a left child of its right origin, if that has the same left origin; else a right child of its left origin. An item's block is
/// itself with what hangs from it, left children of its first scalar before it, right children of its last after it. Two items of
/// no length mark where a block begins and ends. Left children stand by id, right children by right origin, the farther right
/// first, then by id.
class SiblingIndex {
 public:
  using Node = ItemTree::Node;

  /// Marks the blocks of all items of `tree`, which it rebuilds: the items keep their numbers.
  SiblingIndex(const EventLog& log, ItemTree& tree);

  /// Adds `item`; `left` is the item that ends with its left origin, or kNil.
  Node add(const Item& item, Node left);
  /// Learns that `rest` was split off `node`.
  void split(Node node, Node rest);
  /// Learns that right origins were changed, without a change of the items' order.
  void sort_again();

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

  /// The item that `item` is a left child of, or kNil.
  [[nodiscard]] Node right_parent(const Item& item) const;
  [[nodiscard]] bool are_siblings(const Item& left, const Item& right) const;
  [[nodiscard]] bool less(const Item& left, const Item& right) const;
  [[nodiscard]] Marks& marks(Node node);

  const EventLog& log_;
  ItemTree* tree_;
  std::vector<Marks> marks_;  ///< By item.
  std::set<Node, Less> siblings_;
};

}  // namespace muistio::text
