#include "muistio/mls/tree_math.hpp"

#include <bit>

namespace muistio::mls {

std::uint32_t level(NodeIndex node) noexcept { return static_cast<std::uint32_t>(std::countr_one(node.value())); }

NodeIndex left(NodeIndex node) noexcept { return NodeIndex(node.value() ^ (1U << (level(node) - 1))); }
NodeIndex right(NodeIndex node) noexcept { return NodeIndex(node.value() ^ (3U << (level(node) - 1))); }

NodeIndex parent(NodeIndex node) noexcept {
  const auto height = level(node);
  return NodeIndex((node.value() | (1U << height)) & ~(1U << (height + 1)));
}

NodeIndex sibling(NodeIndex node) noexcept {
  const auto up = parent(node);
  return node < up ? right(up) : left(up);
}

bool is_in_subtree(NodeIndex node, NodeIndex ancestor) noexcept {
  const auto reach = (1U << level(ancestor)) - 1;
  return node.value() >= ancestor.value() - reach && node.value() <= ancestor.value() + reach;
}

NodeIndex common_ancestor(NodeIndex one, NodeIndex other) noexcept {
  while (!is_in_subtree(other, one)) one = parent(one);
  return one;
}

std::vector<NodeIndex> direct_path(NodeIndex node, LeafCount leaves) {
  std::vector<NodeIndex> path;
  while (node != root(leaves)) path.push_back(node = parent(node));
  return path;
}

}  // namespace muistio::mls
