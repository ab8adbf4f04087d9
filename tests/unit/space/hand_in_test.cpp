// What goes from hand to hand: handed in by a removed device; and the spaces that are no clubs.
#include "muistio/space/hand_in.hpp"

#include "world.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;

TEST_CASE("a removed device hands in to the hosts, who know whose it is: nobody else opens it, and nothing in it can be changed") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.admit(log, jan);
  anna.admit(log, eva);
  jan.pull(log);
  anna.send(log, anna.space->stage_remove(jan.identity.member(), anna.random));
  jan.pull(log);
  eva.pull(log);
  REQUIRE(jan.space->is_closed());
  const auto file = jan.space->seal_hand_in(as_bytes("what I had not sent"), jan.random).value();
  const auto taken = anna.space->open_hand_in(file).value();
  CHECK(as_text(taken.payload) == "what I had not sent");
  CHECK(taken.member == jan.identity.member());
  CHECK(taken.device == jan.keys->device());
  CHECK(taken.digest == anna.space->open_hand_in(file)->digest);
  CHECK(code_of(eva.space->open_hand_in(file)) == ErrorCode::not_permitted);
  for (std::size_t at = 0; at < file.size(); ++at) {
    auto torn = file;
    torn[at] ^= 1;
    CHECK_FALSE(anna.space->open_hand_in(torn));
  }
  for (std::size_t size = 0; size < file.size(); ++size) CHECK_FALSE(anna.space->open_hand_in(BytesView(file).first(size)));

  Device stranger("stranger");
  const std::vector<HandInRecipient> hosts{{anna.keys->device(), anna.keys->certificate().device_wrap_pub}};
  const auto foreign = seal_hand_in(anna.id, *stranger.keys, hosts, as_bytes("x"), stranger.random).value();
  CHECK(code_of(anna.space->open_hand_in(foreign)) == ErrorCode::unknown_device);
  const auto elsewhere = seal_hand_in(counting<SpaceId>(1), *jan.keys, hosts, as_bytes("x"), jan.random).value();
  CHECK(code_of(anna.space->open_hand_in(elsewhere)) == ErrorCode::invalid_argument);
  CHECK(code_of(seal_hand_in(anna.id, *jan.keys, {}, as_bytes("x"), jan.random)) == ErrorCode::invalid_argument);
}

TEST_CASE("a guest joins a session by its link and no club, reads all of it, and is removed by any full member") {
  FakeLog log;
  Device anna("anna"), jan("jan"), vieras("vieras");
  const auto club = counting<SpaceId>(0x40);
  anna.id = anna.random.make<SpaceId>();
  anna.space.emplace(
      Space::create(anna.id, SpaceKind::session, anna.keys, kNow, anna.random, HistoryPolicy::all, {club, std::nullopt}).value());
  anna.save();
  CHECK(anna.space->charter().parent == club);
  anna.write(log, "before anyone came");
  anna.admit(log, jan);
  anna.admit(log, vieras, Role::guest);
  CHECK(vieras.space->own_role() == Role::guest);
  CHECK(vieras.texts() == std::vector<std::string>{"before anyone came"});
  jan.pull(log);
  CHECK(code_of(vieras.space->stage_remove(jan.identity.member(), vieras.random)) == ErrorCode::not_permitted);
  jan.send(log, jan.space->stage_remove(vieras.identity.member(), jan.random));
  anna.pull(log);
  vieras.pull(log);
  CHECK(vieras.space->is_closed());
  CHECK(anna.space->charter().find(vieras.identity.member()) == nullptr);

  FakeLog other;
  Device eva("eva"), toinen("toinen");
  eva.create();
  const auto invitation = eva.invite(Role::guest);
  toinen.ask(eva.link(invitation));
  CHECK(code_of(eva.stage_admission(other, invitation, toinen.joining->sealed_request())) == ErrorCode::invalid_charter);
}

TEST_CASE("a successor says in its charter for ever where it goes on from") {
  FakeLog log;
  Device anna("anna"), jan("jan");
  anna.id = anna.random.make<SpaceId>();
  const Predecessor old{counting<SpaceId>(1), Seq(17), counting<Hash>(2)};
  anna.space.emplace(
      Space::create(anna.id, SpaceKind::club, anna.keys, kNow, anna.random, HistoryPolicy::all, {std::nullopt, old}).value());
  anna.save();
  anna.admit(log, jan);
  CHECK(jan.space->charter().predecessor == old);
  jan.crash();
  CHECK(jan.space->charter().predecessor == old);
}

TEST_CASE("an answer to a survey is opened by its keeper's devices and its giver's, and by nobody else") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva"), cid("cid");
  anna.create();
  for (auto* each : {&jan, &eva, &cid}) anna.admit(log, *each);
  for (auto* each : {&jan, &eva, &cid}) each->pull(log);
  const MemberId keeper[] = {eva.identity.member()};
  const auto sealed = jan.space->seal_for(keeper, as_bytes("tired"), jan.random).value();
  for (auto* each : {&jan, &eva}) {
    const auto opened = each->space->open_hand_in(sealed).value();
    CHECK(as_text(opened.payload) == "tired");
    CHECK(opened.member == jan.identity.member());
  }
  CHECK(code_of(anna.space->open_hand_in(sealed)) == ErrorCode::not_permitted);  // a host
  CHECK(code_of(cid.space->open_hand_in(sealed)) == ErrorCode::not_permitted);
  anna.send(log, anna.space->stage_remove(eva.identity.member(), anna.random));
  jan.pull(log);
  CHECK(code_of(jan.space->seal_for(keeper, as_bytes("tired"), jan.random)) == ErrorCode::not_found);
}
