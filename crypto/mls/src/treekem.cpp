#include "muistio/mls/treekem.hpp"

#include <algorithm>

#include "muistio/crypto/hpke.hpp"

namespace muistio::mls {
namespace {
crypto::X25519PrivateKey node_key(const KeyScheduleSecret& path_secret) {
  return crypto::hpke_derive_key_pair(derive_secret(path_secret, "node").expose());
}

bool holds(const HPKEPublicKey* public_key, const crypto::X25519PrivateKey& key) {
  return public_key && equal(public_key->data, key.public_key().view());
}
}  // namespace

PrivateKeys PrivateKeys::clone() const {
  PrivateKeys made(self_);
  for (const auto& [node, key] : keys_) made.keys_.emplace(node, key.clone());
  return made;
}

const crypto::X25519PrivateKey* PrivateKeys::find(NodeIndex node) const noexcept {
  const auto found = keys_.find(node);
  return found == keys_.end() ? nullptr : &found->second;
}

void PrivateKeys::put(NodeIndex node, crypto::X25519PrivateKey key) { keys_.insert_or_assign(node, std::move(key)); }

void PrivateKeys::keep_only(const RatchetTree& tree) {
  std::erase_if(keys_, [&tree](const auto& entry) { return !holds(tree.encryption_key(entry.first), entry.second); });
}

bool PrivateKeys::fits(const RatchetTree& tree) const {
  return tree.leaf(self_) && keys_.contains(node_of(self_)) && std::all_of(keys_.begin(), keys_.end(), [&](const auto& entry) {
           return holds(tree.encryption_key(entry.first), entry.second) && is_in_subtree(node_of(self_), entry.first);
         });
}

Result<KeyScheduleSecret> PrivateKeys::put_path(const RatchetTree& tree, NodeIndex node, KeyScheduleSecret path_secret) {
  const auto top = root(tree.leaf_count());
  while (true) {
    if (const auto* public_key = tree.encryption_key(node)) {
      auto key = node_key(path_secret);
      if (!holds(public_key, key)) return fail(ErrorCode::mls_path_decryption, "the key of node " + std::to_string(node.value()));
      put(node, std::move(key));
      path_secret = derive_secret(path_secret, "path");
    }
    if (node == top) return path_secret;
    node = parent(node);
  }
}

void PrivateKeys::tls_encode(Writer& out) const {
  encode(out, self_);
  out.u32(static_cast<std::uint32_t>(keys_.size()));
  for (const auto& [node, key] : keys_) {
    encode(out, node);
    encode(out, key.secret());
  }
}

Status PrivateKeys::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, self_));
  MUISTIO_TRY(auto count, in.u32());
  if (count > 32) return fail(ErrorCode::too_large, "private keys of one member");
  keys_.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    NodeIndex node;
    Secret<32> secret;
    MUISTIO_CHECK(decode(in, node));
    MUISTIO_CHECK(decode(in, secret));
    if (!keys_.empty() && keys_.rbegin()->first >= node) return fail(ErrorCode::malformed, "private keys out of order");
    keys_.emplace(node, crypto::X25519PrivateKey::from_secret(std::move(secret)));
  }
  return ok();
}

Result<CreatedPath> create_path(RatchetTree& tree, LeafIndex self, LeafNode leaf, const crypto::SigningKey& signing_key,
                                GroupContext& context, const std::set<LeafIndex>& added, Random& random) {
  const auto steps = tree.filtered_direct_path(self);
  CreatedPath made{{}, {}, {}, PrivateKeys(self)};
  KeyScheduleSecret path_secret;
  random.fill(path_secret.expose_mutable());
  std::vector<HPKEPublicKey> keys;
  for (const auto& step : steps) {
    auto key = node_key(path_secret);
    keys.emplace_back(key.public_key());
    made.private_keys.put(step.node, std::move(key));
    auto next = derive_secret(path_secret, "path");
    made.path_secrets.emplace(step.node, std::move(path_secret));
    path_secret = std::move(next);
  }
  made.commit_secret = std::move(path_secret);

  auto leaf_key = crypto::X25519PrivateKey::generate(random);
  leaf.encryption_key = HPKEPublicKey(leaf_key.public_key());
  leaf.signature_key = SignaturePublicKey(signing_key.verify_key());
  leaf.leaf_node_source = LeafNodeSource::commit;
  leaf.parent_hash = tree.merge_path_keys(self, steps, keys);
  leaf.sign(signing_key, {context.group_id, self});
  made.private_keys.put(node_of(self), std::move(leaf_key));
  tree.set_leaf(self, leaf);
  made.update_path.leaf_node = std::move(leaf);

  context.tree_hash = to_bytes(tree.tree_hash().view());
  const auto context_bytes = encoded(context);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    UpdatePathNode node{keys[i], {}};
    for (auto target : tree.resolution(steps[i].copath_child, added)) {
      MUISTIO_TRY(auto sealed, encrypt_with_label(*tree.encryption_key(target), "UpdatePathNode", context_bytes,
                                                  made.path_secrets.at(steps[i].node).expose(), random));
      node.encrypted_path_secret.push_back(std::move(sealed));
    }
    made.update_path.nodes.push_back(std::move(node));
  }
  return made;
}

Result<std::vector<RatchetTree::PathStep>> merge_path(RatchetTree& tree, LeafIndex sender, const UpdatePath& path,
                                                      const std::set<LeafIndex>& added) {
  auto steps = tree.filtered_direct_path(sender);
  if (steps.size() != path.nodes.size())
    return fail(ErrorCode::mls_invalid_path, std::to_string(path.nodes.size()) + " nodes, wanted " + std::to_string(steps.size()));
  std::set<HPKEPublicKey> fresh{path.leaf_node.encryption_key};
  std::vector<HPKEPublicKey> keys;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& node = path.nodes[i];
    if (!node.encryption_key.x25519() || !fresh.insert(node.encryption_key).second)
      return fail(ErrorCode::mls_invalid_path, "a key that is no key or occurs twice");
    if (node.encrypted_path_secret.size() != tree.resolution(steps[i].copath_child, added).size())
      return fail(ErrorCode::mls_invalid_path, "the number of ciphertexts of node " + std::to_string(steps[i].node.value()));
    keys.push_back(node.encryption_key);
  }
  if (std::any_of(fresh.begin(), fresh.end(), [&tree](const auto& key) { return tree.has_encryption_key(key); }))
    return fail(ErrorCode::mls_invalid_path, "a key that is in the tree already");
  if (tree.merge_path_keys(sender, steps, keys) != path.leaf_node.parent_hash)
    return fail(ErrorCode::mls_invalid_path, "the parent hash of the leaf");
  tree.set_leaf(sender, path.leaf_node);
  return steps;
}

Result<OpenedPath> open_path(const RatchetTree& tree, const PrivateKeys& held, const UpdatePath& path,
                             std::span<const RatchetTree::PathStep> steps, const GroupContext& context,
                             const std::set<LeafIndex>& added) {
  const auto self = node_of(held.self());
  const auto step =
      std::find_if(steps.begin(), steps.end(), [self](const auto& at) { return is_in_subtree(self, at.copath_child); });
  if (step == steps.end()) return fail(ErrorCode::mls_path_decryption, "the path does not reach this member");
  const auto targets = tree.resolution(step->copath_child, added);
  const auto& ciphertexts = path.nodes[static_cast<std::size_t>(step - steps.begin())].encrypted_path_secret;
  for (std::size_t i = 0; i < targets.size() && i < ciphertexts.size(); ++i) {
    const auto* key = held.find(targets[i]);
    if (!key || !holds(tree.encryption_key(targets[i]), *key)) continue;
    auto opened = decrypt_with_label(*key, "UpdatePathNode", encoded(context), ciphertexts[i]);
    if (!opened) return fail(ErrorCode::mls_path_decryption, "the ciphertext");
    auto path_secret = KeyScheduleSecret::from_bytes(opened->expose());
    if (!path_secret) return fail(ErrorCode::mls_path_decryption, "the length of the path secret");
    OpenedPath made{path_secret->clone(), {}, held.clone()};
    made.private_keys.keep_only(tree);
    MUISTIO_TRY(made.commit_secret, made.private_keys.put_path(tree, step->node, std::move(*path_secret)));
    return made;
  }
  return fail(ErrorCode::mls_path_decryption, "no key held that it is encrypted to");
}

}  // namespace muistio::mls
