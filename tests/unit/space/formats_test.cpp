// The formats that need no group: what is refused, and with which error.
#include <catch2/catch.hpp>

#include "muistio/base/utf8.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/space/roll.hpp"
#include "muistio/wire/envelope.hpp"
#include "support.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;

namespace {

const SpaceId kSpace = counting<SpaceId>(0x10);

/// Every prefix of `bytes` is refused.
template <class Decode>
void check_truncations(const Bytes& bytes, Decode decode) {
  REQUIRE(decode(BytesView(bytes)));
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(decode(BytesView(bytes).first(size)));
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK_FALSE(decode(BytesView(longer)));
}

/// `bytes` with their envelope's version one higher.
Bytes newer(const Bytes& bytes) {
  auto envelope = wire::decode_envelope(bytes).value();
  return wire::encode_envelope(envelope.kind, envelope.version + 1, envelope.body);
}

DeviceKeys device(const std::string& seed) {
  SeededRandom random(seed);
  return DeviceKeys::generate(Identity::generate(random), random);
}

}  // namespace

TEST_CASE("a device certificate is refused when any bit of it changes") {
  const auto bytes = device("a").certificate().encode();
  REQUIRE(DeviceCertificate::decode(bytes));
  check_truncations(bytes, [](BytesView view) { return DeviceCertificate::decode(view); });
  for (std::size_t i = 4; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] ^= 1;
    CHECK(code_of(DeviceCertificate::decode(changed)) == ErrorCode::invalid_certificate);
  }
  CHECK(code_of(DeviceCertificate::decode(newer(bytes))) == ErrorCode::unsupported_version);
}

TEST_CASE("device keys come back from the store, and are refused with another's certificate") {
  const auto keys = device("a");
  const auto stored = keys.encode();
  const auto read = DeviceKeys::decode(stored.expose());
  REQUIRE(read);
  CHECK(read->certificate() == keys.certificate());
  CHECK(read->device() == keys.device());
  auto mixed = to_bytes(stored.expose());
  const auto other = device("b").certificate().encode();
  std::copy(other.begin(), other.end(), mixed.end() - static_cast<std::ptrdiff_t>(other.size()));
  CHECK(code_of(DeviceKeys::decode(mixed)) == ErrorCode::invalid_certificate);
}

TEST_CASE("a charter is refused when it is cut, unsorted, repeated, empty, or of a newer version") {
  Charter charter;
  for (std::uint8_t first : {9, 5, 7}) REQUIRE(charter.add({counting<MemberId>(first), Role::member, Era(0), std::nullopt}));
  charter.parent = counting<SpaceId>(1);
  charter.predecessor = Predecessor{counting<SpaceId>(2), Seq(9), counting<Hash>(3)};
  charter.members[1].successor_of = counting<MemberId>(77);
  charter.warrants = {Bytes{1, 2}};
  const auto bytes = charter.encode();
  CHECK(Charter::decode(bytes).value() == charter);
  check_truncations(bytes, [](BytesView view) { return Charter::decode(view); });
  CHECK(code_of(Charter::decode(newer(bytes))) == ErrorCode::unsupported_version);

  auto unsorted = charter;
  std::swap(unsorted.members[0], unsorted.members[1]);
  CHECK(code_of(Charter::decode(unsorted.encode())) == ErrorCode::invalid_charter);
  auto twice = charter;
  twice.members[1] = twice.members[0];
  CHECK(code_of(Charter::decode(twice.encode())) == ErrorCode::invalid_charter);
  auto empty = charter;
  empty.members.clear();
  CHECK(code_of(Charter::decode(empty.encode())) == ErrorCode::invalid_charter);
  auto no_role = charter;
  no_role.members[0].role = static_cast<Role>(9);
  CHECK(code_of(Charter::decode(no_role.encode())) == ErrorCode::invalid_charter);

  CHECK(code_of(charter.add({counting<MemberId>(5), Role::host, Era(0), std::nullopt})) == ErrorCode::already_exists);
  CHECK(charter.remove(counting<MemberId>(5)));
  CHECK(code_of(charter.remove(counting<MemberId>(5))) == ErrorCode::not_found);
}

TEST_CASE("Padme adds at most an eighth and always the same for lengths near each other") {
  CHECK(padme(0) == 0);
  CHECK(padme(1) == 1);
  CHECK(padme(9) == 10);
  CHECK(padme(200) == 208);
  CHECK(padme(1000) == 1024);
  for (std::size_t length = 1; length < 300000; length += 7) {
    const auto padded = padme(length);
    REQUIRE(padded >= length);
    REQUIRE((padded - length) * 100 <= length * 12 + 100);
    REQUIRE(padme(padded) == padded);
  }
}

TEST_CASE("a payload survives deflate, and a stream that would grow too far is stopped") {
  Bytes text;
  for (int i = 0; i < 5000; ++i) append(text, as_bytes(i % 3 == 0 ? "kevät " : "syksy "));
  const auto small = deflate(text).value();
  CHECK(small.size() < text.size() / 20);
  CHECK(inflate(small).value() == text);
  CHECK(inflate(deflate({}).value()).value().empty());
  CHECK(code_of(inflate(small, text.size() - 1)) == ErrorCode::too_large);
  CHECK(inflate(small, text.size()));

  const auto bomb = deflate(Bytes(kPayloadBytesMax, 0)).value();
  CHECK(bomb.size() < 8192);
  CHECK(inflate(bomb).value().size() == kPayloadBytesMax);
  CHECK(code_of(inflate(bomb, 1000)) == ErrorCode::too_large);
  CHECK(code_of(deflate(Bytes(kPayloadBytesMax + 1, 0))) == ErrorCode::too_large);

  auto cut = small;
  cut.pop_back();
  CHECK(code_of(inflate(cut)) == ErrorCode::malformed);
  auto longer = small;
  longer.push_back(0);
  CHECK(code_of(inflate(longer)) == ErrorCode::malformed);
  CHECK(code_of(inflate(Bytes{0xff, 0xff})) == ErrorCode::malformed);
  CHECK(code_of(inflate({})) == ErrorCode::malformed);
}

TEST_CASE("what does not deflate well still fits a record") {
  SeededRandom random("noise");
  Bytes noise(200 * 1024);
  random.fill(noise);
  BatchContent content;
  content.index = BatchIndex(1);
  content.deflated = deflate(noise).value();
  const auto keys = device("a");
  const auto record = seal_batch(kSpace, Epoch(0), counting_secret<32>(1), {}, content, {}, keys.signing_key(), random);
  CHECK(record.size() <= wire::limits::batch_bytes_max);
  Bytes more(kDeflatedBytesMax + 1024);
  random.fill(more);
  CHECK(code_of(deflate(more)) == ErrorCode::too_large);
}

TEST_CASE("batch content comes back from the store and keeps its hash") {
  BatchContent content;
  content.index = BatchIndex(5);
  content.prev = counting<Hash>(1);
  content.kind = PayloadKind::roll;
  content.deflated = {1, 2, 3};
  const auto bytes = content.encode();
  CHECK(BatchContent::decode(bytes).value() == content);
  check_truncations(bytes, [](BytesView view) { return BatchContent::decode(view); });

  const auto keys = device("a");
  const auto hash = content_hash(kSpace, keys.device(), content);
  auto check_differs = [&](const BatchContent& other) { CHECK(content_hash(kSpace, keys.device(), other) != hash); };
  auto other = content;
  other.index = BatchIndex(6);
  check_differs(other);
  other = content;
  other.prev = Hash{};
  check_differs(other);
  other = content;
  other.salt[3] = 1;
  check_differs(other);
  other = content;
  other.kind = PayloadKind::ops;
  check_differs(other);
  other = content;
  other.deflated.push_back(0);
  check_differs(other);
  CHECK(content_hash(counting<SpaceId>(0x11), keys.device(), content) != hash);
  CHECK(content_hash(kSpace, device("b").device(), content) != hash);
}

TEST_CASE("a key wrap opens only under the next key, for its space, era, epoch and commit") {
  SeededRandom random("wrap");
  const auto newer_key = counting_secret<32>(1);
  const auto older_key = counting_secret<32>(2);
  const auto commit = counting<Hash>(3);
  const auto wrap = make_keywrap(newer_key, older_key, kSpace, Era(0), Epoch(4), commit, random);
  const auto read = Keywrap::decode(wrap.encode()).value();
  const auto opened = open_keywrap(newer_key, read, kSpace, commit);
  REQUIRE(opened);
  CHECK(to_hex(opened->expose()) == to_hex(older_key.expose()));
  CHECK(code_of(open_keywrap(older_key, read, kSpace, commit)) == ErrorCode::decryption_failed);
  CHECK(code_of(open_keywrap(newer_key, read, counting<SpaceId>(0x11), commit)) == ErrorCode::decryption_failed);
  CHECK(code_of(open_keywrap(newer_key, read, kSpace, counting<Hash>(4))) == ErrorCode::decryption_failed);
  auto changed = read;
  changed.epoch = Epoch(5);
  CHECK(code_of(open_keywrap(newer_key, changed, kSpace, commit)) == ErrorCode::decryption_failed);
  changed = read;
  changed.era = Era(1);
  CHECK(code_of(open_keywrap(newer_key, changed, kSpace, commit)) == ErrorCode::decryption_failed);
  check_truncations(wrap.encode(), [](BytesView view) { return Keywrap::decode(view); });
}

TEST_CASE("a roll names each device's role by epoch and refuses what contradicts itself") {
  const auto sig = [](std::uint8_t from) { return counting<crypto::VerifyKey>(from); };
  Roll roll;
  roll.begin_epoch(Seq(0), counting<KeyCheck>(0));
  roll.begin_epoch(Seq(4), counting<KeyCheck>(4));
  roll.begin_epoch(Seq(9), counting<KeyCheck>(9));
  roll.open({sig(1), counting<MemberId>(1), Role::host, {}, Epoch(0), std::nullopt});
  roll.open({sig(2), counting<MemberId>(2), Role::member, {}, Epoch(1), std::nullopt});
  roll.close(device_id_of(sig(2)), Epoch(2));
  roll.open({sig(2), counting<MemberId>(2), Role::host, {}, Epoch(2), std::nullopt});
  const auto device = device_id_of(sig(2));
  CHECK(roll.find(device, Epoch(0)) == nullptr);
  CHECK(roll.find(device, Epoch(1))->role == Role::member);
  CHECK(roll.find(device, Epoch(2))->role == Role::host);
  CHECK(roll.last_of(device)->role == Role::host);
  CHECK(roll.in_force_at(Seq(1)) == Epoch(0));
  CHECK(roll.in_force_at(Seq(4)) == Epoch(0));
  CHECK(roll.in_force_at(Seq(5)) == Epoch(1));
  CHECK(roll.in_force_at(Seq(10)) == Epoch(2));
  CHECK(roll.in_force_at(Seq(0)) == std::nullopt);
  CHECK(roll.start_of(Epoch(1)) == Seq(4));
  CHECK(roll.start_of(Epoch(3)) == std::nullopt);

  const auto bytes = roll.encode();
  CHECK(Roll::decode(bytes).value() == roll);
  CHECK(Roll::decode(bytes)->hash() == roll.hash());
  check_truncations(bytes, [](BytesView view) { return Roll::decode(view); });

  auto overlapping = roll;
  overlapping.open({sig(1), counting<MemberId>(1), Role::member, {}, Epoch(1), std::nullopt});
  CHECK(code_of(Roll::decode(overlapping.encode())) == ErrorCode::malformed);
  Roll no_epochs;
  CHECK(code_of(Roll::decode(no_epochs.encode())) == ErrorCode::malformed);
  Roll same_start;
  same_start.begin_epoch(Seq(0), counting<KeyCheck>(0));
  same_start.begin_epoch(Seq(0), counting<KeyCheck>(0));
  CHECK(code_of(Roll::decode(same_start.encode())) == ErrorCode::malformed);
  CHECK(code_of(Roll::decode(newer(newer(bytes)))) == ErrorCode::unsupported_version);
}

TEST_CASE("a roll that outgrew what a newcomer takes is still read back from one's own store") {
  Roll roll;
  roll.begin_epoch(Seq(0), KeyCheck{});
  for (std::size_t i = 0; i <= kRollEntriesMax; ++i) {
    RollEntry entry;
    entry.device_sig_pub.mutable_array()[0] = static_cast<std::uint8_t>(i);
    entry.device_sig_pub.mutable_array()[1] = static_cast<std::uint8_t>(i >> 8);
    roll.open(entry);
  }
  const auto bytes = roll.encode();
  CHECK_FALSE(Roll::decode(bytes));
  CHECK(Roll::decode_stored(bytes).value() == roll);
}

TEST_CASE("a handshake record is refused when cut or flagged with what is unknown") {
  HandshakeRecord record;
  record.commit = {1, 2, 3};
  record.welcome = Bytes{4, 5};
  record.keywrap = Bytes{6};
  const auto bytes = record.encode();
  CHECK(HandshakeRecord::decode(bytes).value() == record);
  check_truncations(bytes, [](BytesView view) { return HandshakeRecord::decode(view); });
  auto flagged = bytes;
  flagged[3] |= 0x80;
  CHECK(code_of(HandshakeRecord::decode(flagged)) == ErrorCode::malformed);
}

TEST_CASE("the kind of a content record is told without a key, and an unknown one is no error") {
  CHECK(content_kind(wire::encode_envelope(1, 1, Bytes{1})).value() == ContentKind::batch);
  CHECK(content_kind(wire::encode_envelope(2, 1, Bytes{1})).value() == ContentKind::proposal);
  CHECK(content_kind(wire::encode_envelope(3, 9, {})).value() == ContentKind::keywrap);
  CHECK(content_kind(wire::encode_envelope(77, 1, {})).value() == std::nullopt);
  CHECK_FALSE(content_kind({}));
  CHECK_FALSE(content_kind(Bytes{5, 1, 1}));
}

TEST_CASE("a link says the same after parsing, and one with the longest server and names fits 300 characters") {
  SeededRandom random("link");
  Link link;
  link.server = "127.0.0.1:45678";
  link.space = kSpace;
  link.secret = InvitationSecret::generate(random);
  link.inviter = counting<MemberId>(1);
  link.role = Role::facilitator;
  link.club_name = "Käsityökerho";
  link.inviter_name = "Päivi Östman";
  const auto text = link.text().value();
  CHECK(text.substr(0, 29) == "https://127.0.0.1:45678/join#");
  const auto read = Link::parse("  " + text + "\n").value();
  CHECK(read.server == link.server);
  CHECK(read.space == link.space);
  CHECK(read.secret.id() == link.secret.id());
  CHECK(read.inviter == link.inviter);
  CHECK(read.role == link.role);
  CHECK(read.club_name == link.club_name);
  CHECK(read.inviter_name == link.inviter_name);

  for (const auto& server : {std::string("a"), std::string("[::1]:443"), std::string(66, 'x') + ":65535"}) {
    link.server = server;
    link.club_name.clear();
    for (int i = 0; i < 60; ++i) link.club_name += "ö ";
    const auto longest = link.text().value();
    CHECK(longest.size() <= kLinkCharactersMax);
    const auto parsed = Link::parse(longest).value();
    CHECK(parsed.server == server);
    CHECK_FALSE(first_invalid_utf8(parsed.club_name));
    CHECK(link.club_name.substr(0, parsed.club_name.size()) == parsed.club_name);
    CHECK(parsed.inviter == link.inviter);
  }
}

TEST_CASE("a link that was cut, changed or made for a host is refused") {
  SeededRandom random("link");
  Link link;
  link.server = "muistio.example";
  link.space = kSpace;
  link.secret = InvitationSecret::generate(random);
  link.club_name = "Kerho";
  link.inviter_name = "Anna";
  const auto text = link.text().value();
  REQUIRE(Link::parse(text));
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK(code_of(Link::parse(text.substr(0, size))) == ErrorCode::invalid_invitation);
  for (const char* bad :
       {"", "http://muistio.example/join#AAAA", "https://muistio.example/join", "https://x/other#AAAA", "https://x/join#A*"})
    CHECK(code_of(Link::parse(bad)) == ErrorCode::invalid_invitation);
  CHECK(code_of(Link::parse(text + std::string(300, 'A'))) == ErrorCode::invalid_invitation);

  link.role = Role::guest;
  CHECK(Link::parse(link.text().value())->role == Role::guest);
  link.role = Role::host;
  CHECK(code_of(link.text()) == ErrorCode::invalid_argument);
  link.role = Role::member;
  for (const char* server : {"", "a b", "x:0", "x:65536", "x:", "https://x", "[::1", "x/y", "päivä.fi"}) {
    link.server = server;
    CHECK(code_of(link.text()) == ErrorCode::invalid_argument);
  }
}

TEST_CASE("the role of a host cannot be read from a link that someone built by hand") {
  // The body of a link: role, space, secret, inviter, server, names; the role is its first byte.
  for (std::uint8_t role = 0; role < 8; ++role) {
    Writer body;
    body.u8(role).raw(Bytes(16 + 16 + 32)).block(as_bytes("x")).block(as_bytes("a")).block(as_bytes("b"));
    const auto bytes = wire::encode_envelope(22, 1, body.bytes());
    static const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 6) {
      unsigned value = 0;
      for (std::size_t i = bit; i < bit + 6; ++i)
        value = value << 1 | (i / 8 < bytes.size() ? bytes[i / 8] >> (7 - i % 8) & 1U : 0U);
      text.push_back(alphabet[value]);
    }
    const auto parsed = Link::parse("https://x/join#" + text);
    if (role >= 1 && role <= 3) {
      CHECK(parsed);
    } else {
      CHECK(code_of(parsed) == ErrorCode::invalid_invitation);
    }
  }
}

TEST_CASE("an invitation is good until it is used up, revoked or late") {
  SeededRandom random("invitation");
  auto made = make_invitation(kSpace, counting<MemberId>(1), Role::member, 2, WallMs(1000), WallMs(5000), random).value();
  CHECK_FALSE(made.admits_by_itself);
  CHECK(made.check_open(WallMs(5000)));
  CHECK(code_of(made.check_open(WallMs(5001))) == ErrorCode::invitation_used);
  made.uses = 2;
  CHECK(code_of(made.check_open(WallMs(2000))) == ErrorCode::invitation_used);
  made.uses = 1;
  made.revoked = true;
  CHECK(code_of(made.check_open(WallMs(2000))) == ErrorCode::invitation_used);
  const auto read = Invitation::decode(made.encode().expose()).value();
  CHECK(read.id() == made.id());
  CHECK(read.uses == 1);
  CHECK(read.revoked);
  CHECK(read.expires == made.expires);
  CHECK(make_invitation(kSpace, {}, Role::facilitator, 1, WallMs(0), WallMs(1), random).value().admits_by_itself);
  CHECK(code_of(make_invitation(kSpace, {}, Role::host, 1, WallMs(0), WallMs(1), random)) == ErrorCode::invalid_argument);
  CHECK(code_of(make_invitation(kSpace, {}, Role::member, 0, WallMs(0), WallMs(1), random)) == ErrorCode::invalid_argument);
}

TEST_CASE("a join request opens only with the link's secret and for its space") {
  SeededRandom random("request");
  const auto secret = InvitationSecret::generate(random);
  JoinRequest request;
  request.name = "Jan van Dijk";
  request.key_package = {1, 2, 3};
  request.auth_pub = counting<wire::AuthKey>(1);
  const auto sealed = request.seal(secret, kSpace, random).value();
  const auto opened = JoinRequest::open(secret, kSpace, sealed).value();
  CHECK(opened.name == request.name);
  CHECK(opened.key_package == request.key_package);
  CHECK(opened.auth_pub == request.auth_pub);
  CHECK(code_of(JoinRequest::open(InvitationSecret::generate(random), kSpace, sealed)) == ErrorCode::invalid_join_request);
  CHECK(code_of(JoinRequest::open(secret, counting<SpaceId>(0x11), sealed)) == ErrorCode::invalid_join_request);
  check_truncations(sealed, [&](BytesView view) { return JoinRequest::open(secret, kSpace, view); });
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= 0x10;
    CHECK_FALSE(JoinRequest::open(secret, kSpace, changed));
  }
  request.name.clear();
  CHECK(code_of(request.seal(secret, kSpace, random)) == ErrorCode::invalid_argument);
  request.name = "Jan";
  request.key_package = Bytes(wire::limits::join_request_bytes_max);
  CHECK(code_of(request.seal(secret, kSpace, random)) == ErrorCode::too_large);
}
