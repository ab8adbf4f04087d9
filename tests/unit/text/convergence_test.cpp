// The properties of merging that need no peer to compare with.
#include <catch2/catch.hpp>
#include <set>

#include "text_support.hpp"

namespace muistio::text::test {

TEST_CASE("Whoever holds the same edits shows the same text, each undeleted insert once and nothing deleted") {
  std::size_t merged = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    Group group(seed, 2 + seed % 4);
    group.run(60);
    group.hear_all();
    const auto text = group.people().front().scalars();
    for (auto& person : group.people()) {
      REQUIRE(person.scalars() == text);
      REQUIRE(person.version() == group.people().front().version());
      REQUIRE(person.verify());
    }
    std::multiset<char32_t> expected(group.inserted.begin(), group.inserted.end());
    for (auto gone : group.deleted) expected.erase(gone);
    REQUIRE(std::multiset<char32_t>(text.begin(), text.end()) == expected);
    merged += group.batches.size();
  }
  CHECK(merged > 60 * 30);
}

TEST_CASE("Every order of delivery and every batching ends in the same text") {
  for (std::uint32_t seed = 100; seed < 130; ++seed) {
    Group group(seed, 3);
    group.run(50);
    group.hear_all();
    const auto& full = group.people().front();
    for (int order = 0; order < 4; ++order) {
      Document late;
      auto shown = late.scalars();
      auto waiting = group.batches;
      std::size_t refused = 0;
      while (!waiting.empty()) {
        const auto pick = group.below(waiting.size());
        const auto applied = late.apply(waiting[pick]);
        if (applied) {
          shown = with_changes(shown, applied->changes);
          waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(pick));
        } else {
          REQUIRE(applied.error().code == ErrorCode::missing_parent);
          ++refused;
        }
        REQUIRE(late.scalars() == shown);
      }
      CHECK(refused > 0);
      REQUIRE(late.scalars() == full.scalars());
      REQUIRE(late.version() == full.version());
    }
    Document batched;
    auto shown = batched.scalars();
    while (batched.edit_count() < full.edit_count()) {
      const auto& until = group.below(4) == 0 ? full.summary() : group.summaries[group.below(group.summaries.size())];
      const auto applied = batched.apply(full.encode_between(batched.summary(), until));
      REQUIRE(applied);
      shown = with_changes(shown, applied->changes);
      REQUIRE(batched.scalars() == shown);
    }
    REQUIRE(batched.scalars() == full.scalars());
  }
}

TEST_CASE("Clearing the merge state changes nothing") {
  for (std::uint32_t seed = 200; seed < 230; ++seed) {
    Group cleared(seed, 3, true);
    Group kept(seed, 3, false);
    cleared.run(60);
    kept.run(60);
    cleared.hear_all();
    kept.hear_all();
    REQUIRE(cleared.people()[0].scalars() == kept.people()[0].scalars());
    Document again;
    again.set_clearing(false);
    for (const auto& batch : cleared.batches) REQUIRE(again.apply(batch));
    REQUIRE(again.scalars() == cleared.people()[0].scalars());
  }
}

TEST_CASE("Runs that two people type at one place at once never mix, forward or backward") {
  const auto type = [](Document& document, char name, std::uint64_t position, const std::u32string& run, bool backward) {
    for (std::size_t i = 0; i < run.size(); ++i) {
      const auto scalar = scalars_to_utf8(run.substr(backward ? run.size() - 1 - i : i, 1));
      REQUIRE(document.insert(agent(name), position + (backward ? 0 : i), scalar));
    }
  };
  const std::u32string left = U"abcdefgh";
  const std::u32string right = U"ABCDEFGH";
  for (int way = 0; way < 8; ++way) {
    for (std::uint64_t position : {0U, 3U, 6U}) {
      Document one;
      REQUIRE(one.insert(agent('m'), 0, "012345"));
      Document two = one;
      type(one, (way & 4) != 0 ? 'x' : 'y', position, left, (way & 1) != 0);
      type(two, (way & 4) != 0 ? 'y' : 'x', position, right, (way & 2) != 0);
      REQUIRE(one.apply(two.encode_since(one.summary())));
      REQUIRE(two.apply(one.encode_since(two.summary())));
      REQUIRE(one.text() == two.text());
      CHECK(one.scalars().find(left) != std::u32string::npos);
      CHECK(one.scalars().find(right) != std::u32string::npos);
    }
  }
}

TEST_CASE("Decoding an encoded document gives it back, and it goes on merging") {
  for (std::uint32_t seed = 300; seed < 315; ++seed) {
    Group group(seed, 3);
    group.run(60);
    for (auto& person : group.people()) {
      const auto bytes = person.encode();
      auto again = Document::decode(bytes);
      REQUIRE(again);
      REQUIRE(again->text() == person.text());
      REQUIRE(again->version() == person.version());
      REQUIRE(again->summary() == person.summary());
      REQUIRE(again->encode() == bytes);
      REQUIRE(again->verify());
      person = std::move(*again);
    }
    group.hear_all();
    REQUIRE(group.people()[0].scalars() == group.people()[1].scalars());
    REQUIRE(group.people()[1].scalars() == group.people()[2].scalars());
  }
}

TEST_CASE("Any earlier version can be read again") {
  for (std::uint32_t seed = 400; seed < 410; ++seed) {
    Group group(seed, 3);
    std::vector<std::pair<Version, std::string>> seen;
    for (int i = 0; i < 30; ++i) {
      group.run(2);
      const auto& person = group.people()[group.below(3)];
      seen.emplace_back(person.version(), person.text());
    }
    group.hear_all();
    for (const auto& [version, text] : seen) {
      const auto then = group.people()[0].text_at(version);
      REQUIRE(then);
      REQUIRE(*then == text);
    }
  }
}

}  // namespace muistio::text::test
