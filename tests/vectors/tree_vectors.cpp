#include "muistio/crypto/hpke.hpp"
#include "vectors.hpp"

namespace muistio::vectors {
namespace {
using namespace mls;

std::optional<std::uint32_t> number_of(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return value.get<std::uint32_t>();
}

void require_hash(const RatchetTree& tree, const Json& expected, const std::string& what) {
  require(equal(tree.tree_hash().view(), bytes_of(expected)), what);
}

GroupContext context_of(const Json& entry, const RatchetTree& tree) {
  GroupContext context;
  context.group_id = bytes_of(entry.at("group_id"));
  context.epoch = Epoch(entry.at("epoch").get<std::uint64_t>());
  context.confirmed_transcript_hash = bytes_of(entry.at("confirmed_transcript_hash"));
  context.tree_hash = to_bytes(tree.tree_hash().view());
  return context;
}

struct Member {
  PrivateKeys keys;
  crypto::SigningKey signing_key;
};

std::map<LeafIndex, Member> members_of(const Json& entry, const RatchetTree& tree) {
  std::map<LeafIndex, Member> members;
  for (const auto& given : entry.at("leaves_private")) {
    const LeafIndex index(given.at("index").get<std::uint32_t>());
    Member member{PrivateKeys(index), signing_key_of(given.at("signature_priv"))};
    member.keys.put(node_of(index), hpke_key_of(given.at("encryption_priv")));
    for (const auto& secret : given.at("path_secrets"))
      member.keys.put(NodeIndex(secret.at("node").get<std::uint32_t>()),
                      crypto::hpke_derive_key_pair(derive_secret(secret_of(secret.at("path_secret")), "node").expose()));
    require(member.keys.fits(tree), "the private keys of leaf " + std::to_string(index.value()));
    require(tree.leaf(index)->signature_key == SignaturePublicKey(member.signing_key.verify_key()), "a signature key");
    members.emplace(index, std::move(member));
  }
  return members;
}

void check_update_path(const Json& entry, const Json& given, const RatchetTree& before,
                       const std::map<LeafIndex, Member>& members) {
  const LeafIndex sender(given.at("sender").get<std::uint32_t>());
  const auto path = decoded_of<UpdatePath>(given.at("update_path"), "the update path");
  auto tree = before;
  const auto steps = need(merge_path(tree, sender, path, {}), "merging the path");
  require(path.leaf_node.verify({bytes_of(entry.at("group_id")), sender}), "the path's leaf");
  require_hash(tree, given.at("tree_hash_after"), "the tree hash after");
  const auto context = context_of(entry, tree);
  for (const auto& [index, member] : members) {
    if (index == sender) continue;
    const auto opened = need(open_path(tree, member.keys, path, steps, context, {}), "opening the path");
    require(equal(opened.path_secret.expose(), bytes_of(given.at("path_secrets").at(index.value()))), "a path secret");
    require(equal(opened.commit_secret.expose(), bytes_of(given.at("commit_secret"))), "the commit secret");
    require(opened.private_keys.fits(tree), "the private keys after");
  }
  // A path of our own, which all others must open to one commit secret.
  auto own_tree = before;
  auto own_context = context;
  const auto created =
      need(create_path(own_tree, sender, *before.leaf(sender), members.at(sender).signing_key, own_context, {}, randomness()),
           "creating a path");
  auto others_tree = before;
  const auto own_steps = need(merge_path(others_tree, sender, created.update_path, {}), "merging the created path");
  require(others_tree == own_tree, "the created path's tree");
  for (const auto& [index, member] : members) {
    if (index == sender) continue;
    const auto opened =
        need(open_path(others_tree, member.keys, created.update_path, own_steps, own_context, {}), "opening the created path");
    require(equal(opened.commit_secret.expose(), created.commit_secret.expose()), "the created commit secret");
  }
}
}  // namespace

void check_tree_math(const Json& entry) {
  const LeafCount leaves(entry.at("n_leaves").get<std::uint32_t>());
  require(node_count(leaves) == entry.at("n_nodes").get<std::uint32_t>(), "n_nodes");
  require(root(leaves).value() == entry.at("root").get<std::uint32_t>(), "root");
  for (const auto* list : {"left", "right", "parent", "sibling"})
    require(entry.at(list).size() == node_count(leaves), std::string("the length of ") + list);
  for (std::uint32_t i = 0; i < node_count(leaves); ++i) {
    const NodeIndex node(i);
    const bool at_top = node == root(leaves);
    const auto check = [&](const char* list, bool exists, NodeIndex (*relative)(NodeIndex) noexcept) {
      const auto expected = number_of(entry.at(list).at(i));
      require(exists == expected.has_value() && (!exists || relative(node).value() == *expected), list);
    };
    check("left", !is_leaf(node), left);
    check("right", !is_leaf(node), right);
    check("parent", !at_top, parent);
    check("sibling", !at_top, sibling);
  }
}

void check_tree_operations(const Json& entry) {
  auto tree = decoded_of<RatchetTree>(entry.at("tree_before"), "the tree before");
  require_hash(tree, entry.at("tree_hash_before"), "the tree hash before");
  const auto proposal = decoded_of<Proposal>(entry.at("proposal"), "the proposal");
  if (const auto* add = std::get_if<Add>(&proposal.content))
    need(tree.add(add->key_package.leaf_node), "adding");
  else if (const auto* update = std::get_if<Update>(&proposal.content))
    tree.update(LeafIndex(entry.at("proposal_sender").get<std::uint32_t>()), update->leaf_node);
  else
    tree.remove(std::get<Remove>(proposal.content).removed);
  require(encoded(tree) == bytes_of(entry.at("tree_after")), "the tree after");
  require_hash(tree, entry.at("tree_hash_after"), "the tree hash after");
}

void check_tree_validation(const Json& entry) {
  const auto tree = decoded_of<RatchetTree>(entry.at("tree"), "the tree");
  const auto group_id = bytes_of(entry.at("group_id"));
  require(entry.at("resolutions").size() == node_count(tree.leaf_count()), "the number of resolutions");
  require(entry.at("tree_hashes").size() == node_count(tree.leaf_count()), "the number of tree hashes");
  for (std::uint32_t i = 0; i < node_count(tree.leaf_count()); ++i) {
    std::vector<std::uint32_t> resolution;
    for (auto node : tree.resolution(NodeIndex(i))) resolution.push_back(node.value());
    require(resolution == entry.at("resolutions").at(i).get<std::vector<std::uint32_t>>(),
            "the resolution of node " + std::to_string(i));
    require(equal(tree.tree_hash(NodeIndex(i)).view(), bytes_of(entry.at("tree_hashes").at(i))),
            "the tree hash of node " + std::to_string(i));
  }
  require(tree.verify_structure(), "the structure");
  require(tree.verify_parent_hashes(), "the parent hashes");
  tree.for_each_leaf([&](LeafIndex index, const LeafNode& leaf) {
    require(leaf.verify({group_id, index}), "the signature of leaf " + std::to_string(index.value()));
  });
  require(encoded(tree) == bytes_of(entry.at("tree")), "encoding the tree again");
}

void check_treekem(const Json& entry) {
  const auto tree = decoded_of<RatchetTree>(entry.at("ratchet_tree"), "the tree");
  const auto members = members_of(entry, tree);
  require(!entry.at("update_paths").empty(), "no update paths");
  for (const auto& given : entry.at("update_paths")) check_update_path(entry, given, tree, members);
}

}  // namespace muistio::vectors
