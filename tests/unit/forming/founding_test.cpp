#include "muistio/forming/founding.hpp"

#include <catch2/catch.hpp>

#include "muistio/forming/table.hpp"

using namespace muistio;
using namespace muistio::forming;

namespace {

std::vector<Application> three() {
  std::vector<Application> all(3);
  const char* names[] = {"Anna Virtanen", "Bram \"de\" Vries", "Cecilia"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].id = "a" + std::to_string(i);
    all[i].name = names[i];
    all[i].company = "Company " + std::to_string(i);
    all[i].email = "a" + std::to_string(i) + "@example.org";
    all[i].consent = i == 2 ? Consent::no : Consent::yes;
  }
  return all;
}

}  // namespace

TEST_CASE("a founding file comes back as it was written, and holds only what was consented to") {
  const auto all = three();
  Proposal proposal;
  proposal.clubs = {"Klubi, 1", "=Klubi 2"};
  proposal.placements = {{std::size_t{0}, false, true}, {std::size_t{1}, false, false}, {std::size_t{0}, false, false}};
  const auto foundings = foundings_of(all, proposal, "web-shop", words::Language::fi);
  REQUIRE(foundings.size() == 2);
  const auto text = write_founding(foundings[0]);
  CHECK(text.find("Anna Virtanen") != std::string::npos);
  CHECK(text.find("Cecilia") == std::string::npos);
  CHECK(text.find("a2@example.org") == std::string::npos);
  CHECK(text.find("Company 2") == std::string::npos);
  const auto back = read_founding(text);
  REQUIRE(back);
  CHECK(back->club == "Klubi, 1");
  CHECK(back->template_name == "web-shop");
  CHECK(back->language == words::Language::fi);
  REQUIRE(back->members.size() == 2);
  CHECK(back->members[0].host);
  CHECK(back->members[1].id == "a2");
  CHECK(back->members[1].name.empty());
  CHECK(read_founding(write_founding(foundings[1]))->club == "=Klubi 2");
  CHECK(read_founding(write_founding(foundings[1]))->members[0].name == "Bram \"de\" Vries");
}

TEST_CASE("a founding file that is bent is refused by name") {
  const auto good = write_founding(
      foundings_of(three(), {{"Klubi"}, {{std::size_t{0}}, {std::size_t{0}}, {}}}, "web-shop", words::Language::nl)[0]);
  REQUIRE(read_founding(good));
  const auto bent = [&](const std::string& from, const std::string& to) {
    auto text = good;
    REQUIRE(text.find(from) != std::string::npos);
    return read_founding(text.replace(text.find(from), from.size(), to)).error();
  };
  CHECK(bent("version,,1", "version,,2").code == ErrorCode::unsupported_version);
  CHECK(bent("web-shop", "choir").code == ErrorCode::invalid_argument);
  CHECK(bent(",nl,", ",de,").code == ErrorCode::invalid_argument);
  CHECK(bent(",Klubi,", ",,").code == ErrorCode::invalid_argument);
  CHECK(bent("club,,Klubi,,,\r\n", "").code == ErrorCode::not_found);
  CHECK(bent("member,a0", "secret,a0").detail == "row 6: it says neither version, template, language, club nor member");
  CHECK(bent("member,a0", "version,a0").detail == "row 6: version is said twice");
  CHECK(bent(",member\r\n", ",boss\r\n").code == ErrorCode::malformed);
  CHECK(bent("what,", "who,").code == ErrorCode::not_found);
}

TEST_CASE("personal links go out as a table for a mail merge") {
  const auto text = write_links({{{"a0", "Anna", "", "anna@example.org", false}, "https://example.org/#abc"}});
  const auto table = read_table(text);
  REQUIRE(table);
  CHECK(table->head == std::vector<std::string>{"id", "name", "email", "link"});
  CHECK(table->rows[0] == std::vector<std::string>{"a0", "Anna", "anna@example.org", "https://example.org/#abc"});
}

TEST_CASE("a sheet has six codes a page, each dark module drawn once, and names that cannot break out of it") {
  const Modules code{{true, false}, {false, true}};
  std::vector<SheetCell> cells(7, SheetCell{"Anna <&\"", code});
  const auto sheets = draw_sheets(cells, "Kutsu", "Lue");
  REQUIRE(sheets.size() == 2);
  const auto count = [](const std::string& in, const std::string& what) {
    std::size_t found = 0;
    for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + 1)) found++;
    return found;
  };
  CHECK(count(sheets[0], "<path") == 6);
  CHECK(count(sheets[1], "<path") == 1);
  CHECK(count(sheets[1], "h1v1h-1z") == 2);
  CHECK(sheets[1].find("M4 4h1v1h-1zM5 5h1v1h-1z") != std::string::npos);
  CHECK(sheets[0].find("Anna &lt;&amp;&quot;") != std::string::npos);
  CHECK(sheets[0].find("Anna <") == std::string::npos);
  CHECK(draw_sheets({}, "", "").empty());
}

TEST_CASE("a template's sizes and seats are the rules that clubs are formed by") {
  const auto shops = rules_of(*templates::find("web-shop"));
  CHECK((shops.size_min == 6 && shops.size_max == 10 && shops.competitors_apart && !shops.online));
  CHECK(shops.same_company == SameCompany::apart);
  const auto pairs = rules_of(*templates::find("two-per-company"));
  CHECK(pairs.same_company == SameCompany::together);
  CHECK_FALSE(pairs.competitors_apart);
  CHECK(rules_of(*templates::find("online-mentoring")).online);
}
