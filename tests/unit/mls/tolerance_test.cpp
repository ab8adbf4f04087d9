// What is unknown is tolerated (GREASE), what is required is required, what has run out is told.
#include "muistio/mls/grease.hpp"
#include "world.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
KeyPackagePrivate package_of(World& world, LeafConfig config) {
  return need(generate_key_package(config, crypto::SigningKey::generate(world.random), world.random));
}
}  // namespace

TEST_CASE("the values of GREASE are the fifteen of the RFC") {
  int count = 0;
  for (std::uint32_t value = 0; value <= 0xffff; ++value) count += is_grease(static_cast<std::uint16_t>(value)) ? 1 : 0;
  REQUIRE(count == 15);
  REQUIRE(is_grease(0x0a0a));
  REQUIRE(is_grease(0xeaea));
  REQUIRE_FALSE(is_grease(0xfafa));
  RepeatableRandom random(3);
  std::set<std::uint16_t> drawn;
  for (int i = 0; i < 500; ++i) {
    const auto value = grease_value(random);
    REQUIRE(is_grease(value));
    drawn.insert(value);
  }
  REQUIRE(drawn.size() == 15);
}

TEST_CASE("members with GREASE in their leaves, key packages and group infos go through a group's whole life") {
  World world;
  for (const auto* name : {"Bram", "Cees", "Dirk"}) {
    auto config = leaf_config(name);
    add_grease(config, world.random);
    const auto package = package_of(world, config);
    CommitParams params;
    params.proposals = {{Add{package.key_package}}};
    params.group_info_extensions = [&](const Group&, std::span<const KeyPackageRef>, BytesView) -> Result<std::vector<Extension>> {
      return std::vector{grease_extension(world.random)};
    };
    world.commit("Anna", params, {{name, &package}});
    const auto& leaf = world.at(name).own_leaf_node();
    REQUIRE(leaf.extensions.size() == 1);
    REQUIRE(is_grease(static_cast<std::uint16_t>(leaf.extensions[0].extension_type)));
  }
  world.commit("Cees", {});
  REQUIRE(world.at("Anna").tree().leaf(world.at("Cees").own_leaf())->extensions.size() == 1);
  ExternalCommitParams params;
  params.leaf = leaf_config("Eva");
  add_grease(params.leaf, world.random);
  const auto info = world.at("Dirk").group_info({grease_extension(world.random)}, true, true);
  const auto joined = need(Group::external_commit(info, params, crypto::SigningKey::generate(world.random), world.random));
  const auto next = need(world.at("Anna").apply_commit(need(world.at("Anna").open(joined.commit_message))));
  REQUIRE(equal(next.epoch_authenticator(), joined.next.epoch_authenticator()));
}

TEST_CASE("an unknown extension in a leaf must be listed there, and one of the group be known to all") {
  World world;
  auto config = leaf_config("Bram");
  config.extensions = {grease_extension(world.random)};
  REQUIRE(code_of(generate_key_package(config, crypto::SigningKey::generate(world.random), world.random)) ==
          ErrorCode::mls_invalid_leaf);
  world.add("Anna", "Bram");
  CommitParams params;
  params.proposals = {{GroupContextExtensions{{requirements(), charter("x"), grease_extension(world.random)}}}};
  REQUIRE(code_of(world.at("Anna").stage_commit(params, world.random)) == ErrorCode::mls_invalid_leaf);
}

TEST_CASE("what a group comes to require, every member must have, and newcomers too") {
  World world;
  const auto extra = static_cast<ExtensionType>(0xF0C1);
  const auto able = [&](const std::string& name) {
    auto config = leaf_config(name);
    config.capabilities.extensions.push_back(extra);
    config.capabilities.credentials.push_back(CredentialType::x509);
    return config;
  };
  const auto bram = package_of(world, able("Bram"));
  CommitParams add;
  add.proposals = {{Add{bram.key_package}}};
  world.commit("Anna", add, {{"Bram", &bram}});
  for (const auto& required :
       {RequiredCapabilities{{kCharter, extra}, {}, {}}, RequiredCapabilities{{}, {}, {CredentialType::x509}},
        RequiredCapabilities{{}, {static_cast<ProposalType>(0xF0C1)}, {}}}) {
    CommitParams params;
    params.proposals = {{GroupContextExtensions{{to_extension(required), charter("x")}}}};
    REQUIRE(code_of(world.at("Bram").stage_commit(params, world.random)) == ErrorCode::mls_invalid_leaf);  // Anna lacks it
  }
  CommitParams params;
  params.proposals = {{Remove{world.at("Anna").own_leaf()}}};
  world.commit("Bram", params);
  params.proposals = {{GroupContextExtensions{{to_extension({{kCharter, extra}, {}, {CredentialType::x509}}), charter("x")}}}};
  world.commit("Bram", params);
  const auto plain = world.package("Cees");
  params.proposals = {{Add{plain.key_package}}};
  REQUIRE(code_of(world.at("Bram").stage_commit(params, world.random)) == ErrorCode::mls_invalid_leaf);
  const auto fit = package_of(world, able("Cees"));
  params.proposals = {{Add{fit.key_package}}};
  world.commit("Bram", params, {{"Cees", &fit}});
}

TEST_CASE("who admits can tell which leaves have run out: a group goes on with them") {
  World world;
  world.add("Anna", "Bram");
  const auto leaf_of = [&](const std::string& name) { return *world.at("Anna").tree().leaf(world.at(name).own_leaf()); };
  const WallMs within(1'700'000'001'000), after(1'800'000'000'000);
  REQUIRE(leaf_of("Bram").check_lifetime(within));
  REQUIRE(code_of(leaf_of("Bram").check_lifetime(after)) == ErrorCode::mls_invalid_leaf);
  REQUIRE(leaf_of("Anna").check_lifetime(after));  // made by a commit: it has no lifetime
  auto config = leaf_config("Cees");
  config.lifetime = {0, 1};  // long past
  const auto package = package_of(world, config);
  REQUIRE(code_of(package.key_package.validate(within)) == ErrorCode::mls_invalid_key_package);
  CommitParams params;
  params.proposals = {{Add{package.key_package}}};
  world.commit("Anna", params, {{"Cees", &package}});
  REQUIRE(code_of(leaf_of("Cees").check_lifetime(within)) == ErrorCode::mls_invalid_leaf);
}
