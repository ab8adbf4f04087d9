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

TEST_CASE("Many who write at one place at once end with one text, in any order of delivery") {
  for (std::uint32_t seed = 900; seed < 906; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    Document base;
    REQUIRE(base.insert(agent('m'), 0, "<>"));
    const auto held = base.summary();
    std::vector<Bytes> batches;
    std::vector<Document> people;
    for (int who = 0; who < 150; ++who) {
      AgentId id;
      id.mutable_array()[0] = static_cast<std::uint8_t>(random());
      id.mutable_array()[1] = static_cast<std::uint8_t>(who);
      people.push_back(base);
      auto& person = people.back();
      if (who > 0 && random() % 3 == 0) REQUIRE(person.apply(batches[random() % batches.size()]));
      const auto own = person.summary();
      const auto place = 1 + random() % (person.size_scalars() - 1);
      for (std::uint64_t i = 0, count = 1 + random() % 4; i < count; ++i) {
        REQUIRE(person.insert(id, place + (who % 2 == 0 ? i : 0), std::string(1, static_cast<char>('a' + random() % 26))));
      }
      if (random() % 5 == 0) REQUIRE(person.erase(id, random() % 2, 1));
      // With what it had heard, so that every batch can be taken in alone.
      batches.push_back(person.encode_since(held));
    }
    std::optional<std::u32string> text;
    for (int order = 0; order < 4; ++order) {
      std::shuffle(batches.begin(), batches.end(), random);
      Document merged = base;
      merged.set_clearing(order != 1);
      for (const auto& batch : batches) REQUIRE(merged.apply(batch));
      REQUIRE(merged.verify());
      if (!text) text = merged.scalars();
      REQUIRE(merged.scalars() == *text);
      Document at_once = base;
      REQUIRE(at_once.apply(merged.encode_since(held)));
      REQUIRE(at_once.scalars() == *text);
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

TEST_CASE("Keeping the history settled changes nothing") {
  for (std::uint32_t seed = 350; seed < 380; ++seed) {
    INFO("seed " << seed);
    Group plain(seed, 3);
    Group settling(seed, 3);
    std::mt19937 random(seed);
    std::vector<Version> versions;
    for (int step = 0; step < 70; ++step) {
      plain.run(1);
      settling.run(1);
      const auto who = random() % 3;
      auto& one = plain.people()[who];
      auto& other = settling.people()[who];
      switch (random() % 8) {
        case 0:
        case 1:
          other.settle();
          break;
        case 2: {
          other.settle();
          const auto bytes = other.encode();
          auto again = Document::decode(bytes);
          REQUIRE(again);
          REQUIRE(again->encode() == bytes);
          other = std::move(*again);
          break;
        }
        case 3: {
          other = Document(other);
          REQUIRE(other.authors() == one.authors());
          break;
        }
        case 4: {
          if (versions.empty()) break;
          const auto& version = versions[random() % versions.size()];
          REQUIRE(one.holds(version) == other.holds(version));
          if (one.holds(version)) REQUIRE(one.text_at(version).value() == other.text_at(version).value());
          break;
        }
        case 5: {
          const auto size = one.size_scalars();
          if (size < 2) break;
          const auto gone = one.edits_at(random() % (size - 1), 1).value();
          REQUIRE(one.redact(gone).value().changes == other.redact(gone).value().changes);
          break;
        }
        case 6: {
          const auto name = agent(static_cast<char>('a' + who));
          const auto base = one.version();
          const auto text = one.text() + "\n" + std::to_string(step);
          REQUIRE(one.replace_all(name, text, base).value().changes == other.replace_all(name, text, base).value().changes);
          break;
        }
        default:
          REQUIRE(one.encode_since({}) == other.encode_since({}));
      }
      versions.push_back(one.version());
      REQUIRE(one.text() == other.text());
      REQUIRE(one.version() == other.version());
      REQUIRE(one.summary() == other.summary());
      REQUIRE(plain.batches == settling.batches);
    }
    plain.hear_all();
    settling.hear_all();
    for (std::size_t i = 0; i < 3; ++i) {
      REQUIRE(settling.people()[i].text() == plain.people()[i].text());
      REQUIRE(settling.people()[i].verify());
    }
  }
}

TEST_CASE("A long history is stored settled, and a document opened from it holds little more than its text") {
  Document document;
  std::mt19937 random(9);
  for (int i = 0; i < 20000; ++i) {
    if (i % 40 < 30 || document.size_scalars() < 100) {
      REQUIRE(document.insert(agent('a'), document.size_scalars() - std::min<std::uint64_t>(document.size_scalars(), i / 40 % 7),
                              std::string(1, static_cast<char>('a' + random() % 26))));
    } else {
      REQUIRE(document.erase(agent('a'), document.size_scalars() - 8, 1));
    }
  }
  const auto held = document.memory_bytes();
  auto opened = Document::decode(document.encode());
  REQUIRE(opened);
  CHECK(opened->memory_bytes() < held);
  CHECK(opened->memory_bytes() < 3 * opened->text().size());  // random letters do not deflate well
  // Going on, alone or with what comes from others one after the other, leaves the rest deflated; what needs it finds it.
  auto other = *opened;
  const auto before = opened->summary();
  for (int i = 0; i < 50; ++i) REQUIRE(opened->insert(agent('b'), 5, "x"));
  const auto more = opened->encode_since(before);
  REQUIRE(other.apply(more));
  CHECK(other.memory_bytes() < held);
  CHECK(other.text() == opened->text());
  REQUIRE(document.insert(agent('c'), 0, "concurrent"));
  REQUIRE(opened->apply(document.encode_since(before)));
  REQUIRE(document.apply(more));
  CHECK(opened->text() == document.text());
  CHECK(opened->encode_since({{agent('a'), 19000}}).size() > 500);
  CHECK(opened->verify());
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
