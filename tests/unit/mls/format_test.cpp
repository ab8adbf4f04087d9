#include "format_examples.hpp"
#include "world.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

TEST_CASE("the stored group of docs/formats/mls.md is read and written again byte for byte") {
  const auto example = muistio::test::format_example("mls-group");
  const auto group = need(Group::deserialize(example));
  REQUIRE(as_text(group.group_id()) == "seed");
  REQUIRE(group.epoch() == Epoch(0));
  REQUIRE(as_text(group.own_leaf_node().credential.identity) == "A");
  REQUIRE(to_bytes(group.serialize().expose()) == example);
}
