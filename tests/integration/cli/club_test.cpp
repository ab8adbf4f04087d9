// Several people, each a process with a home, over a real server.
#include "people.hpp"

using namespace muistio::test;

namespace {

std::string random_bytes(std::size_t count, unsigned seed) {
  std::string bytes(count, '\0');
  std::uint64_t state = seed * 2654435761u + 1;
  for (auto& byte : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<char>(state >> 56);
  }
  return bytes;
}

/// The names and bytes of all files below a folder.
std::map<std::string, std::string> contents(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[std::filesystem::relative(entry.path(), folder).string()] = read_all(entry.path());
  return files;
}

Json waiting_of(const Json& report) { return report.at("waiting"); }

bool waits_for(const Json& report, const std::string& why) {
  for (const auto& each : report.at("waiting"))
    if (each.at("why") == why) return true;
  return false;
}

}  // namespace

TEST_CASE("three people found a club, write offline at once, and all end with the same") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const auto club = host.line({"club", "create", "Verkkokauppiasklubi", "--history", "all"});
  const auto first = host.json(0, {"sync"});
  for (const char* field : {"pushed", "pulled", "up_bytes", "down_bytes"}) CHECK(first.at(field).is_number_unsigned());
  CHECK(first.at("pushed").get<int>() > 0);
  CHECK(first.at("up_bytes").get<int>() > 0);
  CHECK(waiting_of(first).empty());

  // The join is kept, waits for the inviter, and shows nothing of the club before; what is written meanwhile goes on admission.
  const auto link = host.line({"invite", club});
  CHECK(anna.line({"join", link, "--name", "Anna", "--ca", server.ca()}) == club);
  const auto draft = anna.add_note(club, "Luonnos", "kirjoitettu ennen");
  CHECK(waits_for(anna.json(3, {"sync"}), "admission"));
  CHECK(anna.json(3, {"member", "list", club}).at("error").at("code") == "waiting_for_admission");
  host.ok({"sync"});
  anna.ok({"sync"});
  host.ok({"sync"});
  CHECK(host.ok({"note", "show", draft}) == "kirjoitettu ennen");
  const auto members = anna.json(0, {"member", "list", club}).at("items");
  REQUIRE(members.size() == 2);
  CHECK(anna.json(0, {"club", "list"}).at("items").at(0).at("title") == "Verkkokauppiasklubi");

  const auto second_link = host.line({"invite", club});
  bram.ok({"join", second_link, "--name", "Bram", "--ca", server.ca()});
  bram.must(3, {"sync"});
  host.ok({"sync"});
  bram.ok({"sync"});
  CHECK(bram.ok({"note", "show", draft}) == "kirjoitettu ennen");

  const auto minutes = host.add_note(club, "Muistio", "# Tapaaminen\n\n## Kuulumiset\n\n## Loppukierros\n");
  host.ok({"sync"});
  anna.ok({"sync"});
  bram.ok({"sync"});
  anna.ok({"note", "show", minutes});
  bram.ok({"note", "show", minutes});
  CHECK(server.stop().status == 0);

  anna.ok({"note", "edit", minutes, "--file", "-"}, "# Tapaaminen\n\n## Kuulumiset\n\nAnnalla uusi varasto.\n\n## Loppukierros\n");
  bram.ok({"note", "edit", minutes, "--file", "-"}, "# Tapaaminen\n\n## Kuulumiset\n\n## Loppukierros\n\nBram: hyvä aamu.\n");
  host.add_note(club, "Seuraava kerta", "12.12.");
  const auto cut_off = anna.json(3, {"sync"});
  CHECK(cut_off.at("pushed") == 0);
  CHECK_FALSE(waiting_of(cut_off).empty());

  server.start();
  for (const auto* person : {&host, &anna, &bram, &host, &anna, &bram}) person->ok({"sync"});
  const auto merged = host.ok({"note", "show", minutes});
  CHECK(merged == "# Tapaaminen\n\n## Kuulumiset\n\nAnnalla uusi varasto.\n\n## Loppukierros\n\nBram: hyvä aamu.\n");
  std::map<std::string, std::string> exported;
  for (const auto* person : {&host, &anna, &bram}) {
    CHECK(person->ok({"note", "show", minutes}) == merged);
    const auto out = folder / ("out-" + person->name());
    person->ok({"export", club, "--out", out.string()});
    if (exported.empty()) exported = contents(out);
    CHECK(contents(out) == exported);
    const auto status = person->json(0, {"status"});
    for (const auto& space : status.at("spaces")) {
      CHECK(space.at("unsent") == 0);
      CHECK(space.at("members") == 3);
    }
  }
  CHECK(exported.size() == 4);
}

TEST_CASE("who joins at once after another knows them by name, though the host had not seen it when the era began") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const auto club = host.line({"club", "create", "Klubi"});
  for (const auto* person : {&anna, &bram}) {
    const auto link = host.line({"invite", club});
    person->ok({"join", link, "--name", person->name(), "--ca", server.ca()});
    person->must(3, {"sync"});  // the server does not know the club yet
  }
  host.ok({"sync"});
  for (const auto* person : {&anna, &bram}) person->must(3, {"sync"});
  host.ok({"sync"});  // one sync admits both: neither has said anything yet
  for (const auto* person : {&anna, &bram, &host, &anna, &bram}) person->ok({"sync"});
  for (const auto* person : {&host, &anna, &bram}) {
    std::set<std::string> names;
    const auto members = person->json(0, {"member", "list", club});
    for (const auto& member : members.at("items")) names.insert(member.at("title").get<std::string>());
    CHECK(names == std::set<std::string>{"Kaisa", "Anna", "Bram"});
  }
}

TEST_CASE("a newcomer reads nothing from before joining but names, and an older note when the host hands over a copy") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto old = host.add_note(club.id, "Vanha", "salainen menneisyys");
  const auto loose = anna.add_note(club.id, "Annan vanha", "salainen sekin");
  for (const auto* person : {&host, &anna, &host}) person->ok({"sync"});
  const auto link = host.line({"invite", club.id});
  bram.ok({"join", link, "--name", "Bram", "--ca", server.ca()});
  const auto draft = bram.add_note(club.id, "Luonnos", "bramin luonnos");
  bram.must(3, {"sync"});
  host.ok({"sync"});
  for (const auto* person : {&bram, &host, &anna}) person->ok({"sync"});
  CHECK(host.ok({"note", "show", draft}) == "bramin luonnos");
  CHECK(anna.ok({"note", "show", draft}) == "bramin luonnos");

  // A late edit of an old note stays among those who may read it.
  anna.ok({"note", "append", old, "--file", "-"}, " jatkuu");
  const auto shared = anna.add_note(club.id, "Uusi", "kaikille");
  for (const auto* person : {&anna, &host, &bram}) person->ok({"sync"});
  CHECK(host.ok({"note", "show", old}) == "salainen menneisyys jatkuu");
  CHECK(bram.ok({"note", "show", shared}) == "kaikille");
  for (const auto& id : {old, loose}) CHECK(bram.json(1, {"note", "show", id}).at("error").at("code") == "not_found");
  CHECK(bram.json(0, {"note", "list", club.id}).at("items").size() == 2);
  CHECK(bram.json(0, {"search", "salainen"}).at("items").empty());
  CHECK_FALSE(anna.json(0, {"search", "salainen"}).at("items").empty());
  CHECK(bram.json(0, {"club", "list"}).at("items").at(0).at("title") == "Verkkokauppiasklubi");
  std::set<std::string> names;
  const auto members = bram.json(0, {"member", "list", club.id});
  for (const auto& member : members.at("items")) names.insert(member.at("title").get<std::string>());
  CHECK(names == std::set<std::string>{"Kaisa", "Anna", "Bram"});
  const auto out = folder / "out";
  bram.ok({"export", club.id, "--out", out.string()});
  for (const auto& [name, text] : contents(out)) CHECK(text.find("salainen") == std::string::npos);

  CHECK(bram.json(1, {"note", "share", shared}).at("error").at("code") == "not_permitted");
  const auto copy = host.line({"note", "share", old});
  CHECK(copy != old);
  for (const auto* person : {&host, &bram}) person->ok({"sync"});
  CHECK(bram.ok({"note", "show", copy}) == "salainen menneisyys jatkuu");
}

TEST_CASE("a season begins by the host, and later newcomers read from there") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const auto club = host.line({"club", "create", "Klubi", "--history", "season"});
  const auto last = host.add_note(club, "Viime kausi", "vanha");
  host.ok({"sync"});
  host.ok({"club", "season", club});
  host.ok({"sync"});
  const auto now = host.add_note(club, "Tämä kausi", "uusi");
  host.ok({"sync"});
  anna.ok({"join", host.line({"invite", club}), "--name", "Anna", "--ca", server.ca()});
  anna.must(3, {"sync"});
  host.ok({"sync"});
  anna.ok({"sync"});
  CHECK(anna.ok({"note", "show", now}) == "uusi");
  CHECK(anna.json(1, {"note", "show", last}).at("error").at("code") == "not_found");
  CHECK(anna.json(1, {"club", "season", club}).at("error").at("code") == "not_permitted");
  CHECK(host.json(2, {"club", "create", "X", "--history", "never"}).at("error").at("code") == "usage");
}

TEST_CASE("a removed member and one who left read nothing that is written later") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const ClubOf club(host, {&anna, &bram}, server);
  const auto before = host.add_note(club.id, "Ennen", "ennen");
  for (const auto* person : {&host, &anna, &bram}) person->ok({"sync"});
  CHECK(anna.json(1, {"member", "remove", club.id, "Bram"}).at("error").at("code") == "not_permitted");
  host.ok({"member", "remove", club.id, "Bram"});
  const auto after = host.add_note(club.id, "Jälkeen", "jälkeen");
  host.ok({"sync"});
  anna.ok({"sync"});
  CHECK(anna.ok({"note", "show", after}) == "jälkeen");
  bram.run({"sync"});
  CHECK(bram.json(1, {"note", "show", after}).at("error").at("code") == "not_found");
  CHECK(bram.ok({"note", "show", before}) == "ennen");
  CHECK(bram.json(1, {"note", "add", club.id, "--title", "Yritys"}).at("error").at("code") == "removed");
  CHECK(host.json(0, {"member", "list", club.id}).at("items").size() == 2);

  anna.ok({"club", "leave", club.id});
  CHECK(anna.run({"note", "show", after}).status == 1);
  CHECK(anna.json(0, {"club", "list"}).at("items").empty());
  anna.ok({"sync"});
  host.ok({"sync"});
  CHECK(host.json(0, {"member", "list", club.id}).at("items").size() == 1);
  const auto last = host.add_note(club.id, "Yksin", "yksin");
  host.ok({"sync"});
  anna.ok({"sync"});
  CHECK(anna.run({"note", "show", last}).status == 1);
}

TEST_CASE("an invitation for several asks a person, and a request can be taken back") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram"), carl(folder, "Carl");
  host.init(server);
  const ClubOf club(host, {}, server);
  const auto link = host.line({"invite", club.id, "--uses", "3", "--role", "facilitator"});
  for (const auto* person : {&anna, &bram, &carl}) {
    person->ok({"join", link, "--name", person->name(), "--ca", server.ca()});
    person->must(3, {"sync"});
  }
  bram.ok({"join", "--cancel", club.id});
  CHECK(bram.json(0, {"club", "list"}).at("items").empty());
  bram.ok({"sync"});
  CHECK(waits_for(host.json(0, {"sync"}), "admit"));
  CHECK(host.json(0, {"member", "list", club.id}).at("items").size() == 1);
  const auto ambiguous = host.json(1, {"admit", club.id}).at("error");
  CHECK(ambiguous.at("code") == "ambiguous");
  const auto message = ambiguous.at("message").get<std::string>();
  const auto candidates = message.find("candidates: ");
  REQUIRE(candidates != std::string::npos);
  const auto request = message.substr(candidates + 12, 32);
  REQUIRE(is_id(request));
  CHECK(host.line({"admit", club.id, request.substr(0, 8)}) == request);
  host.ok({"sync"});
  const auto admitted = anna.run({"sync"}).status;
  CHECK(admitted + carl.run({"sync"}).status == 3);  // one of them is in, the other waits
  CHECK(is_id(host.line({"admit", club.id})));
  host.ok({"sync"});
  anna.ok({"sync"});
  carl.ok({"sync"});
  host.ok({"sync"});
  anna.ok({"sync"});
  const auto members = anna.json(0, {"member", "list", club.id}).at("items");
  REQUIRE(members.size() == 3);
  std::multiset<std::string> roles;
  for (const auto& member : members) roles.insert(member.at("role"));
  CHECK(roles == std::multiset<std::string>{"facilitator", "facilitator", "host"});
  bram.ok({"sync"});
  CHECK(bram.json(0, {"club", "list"}).at("items").empty());
}

TEST_CASE("a used, a revoked and a bent link let nobody in") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), eve(folder, "Eve"), late(folder, "Late"), bent(folder, "Bent");
  host.init(server);
  const ClubOf club(host, {}, server);
  const auto link = host.line({"invite", club.id});
  anna.ok({"join", link, "--name", "Anna", "--ca", server.ca()});
  anna.must(3, {"sync"});
  host.ok({"sync"});
  anna.ok({"sync"});
  eve.ok({"join", link, "--name", "Eve", "--ca", server.ca()});
  eve.must(3, {"sync"});

  const auto revoked = host.json(0, {"invite", club.id});
  host.ok({"invite", "revoke", revoked.at("id").get<std::string>().substr(0, 8)});
  late.ok({"join", revoked.at("link"), "--name", "Late", "--ca", server.ca()});
  late.must(3, {"sync"});

  auto changed = host.line({"invite", club.id});
  const auto at = changed.find('#') + 36;  // within the secret
  changed[at] = changed[at] == 'A' ? 'B' : 'A';
  bent.ok({"init", "--name", "Bent", "--server", server.url(), "--ca", server.ca()});
  if (bent.run({"join", changed}).status == 0) bent.run({"sync"});
  host.ok({"sync"});
  for (const auto* person : {&eve, &late, &bent}) {
    person->run({"sync"});
    CHECK(person->run({"member", "list", club.id}).status != 0);
  }
  CHECK(host.json(0, {"member", "list", club.id}).at("items").size() == 2);
}

TEST_CASE("material goes to the club encrypted, comes when wanted, and is taken back") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto bytes = random_bytes(300'000, 7);
  const auto file = write_all(folder / "Kassavirta 2026.pdf", bytes).string();
  const auto id = host.line({"material", "add", club.id, file});
  CHECK(is_id(id));
  CHECK(host.json(1, {"material", "add", club.id, (folder / "none").string()}).at("error").at("code") == "not_found");
  host.ok({"material", "get", id, "--out", (folder / "own").string()});
  CHECK(read_all(folder / "own") == bytes);
  host.ok({"sync"});

  anna.ok({"sync", "--no-material"});
  const auto out = (folder / "got").string();
  CHECK(anna.json(3, {"material", "get", id, "--out", out}).at("error").at("code") == "absent");
  CHECK_FALSE(std::filesystem::exists(out));
  auto items = anna.json(0, {"material", "list", club.id}).at("items");
  REQUIRE(items.size() == 1);
  CHECK(items[0].at("title") == "Kassavirta 2026.pdf");
  CHECK(items[0].at("bytes") == bytes.size());
  CHECK(items[0].at("author") == "Kaisa");
  anna.must(3, {"export", club.id, "--out", (folder / "partial").string()});
  anna.ok({"sync"});
  anna.ok({"material", "get", id, "--out", out});
  CHECK(read_all(out) == bytes);
  host.ok({"export", club.id, "--out", (folder / "out-host").string()});
  anna.ok({"export", club.id, "--out", (folder / "out-anna").string()});
  CHECK(contents(folder / "out-host") == contents(folder / "out-anna"));
  CHECK(read_all(folder.path() / "out-anna" / "material" / ("Kassavirta 2026--" + id.substr(0, 8) + ".pdf")) == bytes);

  const auto empty = host.line({"material", "add", club.id, write_all(folder / "tyhjä.txt", "").string()});
  host.ok({"sync"});
  anna.ok({"sync"});
  anna.ok({"material", "get", empty, "--out", out});
  CHECK(read_all(out).empty());

  host.ok({"material", "delete", id});
  host.ok({"sync"});
  anna.ok({"sync"});
  CHECK(anna.json(1, {"material", "get", id, "--out", out}).at("error").at("code") == "not_found");
  for (const auto& [name, held] : contents(server.data())) CHECK(held.find(bytes.substr(0, 32)) == std::string::npos);
}

TEST_CASE("an upload and a download that are cut go on where they stopped") {
  Folder folder;
  Server server(folder);
  server.start();
  Relay relay(server.port());
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.ok({"init", "--name", "Kaisa", "--server", relay.url(), "--ca", server.ca()});
  const ClubOf club(host, {&anna}, server);
  const auto bytes = random_bytes(6'000'000, 3);
  const auto id = host.line({"material", "add", club.id, write_all(folder / "iso.bin", bytes).string()});
  relay.cut_after_up(3'000'000);
  host.must(3, {"sync"});
  relay.let_through();
  host.ok({"sync"});
  CHECK(relay.up() > 1'000'000);
  CHECK(relay.up() < 5'000'000);

  relay.cut_after_down(2'500'000);
  const auto cut = anna.json(3, {"sync"});
  CHECK(waits_for(cut, "material"));
  CHECK(anna.run({"material", "get", id, "--out", (folder / "got").string()}).status == 3);
  relay.let_through();
  anna.ok({"sync"});
  CHECK(relay.down() > 1'000'000);
  CHECK(relay.down() < 5'000'000);
  anna.ok({"material", "get", id, "--out", (folder / "got").string()});
  CHECK(read_all(folder / "got") == bytes);
  relay.let_through();
  anna.ok({"sync"});
  CHECK(relay.down() < 100'000);
}
