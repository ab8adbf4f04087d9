// Commits from outside, and proposals from outside (RFC 9420 §12.1.8, §12.2, §12.4.3.2).
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
constexpr auto kUnheardOf = static_cast<ExtensionType>(0xF0FE);

// A party of four and somebody outside it.
struct Outside {
  Party party{4};
  KeyPackagePrivate package = party.package("Dirk");
  Forger forger{party[0], package};

  Recipe joining(std::vector<Proposal> more = {}) const {
    Recipe recipe;
    recipe.proposals = std::move(more);
    recipe.proposals.insert(recipe.proposals.begin(), Proposal{*forger.external_init});
    recipe.psks = psk_holder();
    return recipe;
  }
  void judge(Trial& trial, const Recipe& good, const Recipe& bad, std::string_view because = {}) {
    trial.judges([&](const Bytes& message) { return receive(party[2], message, psk_holder()); }, forger.commit(good).message,
                 forger.commit(bad).message, because);
  }
  void judge(Trial& trial, const Recipe& bad, std::string_view because = {}) { judge(trial, joining(), bad, because); }
  void judge_leaf(Trial& trial, const Change<LeafNode>& change, std::string_view because = {}) {
    auto bad = joining();
    bad.leaf = change;
    judge(trial, bad, because);
  }
};
Remove remove_leaf(std::uint32_t leaf) { return Remove{LeafIndex(leaf)}; }

// A party whose group takes proposals from one external sender; the sender's messages are judged.
struct Distant {
  explicit Distant(bool known = true) : party(4, config(known)), forger(party[1]) {
    forger.sender = {SenderType::external, {}, 0};
    forger.signing_key = key.clone();
  }
  Party::Config config(bool known) const {
    Party::Config made;
    ExternalSender sender;
    sender.signature_key = SignaturePublicKey(key.verify_key());
    if (known) made.extensions.push_back({ExtensionType::external_senders, encoded(std::vector<ExternalSender>{sender})});
    return made;
  }
  static crypto::SigningKey make_key() {
    RepeatableRandom random(21);
    return crypto::SigningKey::generate(random);
  }
  crypto::SigningKey key = make_key();
  Party party;
  Forger forger;
};
}  // namespace

RULE("12.4.3.2", mls_invalid_commit, "an external commit without ExternalInit") {
  Outside outside;
  auto bad = outside.joining();
  bad.proposals.clear();
  outside.judge(trial, bad, "without ExternalInit");
}

RULE("12.2", mls_invalid_commit, "an external commit with two ExternalInits") {
  Outside outside;
  outside.judge(trial, outside.joining({{*outside.forger.external_init}}), "more than one ExternalInit");
}

RULE("12.4.3.2", mls_invalid_sender, "an external commit without a path") {
  Outside outside;
  auto bad = outside.joining();
  bad.with_path = false;
  outside.judge(trial, bad, "with a path");
}

RULE("12.2", mls_invalid_commit, "an external commit with an Add") {
  Outside outside;
  const auto other = outside.party.package("Els");
  outside.judge(trial, outside.joining({{Add{other.key_package}}}), "may not have");
}

RULE("12.2", mls_invalid_proposal, "an external commit with an Update") {
  Outside outside;
  outside.judge(trial, outside.joining({{Update{Forger(outside.party[3]).update()}}}), "someone outside");
}

RULE("12.2", mls_invalid_commit, "an external commit with GroupContextExtensions") {
  Outside outside;
  outside.judge(trial, outside.joining({{GroupContextExtensions{{requirements(), charter("second")}}}}), "may not have");
}

RULE("12.2", mls_invalid_commit, "an external commit with a ReInit") {
  Outside outside;
  outside.judge(trial, outside.joining({{ReInit{{9}, ProtocolVersion::mls10, kCipherSuite, {}}}}), "a ReInit among others");
}

RULE("12.2", mls_invalid_commit, "an external commit with two Removes") {
  Outside outside;
  outside.judge(trial, outside.joining({{remove_leaf(3)}}), outside.joining({{remove_leaf(3)}, {remove_leaf(0)}}), "may not have");
}

RULE("12.4.3.2", mls_invalid_proposal, "an external commit that removes a blank leaf") {
  Outside outside;
  outside.judge(trial, outside.joining({{remove_leaf(3)}}), outside.joining({{remove_leaf(6)}}), "no member");
}

RULE("12.4.3.2", mls_invalid_commit, "an external commit with a proposal by reference") {
  Outside outside;
  const auto sent = Forger(outside.party[3]).propose({remove_leaf(3)});
  hear(outside.party[2], sent);
  auto bad = outside.joining();
  bad.references = {sent.referenced};
  outside.judge(trial, outside.joining({{remove_leaf(3)}}), bad, "with a reference");
}

RULE("12.2", mls_invalid_proposal, "an external commit with a PSK for another purpose") {
  Outside outside;
  auto bad = psk_id(1);
  bad.psktype = PSKType::resumption;
  bad.usage = ResumptionPSKUsage::reinit;
  outside.judge(trial, outside.joining({{PreSharedKey{psk_id(1)}}}), outside.joining({{PreSharedKey{bad}}}), "another purpose");
}

RULE("12.4.3.2", bad_signature, "an external commit that is signed by another key than its leaf's") {
  Outside outside;
  auto bad = outside.joining();
  bad.signature = [&](const AuthenticatedContent& content) {
    return sign_with_label(outside.party[3].signing_key(), "FramedContentTBS", content.to_be_signed(outside.forger.context));
  };
  outside.judge(trial, bad);
}

RULE("6.1", bad_signature, "an external commit that is signed for another epoch") {
  Outside outside;
  auto bad = outside.joining();
  bad.signature = [&](const AuthenticatedContent& content) {
    auto context = outside.forger.context;
    context.epoch = context.epoch.next();
    return sign_with_label(outside.package.signing_key, "FramedContentTBS", content.to_be_signed(context));
  };
  outside.judge(trial, bad);
}

RULE("12.4.3.2", mls_bad_confirmation, "an external commit that does not use the external init secret") {
  Outside outside;
  Recipe good = outside.joining();
  const auto message = outside.forger.commit(good).message;
  outside.forger.init_secret = Forger(outside.party[0]).init_secret.clone();
  trial.judges([&](const Bytes& bytes) { return receive(outside.party[2], bytes); }, message, outside.forger.commit(good).message);
}

RULE("12.1.6", mls_invalid_proposal, "an ExternalInit whose KEM output is of the wrong length") {
  Outside outside;
  auto bad = outside.joining();
  std::get<ExternalInit>(bad.proposals[0].content).kem_output.pop_back();
  outside.judge(trial, bad, "the KEM output");
}

RULE("12.1.6", mls_invalid_proposal, "an ExternalInit whose KEM output is of small order") {
  Outside outside;
  auto bad = outside.joining();
  std::get<ExternalInit>(bad.proposals[0].content).kem_output = Bytes(32, 0);
  outside.judge(trial, bad, "the KEM output");
}

RULE("12.4.3.2", mls_invalid_leaf, "an external commit whose leaf is signed for another place than the leftmost blank one") {
  Outside outside;
  auto bad = outside.joining();
  bad.leaf_signature = [&](const LeafNode& leaf) {
    return sign_with_label(outside.package.signing_key, "LeafNodeTBS",
                           without_signature(leaf, leaf_place(outside.forger.context.group_id, LeafIndex(5))));
  };
  outside.judge(trial, bad, "the signature");
}

RULE("12.4.3.2", mls_invalid_leaf, "an external commit whose leaf has the source of a key package") {
  Outside outside;
  outside.judge_leaf(
      trial, [](LeafNode& leaf) { leaf.leaf_node_source = LeafNodeSource::key_package; }, "another source");
}

RULE("12.4.3.2", mls_invalid_leaf, "an external commit by a member's key that does not remove the old leaf") {
  Party party(4);
  const auto again = need(generate_key_package(leaf_config("m3"), party[3].signing_key(), party.random));
  const Forger forger(party[0], again);
  Recipe good, bad;
  good.proposals = {{*forger.external_init}, {remove_leaf(3)}};
  bad.proposals = {{*forger.external_init}};
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit(good).message,
               forger.commit(bad).message, "its signature key is in use");
}

RULE("12.2", mls_invalid_leaf, "an external commit that keeps the encryption key of the leaf it removes") {
  Party party(4);
  const auto again = need(generate_key_package(leaf_config("m3"), party[3].signing_key(), party.random));
  const Forger forger(party[0], again);
  Recipe good, bad;
  good.proposals = {{*forger.external_init}, {remove_leaf(3)}};
  bad = good;
  bad.leaf = [&](LeafNode& leaf) { leaf.encryption_key = party[3].own_leaf_node().encryption_key; };
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit(good).message,
               forger.commit(bad).message, "keeps");
}

RULE("12.4.3.2", mls_invalid_leaf, "an external commit whose leaf does not support an extension of the group") {
  Outside outside;
  outside.judge_leaf(
      trial, [](LeafNode& leaf) { leaf.capabilities.extensions = {kUnheardOf}; }, "an extension of the group");
}

RULE("12.4.3.2", mls_invalid_path, "an external commit with the encryption key of a member") {
  Outside outside;
  outside.judge_leaf(
      trial, [&](LeafNode& leaf) { leaf.encryption_key = outside.party[3].own_leaf_node().encryption_key; }, "in the tree already");
}

RULE("12.4.3.2", mls_path_decryption, "an external commit whose path is garbled for one subtree") {
  Outside outside;
  auto bad = outside.joining();
  bad.path_secret = [](Bytes& secret) { secret[0] ^= 1; };
  outside.judge(trial, bad);
}

RULE("12.4.3.2", mls_bad_membership, "an external commit that claims to come from a member") {
  Outside outside;
  auto bad = outside.joining();
  bad.content = [](FramedContent& content) { content.sender = {SenderType::member, LeafIndex(1), 0}; };
  outside.judge(trial, bad);
}

RULE("6.1", mls_invalid_sender, "a proposal by somebody who says to commit from outside") {
  Outside outside;
  Forger proposer(outside.party[0], outside.package), good(outside.party[0], outside.package);
  good.sender.sender_type = SenderType::new_member_proposal;
  const Proposal add{Add{outside.package.key_package}};
  trial.judges([&](const Sent& sent) { return outside.party[2].peek(sent.message); }, good.propose(add), proposer.propose(add),
               "with a path");
}

RULE("6.1", mls_invalid_sender, "a newcomer who proposes something else than an Add") {
  Outside outside;
  outside.forger.sender.sender_type = SenderType::new_member_proposal;
  trial.judges([&](const Sent& sent) { return outside.party[2].peek(sent.message); },
               outside.forger.propose({Add{outside.package.key_package}}), outside.forger.propose({remove_leaf(3)}),
               "only propose to add");
}

RULE("6.1", bad_signature, "a newcomer's Add that is signed by another key than its key package's") {
  Outside outside;
  outside.forger.sender.sender_type = SenderType::new_member_proposal;
  const auto other = outside.party.package("Els");
  trial.judges([&](const Sent& sent) { return outside.party[2].peek(sent.message); },
               outside.forger.propose({Add{outside.package.key_package}}), outside.forger.propose({Add{other.key_package}}));
}

RULE("12.1.8", mls_invalid_sender, "an external sender in a group that knows none") {
  Distant known, unknown(false);
  trial.accepts(known.party[2].peek(known.forger.propose({remove_leaf(3)}).message));
  trial.refuses(unknown.party[2].peek(unknown.forger.propose({remove_leaf(3)}).message), "no external senders");
}

RULE("12.1.8", mls_invalid_sender, "an external sender beyond the list of them") {
  Distant distant;
  const auto good = distant.forger.propose({remove_leaf(3)});
  distant.forger.sender.sender_index = 1;
  trial.judges([&](const Sent& sent) { return distant.party[2].peek(sent.message); }, good,
               distant.forger.propose({remove_leaf(3)}), "no such external sender");
}

RULE("6.1", bad_signature, "an external sender's proposal that is signed by another key") {
  Distant distant;
  const auto good = distant.forger.propose({remove_leaf(3)});
  distant.forger.signing_key = distant.party[3].signing_key().clone();
  trial.judges([&](const Sent& sent) { return distant.party[2].peek(sent.message); }, good,
               distant.forger.propose({remove_leaf(3)}));
}

RULE("12.1.8", mls_invalid_sender, "an Update by an external sender") {
  Distant distant;
  trial.judges([&](const Sent& sent) { return distant.party[2].peek(sent.message); }, distant.forger.propose({remove_leaf(3)}),
               distant.forger.propose({Update{Forger(distant.party[3]).update()}}), "not for an external sender");
}

RULE("12.1.8", mls_invalid_sender, "an ExternalInit by an external sender") {
  Distant distant;
  trial.judges([&](const Sent& sent) { return distant.party[2].peek(sent.message); }, distant.forger.propose({remove_leaf(3)}),
               distant.forger.propose({ExternalInit{fresh_key(1).data}}), "not for an external sender");
}

RULE("6.1", mls_invalid_sender, "a commit by an external sender") {
  Distant distant;
  Recipe recipe;
  recipe.is_private = false;
  const auto bad = distant.forger.commit(recipe).message;
  trial.judges([&](const Bytes& message) { return distant.party[2].peek(message); },
               distant.forger.propose({remove_leaf(3)}).message, bad, "not for an external sender");
}
