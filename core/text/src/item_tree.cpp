#include "item_tree.hpp"

#include <algorithm>

namespace muistio::text {

namespace {
/// Makes room at `index` of the first `count` elements.
template <class Array>
void open_gap(Array& array, std::uint32_t count, std::uint32_t index) {
  std::copy_backward(array.begin() + index, array.begin() + count, array.begin() + count + 1);
}
}  // namespace

std::uint32_t ItemTree::index_in(const Leaf& leaf, Node node) const noexcept {
  return static_cast<std::uint32_t>(std::find(leaf.items.begin(), leaf.items.begin() + leaf.count, node) - leaf.items.begin());
}

std::uint32_t ItemTree::index_in(const Branch& branch, Block child) noexcept {
  return static_cast<std::uint32_t>(std::find(branch.children.begin(), branch.children.begin() + branch.count, child) -
                                    branch.children.begin());
}

void ItemTree::add_widths(Block leaf, const Widths& difference) {
  total_ += difference;
  auto child = leaf;
  for (auto parent = leaves_[leaf].parent; parent != kNil; child = parent, parent = branches_[parent].parent) {
    auto& branch = branches_[parent];
    branch.sums[index_in(branch, child)] += difference;
  }
}

ItemTree::Node ItemTree::add(const Item& item, Node after) {
  if (leaves_.empty()) leaves_.emplace_back();
  if (after == kNil) return insert(item, 0, 0);
  const auto leaf = leaf_of_[after];
  return insert(item, leaf, index_in(leaves_[leaf], after) + 1);
}

ItemTree::Node ItemTree::add_before(const Item& item, Node next) {
  if (next == kNil) return add(item, last());
  const auto leaf = leaf_of_[next];
  return insert(item, leaf, index_in(leaves_[leaf], next));
}

ItemTree::Node ItemTree::insert(const Item& item, Block leaf, std::uint32_t index) {
  if (leaves_[leaf].count == kFan) {
    split_leaf(leaf);
    const auto kept = leaves_[leaf].count;
    if (index > kept) {
      leaf = leaves_[leaf].next;
      index -= kept;
    }
  }
  const auto node = static_cast<Node>(items_.size());
  items_.push_back(item);
  leaf_of_.push_back(leaf);
  auto& block = leaves_[leaf];
  open_gap(block.items, block.count, index);
  block.items[index] = node;
  ++block.count;
  add_widths(leaf, Widths(item));
  return node;
}

void ItemTree::split_leaf(Block full) {
  const auto made = static_cast<Block>(leaves_.size());
  leaves_.emplace_back();
  auto& from = leaves_[full];
  auto& to = leaves_[made];
  constexpr auto kKept = kFan / 2;
  to.parent = from.parent;
  to.next = from.next;
  to.count = kFan - kKept;
  from.next = made;
  from.count = kKept;
  Widths moved;
  for (std::uint32_t i = 0; i < to.count; ++i) {
    to.items[i] = from.items[kKept + i];
    leaf_of_[to.items[i]] = made;
    moved += Widths(items_[to.items[i]]);
  }
  add_child(full, made, true, moved);
}

void ItemTree::add_child(Block child, Block made, bool leaves, const Widths& moved) {
  auto parent = leaves ? leaves_[child].parent : branches_[child].parent;
  const auto set_parent = [&](Block block, Block to) { (leaves ? leaves_[block].parent : branches_[block].parent) = to; };
  if (parent == kNil) {
    parent = root_ = static_cast<Block>(branches_.size());
    auto& branch = branches_.emplace_back();
    branch.above_leaves = leaves;
    branch.count = 1;
    branch.children[0] = child;
    branch.sums[0] = total_;
    set_parent(child, parent);
  } else if (branches_[parent].count == kFan) {
    split_branch(parent);
    parent = leaves ? leaves_[child].parent : branches_[child].parent;
  }
  set_parent(made, parent);
  auto& branch = branches_[parent];
  const auto index = index_in(branch, child);
  branch.sums[index] -= moved;
  open_gap(branch.children, branch.count, index + 1);
  open_gap(branch.sums, branch.count, index + 1);
  branch.children[index + 1] = made;
  branch.sums[index + 1] = moved;
  ++branch.count;
}

void ItemTree::split_branch(Block full) {
  const auto made = static_cast<Block>(branches_.size());
  branches_.emplace_back();
  auto& from = branches_[full];
  auto& to = branches_[made];
  constexpr auto kKept = kFan / 2;
  to.parent = from.parent;
  to.above_leaves = from.above_leaves;
  to.count = kFan - kKept;
  from.count = kKept;
  Widths moved;
  for (std::uint32_t i = 0; i < to.count; ++i) {
    const auto child = to.children[i] = from.children[kKept + i];
    to.sums[i] = from.sums[kKept + i];
    moved += to.sums[i];
    (to.above_leaves ? leaves_[child].parent : branches_[child].parent) = made;
  }
  add_child(full, made, false, moved);
}

ItemTree::Node ItemTree::first() const noexcept { return items_.empty() ? kNil : leaves_[0].items[0]; }

ItemTree::Node ItemTree::last() const noexcept {
  if (items_.empty()) return kNil;
  Block leaf = 0;
  for (auto block = root_; block != kNil;) {
    const auto& branch = branches_[block];
    const auto child = branch.children[branch.count - 1];
    if (branch.above_leaves) {
      leaf = child;
      break;
    }
    block = child;
  }
  return leaves_[leaf].items[leaves_[leaf].count - 1];
}

ItemTree::Node ItemTree::successor(Node node) const noexcept {
  const auto& leaf = leaves_[leaf_of_[node]];
  const auto index = index_in(leaf, node) + 1;
  if (index < leaf.count) return leaf.items[index];
  return leaf.next == kNil ? kNil : leaves_[leaf.next].items[0];
}

Widths ItemTree::before(Node node) const noexcept {
  Widths widths;
  Block child = leaf_of_[node];
  const auto& leaf = leaves_[child];
  for (std::uint32_t i = 0; leaf.items[i] != node; ++i) widths += Widths(items_[leaf.items[i]]);
  for (auto parent = leaf.parent; parent != kNil; child = parent, parent = branches_[parent].parent) {
    const auto& branch = branches_[parent];
    for (std::uint32_t i = 0; branch.children[i] != child; ++i) widths += branch.sums[i];
  }
  return widths;
}

ItemTree::Place ItemTree::find(std::uint32_t Widths::*of, std::uint32_t position) const noexcept {
  if (position >= total_.*of) return {};
  Block leaf = 0;
  for (auto block = root_; block != kNil;) {
    const auto& branch = branches_[block];
    std::uint32_t i = 0;
    while (position >= branch.sums[i].*of) position -= branch.sums[i++].*of;
    if (branch.above_leaves) {
      leaf = branch.children[i];
      break;
    }
    block = branch.children[i];
  }
  for (const Node node : leaves_[leaf].items) {
    const auto width = Widths(items_[node]).*of;
    if (position < width) return {node, position};
    position -= width;
  }
  return {};
}

std::size_t ItemTree::memory_bytes() const noexcept {
  return items_.capacity() * sizeof(Item) + leaf_of_.capacity() * sizeof(Block) + leaves_.capacity() * sizeof(Leaf) +
         branches_.capacity() * sizeof(Branch);
}

}  // namespace muistio::text
