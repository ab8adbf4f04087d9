#include <catch2/catch.hpp>

#include "muistio/words/words.hpp"

using namespace muistio;
using namespace muistio::words;

namespace {

Manner in(Language language, GroupWord group = GroupWord::club) {
  Manner manner;
  manner.language = language;
  manner.group = group;
  return manner;
}

}  // namespace

TEST_CASE("a message is said with its gaps filled and the plural that the language has") {
  const std::vector<Filling> eight{{"done", std::int64_t{5}}, {"n", std::int64_t{8}}};
  CHECK(say(in(Language::en), "sync.phones_have", eight).value() == "Sent; 5 of 8 phones have it");
  CHECK(say(in(Language::fi), "sync.phones_have", eight).value() == "Lähetetty; 5/8 puhelimella on se");
  CHECK(say(in(Language::sv), "sync.phones_have", eight).value() == "Skickat; 5 av 8 telefoner har det");
  CHECK(say(in(Language::nl), "sync.phones_have", eight).value() == "Verstuurd; 5 van 8 telefoons hebben het");
  CHECK(say(in(Language::nl), "sync.phones_have", {{"done", std::int64_t{0}}, {"n", std::int64_t{1}}}).value() ==
        "Verstuurd; 0 van 1 telefoon heeft het");
  CHECK(say(in(Language::fi), "note.count", {{"n", std::int64_t{1}}}).value() == "1 muistiinpano");
  CHECK(say(in(Language::fi), "note.count", {{"n", std::int64_t{2000}}}).value() == "2\u00a0000 muistiinpanoa");
}

TEST_CASE("the template's word for the group and the host stands in the form that the sentence needs") {
  CHECK(say(in(Language::fi, GroupWord::network), "member.leave").value() == "Poistu verkostosta");
  CHECK(say(in(Language::nl, GroupWord::network), "member.leave").value() == "Het netwerk verlaten");
  CHECK(say(in(Language::sv, GroupWord::group), "member.leave").value() == "Lämna gruppen");
  auto guided = in(Language::fi);
  guided.host = HostWord::leader;
  CHECK(say(guided, "member.replace_host").value() == "Vetäjä on kadonnut");
  CHECK(group_word("network") == GroupWord::network);
  CHECK_FALSE(group_word("circle"));
}

TEST_CASE("a message that is not there, and a gap that nothing fills, are refused") {
  CHECK(say(in(Language::en), "no.such").error().code == ErrorCode::not_found);
  CHECK(say(in(Language::en), "note.handed_in").error().code == ErrorCode::invalid_argument);
  CHECK(say(in(Language::en), "note.handed_in", {{"name", "Anna"}}).value() == "Handed in by Anna");
  CHECK(say(in(Language::en), "note.count").error().code == ErrorCode::invalid_argument);
  CHECK(say(in(Language::en), "note.count", {{"n", "many"}}).error().code == ErrorCode::invalid_argument);
  // What fills a gap is never read as a gap.
  CHECK(say(in(Language::en), "note.handed_in", {{"name", "{group.in}"}}).value() == "Handed in by {group.in}");
}

TEST_CASE("every message can be said in every manner") {
  const std::vector<std::string> names{"name", "done", "all", "time", "from", "to",  "day", "title", "percent", "size",
                                       "club", "list", "own", "low",  "high", "min", "max", "a",     "b",       "region",
                                       "wd",   "d",    "m",   "mon",  "y",    "H",   "HH",  "MM"};
  std::size_t said = 0;
  for (const std::int64_t n : {0, 1, 5}) {
    std::vector<Filling> all{{"n", n}};
    for (const auto& name : names) all.push_back({name, "x"});
    for (const auto language : {Language::fi, Language::sv, Language::nl, Language::en})
      for (const auto group : {GroupWord::club, GroupWord::group, GroupWord::network})
        for (const auto host : {HostWord::host, HostWord::hostess, HostWord::leader})
          for (const auto key : keys()) {
            const auto text = say({language, group, host, FacilitatorWord::guide}, key, all);
            if (!text) FAIL(text.error().message());
            if (text->find('{') != std::string::npos || text->find('}') != std::string::npos) FAIL(*text);
            said++;
          }
  }
  CHECK(said == 3 * 4 * 3 * 3 * keys().size());
}

TEST_CASE("plurals follow CLDR's samples for Finnish, Swedish, Dutch and English") {
  for (const auto* one : {"1", "-1"}) CHECK(plural(std::string_view(one)) == Plural::one);
  for (const auto* other : {"0", "2", "16", "100", "1000000", "1.0", "1.5", "0.1", "11", "10"})
    CHECK(plural(std::string_view(other)) == Plural::other);
  CHECK(plural(std::int64_t{1}) == Plural::one);
  for (const std::int64_t n : {0, 2, 11, 21, 101}) CHECK(plural(n) == Plural::other);
}

TEST_CASE("numbers are written as each language writes them") {
  CHECK(number(Language::fi, std::int64_t{1234567}) == "1\u00a0234\u00a0567");
  CHECK(number(Language::nl, std::int64_t{1234567}) == "1.234.567");
  CHECK(number(Language::en, std::int64_t{-1234}) == "-1,234");
  CHECK(number(Language::sv, std::int64_t{-5}) == "\u22125");
  CHECK(number(Language::en, INT64_MIN) == "-9,223,372,036,854,775,808");
  CHECK(number(Language::fi, 12.45, 1) == "12,5");
  CHECK(number(Language::nl, 1234.0, 2) == "1.234,00");
  CHECK(number(Language::en, -0.04, 1) == "0.0");
  CHECK(number(Language::en, 2.5, 0) == "3");
  CHECK(number(Language::en, 0.0 / 0.0, 0) == "\u2013");
}

TEST_CASE("days and times are written as each language writes them") {
  const Day day{2026, 11, 4};
  CHECK(date_time(Language::fi, day, {9, 5}).value() == "ke 4.11.2026 klo 9.05");
  CHECK(date_time(Language::sv, day, {9, 5}).value() == "ons 4 nov. 2026 kl. 09:05");
  CHECK(date_time(Language::nl, day, {9, 5}).value() == "wo 4 nov 2026 om 09:05");
  CHECK(date_time(Language::en, day, {9, 5}).value() == "Wed 4 Nov 2026 at 09:05");
  CHECK(short_date(Language::fi, {2028, 2, 29}).value() == "29.2.");
  CHECK(date(Language::en, {2026, 2, 29}).error().code == ErrorCode::invalid_argument);
  CHECK(date(Language::en, {2026, 13, 1}).error().code == ErrorCode::invalid_argument);
  CHECK(time_of_day(Language::en, {24, 0}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a language is known by its tag, whatever the region") {
  CHECK(language_of("fi") == Language::fi);
  CHECK(language_of("nl-BE") == Language::nl);
  CHECK(language_of("SV_fi") == Language::sv);
  CHECK_FALSE(language_of("de"));
  CHECK_FALSE(language_of("fil"));
  CHECK_FALSE(language_of(""));
}
