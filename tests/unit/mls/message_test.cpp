#include "muistio/mls/message_protection.hpp"
#include "world.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
World world_of_two() {
  World world;
  world.add("Anna", "Bram");
  return world;
}

bool contains(BytesView haystack, BytesView needle) {
  return std::search(haystack.begin(), haystack.end(), needle.begin(), needle.end()) != haystack.end();
}
}  // namespace

TEST_CASE("application messages that come out of order are read, each once, also after the group was stored") {
  auto world = world_of_two();
  std::vector<Bytes> messages;
  for (int i = 0; i < 6; ++i)
    messages.push_back(need(world.at("Anna").protect(as_bytes("message " + std::to_string(i)), as_bytes("aad"), world.random)));
  auto& bram = world.at("Bram");
  for (int i : {3, 0, 5, 1, 4, 2}) {
    const auto opened = need(bram.open(messages[i]));
    REQUIRE(as_text(*opened.application_data()) == "message " + std::to_string(i));
    REQUIRE(as_text(opened.authenticated_data()) == "aad");
    REQUIRE(opened.sender().leaf_index == world.at("Anna").own_leaf());
    bram = stored_and_read(bram);
    REQUIRE(code_of(bram.open(messages[i])) == ErrorCode::mls_secret_consumed);
  }
}

TEST_CASE("a message too far ahead is refused, and what comes too late after many others too") {
  auto world = world_of_two();
  std::vector<Bytes> messages;
  for (std::uint32_t i = 0; i < kGenerationsAheadMax + 2; ++i)
    messages.push_back(need(world.at("Anna").protect({}, {}, world.random)));
  auto& bram = world.at("Bram");
  REQUIRE(code_of(bram.open(messages.back())) == ErrorCode::mls_secret_consumed);
  need(bram.open(messages[kGenerationsAheadMax]));
  REQUIRE(code_of(bram.open(messages[0])) == ErrorCode::mls_secret_consumed);
  need(bram.open(messages[kGenerationsAheadMax - kSkippedKeysMax]));
  need(bram.open(messages.back()));
}

TEST_CASE("a device does not read its own messages") {
  auto world = world_of_two();
  const auto message = need(world.at("Anna").protect(as_bytes("x"), {}, world.random));
  REQUIRE_FALSE(world.at("Anna").open(message).has_value());
}

TEST_CASE("a private or public message with any byte changed is refused and changes nothing") {
  for (const bool is_private : {true, false}) {
    auto world = world_of_two();
    CommitParams params;
    params.private_message = is_private;
    const auto staged = need(world.at("Anna").stage_commit(params, world.random));
    auto& bram = world.at("Bram");
    const auto before = bram.serialize();
    for (std::size_t i = 0; i < staged.commit_message.size(); ++i) {
      auto tampered = staged.commit_message;
      tampered[i] ^= static_cast<std::uint8_t>(1 + i % 255);
      REQUIRE_FALSE(bram.open(tampered).has_value());
    }
    for (std::size_t size = 0; size < staged.commit_message.size(); size += 7)
      REQUIRE_FALSE(bram.open(BytesView(staged.commit_message).first(size)).has_value());
    auto longer = staged.commit_message;
    longer.push_back(0);
    REQUIRE(code_of(bram.open(longer)) == ErrorCode::malformed);
    // Secrets of the tree may have been derived, none was used up: the true message is read.
    const auto next = need(bram.apply_commit(need(bram.open(staged.commit_message))));
    REQUIRE(equal(next.epoch_authenticator(), staged.next.epoch_authenticator()));
    REQUIRE(before.size() > 0);
  }
}

TEST_CASE("messages of another group and of another epoch are told apart") {
  auto world = world_of_two();
  const auto old = need(world.at("Anna").protect(as_bytes("old"), {}, world.random));
  world.commit("Anna", {});
  REQUIRE(code_of(world.at("Bram").open(old)) == ErrorCode::mls_wrong_epoch);
  GroupConfig config;
  config.group_id = to_bytes(as_bytes("another"));
  config.leaf = leaf_config("Anna");
  auto other = need(Group::create(config, crypto::SigningKey::generate(world.random), world.random));
  REQUIRE(code_of(world.at("Bram").open(need(other.protect({}, {}, world.random)))) == ErrorCode::mls_wrong_group);
}

TEST_CASE("a secret tree keeps no secret that could yield a key that was used") {
  Secret<32> root_secret;
  RepeatableRandom(5).fill(root_secret.expose_mutable());
  SecretTree tree(LeafCount(8), root_secret.clone());
  REQUIRE(contains(encoded(tree), root_secret.expose()));
  const auto left = expand_with_label(root_secret.expose(), "tree", as_bytes("left"));
  const auto right = expand_with_label(root_secret.expose(), "tree", as_bytes("right"));
  auto claim = need(tree.claim(LeafIndex(2), SecretTree::Kind::application, 3));
  const auto used = claim.key.key.clone();
  tree.consume(std::move(claim));
  const auto stored = encoded(tree);
  REQUIRE_FALSE(contains(stored, root_secret.expose()));
  REQUIRE_FALSE(contains(stored, left.expose()));
  REQUIRE(contains(stored, right.expose()));
  REQUIRE_FALSE(contains(stored, used.expose()));
  auto read = need(decoded<SecretTree>(stored));
  REQUIRE(code_of(read.claim(LeafIndex(2), SecretTree::Kind::application, 3)) == ErrorCode::mls_secret_consumed);
  need(read.claim(LeafIndex(2), SecretTree::Kind::application, 1));
  REQUIRE(code_of(read.claim(LeafIndex(8), SecretTree::Kind::application, 0)) == ErrorCode::mls_invalid_sender);
}

TEST_CASE("padding hides small lengths and grows by little") {
  for (std::size_t size = 0; size <= 256; ++size) REQUIRE(size + padding_for(size) == 256);
  for (std::size_t size : {257UL, 1000UL, 5000UL, 100000UL}) REQUIRE(padding_for(size) * 8 <= size);
}
