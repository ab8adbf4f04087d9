#include <catch2/catch.hpp>

#include "muistio/crypto/initialise.hpp"
#include "world.hpp"

using namespace muistio::simulation;

TEST_CASE("A club's life ends with equal replicas and nothing lost") {
  muistio::crypto::initialise();
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    INFO("seed " << seed);
    const auto report = World({seed, 4, 60, Plant::none}).run();
    INFO(report.violation.value_or(""));
    CHECK(!report.violation);
    CHECK(report.edits > 0);
  }
}

TEST_CASE("The same seed plays the same life, another one another") {
  muistio::crypto::initialise();
  const auto first = World({11, 3, 40, Plant::none}).run();
  const auto again = World({11, 3, 40, Plant::none}).run();
  const auto other = World({12, 3, 40, Plant::none}).run();
  CHECK(first.trace == again.trace);
  CHECK(first.trace != other.trace);
}

TEST_CASE("A fault that is planted is seen") {
  muistio::crypto::initialise();
  bool caught = false;
  for (std::uint64_t seed = 1; seed <= 20 && !caught; ++seed)
    caught = World({seed, 4, 80, Plant::server_forgets_removal}).run().violation.has_value();
  CHECK(caught);
}
