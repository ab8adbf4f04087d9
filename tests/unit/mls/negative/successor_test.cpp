// Groups that succeed another (RFC 9420 §11.2, §11.3), and GroupInfos for those who join by themselves (§12.4.3, §12.4.3.2).
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
const Bytes kNextId{9};

// A club of three, and its member 2 who is let into a group that succeeds it by a founder who keeps no rules.
struct Succession {
  explicit Succession(ResumptionPSKUsage usage, std::vector<std::string> others = {"m1"}, std::string founder_name = "m0") {
    former.emplace(former_party[2].clone());
    if (usage == ResumptionPSKUsage::reinit) {
      Recipe ending;
      ending.proposals = {{ReInit{kNextId, ProtocolVersion::mls10, kCipherSuite, {charter("next")}}}};
      former.emplace(need(receive(former_party[2], Forger(former_party[1]).commit(ending).message)));
    }
    GroupConfig config;
    config.group_id = kNextId;
    config.extensions = {charter("next")};
    config.leaf = leaf_config(founder_name);
    founder.emplace(need(Group::create(config, crypto::SigningKey::generate(former_party.random), former_party.random)));
    Recipe recipe;
    for (const auto& name : others) {
      packages.push_back(former_party.package(name));
      recipe.proposals.push_back({Add{packages.back().key_package}});
    }
    invitation.emplace(*founder, own, std::move(recipe));
    lineage.psktype = PSKType::resumption;
    lineage.usage = usage;
    lineage.psk_group_id = to_bytes(former->group_id());
    lineage.psk_epoch = former->epoch();
    lineage.psk_nonce = Bytes(kHashBytes, 3);
    psk.emplace(need(former->resumption_psk(former->epoch())));
  }
  WelcomeRecipe recipe(const Change<PreSharedKeyID>& change = {}) const {
    WelcomeRecipe made;
    made.psk_ids = {lineage};
    if (change) change(made.psk_ids[0]);
    made.psks = [this](const PreSharedKeyID&) { return psk->clone(); };
    return made;
  }
  Result<Joined> judge(const WelcomeRecipe& welcome) const {
    return former->join_successor(invitation->welcome(welcome), own, std::nullopt,
                                  [this](const PreSharedKeyID&) { return psk->clone(); });
  }
  void judge_context(Trial& trial, Change<GroupContext> change, std::string_view because) {
    auto bad = recipe();
    bad.context = std::move(change);
    trial.accepts(judge(recipe()));
    trial.refuses(judge(bad), because);
  }

  Party former_party{3};
  KeyPackagePrivate own = former_party.package("m2");
  std::vector<KeyPackagePrivate> packages;
  std::optional<Group> former;
  std::optional<Group> founder;
  std::optional<Invitation> invitation;
  PreSharedKeyID lineage;
  std::optional<SecretBytes> psk;
};

// The same with another founding, which only one thing sets apart.
void judge_two(Trial& trial, const Succession& good, const Succession& bad, std::string_view because) {
  trial.accepts(good.judge(good.recipe()));
  trial.refuses(bad.judge(bad.recipe()), because);
}
}  // namespace

RULE("11.3", mls_invalid_group_info, "a branch that is joined without the group it branches off") {
  const Succession branch(ResumptionPSKUsage::branch);
  const auto welcome = branch.invitation->welcome(branch.recipe());
  trial.accepts(branch.judge(branch.recipe()));
  trial.refuses(Group::join(welcome, branch.own, std::nullopt, [&](const PreSharedKeyID&) { return branch.psk->clone(); }),
                "without the former one");
}

RULE("11.3", mls_invalid_group_info, "a group that is joined as a branch and names no PSK of the group it branches off") {
  const Succession branch(ResumptionPSKUsage::branch);
  trial.accepts(branch.judge(branch.recipe()));
  trial.refuses(branch.judge(branch.recipe([](PreSharedKeyID& id) { id.usage = ResumptionPSKUsage::application; })),
                "not a successor");
}

RULE("11.3", mls_invalid_group_info, "a branch that is past its first epoch") {
  Succession branch(ResumptionPSKUsage::branch);
  branch.judge_context(
      trial, [](GroupContext& context) { context.epoch = Epoch(2); }, "past its first epoch");
}

RULE("11.3", mls_invalid_group_info, "a branch of another group") {
  const Succession branch(ResumptionPSKUsage::branch);
  trial.accepts(branch.judge(branch.recipe()));
  trial.refuses(branch.judge(branch.recipe([](PreSharedKeyID& id) { id.psk_group_id.push_back(1); })),
                "a successor of another group");
}

RULE("11.3", mls_invalid_group_info, "a branch with somebody who was not in the group") {
  judge_two(trial, Succession(ResumptionPSKUsage::branch), Succession(ResumptionPSKUsage::branch, {"stranger"}),
            "who was not in the former");
}

RULE("11.2", mls_invalid_group_info, "a group that is past its first epoch in place of the one that ended") {
  Succession next(ResumptionPSKUsage::reinit);
  next.judge_context(
      trial, [](GroupContext& context) { context.epoch = Epoch(2); }, "past its first epoch");
}

RULE("11.2", mls_invalid_group_info, "a group under another id than the ReInit's") {
  Succession next(ResumptionPSKUsage::reinit);
  // The founder's leaf and the others' are of key packages, which no group id is part of; the founder's path has signed it.
  const Succession good(ResumptionPSKUsage::reinit);
  trial.accepts(good.judge(good.recipe()));
  auto elsewhere = kNextId;
  elsewhere.push_back(1);
  next.invitation->context.group_id = elsewhere;
  LooseTree tree(next.invitation->tree);
  tree.leaf(0).sign(next.invitation->signing_key, {elsewhere, LeafIndex(0)});
  next.invitation->tree = tree.tree();
  trial.refuses(next.judge(next.recipe()), "unlike the one that the ReInit announced");
}

RULE("11.2", mls_invalid_group_info, "a group with other extensions than the ReInit's") {
  Succession next(ResumptionPSKUsage::reinit);
  next.judge_context(
      trial, [](GroupContext& context) { context.extensions = {charter("other")}; }, "unlike the one");
}

RULE("11.2", mls_invalid_group_info, "a group that names the PSK of another epoch than the one that the ReInit began") {
  const Succession next(ResumptionPSKUsage::reinit);
  trial.accepts(next.judge(next.recipe()));
  auto bad = next.recipe([&](PreSharedKeyID& id) { id.psk_epoch = next.former_party.members[2].epoch(); });
  bad.psks = [&](const PreSharedKeyID& id) { return need(next.former->resumption_psk(id.psk_epoch)); };
  trial.refuses(next.judge(bad), "that the ReInit announced");
}

RULE("11.2", mls_invalid_group_info, "a group that says to follow a ReInit which was never committed") {
  const Succession good(ResumptionPSKUsage::reinit);
  Succession bad(ResumptionPSKUsage::branch);
  bad.lineage.usage = ResumptionPSKUsage::reinit;
  judge_two(trial, good, bad, "that the ReInit announced");
}

RULE("11.2", mls_invalid_group_info, "a group in place of the ended one that lacks a member") {
  judge_two(trial, Succession(ResumptionPSKUsage::reinit), Succession(ResumptionPSKUsage::reinit, {}), "is missing");
}

RULE("11.2", mls_invalid_group_info, "a group in place of the ended one with somebody who was not in it") {
  judge_two(trial, Succession(ResumptionPSKUsage::reinit), Succession(ResumptionPSKUsage::reinit, {"m1", "stranger"}),
            "who was not in the former");
}

namespace {
// Dirk judges the GroupInfo by which he would join by himself.
struct Entering {
  Party party{3};
  Forger inside{party[0]};
  crypto::SigningKey key = crypto::SigningKey::generate(party.random);
  GroupInfo info() { return std::get<GroupInfo>(need(decoded<MLSMessage>(party[0].group_info({}, true, true))).content); }
  Result<ExternalJoin> judge(const GroupInfo& info) {
    ExternalCommitParams params;
    params.leaf = leaf_config("Dirk");
    return Group::external_commit(to_message(info), params, key, party.random);
  }
  void judge(Trial& trial, const Change<GroupInfo>& change, std::string_view because = {}) {
    auto bad = info();
    change(bad);
    bad.sign(party[0].signing_key());
    trial.judges([&](const GroupInfo& one) { return judge(one); }, info(), bad, because);
  }
};
}  // namespace

RULE("12.4.3", mls_invalid_group_info, "a group info for joining by oneself that another member signed") {
  Entering entering;
  auto bad = entering.info();
  bad.sign(entering.party[1].signing_key());
  trial.judges([&](const GroupInfo& info) { return entering.judge(info); }, entering.info(), bad, "the signature");
}

RULE("12.4.3.2", mls_invalid_group_info, "a group info for joining by oneself without external_pub") {
  Entering entering;
  entering.judge(trial, [](GroupInfo& info) {
    std::erase_if(info.extensions,
                  [](const Extension& extension) { return extension.extension_type == ExtensionType::external_pub; });
  });
}

RULE("12.4.3.2", mls_invalid_group_info, "a group info for joining by oneself whose external_pub is of small order") {
  Entering entering;
  entering.judge(trial, [](GroupInfo& info) {
    for (auto& extension : info.extensions)
      if (extension.extension_type == ExtensionType::external_pub) extension.extension_data = encoded(key_of(Bytes(32, 0)));
  });
}

RULE("12.4.3.2", mls_invalid_tree, "a group info for joining by oneself whose tree hash is not its tree's") {
  Entering entering;
  entering.judge(
      trial, [](GroupInfo& info) { info.group_context.tree_hash[0] ^= 1; }, "the tree hash");
}

RULE("13.4", mls_invalid_leaf, "a group to join by oneself with an extension that the newcomer does not support") {
  Entering entering;
  auto config = leaf_config("Dirk");
  const auto judge = [&](const LeafConfig& leaf) {
    ExternalCommitParams params;
    params.leaf = leaf;
    return Group::external_commit(to_message(entering.info()), params, entering.key, entering.party.random);
  };
  auto unable = config;
  unable.capabilities.extensions.clear();
  trial.judges(judge, config, unable);
}
