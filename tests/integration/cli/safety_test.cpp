// check, backup and restore with the real program.
#include "people.hpp"

using namespace muistio::test;

TEST_CASE("a backup is a home of its own that restores on an empty folder only, whole or not at all") {
  Folder folder;
  Person anna(folder, "Anna");
  anna.set_passphrase("salasana");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto note = anna.add_note(club, "Muistio", "ennen\n");
  const std::string bytes(200'000, 'k');
  const auto file = anna.line({"material", "add", club, write_all(folder / "kuva.jpg", bytes).string()});
  const auto checked = anna.json(0, {"check"});
  CHECK(checked.at("notes") == 1);
  CHECK(checked.at("files") == 1);
  CHECK(checked.at("damaged").empty());

  const auto backup = (folder / "backup").string();
  CHECK(anna.json(0, {"backup", backup}).at("out") == backup);
  CHECK(anna.json(1, {"backup", backup}).at("error").at("code") == "already_exists");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(backup)) {
    if (!entry.is_regular_file()) continue;
    CHECK(read_all(entry.path()).find("ennen") == std::string::npos);
    CHECK((entry.status().permissions() & std::filesystem::perms::others_all) == std::filesystem::perms::none);
  }
  CHECK(anna.json(1, {"restore", backup}).at("error").at("code") == "already_exists");

  Person restored(folder, "restored");
  restored.set_passphrase("toinen");
  CHECK(restored.json(1, {"restore", backup}).at("error").at("code") == "wrong_key");
  CHECK(std::filesystem::is_empty(restored.home()));
  restored.set_passphrase("salasana");
  CHECK(restored.json(1, {"restore", (folder / "nothing").string()}).at("error").at("code") == "not_found");
  restored.ok({"restore", backup});
  CHECK(restored.ok({"note", "show", note}) == "ennen\n");
  restored.ok({"material", "get", file, "--out", (folder / "out").string()});
  CHECK(read_all(folder / "out") == bytes);
  restored.ok({"check"});

  // A backup with one byte changed is not restored.
  auto damaged = read_all(folder / "backup" / "home.db");
  damaged[damaged.size() / 2] ^= 1;
  write_all(folder / "backup" / "home.db", damaged);
  Person third(folder, "third");
  third.set_passphrase("salasana");
  CHECK(third.json(1, {"restore", backup}).at("error").at("code") == "corrupt");
  CHECK(std::filesystem::is_empty(third.home()));
}

TEST_CASE("check names a file whose copy here does not open") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto file = anna.line({"material", "add", club, write_all(folder / "kuva.jpg", std::string(200'000, 'k')).string()});
  for (const auto& entry : std::filesystem::directory_iterator(anna.home() / "attachments")) {
    auto bytes = read_all(entry.path());
    bytes[150'000] ^= 1;
    write_all(entry.path(), bytes);
  }
  CHECK(anna.json(1, {"check"}).at("damaged") == Json::array({file}));
}

TEST_CASE("a restored backup goes on as another device when the log knows more, and loses nothing") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), again(folder, "again");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto note = anna.add_note(club.id, "Muistio", "ennen\n");
  anna.ok({"sync"});
  const auto before = anna.json(0, {"device", "list"}).at("items").at(0).at("id");
  anna.ok({"backup", (folder / "backup").string()});
  anna.ok({"note", "append", note, "--file", "-"}, "jälkeen\n");
  anna.ok({"sync"});
  host.ok({"sync"});
  std::filesystem::remove_all(anna.home());

  again.ok({"restore", (folder / "backup").string()});
  CHECK(again.ok({"note", "show", note}) == "ennen\n");
  const auto fresh = again.add_note(club.id, "Uusi", "palautettu\n");
  CHECK(again.run({"sync"}).status == 3);
  for (const auto* person : {&host, &again, &host, &again, &host}) person->ok({"sync"});
  for (const auto* person : {&host, &again}) {
    CHECK(person->ok({"note", "show", note}) == "ennen\njälkeen\n");
    const auto notes = person->json(0, {"note", "list", club.id}).at("items");
    CHECK(notes.size() == 2);
    for (const auto& each : notes)
      if (each.at("title") == "Uusi") CHECK(person->ok({"note", "show", each.at("id")}) == "palautettu\n");
  }
  CHECK(again.json(0, {"device", "list"}).at("items").at(0).at("id") != before);
  CHECK(host.json(0, {"member", "list", club.id}).at("items").size() == 2);
  static_cast<void>(fresh);
}
