// The text's pieces and the difference of two texts, against the plainest way to do the same.
#include <catch2/catch.hpp>
#include <random>

#include "../../../core/text/src/content.hpp"
#include "../../../core/text/src/rope.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/text/diff.hpp"

namespace muistio::text::test {

namespace {
/// Scalars where 1 stands for one that was taken back.
std::string kept_of(const std::u32string& scalars) {
  std::string kept;
  for (auto scalar : scalars) kept += scalar == 1 ? std::string(1, kTakenBack) : scalars_to_utf8(std::u32string(1, scalar));
  return kept;
}
}  // namespace

TEST_CASE("A rope does what a string does") {
  std::mt19937 random(3);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  Rope rope;
  std::u32string plain;
  for (int step = 0; step < 1500; ++step) {
    const auto position = below(plain.size() + 1);
    const auto count = std::min<std::size_t>(below(step % 100 == 0 ? 3000 : 12), plain.size() - position);
    switch (below(8)) {
      case 0:
      case 1:
        rope.erase(position, count);
        plain.erase(position, count);
        break;
      case 2:
        if (below(5) > 0) break;
        rope.hide(position, count);
        std::fill_n(plain.begin() + static_cast<std::ptrdiff_t>(position), count, U'\1');
        break;
      default: {
        const std::u32string fresh(1 + below(step % 50 == 0 ? 3000 : 10), U"aä€📝"[below(4)]);
        rope.insert(position, scalars_to_utf8(fresh));
        plain.insert(position, fresh);
      }
    }
    REQUIRE(rope.size() == plain.size());
    const auto probe = below(plain.size() + 1);
    const auto shown =
        static_cast<std::size_t>(probe - std::count(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(probe), U'\1'));
    REQUIRE(rope.shown_before(probe) == shown);
    if (probe > 0 && plain[probe - 1] != 1) REQUIRE(rope.after_shown(shown) == probe);
    if (step % 40 == 0) {
      REQUIRE(rope.kept() == kept_of(plain));
      REQUIRE(rope.kept_slice(position, std::min(count, plain.size() - std::min(position, plain.size()))) ==
              kept_of(plain.substr(std::min(position, plain.size()), count)));
    }
  }
}

TEST_CASE("The difference of two texts turns one into the other") {
  std::mt19937 random(4);
  for (int round = 0; round < 400; ++round) {
    std::u32string old_text, new_text;
    for (int i = 0; i < 40; ++i) {
      const std::u32string word =
          U"kokous raha\npäätös"[random() % 2] == U'k' ? U"raha " : std::u32string(1 + random() % 3, U"ab \n"[random() % 4]);
      if (random() % 5 != 0) old_text += word;
      if (random() % 5 != 0) new_text += word;
    }
    auto made = old_text;
    std::size_t end = 0;
    std::ptrdiff_t shift = 0;
    for (const auto& hunk : difference(old_text, new_text)) {
      REQUIRE(hunk.position >= end);
      REQUIRE(hunk.removed + hunk.inserted > 0);
      end = hunk.position + hunk.removed;
      made.replace(static_cast<std::size_t>(static_cast<std::ptrdiff_t>(hunk.position) + shift), hunk.removed, new_text,
                   hunk.new_position, hunk.inserted);
      shift += static_cast<std::ptrdiff_t>(hunk.inserted) - static_cast<std::ptrdiff_t>(hunk.removed);
    }
    REQUIRE(made == new_text);
  }
}

TEST_CASE("A small change in a long text is a small difference") {
  std::u32string old_text;
  for (int line = 0; line < 500; ++line)
    old_text += U"This is line number " + std::u32string(1, U'A' + line % 26) + U" of the text.\n";
  auto new_text = old_text;
  new_text.replace(1000, 3, U"xyz");
  new_text.insert(9000, U"inserted ");
  std::uint64_t touched = 0;
  for (const auto& hunk : difference(old_text, new_text)) touched += hunk.removed + hunk.inserted;
  CHECK(touched <= 40);
  CHECK(difference(old_text, old_text).empty());
  const std::u32string other(200000, U'z');
  CHECK(difference(old_text, other).size() == 1);
}

}  // namespace muistio::text::test
