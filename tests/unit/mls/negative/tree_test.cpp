// The ratchet tree that a newcomer is given (RFC 9420 §7.3, §7.8, §7.9.2, §12.4.3.1, §12.4.3.3).
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
constexpr auto kUnheardOf = static_cast<ExtensionType>(0xF0FE);

// A group of seven in a tree of eight leaves, whose member 1 lets Dirk in, at leaf 7. Node 13, above leaves 6 and 7, is blank; node
// 11, above leaves 4 to 7, has leaf 7 unmerged; member 1 has just set nodes 1, 3 and 7, so that nothing else depends on its leaf.
struct Joining {
  explicit Joining(Recipe recipe = {}, Party::Config config = {}, std::size_t size = 7)
      : party(size, std::move(config)), dirk(party.package("Dirk")), invitation(party[1], dirk, std::move(recipe)) {}

  // Dirk's judgement of the tree after a change; its tree hash is what the group context says.
  void judge_tree(Trial& trial, const Change<LooseTree>& change, std::string_view because = {}, const WelcomeRecipe& recipe = {}) {
    const auto good = invitation.welcome();
    LooseTree loose(invitation.tree);
    change(loose);
    invitation.tree = loose.tree();
    trial.judges([&](const Bytes& welcome) { return Group::join(welcome, dirk); }, good, invitation.welcome(recipe), because);
  }
  // The same with a change of member 1's leaf, signed again.
  void judge_leaf(Trial& trial, const Change<LeafNode>& change, std::string_view because = {}) {
    judge_tree(
        trial,
        [&](LooseTree& tree) {
          change(tree.leaf(1));
          tree.leaf(1).sign(party[1].signing_key(), {party[1].group_id(), LeafIndex(1)});
        },
        because);
  }
  // The same with the extension's bytes changed and nothing else.
  void judge_bytes(Trial& trial, const Change<LooseTree>& change, std::string_view because) {
    WelcomeRecipe recipe;
    recipe.tree_bytes = [&](Bytes& bytes) {
      LooseTree loose(invitation.tree);
      change(loose);
      bytes = loose.bytes();
    };
    trial.judges([&](const Bytes& welcome) { return Group::join(welcome, dirk); }, invitation.welcome(), invitation.welcome(recipe),
                 because);
  }

  Party party;
  KeyPackagePrivate dirk;
  Invitation invitation;
};

Recipe without_path() {
  Recipe recipe;
  recipe.with_path = false;
  return recipe;
}
}  // namespace

RULE("7.8", mls_invalid_tree, "a tree whose hash is not the group context's") {
  Joining joining;
  WelcomeRecipe recipe;
  recipe.context = [](GroupContext& context) { context.tree_hash[0] ^= 1; };
  trial.judges([&](const Bytes& welcome) { return Group::join(welcome, joining.dirk); }, joining.invitation.welcome(),
               joining.invitation.welcome(recipe), "the tree hash");
}

RULE("12.4.3.3", mls_invalid_tree, "a tree handed over beside the Welcome that is not the group's") {
  Joining joining;
  WelcomeRecipe recipe;
  recipe.with_tree = false;
  const auto welcome = joining.invitation.welcome(recipe);
  auto other = joining.invitation.tree;
  other.remove(LeafIndex(3));
  trial.judges([&](const RatchetTree& tree) { return Group::join(welcome, joining.dirk, encoded(tree)); }, joining.invitation.tree,
               other, "the tree hash");
}

RULE("12.4.3.1", mls_invalid_group_info, "a Welcome without a tree when none is handed over beside it") {
  Joining joining;
  WelcomeRecipe recipe;
  recipe.with_tree = false;
  trial.judges([&](const Bytes& welcome) { return Group::join(welcome, joining.dirk); }, joining.invitation.welcome(),
               joining.invitation.welcome(recipe), "no ratchet tree");
}

RULE("12.4.3.3", malformed, "a tree that ends in a blank leaf") {
  Joining joining({}, {}, 5);
  joining.judge_bytes(
      trial, [](LooseTree& tree) { tree.nodes.resize(tree.nodes.size() + 2); }, "does not end in");
}

RULE("12.4.3.3", malformed, "a tree that ends in a blank parent") {
  Joining joining({}, {}, 5);
  joining.judge_bytes(
      trial, [](LooseTree& tree) { tree.nodes.emplace_back(); }, "does not end in");
}

RULE("12.4.3.3", malformed, "a tree of an even number of nodes") {
  Joining joining({}, {}, 5);
  joining.judge_bytes(
      trial,
      [](LooseTree& tree) {
        tree.nodes.push_back(ParentNode{fresh_key(1), {}, {}});
      },
      "does not end in");
}

RULE("12.4.3.3", malformed, "a tree of no nodes") {
  Joining joining;
  joining.judge_bytes(
      trial, [](LooseTree& tree) { tree.nodes.clear(); }, "does not end in");
}

RULE("12.4.3.3", malformed, "a parent node where a leaf belongs") {
  Joining joining;
  joining.judge_bytes(
      trial, [](LooseTree& tree) { tree.nodes[4] = tree.nodes[5]; }, "the type of node");
}

RULE("12.4.3.3", malformed, "a leaf where a parent node belongs") {
  Joining joining;
  joining.judge_bytes(
      trial, [](LooseTree& tree) { tree.nodes[5] = tree.nodes[4]; }, "the type of node");
}

RULE("7.9.2", mls_invalid_tree, "a parent node whose parent hash was changed") {
  Joining joining;
  joining.judge_tree(
      trial, [](LooseTree& tree) { tree.parent(1).parent_hash[0] ^= 1; }, "the parent hash");
}

RULE("7.9.2", mls_invalid_tree, "a leaf whose parent hash was changed") {
  Joining joining;
  joining.judge_leaf(
      trial, [](LeafNode& leaf) { leaf.parent_hash[0] ^= 1; }, "the parent hash of node 1");
}

RULE("7.9.2", mls_invalid_tree, "a parent node whose key somebody else chose") {
  Joining joining;
  joining.judge_tree(
      trial, [](LooseTree& tree) { tree.parent(1).encryption_key = fresh_key(8); }, "the parent hash of node 1");
}

RULE("7.9.2", mls_invalid_tree, "a parent node that nobody's path has set") {
  Joining joining;
  joining.judge_tree(
      trial,
      [](LooseTree& tree) {
        tree.nodes[13] = ParentNode{fresh_key(8), Bytes(32, 1), {LeafIndex(7)}};
      },
      "the parent hash");
}

RULE("7.9.2", mls_invalid_tree, "a leaf below a parent node that was exchanged after the path had covered it") {
  Joining joining;
  joining.judge_tree(
      trial,
      [&](LooseTree& tree) {
        auto& leaf = tree.leaf(2);
        leaf.encryption_key = fresh_key(8);
        leaf.sign(joining.party[2].signing_key(), {joining.party[2].group_id(), LeafIndex(2)});
      },
      "the parent hash");
}

RULE("7.9.2", mls_invalid_tree, "an unmerged leaf that its parent node does not name") {
  Joining joining;
  joining.judge_tree(
      trial, [](LooseTree& tree) { tree.parent(11).unmerged_leaves.clear(); }, "the parent hash");
}

RULE("12.4.3.1", mls_invalid_tree, "an unmerged leaf that is blank") {
  Joining joining({}, {}, 6);
  joining.judge_tree(
      trial, [](LooseTree& tree) { tree.parent(7).unmerged_leaves = {LeafIndex(7)}; }, "not below node 7");
}

RULE("12.4.3.1", mls_invalid_tree, "an unmerged leaf that lies under another parent node") {
  Joining joining;
  joining.judge_tree(
      trial, [](LooseTree& tree) { tree.parent(5).unmerged_leaves = {LeafIndex(0)}; }, "not below node 5");
}

RULE("12.4.3.1", mls_invalid_tree, "an unmerged leaf beyond the tree") {
  Joining joining;
  joining.judge_tree(
      trial, [](LooseTree& tree) { tree.parent(5).unmerged_leaves = {LeafIndex(0xffffffff)}; }, "not below node 5");
}

RULE("12.4.3.1", mls_invalid_tree, "an unmerged leaf that a parent node in between does not name") {
  Joining joining(without_path());
  joining.judge_tree(
      trial, [](LooseTree& tree) { tree.parent(11).unmerged_leaves.clear(); }, "missing at node 11");
}

RULE("7.1", mls_invalid_tree, "unmerged leaves that are not in rising order") {
  auto recipe = without_path();
  Party party(6);
  const auto one = party.package("one"), two = party.package("two");
  recipe.proposals = {{Add{one.key_package}}, {Add{two.key_package}}};
  Joining joining(recipe, {}, 5);
  joining.judge_tree(
      trial, [](LooseTree& tree) { std::swap(tree.parent(7).unmerged_leaves.at(0), tree.parent(7).unmerged_leaves.at(1)); },
      "out of order at node 7");
}

RULE("7.1", mls_invalid_tree, "an unmerged leaf that is named twice") {
  Joining joining;
  joining.judge_tree(
      trial,
      [](LooseTree& tree) {
        tree.parent(11).unmerged_leaves = {LeafIndex(7), LeafIndex(7)};
      },
      "out of order at node 11");
}

RULE("12.4.3.1", mls_invalid_tree, "an encryption key that a leaf and a parent node share") {
  Joining joining;
  const auto key = *joining.invitation.tree.encryption_key(NodeIndex(11));
  joining.judge_leaf(
      trial, [&](LeafNode& leaf) { leaf.encryption_key = key; }, "an encryption key occurs twice");
}

RULE("7.3", mls_invalid_tree, "an encryption key that two leaves share") {
  Joining joining;
  const auto key = joining.party[5].own_leaf_node().encryption_key;
  joining.judge_leaf(
      trial, [&](LeafNode& leaf) { leaf.encryption_key = key; }, "an encryption key occurs twice");
}

RULE("12.4.3.1", mls_invalid_tree, "an encryption key that two parent nodes share") {
  const Party shape(7);
  Recipe recipe;
  recipe.path_keys = [&](std::vector<HPKEPublicKey>& keys) { keys[0] = *shape.members[0].tree().encryption_key(NodeIndex(11)); };
  Joining good, bad(recipe);
  const auto judge = [](const Joining& joining) { return Group::join(joining.invitation.welcome(), joining.dirk); };
  trial.judges(judge, good, bad, "an encryption key occurs twice");
}

RULE("7.3", mls_invalid_tree, "a signature key that two leaves share") {
  Joining joining;
  const auto& other = joining.party[5];
  WelcomeRecipe recipe;
  recipe.signing_key = other.signing_key().clone();
  joining.judge_tree(
      trial,
      [&](LooseTree& tree) {
        tree.leaf(1).signature_key = other.own_leaf_node().signature_key;
        tree.leaf(1).sign(other.signing_key(), {other.group_id(), LeafIndex(1)});
      },
      "a signature key occurs twice", recipe);
}

RULE("12.4.3.1", mls_invalid_tree, "a parent node whose key is a point of small order") {
  Recipe recipe;
  recipe.path_keys = [](std::vector<HPKEPublicKey>& keys) { keys[0] = key_of(Bytes(32, 0)); };
  Joining good, bad(recipe);
  const auto judge = [](const Joining& joining) { return Group::join(joining.invitation.welcome(), joining.dirk); };
  trial.judges(judge, good, bad, "the key of node 1");
}

RULE("12.4.3.1", mls_invalid_leaf, "a leaf in the tree whose signature does not verify") {
  Joining joining;
  joining.judge_tree(
      trial, [](LooseTree& tree) { tree.leaf(1).signature[0] ^= 1; }, "the signature");
}

RULE("7.2", mls_invalid_leaf, "a leaf in the tree that was signed for another group") {
  Joining joining;
  joining.judge_tree(
      trial,
      [&](LooseTree& tree) {
        tree.leaf(1).sign(joining.party[1].signing_key(), {as_bytes("b group"), LeafIndex(1)});
      },
      "the signature");
}

RULE("7.2", mls_invalid_leaf, "a leaf in the tree that was signed for another place") {
  Joining joining;
  joining.judge_tree(
      trial,
      [&](LooseTree& tree) {
        tree.leaf(1).sign(joining.party[1].signing_key(), {joining.party[1].group_id(), LeafIndex(2)});
      },
      "the signature");
}

RULE("12.4.3.1", mls_invalid_leaf, "a leaf in the tree that does not list the cipher suite") {
  Joining joining;
  joining.judge_leaf(
      trial, [](LeafNode& leaf) { leaf.capabilities.cipher_suites.clear(); }, "version or cipher suite");
}

RULE("12.4.3.1", mls_invalid_leaf, "a leaf in the tree that does not support an extension of the group") {
  Party::Config config;
  config.extensions = {charter("first")};
  Joining joining({}, config);
  joining.judge_leaf(
      trial, [](LeafNode& leaf) { leaf.capabilities.extensions.clear(); }, "an extension of the group");
}

RULE("11.1", mls_invalid_leaf, "a leaf in the tree that lacks a required capability") {
  Party::Config config;
  config.extensions = {requirements()};
  Joining joining({}, config);
  joining.judge_leaf(
      trial, [](LeafNode& leaf) { leaf.capabilities.extensions.clear(); }, "a required capability");
}

RULE("7.3", mls_invalid_leaf, "a leaf in the tree with an extension that its capabilities do not list") {
  Joining joining;
  joining.judge_leaf(
      trial,
      [](LeafNode& leaf) {
        leaf.extensions = {{kUnheardOf, {}}};
      },
      "an extension is not listed");
}

RULE("7.3", mls_invalid_leaf, "a leaf in the tree with a credential that others do not support") {
  Joining joining;
  joining.judge_leaf(
      trial,
      [](LeafNode& leaf) {
        leaf.credential = {CredentialType::x509, {}, {{{1, 2, 3}}}};
        leaf.capabilities.credentials = {CredentialType::basic, CredentialType::x509};
      },
      "not supported by all");
}

RULE("13.4", mls_invalid_leaf, "a group with an extension that the newcomer does not support") {
  Party::Config config;
  config.extensions = {};
  Joining joining({}, config);
  WelcomeRecipe recipe;
  recipe.context = [](GroupContext& context) { context.extensions = {{kUnheardOf, {}}}; };
  trial.judges([&](const Bytes& welcome) { return Group::join(welcome, joining.dirk); }, joining.invitation.welcome(),
               joining.invitation.welcome(recipe), "an extension of the group");
}
