// Undo and redo of one's own edits amid others'.
#include "muistio/text/undo.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "text_support.hpp"

namespace muistio::text::test {

namespace {
const AgentId kAnna = agent('a');
const AgentId kBo = agent('b');

void exchange(Document& one, Document& two) {
  REQUIRE(one.apply(two.encode_since(one.summary())));
  REQUIRE(two.apply(one.encode_since(two.summary())));
  REQUIRE(one.text() == two.text());
}

/// Types `word` key by key from `position` on, a key each 100 ms.
void type(Document& document, UndoStack& stack, std::uint64_t position, std::string_view word, std::uint64_t& now_ms) {
  for (char letter : word) {
    REQUIRE(document.insert(kAnna, position++, std::string(1, letter)));
    stack.note(document, now_ms += 100);
  }
}
}  // namespace

TEST_CASE("A burst of typing is undone and redone as one, a pause or another place begins a new one") {
  Document document;
  UndoStack stack(kAnna, document);
  std::uint64_t now = 0;
  CHECK_FALSE(stack.can_undo());
  CHECK(stack.undo(document).error().code == ErrorCode::invalid_state);
  type(document, stack, 0, "one", now);
  now += 5000;
  type(document, stack, 3, " two", now);
  type(document, stack, 0, "zero ", now);
  REQUIRE(document.text() == "zero one two");
  const auto undone = stack.undo(document);
  REQUIRE(undone);
  CHECK(undone->changes == std::vector<Change>{{0, 5, ""}});
  CHECK(document.text() == "one two");
  REQUIRE(stack.undo(document));
  CHECK(document.text() == "one");
  REQUIRE(stack.undo(document));
  CHECK(document.text().empty());
  CHECK_FALSE(stack.can_undo());
  for (const auto* text : {"one", "one two", "zero one two"}) {
    REQUIRE(stack.redo(document));
    CHECK(document.text() == text);
  }
  CHECK_FALSE(stack.can_redo());
  CHECK(stack.redo(document).error().code == ErrorCode::invalid_state);
  for (int round = 0; round < 3; ++round) {
    REQUIRE(stack.undo(document));
    CHECK(document.text() == "one two");
    REQUIRE(stack.redo(document));
    CHECK(document.text() == "zero one two");
  }
  CHECK(document.verify());
}

TEST_CASE("A new edit ends what can be redone, and what was there before the stack is not undone") {
  Document document;
  REQUIRE(document.insert(kAnna, 0, "before "));
  UndoStack stack(kAnna, document);
  std::uint64_t now = 0;
  type(document, stack, 7, "a", now);
  REQUIRE(stack.undo(document));
  REQUIRE(stack.can_redo());
  type(document, stack, 7, "b", now);
  CHECK_FALSE(stack.can_redo());
  REQUIRE(stack.undo(document));
  CHECK(document.text() == "before ");
  CHECK_FALSE(stack.can_undo());
}

TEST_CASE("A burst goes on although others' edits come in between") {
  Document anna, bo;
  UndoStack stack(kAnna, anna);
  std::uint64_t now = 0;
  for (int i = 0; i < 4; ++i) {
    type(anna, stack, anna.text().find_last_of('a') + 1, "a", now);
    exchange(anna, bo);
    REQUIRE(bo.insert(kBo, 0, "b"));
    exchange(anna, bo);
    stack.note(anna, now);
  }
  REQUIRE(anna.text() == "bbbbaaaa");
  REQUIRE(stack.undo(anna));
  CHECK(anna.text() == "bbbb");
  CHECK_FALSE(stack.can_undo());
}

TEST_CASE("Undoing an insert leaves what others wrote in it, and undoing a deletion brings back what nobody else deleted") {
  Document anna;
  REQUIRE(anna.insert(kBo, 0, "the quick brown fox"));
  Document bo = anna;
  UndoStack stack(kAnna, anna);
  std::uint64_t now = 0;
  type(anna, stack, 4, "very ", now);
  exchange(anna, bo);
  REQUIRE(bo.insert(kBo, 6, "<bo>"));
  exchange(anna, bo);
  REQUIRE(anna.text() == "the ve<bo>ry quick brown fox");
  REQUIRE(stack.undo(anna));
  CHECK(anna.text() == "the <bo>quick brown fox");
  REQUIRE(stack.redo(anna));
  CHECK(anna.text() == "the ve<bo>ry quick brown fox");
  REQUIRE(stack.undo(anna));

  // Anna deletes "quick brown", Bo at the same time "brown fox" and writes between.
  exchange(anna, bo);
  REQUIRE(anna.erase(kAnna, 8, 11));
  stack.note(anna, now);
  REQUIRE(bo.erase(kBo, 14, 9));
  REQUIRE(bo.insert(kBo, 13, "er"));
  exchange(anna, bo);
  REQUIRE(anna.text() == "the <bo>er");
  const auto undone = stack.undo(anna);
  REQUIRE(undone);
  CHECK(anna.text() == "the <bo>quicker ");
  exchange(anna, bo);
  REQUIRE(stack.redo(anna));
  CHECK(anna.text() == "the <bo>er");
  CHECK(anna.verify());
}

TEST_CASE("What was taken back does not come back by undoing its deletion") {
  Document anna;
  REQUIRE(anna.insert(kAnna, 0, "public SECRET"));
  UndoStack stack(kAnna, anna);
  const auto secret = anna.edits_at(7, 6).value();
  REQUIRE(anna.erase(kAnna, 6, 7));
  stack.note(anna, 0);
  REQUIRE(anna.redact(secret));
  REQUIRE(stack.undo(anna));
  CHECK(anna.text() == "public ");
}

TEST_CASE("Undo and redo at random keep to one's own edits, and everybody ends with one text") {
  for (std::uint32_t seed = 600; seed < 640; ++seed) {
    INFO("seed " << seed);
    Group group(seed, 3);
    std::vector<UndoStack> stacks;
    for (std::size_t i = 0; i < 3; ++i) stacks.emplace_back(agent(static_cast<char>('a' + i)), group.people()[i]);
    for (int step = 0; step < 60; ++step) {
      const auto who = group.below(3);
      auto& person = group.people()[who];
      const auto owners = [&] {  // scalars shown of each of the others
        std::map<AgentId, std::u32string> found;
        const auto shown = person.scalars();
        std::size_t at = 0;
        for (const auto& run : person.authors()) {
          if (run.agent != agent(static_cast<char>('a' + who))) found[run.agent] += shown.substr(at, run.scalars);
          at += run.scalars;
        }
        return found;
      };
      switch (group.below(5)) {
        case 0:
          group.hear(group.below(3), who);
          break;
        case 1:
        case 2: {
          if (!stacks[who].can_undo()) break;
          const auto before = owners();
          const auto shown = person.scalars();
          const auto undone = stacks[who].undo(person);
          REQUIRE(undone);
          REQUIRE(with_changes(shown, undone->changes) == person.scalars());
          REQUIRE(owners() == before);
          break;
        }
        case 3: {
          if (!stacks[who].can_redo()) break;
          const auto before = owners();
          REQUIRE(stacks[who].redo(person));
          REQUIRE(owners() == before);
          break;
        }
        default:
          group.edit(who);
          stacks[who].note(person, static_cast<std::uint64_t>(step) * 400);
      }
    }
    group.hear_all();
    for (auto& person : group.people()) {
      REQUIRE(person.scalars() == group.people()[0].scalars());
      REQUIRE(person.verify());
    }
  }
}

TEST_CASE("Alone, undoing everything gives the first text, and redoing everything the last") {
  for (std::uint32_t seed = 700; seed < 720; ++seed) {
    INFO("seed " << seed);
    Group group(seed, 1);
    auto& person = group.people()[0];
    UndoStack stack(agent('a'), person);
    std::vector<std::u32string> texts{U""};
    for (int step = 0; step < 25; ++step) {
      group.edit(0);
      stack.note(person, static_cast<std::uint64_t>(step) * 10000);
      texts.push_back(person.scalars());
    }
    for (std::size_t i = texts.size() - 1; i-- > 0;) {
      REQUIRE(stack.undo(person));
      REQUIRE(person.scalars() == texts[i]);
    }
    for (std::size_t i = 1; i < texts.size(); ++i) {
      REQUIRE(stack.redo(person));
      REQUIRE(person.scalars() == texts[i]);
    }
  }
}

}  // namespace muistio::text::test
