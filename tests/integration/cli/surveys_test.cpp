// Wishes and surveys (docs/club.md) with real programs and a real server.
#include <algorithm>
#include <catch2/catch.hpp>

#include "people.hpp"

using namespace muistio::test;

namespace {

constexpr const char* kQuestions = R"({"kind":"feedback","title":"Miten meni?","questions":[
  {"form":"scale","text":"Kuinka voit?","most":5},
  {"form":"any","text":"Mistä lisää?","choices":["Myynti","Vienti <EU>"]},
  {"form":"text","text":"Muuta?"}]})";

void sync_all(const std::vector<const Person*>& people) {
  for (int round = 0; round < 2; ++round)
    for (const auto* person : people) person->ok({"sync"});
}

std::string ask(const Person& person, const std::string& club, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"survey", "add", club, "--file", "-"};
  words.insert(words.end(), more.begin(), more.end());
  return person.line(words, kQuestions);
}

}  // namespace

TEST_CASE("wishes and votes made offline become themes, inflected words and said overlaps together, the same for everybody") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const ClubOf club(host, {&anna, &bram}, server);
  server.stop();
  const auto stock = anna.line({"wish", "add", club.id, "--title", "Varasto"});
  const auto turning = bram.line({"wish", "add", club.id, "--title", "Varastossa kiertävät tuotteet"});
  const auto ads = host.line({"wish", "add", club.id, "--title", "Mainonta"});
  const auto some = host.line({"wish", "add", club.id, "--title", "Näkyvyys somessa"});
  anna.must(2, {"wish", "add", club.id});
  server.start();
  sync_all({&host, &anna, &bram});
  anna.ok({"wish", "vote", ads});
  bram.ok({"wish", "overlap", ads, some});
  bram.ok({"wish", "vote", turning, "--against"});
  sync_all({&host, &anna, &bram});
  const auto themes = host.json(0, {"wish", "themes", club.id});
  CHECK(anna.json(0, {"wish", "themes", club.id}) == themes);
  CHECK(bram.json(0, {"wish", "themes", club.id}) == themes);
  const auto items = themes.at("items");
  REQUIRE(items.size() == 2);
  CHECK(items[0].at("title") == "Mainonta");
  CHECK(items[0].at("wishes") == Json({ads, some}));
  CHECK(items[0].at("supporters").size() == 2);
  auto later = items[1].at("wishes").get<std::vector<std::string>>();  // made at the same stamp: their ids decide, alike everywhere
  std::sort(later.begin(), later.end());
  CHECK(later == (stock < turning ? std::vector{stock, turning} : std::vector{turning, stock}));
  CHECK(items[1].at("supporters").size() == 1);
  anna.must(1, {"wish", "delete", ads});
  anna.ok({"wish", "delete", stock});
  CHECK(anna.json(0, {"wish", "list", club.id}).at("items").size() == 3);
}

TEST_CASE("wellbeing at start and end: answers reach the keeper sealed, the club sees sums of enough answers, and the change") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram"), cid(folder, "Cid");
  host.init(server);
  const ClubOf club(host, {&anna, &bram, &cid}, server);
  const std::vector<const Person*> all{&host, &anna, &bram, &cid};
  host.must(1, {"survey", "add", club.id, "--file", "-", "--kind", "wellbeing"}, kQuestions);  // no keeper yet
  anna.must(1, {"survey", "rules", club.id, "--keeper", "Anna"});
  host.must(1, {"survey", "rules", club.id, "--minimum", "2"});
  host.ok({"survey", "rules", club.id, "--keeper", "Bram", "--minimum", "3"});
  const auto start = ask(host, club.id, {"--kind", "wellbeing", "--title", "Alussa"});
  sync_all(all);
  CHECK(anna.json(0, {"survey", "rules", club.id}).at("keeper").at("name") == "Bram");

  server.stop();
  anna.must(1, {"survey", "answer", start, "1=2", "--named"});
  anna.must(1, {"survey", "answer", start, "1=6"});
  anna.ok({"survey", "answer", start, "1=1"});
  anna.ok({"survey", "answer", start, "1=2", "2=1", "3=Väsyttää kovasti"});  // changed her mind
  CHECK(anna.json(0, {"survey", "show", start}).at("own") == Json({2, {1}, "Väsyttää kovasti"}));
  host.ok({"survey", "answer", start, "1=2", "2=1,2"});
  cid.ok({"survey", "answer", start, "1=3", "2=1"});
  server.start();
  sync_all(all);
  CHECK(cid.json(0, {"survey", "show", start}).at("answers") == 3);
  CHECK(cid.json(0, {"survey", "show", start}).at("own") == Json({3, {1}, nullptr}));
  anna.must(1, {"survey", "result", start});
  cid.must(1, {"survey", "close", start});
  host.ok({"survey", "close", start});
  host.ok({"sync"});
  cid.ok({"sync"});
  auto result = cid.json(0, {"survey", "result", start});
  CHECK_FALSE(result.at("enough").get<bool>());  // the keeper's device has not been there
  CHECK(result.at("unnamed_hidden") == 3);
  CHECK_FALSE(cid.json(0, {"survey", "show", start}).at("sums_due").get<bool>());
  bram.ok({"sync"});
  CHECK(bram.json(0, {"survey", "show", start}).at("sums_due").get<bool>());
  bram.ok({"sync"});
  CHECK_FALSE(bram.json(0, {"survey", "show", start}).at("sums_due").get<bool>());
  for (const auto* person : {&host, &anna, &cid}) person->ok({"sync"});
  for (const auto* person : all) {
    result = person->json(0, {"survey", "result", start});
    CHECK(result.at("enough").get<bool>());
    CHECK(result.at("results")[0] == Json({{"answered", 3}, {"sum", 7}, {"counts", Json::array()}}));
    CHECK(result.at("results")[1].at("counts") == Json({3, 1}));
    CHECK(result.at("named").empty());
    if (person != &anna) CHECK(result.dump().find("Väsyttää") == std::string::npos);
  }
  CHECK(anna.json(0, {"survey", "result", start}).dump().find("Väsyttää") != std::string::npos);  // her own answer

  const auto end = ask(host, club.id, {"--kind", "wellbeing", "--title", "Lopussa", "--about", start});
  sync_all(all);
  for (const auto* person : {&host, &anna, &cid}) person->ok({"survey", "answer", end, "1=4"});
  sync_all(all);
  host.ok({"survey", "close", end});
  sync_all(all);
  bram.ok({"sync"});
  for (const auto* person : {&host, &anna}) person->ok({"sync"});
  result = anna.json(0, {"survey", "result", end});
  REQUIRE(result.at("changes").size() == 1);
  CHECK(result.at("changes")[0].at("before") == Approx(7.0 / 3));
  CHECK(result.at("changes")[0].at("after") == Approx(4.0));
  const auto picture = anna.ok({"survey", "picture", end, "--out", "-"});
  CHECK(picture.find("role=\"img\"") != std::string::npos);
  CHECK(picture.find("<title id=\"title\">Lopussa</title>") != std::string::npos);
  CHECK(picture.find("2.3 / 5") != std::string::npos);
  CHECK(picture.find("4.0 / 5 (n = 3)") != std::string::npos);
  CHECK(anna.ok({"survey", "picture", start, "--out", "-"}).find("Vienti &lt;EU&gt;") != std::string::npos);
}

TEST_CASE(
    "feedback is given with a name or without, by choice, and a survey closed on one phone and answered on another ends alike") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram"), cid(folder, "Cid");
  host.init(server);
  const ClubOf club(host, {&anna, &bram, &cid}, server);
  const std::vector<const Person*> all{&host, &anna, &bram, &cid};
  host.ok({"survey", "rules", club.id, "--minimum", "3"});
  const auto plain = ask(anna, club.id);
  sync_all(all);
  bram.must(1, {"survey", "answer", plain, "1=4"});  // no keeper: with the name only
  host.ok({"survey", "rules", club.id, "--keeper", "Kaisa"});
  host.ok({"sync"});
  anna.ok({"sync"});
  const auto survey = ask(anna, club.id);
  sync_all(all);
  host.ok({"survey", "answer", survey, "1=5", "--named"});
  bram.ok({"survey", "answer", survey, "1=4", "2=2", "3=Enemmän aikaa", "--named"});
  anna.ok({"survey", "answer", survey, "1=3", "--named"});
  cid.ok({"survey", "answer", survey, "1=1", "3=Oli tylsää"});
  sync_all(all);
  server.stop();
  anna.ok({"survey", "close", survey});
  bram.ok({"survey", "answer", survey, "1=1", "--named"});  // does not know yet
  server.start();
  sync_all(all);
  for (const auto* person : all) {
    const auto result = person->json(0, {"survey", "result", survey});
    CHECK(result.at("counted") == 3);
    CHECK(result.at("late") == 1);
    CHECK(result.at("unnamed_hidden") == 1);  // one alone is never shown
    CHECK(result.at("results")[0].at("sum") == 12);
    REQUIRE(result.at("named").size() == 3);
    const auto named = result.at("named").dump();
    CHECK(named.find("Enemmän aikaa") != std::string::npos);
    CHECK(named.find("Oli tylsää") == std::string::npos);
  }
  bram.must(1, {"survey", "answer", survey, "1=1", "--named"});
  host.must(1, {"survey", "close", survey});
}

TEST_CASE("a member removed while answering: what the log has of theirs counts, what they write afterwards reaches nobody") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram"), cid(folder, "Cid");
  host.init(server);
  const ClubOf club(host, {&anna, &bram, &cid}, server);
  host.ok({"survey", "rules", club.id, "--minimum", "3", "--keeper", "Kaisa"});
  const auto first = ask(host, club.id, {"--kind", "wellbeing"}), second = ask(host, club.id, {"--kind", "wellbeing"});
  sync_all({&host, &anna, &bram, &cid});
  for (const auto* person : {&anna, &bram, &cid}) {
    person->ok({"survey", "answer", first, "1=3"});
    person->ok({"sync"});
  }
  host.ok({"sync"});
  host.ok({"member", "remove", club.id, "Cid"});
  host.ok({"sync"});
  for (const auto* person : {&anna, &bram, &cid}) person->ok({"survey", "answer", second, "1=4"});  // Cid does not know
  static_cast<void>(cid.run({"sync"}));
  sync_all({&anna, &bram, &host});
  for (const auto& each : {first, second}) host.ok({"survey", "close", each});
  for (int round = 0; round < 2; ++round) sync_all({&host, &anna, &bram});
  const auto counted = anna.json(0, {"survey", "result", first});
  CHECK(counted.at("enough").get<bool>());
  CHECK(counted.at("results")[0].at("answered") == 3);
  const auto without = anna.json(0, {"survey", "result", second});
  CHECK(without.at("answers") == 2);
  CHECK_FALSE(without.at("enough").get<bool>());
}
