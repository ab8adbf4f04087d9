// How a commit's path brings fresh secrets to everybody (RFC 9420 §7.4, §7.5, §7.6).
#pragma once

#include <map>
#include <set>

#include "muistio/mls/key_schedule.hpp"
#include "muistio/mls/ratchet_tree.hpp"

namespace muistio::mls {

/// The private keys that one member holds: of the own leaf and of nodes above it. Move-only.
class PrivateKeys {
 public:
  PrivateKeys() = default;
  explicit PrivateKeys(LeafIndex self) : self_(self) {}
  [[nodiscard]] PrivateKeys clone() const;
  [[nodiscard]] LeafIndex self() const noexcept { return self_; }
  [[nodiscard]] const crypto::X25519PrivateKey* find(NodeIndex node) const noexcept;
  void put(NodeIndex node, crypto::X25519PrivateKey key);
  /// Erases every key that is not the tree's key of its node.
  void keep_only(const RatchetTree& tree);
  /// Every key is its node's in the tree, and the own leaf's is held.
  [[nodiscard]] bool fits(const RatchetTree& tree) const;
  /// Puts the keys of a path secret at `node` and of those derived from it at the non-blank nodes above (§7.4). Returns the secret
  /// after the last, the commit secret. Errors: mls_path_decryption (a derived key is not the tree's).
  Result<KeyScheduleSecret> put_path(const RatchetTree& tree, NodeIndex node, KeyScheduleSecret path_secret);

  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);

 private:
  LeafIndex self_;
  std::map<NodeIndex, crypto::X25519PrivateKey> keys_;
};

/// What a committer makes with a path.
struct CreatedPath {
  UpdatePath update_path;
  KeyScheduleSecret commit_secret;
  std::map<NodeIndex, KeyScheduleSecret> path_secrets;  // by node of the filtered direct path, for the newcomers
  PrivateKeys private_keys;
};
/// Makes new keys for the path of `leaf` (whose contents are kept, its key and signature made anew), merges them into `tree` and
/// encrypts them to everybody but the leaves in `added`. `context` is the provisional one; its tree_hash is set here. Errors:
/// bad_public_key (of a member).
[[nodiscard]] Result<CreatedPath> create_path(RatchetTree& tree, LeafIndex self, LeafNode leaf,
                                              const crypto::SigningKey& signing_key, GroupContext& context,
                                              const std::set<LeafIndex>& added, Random& random);

/// Merges the public part of another's path into `tree` and checks it (§7.5, §12.4.2): counts, fresh and distinct keys, parent
/// hash. The leaf's own contents are the caller's to check. Returns the filtered direct path. Errors: mls_invalid_path.
[[nodiscard]] Result<std::vector<RatchetTree::PathStep>> merge_path(RatchetTree& tree, LeafIndex sender, const UpdatePath& path,
                                                                    const std::set<LeafIndex>& added);

/// What a member learns from another's path.
struct OpenedPath {
  KeyScheduleSecret path_secret;  // at the lowest node of the path above us
  KeyScheduleSecret commit_secret;
  PrivateKeys private_keys;
};
/// Decrypts the path that was merged into `tree`. `held` are the keys before it. Errors: mls_path_decryption.
[[nodiscard]] Result<OpenedPath> open_path(const RatchetTree& tree, const PrivateKeys& held, const UpdatePath& path,
                                           std::span<const RatchetTree::PathStep> steps, const GroupContext& context,
                                           const std::set<LeafIndex>& added);

}  // namespace muistio::mls
