// One person with several homes: linked, lost, restored, copied, recovered. Real programs, real folders, a real server.
#include "people.hpp"

using namespace muistio::test;

namespace {

void sync_all(const std::vector<const Person*>& people) {
  for (const auto* person : people) {
    const auto ended = person->run({"sync"});
    INFO(person->name() << ": " << ended.out << ended.err);
    REQUIRE((ended.status == 0 || ended.status == 3));
  }
}

void replace_home(const Person& person, const std::filesystem::path& from) {
  std::filesystem::remove_all(person.home());
  std::filesystem::copy(from, person.home(), std::filesystem::copy_options::recursive);
}

/// Makes `fresh` a device of `old_device`'s person.
void link(const Person& old_device, const Person& fresh, const Server& server) {
  const auto link = old_device.line({"device", "link"});
  fresh.ok({"device", "link", link, "--ca", server.ca()});
  fresh.must(3, {"sync"});
  const auto asked = old_device.run({"sync"});
  const auto code = old_device.line({"device", "confirm"});
  CHECK(code.size() == 6);
  CHECK(asked.err.find(code) != std::string::npos);
  auto heard = fresh.run({"sync"});
  // A sync may end before its reveal is at the server, or the wish before it: the next ones bring it.
  for (int round = 0; round < 5 && heard.err.find(code) == std::string::npos; ++round) {
    old_device.run({"sync"});
    heard = fresh.run({"sync"});
  }
  CHECK(heard.status == 3);
  CHECK(heard.err.find(code) != std::string::npos);
  CHECK(fresh.line({"device", "confirm"}) == code);
  CHECK(old_device.json(1, {"device", "confirm", "000"}).at("error").at("code") == "not_found");
  old_device.ok({"device", "confirm", code});
  old_device.ok({"sync"});
  fresh.must(3, {"sync"});
  old_device.ok({"sync"});
  fresh.ok({"sync"});
}

/// The text of the only note with that title.
std::string text_of(const Person& person, const std::string& club, const std::string& title) {
  const auto listed = person.json(0, {"note", "list", club});
  std::string found;
  for (const auto& note : listed.at("items")) {
    if (note.at("title") != title) continue;
    REQUIRE(found.empty());
    found = note.at("id").get<std::string>();
  }
  INFO(person.name() << " has no note " << title);
  REQUIRE_FALSE(found.empty());
  return person.ok({"note", "show", found});
}

std::string id_of_other(const Person& person) {
  const auto listed = person.json(0, {"device", "list"});
  for (const auto& device : listed.at("items"))
    if (!device.at("self").get<bool>()) return device.at("id");
  return {};
}

}  // namespace

TEST_CASE("a second device is linked, has everything, and is removed when it is lost") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), tablet(folder, "tablet");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto shared = host.add_note(club.id, "Muistio", "kaikille");
  const auto own = anna.line({"note", "add", club.id, "--title", "Oma", "--private", "--file", "-"}, "vain minulle");
  sync_all({&host, &anna});

  link(anna, tablet, server);
  CHECK(tablet.ok({"note", "show", shared}) == "kaikille");
  CHECK(tablet.ok({"note", "show", own}) == "vain minulle");
  CHECK(tablet.json(0, {"member", "list", club.id}).at("items").size() == 2);
  CHECK(anna.json(0, {"device", "list"}).at("items").size() == 2);
  const auto from_tablet = tablet.line({"note", "add", club.id, "--title", "Toinen", "--private", "--file", "-"}, "taululta");
  tablet.ok({"note", "append", own, "--file", "-"}, ", lisää");
  sync_all({&tablet, &anna});
  CHECK(anna.ok({"note", "show", from_tablet}) == "taululta");
  CHECK(anna.ok({"note", "show", own}) == "vain minulle, lisää");
  CHECK(host.run({"note", "show", own}).status == 1);

  const auto lost = id_of_other(anna);
  CHECK(lost == tablet.json(0, {"device", "list"}).at("items").at(0).at("id"));
  anna.ok({"device", "remove", lost});
  const auto after = anna.add_note(club.id, "Jälkeen", "katoamisen jälkeen");
  anna.ok({"sync"});
  tablet.run({"sync"});
  CHECK(tablet.run({"note", "show", after}).status == 1);
  CHECK(tablet.ok({"note", "show", shared}) == "kaikille");
  CHECK(anna.json(0, {"device", "list"}).at("items").size() == 1);
  sync_all({&host});
  CHECK(host.json(0, {"member", "list", club.id}).at("items").size() == 2);
}

TEST_CASE("a home folder restored from a backup comes back as another device and loses nothing") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto note = anna.add_note(club.id, "Muistio", "ennen\n");
  sync_all({&anna, &host});
  const auto before = anna.json(0, {"device", "list"}).at("items").at(0).at("id");
  std::filesystem::copy(anna.home(), folder / "backup", std::filesystem::copy_options::recursive);
  anna.ok({"note", "append", note, "--file", "-"}, "varmuuskopion jälkeen\n");
  const auto later = anna.add_note(club.id, "Myöhempi", "toinen muistio");
  sync_all({&anna, &host});

  replace_home(anna, folder / "backup");
  CHECK(anna.ok({"note", "show", note}) == "ennen\n");
  anna.ok({"note", "append", note, "--file", "-"}, "palautuksen jälkeen\n");
  anna.add_note(club.id, "Uusi", "palautettu");
  const auto asked = anna.run({"sync"});
  CHECK(asked.status == 3);
  CHECK(asked.err.find("another device") != std::string::npos);
  CHECK(anna.ok({"note", "show", note}).find("palautuksen jälkeen\n") != std::string::npos);
  host.ok({"sync"});
  anna.ok({"sync"});
  sync_all({&host, &anna, &host});
  for (const auto* person : {&host, &anna}) {
    const auto text = person->ok({"note", "show", note});
    INFO(text);
    for (const char* part : {"ennen\n", "varmuuskopion jälkeen\n", "palautuksen jälkeen\n"}) {
      const auto at = text.find(part);
      REQUIRE(at != std::string::npos);
      CHECK(text.find(part, at + 1) == std::string::npos);
    }
    CHECK(person->ok({"note", "show", later}) == "toinen muistio");
    CHECK(text_of(*person, club.id, "Uusi") == "palautettu");
  }
  CHECK(host.ok({"note", "show", note}) == anna.ok({"note", "show", note}));
  CHECK(anna.json(0, {"device", "list"}).at("items").at(0).at("id") != before);
  CHECK(host.json(0, {"member", "list", club.id}).at("items").size() == 2);
}

TEST_CASE("a copied home folder that is used twice becomes two devices") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), copy(folder, "copy");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto note = anna.add_note(club.id, "Muistio", "");
  sync_all({&anna, &host});
  anna.ok({"note", "append", note, "--file", "-"}, "ennen kopiota\n");
  replace_home(copy, anna.home());
  anna.ok({"note", "append", note, "--file", "-"}, "alkuperäinen\n");
  copy.ok({"note", "append", note, "--file", "-"}, "kopio\n");
  sync_all({&anna, &copy, &anna, &copy, &anna, &host, &copy});
  const auto text = host.ok({"note", "show", note});
  INFO(text);
  for (const char* part : {"ennen kopiota\n", "alkuperäinen\n", "kopio\n"}) CHECK(text.find(part) != std::string::npos);
  CHECK(text.find("ennen kopiota\n") == text.rfind("ennen kopiota\n"));
  CHECK(anna.ok({"note", "show", note}) == text);
  CHECK(copy.ok({"note", "show", note}) == text);
}

TEST_CASE("all homes of a member are deleted and come back by 24 words") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), again(folder, "again");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto words = anna.line({"device", "words"});
  CHECK(std::count(words.begin(), words.end(), ' ') == 23);
  const auto shared = host.add_note(club.id, "Muistio", "kaikille");
  const auto from_anna = anna.add_note(club.id, "Annalta", "klubille");
  const auto own = anna.line({"note", "add", club.id, "--title", "Oma", "--private", "--file", "-"}, "vain minulle");
  sync_all({&anna, &host, &anna});
  anna.ok({"device", "words", "--forget"});
  CHECK(anna.json(3, {"device", "words"}).at("error").at("code") == "absent");
  std::filesystem::remove_all(anna.home());

  CHECK(again.run({"recover", "--server", server.url(), "--ca", server.ca()}, {.input = "abandon ability able"}).status == 1);
  const auto words_file = folder / "words";
  write_all(words_file, words + "\n");
  again.ok({"recover", "--server", server.url(), "--ca", server.ca(), "--words-file", words_file.string()});
  again.must(3, {"sync"});
  host.ok({"sync"});
  host.ok({"admit", club.id});
  host.ok({"sync"});
  again.ok({"sync"});
  CHECK(text_of(again, club.id, "Oma") == "vain minulle");
  CHECK(again.ok({"note", "show", shared}) == "kaikille");
  CHECK(again.ok({"note", "show", from_anna}) == "klubille");
  const auto notes = again.json(0, {"note", "list", club.id}).at("items");
  CHECK(notes.size() == 3);
  const auto new_note = again.add_note(club.id, "Takaisin", "täällä taas");
  sync_all({&again, &host});
  CHECK(host.ok({"note", "show", new_note}) == "täällä taas");
  const auto members = host.json(0, {"member", "list", club.id}).at("items");
  REQUIRE(members.size() == 2);
  CHECK(host.run({"note", "show", own}).status == 1);
}
