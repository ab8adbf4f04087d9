#include "muistio/mls/secret_tree.hpp"

#include <bit>

namespace muistio::mls {

HashRatchet HashRatchet::clone() const {
  HashRatchet made(secret_.clone());
  made.generation_ = generation_;
  for (const auto& [generation, key] : skipped_) made.skipped_.emplace(generation, MessageKey{key.key.clone(), key.nonce.clone()});
  return made;
}

MessageKey HashRatchet::step() {
  MessageKey made;
  derive_tree_secret(secret_.expose(), "nonce", generation_, made.nonce.expose_mutable());
  derive_tree_secret(secret_.expose(), "key", generation_, made.key.expose_mutable());
  Secret<kHashBytes> next;
  derive_tree_secret(secret_.expose(), "secret", generation_, next.expose_mutable());
  secret_ = std::move(next);
  ++generation_;
  return made;
}

Result<MessageKey> HashRatchet::take(std::uint32_t generation) {
  if (generation < generation_) {
    auto held = skipped_.extract(generation);
    if (held.empty()) return fail(ErrorCode::mls_secret_consumed, "generation " + std::to_string(generation));
    return std::move(held.mapped());
  }
  if (generation - generation_ > kGenerationsAheadMax || generation == UINT32_MAX)
    return fail(ErrorCode::mls_secret_consumed, std::to_string(generation - generation_) + " generations ahead");
  while (generation_ < generation) {
    const auto skipped = generation_;
    skipped_.emplace(skipped, step());
    if (skipped_.size() > kSkippedKeysMax) skipped_.erase(skipped_.begin());
  }
  return step();
}

void HashRatchet::tls_encode(Writer& out) const {
  encode(out, secret_);
  encode(out, generation_);
  out.u32(static_cast<std::uint32_t>(skipped_.size()));
  for (const auto& [generation, key] : skipped_) {
    encode(out, generation);
    encode(out, key);
  }
}

Status HashRatchet::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, secret_));
  MUISTIO_CHECK(decode(in, generation_));
  MUISTIO_TRY(auto count, in.u32());
  if (count > kSkippedKeysMax) return fail(ErrorCode::too_large, "skipped message keys");
  skipped_.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t generation = 0;
    MessageKey key;
    MUISTIO_CHECK(decode(in, generation));
    MUISTIO_CHECK(decode(in, key));
    const bool in_order = skipped_.empty() || skipped_.rbegin()->first < generation;
    if (!in_order || generation >= generation_) return fail(ErrorCode::malformed, "a skipped message key out of order");
    skipped_.emplace(generation, std::move(key));
  }
  return ok();
}

SecretTree::SecretTree(LeafCount leaves, Secret<kHashBytes> encryption_secret) : leaves_(leaves) {
  nodes_.emplace(root(leaves), std::move(encryption_secret));
}

Result<SecretTree::Ratchets*> SecretTree::ratchets_of(LeafIndex leaf) {
  if (auto known = ratchets_.find(leaf); known != ratchets_.end()) return &known->second;
  if (leaf.value() >= leaves_.value()) return fail(ErrorCode::mls_invalid_sender, "no such leaf");
  // Walk down from the lowest ancestor held: every node on the way is erased, its other child is kept.
  const auto target = node_of(leaf);
  auto node = target;
  while (!nodes_.contains(node)) {
    if (node == root(leaves_)) return fail(ErrorCode::mls_secret_consumed, "the sender's secrets");
    node = parent(node);
  }
  auto secret = std::move(nodes_.extract(node).mapped());
  while (node != target) {
    auto left_secret = expand_with_label(secret.expose(), "tree", as_bytes("left"));
    auto right_secret = expand_with_label(secret.expose(), "tree", as_bytes("right"));
    const bool go_left = target < node;
    nodes_.emplace(go_left ? right(node) : left(node), std::move(go_left ? right_secret : left_secret));
    secret = std::move(go_left ? left_secret : right_secret);
    node = go_left ? left(node) : right(node);
  }
  Ratchets made{HashRatchet(expand_with_label(secret.expose(), "handshake", {})),
                HashRatchet(expand_with_label(secret.expose(), "application", {}))};
  return &ratchets_.emplace(leaf, std::move(made)).first->second;
}

Result<SecretTree::Claim> SecretTree::claim(LeafIndex leaf, Kind kind, std::uint32_t generation) {
  MUISTIO_TRY(auto* ratchets, ratchets_of(leaf));
  auto after = (*ratchets)[static_cast<std::size_t>(kind)].clone();
  MUISTIO_TRY(auto key, after.take(generation));
  return Claim{leaf, kind, generation, std::move(key), std::move(after)};
}

Result<SecretTree::Claim> SecretTree::claim_next(LeafIndex leaf, Kind kind) {
  MUISTIO_TRY(auto* ratchets, ratchets_of(leaf));
  return claim(leaf, kind, (*ratchets)[static_cast<std::size_t>(kind)].next_generation());
}

void SecretTree::consume(Claim&& claim) { ratchets_.at(claim.leaf)[static_cast<std::size_t>(claim.kind)] = std::move(claim.after); }

void SecretTree::tls_encode(Writer& out) const {
  encode(out, leaves_);
  out.u32(static_cast<std::uint32_t>(nodes_.size()));
  for (const auto& [node, secret] : nodes_) {
    encode(out, node);
    encode(out, secret);
  }
  out.u32(static_cast<std::uint32_t>(ratchets_.size()));
  for (const auto& [leaf, ratchets] : ratchets_) {
    encode(out, leaf);
    for (const auto& ratchet : ratchets) encode(out, ratchet);
  }
}

Status SecretTree::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, leaves_));
  if (!std::has_single_bit(leaves_.value()) || leaves_ > kLeavesMax) return fail(ErrorCode::malformed, "a secret tree's size");
  nodes_.clear();
  ratchets_.clear();
  MUISTIO_TRY(auto nodes, in.u32());
  for (std::uint32_t i = 0; i < nodes; ++i) {
    NodeIndex node;
    Secret<kHashBytes> secret;
    MUISTIO_CHECK(decode(in, node));
    MUISTIO_CHECK(decode(in, secret));
    const bool in_order = nodes_.empty() || nodes_.rbegin()->first < node;
    if (!in_order || node.value() >= node_count(leaves_)) return fail(ErrorCode::malformed, "a secret tree's node");
    nodes_.emplace(node, std::move(secret));
  }
  MUISTIO_TRY(auto leaves, in.u32());
  for (std::uint32_t i = 0; i < leaves; ++i) {
    LeafIndex leaf;
    Ratchets ratchets;
    MUISTIO_CHECK(decode(in, leaf));
    for (auto& ratchet : ratchets) MUISTIO_CHECK(decode(in, ratchet));
    const bool in_order = ratchets_.empty() || ratchets_.rbegin()->first < leaf;
    if (!in_order || leaf.value() >= leaves_.value()) return fail(ErrorCode::malformed, "a secret tree's leaf");
    ratchets_.emplace(leaf, std::move(ratchets));
  }
  return ok();
}

}  // namespace muistio::mls
