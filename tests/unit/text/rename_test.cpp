// A device's unsent edits, under another device's name.
#include "muistio/text/rename.hpp"

#include <catch2/catch.hpp>

#include "text_support.hpp"

namespace muistio::text::test {

TEST_CASE("Edits renamed have the same outcome under the other name, whatever others wrote in between") {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](std::uint64_t bound) { return bound == 0 ? 0 : random() % bound; };
    Document old_home, others;
    REQUIRE(old_home.insert(agent('o'), 0, "kokouksen muistio"));
    REQUIRE(others.apply(old_home.encode_since({})));
    Document new_home;
    REQUIRE(new_home.apply(old_home.encode_since({})));
    const auto sent = old_home.summary().at(agent('o'));
    // The old home writes on and hears from others; each stretch of its own is a batch that was not sent.
    std::vector<Bytes> unsent;
    for (int step = 0; step < 8; ++step) {
      if (below(2) == 0) {
        REQUIRE(others.insert(agent('b'), below(others.size_scalars() + 1), "b" + std::to_string(step)));
        const auto heard = others.encode_since(old_home.summary());
        REQUIRE(old_home.apply(heard));
        REQUIRE(new_home.apply(others.encode_since(new_home.summary())));
      }
      const auto before = old_home.summary();
      if (below(3) == 0 && old_home.size_scalars() > 3) {
        REQUIRE(old_home.erase(agent('o'), below(old_home.size_scalars() - 2), 2));
      } else {
        REQUIRE(old_home.insert(agent('o'), below(old_home.size_scalars() + 1), "o" + std::to_string(step)));
      }
      unsent.push_back(old_home.encode_since(before));
      // What one home holds and others do not is not heard by `others`: they would have it already.
    }
    // The new device has written something of its own before.
    Document own;
    REQUIRE(own.apply(new_home.encode_since({})));
    const auto first = own.summary().contains(agent('n')) ? own.summary().at(agent('n')) : 0;
    for (const auto& batch : unsent) {
      const auto begins = first_edit(batch);
      REQUIRE(begins);
      REQUIRE(begins->has_value());
      CHECK((*begins)->agent == agent('o'));
      const auto renamed = rename_author(batch, {agent('o'), sent, agent('n'), first});
      REQUIRE(renamed);
      CHECK((*first_edit(*renamed))->agent == agent('n'));
      REQUIRE(own.apply(*renamed));
    }
    CHECK(own.text() == old_home.text());
    CHECK(own.summary().at(agent('o')) == sent);
  }
}

TEST_CASE("Only the batches of the author named, from the place named on, are renamed") {
  Document one;
  REQUIRE(one.insert(agent('a'), 0, "abc"));
  const auto batch = one.encode_since({});
  CHECK(rename_author(batch, {agent('b'), 0, agent('c'), 0}).error().code == ErrorCode::invalid_argument);
  CHECK(rename_author(batch, {agent('a'), 1, agent('c'), 0}).error().code == ErrorCode::invalid_argument);
  CHECK_FALSE(first_edit(as_bytes("nothing")));
  REQUIRE(one.insert(agent('b'), 0, "x"));
  CHECK(first_edit(one.encode_since({})).error().code == ErrorCode::invalid_argument);
  CHECK(first_edit(one.encode_since(one.summary())).value() == std::nullopt);
}

}  // namespace muistio::text::test
