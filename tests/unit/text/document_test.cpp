// One document: editing, places, history, taking back.
#include <catch2/catch.hpp>

#include "muistio/base/utf8.hpp"
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

Document with_text(std::string_view text) {
  Document document;
  REQUIRE(document.insert(kAnna, 0, text));
  return document;
}
}  // namespace

TEST_CASE("Text is edited by scalar positions") {
  auto document = with_text("Pöytäkirja 📝 ok");
  CHECK(document.size_scalars() == 15);
  REQUIRE(document.erase(kAnna, 11, 2));
  CHECK(document.text() == "Pöytäkirja ok");
  REQUIRE(document.insert(kAnna, 10, " 1/2026:"));
  CHECK(document.text() == "Pöytäkirja 1/2026: ok");
  CHECK(document.slice(1, 4).value() == "öytä");
  CHECK(document.edit_count() == 25);
}

TEST_CASE("What is not allowed is refused and changes nothing") {
  auto document = with_text("abc");
  const auto before = document.encode();
  CHECK(document.insert(kAnna, 4, "x").error().code == ErrorCode::position_out_of_range);
  CHECK(document.insert(kAnna, 0, "\xff").error().code == ErrorCode::not_utf8);
  CHECK(document.erase(kAnna, 2, 2).error().code == ErrorCode::position_out_of_range);
  CHECK(document.erase(kAnna, 0, UINT64_MAX).error().code == ErrorCode::position_out_of_range);
  CHECK(document.slice(1, UINT64_MAX).error().code == ErrorCode::position_out_of_range);
  CHECK(document.replace_all(kAnna, "x", {{kBo, 0}}).error().code == ErrorCode::missing_parent);
  CHECK(document.text_at({{kAnna, 3}}).error().code == ErrorCode::missing_parent);
  CHECK(document.encode() == before);
}

TEST_CASE("Indices of UTF-8 and UTF-16 become positions and back") {
  const auto document = with_text("a€📝z");
  const std::uint64_t utf8[] = {0, 1, 4, 8, 9};
  const std::uint64_t utf16[] = {0, 1, 2, 4, 5};
  for (std::uint64_t position = 0; position <= 4; ++position) {
    CHECK(document.utf8_of(position).value() == utf8[position]);
    CHECK(document.utf16_of(position).value() == utf16[position]);
    CHECK(document.position_of_utf8(utf8[position]).value() == position);
    CHECK(document.position_of_utf16(utf16[position]).value() == position);
  }
  CHECK(document.position_of_utf8(2).error().code == ErrorCode::position_out_of_range);
  CHECK(document.position_of_utf16(3).error().code == ErrorCode::position_out_of_range);
  CHECK(document.position_of_utf16(6).error().code == ErrorCode::position_out_of_range);
  CHECK(document.utf8_of(5).error().code == ErrorCode::position_out_of_range);
}

TEST_CASE("Replacing the text of an earlier version keeps what others wrote since") {
  auto anna = with_text("Agenda\n1. Opening\n2. Money\n3. Closing\n");
  const auto base = anna.version();
  auto bo = anna;
  REQUIRE(bo.insert(kBo, 17, " by Bo"));
  exchange(anna, bo);
  const auto applied = anna.replace_all(kAnna, "Agenda\n1. Opening\n2. Money and fees\n3. Closing\n4. Coffee\n", base);
  REQUIRE(applied);
  CHECK(anna.text() == "Agenda\n1. Opening by Bo\n2. Money and fees\n3. Closing\n4. Coffee\n");
  CHECK(applied->new_edits == 9 + 10);
  exchange(anna, bo);
  const auto none = anna.replace_all(kAnna, anna.text(), anna.version());
  REQUIRE(none);
  CHECK(none->new_edits == 0);
}

TEST_CASE("Replacing the text at any version gives exactly that text where nobody else wrote") {
  std::mt19937 random(5);
  const std::string words[] = {"kokous ", "päätös ", "raha ", "\n", "📝", "x", ""};
  for (int round = 0; round < 60; ++round) {
    Document document;
    std::vector<std::string> texts{""};
    for (int i = 0; i < 5; ++i) {
      std::string text;
      for (int j = 0; j < 12; ++j) text += words[random() % 7];
      const auto before = document.scalars();
      const auto applied = document.replace_all(kAnna, text, document.version());
      REQUIRE(applied);
      REQUIRE(document.text() == text);
      REQUIRE(with_changes(before, applied->changes) == document.scalars());
    }
    REQUIRE(document.verify());
  }
}

TEST_CASE("Anchors stay at their scalar while the text changes") {
  auto anna = with_text("one two three");
  auto bo = anna;
  const auto before = anna.anchor_at(4, Anchor::Side::before).value();
  const auto after = anna.anchor_at(7, Anchor::Side::after).value();
  CHECK(anna.anchor_at(0, Anchor::Side::after).value().side == Anchor::Side::start);
  CHECK(anna.anchor_at(13, Anchor::Side::before).value().side == Anchor::Side::end);
  CHECK(anna.anchor_at(14, Anchor::Side::before).error().code == ErrorCode::position_out_of_range);
  REQUIRE(bo.insert(kBo, 0, "zero "));
  REQUIRE(bo.insert(kBo, 9, "("));
  REQUIRE(bo.insert(kBo, 13, ")"));
  exchange(anna, bo);
  CHECK(anna.text() == "zero one (two) three");
  CHECK(anna.position_of(before).value() == 10);
  CHECK(anna.position_of(after).value() == 13);
  REQUIRE(anna.erase(kAnna, 9, 5));
  CHECK(anna.position_of(before).value() == 9);
  CHECK(anna.position_of(after).value() == 9);
  CHECK(anna.position_of({Anchor::Side::end, {}}).value() == anna.size_scalars());
  CHECK(anna.position_of({Anchor::Side::before, {kBo, 99}}).error().code == ErrorCode::not_found);
}

TEST_CASE("Two versions are compared, and an earlier one is restored as new edits") {
  auto anna = with_text("Agenda: money, coffee");
  const auto first = anna.version();
  auto bo = anna;
  REQUIRE(anna.erase(kAnna, 8, 7));
  REQUIRE(bo.insert(kBo, 21, " and cake"));
  const auto of_bo = bo.version();
  exchange(anna, bo);
  const auto last = anna.version();
  REQUIRE(anna.text() == "Agenda: coffee and cake");
  for (const auto& from : {Version{}, first, of_bo, last}) {
    for (const auto& to : {Version{}, first, of_bo, last}) {
      const auto changes = anna.changes_between(from, to);
      REQUIRE(changes);
      const auto before = utf8_to_scalars(anna.text_at(from).value()).value();
      CHECK(scalars_to_utf8(with_changes(before, *changes)) == anna.text_at(to).value());
      CHECK(changes->empty() == (from == to));
    }
  }
  std::uint64_t removed = 0;
  const auto changes = anna.changes_between(first, last).value();
  for (const auto& change : changes) removed += change.removed;
  CHECK(removed < 15);  // not the whole line
  CHECK(anna.changes_between({{kBo, 99}}, last).error().code == ErrorCode::missing_parent);

  const auto edits = anna.edit_count();
  const auto restored = anna.restore(kAnna, first);
  REQUIRE(restored);
  CHECK(anna.text() == "Agenda: money, coffee");
  CHECK(anna.edit_count() - edits < 30);
  CHECK(anna.text_at(last).value() == "Agenda: coffee and cake");
  exchange(anna, bo);
  CHECK(anna.verify());
  CHECK(anna.restore(kAnna, {{kBo, 99}}).error().code == ErrorCode::missing_parent);
}

TEST_CASE("Authors are told for every scalar shown") {
  auto anna = with_text("abcd");
  REQUIRE(anna.insert(kBo, 2, "XY"));
  REQUIRE(anna.erase(kBo, 0, 1));
  CHECK(anna.authors() == std::vector<AuthorRun>{{kAnna, 1}, {kBo, 2}, {kAnna, 2}});
}

TEST_CASE("What was taken back is gone from the text, the history and every encoding, and stays gone") {
  auto anna = with_text("public SECRET end");
  const auto early = anna.encode_since({});
  auto bo = anna;
  const auto secret = anna.edits_at(7, 6).value();
  CHECK(secret == std::vector<EditRange>{{{kAnna, 7}, 6}});
  const auto has_secret = [](const Document& document) {
    const auto bytes = document.encode();
    return as_text(bytes).find("SECRET") != std::string_view::npos;
  };
  REQUIRE(has_secret(anna));

  const auto applied = anna.redact(secret);
  REQUIRE(applied);
  CHECK(applied->changes == std::vector<Change>{{7, 6, ""}});
  CHECK(anna.text() == "public  end");
  CHECK(anna.size_scalars() == 11);
  CHECK_FALSE(has_secret(anna));
  CHECK(anna.text_at({{kAnna, 16}}).value() == "public  end");

  SECTION("twice changes nothing") {
    const auto bytes = anna.encode();
    const auto again = anna.redact(secret);
    REQUIRE(again);
    CHECK(again->changes.empty());
    CHECK(anna.encode() == bytes);
  }
  SECTION("a late batch does not bring it back") {
    REQUIRE(anna.apply(early));
    CHECK(anna.text() == "public  end");
    CHECK_FALSE(has_secret(anna));
  }
  SECTION("not even to someone who heard of the taking back first") {
    Document carl;
    REQUIRE(carl.redact(secret));
    const auto came = carl.apply(early);
    REQUIRE(came);
    CHECK(carl.text() == "public  end");
    CHECK(with_changes(U"", came->changes) == carl.scalars());
    CHECK_FALSE(has_secret(carl));
    auto opened = Document::decode(carl.encode());
    REQUIRE(opened);
    REQUIRE(opened->apply(early));
    CHECK(opened->text() == "public  end");
  }
  SECTION("edits around and inside it still merge") {
    REQUIRE(bo.insert(kBo, 10, "-bo-"));
    REQUIRE(bo.erase(kBo, 0, 7));
    REQUIRE(anna.insert(kAnna, 7, "[gone]"));
    REQUIRE(anna.insert(kAnna, anna.size_scalars(), "!"));
    REQUIRE(bo.redact(secret));
    exchange(anna, bo);
    CHECK(anna.text() == "[gone]-bo- end!");
    CHECK(anna.verify());
    CHECK(bo.verify());
    REQUIRE(anna.erase(kAnna, 0, 10));
    REQUIRE(anna.replace_all(kAnna, "the end?", anna.version()));
    CHECK(anna.text() == "the end?");
    exchange(anna, bo);
    CHECK(anna.verify());
    auto opened = Document::decode(anna.encode());
    REQUIRE(opened);
    CHECK(opened->text() == anna.text());
    CHECK(opened->encode() == anna.encode());
  }
  SECTION("a newcomer gets the history without it") {
    Document carl;
    REQUIRE(carl.apply(anna.encode_since({})));
    CHECK(carl.text() == "public  end");
    REQUIRE(carl.apply(early));
    CHECK(carl.text() == "public  end");
  }
}

TEST_CASE("Taking back at random leaves every copy with the same text, whatever was merged before or after") {
  for (std::uint32_t seed = 500; seed < 515; ++seed) {
    Group group(seed, 3);
    group.run(30);
    std::vector<EditRange> gone;
    for (auto& person : group.people()) {
      const auto size = person.size_scalars();
      if (size < 3) continue;
      const auto ranges = person.edits_at(group.below(size - 2), 3).value();
      gone.insert(gone.end(), ranges.begin(), ranges.end());
    }
    std::u32string secret;
    REQUIRE(group.people()[0].redact(gone));
    group.run(20);
    REQUIRE(group.people()[1].redact(gone));
    group.hear_all();
    REQUIRE(group.people()[2].redact(gone));
    for (auto& person : group.people()) {
      REQUIRE(person.scalars() == group.people()[0].scalars());
      REQUIRE(person.verify());
      const auto opened = Document::decode(person.encode());
      REQUIRE(opened);
      REQUIRE(opened->scalars() == person.scalars());
    }
  }
}

TEST_CASE("A copy goes its own way, and what was moved from is empty") {
  auto anna = with_text("abc");
  auto copy = anna;
  REQUIRE(copy.insert(kBo, 3, "d"));
  CHECK(anna.text() == "abc");
  const auto moved = std::move(copy);
  CHECK(moved.text() == "abcd");
  CHECK(copy.text().empty());  // NOLINT(bugprone-use-after-move)
}

}  // namespace muistio::text::test
