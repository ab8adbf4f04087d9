#include "muistio/forming/applications.hpp"

#include <catch2/catch.hpp>

using namespace muistio;
using namespace muistio::forming;

namespace {

std::string refusal(std::string_view csv) {
  const auto found = read_applications(csv);
  return found ? "read" : std::string(error_name(found.error().code)) + ": " + found.error().detail;
}

}  // namespace

TEST_CASE("an application is read in Finnish with everything that the forming needs") {
  const auto found = read_applications(
      "Nimi;Yritys;Sähköposti;Tavoitteet;Aihetoiveet;Taso;Maakunta;Aamu tai iltapäivä;Aikaa osallistua;Ei "
      "samaan;Toimiala;Suostumus;Voisi isännöidä;Lisätietoja\n"
      "Anna Virtanen;Lankakauppa Oy;anna@example.org;kasvu|vienti;logistiikka|hinnoittelu;3;Pirkanmaa;aamupäivä;kyllä;Villa "
      "Ky;langat;kyllä;kyllä;soita\n");
  REQUIRE(found);
  REQUIRE(found->all.size() == 1);
  const auto& a = found->all[0];
  CHECK(a.name == "Anna Virtanen");
  CHECK(a.goals == std::vector<std::string>{"kasvu", "vienti"});
  CHECK(a.topics == std::vector<std::string>{"logistiikka", "hinnoittelu"});
  CHECK(a.level == 3);
  CHECK(a.part == PartOfDay::morning);
  CHECK(a.has_time);
  CHECK(a.would_host);
  CHECK(a.avoid == std::vector<std::string>{"Villa Ky"});
  CHECK(a.consent == Consent::yes);
  CHECK(a.row == 2);
  CHECK(a.id.size() == 8);
  CHECK(found->not_used == std::vector<std::string>{"Lisätietoja"});
  CHECK(found->no_such_region.empty());
}

TEST_CASE("who withdrew consent is in nothing that was read, and who did not answer has not consented") {
  const auto found = read_applications("name,consent\nAnna,yes\nBram,withdrawn\nCem,\n");
  REQUIRE(found);
  REQUIRE(found->all.size() == 2);
  CHECK(found->all[0].consent == Consent::yes);
  CHECK(found->all[1].name == "Cem");
  CHECK(found->all[1].consent == Consent::no);
}

TEST_CASE("a value that means nothing is refused with its row and column") {
  CHECK(refusal("name,consent,level\nAnna,yes,3\n") == "read");
  CHECK(refusal("name,consent,level\nAnna,yes,9\n") == "malformed: row 2, column 3 (level): a level is a number from 1 to 5");
  CHECK(refusal("name,consent\nAnna,perhaps\n") == "malformed: row 2, column 2 (consent): neither yes, no nor withdrawn");
  CHECK(refusal("name,consent,part of day\nAnna,yes,night\n").starts_with("malformed: row 2, column 3 (part of day)"));
  CHECK(refusal("name,consent,has time\nAnna,yes,maybe\n").starts_with("malformed: row 2, column 3 (has time)"));
  CHECK(refusal("name,consent\n,yes\n") == "malformed: row 2, column 1 (name): the name is empty");
  CHECK(refusal("company,consent\nX,yes\n") == "not_found: the table has no column name");
  CHECK(refusal("name,nimi,consent\nA,B,yes\n") == "malformed: two columns mean nimi");
  CHECK(refusal("id,name,consent\n7,Anna,yes\n7,Bram,yes\n") ==
        "malformed: row 3, column 1 (id): the same id, or the same name and company, stands in two rows");
  CHECK(refusal("name,consent,topics\nA,yes,a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q;r;s;t;u\n")
            .starts_with("too_large: row 2, column 3 (topics)"));
}

TEST_CASE("an id that was not given is the same in a table of another order") {
  const auto one = read_applications("name,company,consent\nAnna,A Oy,yes\nBram,B BV,yes\n");
  const auto other = read_applications("consent,company,name\nyes,b bv,BRAM\nyes,A,anna\n");
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->all[0].id == other->all[1].id);
  CHECK(one->all[1].id == other->all[0].id);
  CHECK(one->all[0].id != one->all[1].id);
}

TEST_CASE("regions have a place on the map, and ways between them a length") {
  const auto tampere = spot_of(" PIRKANMAA "), helsinki = spot_of("Nyland"), utrecht = spot_of("Utrecht");
  REQUIRE((tampere && helsinki && utrecht));
  CHECK(kilometres(*tampere, *tampere) == Approx(0).margin(1e-9));
  CHECK(kilometres(*tampere, *helsinki) == Approx(160).margin(15));
  CHECK(kilometres(*helsinki, *utrecht) == Approx(1500).margin(60));
  CHECK_FALSE(spot_of("Atlantis"));
  CHECK(read_applications("name,consent,region\nA,yes,Atlantis\nB,yes,atlantis\nC,yes,Kainuu\n")->no_such_region ==
        std::vector<std::string>{"Atlantis"});
  CHECK(company_key("Lankakauppa OY") == company_key("lankakauppa"));
  CHECK(company_key("Oy") == "oy");
}
