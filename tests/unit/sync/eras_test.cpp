// What newcomers may read, through the whole of sync and a real server.
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

std::string title(Home& home, SpaceId space, std::uint8_t note) {
  std::string made;
  auto read = home.engine->read(space, [&](replica::Replica& replica) -> Status {
    MUISTIO_TRY(auto document, replica.document(note_id(note)));
    if (document) made = document->register_text(kTitle);
    return ok();
  });
  REQUIRE(read.has_value());
  return made;
}

Status set_title(Home& home, SpaceId space, std::uint8_t note, const std::string& text) {
  return home.engine->edit(space, [&](replica::ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create(note_id(note), kNote));
    return builder.set_register(note_id(note), kTitle, as_bytes(text));
  });
}

std::size_t ignored(Home& home) { return home.events<BatchIgnored>().size(); }

}  // namespace

TEST_CASE("Under joining a newcomer reads what is born after, and of what was before only what is stated anew") {
  Club club(1, HistoryPolicy::joining);
  REQUIRE(club.host().write(club.space, 1, "vanha"));
  REQUIRE(set_title(club.host(), club.space, kStatedNote, "Klubi"));
  REQUIRE(club.host().write(club.space, kStatedNote, "ei kerrota"));
  club.sync_all();
  auto& newcomer = club.add();
  REQUIRE(club.host().write(club.space, 2, "uusi"));
  REQUIRE(club.member(1).write(club.space, 1, " myöhään"));
  club.sync_all();
  CHECK(club.host().text(club.space, 1) == "vanha myöhään");
  CHECK(club.member(1).text(club.space, 2) == "uusi");
  CHECK(newcomer.text(club.space, 2) == "uusi");
  CHECK(newcomer.text(club.space, 1).empty());
  CHECK(title(newcomer, club.space, kStatedNote) == "Klubi");
  CHECK(newcomer.text(club.space, kStatedNote).empty());
  CHECK(ignored(newcomer) == 0);
  CHECK(ignored(club.member(1)) == 0);
  CHECK(newcomer.engine->counts().batches_for_others == 1);
  CHECK(newcomer.engine->space(club.space)->era == Era(2));
  newcomer.power_cut();
  REQUIRE(newcomer.write(club.space, 2, "!"));
  club.sync_all();
  CHECK(club.host().text(club.space, 2) == "uusi!");
  CHECK(club.member(1).text(club.space, 2) == "uusi!");
}

TEST_CASE("What was written offline in an era that ended meanwhile stays among those who were there") {
  Club club(1, HistoryPolicy::joining);
  auto& away = club.member(1);
  REQUIRE(away.write(club.space, 5, "poissa"));
  auto& newcomer = club.add();
  club.sync_all();
  CHECK(club.host().text(club.space, 5) == "poissa");
  CHECK(newcomer.text(club.space, 5).empty());
  CHECK(away.engine->space(club.space)->unsent == 0);
}

TEST_CASE("Drafts written before admission under joining go out for the era of the admission") {
  Club club(1, HistoryPolicy::joining);
  Home joiner(club.clock, 50);
  const auto invited = club.host().engine->invite(club.space, {.server = "club.example"}).value();
  REQUIRE(joiner.engine->join(invited.link, "Matti").value() == club.space);
  REQUIRE(joiner.write(club.space, 7, "luonnos"));
  REQUIRE(joiner.write(club.space, 7, " ja lisää"));
  joiner.power_cut();
  club.line.sync({&club.host(), &joiner});
  REQUIRE(joiner.engine->space(club.space)->phase == Phase::open);
  REQUIRE(joiner.write(club.space, 7, "!"));
  club.line.sync({&club.host(), &joiner, &club.member(1)});
  CHECK(club.host().text(club.space, 7) == "luonnos ja lisää!");
  CHECK(club.member(1).text(club.space, 7) == "luonnos ja lisää!");
  CHECK(joiner.engine->is_quiet() == false);  // not connected
  CHECK(joiner.engine->space(club.space)->unsent == 0);
}

TEST_CASE("A new season is what later newcomers read, from its beginning") {
  Club club(1, HistoryPolicy::season);
  REQUIRE(club.host().write(club.space, 1, "viime kausi"));
  CHECK(club.member(1).engine->begin_era(club.space).error().code == ErrorCode::not_permitted);
  REQUIRE(club.host().engine->begin_era(club.space));
  club.sync_all();
  REQUIRE(club.host().write(club.space, 2, "tämä kausi"));
  REQUIRE(club.host().write(club.space, 1, " jälkikirjoitus"));
  club.sync_all();
  auto& newcomer = club.add();
  CHECK(newcomer.text(club.space, 1).empty());
  CHECK(newcomer.text(club.space, 2) == "tämä kausi");
  CHECK(ignored(newcomer) == 0);
  CHECK(club.member(1).text(club.space, 1) == "viime kausi jälkikirjoitus");
  CHECK(club.member(1).engine->space(club.space)->era == Era(1));
}

TEST_CASE("Under all a newcomer reads every era") {
  Club club(1, HistoryPolicy::all);
  REQUIRE(club.host().write(club.space, 1, "eka"));
  club.sync_all();
  REQUIRE(club.host().engine->begin_era(club.space));
  club.sync_all();
  REQUIRE(club.host().write(club.space, 2, "toka"));
  REQUIRE(club.member(1).write(club.space, 1, " myöhään"));
  club.sync_all();
  auto& newcomer = club.add();
  CHECK(newcomer.text(club.space, 1) == "eka myöhään");
  CHECK(newcomer.text(club.space, 2) == "toka");
  CHECK(ignored(newcomer) == 0);
}

TEST_CASE("What a member wrote while an era began is written again where the baseline lacks it") {
  Club club(1, HistoryPolicy::joining);
  REQUIRE(set_title(club.host(), club.space, kStatedNote, "Klubi"));
  club.sync_all();
  auto& away = club.member(1);
  REQUIRE(set_title(away, club.space, kStatedNote, "Matin klubi"));
  auto& newcomer = club.add();
  CHECK(title(newcomer, club.space, kStatedNote) == "Klubi");
  club.sync_all();
  club.sync_all();
  for (auto& home : club.homes) CHECK(title(*home, club.space, kStatedNote) == "Matin klubi");
  CHECK(newcomer.engine->space(club.space)->unsent == 0);
}

TEST_CASE("A newcomer under joining becomes host, admits and removes") {
  Club club(1, HistoryPolicy::joining);
  REQUIRE(club.host().engine->begin_era(club.space));
  club.sync_all();
  auto& newcomer = club.add();
  REQUIRE(club.host().engine->remove_member(club.space, club.member(1).engine->own_member()));
  club.sync_all();
  CHECK(club.host().engine->members(club.space)->size() == 2);
  CHECK(newcomer.engine->members(club.space)->size() == 2);
  REQUIRE(newcomer.write(club.space, 9, "jäi"));
  club.sync_all();
  CHECK(club.host().text(club.space, 9) == "jäi");
  CHECK(club.member(1).text(club.space, 9).empty());
}

TEST_CASE("A power cut at any moment of an era's beginning loses nothing") {
  Club club(1, HistoryPolicy::joining);
  REQUIRE(set_title(club.host(), club.space, kStatedNote, "Klubi"));
  club.sync_all();
  REQUIRE(club.host().write(club.space, 1, "vanha"));
  REQUIRE(club.host().engine->begin_era(club.space));
  for (int cut = 0; cut < 6; ++cut) {
    club.line.connect(club.host());
    for (int step = 0; step <= cut; ++step) club.line.step();
    club.line.disconnect(club.host());
    club.host().power_cut();
  }
  club.sync_all();
  club.sync_all();
  CHECK(club.member(1).engine->space(club.space)->era == Era(2));
  CHECK(club.member(1).text(club.space, 1) == "vanha");
  CHECK(title(club.member(1), club.space, kStatedNote) == "Klubi");
  CHECK(ignored(club.member(1)) == 0);
}
