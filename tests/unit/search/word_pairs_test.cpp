// Pairs of forms of one word in each language: a query for one is to find a note that holds the other, both ways. And words that
// look alike without belonging together: each is to find itself only.
#include "word_pairs.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "search_fixture.hpp"

namespace muistio::search::test {
namespace {

template <std::size_t N>
void check_recall(const char* language, const Pair (&pairs)[N], double floor) {
  static_assert(N >= 60);
  SearchStore made;
  for (std::size_t i = 0; i < N; ++i) {
    made.index("one" + std::to_string(i), "", "alussa " + std::string(pairs[i].one) + " lopussa");
    made.index("other" + std::to_string(i), "", "alussa " + std::string(pairs[i].other) + " lopussa");
  }
  std::size_t found = 0;
  std::string missed;
  for (std::size_t i = 0; i < N; ++i) {
    const bool forward = made.finds(pairs[i].one, "other" + std::to_string(i));
    const bool backward = made.finds(pairs[i].other, "one" + std::to_string(i));
    found += (forward ? 1 : 0) + (backward ? 1 : 0);
    if (!forward) missed += std::string(" ") + pairs[i].one + ">" + pairs[i].other;
    if (!backward) missed += std::string(" ") + pairs[i].other + ">" + pairs[i].one;
  }
  const double recall = static_cast<double>(found) / (2.0 * N);
  std::printf("recall, %s: %.3f of %zu pairs both ways%s%s\n", language, recall, N,
              missed.empty() ? "" : ", missed:", missed.c_str());
  CHECK(recall >= floor);
}

/// Beginnings are left out: "talo" is to find "talous" while a person types.
template <std::size_t N>
void check_precision(const char* language, const char* const (&rows)[N], double most) {
  std::size_t asked = 0, wrong = 0;
  std::string hits;
  for (const auto* row : rows) {
    std::istringstream words(row);
    std::vector<std::string> row_words;
    for (std::string word; words >> word;) row_words.push_back(word);
    SearchStore made;
    for (const auto& word : row_words) made.index(word, "", word);
    for (const auto& sought : row_words)
      for (const auto& other : row_words) {
        if (sought == other || folded(other).starts_with(folded(sought))) continue;
        ++asked;
        if (!made.finds(sought, other)) continue;
        ++wrong;
        hits += " " + sought + ">" + other;
      }
  }
  std::printf("false hits, %s: %zu of %zu%s%s\n", language, wrong, asked, wrong == 0 ? "" : ":", hits.c_str());
  CHECK(asked > 40);
  CHECK(static_cast<double>(wrong) <= most * static_cast<double>(asked));
}
}  // namespace

TEST_CASE("Inflected forms find each other in Finnish") { check_recall("Finnish", kFinnish, 0.97); }
TEST_CASE("Inflected forms find each other in Swedish") { check_recall("Swedish", kSwedish, 0.97); }
TEST_CASE("Inflected forms find each other in Dutch") { check_recall("Dutch", kDutch, 0.97); }
TEST_CASE("Inflected forms find each other in English") { check_recall("English", kEnglish, 0.97); }

TEST_CASE("Words that look alike do not find each other in Finnish") { check_precision("Finnish", kFinnishOthers, 0.07); }
TEST_CASE("Words that look alike do not find each other in Swedish") { check_precision("Swedish", kSwedishOthers, 0.07); }
TEST_CASE("Words that look alike do not find each other in Dutch") { check_precision("Dutch", kDutchOthers, 0.07); }
TEST_CASE("Words that look alike do not find each other in English") { check_precision("English", kEnglishOthers, 0.07); }

TEST_CASE("kokouksessa finds kokoukset") {
  SearchStore made;
  made.index("note", "Kevät", "Sovittiin seuraavat kokoukset keväälle.");
  CHECK(made.finds("kokouksessa", "note"));
}

TEST_CASE("Different words do not find each other") {
  SearchStore made;
  const std::vector<std::string> words = {"kokous", "koulutus",    "kauppa",  "vastaus", "talous",  "möte",    "minne",
                                          "fråga",  "vergadering", "bedrijf", "vraag",   "meeting", "company", "customer"};
  for (const auto& word : words) made.index(word, "", word);
  for (const auto& word : words) CHECK(made.keys(word) == std::vector<std::string>{word});
}

}  // namespace muistio::search::test
