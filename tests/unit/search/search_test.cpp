#include "search_fixture.hpp"

namespace muistio::search::test {
namespace {
using Keys = std::vector<std::string>;

std::vector<std::string> texts(std::string_view text) {
  const auto words = words_of(text);
  REQUIRE(words);
  std::vector<std::string> made;
  for (const auto& word : *words) made.emplace_back(text.substr(word.offset, word.bytes));
  return made;
}
}  // namespace

TEST_CASE("A text is cut into words at what is no letter or digit") {
  CHECK(texts("Kokous, klo 9.30: \"asia\"-lista!") == Keys{"Kokous", "klo", "9", "30", "asia", "lista"});
  CHECK(texts("työ\u2013hyvä \u201clainaus\u201d \U0001F600 10\u20ac") == Keys{"työ", "hyvä", "lainaus", "10"});
  CHECK(texts("Привет Ωμέγα 会議") == Keys{"Привет", "Ωμέγα", "会議"});
  CHECK(texts("").empty());
  CHECK(texts(" \n\t.,;").empty());
}

TEST_CASE("Bytes that are no UTF-8 are refused with their place, in a text and in a query") {
  SearchStore made;
  CHECK(words_of("ab\xff").error().code == ErrorCode::not_utf8);
  CHECK(query(made.store(), "ab\xc3").error().code == ErrorCode::not_utf8);
  auto tx = made.store().begin();
  REQUIRE(tx);
  CHECK(index_document(*tx, as_bytes("k"), "t", "\xed\xa0\x80").error().code == ErrorCode::not_utf8);
}

TEST_CASE("Folding drops case and marks, composed or combining") {
  CHECK(folded("JYVÄSKYLÄ") == "jyvaskyla");
  CHECK(folded("A\u0308iti") == "aiti");
  CHECK(folded("Ålesund Øre Straße Čapek Łódź") == "alesund ore strasse capek lodz");
  CHECK(folded("ПРИВЕТ") == "привет");
}

TEST_CASE("A word is found with and without its marks and whatever its case") {
  SearchStore made;
  made.index("n", "", "Työpäivä Jyväskylässä on pitkä");
  CHECK(made.keys("jyvaskylassa") == Keys{"n"});
  CHECK(made.keys("TYÖPÄIVÄ") == Keys{"n"});
  CHECK(made.keys("tyopaiva") == Keys{"n"});
}

TEST_CASE("A query finds what holds all of its words, the beginning of a word is enough from three letters on") {
  SearchStore made;
  made.index("a", "Muistio", "budjetti ja kokous");
  made.index("b", "Muistio", "budjetti ja retki");
  CHECK(made.keys("budjetti kokous") == Keys{"a"});
  CHECK(made.keys("bud ret") == Keys{"b"});
  CHECK(made.keys("budjetti puuttuu").empty());
  CHECK(made.keys("bu").empty());
  CHECK(made.keys("").empty());
  CHECK(made.keys("..., !").empty());
}

TEST_CASE("A hit in the title ranks before one in the body, and only keys with the prefix are found") {
  SearchStore made;
  made.index("x/body", "Muu", "budjetti ja muuta");
  made.index("x/title", "Budjetti", "jotain muuta tassa");
  made.index("y/other", "Budjetti", "jotain muuta tassa");
  CHECK(made.keys("budjetti", "x/") == Keys{"x/title", "x/body"});
  CHECK(made.keys("budjetti").size() == 3);
  CHECK(made.keys("budjetti", "", 1).size() == 1);
}

TEST_CASE("Indexing again replaces, erasing forgets the words and the text") {
  SearchStore made;
  made.index("n", "Otsikko", "vanha sisus");
  made.index("n", "Otsikko", "uusi teksti");
  CHECK(made.keys("vanha").empty());
  CHECK(made.keys("teksti") == Keys{"n"});
  made.erase("n");
  CHECK(made.keys("teksti").empty());
  CHECK(made.store().count(store::Table::search_text).value() == 0);
  made.erase("n");
}

TEST_CASE("A snippet shows the matching words in their place, on one line, and is cut between letters") {
  SearchStore made;
  std::string body;
  for (int i = 0; i < 100; ++i) body += "täytettä ";
  body += "\nSeuraavassa kokouksessa p\u00e4\u00e4tet\u00e4\u00e4n budjetista.\n";
  for (int i = 0; i < 100; ++i) body += "ääöå";
  made.index("n", "Otsikko", body);
  const auto hits = made.hits("kokoukset budjetti");
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].title == "Otsikko");
  const auto& snippet = hits[0].snippet;
  INFO(snippet);
  CHECK(words_of(snippet));
  CHECK(snippet.size() < 200);
  CHECK(snippet.find('\n') == std::string::npos);
  CHECK(snippet.starts_with("\u2026"));
  CHECK(snippet.ends_with("\u2026"));
  REQUIRE(hits[0].matches.size() == 2);
  CHECK(snippet.substr(hits[0].matches[0].offset, hits[0].matches[0].bytes) == "kokouksessa");
  CHECK(snippet.substr(hits[0].matches[1].offset, hits[0].matches[1].bytes) == "budjetista");
}

TEST_CASE("A hit in the title alone shows the beginning of the body") {
  SearchStore made;
  made.index("n", "Budjetti", "Lyhyt teksti.");
  const auto hits = made.hits("budjetti");
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].snippet == "Lyhyt teksti.");
  CHECK(hits[0].matches.empty());
}

TEST_CASE("The word as it was typed ranks before another form of it, and that before what only begins so") {
  SearchStore made;
  made.index("beginning", "", "kokousaika tassa");
  made.index("form", "", "kokouksessa tassa");
  made.index("same", "", "kokous tassa");
  CHECK(made.keys("kokous") == Keys{"same", "form", "beginning"});
}

TEST_CASE("What a filter refuses is not found, however many better hits it refuses") {
  SearchStore made;
  for (int i = 0; i < 80; ++i) made.index("other" + std::to_string(i), "budjetti", "budjetti budjetti");
  made.index("wanted", "", "viimeisena mainittu budjetti kaikkien muiden asioiden joukossa");
  const auto accepts = [](BytesView key) -> Result<bool> { return as_text(key) == "wanted"; };
  const auto found = query(made.store(), "budjetti", {}, 10, accepts);
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(as_text(found->front().key) == "wanted");
  const auto refuses = [](BytesView) -> Result<bool> { return fail(ErrorCode::corrupt, "as planted"); };
  CHECK(query(made.store(), "budjetti", {}, 10, refuses).error().code == ErrorCode::corrupt);
}

TEST_CASE("The words of a title that match are told by their place") {
  SearchStore made;
  made.index("n", "Kevään päätökset", "Muuta.");
  const auto hits = made.hits("päätös");
  REQUIRE(hits.size() == 1);
  REQUIRE(hits[0].title_matches.size() == 1);
  const auto& match = hits[0].title_matches[0];
  CHECK(hits[0].title.substr(match.offset, match.bytes) == "päätökset");
}

TEST_CASE("An s behind an apostrophe belongs to no word") {
  CHECK(texts("foto's member\u2019s its's s' 's it's-s") == Keys{"foto", "member", "its", "s", "s", "it", "s"});
  SearchStore made;
  made.index("n", "", "twee foto's");
  CHECK(made.keys("foto") == Keys{"n"});
  CHECK(made.keys("foto's") == Keys{"n"});
}

TEST_CASE("Nobody can type the sign of a stem") {
  for (const auto& term : terms_of("kokouksessa")) {
    if (static_cast<unsigned char>(term.front()) < 0x80) continue;
    SearchStore made;
    made.index("n", "", term);
    const auto words = words_of(term);
    REQUIRE(words);
    REQUIRE(words->size() == 1);
    CHECK(words->front().offset == 2);
  }
}

TEST_CASE("What looks like query syntax is only words") {
  SearchStore made;
  made.index("n", "Otsikko", "alpha near beta and not or");
  made.index("m", "Toinen", "gamma");
  CHECK(made.keys("alpha OR gamma").empty());
  CHECK(made.keys("\"alpha\" AND (beta*) NEAR/2").empty());
  CHECK(made.keys("\"alpha\" AND (beta*) -near") == Keys{"n"});
  CHECK(made.keys("title:alpha").empty());
  CHECK(made.keys("^alpha' OR 1=1; --").empty());
  CHECK(made.keys(std::string(100'000, '"') + "gamma") == Keys{"m"});
  std::string many = "gamma";
  for (int i = 0; i < 1000; ++i) many += " gamma";
  CHECK(made.keys(many) == Keys{"m"});
}

TEST_CASE("Texts over the limits are refused, at the limit they are found") {
  SearchStore made;
  auto tx = made.store().begin();
  REQUIRE(tx);
  CHECK(index_document(*tx, as_bytes("k"), std::string(kTitleBytesMax + 1, 'a'), "").error().code == ErrorCode::too_large);
  CHECK(index_document(*tx, as_bytes("k"), "", std::string(kBodyBytesMax + 1, 'a')).error().code == ErrorCode::too_large);
  REQUIRE(index_document(*tx, as_bytes("k"), "perille", std::string(kBodyBytesMax, ' ')));
  REQUIRE(tx->commit());
  CHECK(made.keys("perille") == Keys{"k"});
}

}  // namespace muistio::search::test
