// What a commit may not do. A member who breaks a rule is played by changing what another opened, after its signature was checked.
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

CommittedProposal by(LeafIndex leaf, Proposal proposal) { return {std::move(proposal), {SenderType::member, leaf, 0}, false}; }

// What Cees says of a commit by Anna that carries `proposals`; its path is that of an empty commit.
ErrorCode judged(World& world, std::vector<CommittedProposal> proposals) {
  auto staged = need(world.at("Anna").stage_commit({}, world.random));
  auto opened = need(world.at("Cees").open(staged.commit_message));
  opened.proposals = std::move(proposals);
  return code_of(world.at("Cees").preview_commit(opened));
}
}  // namespace

TEST_CASE("a list of proposals that breaks a rule of RFC 9420 12.2 is refused by who makes it and who gets it") {
  auto world = world_of_three();
  const auto anna = world.at("Anna").own_leaf();
  const auto bram = world.at("Bram").own_leaf();
  const auto package = world.package("Dirk");
  auto update_leaf = world.at("Bram").own_leaf_node();
  update_leaf.leaf_node_source = LeafNodeSource::update;
  update_leaf.encryption_key = HPKEPublicKey(crypto::X25519PrivateKey::generate(world.random).public_key());
  update_leaf.sign(world.at("Bram").signing_key(), {world.at("Bram").group_id(), bram});
  PreSharedKeyID psk;
  psk.psk_nonce = Bytes(32, 1);
  auto short_nonce = psk;
  short_nonce.psk_nonce.pop_back();
  auto branch = psk;
  branch.psktype = PSKType::resumption;
  branch.usage = ResumptionPSKUsage::branch;
  const GroupContextExtensions extensions{{requirements(), charter("x")}};
  using List = std::vector<CommittedProposal>;

  REQUIRE(judged(world, List{by(anna, {Remove{anna}})}) == ErrorCode::mls_invalid_commit);
  REQUIRE(judged(world, List{by(anna, {Remove{LeafIndex(3)}})}) == ErrorCode::mls_invalid_proposal);
  REQUIRE(judged(world, List{by(anna, {Remove{LeafIndex(4000000000U)}})}) == ErrorCode::mls_invalid_proposal);
  REQUIRE(judged(world, List{by(anna, {Remove{bram}}), by(anna, {Remove{bram}})}) == ErrorCode::mls_invalid_commit);
  REQUIRE(judged(world, List{by(bram, {Update{update_leaf}}), by(anna, {Remove{bram}})}) == ErrorCode::mls_invalid_commit);
  REQUIRE(judged(world, List{by(anna, {Update{update_leaf}})}) == ErrorCode::mls_invalid_commit);
  REQUIRE(judged(world, List{by(anna, {extensions}), by(anna, {extensions})}) == ErrorCode::mls_invalid_commit);
  REQUIRE(judged(world, List{by(anna, {ExternalInit{Bytes(32, 9)}})}) == ErrorCode::mls_invalid_commit);
  REQUIRE(judged(world, List{by(anna, {ReInit{}}), by(anna, {Remove{bram}})}) == ErrorCode::mls_invalid_commit);
  REQUIRE(judged(world, List{by(anna, {PreSharedKey{psk}}), by(anna, {PreSharedKey{psk}})}) == ErrorCode::mls_invalid_commit);
  REQUIRE(judged(world, List{by(anna, {PreSharedKey{short_nonce}})}) == ErrorCode::mls_invalid_proposal);
  REQUIRE(judged(world, List{by(anna, {PreSharedKey{branch}})}) == ErrorCode::mls_invalid_proposal);
  REQUIRE(judged(world, List{by(anna, {Add{package.key_package}}), by(anna, {Add{package.key_package}})}) ==
          ErrorCode::mls_invalid_leaf);

  auto bad_signature = package.key_package;
  bad_signature.signature[3] ^= 1;
  REQUIRE(judged(world, List{by(anna, {Add{bad_signature}})}) == ErrorCode::mls_invalid_key_package);
  auto kept_key = update_leaf;
  kept_key.encryption_key = world.at("Bram").own_leaf_node().encryption_key;
  kept_key.sign(world.at("Bram").signing_key(), {world.at("Bram").group_id(), bram});
  REQUIRE(judged(world, List{by(bram, {Update{kept_key}})}) == ErrorCode::mls_invalid_leaf);
  auto elsewhere = update_leaf;
  elsewhere.sign(world.at("Bram").signing_key(), {world.at("Bram").group_id(), anna});
  REQUIRE(judged(world, List{by(bram, {Update{elsewhere}})}) == ErrorCode::mls_invalid_leaf);
  REQUIRE(judged(world, List{by(anna, {GroupContextExtensions{{charter("a"), charter("b")}}})}) == ErrorCode::mls_invalid_proposal);
  REQUIRE(judged(world, List{by(anna, {GroupContextExtensions{{{static_cast<ExtensionType>(0xF0FF), {}}}}})}) ==
          ErrorCode::mls_invalid_leaf);

  CommitParams params;
  params.proposals = {{Remove{anna}}};
  REQUIRE(code_of(world.at("Anna").stage_commit(params, world.random)) == ErrorCode::mls_invalid_commit);
  params.proposals = {{Remove{bram}}};
  params.with_path = false;
  REQUIRE(code_of(world.at("Anna").stage_commit(params, world.random)) == ErrorCode::mls_path_required);
}

TEST_CASE("a newcomer who does not know the group's extensions is not added") {
  auto world = world_of_three();
  auto config = leaf_config("Dirk");
  config.capabilities.extensions.clear();
  const auto package = need(generate_key_package(config, crypto::SigningKey::generate(world.random), world.random));
  CommitParams params;
  params.proposals = {{Add{package.key_package}}};
  REQUIRE(code_of(world.at("Anna").stage_commit(params, world.random)) == ErrorCode::mls_invalid_leaf);
}

TEST_CASE("a device that is in the group is added again only with its removal") {
  auto world = world_of_three();
  const auto key = world.at("Bram").signing_key().clone();
  const auto package = need(generate_key_package(leaf_config("Bram"), key, world.random));
  CommitParams params;
  params.proposals = {{Add{package.key_package}}};
  REQUIRE(code_of(world.at("Anna").stage_commit(params, world.random)) == ErrorCode::mls_invalid_leaf);
  params.proposals.push_back({Remove{world.at("Bram").own_leaf()}});
  world.commit("Anna", params, {{"Bram", &package}});
  REQUIRE(world.members.size() == 3);
}

TEST_CASE("each way to falsify a commit's path has its own error") {
  auto world = world_of_three();
  const auto staged = need(world.at("Anna").stage_commit({}, world.random));
  auto& cees = world.at("Cees");
  const auto opened = need(cees.open(staged.commit_message));
  const auto with = [&](auto&& change) {
    auto changed = opened;
    change(std::get<Commit>(changed.message.content.content), changed);
    return code_of(cees.apply_commit(changed));
  };
  // A ciphertext garbled for Cees: the only error that must freeze rather than skip.
  REQUIRE(with([](Commit& commit, Opened&) { commit.path->nodes.back().encrypted_path_secret.back().ciphertext[0] ^= 1; }) ==
          ErrorCode::mls_path_decryption);
  REQUIRE(with([](Commit& commit, Opened&) { commit.path->nodes.back().encryption_key.data[0] ^= 1; }) ==
          ErrorCode::mls_invalid_path);
  REQUIRE(with([](Commit& commit, Opened&) { commit.path->nodes.pop_back(); }) == ErrorCode::mls_invalid_path);
  REQUIRE(with([](Commit& commit, Opened&) { commit.path->nodes.back().encrypted_path_secret.pop_back(); }) ==
          ErrorCode::mls_invalid_path);
  REQUIRE(with([](Commit& commit, Opened&) { commit.path->leaf_node.parent_hash[0] ^= 1; }) == ErrorCode::mls_invalid_path);
  REQUIRE(with([](Commit& commit, Opened&) { commit.path->leaf_node.signature[0] ^= 1; }) == ErrorCode::mls_invalid_leaf);
  REQUIRE(with([](Commit& commit, Opened&) { commit.path->leaf_node.leaf_node_source = LeafNodeSource::update; }) ==
          ErrorCode::mls_invalid_leaf);
  REQUIRE(with([](Commit& commit, Opened&) { commit.path.reset(); }) == ErrorCode::mls_path_required);
  REQUIRE(with([](Commit&, Opened& message) { message.message.auth.confirmation_tag[0] ^= 1; }) == ErrorCode::mls_bad_confirmation);
  REQUIRE(with([](Commit&, Opened& message) { message.message.auth.signature[0] ^= 1; }) == ErrorCode::mls_bad_confirmation);
  need(cees.apply_commit(opened));
}

TEST_CASE("a public key of small order is no key: not in a key package, not in a leaf, not in a path") {
  World world;
  const auto package = world.package("Bram");
  // The points of small order and those encodings of them that are not reduced (RFC 7748 6.1, with p = 2^255 - 19).
  Bytes zero(32, 0), one(32, 0), p(32, 0xff);
  one[0] = 1;
  p[0] = 0xed;
  p[31] = 0x7f;
  std::vector<Bytes> keys{zero, one, p};
  for (std::uint8_t low : {0xec, 0xee}) {
    keys.push_back(p);
    keys.back()[0] = low;
  }
  for (std::size_t i = 0, count = keys.size(); i < count; ++i) {
    keys.push_back(keys[i]);
    keys.back()[31] |= 0x80;  // a bit that X25519 does not look at
  }
  REQUIRE(package.key_package.init_key.x25519());
  for (const auto& bytes : keys) {
    HPKEPublicKey key;
    key.data = bytes;
    REQUIRE(code_of(key.x25519()) == ErrorCode::bad_public_key);
    auto changed = package.key_package;
    changed.init_key = key;
    const auto status = changed.validate();
    REQUIRE_FALSE(status);
    REQUIRE(status.error().detail == "the init key");
    auto leaf = package.key_package.leaf_node;
    leaf.encryption_key = key;
    REQUIRE(code_of(leaf.check_contents({})) == ErrorCode::mls_invalid_leaf);
  }
  auto three = world_of_three();
  auto staged = need(three.at("Anna").stage_commit({}, three.random));
  auto opened = need(three.at("Cees").open(staged.commit_message));
  REQUIRE(three.at("Cees").preview_commit(opened));
  auto& path = *std::get<Commit>(opened.message.content.content).path;
  path.nodes.front().encryption_key.data = zero;
  REQUIRE(code_of(three.at("Cees").preview_commit(opened)) == ErrorCode::mls_invalid_path);
}

TEST_CASE("a message that is only peeked at uses nothing up") {
  auto world = world_of_three();
  auto staged = need(world.at("Anna").stage_commit({}, world.random));
  auto& cees = world.at("Cees");
  REQUIRE(cees.peek(staged.commit_message));
  REQUIRE(cees.peek(staged.commit_message));
  REQUIRE(cees.open(staged.commit_message));
  REQUIRE(code_of(cees.open(staged.commit_message)) == ErrorCode::mls_secret_consumed);
  REQUIRE(code_of(cees.peek(staged.commit_message)) == ErrorCode::mls_secret_consumed);
}
