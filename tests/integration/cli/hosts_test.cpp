// The verbs host, session, desk, hand-in and club succeed, with real programs and a real server.
#include <fstream>

#include "people.hpp"

using namespace muistio::test;

namespace {

std::string role_of(const Person& judge, const std::string& club, const std::string& name) {
  const auto list = judge.json(0, {"member", "list", club});
  for (const auto& each : list.at("items"))
    if (each.at("title") == name) return each.at("role");
  return {};
}

std::string text_of(const Person& reader, const std::string& club, const std::string& title) {
  const auto list = reader.json(0, {"note", "list", club});
  for (const auto& each : list.at("items"))
    if (each.at("title") == title) return reader.ok({"note", "show", each.at("id").get<std::string>()});
  return "(no such note)";
}

std::string standing_of(const Person& person, const std::string& space) {
  const auto list = person.json(0, {"status"});
  for (const auto& each : list.at("spaces"))
    if (each.at("id") == space) return each.at("standing");
  return {};
}

}  // namespace

TEST_CASE("a host gives the role at the next sync, by a warrant while staying offline, and then may leave") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const ClubOf club(host, {&anna, &bram}, server);
  host.must(1, {"club", "leave", club.id});
  anna.must(1, {"host", "give", club.id, "Bram"});
  host.ok({"host", "give", club.id, "Anna"});
  for (const auto* person : {&host, &anna, &bram}) person->ok({"sync"});
  CHECK(role_of(bram, club.id, "Anna") == "host");

  const auto warrant = host.line({"host", "give", club.id, "Bram", "--warrant"});
  CHECK(warrant.rfind("muistio-warrant:", 0) == 0);
  anna.must(1, {"host", "take", club.id, warrant});
  bram.must(1, {"host", "take", club.id, warrant.substr(0, warrant.size() - 8)});
  bram.ok({"host", "take", club.id, warrant});
  bram.ok({"sync"});
  anna.ok({"sync"});
  CHECK(role_of(anna, club.id, "Bram") == "host");
  host.ok({"sync"});
  host.ok({"club", "leave", club.id});
  host.ok({"sync"});
  anna.ok({"sync"});
  bram.ok({"sync"});
  CHECK(anna.json(0, {"member", "list", club.id}).at("items").size() == 2);
}

TEST_CASE("members replace a host by a majority, who is an ordinary member when they come back") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram"), cid(folder, "Cid");
  host.init(server);
  const ClubOf club(host, {&anna, &bram, &cid}, server);
  CHECK(bram.json(1, {"host", "replace", club.id, "Anna"}).at("error").at("code") == "not_permitted");
  bram.ok({"host", "replace", club.id, "Anna", "--insist"});
  bram.ok({"sync"});
  anna.ok({"sync"});
  CHECK(role_of(anna, club.id, "Anna") == "member");
  cid.ok({"host", "replace", club.id, "Anna", "--insist"});
  cid.ok({"sync"});
  anna.ok({"sync"});
  bram.ok({"sync"});
  CHECK(role_of(bram, club.id, "Anna") == "host");
  CHECK(role_of(bram, club.id, "Kaisa") == "member");
  host.ok({"sync"});
  host.must(1, {"invite", club.id});
  anna.ok({"invite", club.id});
}

TEST_CASE("a session is joined by the club's members through the club, and by a guest through a link, who reads it and no more") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), guest(folder, "Vieras");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  host.add_note(club.id, "Kerhon oma", "ei vieraalle");
  const auto session = host.line({"session", "create", club.id, "Tehdaskierros"});
  const auto agenda = host.add_note(session, "Esityslista", "1. Kahvit");
  host.ok({"sync"});
  anna.ok({"sync"});
  const auto listed = anna.json(0, {"session", "list", club.id}).at("items");
  REQUIRE(listed.size() == 1);
  CHECK(listed.at(0).at("id") == session);
  CHECK(listed.at(0).at("author") == "Kaisa");
  CHECK(anna.json(0, {"club", "list"}).at("items").size() == 1);
  CHECK(anna.line({"session", "join", club.id, "Tehdaskierros"}) == session);
  anna.must(3, {"sync"});
  host.ok({"sync"});
  anna.ok({"sync"});
  CHECK(anna.ok({"note", "show", agenda}) == "1. Kahvit");
  CHECK(role_of(anna, session, "Anna") == "member");

  host.must(2, {"session", "invite"});
  const auto link = host.line({"session", "invite", session});
  CHECK(guest.line({"join", link, "--name", "Vieras", "--ca", server.ca()}) == session);
  guest.must(3, {"sync"});
  host.ok({"sync"});
  guest.ok({"sync"});
  CHECK(guest.ok({"note", "show", agenda}) == "1. Kahvit");
  CHECK(guest.json(1, {"note", "add", session, "--title", "Vieraan"}).at("error").at("code") == "not_permitted");
  CHECK(guest.json(1, {"member", "remove", session, "Anna"}).at("error").at("code") == "not_permitted");
  CHECK(guest.json(0, {"status"}).at("spaces").size() == 1);
  anna.ok({"sync"});
  CHECK(role_of(anna, session, "Vieras") == "guest");
  anna.ok({"member", "remove", session, "Vieras"});
  anna.ok({"sync"});
  guest.ok({"sync"});
  CHECK(standing_of(guest, session) == "removed");
  CHECK(guest.ok({"note", "show", agenda}) == "1. Kahvit");
}

TEST_CASE("two clubs meet in a joint session, each let in by its own host") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person kaisa(folder, "Kaisa"), anna(folder, "Anna"), olga(folder, "Olga"), per(folder, "Per");
  kaisa.init(server);
  olga.init(server);
  const ClubOf one(kaisa, {&anna}, server), other(olga, {&per}, server);
  const auto session = kaisa.line({"session", "create", one.id, "Yhteinen ilta"});
  kaisa.ok({"sync"});
  olga.ok({"join", kaisa.line({"session", "invite", session, "--member"})});
  olga.must(3, {"sync"});
  kaisa.ok({"sync"});
  olga.ok({"sync"});
  olga.must(1, {"session", "announce", other.id, session});
  kaisa.ok({"sync"});
  kaisa.ok({"host", "give", session, "Olga"});
  kaisa.ok({"sync"});
  olga.ok({"sync"});
  olga.ok({"session", "announce", other.id, session});
  olga.must(1, {"session", "announce", other.id, session});
  olga.ok({"sync"});
  per.ok({"sync"});
  per.ok({"session", "join", other.id, "Yhteinen ilta"});
  anna.ok({"sync"});
  anna.ok({"session", "join", one.id, session});
  for (const auto* person : {&per, &anna}) person->must(3, {"sync"});
  for (const auto* person : {&kaisa, &olga, &kaisa, &anna, &per, &olga, &kaisa}) person->ok({"sync"});
  CHECK(kaisa.json(0, {"member", "list", session}).at("items").size() == 4);
  per.add_note(session, "Terveiset", "toisesta kerhosta");
  per.ok({"sync"});
  anna.ok({"sync"});
  CHECK(text_of(anna, session, "Terveiset") == "toisesta kerhosta");
  CHECK(anna.json(0, {"club", "list"}).at("items").size() == 1);
}

TEST_CASE("a desk is made by a host and joined by the programme") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), programme(folder, "Ohjelma");
  host.init(server);
  const auto desk = host.line({"desk", "create", "Ohjelman pöytä"});
  host.ok({"sync"});
  programme.ok({"join", host.line({"invite", desk}), "--name", "Ohjelma", "--ca", server.ca()});
  programme.must(3, {"sync"});
  host.ok({"sync"});
  programme.ok({"sync"});
  programme.add_note(desk, "Pyyntö", "tiedote luettavaksi");
  programme.ok({"sync"});
  host.ok({"sync"});
  CHECK(text_of(host, desk, "Pyyntö") == "tiedote luettavaksi");
  CHECK(host.json(0, {"club", "list"}).at("items").at(0).at("kind") == "desk");
}

TEST_CASE("what a removed member had not sent is readable, exportable and handed in to the host, once") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram");
  host.init(server);
  const ClubOf club(host, {&anna, &bram}, server);
  anna.add_note(club.id, "Lähetetty", "on kerholla");
  anna.ok({"sync"});
  const auto file = (folder / "anna.handin").string();
  CHECK(anna.json(1, {"hand-in", club.id, "--out", file}).at("error").at("code") == "not_found");
  const auto unsent = anna.add_note(club.id, "Varaston mitat", "12 × 8 m");
  host.ok({"member", "remove", club.id, "Anna"});
  host.ok({"sync"});
  anna.ok({"sync"});
  CHECK(standing_of(anna, club.id) == "removed");
  CHECK(anna.ok({"note", "show", unsent}) == "12 × 8 m");
  const auto exported = (folder / "vienti").string();
  anna.ok({"export", club.id, "--out", exported});
  bool is_exported = false;
  for (const auto& entry : std::filesystem::directory_iterator(exported + "/notes"))
    is_exported = is_exported || read_all(entry.path()).find("12 × 8 m") != std::string::npos;
  CHECK(is_exported);

  anna.ok({"hand-in", club.id, "--out", file});
  CHECK(read_all(file).find("12 × 8 m") == std::string::npos);
  bram.ok({"sync"});
  bram.must(1, {"hand-in", "accept", club.id, file});
  for (int i = 0; i < 2; ++i) {
    const auto taken = host.json(0, {"hand-in", "accept", club.id, file}).at("items");
    REQUIRE(taken.size() == 1);
    CHECK(taken.at(0).at("handed_in_by") == "Anna");
  }
  host.ok({"sync"});
  bram.ok({"sync"});
  CHECK(text_of(bram, club.id, "Varaston mitat") == "12 × 8 m");
  int copies = 0;
  const auto list = bram.json(0, {"note", "list", club.id});
  for (const auto& each : list.at("items")) {
    if (each.at("title") != "Varaston mitat") continue;
    ++copies;
    CHECK(each.at("author") == "Kaisa");
    CHECK(each.at("handed_in_by") == "Anna");
  }
  CHECK(copies == 1);
  {
    std::ofstream torn(file, std::ios::binary | std::ios::app);
    torn << "x";
  }
  host.must(1, {"hand-in", "accept", club.id, file});
  host.must(2, {"hand-in", club.id});
}

TEST_CASE("a club goes on in a successor with copies of its notes, and the old one stays readable") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  // The successor has the old club's policy: with `all`, who joins it reads the copies.
  struct {
    std::string id;
  } club{host.line({"club", "create", "Verkkokauppiasklubi", "--history", "all"})};
  host.ok({"sync"});
  anna.ok({"join", host.line({"invite", club.id}), "--name", "Anna", "--ca", server.ca()});
  anna.must(3, {"sync"});
  for (const auto* person : {&host, &anna, &host, &anna}) person->ok({"sync"});
  const auto old = anna.add_note(club.id, "Muistio", "ensimmäinen kerta");
  anna.ok({"sync"});
  host.ok({"sync"});
  anna.must(1, {"club", "succeed", club.id});
  const auto next = host.line({"club", "succeed", club.id});
  CHECK(host.line({"club", "succeed", club.id}) == next);
  CHECK(standing_of(host, club.id) == "succeeded");
  CHECK(host.json(1, {"note", "add", club.id, "--title", "x"}).at("error").at("code") == "invalid_state");
  CHECK(host.json(0, {"note", "list", "Verkkokauppiasklubi"}).at("items").size() == 1);
  host.ok({"sync"});
  anna.ok({"join", host.line({"invite", next})});
  anna.must(3, {"sync"});
  host.ok({"sync"});
  anna.ok({"sync"});
  CHECK(standing_of(anna, club.id) == "succeeded");
  CHECK(anna.ok({"note", "show", old}) == "ensimmäinen kerta");
  CHECK(text_of(anna, next, "Muistio") == "ensimmäinen kerta");
  host.ok({"sync"});
  CHECK(host.json(0, {"note", "list", next}).at("items").at(0).at("handed_in_by") == "Anna");
}

TEST_CASE("a club asks its members before somebody comes in, and they come in when enough have agreed") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna"), bram(folder, "Bram"), liisa(folder, "Liisa");
  host.init(server);
  const ClubOf club(host, {&anna, &bram}, server);
  anna.must(1, {"club", "quorum", club.id, "2"});
  host.must(1, {"club", "quorum", club.id, "4"});
  host.ok({"club", "quorum", club.id, "2"});
  host.ok({"sync"});
  anna.ok({"sync"});

  const auto link = host.line({"invite", club.id});
  liisa.ok({"join", link, "--name", "Liisa", "--ca", server.ca()});
  liisa.must(3, {"sync"});
  const auto first = host.json(0, {"sync"});
  REQUIRE(first.at("waiting").size() == 1);
  CHECK(first.at("waiting")[0].at("why") == "agreement");
  liisa.must(3, {"sync"});
  anna.ok({"sync"});
  const auto asked = anna.json(0, {"newcomer", "list", club.id});
  REQUIRE(asked.at("items").size() == 1);
  CHECK(asked.at("items")[0].at("title") == "Liisa");
  CHECK(asked.at("items")[0].at("agreed") == "0");
  anna.must(1, {"newcomer", "agree", club.id, "Bram"});
  anna.ok({"newcomer", "agree", club.id});
  CHECK(anna.json(0, {"newcomer", "list", club.id}).at("items")[0].at("agreed_here") == true);
  anna.ok({"sync"});
  host.ok({"sync"});
  liisa.ok({"sync"});
  CHECK(liisa.json(0, {"member", "list", club.id}).at("items").size() == 4);
  CHECK(host.json(0, {"newcomer", "list", club.id}).at("items").empty());
}
