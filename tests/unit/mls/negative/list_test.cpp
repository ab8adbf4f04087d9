// The list of proposals of a commit (RFC 9420 §12.1, §12.2, §12.4).
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
constexpr auto kUnheardOf = static_cast<ExtensionType>(0xF0FE);
using Proposals = std::vector<Proposal>;

// Member 2 of four judges commits by member 1 of these proposals by value.
void judge_lists(Trial& trial, Party& party, const Proposals& good, const Proposals& bad, std::string_view because = {},
                 const PskLookup& psks = psk_holder()) {
  const Forger forger(party[1]);
  const auto judge = [&](const Proposals& proposals) {
    Recipe recipe;
    recipe.proposals = proposals;
    recipe.psks = psk_holder();
    return receive(party[2], forger.commit(recipe).message, psks);
  };
  trial.judges(judge, good, bad, because);
}
void judge_lists(Trial& trial, const Proposals& good, const Proposals& bad, std::string_view because = {}) {
  Party party(4);
  judge_lists(trial, party, good, bad, because);
}
void judge_psk(Trial& trial, const Change<PreSharedKeyID>& change, std::string_view because = {}) {
  auto bad = psk_id(1);
  change(bad);
  judge_lists(trial, {{PreSharedKey{psk_id(1)}}}, {{PreSharedKey{bad}}}, because);
}

// The same with proposals that were sent before, as pairs of a proposer and a proposal.
using Proposed = std::vector<std::pair<std::size_t, Proposal>>;
void judge_references(Trial& trial, Party& party, const Proposed& good, const Proposed& bad, std::string_view because = {}) {
  const Forger forger(party[1]);
  const auto judge = [&](const Proposed& proposed) {
    auto group = party[2].clone();
    Recipe recipe;
    for (const auto& [proposer, proposal] : proposed) {
      const auto sent = Forger(party[proposer]).propose(proposal);
      hear(group, sent);
      recipe.references.push_back(sent.referenced);
    }
    return receive(group, forger.commit(recipe).message);
  };
  trial.judges(judge, good, bad, because);
}
Remove remove_leaf(std::uint32_t leaf) { return Remove{LeafIndex(leaf)}; }
GroupContextExtensions extensions(std::vector<Extension> list) { return {std::move(list)}; }
}  // namespace

RULE("12.2", mls_invalid_commit, "a commit that removes its committer") {
  judge_lists(trial, {{remove_leaf(3)}}, {{remove_leaf(1)}}, "removes itself");
}

RULE("12.2", mls_invalid_commit, "a commit by reference that removes its committer") {
  Party party(4);
  judge_references(trial, party, {{3, {remove_leaf(3)}}}, {{3, {remove_leaf(1)}}}, "removes itself");
}

RULE("12.1.3", mls_invalid_proposal, "a Remove of a blank leaf") {
  Party party(4);
  CommitParams params;
  params.proposals = {{remove_leaf(0)}};
  auto staged = need(party[1].stage_commit(params, party.random));
  party[2] = need(receive(party[2], staged.commit_message));
  party[1] = std::move(staged.next);
  judge_lists(trial, party, {{remove_leaf(3)}}, {{remove_leaf(0)}}, "no member");
}

RULE("12.1.3", mls_invalid_proposal, "a Remove of a leaf beyond the tree") {
  judge_lists(trial, {{remove_leaf(3)}}, {{remove_leaf(0xffffffff)}}, "no member");
}

RULE("12.2", mls_invalid_commit, "two Removes of one leaf") {
  judge_lists(trial, {{remove_leaf(3)}, {remove_leaf(0)}}, {{remove_leaf(3)}, {remove_leaf(3)}}, "changed twice");
}

RULE("12.2", mls_invalid_commit, "an Update and a Remove of one leaf") {
  Party party(4);
  const Proposal update{Update{Forger(party[3]).update()}};
  judge_references(trial, party, {{3, update}, {3, {remove_leaf(0)}}}, {{3, update}, {0, {remove_leaf(3)}}}, "changed twice");
}

RULE("12.2", mls_invalid_commit, "two Updates of one leaf") {
  Party party(4);
  const Proposal one{Update{Forger(party[3]).update({}, 31)}}, two{Update{Forger(party[3]).update({}, 32)}},
      other{Update{Forger(party[0]).update({}, 33)}};
  judge_references(trial, party, {{3, one}, {0, other}}, {{3, one}, {3, two}}, "changed twice");
}

RULE("12.2", mls_invalid_commit, "an Update by the committer") {
  Party party(4);
  judge_references(trial, party, {{3, {Update{Forger(party[3]).update()}}}}, {{1, {Update{Forger(party[1]).update()}}}},
                   "an Update by the committer");
}

RULE("12.2", mls_invalid_commit, "an Update by value, which could only be the committer's own") {
  Party party(4);
  judge_lists(trial, party, {}, {{Update{Forger(party[1]).update()}}}, "an Update by the committer");
}

RULE("12.2", mls_invalid_commit, "more than one GroupContextExtensions") {
  const Proposal one{extensions({requirements(), charter("second")})};
  judge_lists(trial, {one}, {one, one}, "more than one GroupContextExtensions");
}

RULE("12.2", mls_invalid_commit, "a ReInit among other proposals") {
  const Proposal reinit{ReInit{{9}, ProtocolVersion::mls10, kCipherSuite, {}}};
  judge_lists(trial, {reinit}, {reinit, {remove_leaf(3)}}, "a ReInit among others");
}

RULE("12.2", mls_invalid_commit, "two ReInits") {
  const Proposal reinit{ReInit{{9}, ProtocolVersion::mls10, kCipherSuite, {}}};
  judge_lists(trial, {reinit}, {reinit, reinit}, "a ReInit among others");
}

RULE("12.1.6", mls_invalid_commit, "an ExternalInit by a member") {
  judge_lists(trial, {}, {{ExternalInit{fresh_key(4).data}}}, "an ExternalInit by a member");
}

RULE("12.2", mls_invalid_commit, "an ExternalInit by reference in a member's commit") {
  Party party(4);
  judge_references(trial, party, {{3, {remove_leaf(3)}}}, {{3, {ExternalInit{fresh_key(4).data}}}}, "an ExternalInit by a member");
}

RULE("12.2", mls_invalid_commit, "one PreSharedKeyID twice") {
  judge_lists(trial, {{PreSharedKey{psk_id(1)}}, {PreSharedKey{psk_id(2)}}}, {{PreSharedKey{psk_id(1)}}, {PreSharedKey{psk_id(1)}}},
              "a PSK twice");
}

RULE("8.4", mls_invalid_proposal, "a PSK whose nonce is too short") {
  judge_psk(
      trial, [](PreSharedKeyID& id) { id.psk_nonce.pop_back(); }, "the nonce");
}

RULE("12.1.4", mls_invalid_proposal, "a PSK whose nonce is too long") {
  judge_psk(
      trial, [](PreSharedKeyID& id) { id.psk_nonce.push_back(0); }, "the nonce");
}

RULE("12.1.4", mls_invalid_proposal, "a PSK whose nonce is empty") {
  judge_psk(
      trial, [](PreSharedKeyID& id) { id.psk_nonce.clear(); }, "the nonce");
}

RULE("11.2", mls_invalid_proposal, "a resumption PSK for a ReInit in an ordinary commit") {
  judge_psk(
      trial,
      [](PreSharedKeyID& id) {
        id.psktype = PSKType::resumption;
        id.usage = ResumptionPSKUsage::reinit;
      },
      "another purpose");
}

RULE("11.3", mls_invalid_proposal, "a resumption PSK for a branch in an ordinary commit") {
  judge_psk(
      trial,
      [](PreSharedKeyID& id) {
        id.psktype = PSKType::resumption;
        id.usage = ResumptionPSKUsage::branch;
      },
      "another purpose");
}

RULE("12.4.2", mls_missing_psk, "a commit with a PSK that is not held") {
  Party party(4);
  judge_lists(trial, party, {{PreSharedKey{psk_id(1)}}}, {{PreSharedKey{psk_id(2)}}}, {},
              [](const PreSharedKeyID& id) { return id == psk_id(1) ? psk_holder()(id) : std::nullopt; });
}

RULE("12.4.2", mls_missing_psk, "a commit with a resumption PSK of an epoch that is not held") {
  Party party(4);
  auto held = psk_id(1), unheld = psk_id(1);
  for (auto* id : {&held, &unheld}) {
    id->psktype = PSKType::resumption;
    id->psk_id.clear();
    id->psk_group_id = to_bytes(party[1].group_id());
  }
  held.psk_epoch = party[1].epoch();
  unheld.psk_epoch = party[1].epoch().next();
  const Forger forger(party[1]);
  const auto judge = [&](const PreSharedKeyID& id) {
    Recipe recipe;
    recipe.proposals = {{PreSharedKey{id}}};
    return receive(party[2], forger.commit(recipe).message);
  };
  trial.judges(judge, held, unheld);
}

RULE("8.4", mls_bad_confirmation, "a commit in which the committer takes another PSK than the one it names") {
  Party party(4);
  const Forger forger(party[1]);
  const auto judge = [&](std::uint8_t taken) {
    Recipe recipe;
    recipe.proposals = {{PreSharedKey{psk_id(1)}}};
    recipe.psks = [taken](const PreSharedKeyID&) { return SecretBytes(Bytes(32, taken)); };
    return receive(party[2], forger.commit(recipe).message, psk_holder());
  };
  trial.judges(judge, std::uint8_t{1}, std::uint8_t{2});
}

RULE("12.1.5", mls_invalid_proposal, "a ReInit to an older protocol version") {
  judge_lists(trial, {{ReInit{{9}, ProtocolVersion::mls10, kCipherSuite, {}}}},
              {{ReInit{{9}, static_cast<ProtocolVersion>(0), kCipherSuite, {}}}}, "an older version");
}

RULE("13.4", mls_invalid_proposal, "a ReInit with an extension twice") {
  judge_lists(trial, {{ReInit{{9}, ProtocolVersion::mls10, kCipherSuite, {charter("a")}}}},
              {{ReInit{{9}, ProtocolVersion::mls10, kCipherSuite, {charter("a"), charter("b")}}}}, "occurs twice");
}

RULE("12.4.2", invalid_state, "a message for a group that a ReInit has ended") {
  Party party(3);
  const auto before = party[2].clone();
  const auto plain = Forger(party[1]).commit({});
  trial.accepts(receive(party[2], plain.message));
  Recipe recipe;
  recipe.proposals = {{ReInit{{9}, ProtocolVersion::mls10, kCipherSuite, {}}}};
  auto ended = need(receive(party[2], Forger(party[1]).commit(recipe).message));
  REQUIRE(ended.is_ended());
  trial.refuses(ended.protect(as_bytes("x"), {}, party.random));
  trial.refuses(ended.propose({remove_leaf(0)}, party.random));
  trial.refuses(ended.stage_commit({}, party.random));
  Forger late(ended);
  late.sender.leaf_index = LeafIndex(1);
  late.signing_key = party[1].signing_key().clone();
  late.leaf = *ended.tree().leaf(LeafIndex(1));
  trial.refuses(receive(ended, late.commit({}).message));
}

RULE("13.4", mls_invalid_proposal, "GroupContextExtensions with an extension twice") {
  judge_lists(trial, {{extensions({requirements(), charter("a")})}}, {{extensions({requirements(), charter("a"), charter("b")})}},
              "occurs twice");
}

RULE("12.1.7", mls_invalid_leaf, "GroupContextExtensions with an extension that not all members support") {
  judge_lists(trial, {{extensions({charter("a")})}}, {{extensions({charter("a"), {kUnheardOf, {}}})}}, "an extension of the group");
}

RULE("12.1.7", mls_invalid_leaf, "GroupContextExtensions that require what one member does not support") {
  Party::Config config;
  config.leaf = [](std::size_t index) {
    auto leaf = leaf_config("m" + std::to_string(index));
    if (index != 3) leaf.capabilities.extensions.push_back(kUnheardOf);
    return leaf;
  };
  Party party(4, config);
  const Proposal strict{extensions({to_extension({{kUnheardOf}, {}, {}})})};
  judge_lists(trial, party, {strict, {remove_leaf(3)}}, {strict, {remove_leaf(0)}}, "a required capability");
}

RULE("12.3", mls_invalid_leaf, "an Add of a client that lacks what GroupContextExtensions of the same commit require") {
  Party::Config config;
  config.leaf = [](std::size_t index) {
    auto leaf = leaf_config("m" + std::to_string(index));
    leaf.capabilities.extensions.push_back(kUnheardOf);
    return leaf;
  };
  Party party(3, config);
  const auto able = party.package(config.leaf(8)), unable = party.package("Dirk");
  const Proposal strict{extensions({to_extension({{kUnheardOf}, {}, {}})})};
  judge_lists(trial, party, {strict, {Add{able.key_package}}}, {strict, {Add{unable.key_package}}}, "a required capability");
}

RULE("12.1.7", mls_invalid_proposal, "GroupContextExtensions whose required capabilities are malformed") {
  judge_lists(trial, {{extensions({requirements()})}}, {{extensions({{ExtensionType::required_capabilities, {7}}})}},
              "the required capabilities");
}

RULE("12.1.7", mls_invalid_proposal, "GroupContextExtensions whose external senders are malformed") {
  judge_lists(trial, {{extensions({{ExtensionType::external_senders, {0}}})}},
              {{extensions({{ExtensionType::external_senders, {7}}})}}, "the external senders");
}

RULE("12.4", mls_unknown_proposal, "a commit that refers to a proposal never seen") {
  Party party(4);
  const Forger forger(party[1]);
  const auto known = Forger(party[3]).propose({remove_leaf(3)}), unknown = Forger(party[3]).propose({remove_leaf(0)});
  hear(party[2], known);
  const auto judge = [&](const Sent& sent) {
    Recipe recipe;
    recipe.references = {sent.referenced};
    return receive(party[2], forger.commit(recipe).message);
  };
  trial.judges(judge, known, unknown);
}

RULE("12.4", mls_unknown_proposal, "a commit with a reference cut short") {
  Party party(4);
  const Forger forger(party[1]);
  const auto sent = Forger(party[3]).propose({remove_leaf(3)});
  hear(party[2], sent);
  Recipe good, bad;
  good.references = {sent.referenced};
  bad = good;
  bad.references[0].ref.data.pop_back();
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit(good).message,
               forger.commit(bad).message);
}

RULE("12.2", mls_invalid_commit, "one proposal referred to twice") {
  Party party(4);
  const Forger forger(party[1]);
  const auto sent = Forger(party[3]).propose({remove_leaf(3)});
  hear(party[2], sent);
  Recipe good, bad;
  good.references = {sent.referenced};
  bad.references = {sent.referenced, sent.referenced};
  trial.judges([&](const Bytes& message) { return receive(party[2], message); }, forger.commit(good).message,
               forger.commit(bad).message, "changed twice");
}

RULE("12.1", mls_wrong_epoch, "a proposal of an earlier epoch") {
  Party party(4);
  const auto judge = [&](const Sent& sent) { return party[2].peek(sent.message); };
  const auto old = Forger(party[3]).propose({remove_leaf(0)});
  trial.accepts(judge(old));
  party.commit(1);
  trial.judges(judge, Forger(party[3]).propose({remove_leaf(0)}), old);
}

RULE("12.1", bad_signature, "a proposal that is signed by another key") {
  Party party(4);
  const Forger honest(party[3]);
  Forger liar(party[3]);
  liar.signing_key = party[1].signing_key().clone();
  trial.judges([&](const Sent& sent) { return party[2].peek(sent.message); }, honest.propose({remove_leaf(0)}),
               liar.propose({remove_leaf(0)}));
}

RULE("12.4", too_large, "a commit of more proposals than one may have") {
  Party party(4);
  const auto list = [](std::size_t count) {
    Proposals proposals;
    for (std::size_t i = 0; i < count; ++i) {
      auto id = psk_id(1);
      id.psk_nonce[0] = static_cast<std::uint8_t>(i);
      id.psk_nonce[1] = static_cast<std::uint8_t>(i >> 8);
      proposals.push_back({PreSharedKey{id}});
    }
    return proposals;
  };
  judge_lists(trial, party, list(ProposalOrRef::kListMax), list(ProposalOrRef::kListMax + 1));
}
