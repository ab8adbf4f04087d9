#include <catch2/catch.hpp>

#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

/// A member's device with a real key.
struct Signatory : SeasonPeer {
  crypto::SigningKey key;
  Signatory(std::uint8_t number, Role role = Role::member) : SeasonPeer(number, role), key(key_of(number)) {
    author.device = device_of(key);
  }
  PactSignature signature_of(const DocumentId& pact, std::string_view text) const {
    const auto hash = pact_text_hash(text);
    return {pact, hash, key.verify_key(), key.sign(kPactLabel, {pact.view(), hash.view()})};
  }
  Logged sign(const PactSignature& signature) {
    return make([&](ChangeBuilder& builder) { return sign_pact(builder, signature); });
  }
};

Logged write_pact(Signatory& host, std::string_view text, DocumentId& id) {
  return host.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, create_pact(builder, host.random, text));
    return ok();
  });
}

std::vector<PactVersion> pacts(SeasonPeer& peer) { return list_pacts(peer.held, peer.records()).value(); }

replica::Op signature_op(const DocumentId& document, const PactSignature& signature) {
  return replica::make_set_register(document, kSignatureOf, encode_pact_signature(signature));
}

}  // namespace

TEST_CASE("a pact is signed by a device for its member, and everybody sees who signed which text") {
  Signatory host(1, Role::host), anna(2), reader(3);
  DocumentId pact;
  const auto written = write_pact(host, "Mitä täällä puhutaan, jää tänne.", pact);
  host.take_all({written});
  anna.take_all({written});
  const auto signed_by_anna = anna.sign(anna.signature_of(pact, "Mitä täällä puhutaan, jää tänne."));
  CHECK(reader.take_all({written, signed_by_anna}) == 0);
  const auto seen = pacts(reader);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].maker == host.author.member);
  REQUIRE(seen[0].signers.size() == 1);
  CHECK(seen[0].signers[0].member == anna.author.member);
  const MemberId members[] = {host.author.member, anna.author.member};
  CHECK(not_signed(seen[0], members) == std::vector{host.author.member});
}

TEST_CASE("a changed pact asks again, and the old one keeps its signatures") {
  Signatory host(1, Role::host), anna(2);
  DocumentId first, second;
  const auto one = write_pact(host, "Yksi.", first);
  anna.take_all({one});
  const auto signature = anna.sign(anna.signature_of(first, "Yksi."));
  host.take_all({one, signature});
  const auto two = write_pact(host, "Kaksi.", second);
  anna.take_all({signature, two});
  const auto seen = pacts(anna);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].signers.size() == 1);
  CHECK(seen[1].id == second);
  const MemberId members[] = {anna.author.member};
  CHECK(not_signed(seen[1], members).size() == 1);
  CHECK(not_signed(seen[0], members).empty());
}

TEST_CASE("a member makes no pact, and a host does") {
  Signatory host(1, Role::host), anna(2), reader(3);
  DocumentId pact;
  const auto honest = write_pact(host, "Pelisäännöt.", pact);
  const auto forged = anna.cheat([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(pact, create_pact(builder, anna.random, "Anna päättää."));
    return ok();
  });
  CHECK(reader.take_all({honest}) == 0);
  CHECK(reader.take_all({forged}) > 0);
  CHECK(pacts(reader).size() == 1);
}

TEST_CASE("nobody signs for another: not in the other's document, not with the other's signature, not with a key of their own") {
  Signatory host(1, Role::host), anna(2), eve(3);
  DocumentId pact;
  const std::string text = "Luottamuksellista.";
  const auto written = write_pact(host, text, pact);
  const auto honest = anna.signature_of(pact, text);
  const auto own = statement_id(kSignature, pact.view(), eve.author.device);
  const auto annas = statement_id(kSignature, pact.view(), anna.author.device);
  CHECK(Rules::judge(signature_op(annas, honest), anna.author, nullptr));
  CHECK_FALSE(Rules::judge(signature_op(annas, honest), eve.author, nullptr));
  CHECK_FALSE(Rules::judge(signature_op(own, honest), eve.author, nullptr));
  auto mixed = honest;
  mixed.key = eve.key.verify_key();
  CHECK_FALSE(Rules::judge(signature_op(own, mixed), eve.author, nullptr));
  auto other_text = eve.signature_of(pact, text);
  CHECK(Rules::judge(signature_op(own, other_text), eve.author, nullptr));
  other_text.text = pact_text_hash("Muuta.");
  CHECK_FALSE(Rules::judge(signature_op(own, other_text), eve.author, nullptr));
}

TEST_CASE("a signature of another text than the pact's counts for nothing") {
  Signatory host(1, Role::host), anna(2), reader(3);
  DocumentId pact;
  const auto written = write_pact(host, "Oikea.", pact);
  anna.take_all({written});
  const auto other = anna.sign(anna.signature_of(pact, "Väärä."));
  CHECK(reader.take_all({written, other}) == 0);
  CHECK(pacts(reader)[0].signers.empty());
  const auto right = anna.sign(anna.signature_of(pact, "Oikea."));
  reader.take_all({right});
  CHECK(pacts(reader)[0].signers.size() == 1);
}

TEST_CASE("a host takes back a pact, but not what a member signed: the member does") {
  Signatory host(1, Role::host), anna(2);
  DocumentId pact;
  const auto written = write_pact(host, "Teksti.", pact);
  anna.take_all({written});
  const auto signature = anna.sign(anna.signature_of(pact, "Teksti."));
  host.take_all({written, signature});
  const auto id = statement_id(kSignature, pact.view(), anna.author.device);
  CHECK(host.refusal([&](ChangeBuilder& builder) { return builder.take_back(id); }) == ErrorCode::not_permitted);
  CHECK_NOTHROW(anna.make([&](ChangeBuilder& builder) { return builder.take_back(id); }));
  CHECK(pacts(anna)[0].signers.empty());
}

TEST_CASE("two hosts who change the pact offline leave one that counts, the same on every phone") {
  Signatory kaisa(1, Role::host), bram(2, Role::host);
  DocumentId one, other;
  const auto a = write_pact(kaisa, "Kaisan.", one), b = write_pact(bram, "Bramin.", other);
  const auto counts = same_in_every_order({}, {a, b}, [](SeasonPeer& peer) { return pacts(peer).back().text; });
  CHECK((counts == "Kaisan." || counts == "Bramin."));
}
