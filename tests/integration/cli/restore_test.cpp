// A server restored from its own backup, with the real programs: who holds the end puts it back, and a host's word lets the club go on.
#include "people.hpp"

using namespace muistio::test;

TEST_CASE("what a backup missed comes back from the members' devices into the restored server") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto before = anna.add_note(club.id, "Ennen", "ennen varmuuskopiota");
  anna.ok({"sync"});
  host.ok({"sync"});
  const auto backup = (folder / "backup").string();
  const auto made = run({program("muistiod"), "backup", backup, "--data", server.data().string()}, {});  // while the server runs
  INFO(made.out << made.err);
  REQUIRE(made.status == 0);
  const auto after = anna.add_note(club.id, "Jälkeen", "varmuuskopion jälkeen");
  anna.ok({"sync"});
  host.ok({"sync"});

  server.kill();
  const auto lost = folder / "lost";
  std::filesystem::rename(server.data(), lost);
  REQUIRE(run({program("muistiod"), "restore", backup, "--data", server.data().string()}, {}).status == 0);
  for (const auto* name : {"dev-ca.pem", "dev-tls.key"}) std::filesystem::copy_file(lost / name, server.data() / name);
  server.start();

  host.must(4, {"sync"});  // notices the loss, puts back what it holds, and stays read-only
  host.line({"seal", "reopen", club.id});
  host.ok({"sync"});
  anna.ok({"sync"});
  const auto third = anna.add_note(club.id, "Taas", "ja eteenpäin");
  anna.ok({"sync"});
  host.ok({"sync"});
  CHECK(host.ok({"note", "show", before}) == "ennen varmuuskopiota");
  CHECK(host.ok({"note", "show", after}) == "varmuuskopion jälkeen");
  CHECK(host.ok({"note", "show", third}) == "ja eteenpäin");
}
