// Where nodes lie in the array of a full binary tree (RFC 9420 appendix C).
#pragma once

#include <vector>

#include "muistio/mls/basics.hpp"

namespace muistio::mls {

/// The number of leaves of a full tree: always a power of two, at least 1.
using LeafCount = StrongInt<struct LeafCountTag, std::uint32_t>;
/// The most leaves that a tree of ours may have.
inline constexpr LeafCount kLeavesMax{1U << 16};

[[nodiscard]] constexpr NodeIndex node_of(LeafIndex leaf) noexcept { return NodeIndex(leaf.value() * 2); }
[[nodiscard]] constexpr bool is_leaf(NodeIndex node) noexcept { return (node.value() & 1) == 0; }
/// `node` must be a leaf.
[[nodiscard]] constexpr LeafIndex leaf_of(NodeIndex node) noexcept { return LeafIndex(node.value() / 2); }
/// 2·leaves − 1.
[[nodiscard]] constexpr std::uint32_t node_count(LeafCount leaves) noexcept { return leaves.value() * 2 - 1; }
/// The level of a node: 0 for a leaf.
[[nodiscard]] std::uint32_t level(NodeIndex node) noexcept;
[[nodiscard]] constexpr NodeIndex root(LeafCount leaves) noexcept { return NodeIndex(leaves.value() - 1); }
/// The children of a node that is not a leaf.
[[nodiscard]] NodeIndex left(NodeIndex node) noexcept;
[[nodiscard]] NodeIndex right(NodeIndex node) noexcept;
/// The parent of a node that is not the root of its tree.
[[nodiscard]] NodeIndex parent(NodeIndex node) noexcept;
/// The other child of the node's parent.
[[nodiscard]] NodeIndex sibling(NodeIndex node) noexcept;
/// Whether `node` is `ancestor` or lies below it.
[[nodiscard]] bool is_in_subtree(NodeIndex node, NodeIndex ancestor) noexcept;
/// The lowest node whose subtree holds both.
[[nodiscard]] NodeIndex common_ancestor(NodeIndex one, NodeIndex other) noexcept;
/// From the parent of `node` up to the root.
[[nodiscard]] std::vector<NodeIndex> direct_path(NodeIndex node, LeafCount leaves);

}  // namespace muistio::mls
