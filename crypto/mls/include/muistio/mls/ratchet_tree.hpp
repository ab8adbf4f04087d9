// The public ratchet tree (RFC 9420 §7): who is in the group and to which keys secrets are encrypted.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "muistio/mls/proposals.hpp"
#include "muistio/mls/shared_vector.hpp"
#include "muistio/mls/tree_math.hpp"

namespace muistio::mls {

// RFC 9420 §7.1:
// struct { HPKEPublicKey encryption_key; opaque parent_hash<V>; uint32 unmerged_leaves<V>; } ParentNode;
struct ParentNode {
  HPKEPublicKey encryption_key;
  Bytes parent_hash;
  std::vector<LeafIndex> unmerged_leaves;
  MUISTIO_MLS_FIELDS(encryption_key, parent_hash, unmerged_leaves)
  friend bool operator==(const ParentNode&, const ParentNode&) = default;
};

/// A tree is a value, and a copy is cheap: it shares nodes, which never change, and hashes that were computed. Not thread-safe, not
/// even for const calls on one object, since hashes are computed when first asked for; use a tree and its copies from one thread at
/// a time.
class RatchetTree {
 public:
  /// One blank leaf.
  RatchetTree() : RatchetTree(LeafCount(1)) {}

  [[nodiscard]] LeafCount leaf_count() const noexcept { return LeafCount(static_cast<std::uint32_t>(leaves_.size())); }
  /// How many leaves are not blank.
  [[nodiscard]] std::size_t member_count() const noexcept;
  /// nullptr if blank or outside the tree.
  [[nodiscard]] const LeafNode* leaf(LeafIndex index) const noexcept;
  [[nodiscard]] const ParentNode* parent_node(NodeIndex index) const noexcept;
  [[nodiscard]] const HPKEPublicKey* encryption_key(NodeIndex index) const noexcept;
  [[nodiscard]] bool is_blank(NodeIndex index) const noexcept { return encryption_key(index) == nullptr; }
  /// Whether a node other than `besides` has this encryption key.
  [[nodiscard]] bool has_encryption_key(const HPKEPublicKey& key, std::optional<NodeIndex> besides = std::nullopt) const noexcept;
  /// Whether a leaf other than `besides` has this signature key.
  [[nodiscard]] bool has_signature_key(const SignaturePublicKey& key, LeafIndex besides) const noexcept;
  /// Whether all members have a basic credential and support such. What is false may still be a good tree.
  [[nodiscard]] bool is_all_basic() const noexcept;
  /// Calls `visit(LeafIndex, const LeafNode&)` for each member, from the left.
  template <class Visit>
  void for_each_leaf(Visit&& visit) const {
    for (std::uint32_t i = 0; i < leaves_.size(); ++i)
      if (const auto* content = leaves_[i].get()) visit(LeafIndex(i), *content);
  }

  /// Puts the leaf into the leftmost blank place, extending the tree if there is none (§12.1.1). Errors: too_large.
  Result<LeafIndex> add(LeafNode leaf);
  /// Replaces a member's leaf and blanks the path above it (§12.1.2).
  void update(LeafIndex index, LeafNode leaf);
  /// Blanks a leaf and the path above it, and truncates the tree (§12.1.3).
  void remove(LeafIndex index);
  /// The leftmost blank leaf, after extending the tree if there is none, for a member who joins by an external commit. Errors:
  /// too_large.
  Result<LeafIndex> make_room();

  /// The nodes to encrypt to so that all members under `node` can read, without the leaves in `except` (§4.1.1).
  [[nodiscard]] std::vector<NodeIndex> resolution(NodeIndex node, const std::set<LeafIndex>& except = {}) const;

  /// A step of a filtered direct path (§4.1.2).
  struct PathStep {
    NodeIndex node;
    NodeIndex copath_child;
  };
  [[nodiscard]] std::vector<PathStep> filtered_direct_path(LeafIndex leaf) const;

  /// Blanks the direct path of `sender`, puts the new keys on its filtered direct path and sets their parent hashes (§7.5). Returns
  /// the parent hash that the sender's new leaf must have; the leaf itself is not changed. `path` is the filtered direct path.
  [[nodiscard]] Bytes merge_path_keys(LeafIndex sender, std::span<const PathStep> path, std::span<const HPKEPublicKey> keys);
  /// Puts a leaf in its place and leaves all else as it is.
  void set_leaf(LeafIndex index, LeafNode leaf);

  /// The tree hash of a node or of the whole tree (§7.8).
  [[nodiscard]] Hash tree_hash(NodeIndex node) const;
  [[nodiscard]] Hash tree_hash() const { return tree_hash(root(leaf_count())); }

  /// Every parent node is chained to exactly one leaf by parent hashes (§7.9.2). Errors: mls_invalid_tree.
  [[nodiscard]] Status verify_parent_hashes() const;
  /// The checks of unmerged leaves and of distinct keys that a joiner makes (§12.4.3.1), signature keys included. Errors:
  /// mls_invalid_tree.
  [[nodiscard]] Status verify_structure() const;

  /// The ratchet_tree extension (§12.4.3.3): optional<Node> ratchet_tree<V>.
  void tls_encode(Writer& out) const;
  /// Errors: malformed (also a last node that is blank), too_large.
  Status tls_decode(Reader& in);
  friend bool operator==(const RatchetTree& one, const RatchetTree& other);

 private:
  explicit RatchetTree(LeafCount leaves);
  void resize(std::size_t leaves);
  void truncate();
  void blank_path(LeafIndex leaf);
  [[nodiscard]] bool is_resolution_empty(NodeIndex node) const;
  void forget_hashes(NodeIndex node);
  // All changes of nodes go through these two. They leave hashes as they are.
  void put_leaf(LeafIndex index, std::shared_ptr<const LeafNode> leaf);
  void put_parent(NodeIndex index, std::shared_ptr<const ParentNode> node);
  void set_parent(NodeIndex index, std::shared_ptr<const ParentNode> node);
  [[nodiscard]] Hash node_hash(NodeIndex node, const Hash* left_hash, const Hash* right_hash,
                               const std::set<LeafIndex>& without) const;
  [[nodiscard]] Hash tree_hash_without(NodeIndex node, const std::set<LeafIndex>& without) const;
  [[nodiscard]] Bytes parent_hash(const ParentNode& node, const Hash& sibling_hash) const;

  // What each commit compares with all nodes, side by side, so that no node need be fetched for it: the beginnings of keys (0 for a
  // blank node), and whether a leaf has a basic credential and supports such (a blank leaf counts as one that does).
  using KeyStart = std::uint64_t;
  [[nodiscard]] static KeyStart start_of(const Bytes& key) noexcept;

  SharedVector<std::shared_ptr<const LeafNode>> leaves_;
  SharedVector<std::shared_ptr<const ParentNode>> parents_;  // node 2i + 1 at i
  mutable SharedVector<std::optional<Hash>> hashes_;         // by node
  std::vector<KeyStart> encryption_starts_;                  // by node
  std::vector<KeyStart> signature_starts_;                   // by leaf
  std::vector<std::uint8_t> basic_;                          // by leaf
};

}  // namespace muistio::mls
