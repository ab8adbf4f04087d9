// The leaf of a commit's path and of an Update (RFC 9420 §7.2, §7.3).
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
constexpr auto kUnheardOf = static_cast<ExtensionType>(0xF0FE);

// Member 2 judges a commit by member 1 whose path's leaf was changed before it was signed.
void judge_leaf(Trial& trial, Party& party, const Change<LeafNode>& change, std::string_view because = {}) {
  const Forger forger(party[1]);
  Recipe recipe;
  recipe.leaf = change;
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit({}).message,
               forger.commit(recipe).message, because);
}
void judge_leaf(Trial& trial, const Change<LeafNode>& change, std::string_view because = {}) {
  Party party(4);
  judge_leaf(trial, party, change, because);
}

// Member 2 judges a commit by member 0 of an Update that member 1 proposed.
void judge_update(Trial& trial, Party& party, const LeafNode& bad, std::string_view because = {}) {
  const Forger updater(party[1]), committer(party[0]);
  const auto judge = [&](const LeafNode& leaf) {
    auto group = party[2].clone();
    const auto sent = updater.propose({Update{leaf}});
    hear(group, sent);
    Recipe recipe;
    recipe.references = {sent.referenced};
    return receive(group, committer.commit(recipe).message);
  };
  trial.judges(judge, updater.update(), bad, because);
}
}  // namespace

RULE("7.3", mls_invalid_leaf, "a path's leaf that is signed by another key") {
  Party party(4);
  const Forger forger(party[1]);
  Recipe recipe;
  recipe.leaf_signature = [&](const LeafNode& leaf) {
    return sign_with_label(party[3].signing_key(), "LeafNodeTBS",
                           without_signature(leaf, leaf_place(forger.context.group_id, LeafIndex(1))));
  };
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit({}).message,
               forger.commit(recipe).message, "the signature");
}

RULE("7.2", mls_invalid_leaf, "a path's leaf that is signed under another label") {
  Party party(4);
  const Forger forger(party[1]);
  const auto sign = [&](const char* label) {
    Recipe recipe;
    recipe.leaf_signature = [&forger, label](const LeafNode& leaf) {
      return sign_with_label(forger.signing_key, label, without_signature(leaf, leaf_place(forger.context.group_id, LeafIndex(1))));
    };
    return forger.commit(recipe).message;
  };
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, sign("LeafNodeTBS"), sign("KeyPackageTBS"),
               "the signature");
}

RULE("7.2", mls_invalid_leaf, "a path's leaf that is signed for another place in the tree") {
  Party party(4);
  const Forger forger(party[1]);
  const auto sign = [&](std::uint32_t index) {
    Recipe recipe;
    recipe.leaf_signature = [&forger, index](const LeafNode& leaf) {
      return sign_with_label(forger.signing_key, "LeafNodeTBS",
                             without_signature(leaf, leaf_place(forger.context.group_id, LeafIndex(index))));
    };
    return forger.commit(recipe).message;
  };
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, sign(1), sign(0), "the signature");
}

RULE("7.2", mls_invalid_leaf, "a path's leaf that is signed for another group") {
  Party party(4);
  const Forger forger(party[1]);
  const auto sign = [&](std::string_view group_id) {
    Recipe recipe;
    recipe.leaf_signature = [&forger, group_id](const LeafNode& leaf) {
      return sign_with_label(forger.signing_key, "LeafNodeTBS",
                             without_signature(leaf, leaf_place(as_bytes(group_id), LeafIndex(1))));
    };
    return forger.commit(recipe).message;
  };
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, sign("a group"), sign("b group"), "the signature");
}

RULE("7.3", mls_invalid_leaf, "a path's leaf with a signature cut short") {
  Party party(4);
  const Forger forger(party[1]);
  Recipe recipe;
  recipe.signed_leaf = [](LeafNode& leaf) { leaf.signature.pop_back(); };
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit({}).message,
               forger.commit(recipe).message, "the signature");
}

RULE("12.4.2", mls_invalid_leaf, "a path's leaf whose source is an update") {
  judge_leaf(
      trial, [](LeafNode& leaf) { leaf.leaf_node_source = LeafNodeSource::update; }, "another source");
}

RULE("7.3", mls_invalid_leaf, "a path's leaf whose source is a key package") {
  judge_leaf(
      trial, [](LeafNode& leaf) { leaf.leaf_node_source = LeafNodeSource::key_package; }, "another source");
}

RULE("7.3", mls_invalid_leaf, "a path's leaf with the signature key of another member") {
  Party party(4);
  Forger thief(party[1]);
  const auto good = thief.commit({}).message;
  Recipe recipe;
  recipe.leaf = [&](LeafNode& leaf) { leaf.signature_key = party[3].own_leaf_node().signature_key; };
  recipe.leaf_signature = [&](const LeafNode& leaf) {
    return sign_with_label(party[3].signing_key(), "LeafNodeTBS",
                           without_signature(leaf, leaf_place(thief.context.group_id, LeafIndex(1))));
  };
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, good, thief.commit(recipe).message,
               "its signature key is in use");
}

RULE("7.3", mls_invalid_path, "a path's leaf with the encryption key of another member") {
  Party party(4);
  judge_leaf(
      trial, party, [&](LeafNode& leaf) { leaf.encryption_key = party[3].own_leaf_node().encryption_key; }, "in the tree already");
}

RULE("12.4.2", mls_invalid_path, "a path's leaf that keeps the committer's encryption key") {
  Party party(4);
  judge_leaf(
      trial, party, [&](LeafNode& leaf) { leaf.encryption_key = party[1].own_leaf_node().encryption_key; }, "in the tree already");
}

RULE("7.2", mls_invalid_leaf, "a leaf whose encryption key is of the wrong length") {
  judge_leaf(
      trial, [](LeafNode& leaf) { leaf.encryption_key.data.pop_back(); }, "the encryption key");
}

RULE("7.2", mls_invalid_leaf, "a leaf whose encryption key is a point of small order") {
  judge_leaf(
      trial, [](LeafNode& leaf) { leaf.encryption_key = key_of(Bytes(32, 0)); }, "the encryption key");
}

RULE("7.2", mls_invalid_leaf, "a leaf that does not list the type of its own credential") {
  judge_leaf(trial, [](LeafNode& leaf) { leaf.capabilities.credentials = {CredentialType::x509}; });
}

RULE("7.2", mls_invalid_leaf, "a leaf that does not list the group's protocol version") {
  judge_leaf(
      trial, [](LeafNode& leaf) { leaf.capabilities.versions = {static_cast<ProtocolVersion>(9)}; }, "version or cipher suite");
}

RULE("7.2", mls_invalid_leaf, "a leaf that does not list the group's cipher suite") {
  judge_leaf(
      trial, [](LeafNode& leaf) { leaf.capabilities.cipher_suites = {static_cast<CipherSuite>(1)}; }, "version or cipher suite");
}

RULE("7.3", mls_invalid_leaf, "a leaf with an extension that its capabilities do not list") {
  judge_leaf(
      trial,
      [](LeafNode& leaf) {
        leaf.extensions.push_back({kUnheardOf, {}});
      },
      "an extension is not listed");
}

RULE("13.4", mls_invalid_leaf, "a leaf with an extension twice") {
  judge_leaf(
      trial,
      [](LeafNode& leaf) {
        leaf.extensions = {{ExtensionType::application_id, {1}}, {ExtensionType::application_id, {2}}};
      },
      "an extension occurs twice");
}

RULE("13.4", mls_invalid_leaf, "a path's leaf that does not support an extension of the group") {
  Party::Config config;
  config.extensions = {charter("first")};
  Party party(4, config);
  judge_leaf(
      trial, party, [](LeafNode& leaf) { leaf.capabilities.extensions.clear(); }, "an extension of the group");
}

RULE("11.1", mls_invalid_leaf, "a path's leaf that lacks a required extension") {
  Party::Config config;
  config.extensions = {to_extension({{kUnheardOf}, {}, {}})};
  config.leaf = [](std::size_t) {
    auto leaf = leaf_config("m");
    leaf.capabilities.extensions = {kUnheardOf};
    return leaf;
  };
  Party party(4, config);
  judge_leaf(
      trial, party, [](LeafNode& leaf) { leaf.capabilities.extensions.clear(); }, "a required capability");
}

RULE("11.1", mls_invalid_leaf, "a path's leaf that lacks a required proposal type") {
  constexpr auto kKind = static_cast<ProposalType>(0xF00D);
  Party::Config config;
  config.extensions = {to_extension({{}, {kKind}, {}})};
  config.leaf = [](std::size_t) {
    auto leaf = leaf_config("m");
    leaf.capabilities.proposals = {kKind};
    return leaf;
  };
  Party party(4, config);
  judge_leaf(
      trial, party, [](LeafNode& leaf) { leaf.capabilities.proposals.clear(); }, "a required capability");
}

RULE("11.1", mls_invalid_leaf, "a path's leaf that lacks a required credential type") {
  Party::Config config;
  config.extensions = {to_extension({{}, {}, {CredentialType::x509}})};
  config.leaf = [](std::size_t) {
    auto leaf = leaf_config("m");
    leaf.capabilities.credentials = {CredentialType::basic, CredentialType::x509};
    return leaf;
  };
  Party party(4, config);
  judge_leaf(
      trial, party, [](LeafNode& leaf) { leaf.capabilities.credentials = {CredentialType::basic}; }, "a required capability");
}

RULE("7.3", mls_invalid_leaf, "a leaf with a credential of a type that others do not support") {
  judge_leaf(
      trial,
      [](LeafNode& leaf) {
        leaf.credential = {CredentialType::x509, {}, {{{1, 2, 3}}}};
        leaf.capabilities.credentials = {CredentialType::basic, CredentialType::x509};
      },
      "not supported by all");
}

RULE("7.3", mls_invalid_leaf, "a leaf that does not support a type of credential that others have") {
  Party::Config config;
  config.leaf = [](std::size_t index) {
    auto leaf = leaf_config("m" + std::to_string(index));
    leaf.capabilities.credentials = {CredentialType::basic, CredentialType::x509};
    return leaf;
  };
  config.extensions = {charter("first")};
  Party party(4, config);
  judge_leaf(
      trial, party,
      [](LeafNode& leaf) {
        leaf.credential = {CredentialType::x509, {}, {{{1, 2, 3}}}};
        leaf.capabilities.credentials = {CredentialType::x509};
      },
      "not supported by all");
}

RULE("7.3", mls_invalid_leaf, "an Update whose leaf has the source of a key package") {
  Party party(4);
  judge_update(trial, party, Forger(party[1]).update([](LeafNode& leaf) { leaf.leaf_node_source = LeafNodeSource::key_package; }),
               "another source");
}

RULE("12.1.2", mls_invalid_leaf, "an Update whose leaf has the source of a commit") {
  Party party(4);
  judge_update(trial, party, Forger(party[1]).update([](LeafNode& leaf) {
    leaf.leaf_node_source = LeafNodeSource::commit;
    leaf.parent_hash = Bytes(32, 1);
  }),
               "another source");
}

RULE("7.3", mls_invalid_leaf, "an Update that keeps the encryption key") {
  Party party(4);
  judge_update(trial, party,
               Forger(party[1]).update([&](LeafNode& leaf) { leaf.encryption_key = party[1].own_leaf_node().encryption_key; }),
               "keeps its key");
}

RULE("12.1.2", mls_invalid_leaf, "an Update whose leaf is signed by another key") {
  Party party(4);
  auto leaf = Forger(party[1]).update();
  leaf.sign(party[3].signing_key(), {party[1].group_id(), LeafIndex(1)});
  judge_update(trial, party, leaf, "the signature");
}

RULE("7.2", mls_invalid_leaf, "an Update whose leaf was signed for another place") {
  Party party(4);
  auto leaf = Forger(party[1]).update();
  leaf.sign(party[1].signing_key(), {party[1].group_id(), LeafIndex(3)});
  judge_update(trial, party, leaf, "the signature");
}

RULE("7.2", mls_invalid_leaf, "an Update whose leaf was signed for another group") {
  Party party(4);
  auto leaf = Forger(party[1]).update();
  leaf.sign(party[1].signing_key(), {as_bytes("b group"), LeafIndex(1)});
  judge_update(trial, party, leaf, "the signature");
}

RULE("7.3", mls_invalid_leaf, "an Update with the encryption key of another member") {
  Party party(4);
  judge_update(trial, party,
               Forger(party[1]).update([&](LeafNode& leaf) { leaf.encryption_key = party[3].own_leaf_node().encryption_key; }),
               "its encryption key is in use");
}

RULE("7.3", mls_invalid_leaf, "an Update with the encryption key of a parent node") {
  Party party(4);
  judge_update(trial, party, Forger(party[1]).update([&](LeafNode& leaf) {
    leaf.encryption_key = *party[1].tree().encryption_key(NodeIndex(5));
  }),
               "its encryption key is in use");
}

RULE("7.3", mls_invalid_leaf, "an Update with the signature key of another member") {
  Party party(4);
  Forger thief(party[1]);
  auto leaf = thief.update([&](LeafNode& changed) { changed.signature_key = party[3].own_leaf_node().signature_key; });
  leaf.sign(party[3].signing_key(), {thief.context.group_id, LeafIndex(1)});
  judge_update(trial, party, leaf, "its signature key is in use");
}

RULE("12.1.2", mls_invalid_leaf, "an Update whose leaf does not support an extension of the group") {
  Party::Config config;
  config.extensions = {charter("first")};
  Party party(4, config);
  judge_update(trial, party, Forger(party[1]).update([](LeafNode& leaf) { leaf.capabilities.extensions.clear(); }),
               "an extension of the group");
}
