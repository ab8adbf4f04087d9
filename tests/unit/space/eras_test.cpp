// History by era: who may read what, and that nobody reads more (R5, R6).
#include "muistio/crypto/hash.hpp"
#include "muistio/space/audience.hpp"
#include "world.hpp"

namespace muistio::space::test {
namespace {

using Texts = std::vector<std::string>;

/// A host with a policy, and members who come when the test lets them in.
struct Club {
  explicit Club(HistoryPolicy history) { anna.create(SpaceKind::club, history); }
  void admit(Device& newcomer) {
    anna.admit(log, newcomer);
    pull();
  }
  void begin_era() {
    anna.pull(log);
    anna.send(log, anna.space->stage_begin_era(anna.random));
    pull();
  }
  void pull() {
    for (auto* device : {&anna, &bert, &cilla})
      if (device->space) device->pull(log);
  }
  FakeLog log;
  Device anna{"anna"}, bert{"bert"}, cilla{"cilla"};
};

AudienceId era(std::uint64_t number) { return era_audience(Era(number)); }

}  // namespace

TEST_CASE("an era's audience says its era, and anything else is narrower") {
  CHECK(era(0).is_zero());
  CHECK(era_of(era(7)) == Era(7));
  CHECK(era_of(era(UINT64_MAX)) == Era(UINT64_MAX));
  auto other = era(7);
  other.mutable_array()[0] = 1;
  CHECK_FALSE(era_of(other));
}

TEST_CASE("under joining each admission begins an era, and a newcomer opens nothing sealed before or for an earlier era") {
  Club club(HistoryPolicy::joining);
  club.anna.write(club.log, "born in 0");
  club.admit(club.bert);
  CHECK(club.bert.space->era() == Era(1));
  CHECK(club.bert.space->charter().find(club.bert.identity.member())->first_era == Era(1));
  CHECK_FALSE(club.bert.space->needs_history());
  club.anna.write(club.log, "born in 1");
  club.anna.write_for(club.log, era(0), "late in 0");
  club.admit(club.cilla);
  club.anna.write(club.log, "born in 2");
  club.bert.write_for(club.log, era(1), "late in 1");
  club.anna.write_for(club.log, era(0), "late in 0 again");
  club.pull();
  CHECK(club.anna.texts() == Texts{"born in 0", "born in 1", "late in 0", "born in 2", "late in 1", "late in 0 again"});
  CHECK(club.bert.texts() == Texts{"born in 1", "born in 2", "late in 1"});
  CHECK(club.cilla.texts() == Texts{"born in 2"});
  CHECK(club.cilla.refused == std::vector<ErrorCode>{ErrorCode::not_in_audience, ErrorCode::not_in_audience});
  CHECK(club.anna.refused.empty());

  SECTION("whatever a device keeps is as good after a restart") {
    club.cilla.crash();
    club.bert.crash();
    club.anna.write_for(club.log, era(1), "later in 1");
    club.pull();
    CHECK(club.bert.texts().back() == "later in 1");
    CHECK(club.cilla.texts() == Texts{"born in 2"});
  }
  SECTION("no key that the newcomer holds opens anything older") {
    const auto& roll = club.anna.space->roll();
    for (Epoch epoch; epoch < club.cilla.space->epoch(); epoch = epoch.next()) {
      if (roll.era_of(epoch) == Era(2)) continue;
      CHECK_FALSE(club.cilla.space->keywrap_record(epoch, club.cilla.random));
    }
    CHECK(club.cilla.space->roll().first_epoch() == *roll.first_epoch_of(Era(2)));
  }
  SECTION("the newcomer's roll knows every device's key at the server") {
    for (const auto& entry : club.cilla.space->roll().entries()) CHECK_FALSE(entry.auth_pub.is_zero());
  }
}

TEST_CASE("no key wrap leads from one era into the one before") {
  Club club(HistoryPolicy::joining);
  club.admit(club.bert);
  const Epoch before(club.anna.space->epoch().value() - 1);
  CHECK(code_of(club.anna.space->keywrap_record(before, club.anna.random)) == ErrorCode::invalid_argument);
  const auto record = wire::decode_record(club.log.records.at(club.bert.space->joined_at().value() - 1)).value();
  CHECK_FALSE(HandshakeRecord::decode(record.bytes).value().keywrap);
  CHECK_FALSE(club.bert.space->keywrap_record(before, club.bert.random));
}

TEST_CASE("under all an admission keeps the era, and a newcomer reads everything, late edits of every era too") {
  Club club(HistoryPolicy::all);
  club.anna.write(club.log, "born in 0");
  club.begin_era();
  club.anna.write(club.log, "born in 1");
  club.anna.send(club.log, club.anna.space->stage_heal(club.anna.random));
  club.begin_era();
  club.anna.write_for(club.log, era(0), "late in 0");
  club.admit(club.bert);
  INFO(club.bert.history.message());
  CHECK(club.bert.space->era() == Era(2));
  CHECK(club.bert.space->roll() == club.anna.space->roll());
  club.anna.write_for(club.log, era(1), "late in 1");
  club.pull();
  CHECK(club.bert.texts() == Texts{"born in 0", "born in 1", "late in 0", "late in 1"});
  CHECK(club.bert.refused.empty());
  club.bert.crash();
  club.anna.write_for(club.log, era(0), "late again");
  club.pull();
  CHECK(club.bert.texts().back() == "late again");
}

TEST_CASE("under season a newcomer reads from the beginning of the season") {
  Club club(HistoryPolicy::season);
  club.anna.write(club.log, "last year");
  club.begin_era();
  club.anna.write(club.log, "this year");
  club.anna.send(club.log, club.anna.space->stage_heal(club.anna.random));
  club.anna.write_for(club.log, era(0), "about last year");
  club.admit(club.bert);
  INFO(club.bert.history.message());
  club.anna.write(club.log, "today");
  club.pull();
  CHECK(club.bert.space->era() == Era(1));
  CHECK(club.bert.texts() == Texts{"this year", "today"});
  CHECK(club.bert.space->roll().first_epoch() == *club.anna.space->roll().first_epoch_of(Era(1)));
  CHECK(club.bert.refused == std::vector<ErrorCode>{ErrorCode::not_in_audience});
}

TEST_CASE("an era begins by a host's commit only") {
  Club club(HistoryPolicy::season);
  club.admit(club.bert);
  CHECK(code_of(club.bert.space->stage_begin_era(club.bert.random)) == ErrorCode::not_permitted);
}

TEST_CASE("a device has a chain an audience, and each is checked by itself") {
  Club club(HistoryPolicy::joining);
  club.anna.write(club.log, "a");
  club.admit(club.bert);
  club.anna.write(club.log, "b");
  const auto first = club.anna.content_for(era(0), "left out");
  auto gap = first;
  gap.index = gap.index.next();
  gap.prev = Hash{};
  REQUIRE(club.log.append(content_record(club.anna.seal(gap)), club.anna.space->last_handshake_seq()));
  auto other = club.anna.content_for(era(1), "c");
  other.index = BatchIndex(1);
  other.prev = Hash{};
  REQUIRE(club.log.append(content_record(club.anna.seal(other)), club.anna.space->last_handshake_seq()));
  club.pull();
  CHECK(club.anna.refused == std::vector<ErrorCode>{ErrorCode::broken_chain, ErrorCode::equivocation});
  CHECK(club.bert.refused == std::vector<ErrorCode>{ErrorCode::not_in_audience, ErrorCode::equivocation});
}

TEST_CASE("a batch for an era to come is malformed, and for one not held it cannot be sealed") {
  Club club(HistoryPolicy::joining);
  club.admit(club.bert);
  CHECK(code_of(club.anna.space->seal_batch(club.anna.content_for(era(2), "x"), club.anna.seen(), club.anna.random)) ==
        ErrorCode::malformed);
  CHECK(code_of(club.bert.space->seal_batch(club.bert.content_for(era(0), "x"), club.bert.seen(), club.bert.random)) ==
        ErrorCode::not_in_audience);
}

TEST_CASE("a batch fixed in one era is sealed again in the next with the same content, for the same readers") {
  Club club(HistoryPolicy::joining);
  const auto content = club.anna.content("written before");
  const auto hash = club.anna.space->own_content_hash(content);
  club.admit(club.bert);
  REQUIRE(club.log.append(content_record(club.anna.seal(content)), club.anna.space->last_handshake_seq()));
  club.pull();
  CHECK(club.anna.texts() == Texts{"written before"});
  CHECK(club.anna.facts().content_hash(club.anna.keys->device(), era(0), content.index).value() == hash);
  CHECK(club.bert.texts().empty());
}

TEST_CASE("a narrower audience is read by its members' devices and by nobody else") {
  Club club(HistoryPolicy::all);
  club.admit(club.bert);
  club.admit(club.cilla);
  const MemberId readers[] = {club.bert.identity.member()};
  const auto audience = club.anna.space->make_audience(readers, club.anna.random).value();
  club.anna.save();
  club.anna.write(club.log, as_text(audience.payload), PayloadKind::audience_grant);
  club.pull();
  club.anna.write_for(club.log, audience.audience, "for two");
  club.pull();
  club.bert.crash();
  club.bert.write_for(club.log, audience.audience, "answer");
  club.pull();
  CHECK(club.anna.texts() == Texts{"for two", "answer"});
  CHECK(club.bert.texts() == Texts{"for two", "answer"});
  CHECK(club.cilla.texts().empty());
  CHECK(club.cilla.refused == std::vector<ErrorCode>{ErrorCode::not_in_audience, ErrorCode::not_in_audience});
  const MemberId nobody[] = {MemberId{}};
  CHECK(code_of(club.anna.space->make_audience(nobody, club.anna.random)) == ErrorCode::not_found);
}

TEST_CASE("the secret of an audience opens for its device, from its author, under its id alone") {
  SeededRandom random("audience");
  const auto space = random.make<SpaceId>();
  const auto author = random.make<DeviceId>();
  const auto device = random.make<DeviceId>();
  const auto wrap = crypto::X25519PrivateKey::generate(random);
  AudienceSecret secret;
  random.fill(secret.expose_mutable());
  AudienceGrant grant;
  grant.audience = narrow_audience(space, author, secret);
  grant.devices = {seal_audience_secret(space, author, secret, device, wrap.public_key(), random).value()};
  REQUIRE(AudienceGrant::decode(grant.encode()).value() == grant);
  CHECK(equal(open_audience_secret(space, author, grant, device, wrap).value().expose(), secret.expose()));
  CHECK(code_of(open_audience_secret(space, author, grant, author, wrap)) == ErrorCode::not_in_audience);
  CHECK(code_of(open_audience_secret(space, device, grant, device, wrap)) == ErrorCode::decryption_failed);
  CHECK(code_of(open_audience_secret(random.make<SpaceId>(), author, grant, device, wrap)) == ErrorCode::decryption_failed);
  SECTION("a point of small order is refused, by the sender and in a certificate") {
    CHECK(code_of(seal_audience_secret(space, author, secret, device, crypto::X25519PublicKey{}, random)) == ErrorCode::bad_public_key);
    const auto identity = Identity::generate(random);
    const auto signing = crypto::SigningKey::generate(random);
    const auto certificate = identity.certify(signing.verify_key(), crypto::X25519PublicKey{});
    CHECK(code_of(DeviceCertificate::decode(certificate.encode())) == ErrorCode::invalid_certificate);
    CHECK(DeviceCertificate::decode(identity.certify(signing.verify_key(), wrap.public_key()).encode()));
  }
  SECTION("an era is no narrower audience, and devices are in order") {
    auto wrong = grant;
    wrong.audience = era(3);
    CHECK(code_of(AudienceGrant::decode(wrong.encode())) == ErrorCode::malformed);
    wrong = grant;
    wrong.devices.push_back(wrong.devices.front());
    CHECK(code_of(AudienceGrant::decode(wrong.encode())) == ErrorCode::malformed);
  }
}

TEST_CASE("a roll of several eras survives its bytes, and its later part stands by itself") {
  Club club(HistoryPolicy::season);
  club.begin_era();
  club.anna.send(club.log, club.anna.space->stage_heal(club.anna.random));
  club.begin_era();
  const auto& roll = club.anna.space->roll();
  CHECK(Roll::decode(roll.encode()).value() == roll);
  CHECK(roll.era_of(Epoch(0)) == Era(0));
  CHECK(roll.era_of(Epoch(2)) == Era(1));
  CHECK(roll.last_epoch_of(Era(1)) == Epoch(2));
  CHECK(roll.first_epoch_of(Era(2)) == Epoch(3));
  CHECK_FALSE(roll.last_epoch_of(Era(2)));
  CHECK_FALSE(roll.era_of(Epoch(4)));
  const auto later = roll.from(Epoch(2));
  CHECK(later.first_era() == Era(1));
  CHECK(Roll::decode(later.encode()).value() == later);
  for (Epoch epoch(2); epoch < roll.end_epoch(); epoch = epoch.next()) {
    CHECK(later.era_of(epoch) == roll.era_of(epoch));
    CHECK(later.start_of(epoch) == roll.start_of(epoch));
    CHECK(later.check_of(epoch) == roll.check_of(epoch));
  }
  CHECK_FALSE(later.check_of(Epoch(1)));
}

}  // namespace muistio::space::test
