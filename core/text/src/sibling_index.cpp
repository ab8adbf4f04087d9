#include "sibling_index.hpp"

#include <utility>

namespace muistio::text {

SiblingIndex::Node SiblingIndex::right_parent(const Item& item) const {
  if (item.right_origin == ItemTree::kNil || (*tree_)[item.right_origin].left_origin != item.left_origin) return ItemTree::kNil;
  return item.right_origin;
}

bool SiblingIndex::are_siblings(const Item& left, const Item& right) const {
  return left.left_origin == right.left_origin && right_parent(left) == right_parent(right);
}

bool SiblingIndex::less(const Item& left, const Item& right) const {
  if (left.left_origin != right.left_origin) return left.left_origin < right.left_origin;
  const auto left_parent = right_parent(left);
  const auto other_parent = right_parent(right);
  if (left_parent != other_parent) return left_parent < other_parent;
  if (left.right_origin != right.right_origin) {  // right children
    if (left.right_origin == ItemTree::kNil || right.right_origin == ItemTree::kNil) return left.right_origin == ItemTree::kNil;
    return tree_->before(left.right_origin).all > tree_->before(right.right_origin).all;
  }
  return left.id != right.id && log_.id_less(left.id, right.id);
}

SiblingIndex::Marks& SiblingIndex::marks(Node node) {
  if (node >= marks_.size()) marks_.resize(node + 1);
  return marks_[node];
}

SiblingIndex::SiblingIndex(const EventLog& log, ItemTree& tree) : log_(log), tree_(&tree), siblings_(Less{this}) {
  std::vector<Node> order;
  for (auto node = tree.first(); node != ItemTree::kNil; node = tree.successor(node)) {
    order.push_back(node);
  }
  marks_.resize(order.size());
  std::vector<Node> open;  // inserted items whose blocks have not ended, each a right child of the one before or deeper
  const Item mark{Item::kNoId, 0};
  for (const auto node : order) {
    const auto item = tree[node];
    while (!open.empty() && tree[open.back()].id + tree[open.back()].length - 1 != item.left_origin) {
      marks_[open.back()].end = tree.add_before(mark, node);
      open.pop_back();
    }
    if (item.id >= Item::kBefore) continue;
    // The blocks that begin here: this item's, and those of the items that it is the first left descendant of.
    std::vector<Node> begun;
    for (auto block = node; marks_[block].begin == ItemTree::kNil;) {
      begun.push_back(block);
      const auto parent = right_parent(tree[block]);
      if (parent == ItemTree::kNil || tree[parent].id >= Item::kBefore) break;
      block = parent;
    }
    for (; !begun.empty(); begun.pop_back()) {
      const auto made = tree.add_before(mark, node);
      marks_[begun.back()].begin = made;
    }
    siblings_.insert(node);
    open.push_back(node);
  }
  for (; !open.empty(); open.pop_back()) marks_[open.back()].end = tree.add_before(mark, ItemTree::kNil);
}

SiblingIndex::Node SiblingIndex::add(const Item& item, Node left) {
  const auto sibling = siblings_.lower_bound(item);
  const auto parent = right_parent(item);
  // Without a later sibling: before the right parent, or as the last thing in the block of the left origin.
  Node next = ItemTree::kNil;
  if (sibling != siblings_.end() && are_siblings((*tree_)[*sibling], item)) {
    next = marks(*sibling).begin;
  } else if (parent != ItemTree::kNil) {
    next = parent;
  } else if (left != ItemTree::kNil) {
    next = marks(left).end;
  }
  const Item mark{Item::kNoId, 0};
  const auto begin = tree_->add_before(mark, next);
  const auto node = tree_->add_before(item, next);
  const auto end = tree_->add_before(mark, next);
  marks(node) = {begin, end};
  siblings_.insert(node);
  return node;
}

void SiblingIndex::split(Node node, Node rest) {
  if ((*tree_)[node].id >= Item::kBefore) return;
  const Item mark{Item::kNoId, 0};
  const auto old_end = marks(node).end;
  marks(rest) = {tree_->add_before(mark, rest), old_end};
  marks(node).end = tree_->add(mark, old_end);
  siblings_.insert(rest);
}

void SiblingIndex::sort_again() {
  const std::vector<Node> nodes(siblings_.begin(), siblings_.end());
  siblings_.clear();
  siblings_.insert(nodes.begin(), nodes.end());
}

std::size_t SiblingIndex::memory_bytes() const noexcept {
  constexpr std::size_t kSetNodeBytes = 40;
  return marks_.capacity() * sizeof(Marks) + siblings_.size() * kSetNodeBytes;
}

}  // namespace muistio::text
