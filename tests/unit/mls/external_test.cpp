// Joining by an external commit, and joining again in place of a former leaf.
#include "world.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
World world_of_three() {
  World world;
  world.add("Anna", "Bram");
  world.add("Anna", "Cees");
  return world;
}

ExternalCommitParams joining_as(const std::string& name) {
  ExternalCommitParams params;
  params.leaf = leaf_config(name);
  return params;
}

PskLookup holding(const std::string& psk) {
  return [psk](const PreSharedKeyID&) -> std::optional<SecretBytes> { return SecretBytes::copy_of(as_bytes(psk)); };
}

// All members process the commit of `name`, who has joined by it.
void let_in(World& world, const std::string& name, ExternalJoin joined, const PskLookup& psks = {}) {
  world.members.erase(name);
  for (auto& [other, group] : world.members) {
    const auto opened = need(group.open(joined.commit_message));
    REQUIRE(opened.sender().sender_type == SenderType::new_member_commit);
    const auto preview = need(group.preview_commit(opened));
    REQUIRE(preview.committer == joined.next.own_leaf());
    group = stored_and_read(need(group.apply_commit(opened, preview, psks)));
  }
  world.members.emplace(name, stored_and_read(joined.next));
  world.require_agreement();
}
}  // namespace

TEST_CASE("a newcomer joins by an external commit and commits in turn") {
  auto world = world_of_three();
  for (const auto* name : {"Dirk", "Eva", "Finn"}) {
    const auto info = world.at("Bram").group_info({}, true, true);
    let_in(world, name,
           need(Group::external_commit(info, joining_as(name), crypto::SigningKey::generate(world.random), world.random)));
  }
  REQUIRE(world.members.size() == 6);
  world.commit("Eva", {});
  world.add("Dirk", "Gijs");
  CommitParams params;
  params.proposals = {{Remove{world.at("Anna").own_leaf()}}};
  world.commit("Finn", params);
}

TEST_CASE("a member who lost its state joins again, and its former leaf goes in the same commit") {
  auto world = world_of_three();
  const auto former = world.at("Bram").own_leaf();
  const auto key = world.at("Bram").signing_key().clone();
  auto params = joining_as("Bram");
  const auto info = world.at("Anna").group_info({}, true, true);
  // The device is still in the group under this key: without its removal it would be there twice.
  REQUIRE(code_of(Group::external_commit(info, params, key, world.random)) == ErrorCode::mls_invalid_leaf);
  params.former_leaf = former;
  auto joined = need(Group::external_commit(info, params, key, world.random));
  const auto preview = need(world.at("Cees").preview_commit(need(world.at("Cees").peek(joined.commit_message))));
  REQUIRE(preview.removed == std::vector{former});
  REQUIRE(joined.next.own_leaf() == former);  // the leftmost blank leaf
  let_in(world, "Bram", std::move(joined));
  REQUIRE(world.members.size() == 3);
  world.commit("Bram", {});
}

TEST_CASE("the tree may come beside the group info") {
  auto world = world_of_three();
  const auto info = world.at("Anna").group_info({}, false, true);
  auto params = joining_as("Dirk");
  const auto key = crypto::SigningKey::generate(world.random);
  REQUIRE(code_of(Group::external_commit(info, params, key, world.random)) == ErrorCode::mls_invalid_group_info);
  auto other = world.at("Anna").tree();
  other.remove(world.at("Cees").own_leaf());
  params.ratchet_tree = encoded(other);
  REQUIRE(code_of(Group::external_commit(info, params, key, world.random)) == ErrorCode::mls_invalid_tree);
  params.ratchet_tree = encoded(world.at("Anna").tree());
  let_in(world, "Dirk", need(Group::external_commit(info, params, key, world.random)));
}

TEST_CASE("an external commit may bring a pre-shared key") {
  auto world = world_of_three();
  auto params = joining_as("Dirk");
  params.psks = {external_psk_id(as_bytes("known to all"), world.random)};
  params.authenticated_data = to_bytes(as_bytes("hello"));
  const auto key = crypto::SigningKey::generate(world.random);
  const auto info = world.at("Anna").group_info({}, true, true);
  REQUIRE(code_of(Group::external_commit(info, params, key, world.random)) == ErrorCode::mls_missing_psk);
  auto joined = need(Group::external_commit(info, params, key, world.random, holding("secret")));
  const auto opened = need(world.at("Anna").peek(joined.commit_message));
  REQUIRE(as_text(opened.authenticated_data()) == "hello");
  REQUIRE(code_of(world.at("Anna").apply_commit(opened, holding("other"))) == ErrorCode::mls_bad_confirmation);
  let_in(world, "Dirk", std::move(joined), holding("secret"));
}

TEST_CASE("who would join from outside is told what is wrong with the group info") {
  auto world = world_of_three();
  const auto key = crypto::SigningKey::generate(world.random);
  const auto params = joining_as("Dirk");
  const auto code = [&](BytesView info, const ExternalCommitParams& with) {
    return code_of(Group::external_commit(info, with, key, world.random));
  };
  const auto info = world.at("Anna").group_info({}, true, true);
  need(Group::external_commit(info, params, key, world.random));
  REQUIRE(code(world.at("Anna").group_info({}, true, false), params) == ErrorCode::mls_invalid_group_info);
  REQUIRE(code(world.package("Dirk").key_package.message(), params) == ErrorCode::malformed);
  auto tampered = info;
  tampered.back() ^= 1;
  REQUIRE(code(tampered, params) == ErrorCode::mls_invalid_group_info);

  auto lone = params;
  lone.former_leaf = LeafIndex(3);
  REQUIRE(code(info, lone) == ErrorCode::mls_invalid_proposal);
  auto unfit = params;
  unfit.leaf.capabilities.extensions.clear();
  REQUIRE(code(info, unfit) == ErrorCode::mls_invalid_leaf);

  // Other keys than external_pub's own form, signed again by the member.
  for (const auto& data : {Bytes(32, 9), Bytes{}, encoded(HPKEPublicKey()), encoded(Bytes(32, 0))}) {
    const auto bad = world.at("Anna").group_info({{ExtensionType::external_pub, data}}, true, false);
    REQUIRE(code(bad, params) == ErrorCode::mls_invalid_group_info);
  }
}

TEST_CASE("an external commit that breaks a rule is refused by the members") {
  auto world = world_of_three();
  auto& anna = world.at("Anna");
  const auto bram = world.at("Bram").own_leaf();
  auto params = joining_as("Bram");
  params.former_leaf = bram;
  const auto joined =
      need(Group::external_commit(anna.group_info({}, true, true), params, world.at("Bram").signing_key(), world.random));
  const auto opened = need(anna.peek(joined.commit_message));
  need(anna.apply_commit(opened));
  const auto& sender = opened.sender();
  const auto with = [&](auto&& change) {
    auto changed = opened;
    change(changed);
    return code_of(anna.preview_commit(changed));
  };
  REQUIRE(with([](Opened& it) { it.proposals.erase(it.proposals.begin()); }) == ErrorCode::mls_invalid_commit);
  REQUIRE(with([](Opened& it) { it.proposals.push_back(it.proposals[0]); }) == ErrorCode::mls_invalid_commit);
  REQUIRE(with([](Opened& it) { it.proposals[1].by_reference = true; }) == ErrorCode::mls_invalid_commit);
  REQUIRE(with([&](Opened& it) {
            it.proposals.push_back({{Remove{LeafIndex(2)}}, sender, false});
          }) == ErrorCode::mls_invalid_commit);
  const auto package = world.package("Dirk").key_package;
  REQUIRE(with([&](Opened& it) { it.proposals.push_back({{Add{package}}, sender, false}); }) == ErrorCode::mls_invalid_commit);
  REQUIRE(with([](Opened& it) { std::get<Commit>(it.message.content.content).path.reset(); }) == ErrorCode::mls_path_required);
  REQUIRE(with([&](Opened& it) {
            auto& leaf = std::get<Commit>(it.message.content.content).path->leaf_node;
            leaf.encryption_key = world.at("Bram").own_leaf_node().encryption_key;
            leaf.sign(world.at("Bram").signing_key(), {anna.group_id(), bram});
          }) == ErrorCode::mls_invalid_leaf);
}
