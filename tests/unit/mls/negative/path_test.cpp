// The path of a commit and its confirmation tag (RFC 9420 §7.4 to §7.6, §12.4, §12.4.2).
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
// Member `judge` judges a commit by member 1 against the same one made by the recipe. Leaf 1 of eight has three nodes above it:
// 1 with the copath node 0, 3 with 5, 7 with 11.
void judge_commit(Trial& trial, const Recipe& bad, std::string_view because = {}, std::size_t judging = 2) {
  Party party(8);
  const Forger forger(party[1]);
  trial.judges([&](const Bytes& message) { return receive(party[judging], message); }, forger.commit({}).message,
               forger.commit(bad).message, because);
}
Recipe with_path(Change<UpdatePath> change) {
  Recipe recipe;
  recipe.path = std::move(change);
  return recipe;
}
Recipe with_tag(Change<Bytes> change) {
  Recipe recipe;
  recipe.confirmation_tag = std::move(change);
  return recipe;
}
void judge_missing(Trial& trial, const Recipe& whole) {
  Party party(4);
  const Forger forger(party[1]);
  auto bare = whole;
  bare.with_path = false;
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit(whole).message,
               forger.commit(bare).message);
}
}  // namespace

RULE("12.4", mls_path_required, "an empty commit without a path") { judge_missing(trial, {}); }

RULE("12.4", mls_path_required, "a commit of a Remove without a path") {
  Recipe recipe;
  recipe.proposals = {{Remove{LeafIndex(3)}}};
  judge_missing(trial, recipe);
}

RULE("12.4", mls_path_required, "a commit of GroupContextExtensions without a path") {
  Recipe recipe;
  recipe.proposals = {{GroupContextExtensions{{requirements(), charter("second")}}}};
  judge_missing(trial, recipe);
}

RULE("12.4", mls_path_required, "a commit of an Update without a path") {
  Party party(4);
  const Forger forger(party[1]);
  const auto sent = Forger(party[3]).propose({Update{Forger(party[3]).update()}});
  hear(party[2], sent);
  Recipe whole;
  whole.references = {sent.referenced};
  auto bare = whole;
  bare.with_path = false;
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit(whole).message,
               forger.commit(bare).message);
}

RULE("7.6", mls_invalid_path, "a path with a node too few") {
  judge_commit(trial, with_path([](UpdatePath& path) { path.nodes.pop_back(); }), "nodes, wanted");
}

RULE("7.6", mls_invalid_path, "a path with a node too many") {
  judge_commit(trial, with_path([](UpdatePath& path) {
                 path.nodes.push_back({fresh_key(1), path.nodes.back().encrypted_path_secret});
               }),
               "nodes, wanted");
}

RULE("7.6", mls_invalid_path, "a path node with a ciphertext too few") {
  judge_commit(trial, with_path([](UpdatePath& path) { path.nodes.back().encrypted_path_secret.pop_back(); }),
               "number of ciphertexts");
}

RULE("7.6", mls_invalid_path, "a path node with a ciphertext too many") {
  judge_commit(trial, with_path([](UpdatePath& path) {
                 auto& sealed = path.nodes.back().encrypted_path_secret;
                 sealed.push_back(sealed.back());
               }),
               "number of ciphertexts");
}

RULE("7.5", mls_invalid_path, "a path that is encrypted to a leaf which the same commit adds") {
  Party party(3);
  const Forger forger(party[1]);
  const auto dirk = party.package("Dirk");
  Recipe good;
  good.proposals = {{Add{dirk.key_package}}};
  auto bad = good;
  bad.encrypt_to_added = true;
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit(good).message,
               forger.commit(bad).message, "number of ciphertexts");
}

RULE("7.5", mls_path_decryption, "a path node whose key is not derived from the path secret") {
  Recipe recipe;
  recipe.path_keys = [](std::vector<HPKEPublicKey>& keys) { keys.back() = fresh_key(9); };
  judge_commit(trial, recipe, "the key of node");
}

RULE("7.5", mls_path_decryption, "a path secret that does not lead to the path's keys") {
  Recipe recipe;
  recipe.path_secret = [](Bytes& secret) { secret[0] ^= 1; };
  judge_commit(trial, recipe, "the key of node");
}

RULE("7.6", mls_path_decryption, "a path secret of the wrong length") {
  Recipe recipe;
  recipe.path_secret = [](Bytes& secret) { secret.pop_back(); };
  judge_commit(trial, recipe, "the length");
}

RULE("7.6", mls_path_decryption, "a ciphertext that is garbled for one subtree, which the others cannot see") {
  Party party(8);
  const Forger forger(party[1]);
  const auto good = forger.commit({}).message;
  const auto bad =
      forger.commit(with_path([](UpdatePath& path) { path.nodes.back().encrypted_path_secret[0].ciphertext[0] ^= 1; })).message;
  trial.accepts(receive(party[2], bad));
  trial.judges([&](const Bytes& message) { return receive(party[6], message); }, good, bad, "the ciphertext");
}

RULE("7.6", mls_path_decryption, "a KEM output of the wrong length in a path") {
  judge_commit(trial, with_path([](UpdatePath& path) { path.nodes[1].encrypted_path_secret[0].kem_output.pop_back(); }),
               "the ciphertext");
}

RULE("7.6", mls_path_decryption, "a KEM output of small order in a path") {
  judge_commit(trial, with_path([](UpdatePath& path) { path.nodes[1].encrypted_path_secret[0].kem_output = Bytes(32, 0); }),
               "the ciphertext");
}

RULE("7.6", mls_path_decryption, "a path that is encrypted under the group context before the commit") {
  Party party(8);
  const Forger forger(party[1]);
  Recipe recipe;
  recipe.path_context = [&](GroupContext& context) { context.tree_hash = forger.context.tree_hash; };
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit({}).message,
               forger.commit(recipe).message, "the ciphertext");
}

RULE("12.4.2", mls_path_decryption, "a path that is encrypted under the epoch before the commit") {
  Recipe recipe;
  recipe.path_context = [](GroupContext& context) { context.epoch = Epoch(context.epoch.value() - 1); };
  judge_commit(trial, recipe, "the ciphertext");
}

RULE("7.6", mls_path_decryption, "a path that is encrypted under another label") {
  Recipe recipe;
  recipe.path_label = "Welcome";
  judge_commit(trial, recipe, "the ciphertext");
}

RULE("7.5", mls_invalid_path, "a path's leaf with a wrong parent hash") {
  Recipe recipe;
  recipe.leaf = [](LeafNode& leaf) { leaf.parent_hash[0] ^= 1; };
  judge_commit(trial, recipe, "the parent hash");
}

RULE("7.9.2", mls_invalid_path, "a path's leaf with an empty parent hash") {
  Recipe recipe;
  recipe.leaf = [](LeafNode& leaf) { leaf.parent_hash.clear(); };
  judge_commit(trial, recipe, "the parent hash");
}

RULE("12.4.2", mls_invalid_path, "a path that brings one key twice") {
  Recipe recipe;
  recipe.path_keys = [](std::vector<HPKEPublicKey>& keys) { keys[1] = keys[0]; };
  judge_commit(trial, recipe, "occurs twice");
}

RULE("12.4.2", mls_invalid_path, "a path made from a secret of an earlier path, so that its keys are in the tree already") {
  Party party(8);
  Recipe recipe;
  recipe.seed = 42;
  const auto before = Forger(party[1]).commit(recipe).message;
  for (auto i : {2U, 3U}) party[i] = need(receive(party[i], before));
  // Member 1 in the new epoch: what all members share is taken from another's view.
  Forger next(party[2]);
  next.sender.leaf_index = LeafIndex(1);
  next.signing_key = party[1].signing_key().clone();
  next.leaf = *party[2].tree().leaf(LeafIndex(1));
  auto again = recipe;
  again.leaf = [](LeafNode& leaf) { leaf.encryption_key = fresh_key(77); };
  trial.judges([&](const Bytes& message) { return receive(party[3], message); }, next.commit({}).message,
               next.commit(again).message, "in the tree already");
}

RULE("7.6", mls_invalid_path, "a path node whose key is of small order") {
  Recipe recipe;
  recipe.path_keys = [](std::vector<HPKEPublicKey>& keys) { keys.back() = key_of(Bytes(32, 0)); };
  judge_commit(trial, recipe, "no key");
}

RULE("7.6", mls_invalid_path, "a path node whose key is of the wrong length") {
  Recipe recipe;
  recipe.path_keys = [](std::vector<HPKEPublicKey>& keys) { keys.back().data.pop_back(); };
  judge_commit(trial, recipe, "no key");
}

RULE("6.1", mls_bad_confirmation, "a commit with a confirmation tag of one bit changed") {
  judge_commit(trial, with_tag([](Bytes& tag) { tag[31] ^= 1; }));
}

RULE("6.1", mls_bad_confirmation, "a commit with a confirmation tag cut short") {
  judge_commit(trial, with_tag([](Bytes& tag) { tag.pop_back(); }));
}

RULE("6.1", mls_bad_confirmation, "a commit with an empty confirmation tag") {
  judge_commit(trial, with_tag([](Bytes& tag) { tag.clear(); }));
}

RULE("6.1", mls_bad_confirmation, "a commit with a confirmation tag that is too long") {
  judge_commit(trial, with_tag([](Bytes& tag) { tag.push_back(0); }));
}

RULE("12.4.2", mls_bad_confirmation, "a commit whose secrets are derived from a context of another epoch") {
  Recipe recipe;
  recipe.next_context = [](GroupContext& context) { context.epoch = context.epoch.next(); };
  judge_commit(trial, recipe);
}

RULE("12.4.2", mls_bad_confirmation, "a commit whose secrets are derived from another tree hash") {
  Recipe recipe;
  recipe.next_context = [](GroupContext& context) { context.tree_hash[0] ^= 1; };
  judge_commit(trial, recipe);
}

RULE("12.4.2", mls_bad_confirmation, "a commit whose secrets are derived from another transcript") {
  Recipe recipe;
  recipe.next_context = [](GroupContext& context) { context.confirmed_transcript_hash[0] ^= 1; };
  judge_commit(trial, recipe);
}

RULE("12.4.2", mls_bad_confirmation, "a commit whose secrets are derived from other group extensions") {
  Recipe recipe;
  recipe.next_context = [](GroupContext& context) { context.extensions.pop_back(); };
  judge_commit(trial, recipe);
}
