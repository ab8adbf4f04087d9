// Meeting seals and a host's reopening with the real programs: a server that shows two members different clubs, one that lost the
// end.
#include "people.hpp"

using namespace muistio::test;

namespace {
void copy_data(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::remove_all(to);
  std::filesystem::create_directories(to);
  for (const auto& each : std::filesystem::recursive_directory_iterator(from)) {  // the control socket is no data
    const auto there = to / std::filesystem::relative(each.path(), from);
    if (each.is_directory()) std::filesystem::create_directories(there);
    if (each.is_regular_file()) std::filesystem::copy_file(each.path(), there);
  }
}
Json space_of(const Person& person, const std::string& club) {
  const auto status = person.json(0, {"status"});
  for (const auto& space : status.at("spaces"))
    if (space.at("id") == club) return space;
  FAIL("no such club in status");
  return {};
}
}  // namespace

TEST_CASE("seals agree, one ahead is kept, and two who are shown different clubs find out") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  host.ok({"sync"});
  anna.ok({"sync"});
  host.ok({"sync"});
  CHECK(host.json(0, {"seal", "check", club.id, anna.line({"seal", "show", club.id})}).at("verdict") == "agreed");
  CHECK(host.must(1, {"seal", "check", club.id, "nothing"}).empty());

  server.kill();
  copy_data(server.data(), folder / "before");
  server.start();
  host.add_note(club.id, "Vasen", "yksi");
  host.ok({"sync"});
  const auto ahead = anna.json(0, {"seal", "check", club.id, host.line({"seal", "show", club.id})});
  CHECK(ahead.at("verdict") == "pinned");
  CHECK(ahead.at("ahead") == 1);

  // The server begins again where the two last agreed, and goes on differently for Anna, who has met the host's seal.
  server.kill();
  copy_data(folder / "before", server.data());
  server.start();
  const auto kept = anna.add_note(club.id, "Oikea", "kaksi");
  anna.json(4, {"sync"});
  const auto stopped = space_of(anna, club.id);
  CHECK(stopped.at("trusted") == false);
  CHECK(stopped.at("why").at("code") == "log_rolled_back");
  CHECK(stopped.at("read_only") == true);
  CHECK(stopped.at("evidence").size() == 1);
  CHECK(anna.ok({"note", "show", kept}) == "kaksi");
}

TEST_CASE("a server that lost the end of the log gets it back, and a host's word lets the club go on") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  host.ok({"sync"});
  anna.ok({"sync"});
  server.kill();
  copy_data(server.data(), folder / "before");
  server.start();
  const auto note = host.add_note(club.id, "Muistio", "teksti");
  host.ok({"sync"});
  server.kill();
  copy_data(folder / "before", server.data());
  server.start();

  host.add_note(club.id, "Odottaa", "vielä");
  host.must(4, {"sync"});
  CHECK(space_of(host, club.id).at("unsent") == 1);
  CHECK(anna.must(1, {"seal", "reopen", club.id}).empty());  // no host
  host.line({"seal", "reopen", club.id});
  host.ok({"sync"});
  CHECK(space_of(host, club.id).at("trusted") == true);
  CHECK(space_of(host, club.id).at("unsent") == 0);
  anna.ok({"sync"});
  CHECK(anna.ok({"note", "show", note}) == "teksti");
  CHECK(space_of(anna, club.id).at("trusted") == true);
}
