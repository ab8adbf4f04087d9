// The season of a club (docs/club.md) with real programs and a real server.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "people.hpp"

using namespace muistio::test;

namespace {

Json named(const Json& items, const std::string& key, const std::string& value) {
  for (const auto& each : items)
    if (each.at(key) == value) return each;
  return {};
}

std::vector<std::string> names(const Json& people) {
  std::vector<std::string> found;
  for (const auto& each : people) found.push_back(each.at("name"));
  std::sort(found.begin(), found.end());
  return found;
}

void sync_all(const std::vector<const Person*>& people) {
  for (int round = 0; round < 2; ++round)
    for (const auto* person : people) person->ok({"sync"});
}

std::string meet(const Person& person, const std::string& club, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"meeting",        "add", club, "--title", "Varastokierros", "--at", "2026-12-01T18:00", "--zone",
                                 "Europe/Helsinki"};
  words.insert(words.end(), more.begin(), more.end());
  return person.line(words);
}

}  // namespace

TEST_CASE("a pact is signed on each member's device, a changed one asks again, and everybody sees who signed what") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  anna.must(1, {"pact", "set", club.id, "--file", "-"}, "Annan säännöt.\n");
  anna.must(1, {"pact", "sign", club.id});
  host.ok({"pact", "set", club.id, "--file", "-"}, "Mitä täällä puhutaan, jää tänne.\n");
  host.ok({"pact", "sign", club.id});
  sync_all({&host, &anna});
  CHECK(anna.ok({"pact", "show", club.id}) == "Mitä täällä puhutaan, jää tänne.\n");
  auto pact = anna.json(0, {"pact", "show", club.id});
  CHECK_FALSE(pact.at("own_signed").get<bool>());
  CHECK(names(pact.at("signers")) == std::vector<std::string>{"Kaisa"});
  CHECK(names(pact.at("missing")) == std::vector<std::string>{"Anna"});
  anna.ok({"pact", "sign", club.id});
  anna.ok({"sync"});
  host.ok({"sync"});
  pact = host.json(0, {"pact", "show", club.id});
  CHECK(names(pact.at("signers")) == std::vector<std::string>{"Anna", "Kaisa"});
  CHECK(pact.at("missing").empty());

  host.ok({"pact", "set", club.id, "--file", "-"}, "Mitä täällä puhutaan, jää tänne. Ei kilpailijoita.\n");
  host.ok({"sync"});
  anna.ok({"sync"});
  const auto all = anna.json(0, {"pact", "list", club.id}).at("items");
  REQUIRE(all.size() == 2);
  CHECK(all[0].at("signers").size() == 2);
  CHECK_FALSE(all[1].at("own_signed").get<bool>());
  CHECK(names(all[1].at("missing")) == std::vector<std::string>{"Anna", "Kaisa"});
}

TEST_CASE(
    "a season is planned, held and followed up: answers, agenda, minutes by two at once, attendance, action points, the next "
    "meeting") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  anna.must(1, {"season", "plan", club.id, "--name", "Kausi", "--at", "2027-03-02T18:00", "--zone", "Europe/Helsinki"});
  host.must(1, {"season", "plan", club.id, "--name", "Kausi", "--at", "2027-03-02T18:00", "--zone", "Europe/Nowhere"});
  host.ok({"season", "plan", club.id, "--name", "Kausi", "--at", "2027-03-02T18:00", "--zone", "Europe/Helsinki", "--count", "3",
           "--turn", "Anna=Annan varasto", "--turn", "Kaisa"});
  sync_all({&host, &anna});
  auto meetings = anna.json(0, {"meeting", "list", club.id}).at("items");
  REQUIRE(meetings.size() == 3);
  CHECK(meetings[0].at("organiser").at("name") == "Anna");
  CHECK(meetings[0].at("place") == "Annan varasto");
  CHECK(meetings[0].at("at") == "2027-03-02T16:00:00Z");
  CHECK(meetings[1].at("starts") == "2027-04-13T18:00");
  CHECK(meetings[1].at("at") == "2027-04-13T15:00:00Z");  // summer time, the same time of the clock
  const std::string first = meetings[0].at("id"), second = meetings[1].at("id");

  // Everybody offline.
  server.stop();
  anna.ok({"meeting", "answer", first, "yes", "--with", "Työkaveri Tiina"});
  host.ok({"meeting", "answer", first, "late"});
  const auto item = anna.line(
      {"agenda", "add", first, "--kind", "case", "--title", "Palautukset", "--minutes", "45", "--question", "-"}, "Kuka maksaa?\n");
  anna.ok({"agenda", "edit", item, "--advice", "-"}, "Asiakas.\n");
  anna.ok({"meeting", "guest", first, "Vieras Veera"});
  const auto minutes = anna.line({"meeting", "minutes", first});
  CHECK(host.line({"meeting", "minutes", first}) == minutes);
  anna.ok({"note", "append", minutes, "--file", "-"}, "Annan rivi.\n");
  host.ok({"note", "append", minutes, "--file", "-"}, "Kaisan rivi.\n");
  anna.ok({"meeting", "attend", first, "Kaisa", "late"});
  anna.ok({"meeting", "attend", first, "Anna", "present"});
  anna.must(1, {"meeting", "attend", second, "Anna", "present"});  // not her meeting
  anna.ok({"action", "add", club.id, "--text", "Pyydä tarjous", "--owner", "Kaisa", "--due", "2027-03-20", "--meeting", first});
  const auto question = anna.line({"question", "add", club.id, "--title", "Kuka on käyttänyt X:ää?"});
  anna.ok({"note", "link", minutes, "--member", "Kaisa", "--tag", "varasto"});
  CHECK(anna.line({"meeting", "next", first}) == second);
  anna.must(1, {"meeting", "baton", second, "Anna"});
  anna.ok({"meeting", "baton", first, "Kaisa"});
  server.start();
  sync_all({&host, &anna});

  for (const auto* reader : {&host, &anna}) {
    const auto shown = reader->json(0, {"meeting", "show", first});
    CHECK(shown.at("coming") == 3);
    CHECK(named(shown.at("answers"), "name", "Kaisa").at("answer") == "late");
    CHECK(named(shown.at("answers"), "name", "Anna").at("companions")[0] == "Työkaveri Tiina");
    CHECK(shown.at("silent").empty());
    REQUIRE(shown.at("agenda").size() == 3);
    CHECK(shown.at("agenda")[1].at("title") == "Palautukset");
    CHECK(shown.at("agenda")[1].at("question") == "Kuka maksaa?\n");
    CHECK(shown.at("agenda")[1].at("advice") == "Asiakas.\n");
    CHECK(shown.at("agenda")[2].at("kind") == "round");
    CHECK(shown.at("minutes_left") == 75);
    CHECK(shown.at("guests")[0] == "Vieras Veera");
    CHECK(named(shown.at("attendance"), "name", "Kaisa").at("was") == "late");
    CHECK(shown.at("actions")[0].at("owner").at("name") == "Kaisa");
    CHECK(shown.at("organiser").at("name") == "Kaisa");
    const auto note = named(shown.at("notes"), "kind", "minutes");
    CHECK(note.at("id") == minutes);
    CHECK(note.at("tags")[0] == "varasto");
    const auto text = reader->ok({"note", "show", minutes});
    CHECK(text.find("Annan rivi.\n") != std::string::npos);
    CHECK(text.find("Kaisan rivi.\n") != std::string::npos);
  }
  host.ok({"question", "answer", question, "--file", "-"}, "Me.\n");
  host.ok({"action", "done", host.json(0, {"action", "list", club.id}).at("items")[0].at("id")});
  sync_all({&host, &anna});
  CHECK(anna.json(0, {"question", "list", club.id}).at("items")[0].at("answers")[0].at("author") == "Kaisa");
  CHECK(anna.json(0, {"action", "list", club.id}).at("items")[0].at("done") == true);

  const std::string third = anna.json(0, {"meeting", "list", club.id}).at("items")[2].at("id");
  host.ok({"season", "swap", second, third});
  const auto fourth = host.line({"meeting", "next", third});
  const auto made = host.json(0, {"meeting", "show", fourth});
  CHECK(made.at("title") == "Kausi 4");
  CHECK(made.at("starts") == "2027-07-06T18:00");
  CHECK(made.at("follows") == third);
  CHECK(made.at("agenda").size() == 2);
}

TEST_CASE("a poll closed on one phone and answered on another ends alike on both, and sets the meeting's time") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const ClubOf club(host, {&anna, &bram}, server);
  const auto meeting = meet(host, club.id);
  const auto poll = host.line({"poll", "add", club.id, "--title", "Milloin?", "--time", "2026-12-08T18:00", "--time",
                               "2026-12-09T17:00", "--zone", "Europe/Amsterdam", "--meeting", meeting});
  sync_all({&host, &anna, &bram});
  anna.ok({"poll", "answer", poll, "no", "maybe"});
  anna.must(1, {"poll", "close", poll});
  anna.must(1, {"poll", "answer", poll, "yes"});
  sync_all({&anna, &host});
  CHECK(host.json(0, {"poll", "show", poll}).at("best") == 2);
  server.stop();
  host.ok({"poll", "close", poll});
  bram.ok({"poll", "answer", poll, "yes", "no"});
  server.start();
  sync_all({&host, &bram, &anna});
  const auto held = host.json(0, {"poll", "show", poll});
  for (const auto* reader : {&host, &anna, &bram}) {
    const auto shown = reader->json(0, {"poll", "show", poll});
    CHECK(shown == held);
    CHECK(shown.at("chosen") == 2);
    CHECK(names(shown.at("answers")) == std::vector<std::string>{"Anna"});
    CHECK(names(shown.at("late")) == std::vector<std::string>{"Bram"});
    CHECK(reader->json(0, {"meeting", "show", meeting}).at("at") == "2026-12-09T16:00:00Z");
  }
  bram.must(1, {"poll", "answer", poll, "yes", "yes"});
}

TEST_CASE("two hosts change the same meeting offline, and a clock a year off orders nothing") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  host.ok({"host", "give", club.id, "Anna"});
  sync_all({&host, &anna});
  const auto meeting = meet(host, club.id, {"--places", "1"});
  sync_all({&host, &anna});
  server.stop();
  host.ok({"meeting", "edit", meeting, "--at", "2026-12-02T17:00", "--place", "Turku"});
  RunOptions ahead;
  ahead.environment = {
      {"LD_PRELOAD", MUISTIO_CLOCK_SHIFT}, {"MUISTIO_CLOCK_SHIFT_S", "31536000"}, {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
  REQUIRE(anna.run({"meeting", "edit", meeting, "--place", "Oulu", "--link", "https://huone.example"}, ahead).status == 0);
  REQUIRE(anna.run({"meeting", "answer", meeting, "yes"}, ahead).status == 0);
  server.start();
  sync_all({&anna, &host});
  host.ok({"meeting", "answer", meeting, "yes"});  // a year before Anna by the wall, and after her
  sync_all({&host, &anna});
  const auto held = host.json(0, {"meeting", "show", meeting});
  CHECK(held.at("starts") == "2026-12-02T17:00");
  CHECK(held.at("link") == "https://huone.example");
  CHECK((held.at("place") == "Turku" || held.at("place") == "Oulu"));
  CHECK(names(held.at("seated")) == std::vector<std::string>{"Anna"});
  CHECK(names(held.at("waiting_list")) == std::vector<std::string>{"Kaisa"});
  auto annas = anna.json(0, {"meeting", "show", meeting});
  annas["answer"] = held.at("answer");
  CHECK(annas == held);
}

TEST_CASE(
    "another program reads a club's calendar: the same UIDs after a change, a higher number, alarms where the reminders are") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi; nimi, pilkulla"});
  const auto first = meet(
      anna, club, {"--place", "Hämeenkatu 1, 33100 Tampere; sisäpiha, ovi B ja vielä pitkä selitys siitä mistä kuljetaan sisään"});
  anna.ok({"meeting", "edit", first, "--title", "Varastokierros ja keskustelu: hinnat, palautukset; mitä opimme syksyllä"});
  const auto second = anna.line({"meeting", "next", first});
  const auto read = [&](const std::string& name, std::vector<std::string> more = {}) {
    const auto file = (folder / name).string();
    std::vector<std::string> words{"calendar", club, "--out", file};
    words.insert(words.end(), more.begin(), more.end());
    anna.ok(words);
    const auto parsed = run({"/usr/bin/python3", MUISTIO_CALENDAR_CHECK, file});
    INFO(parsed.err);
    REQUIRE(parsed.status == 0);
    std::vector<Json> lines;
    std::istringstream in(parsed.out);
    for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
    return lines;
  };
  auto seen = read("one.ics");
  REQUIRE(seen.size() == 3);
  CHECK(seen[2].at("method") == "PUBLISH");
  CHECK(seen[2].at("name") == "Klubi; nimi, pilkulla");
  CHECK(seen[0].at("uid") == first + "@muistio");
  CHECK(seen[0].at("summary") == "Varastokierros ja keskustelu: hinnat, palautukset; mitä opimme syksyllä");
  CHECK(seen[0].at("location") ==
        "Hämeenkatu 1, 33100 Tampere; sisäpiha, ovi B ja vielä pitkä selitys siitä mistä kuljetaan sisään");
  CHECK(seen[0].at("starts") == "2026-12-01T16:00:00+0000");
  CHECK(seen[0].at("ends") == "2026-12-01T18:00:00+0000");
  CHECK(seen[0].at("alarms") == Json::array({"2026-11-29T16:00:00Z"}));
  CHECK(seen[1].at("starts") == "2027-01-12T16:00:00+0000");
  for (const auto& each : seen) CHECK(each.at("errors").empty());
  const auto sequence = seen[0].at("sequence").get<std::uint64_t>();

  anna.ok({"reminder", "set", "--days", "0", "--minutes", "90"});
  anna.ok({"meeting", "edit", first, "--at", "2026-12-03T17:30"});
  anna.ok({"meeting", "cancel", second});
  seen = read("two.ics");
  CHECK(seen[0].at("uid") == first + "@muistio");
  CHECK(seen[0].at("sequence").get<std::uint64_t>() > sequence);
  CHECK(seen[0].at("starts") == "2026-12-03T15:30:00+0000");
  CHECK(seen[0].at("alarms") == Json::array({"2026-12-03T14:00:00Z"}));
  CHECK(seen[1].at("status") == "CANCELLED");
  CHECK(seen[1].at("alarms").empty());
  seen = read("guest.ics", {"--meeting", first});
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].at("uid") == first + "@muistio");
}

TEST_CASE("reminders are worked out on the device: two days before unless it was set, by the clock of the place") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto meeting =
      anna.line({"meeting", "add", club, "--title", "Kevät", "--at", "2031-03-31T18:00", "--zone", "Europe/Helsinki"});
  anna.ok({"action", "add", club, "--text", "Varaa tila", "--owner", "Anna", "--due", "2031-03-20", "--meeting", meeting});
  auto items = anna.json(0, {"reminder", "list", "--days", "3660"}).at("items");
  REQUIRE(items.size() == 2);
  CHECK(items[0].at("title") == "Varaa tila");
  CHECK(items[0].at("at") == "2031-03-18T07:00:00Z");
  CHECK(items[1].at("at") == "2031-03-29T16:00:00Z");  // winter time; the clocks change between
  CHECK(items[1].at("due") == "2031-03-31T15:00:00Z");
  anna.ok({"reminder", "set", "--days", "1", "--minutes", "60"});
  CHECK(anna.json(0, {"reminder", "set"}) == Json({{"days", 1}, {"minutes", 60}}));
  items = anna.json(0, {"reminder", "list", "--days", "3660"}).at("items");
  CHECK(items[1].at("at") == "2031-03-30T14:00:00Z");
  anna.ok({"meeting", "answer", meeting, "no"});
  CHECK(anna.json(0, {"reminder", "list", "--days", "3660"}).at("items").size() == 1);
}

TEST_CASE("who was away catches up: what was said, decided, shared and asked: the mark is for their own devices alone") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  anna.ok({"catch-up", club.id, "--mark"});
  host.add_note(club.id, "Muistiinpano", "Puhuttiin hinnoista.\n");
  const auto meeting = meet(host, club.id);
  const auto file = folder / "kalvot.txt";
  std::ofstream(file) << "kalvot";
  const auto material = host.line({"material", "add", club.id, file.string()});
  host.ok({"question", "add", club.id, "--title", "Kuka tietää?"});
  CHECK(host.json(0, {"material", "reach", material}) == Json({{"sent", false}, {"have", 1}, {"devices", 2}}));
  host.ok({"sync"});
  CHECK(host.json(0, {"material", "reach", material}) == Json({{"sent", true}, {"have", 1}, {"devices", 2}}));
  anna.ok({"sync"});
  auto news = anna.json(0, {"catch-up", club.id});
  REQUIRE(news.at("said").size() == 1);
  CHECK(news.at("said")[0].at("title") == "Muistiinpano");
  CHECK(news.at("said")[0].at("author") == "Kaisa");
  CHECK(news.at("decided")[0].at("id") == meeting);
  CHECK(news.at("shared")[0].at("title") == "kalvot.txt");
  CHECK(news.at("asked")[0].at("title") == "Kuka tietää?");
  host.ok({"sync"});
  CHECK(host.json(0, {"material", "reach", material}) == Json({{"sent", true}, {"have", 2}, {"devices", 2}}));
  CHECK(host.json(0, {"catch-up", club.id}).at("said").empty());  // one's own is no news

  anna.ok({"catch-up", club.id, "--mark"});
  anna.ok({"sync"});
  const auto pulled = host.json(0, {"sync"}).at("pulled");
  CHECK(pulled == 0);  // nobody in the club learns that Anna has read
  host.ok({"note", "append", host.json(0, {"meeting", "minutes", meeting}).at("id"), "--file", "-"}, "Sovittiin.\n");
  host.ok({"sync"});
  anna.ok({"sync"});
  news = anna.json(0, {"catch-up", club.id});
  REQUIRE(news.at("said").size() == 1);
  CHECK(news.at("said")[0].at("kind") == "minutes");
  for (const auto* list : {"decided", "shared", "asked"}) CHECK(news.at(list).empty());
}

TEST_CASE("the mirror is the same on every phone, and the turn list stays on one and goes after the meeting") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto meeting =
      host.line({"meeting", "add", club.id, "--title", "Kevät", "--at", "2035-03-01T18:00", "--zone", "Europe/Helsinki"});
  host.ok({"meeting", "attend", meeting, "Anna", "present"});
  host.ok({"meeting", "attend", meeting, "Kaisa", "absent"});
  anna.add_note(club.id, "Annan *oma*", "teksti");
  sync_all({&host, &anna});
  const auto mirror = host.json(0, {"mirror", club.id});
  CHECK(anna.json(0, {"mirror", club.id}) == mirror);
  const auto annas = named(mirror.at("items"), "title", "Anna");
  CHECK(annas.at("notes").size() == 1);
  CHECK(annas.at("attended")[0] == meeting);
  CHECK(named(mirror.at("items"), "title", "Kaisa").at("missed")[0] == meeting);
  const auto page = anna.ok({"mirror", club.id, "--mine"});
  CHECK(page.find("## Meetings attended (1)\n\n- 2035-03-01 Kevät\n") != std::string::npos);
  CHECK(page.find("- Annan \\*oma\\*\n") != std::string::npos);
  CHECK(page.find("Kaisa") == std::string::npos);

  host.ok({"turn", "add", meeting, "Anna"});
  auto turns = host.json(0, {"turn", "list", meeting}).at("items");
  CHECK(turns[0].at("title") == "Kaisa");
  CHECK(named(turns, "title", "Anna").at("turns") == 1);
  host.ok({"sync"});
  CHECK(anna.json(0, {"sync"}).at("pulled") == 0);
  CHECK(named(anna.json(0, {"turn", "list", meeting}).at("items"), "title", "Anna").at("turns") == 0);
  RunOptions after;  // ten years on
  after.environment = {
      {"LD_PRELOAD", MUISTIO_CLOCK_SHIFT}, {"MUISTIO_CLOCK_SHIFT_S", "315360000"}, {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
  CHECK(host.run({"turn", "add", meeting, "Anna"}, after).status == 1);
  turns = host.json(0, {"turn", "list", meeting}).at("items");
  CHECK(named(turns, "title", "Anna").at("turns") == 0);
  host.ok({"turn", "add", meeting, "Anna"});
  host.ok({"turn", "clear", meeting});
  CHECK(named(host.json(0, {"turn", "list", meeting}).at("items"), "title", "Anna").at("turns") == 0);
}

TEST_CASE("who joins in mid-season sees the meetings to come, the pact and the answers, and nothing from before") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), cid(folder, "Cid");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  host.ok({"pact", "set", club.id, "--file", "-"}, "Pelisäännöt.\n");
  const auto over =
      host.line({"meeting", "add", club.id, "--title", "Ollut", "--at", "2020-03-01T18:00", "--zone", "Europe/Helsinki"});
  const auto coming =
      host.line({"meeting", "add", club.id, "--title", "Tuleva", "--at", "2035-03-01T18:00", "--zone", "Europe/Helsinki"});
  host.add_note(club.id, "Ennen", "Ennen Cidiä.\n");
  sync_all({&host, &anna});
  anna.ok({"pact", "sign", club.id});
  anna.ok({"meeting", "answer", coming, "yes"});
  sync_all({&anna, &host});
  const auto link = host.line({"invite", club.id});
  cid.ok({"join", link, "--name", "Cid", "--ca", server.ca()});
  cid.must(3, {"sync"});
  sync_all({&host, &cid, &anna});

  const auto meetings = cid.json(0, {"meeting", "list", club.id}).at("items");
  REQUIRE(meetings.size() == 1);
  CHECK(meetings[0].at("id") == coming);
  cid.must(1, {"meeting", "show", over});
  CHECK(anna.json(0, {"meeting", "show", over}).at("title") == "Ollut");
  CHECK(cid.json(0, {"note", "list", club.id}).at("items").empty());
  const auto pact = cid.json(0, {"pact", "show", club.id});
  CHECK(names(pact.at("signers")) == std::vector<std::string>{"Anna"});
  CHECK(names(pact.at("missing")) == std::vector<std::string>{"Cid", "Kaisa"});
  cid.ok({"pact", "sign", club.id});
  cid.ok({"meeting", "answer", coming, "remote"});
  anna.ok({"meeting", "answer", coming, "late"});
  sync_all({&cid, &anna, &host});
  for (const auto* reader : {&host, &anna, &cid}) {
    const auto shown = reader->json(0, {"meeting", "show", coming});
    CHECK(named(shown.at("answers"), "name", "Cid").at("answer") == "remote");
    CHECK(named(shown.at("answers"), "name", "Anna").at("answer") == "late");
    CHECK(names(reader->json(0, {"pact", "show", club.id}).at("signers")) == std::vector<std::string>{"Anna", "Cid"});
  }
}

TEST_CASE("a removed member is asked nothing any more, and what they said stays") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const ClubOf club(host, {&anna, &bram}, server);
  host.ok({"pact", "set", club.id, "--file", "-"}, "Pelisäännöt.\n");
  const auto meeting = meet(host, club.id);
  sync_all({&host, &anna, &bram});
  anna.ok({"pact", "sign", club.id});
  anna.ok({"meeting", "answer", meeting, "yes"});
  sync_all({&anna, &host});
  CHECK(names(host.json(0, {"meeting", "show", meeting}).at("silent")) == std::vector<std::string>{"Bram", "Kaisa"});
  host.ok({"member", "remove", club.id, "Bram"});
  host.ok({"member", "remove", club.id, "Anna"});
  host.ok({"sync"});
  bram.run({"meeting", "answer", meeting, "no"});
  bram.run({"sync"});
  host.ok({"sync"});
  const auto shown = host.json(0, {"meeting", "show", meeting});
  CHECK(names(shown.at("silent")) == std::vector<std::string>{"Kaisa"});
  CHECK(names(shown.at("answers")) == std::vector<std::string>{"Anna"});
  const auto pact = host.json(0, {"pact", "show", club.id});
  CHECK(names(pact.at("missing")) == std::vector<std::string>{"Kaisa"});
  CHECK(names(pact.at("signers")) == std::vector<std::string>{"Anna"});
  CHECK(anna.json(0, {"meeting", "show", meeting}).at("title") == "Varastokierros");  // readable to them, and nothing later comes
}
