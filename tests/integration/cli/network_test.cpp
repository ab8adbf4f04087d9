// The board, referrals, stand-ins, yearly plans and contacts (docs/club.md) with real programs and a real server.
#include <catch2/catch.hpp>
#include <fstream>

#include "people.hpp"

using namespace muistio::test;

namespace {

void sync_all(const std::vector<const Person*>& people) {
  for (int round = 0; round < 2; ++round)
    for (const auto* person : people) person->ok({"sync"});
}

Json items(const Person& person, const std::vector<std::string>& words) { return person.json(0, words).at("items"); }

}  // namespace

TEST_CASE("cards, referrals, stand-ins and contacts, made offline, reach the club, and consent is withdrawn") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const ClubOf club(host, {&anna, &bram}, server);
  const std::vector<const Person*> all{&host, &anna, &bram};
  server.stop();
  std::ofstream(folder / "pass") << "Anna hoitaa kirjanpidon.\n";
  const auto open = anna.line(
      {"card", "add", club.id, "--kind", "member", "--title", "Anna", "--file", "-", "--pass-on", (folder / "pass").string()},
      "Halpa meille.\n");
  const auto tip = anna.line({"card", "add", club.id, "--title", "Vinkki", "--file", "-"}, "Vain klubille.\n");
  const auto stand_in =
      bram.line({"stand-in", "ask", club.id, "--title", "Postitus", "--from", "2027-07-01", "--to", "2027-07-14"});
  bram.must(1, {"stand-in", "ask", club.id, "--title", "Postitus", "--from", "2027-07-15", "--to", "2027-07-14"});
  anna.ok({"contact", "give", club.id, "--name", "Anna Virtanen", "--company", "Virtanen Oy", "--email", "anna@example.fi"});
  server.start();
  sync_all(all);

  bram.must(1, {"card", "refer", tip, "--to", "asiakkaalle"});
  CHECK(bram.ok({"card", "refer", open, "--to", "asiakkaalle"}) == "Anna hoitaa kirjanpidon.\n");
  bram.must(1, {"card", "edit", open, "--title", "Bram"});
  anna.ok({"card", "edit", open, "--title", "Anna, kirjanpito"});
  anna.ok({"stand-in", "offer", stand_in});
  sync_all(all);
  bram.must(1, {"stand-in", "choose", stand_in, "Kaisa"});
  anna.must(1, {"stand-in", "choose", stand_in, "Anna"});
  bram.ok({"stand-in", "choose", stand_in, "Anna"});
  host.ok({"card", "delete", tip});
  sync_all(all);
  for (const auto* person : all) {
    const auto cards = items(*person, {"card", "list", club.id});
    REQUIRE(cards.size() == 1);
    CHECK(cards[0].at("title") == "Anna, kirjanpito");
    CHECK(cards[0].at("referrals")[0].at("author") == "Bram");
    CHECK(items(*person, {"stand-in", "list", club.id})[0].at("who").at("name") == "Anna");
    const auto contacts = items(*person, {"contact", "list", club.id});
    REQUIRE(contacts.size() == 1);
    CHECK(contacts[0].at("email") == "anna@example.fi");
  }
  bram.must(1, {"contact", "withdraw", club.id});
  anna.ok({"contact", "withdraw", club.id});
  sync_all(all);
  for (const auto* person : all) CHECK(items(*person, {"contact", "list", club.id}).empty());
}

TEST_CASE("a yearly plan is private until its maker shares it, and private again after") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto plan = anna.line({"plan", "add", club.id, "--year", "2027", "--file", "-"}, "Tammikuu: varasto.\n");
  sync_all({&anna, &host});
  CHECK(items(host, {"plan", "list", club.id}).empty());
  auto own = items(anna, {"plan", "list", club.id});
  REQUIRE(own.size() == 1);
  CHECK_FALSE(own[0].at("shared").get<bool>());
  anna.ok({"plan", "edit", plan, "--file", "-"}, "Tammikuu: vienti.\n");
  const auto shared = anna.line({"plan", "share", plan});
  sync_all({&anna, &host});
  const auto seen = items(host, {"plan", "list", club.id});
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].at("text") == "Tammikuu: vienti.\n");
  CHECK(seen[0].at("author") == "Anna");
  CHECK(items(anna, {"plan", "list", club.id}).size() == 1);
  host.must(1, {"plan", "edit", shared, "--file", "-"}, "Muuta.\n");
  host.must(1, {"plan", "delete", shared});
  anna.ok({"plan", "share", shared, "--undo"});
  sync_all({&anna, &host});
  CHECK(items(host, {"plan", "list", club.id}).empty());
  own = items(anna, {"plan", "list", club.id});
  REQUIRE(own.size() == 1);
  CHECK_FALSE(own[0].at("shared").get<bool>());
  CHECK(own[0].at("text") == "Tammikuu: vienti.\n");
}
