#include "world.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

TEST_CASE("a key package is refused with any byte changed") {
  World world;
  const auto message = world.package("Bram").key_package.message();
  need(need(parse_key_package(message)).validate(WallMs(1'700'000'001'000)));
  for (std::size_t i = 0; i < message.size(); ++i) {
    auto tampered = message;
    tampered[i] ^= 1;
    auto parsed = parse_key_package(tampered);
    REQUIRE_FALSE((parsed && parsed->validate()));
  }
}

TEST_CASE("a key package counts within its lifetime only, and may not claim a long one") {
  World world;
  const auto package = world.package("Bram").key_package;
  REQUIRE(code_of(package.validate(WallMs(1'699'999'999'999))) == ErrorCode::mls_invalid_key_package);
  REQUIRE(code_of(package.validate(WallMs(1'702'592'001'000))) == ErrorCode::mls_invalid_key_package);
  auto config = leaf_config("Bram");
  config.lifetime.not_after = config.lifetime.not_before + kLifetimeSecondsMax + 1;
  const auto lasting = need(generate_key_package(config, crypto::SigningKey::generate(world.random), world.random));
  REQUIRE(code_of(lasting.key_package.validate(WallMs(1'700'000'001'000))) == ErrorCode::mls_invalid_key_package);
  need(lasting.key_package.validate());
}

TEST_CASE("a stored key package whose private keys do not fit is refused") {
  World world;
  auto one = world.package("Bram");
  auto other = world.package("Cees");
  one.init_key = std::move(other.init_key);
  REQUIRE(code_of(KeyPackagePrivate::deserialize(one.serialize().expose())) == ErrorCode::invalid_argument);
}

TEST_CASE("a welcome is of use to those added only, and refused with any byte changed") {
  World world;
  const auto bram = world.package("Bram");
  const auto cees = world.package("Cees");
  CommitParams params;
  params.proposals = {{Add{bram.key_package}}};
  const auto staged = need(world.at("Anna").stage_commit(params, world.random));
  const auto& welcome = *staged.welcome_message;
  REQUIRE(code_of(Group::join(welcome, cees)) == ErrorCode::mls_no_matching_key_package);
  for (std::size_t i = 0; i < welcome.size(); ++i) {
    auto tampered = welcome;
    tampered[i] ^= 0x10;
    REQUIRE_FALSE(Group::join(tampered, bram).has_value());
  }
  need(Group::join(welcome, bram));
}

TEST_CASE("a welcome whose tree is not the group's is refused") {
  World world;
  world.add("Anna", "Bram");
  const auto dirk = world.package("Dirk");
  CommitParams params;
  params.proposals = {{Add{dirk.key_package}}};
  params.tree_in_welcome = false;
  const auto staged = need(world.at("Anna").stage_commit(params, world.random));
  auto tree = staged.next.tree();
  tree.remove(world.at("Bram").own_leaf());
  REQUIRE(code_of(Group::join(*staged.welcome_message, dirk, encoded(tree))) == ErrorCode::mls_invalid_tree);
  need(Group::join(*staged.welcome_message, dirk, encoded(staged.next.tree())));
}

TEST_CASE("a stored group that is cut short or changed where it can be noticed is refused") {
  World world;
  world.add("Anna", "Bram");
  const auto stored = world.at("Bram").serialize();
  REQUIRE(stored.expose()[0] == 1);
  for (std::size_t size = 0; size < stored.size(); size += 3)
    REQUIRE_FALSE(Group::deserialize(stored.expose().first(size)).has_value());
  auto changed = to_bytes(stored.expose());
  changed[0] = 2;
  REQUIRE(code_of(Group::deserialize(changed)) == ErrorCode::unsupported_version);
  int refused = 0;
  for (std::size_t i = 1; i < stored.size(); ++i) {
    changed = to_bytes(stored.expose());
    changed[i] ^= 1;
    if (!Group::deserialize(changed)) ++refused;
  }
  REQUIRE(refused > 500);  // the public part is held to its hash, the private keys to the public
  changed = to_bytes(stored.expose());
  changed.push_back(0);
  REQUIRE(code_of(Group::deserialize(changed)) == ErrorCode::malformed);
}

TEST_CASE("a vector's length must be minimal and whole") {
  const auto length = [](Bytes bytes) {
    Reader in(bytes);
    return read_vector_length(in).has_value();
  };
  REQUIRE(length({0x3f}));
  REQUIRE_FALSE(length({0x40, 0x3f}));
  REQUIRE(length({0x40, 0x40}));
  REQUIRE_FALSE(length({0x80, 0x00, 0x3f, 0xff}));
  REQUIRE(length({0x80, 0x00, 0x40, 0x00}));
  REQUIRE_FALSE(length({0xc0, 0, 0, 0, 0, 0, 0, 0}));
  REQUIRE_FALSE(length({0x80, 0x00, 0x40}));
  REQUIRE_FALSE(length({}));
  REQUIRE_FALSE(decoded<Extension>(Bytes{0, 1, 0, 0}).has_value());
  REQUIRE(decoded<Extension>(Bytes{0, 1, 0}).has_value());
  REQUIRE_FALSE(decoded<std::optional<Extension>>(Bytes{2, 0, 1, 0}).has_value());
}
