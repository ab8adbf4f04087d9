// The worked examples of docs/formats/space.md, built again from their keys and read back.
#include <catch2/catch.hpp>
#include <cstdio>
#include <functional>

#include "format_examples.hpp"
#include "muistio/space/audience.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/space/roll.hpp"
#include "muistio/space/warrant.hpp"
#include "muistio/wire/envelope.hpp"
#include "support.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;

namespace {

const SpaceId kSpace = counting<SpaceId>(0x10);

Identity host() { return Identity::from_seed(counting_secret<32>(0x20)); }

DeviceCertificate certificate() {
  return host().certify(crypto::SigningKey::from_seed(counting_secret<32>(0x40)).verify_key(),
                        crypto::X25519PrivateKey::from_secret(counting_secret<32>(0x60)).public_key());
}

Charter charter() {
  Charter made;
  made.version = 2;
  REQUIRE(made.add({host().member(), Role::host, Era(0), std::nullopt}));
  REQUIRE(made.add({counting<MemberId>(0x00), Role::member, Era(0), std::nullopt}));
  return made;
}

Roll roll() {
  Roll made;
  made.begin_epoch(Seq(0), key_check(kSpace, Epoch(0), counting_secret<32>(0xC0)));
  made.begin_epoch(Seq(7), key_check(kSpace, Epoch(1), counting_secret<32>(0xC1)));
  made.open({certificate().device_sig_pub, host().member(), Role::host, counting<wire::AuthKey>(0x80), Epoch(0), std::nullopt});
  made.open({counting<crypto::VerifyKey>(0xA0), counting<MemberId>(0x00), Role::member, wire::AuthKey{}, Epoch(0), Epoch(1)});
  return made;
}

Roll roll_of_eras() {
  Roll made;
  made.begin_epoch(Seq(0), key_check(kSpace, Epoch(0), counting_secret<32>(0xC0)));
  made.begin_epoch(Seq(7), key_check(kSpace, Epoch(1), counting_secret<32>(0xC1)));
  made.begin_epoch(Seq(9), key_check(kSpace, Epoch(2), counting_secret<32>(0xC2)), true);
  made.open({certificate().device_sig_pub, host().member(), Role::host, counting<wire::AuthKey>(0x80), Epoch(0), std::nullopt});
  return made;
}

AudienceGrant grant() { return {narrow_audience(kSpace, counting<DeviceId>(0x30), counting_secret<32>(0xD0)), {}}; }

BatchContent content() {
  BatchContent made;
  made.index = BatchIndex(1);
  made.salt = counting<StrongBytes<struct SaltTag, 16>>(0x90).array();
  made.deflated = deflate(as_bytes("sauna sauna sauna")).value();
  return made;
}

Bytes batch() {
  SeededRandom random("batch");
  return seal_batch(kSpace, Epoch(3), counting_secret<32>(0xC0), AudienceSecret{}, content(), Seen{Seq(5), counting<Hash>(0xE0)},
                    crypto::SigningKey::from_seed(counting_secret<32>(0x40)), random);
}

Bytes keywrap() {
  SeededRandom random("keywrap");
  return make_keywrap(counting_secret<32>(0xC1), counting_secret<32>(0xC0), kSpace, Era(0), Epoch(3),
                      crypto::sha256(as_bytes("commit")), random)
      .encode();
}

Bytes handshake() {
  HandshakeRecord record;
  record.commit = {0xaa, 0xbb, 0xcc};
  record.keywrap = Bytes{0xdd};
  return record.encode();
}

Link link() {
  Link made;
  made.server = "muistio.example:8443";
  made.space = kSpace;
  made.secret = InvitationSecret(counting_secret<16>(0x01));
  made.inviter = host().member();
  made.role = Role::member;
  made.club_name = "Puutarhakerho";
  made.inviter_name = "Anna";
  return made;
}

Bytes join_request() {
  JoinRequest request;
  request.name = "Jan";
  request.key_package = {0x01, 0x02, 0x03};
  request.auth_pub = counting<wire::AuthKey>(0x80);
  SeededRandom random("join");
  return request.seal(link().secret, kSpace, random).value();
}

DeviceKeys device_keys() {
  Writer out;  // as the store has them
  out.raw(counting_secret<32>(0x40).expose()).raw(counting_secret<32>(0x60).expose()).block(certificate().encode());
  return DeviceKeys::decode(wire::encode_envelope(32, 1, out.bytes())).value();
}

Warrant warrant() {
  Warrant made{{WarrantKind::give, kSpace, 2, counting<MemberId>(0x00)}, {}};
  made.add(sign_warrant(made.terms, device_keys()));
  return made;
}

struct Example {
  const char* name;
  std::function<Bytes()> build;
};

const std::vector<Example>& examples() {
  static const std::vector<Example> all = {
      {"space-member-id", [] { return to_bytes(host().member().view()); }},
      {"space-certificate", [] { return certificate().encode(); }},
      {"space-charter", [] { return charter().encode(); }},
      {"space-content-hash", [] { return to_bytes(content_hash(kSpace, certificate().device(), content()).view()); }},
      {"space-batch", [] { return batch(); }},
      {"space-keywrap", [] { return keywrap(); }},
      {"space-handshake", [] { return handshake(); }},
      {"space-roll", [] { return roll().encode(); }},
      {"space-roll-eras", [] { return roll_of_eras().encode(); }},
      {"space-audience-grant", [] { return grant().encode(); }},
      {"space-roll-hash", [] { return to_bytes(roll().hash().view()); }},
      {"space-invitation-id", [] { return to_bytes(link().secret.id().view()); }},
      {"space-link", [] { return to_bytes(as_bytes(link().text().value())); }},
      {"space-key-check", [] { return to_bytes(key_check(kSpace, Epoch(0), counting_secret<32>(0xC0)).view()); }},
      {"space-confirm",
       [] {
         return to_bytes(link().secret.confirm(Bytes{1, 2}, Bytes{3, 4}, crypto::sha256(as_bytes("commit"))).view());
       }},
      {"space-join-request", [] { return join_request(); }},
      {"space-warrant", [] { return warrant().encode(); }},
  };
  return all;
}

}  // namespace

TEST_CASE("every worked example is what the code makes of its keys") {
  for (const auto& example : examples()) {
    INFO(example.name);
    CHECK(to_hex(example.build()) == to_hex(muistio::test::format_example(example.name)));
  }
}

TEST_CASE("the worked examples read back as what they were made from") {
  CHECK(DeviceCertificate::decode(muistio::test::format_example("space-certificate")).value() == certificate());
  CHECK(Charter::decode(muistio::test::format_example("space-charter")).value() == charter());
  CHECK(Warrant::decode(muistio::test::format_example("space-warrant")).value() == warrant());
  CHECK(Roll::decode(muistio::test::format_example("space-roll")).value() == roll());
  CHECK(Roll::decode(muistio::test::format_example("space-roll-eras")).value() == roll_of_eras());
  CHECK(AudienceGrant::decode(muistio::test::format_example("space-audience-grant")).value() == grant());

  const auto sealed = muistio::test::format_example("space-batch");
  const auto split = read_batch(sealed).value();
  CHECK(split.header.epoch == Epoch(3));
  const auto opened = open_batch(split, counting_secret<32>(0xC0), AudienceSecret{}).value();
  CHECK(opened.content == content());
  CHECK(opened.seen == Seen{Seq(5), counting<Hash>(0xE0)});
  CHECK(opened.device == certificate().device());
  CHECK(verify_batch(split.header, opened, certificate().device_sig_pub));

  const auto wrap = Keywrap::decode(muistio::test::format_example("space-keywrap")).value();
  const auto key = open_keywrap(counting_secret<32>(0xC1), wrap, kSpace, crypto::sha256(as_bytes("commit"))).value();
  CHECK(to_hex(key.expose()) == to_hex(counting_secret<32>(0xC0).expose()));

  const auto text = muistio::test::format_example("space-link");
  CHECK(Link::parse(as_text(text)).value().inviter_name == "Anna");
  CHECK(JoinRequest::open(link().secret, kSpace, muistio::test::format_example("space-join-request")).value().name == "Jan");
}

TEST_CASE("print the worked examples for docs/formats/space.md", "[.print]") {
  for (const auto& example : examples()) std::printf("%s %s\n", example.name, to_hex(example.build()).c_str());
}
