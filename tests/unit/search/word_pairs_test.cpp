// Pairs of forms of one word in each language: a query for one is to find a note that holds the other, both ways.
#include <catch2/catch.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "search_fixture.hpp"

namespace muistio::search::test {
namespace {
struct Pair {
  const char* one;
  const char* other;
};

constexpr Pair kFinnish[] = {{"kokouksessa", "kokoukset"},
                             {"kokous", "kokouksessa"},
                             {"kokous", "kokoukset"},
                             {"klubi", "klubeissa"},
                             {"tapaaminen", "tapaamisessa"},
                             {"muistiinpano", "muistiinpanoja"},
                             {"yritys", "yrityksen"},
                             {"yrittäjä", "yrittäjille"},
                             {"asiakas", "asiakkaille"},
                             {"kysymys", "kysymyksiä"},
                             {"koulutus", "koulutuksessa"},
                             {"hyvinvointi", "hyvinvointia"},
                             {"aineisto", "aineistossa"},
                             {"vetovuoro", "vetovuoron"},
                             {"pelisäännöt", "pelisääntöjä"},
                             {"verkkokauppa", "verkkokaupan"},
                             {"suomalainen", "suomalaiset"},
                             {"jäsen", "jäsenille"},
                             {"ohjaaja", "ohjaajan"},
                             {"mahdollisuus", "mahdollisuuksia"},
                             {"talo", "talossa"},
                             {"rakkaus", "rakkauden"},
                             {"kauppa", "kaupat"},
                             {"työpaikka", "työpaikalla"},
                             {"ajatus", "ajatuksesta"},
                             {"tulos", "tuloksia"}};
constexpr Pair kSwedish[] = {{"möte", "mötet"},
                             {"träff", "träffar"},
                             {"anteckning", "anteckningar"},
                             {"anteckning", "anteckningen"},
                             {"klubb", "klubbar"},
                             {"företag", "företagen"},
                             {"företagare", "företagaren"},
                             {"kund", "kunderna"},
                             {"fråga", "frågor"},
                             {"utbildning", "utbildningar"},
                             {"grupp", "grupper"},
                             {"nätverk", "nätverket"},
                             {"värd", "värden"},
                             {"ledare", "ledarna"},
                             {"material", "materialet"},
                             {"bidrag", "bidragen"},
                             {"spelregel", "spelregler"},
                             {"samtal", "samtalen"},
                             {"arbetsplats", "arbetsplatser"},
                             {"erfarenhet", "erfarenheter"},
                             {"vecka", "veckor"}};
constexpr Pair kDutch[] = {{"bijeenkomst", "bijeenkomsten"},
                           {"verslag", "verslagen"},
                           {"notitie", "notities"},
                           {"groep", "groepen"},
                           {"netwerk", "netwerken"},
                           {"afspraak", "afspraken"},
                           {"bedrijf", "bedrijven"},
                           {"ondernemer", "ondernemers"},
                           {"klant", "klanten"},
                           {"vraag", "vragen"},
                           {"opleiding", "opleidingen"},
                           {"begeleider", "begeleiders"},
                           {"organisator", "organisatoren"},
                           {"bijdrage", "bijdragen"},
                           {"materiaal", "materialen"},
                           {"lid", "leden"},
                           {"medewerker", "medewerkers"},
                           {"ervaring", "ervaringen"},
                           {"vergadering", "vergaderingen"},
                           {"maand", "maanden"},
                           {"plan", "plannen"}};
constexpr Pair kEnglish[] = {{"meeting", "meetings"}, {"note", "notes"},           {"company", "companies"},
                             {"member", "members"},   {"hosting", "hosted"},       {"question", "questions"},
                             {"agree", "agreed"},     {"agreement", "agreements"}, {"visit", "visiting"},
                             {"training", "trained"}, {"customer", "customers"},   {"organise", "organising"},
                             {"share", "sharing"},    {"invite", "invited"},       {"club", "clubs"},
                             {"supply", "supplies"},  {"plan", "planning"},        {"experience", "experiences"},
                             {"survey", "surveys"},   {"idea", "ideas"},           {"release", "released"}};

template <std::size_t N>
void check_recall(const char* language, const Pair (&pairs)[N], double floor) {
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
  std::printf("recall, %s: %.2f of %zu pairs both ways%s%s\n", language, recall, N,
              missed.empty() ? "" : ", missed:", missed.c_str());
  CHECK(recall >= floor);
}
}  // namespace

TEST_CASE("Inflected forms find each other in Finnish") { check_recall("Finnish", kFinnish, 0.95); }
TEST_CASE("Inflected forms find each other in Swedish") { check_recall("Swedish", kSwedish, 0.95); }
TEST_CASE("Inflected forms find each other in Dutch") { check_recall("Dutch", kDutch, 0.9); }
TEST_CASE("Inflected forms find each other in English") { check_recall("English", kEnglish, 0.95); }

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
