#include "muistio/mls/ratchet_tree.hpp"

#include <algorithm>
#include <bit>

#include "muistio/crypto/hash.hpp"

namespace muistio::mls {
namespace {
// RFC 9420 §7.8: enum { reserved(0), leaf(1), parent(2), (255) } NodeType;
enum class NodeType : std::uint8_t { leaf = 1, parent = 2 };
}  // namespace

RatchetTree::RatchetTree(LeafCount leaves) { resize(leaves.value()); }

RatchetTree::KeyStart RatchetTree::start_of(const Bytes& key) noexcept {
  KeyStart start = 0;
  std::copy_n(key.begin(), std::min(key.size(), sizeof start), reinterpret_cast<std::uint8_t*>(&start));
  return start;
}

std::size_t RatchetTree::member_count() const noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < leaves_.size(); ++i) count += leaves_[i] ? 1 : 0;
  return count;
}

const LeafNode* RatchetTree::leaf(LeafIndex index) const noexcept {
  return index.value() < leaves_.size() ? leaves_[index.value()].get() : nullptr;
}

const ParentNode* RatchetTree::parent_node(NodeIndex index) const noexcept {
  return !is_leaf(index) && index.value() / 2 < parents_.size() ? parents_[index.value() / 2].get() : nullptr;
}

const HPKEPublicKey* RatchetTree::encryption_key(NodeIndex index) const noexcept {
  if (is_leaf(index)) {
    const auto* node = leaf(leaf_of(index));
    return node ? &node->encryption_key : nullptr;
  }
  const auto* node = parent_node(index);
  return node ? &node->encryption_key : nullptr;
}

bool RatchetTree::has_encryption_key(const HPKEPublicKey& key, std::optional<NodeIndex> besides) const noexcept {
  const auto start = start_of(key.data);
  for (std::uint32_t i = 0; i < encryption_starts_.size(); ++i) {
    if (encryption_starts_[i] != start || NodeIndex(i) == besides) continue;
    if (const auto* held = encryption_key(NodeIndex(i)); held && *held == key) return true;
  }
  return false;
}

bool RatchetTree::has_signature_key(const SignaturePublicKey& key, LeafIndex besides) const noexcept {
  const auto start = start_of(key.data);
  for (std::uint32_t i = 0; i < signature_starts_.size(); ++i) {
    if (signature_starts_[i] != start || LeafIndex(i) == besides) continue;
    if (const auto* held = leaf(LeafIndex(i)); held && held->signature_key == key) return true;
  }
  return false;
}

bool RatchetTree::is_all_basic() const noexcept {
  return std::all_of(basic_.begin(), basic_.end(), [](auto basic) { return basic != 0; });
}

void RatchetTree::resize(std::size_t leaves) {
  leaves_.resize(leaves);
  parents_.resize(leaves - 1);
  hashes_.resize(2 * leaves - 1);
  encryption_starts_.resize(2 * leaves - 1);
  signature_starts_.resize(leaves);
  basic_.resize(leaves, 1);
}

void RatchetTree::truncate() {
  const auto is_blank_from = [this](std::size_t first, std::size_t end) {
    while (first < end && !leaves_[first]) ++first;
    return first == end;
  };
  auto kept = leaves_.size();
  while (kept > 1 && is_blank_from(kept / 2, kept)) kept /= 2;
  resize(kept);
}

void RatchetTree::forget_hashes(NodeIndex node) {
  const auto top = root(leaf_count());
  while (true) {
    hashes_.change(node.value()).reset();
    if (node == top) return;
    node = parent(node);
  }
}

void RatchetTree::put_leaf(LeafIndex index, std::shared_ptr<const LeafNode> leaf) {
  const auto at = index.value();
  encryption_starts_[node_of(index).value()] = leaf ? start_of(leaf->encryption_key.data) : 0;
  signature_starts_[at] = leaf ? start_of(leaf->signature_key.data) : 0;
  basic_[at] =
      !leaf || (leaf->credential.credential_type == CredentialType::basic && leaf->capabilities.supports(CredentialType::basic));
  leaves_.change(at) = std::move(leaf);
}

void RatchetTree::put_parent(NodeIndex index, std::shared_ptr<const ParentNode> node) {
  encryption_starts_[index.value()] = node ? start_of(node->encryption_key.data) : 0;
  parents_.change(index.value() / 2) = std::move(node);
}

void RatchetTree::set_leaf(LeafIndex index, LeafNode leaf) {
  put_leaf(index, std::make_shared<const LeafNode>(std::move(leaf)));
  forget_hashes(node_of(index));
}

void RatchetTree::set_parent(NodeIndex index, std::shared_ptr<const ParentNode> node) {
  put_parent(index, std::move(node));
  forget_hashes(index);
}

void RatchetTree::blank_path(LeafIndex leaf) {
  for (auto node : direct_path(node_of(leaf), leaf_count()))
    if (parent_node(node)) put_parent(node, nullptr);
  forget_hashes(node_of(leaf));
}

Result<LeafIndex> RatchetTree::make_room() {
  std::uint32_t blank = 0;
  while (blank < leaves_.size() && leaves_[blank]) ++blank;
  if (blank == leaves_.size()) {
    if (leaf_count() >= kLeavesMax) return fail(ErrorCode::too_large, "the group is full");
    resize(2 * leaves_.size());
  }
  return LeafIndex(blank);
}

Result<LeafIndex> RatchetTree::add(LeafNode leaf) {
  MUISTIO_TRY(auto index, make_room());
  for (auto above : direct_path(node_of(index), leaf_count())) {
    const auto* node = parent_node(above);
    if (!node) continue;
    auto changed = std::make_shared<ParentNode>(*node);
    auto& unmerged = changed->unmerged_leaves;
    unmerged.insert(std::upper_bound(unmerged.begin(), unmerged.end(), index), index);
    set_parent(above, std::move(changed));
  }
  set_leaf(index, std::move(leaf));
  return index;
}

void RatchetTree::update(LeafIndex index, LeafNode leaf) {
  blank_path(index);
  set_leaf(index, std::move(leaf));
}

void RatchetTree::remove(LeafIndex index) {
  blank_path(index);
  put_leaf(index, nullptr);
  forget_hashes(node_of(index));
  truncate();
}

std::vector<NodeIndex> RatchetTree::resolution(NodeIndex node, const std::set<LeafIndex>& except) const {
  std::vector<NodeIndex> found;
  std::vector<NodeIndex> waiting{node};
  while (!waiting.empty()) {
    const auto at = waiting.back();
    waiting.pop_back();
    if (is_leaf(at)) {
      if (leaf(leaf_of(at)) && !except.contains(leaf_of(at))) found.push_back(at);
    } else if (const auto* parent = parent_node(at)) {
      found.push_back(at);
      for (auto unmerged : parent->unmerged_leaves)
        if (!except.contains(unmerged)) found.push_back(node_of(unmerged));
    } else {
      waiting.push_back(right(at));
      waiting.push_back(left(at));
    }
  }
  return found;
}

bool RatchetTree::is_resolution_empty(NodeIndex node) const {
  if (!is_blank(node)) return false;
  return is_leaf(node) || (is_resolution_empty(left(node)) && is_resolution_empty(right(node)));
}

std::vector<RatchetTree::PathStep> RatchetTree::filtered_direct_path(LeafIndex leaf) const {
  std::vector<PathStep> path;
  auto below = node_of(leaf);
  for (auto node : direct_path(below, leaf_count())) {
    const auto copath_child = sibling(below);
    if (!is_resolution_empty(copath_child)) path.push_back({node, copath_child});
    below = node;
  }
  return path;
}

Bytes RatchetTree::parent_hash(const ParentNode& node, const Hash& sibling_hash) const {
  // struct { HPKEPublicKey encryption_key; opaque parent_hash<V>; opaque original_sibling_tree_hash<V>; } ParentHashInput;
  Writer input;
  encode(input, node.encryption_key);
  encode(input, node.parent_hash);
  encode(input, sibling_hash);
  return to_bytes(crypto::sha256(input.bytes()).view());
}

Bytes RatchetTree::merge_path_keys(LeafIndex sender, std::span<const PathStep> path, std::span<const HPKEPublicKey> keys) {
  MUISTIO_INVARIANT(path.size() == keys.size());
  blank_path(sender);
  Bytes above;  // the parent hash that the node below must carry; empty above the root
  for (auto i = path.size(); i-- > 0;) {
    auto node = std::make_shared<ParentNode>();
    node->encryption_key = keys[i];
    node->parent_hash = std::move(above);
    above = parent_hash(*node, tree_hash(path[i].copath_child));
    set_parent(path[i].node, std::move(node));
  }
  return above;
}

Hash RatchetTree::node_hash(NodeIndex node, const Hash* left_hash, const Hash* right_hash,
                            const std::set<LeafIndex>& without) const {
  Writer input;
  if (is_leaf(node)) {
    // struct { uint32 leaf_index; optional<LeafNode> leaf_node; } LeafNodeHashInput;
    const auto* content = without.contains(leaf_of(node)) ? nullptr : leaf(leaf_of(node));
    encode(input, NodeType::leaf);
    encode(input, leaf_of(node));
    input.u8(content ? 1 : 0);
    if (content) encode(input, *content);
  } else {
    // struct { optional<ParentNode> parent_node; opaque left_hash<V>; opaque right_hash<V>; } ParentNodeHashInput;
    const auto* content = parent_node(node);
    encode(input, NodeType::parent);
    input.u8(content ? 1 : 0);
    if (content && !without.empty()) {
      auto changed = *content;
      std::erase_if(changed.unmerged_leaves, [&without](auto leaf) { return without.contains(leaf); });
      encode(input, changed);
    } else if (content) {
      encode(input, *content);
    }
    encode(input, *left_hash);
    encode(input, *right_hash);
  }
  return crypto::sha256(input.bytes());
}

Hash RatchetTree::tree_hash(NodeIndex node) const {
  if (const auto& known = hashes_[node.value()]) return *known;
  Hash made;
  if (is_leaf(node)) {
    made = node_hash(node, nullptr, nullptr, {});
  } else {
    const auto left_hash = tree_hash(left(node));
    const auto right_hash = tree_hash(right(node));
    made = node_hash(node, &left_hash, &right_hash, {});
  }
  hashes_.change(node.value()) = made;
  return made;
}

Hash RatchetTree::tree_hash_without(NodeIndex node, const std::set<LeafIndex>& without) const {
  const auto reach = (1U << level(node)) - 1;
  const LeafIndex first((node.value() - reach) / 2), last((node.value() + reach) / 2);
  const auto found = without.lower_bound(first);
  if (found == without.end() || *found > last) return tree_hash(node);
  if (is_leaf(node)) return node_hash(node, nullptr, nullptr, without);
  const auto left_hash = tree_hash_without(left(node), without);
  const auto right_hash = tree_hash_without(right(node), without);
  return node_hash(node, &left_hash, &right_hash, without);
}

Status RatchetTree::verify_parent_hashes() const {
  for (std::uint32_t i = 0; i < parents_.size(); ++i) {
    if (!parents_[i]) continue;
    const NodeIndex above(2 * i + 1);
    const auto& unmerged = parents_[i]->unmerged_leaves;
    const std::set<LeafIndex> without(unmerged.begin(), unmerged.end());
    int chained = 0;
    for (auto child : {left(above), right(above)}) {
      const auto expected = parent_hash(*parents_[i], tree_hash_without(sibling(child), without));
      std::set<NodeIndex> unmerged_below;
      for (auto leaf : unmerged)
        if (is_in_subtree(node_of(leaf), child)) unmerged_below.insert(node_of(leaf));
      const auto below = resolution(child);
      for (auto node : below) {
        const auto* as_leaf = is_leaf(node) ? leaf(leaf_of(node)) : nullptr;
        if (as_leaf && as_leaf->leaf_node_source != LeafNodeSource::commit) continue;
        if ((as_leaf ? as_leaf->parent_hash : parent_node(node)->parent_hash) != expected) continue;
        std::set<NodeIndex> others(below.begin(), below.end());
        others.erase(node);
        if (others == unmerged_below) ++chained;
      }
    }
    if (chained != 1) return fail(ErrorCode::mls_invalid_tree, "the parent hash of node " + std::to_string(above.value()));
  }
  return ok();
}

Status RatchetTree::verify_structure() const {
  std::vector<const HPKEPublicKey*> keys;
  std::vector<const SignaturePublicKey*> signature_keys;
  for (std::uint32_t i = 0; i < leaves_.size(); ++i) {
    if (!leaves_[i]) continue;
    keys.push_back(&leaves_[i]->encryption_key);
    signature_keys.push_back(&leaves_[i]->signature_key);
  }
  for (std::uint32_t i = 0; i < parents_.size(); ++i) {
    if (!parents_[i]) continue;
    keys.push_back(&parents_[i]->encryption_key);
    const NodeIndex above(2 * i + 1);
    const auto& unmerged = parents_[i]->unmerged_leaves;
    if (std::adjacent_find(unmerged.begin(), unmerged.end(), std::greater_equal<>()) != unmerged.end())
      return fail(ErrorCode::mls_invalid_tree, "unmerged leaves out of order at node " + std::to_string(above.value()));
    for (auto leaf_index : unmerged) {
      if (!leaf(leaf_index) || !is_in_subtree(node_of(leaf_index), above))
        return fail(ErrorCode::mls_invalid_tree, "an unmerged leaf that is not below node " + std::to_string(above.value()));
      for (auto node = parent(node_of(leaf_index)); node != above; node = parent(node)) {
        const auto* between = parent_node(node);
        if (between && !std::binary_search(between->unmerged_leaves.begin(), between->unmerged_leaves.end(), leaf_index))
          return fail(ErrorCode::mls_invalid_tree, "an unmerged leaf is missing at node " + std::to_string(node.value()));
      }
    }
  }
  const auto has_duplicate = [](auto& pointers) {
    std::sort(pointers.begin(), pointers.end(), [](const auto* one, const auto* other) { return *one < *other; });
    return std::adjacent_find(pointers.begin(), pointers.end(),
                              [](const auto* one, const auto* other) { return *one == *other; }) != pointers.end();
  };
  if (has_duplicate(keys)) return fail(ErrorCode::mls_invalid_tree, "an encryption key occurs twice");
  if (has_duplicate(signature_keys)) return fail(ErrorCode::mls_invalid_tree, "a signature key occurs twice");
  return ok();
}

void RatchetTree::tls_encode(Writer& out) const {
  auto last = leaves_.size();
  while (last > 0 && !leaves_[last - 1]) --last;
  Writer nodes;
  for (std::uint32_t node = 0; last > 0 && node < 2 * last - 1; ++node) {
    const auto at = node / 2;
    const bool blank = node % 2 == 0 ? !leaves_[at] : !parents_[at];
    nodes.u8(blank ? 0 : 1);
    if (blank) continue;
    encode(nodes, node % 2 == 0 ? NodeType::leaf : NodeType::parent);
    if (node % 2 == 0)
      encode(nodes, *leaves_[at]);
    else
      encode(nodes, *parents_[at]);
  }
  write_vector(out, nodes.bytes());
}

Status RatchetTree::tls_decode(Reader& in) {
  MUISTIO_TRY(auto bytes, read_vector(in));
  Reader nodes(bytes);
  std::vector<std::shared_ptr<const LeafNode>> leaves;
  std::vector<std::shared_ptr<const ParentNode>> parents;
  bool blank = true;
  for (std::size_t node = 0; !nodes.at_end(); ++node) {
    if (leaves.size() > kLeavesMax.value()) return fail(ErrorCode::too_large, "the ratchet tree");
    MUISTIO_TRY(auto present, nodes.u8());
    if (present > 1) return fail(ErrorCode::malformed, "a presence byte over 1 at node " + std::to_string(node));
    blank = present == 0;
    const auto wanted = node % 2 == 0 ? NodeType::leaf : NodeType::parent;
    if (!blank) {
      MUISTIO_TRY(auto type, nodes.u8());
      if (type != static_cast<std::uint8_t>(wanted)) return fail(ErrorCode::malformed, "the type of node " + std::to_string(node));
    }
    if (wanted == NodeType::leaf) {
      auto& leaf = leaves.emplace_back();
      if (!blank) MUISTIO_CHECK(decode(nodes, leaf));
    } else {
      auto& parent = parents.emplace_back();
      if (!blank) MUISTIO_CHECK(decode(nodes, parent));
    }
  }
  // A parent node at the end would stand over a blank leaf alone, which no member's path leaves behind.
  if (leaves.empty() || blank || parents.size() == leaves.size())
    return fail(ErrorCode::malformed, "a ratchet tree that does not end in a member's leaf");
  const auto full = std::bit_ceil(leaves.size());
  if (full > kLeavesMax.value()) return fail(ErrorCode::too_large, "the ratchet tree");
  *this = RatchetTree(LeafCount(static_cast<std::uint32_t>(full)));
  for (std::uint32_t i = 0; i < leaves.size(); ++i) put_leaf(LeafIndex(i), std::move(leaves[i]));
  for (std::uint32_t i = 0; i < parents.size(); ++i) put_parent(NodeIndex(2 * i + 1), std::move(parents[i]));
  return ok();
}

bool operator==(const RatchetTree& one, const RatchetTree& other) {
  const auto same = [](const auto& left, const auto& right) {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
      if (left[i] != right[i] && !(left[i] && right[i] && *left[i] == *right[i])) return false;
    return true;
  };
  return same(one.leaves_, other.leaves_) && same(one.parents_, other.parents_);
}

}  // namespace muistio::mls
