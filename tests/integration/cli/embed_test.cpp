// The example of the README, as it stands there.
#include "people.hpp"

using namespace muistio::test;

TEST_CASE("the twenty lines of the README keep a note and follow it") {
  Folder folder;
  const auto ended = run({program("embed"), (folder / "home").string()});
  INFO(ended.err);
  CHECK(ended.status == 0);
  CHECK(ended.out.find("Muistio: 13 bytes by Anna Virtanen\n") != std::string::npos);
  CHECK(ended.out.find("Muistio: 35 bytes by Anna Virtanen\n") != std::string::npos);
  RunOptions options;
  options.environment["MUISTIO_PASSPHRASE"] = "kaksi sanaa";
  const auto shown = run({program("muistio"), "--home", (folder / "home").string(), "club", "list", "--json"},
                         options);
  CHECK(Json::parse(shown.out).at("items").at(0).at("title") == "Verkkokauppiasklubi");
}
