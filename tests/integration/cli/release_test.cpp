// The verb release, with real programs and a real server: a club tells the programme something, and nothing else reaches it.
#include "people.hpp"

using namespace muistio::test;

namespace {

Json release_of(const Person& person, const std::string& id) { return person.json(0, {"release", "show", id}); }

std::vector<std::string> titles(const Person& person, const std::string& space) {
  std::vector<std::string> found;
  const auto list = person.json(0, {"note", "list", space});
  for (const auto& each : list.at("items")) found.push_back(each.at("title"));
  return found;
}

Ended days_later(const Person& person, int days, const std::vector<std::string>& words) {
  RunOptions options;
  options.environment["LD_PRELOAD"] = MUISTIO_CLOCK_SHIFT;
  options.environment["MUISTIO_CLOCK_SHIFT_S"] = std::to_string(days * 24 * 3600 + 60);
  options.environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";
  return person.run(words, options);
}

}  // namespace

TEST_CASE("a release lies in the club for three days, who is named agrees, anybody stops it, and then the programme reads it") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram"), staff(folder, "Pirjo");
  host.init(server);
  const ClubOf club(host, {&anna, &bram}, server);
  const auto desk = host.line({"desk", "create", "Ohjelma"});
  host.ok({"sync"});
  const auto link = host.line({"invite", desk});
  staff.ok({"join", link, "--name", "Pirjo", "--ca", server.ca()});
  staff.must(3, {"sync"});
  host.ok({"sync"});
  staff.ok({"sync"});
  host.add_note(club.id, "Salaista", "jää klubiin");

  const std::string text = "# Koulutustarve\nAnna haluaa oppia verkkomainontaa.\n";
  const auto id = host.line({"release", "draft", club.id, desk, "--kind", "training", "--named", "Anna", "--file", "-"}, text);
  host.must(1, {"release", "send", id});  // too early, and Anna has not agreed
  host.ok({"sync"});
  anna.ok({"sync"});
  bram.ok({"sync"});
  CHECK(release_of(anna, id).at("own_agreement_wanted") == true);
  CHECK(release_of(bram, id).at("own_agreement_wanted") == false);
  CHECK(bram.ok({"release", "show", id}) == text);
  bram.must(1, {"release", "agree", id});  // not named
  anna.ok({"release", "agree", id});
  bram.ok({"release", "stop", id, "--reason", "ensi kuussa"});
  for (const auto* person : {&anna, &bram, &host}) person->ok({"sync"});
  CHECK(release_of(host, id).at("state") == "stopped");
  CHECK(release_of(host, id).at("stopped_by")[0].at("reason") == "ensi kuussa");
  CHECK(days_later(host, 4, {"release", "send", id}).status == 1);
  bram.ok({"release", "allow", id});
  bram.ok({"sync"});
  host.ok({"sync"});
  CHECK(release_of(host, id).at("state") == "waiting");
  CHECK(days_later(host, 2, {"release", "send", id}).status == 1);
  CHECK(days_later(anna, 4, {"release", "send", id}).status == 1);  // no host
  const auto sent = days_later(host, 4, {"release", "send", id});
  INFO(sent.err);
  REQUIRE(sent.status == 0);
  CHECK(days_later(host, 4, {"release", "send", id}).status == 1);  // once
  host.ok({"sync"});
  staff.ok({"sync"});
  anna.ok({"sync"});

  // The programme reads the copy and nothing else; the club has the line of the ledger.
  REQUIRE(titles(staff, desk).size() == 1);
  const auto copy = staff.json(0, {"note", "list", desk}).at("items")[0].at("id").get<std::string>();
  CHECK(staff.ok({"note", "show", copy}) == text);
  staff.must(1, {"note", "list", club.id});
  CHECK(titles(anna, club.id) == std::vector<std::string>{"Salaista"});
  CHECK(release_of(anna, id).at("state") == "sent");
  CHECK(release_of(anna, id).at("sent")[0].at("by") == "Kaisa");

  // The programme answers in the desk.
  staff.add_note(desk, "Vastaus", "Kurssi alkaa helmikuussa.");
  staff.ok({"sync"});
  host.ok({"sync"});
  CHECK(titles(host, desk).size() == 2);

  // Taken back: gone on the programme's device at its next sync.
  anna.must(1, {"release", "withdraw", id});
  host.ok({"release", "withdraw", id});
  host.must(1, {"release", "withdraw", id});
  CHECK(days_later(host, 4, {"release", "send", id}).status == 1);  // the copy is gone for good: another text is another release
  host.ok({"sync"});
  staff.ok({"sync"});
  anna.ok({"sync"});
  CHECK(titles(staff, desk) == std::vector<std::string>{"Vastaus"});
  CHECK(release_of(anna, id).at("state") == "withdrawn");
}
