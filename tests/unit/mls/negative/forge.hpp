// A member, or someone who wants to be one, who keeps no rules: everything is signed, encrypted and MACed as it must be, and
// nothing is checked. With a recipe that changes one thing, exactly that one thing is wrong.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "../world.hpp"
#include "muistio/mls/message_protection.hpp"
#include "muistio/mls/treekem.hpp"

namespace muistio::mls::test {

template <class T>
using Change = std::function<void(T&)>;

/// What a party's group starts from: its extensions, and each member's leaf.
struct PartyConfig {
  std::vector<Extension> extensions{requirements(), charter("first")};
  std::function<LeafConfig(std::size_t)> leaf = [](std::size_t index) { return leaf_config("m" + std::to_string(index)); };
};

/// Members of one group, each with an own view of it; member i has leaf i. After `filled`, each has committed once.
struct Party {
  using Config = PartyConfig;
  explicit Party(std::size_t size, Config config = {}, bool filled = true);
  KeyPackagePrivate package(const std::string& name) { return package(leaf_config(name)); }
  KeyPackagePrivate package(const LeafConfig& leaf) {
    return need(generate_key_package(leaf, crypto::SigningKey::generate(random), random));
  }
  /// `committer` commits and all others apply it; nobody is added or removed.
  void commit(std::size_t committer, const CommitParams& params = {});
  Group& operator[](std::size_t index) { return members[index]; }

  RepeatableRandom random{7};
  std::vector<Group> members;
};

/// How a commit is made. What is not set is done as the RFC says.
struct Recipe {
  std::vector<Proposal> proposals;
  struct Referenced {
    ProposalRef ref;
    Proposal proposal;
    Sender sender;
  };
  std::vector<Referenced> references;
  PskLookup psks;
  bool with_path = true;
  bool is_private = true;
  bool encrypt_to_added = false;
  std::optional<std::uint64_t> seed;                     // of everything random in it; else it goes by the epoch
  Change<std::vector<HPKEPublicKey>> path_keys;          // before parent hashes are computed from them
  Change<LeafNode> leaf;                                 // whole but for its signature
  Change<LeafNode> signed_leaf;                          // after it was signed; the tree holds it so
  std::function<Bytes(const LeafNode&)> leaf_signature;  // instead of the proper one
  Change<GroupContext> path_context;                     // that the path is encrypted under
  std::string path_label = "UpdatePathNode";
  Change<Bytes> path_secret;  // as encrypted
  Change<UpdatePath> path;
  Change<Commit> commit;
  Change<FramedContent> content;
  std::function<Bytes(const AuthenticatedContent&)> signature;  // instead of the proper one
  Change<GroupContext> next_context;                            // from which the new epoch's secrets are derived
  Change<Bytes> confirmation_tag;
};

/// How a message is wrapped.
struct Envelope {
  std::optional<std::uint32_t> generation;          // from whose key it is encrypted
  std::optional<std::uint32_t> claimed_generation;  // in the sender data
  std::optional<LeafIndex> claimed_leaf;            // in the sender data
  std::optional<SecretTree::Kind> ratchet;
  Bytes padding = Bytes(16, 0);
  Change<Bytes> plaintext;
  Change<PrivateMessage> private_message;
  Change<Bytes> membership_tag;
};

/// A proposal as it was sent.
struct Sent {
  Bytes message;
  Recipe::Referenced referenced;
};

/// A commit with what its maker knows of the new epoch.
struct Forged {
  Bytes message;
  GroupContext context;
  RatchetTree tree;
  KeyScheduleSecret joiner;
  std::map<NodeIndex, KeyScheduleSecret> path_secrets;
};

/// What one member knows, or what one outsider knows from a GroupInfo.
class Forger {
 public:
  /// Everything that `group` holds, from its serialised state.
  explicit Forger(const Group& group);
  /// Somebody with `package`'s keys who has a GroupInfo of `group` and will commit from outside.
  Forger(const Group& group, const KeyPackagePrivate& package);

  [[nodiscard]] LeafIndex self() const { return sender.leaf_index; }
  /// The own leaf as an Update would carry it, with a fresh key. `change` comes before signing.
  [[nodiscard]] LeafNode update(const Change<LeafNode>& change = {}, std::uint64_t seed = 3) const;
  [[nodiscard]] AuthenticatedContent frame(std::variant<ApplicationData, Proposal, Commit> content, bool is_private) const;
  [[nodiscard]] Bytes protect(const AuthenticatedContent& content, const Envelope& envelope = {}) const;
  [[nodiscard]] Sent propose(Proposal proposal, const Envelope& envelope = {}) const;
  [[nodiscard]] Forged commit(const Recipe& recipe, const Envelope& envelope = {}) const;

  GroupContext context;
  RatchetTree tree;
  crypto::SigningKey signing_key;
  LeafNode leaf;
  Sender sender;
  Bytes confirmation_tag;
  Bytes interim_transcript_hash;
  KeyScheduleSecret sender_data_secret;
  KeyScheduleSecret membership_key;
  KeyScheduleSecret init_secret;
  std::map<Epoch, KeyScheduleSecret> resumption_psks;
  Bytes secret_tree;
  std::optional<ExternalInit> external_init;

 private:
  UpdatePath make_path(const Recipe& recipe, Forged& made, const std::set<LeafIndex>& added,
                       KeyScheduleSecret& commit_secret) const;
};

/// How a Welcome is made. What is not set is done as the RFC says.
struct WelcomeRecipe {
  std::optional<crypto::SigningKey> signing_key;  // else the committer's
  Change<GroupContext> context;                   // before anything is derived from it; its tree_hash is the tree's
  Change<Bytes> tree_bytes;                       // of the ratchet_tree extension
  Change<GroupInfo> info;                         // before signing
  Change<Bytes> confirmation_tag;
  std::function<Bytes(const GroupInfo&)> signature;
  Change<GroupSecrets> secrets;
  Change<Bytes> secrets_bytes;
  Change<Bytes> info_bytes;  // before it is encrypted
  std::vector<PreSharedKeyID> psk_ids;
  PskLookup psks;
  bool with_tree = true;
  std::string label = "Welcome";
  Change<Welcome> welcome;
};

/// An epoch that a committer leads a newcomer into; everything may be changed before the Welcome is made.
struct Invitation {
  /// The epoch after a commit by `committer`, made so, that adds `package`.
  Invitation(const Group& committer, const KeyPackagePrivate& package, Recipe recipe = {});
  [[nodiscard]] Bytes welcome(const WelcomeRecipe& recipe = {}) const;

  const KeyPackagePrivate* package;
  GroupContext context;
  RatchetTree tree;
  LeafIndex signer;
  crypto::SigningKey signing_key;
  LeafIndex newcomer;
  KeyScheduleSecret joiner;
  std::optional<KeyScheduleSecret> path_secret;
};

/// The nodes of a tree, to be changed freely.
struct LooseTree {
  explicit LooseTree(const RatchetTree& tree);
  [[nodiscard]] Bytes bytes() const;
  [[nodiscard]] RatchetTree tree() const { return need(decoded<RatchetTree>(bytes())); }
  LeafNode& leaf(std::uint32_t index) { return std::get<LeafNode>(*nodes.at(2 * index)); }
  ParentNode& parent(std::uint32_t node) { return std::get<ParentNode>(*nodes.at(node)); }
  std::vector<std::optional<std::variant<LeafNode, ParentNode>>> nodes;
};

/// The public outcome of opening and applying a commit; nothing of `group` changes.
[[nodiscard]] Result<Group> receive(Group& group, BytesView message, const PskLookup& psks = {});
/// `group` takes the proposal in.
void hear(Group& group, const Sent& sent);

/// What a struct that ends in its signature signs, `more` after it.
template <class Signed>
[[nodiscard]] Bytes without_signature(Signed value, BytesView more = {}) {
  value.signature.clear();
  auto bytes = encoded(value);
  bytes.pop_back();
  append(bytes, more);
  return bytes;
}
/// The end of LeafNodeTBS for a leaf that was made inside a group.
[[nodiscard]] Bytes leaf_place(BytesView group_id, LeafIndex index);
/// Signs a key package again after a change; its leaf too, unless `leaf_too` is false.
void sign_again(KeyPackage& package, const crypto::SigningKey& key, bool leaf_too = true);
[[nodiscard]] HPKEPublicKey fresh_key(std::uint64_t seed);
[[nodiscard]] inline HPKEPublicKey key_of(Bytes bytes) {
  HPKEPublicKey key;
  key.data = std::move(bytes);
  return key;
}
/// A PSK's name with a nonce of the right length.
[[nodiscard]] PreSharedKeyID psk_id(std::uint8_t number);
[[nodiscard]] PskLookup psk_holder();

}  // namespace muistio::mls::test
