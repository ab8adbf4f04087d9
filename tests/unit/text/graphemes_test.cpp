// Where a cursor may stand.
#include "muistio/text/graphemes.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "text_support.hpp"

namespace muistio::text::test {

namespace {
/// Single graphemes (Unicode 15).
const std::u32string kGraphemes[] = {
    U"a",
    U"ä",
    U"a\u0308",  // a and a combining diaeresis
    U"\r\n",
    U"\n",
    U"漢",
    U"각",                      // Hangul
    U"\u1100\u1161\u11A8",      // the same in three jamo
    U"👍🏽",                // with a skin tone
    U"👩\u200D👩\u200D👧\u200D👦",  // a family
    U"🏳\uFE0F\u200D🌈",    // the rainbow flag
    U"🇫🇮",
    U"🇸🇪",
    U"\u0928\u093F",   // Devanagari ni: a spacing mark
    U"\u0B95\u0BCD",   // Tamil k, with its virama
    U"1\uFE0F\u20E3",  // keycap
    U"\u0600\u0661",   // a prepended sign with its digit
    U"❤\uFE0F",
};
}  // namespace

TEST_CASE("A cursor goes over whole graphemes, forward and backward, and never stands inside one") {
  std::mt19937 random(8);
  for (int round = 0; round < 120; ++round) {
    Document document;
    std::vector<std::uint64_t> boundaries{0};
    std::u32string text;
    const auto count = round < 100 ? 30U : 400U;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& next = kGraphemes[random() % std::size(kGraphemes)];
      if (!text.empty() && text.back() == U'\r') continue;
      text += next;
      boundaries.push_back(text.size());
    }
    REQUIRE(document.insert(agent('a'), 0, scalars_to_utf8(text)));
    INFO(document.text());
    for (std::size_t i = 0; i + 1 < boundaries.size(); ++i) {
      for (auto position = boundaries[i]; position < boundaries[i + 1]; ++position) {
        REQUIRE(document.next_grapheme(position).value() == boundaries[i + 1]);
        REQUIRE(document.grapheme_begin(position).value() == boundaries[i]);
        REQUIRE(document.previous_grapheme(position + 1).value() == boundaries[i]);
      }
    }
    CHECK(document.next_grapheme(text.size()).value() == text.size());
    CHECK(document.grapheme_begin(text.size()).value() == text.size());
    CHECK(document.previous_grapheme(0).value() == 0);
    CHECK(document.next_grapheme(text.size() + 1).error().code == ErrorCode::position_out_of_range);
  }
}

TEST_CASE("Flags in a row pair from the first on, however many there are") {
  Document document;
  std::u32string flags = U"x";
  for (int i = 0; i < 500; ++i) flags += U"🇫🇮";
  REQUIRE(document.insert(agent('a'), 0, scalars_to_utf8(flags)));
  CHECK(document.next_grapheme(501).value() == 503);
  CHECK(document.grapheme_begin(502).value() == 501);
  CHECK(document.previous_grapheme(1001).value() == 999);
}

TEST_CASE("A grapheme longer than any window is one step") {
  Document document;
  std::u32string long_one = U"ab";
  long_one += std::u32string(3000, U'\u0301');
  REQUIRE(document.insert(agent('a'), 0, scalars_to_utf8(long_one + U"c")));
  CHECK(document.next_grapheme(1).value() == 3002);
  CHECK(document.grapheme_begin(2500).value() == 1);
  CHECK(document.previous_grapheme(3002).value() == 1);
}

}  // namespace muistio::text::test
