#include <catch2/catch.hpp>

#include "muistio/club/wish.hpp"
#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

Logged wish(SeasonPeer& peer, DocumentId& id, std::string_view title) {
  return peer.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, create_wish(builder, peer.random, title));
    return ok();
  });
}

Logged vote(SeasonPeer& peer, const DocumentId& id, bool is_for = true) {
  return peer.make([&](ChangeBuilder& builder) { return vote_wish(builder, id, is_for); });
}

/// The first word.
bool same_beginning(std::string_view one, std::string_view other) {
  return one.substr(0, one.find(' ')) == other.substr(0, other.find(' '));
}

std::vector<Theme> themes(SeasonPeer& peer) { return propose_themes(list_wishes(peer.records()), same_beginning); }

}  // namespace

TEST_CASE("wishes that overlap become one theme, those that most want first, the same on every device") {
  SeasonPeer anna(2), bram(3), cid(4);
  DocumentId ads, returns, more_ads, stock;
  std::vector<Logged> log{wish(anna, ads, "mainonta somessa"), wish(anna, returns, "palautukset")};
  log.push_back(wish(bram, more_ads, "mainonta hakukoneissa"));
  log.push_back(wish(cid, stock, "varaston kierto"));
  for (auto* peer : {&anna, &bram, &cid}) peer->take_all(log);
  log.push_back(vote(cid, ads));
  const std::vector<Logged> last{bram.make([&](ChangeBuilder& builder) { return set_overlap(builder, stock, returns, true); }),
                                 vote(cid, returns)};
  const auto found = same_in_every_order(log, last, themes);
  REQUIRE(found.size() == 2);
  CHECK(found[0].title == "mainonta somessa");
  CHECK(found[0].wishes == std::vector{ads, more_ads});
  CHECK(found[0].supporters == std::set{anna.author.member, bram.author.member, cid.author.member});
  CHECK(found[1].title == "palautukset");
  CHECK(found[1].supporters == std::set{anna.author.member, cid.author.member});
  CHECK(found[1].wishes.size() == 2);
}

TEST_CASE("an overlap is taken back by anybody, a vote by its voter alone") {
  SeasonPeer anna(2), bram(3), reader(5);
  DocumentId one, other;
  std::vector<Logged> log{wish(anna, one, "myynti"), wish(anna, other, "vienti")};
  log.push_back(anna.make([&](ChangeBuilder& builder) { return set_overlap(builder, one, other, true); }));
  bram.take_all(log);
  log.push_back(vote(bram, one));
  reader.take_all(log);
  CHECK(themes(reader).size() == 1);
  const auto apart = bram.make([&](ChangeBuilder& builder) { return set_overlap(builder, other, one, false); });
  CHECK(reader.take_all({apart}) == 0);
  CHECK(themes(reader).size() == 2);
  anna.take_all(log);
  const auto brams = statement_id(kWishVote, one.view(), bram.author.device);
  auto no = to_bytes(one.view());
  no.push_back(0);
  CHECK(reader.take_all({anna.cheat([&](ChangeBuilder& builder) { return builder.set_register(brams, kWishVoted, no); })}) == 1);
  CHECK(list_wishes(reader.records())[0].voters.size() == 2);
  CHECK(reader.take_all({vote(bram, one, false)}) == 0);
  CHECK(list_wishes(reader.records())[0].voters.size() == 1);
}

TEST_CASE("a wish is worded by its maker, and nobody wishes nothing") {
  SeasonPeer anna(2), bram(3), reader(5);
  DocumentId id;
  const auto made = wish(anna, id, "myynti");
  for (auto* peer : {&bram, &reader}) peer->take_all({made});
  const auto reworded = [&](ChangeBuilder& builder) { return builder.set_register(id, kWishTitle, as_bytes("osto")); };
  CHECK(bram.refusal(reworded) == ErrorCode::not_permitted);
  CHECK(reader.take_all({bram.cheat(reworded)}) == 1);
  CHECK(list_wishes(reader.records())[0].title == "myynti");
  CHECK(reader.take_all({anna.make(reworded)}) == 0);
  CHECK(list_wishes(reader.records())[0].title == "osto");
  CHECK(anna.refusal([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, create_wish(builder, anna.random, ""));
    return ok();
  }) == ErrorCode::invalid_argument);
}
