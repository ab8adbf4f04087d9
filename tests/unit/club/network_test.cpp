#include <catch2/catch.hpp>

#include "muistio/club/board.hpp"
#include "muistio/club/contact.hpp"
#include "muistio/club/stand_in.hpp"
#include "muistio/club/year_plan.hpp"
#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

template <class Make>
Logged made_by(SeasonPeer& peer, DocumentId& id, Make make) {
  return peer.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, make(builder));
    return ok();
  });
}

Logged card(SeasonPeer& peer, DocumentId& id, const NewCard& wanted) {
  return made_by(peer, id, [&](ChangeBuilder& builder) { return create_card(builder, peer.random, wanted); });
}

Logged give(SeasonPeer& peer, const Contact& contact) {
  const auto records = peer.records();
  return peer.make([&](ChangeBuilder& builder) { return give_contact(builder, peer.random, records, contact); });
}

}  // namespace

TEST_CASE("a card is its maker's words, a host takes it down, and what may be passed on is what it says") {
  SeasonPeer anna(2), bram(3), host(1, Role::host), reader(5);
  DocumentId open, closed, referral;
  std::vector<Logged> log{card(anna, open, {CardKind::member, "Anna, kirjanpito", "Kaikki tietävät", "Anna hoitaa kirjanpidon."}),
                          card(anna, closed, {CardKind::tip, "Vinkki", "Vain meille", ""})};
  for (auto* peer : {&bram, &host, &reader}) peer->take_all(log);
  const auto reworded = [&](ChangeBuilder& builder) {
    return builder.set_register(open, kCardPassOn, as_bytes("Anna myy halvalla."));
  };
  CHECK(bram.refusal(reworded) == ErrorCode::not_permitted);
  CHECK(reader.take_all({bram.cheat(reworded)}) == 1);
  CHECK(list_cards(reader.records())[0].pass_on == "Anna hoitaa kirjanpidon.");
  CHECK(bram.refusal([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(referral, refer(builder, bram.random, closed, "asiakkaalle"));
    return ok();
  }) == ErrorCode::not_permitted);
  const auto referred =
      made_by(host, referral, [&](ChangeBuilder& builder) { return refer(builder, host.random, open, "asiakkaalle"); });
  CHECK(reader.take_all({referred}) == 0);
  const auto cards = list_cards(reader.records());
  REQUIRE(cards[0].referrals.size() == 1);
  CHECK(cards[0].referrals[0].by == host.author.member);
  CHECK(cards[0].kind == CardKind::member);
  CHECK(reader.take_all({anna.make([&](ChangeBuilder& builder) {
    return edit_card(builder, open, {.title = {}, .text = {}, .pass_on = "Anna hoitaa palkat."});
  })}) == 0);
  CHECK(list_cards(reader.records())[0].pass_on == "Anna hoitaa palkat.");
  bram.take_all({referred});
  CHECK(bram.refusal([&](ChangeBuilder& builder) { return builder.take_back(closed); }) == ErrorCode::not_permitted);
  CHECK(reader.take_all({host.make([&](ChangeBuilder& builder) { return builder.take_back(closed); })}) == 0);
  CHECK(list_cards(reader.records()).size() == 1);
}

TEST_CASE("who asks for a stand-in chooses among those who offer: nobody offers for another or chooses themselves") {
  SeasonPeer anna(2), bram(3), cid(4), reader(5);
  DocumentId id;
  std::vector<Logged> log{made_by(anna, id, [&](ChangeBuilder& builder) {
    return ask_stand_in(builder, anna.random, {"Postitus", "2026-07-01", "2026-07-14"});
  })};
  for (auto* peer : {&bram, &cid, &reader}) peer->take_all(log);
  const auto offered = bram.make([&](ChangeBuilder& builder) { return offer_stand_in(builder, id, true); });
  for (auto* peer : {&anna, &cid, &reader}) peer->take_all({offered});
  const auto choose = [&](SeasonPeer& peer, const MemberId& who) {
    const auto records = peer.records();
    return [&, records, who](ChangeBuilder& builder) { return choose_stand_in(builder, records, id, who); };
  };
  CHECK(anna.refusal(choose(anna, cid.author.member)) == ErrorCode::not_found);
  CHECK(bram.refusal(choose(bram, bram.author.member)) == ErrorCode::not_permitted);
  CHECK(reader.take_all({bram.cheat(choose(bram, bram.author.member))}) == 1);
  CHECK_FALSE(list_stand_ins(reader.records())[0].who);
  const auto cids = statement_id(kOffer, id.view(), cid.author.device);
  auto yes = to_bytes(id.view());
  yes.push_back(1);
  const auto declined = cid.make([&](ChangeBuilder& builder) { return offer_stand_in(builder, id, false); });
  for (auto* peer : {&anna, &reader}) peer->take_all({declined});
  CHECK(anna.refusal([&](ChangeBuilder& builder) { return builder.set_register(cids, kOffered, yes); }) ==
        ErrorCode::not_permitted);
  CHECK(reader.take_all({anna.make(choose(anna, bram.author.member))}) == 0);
  CHECK(list_stand_ins(reader.records())[0].who == bram.author.member);
  CHECK(anna.refusal([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, ask_stand_in(builder, anna.random, {"Postitus", "2026-07-14", "2026-07-01"}));
    return ok();
  }) == ErrorCode::invalid_argument);
}

TEST_CASE("a stand-in who offers no more stands in no more") {
  SeasonPeer anna(2), bram(3);
  DocumentId id;
  const auto asked = made_by(anna, id, [&](ChangeBuilder& builder) {
    return ask_stand_in(builder, anna.random, {"Postitus", "2026-07-01", "2026-07-14"});
  });
  bram.take_all({asked});
  anna.take_all({bram.make([&](ChangeBuilder& builder) { return offer_stand_in(builder, id, true); })});
  const auto records = anna.records();
  bram.take_all({anna.make([&](ChangeBuilder& builder) { return choose_stand_in(builder, records, id, bram.author.member); })});
  CHECK(list_stand_ins(bram.records())[0].who == bram.author.member);
  anna.take_all({bram.make([&](ChangeBuilder& builder) { return offer_stand_in(builder, id, false); })});
  CHECK_FALSE(list_stand_ins(anna.records())[0].who);
}

TEST_CASE("a yearly plan is its maker's alone to change and to take back") {
  SeasonPeer anna(2), host(1, Role::host), reader(5);
  DocumentId id;
  const auto made = made_by(
      anna, id, [&](ChangeBuilder& builder) { return create_year_plan(builder, anna.random, 2027, std::string(6000, 'a')); });
  for (auto* peer : {&host, &reader}) peer->take_all({made});
  const auto plans = [&] { return list_year_plans(reader.held, reader.records()).value(); };
  CHECK(plans()[0].text.size() == 6000);
  const auto change = [&](ChangeBuilder& builder) { return set_year_plan(builder, id, "Vienti"); };
  CHECK(host.refusal(change) == ErrorCode::not_permitted);
  CHECK(host.refusal([&](ChangeBuilder& builder) { return builder.take_back(id); }) == ErrorCode::not_permitted);
  CHECK(reader.take_all({host.cheat(change)}) == 1);
  CHECK(reader.take_all({anna.make(change)}) == 0);
  CHECK(plans()[0].text == "Vienti");
  CHECK(anna.refusal([&](ChangeBuilder& builder) { return set_year_plan(builder, id, std::string(16 * 1024 + 1, 'a')); }) ==
        ErrorCode::too_large);
  CHECK(reader.take_all({anna.make([&](ChangeBuilder& builder) { return builder.take_back(id); })}) == 0);
  CHECK(plans().empty());
}

TEST_CASE("a contact is there as long as its member wants, and nobody gives another's") {
  SeasonPeer anna(2), bram(3), host(1, Role::host), reader(5);
  const Contact annas{"Anna Virtanen", "Virtanen Oy", "anna@example.fi"};
  std::vector<Logged> log{give(anna, {"Anna", "", ""})};
  log.push_back(give(anna, annas));
  for (auto* peer : {&bram, &host, &reader}) peer->take_all(log);
  auto listed = list_contacts(reader.records());
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].contact == annas);
  const auto document = of_type(bram.records(), kContact).at(0)->id;
  const auto forged = Writer().block(as_bytes("Anna")).block({}).block(as_bytes("eve@example.fi")).bytes();
  const auto forge = [&](ChangeBuilder& builder) { return builder.set_register(document, kContactOf, forged); };
  CHECK(bram.refusal(forge) == ErrorCode::not_permitted);
  CHECK(reader.take_all({bram.cheat(forge)}) == 1);
  CHECK(host.refusal([&](ChangeBuilder& builder) { return builder.take_back(document); }) == ErrorCode::not_permitted);
  CHECK(list_contacts(reader.records())[0].contact == annas);
  const auto nothing = bram.records();
  CHECK(bram.refusal([&](ChangeBuilder& builder) { return withdraw_contact(builder, nothing); }) == ErrorCode::not_found);
  const auto records = anna.records();
  CHECK(reader.take_all({anna.make([&](ChangeBuilder& builder) { return withdraw_contact(builder, records); })}) == 0);
  CHECK(list_contacts(reader.records()).empty());
  CHECK(reader.take_all({give(anna, annas)}) == 0);  // and back again
  CHECK(list_contacts(reader.records()).size() == 1);
}
