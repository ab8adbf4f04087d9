// What a member's devices say to each other and to the server: words, boxes, device links, requests to be let in again.
#include <catch2/catch.hpp>

#include "muistio/crypto/hash.hpp"
#include "muistio/space/device_link.hpp"
#include "muistio/space/recovery_box.hpp"
#include "muistio/space/rejoin.hpp"
#include "muistio/wire/limits.hpp"
#include "support.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;

namespace {

std::string words_of(const Phrase& phrase) { return std::string(as_text(phrase.words().expose())); }

Phrase phrase_of(std::uint8_t byte) {
  Secret<32> entropy;
  for (auto& each : entropy.expose_mutable()) each = byte;
  return Phrase::from_entropy(std::move(entropy));
}

Foothold foothold() {
  Foothold made;
  made.space = counting<SpaceId>(0x10);
  made.epoch = Epoch(3);
  made.key = ContentKey::from_bytes(counting<Hash>(0x30).view()).value();
  made.seen = {Seq(9), counting<Hash>(0x50)};
  made.hosts = {counting<MemberId>(0x70)};
  return made;
}

template <class Decode>
void check_truncations(const Bytes& bytes, Decode decode) {
  REQUIRE(decode(BytesView(bytes)));
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(decode(BytesView(bytes).first(size)));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] ^= 1;
    CHECK_FALSE(decode(BytesView(changed)));
  }
}

}  // namespace

TEST_CASE("The words are those of the published vectors of BIP-39") {
  const auto repeated = [](std::string word, int times, const std::string& last) {
    std::string text;
    for (int i = 0; i < times; ++i) text += word + " ";
    return text + last;
  };
  CHECK(words_of(phrase_of(0x00)) == repeated("abandon", 23, "art"));
  CHECK(words_of(phrase_of(0xff)) == repeated("zoo", 23, "vote"));
  CHECK(words_of(phrase_of(0x80)) ==
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid "
        "letter advice cage absurd amount doctor acoustic bless");
  CHECK(words_of(phrase_of(0x7f)) ==
        "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful "
        "legal winner thank year wave sausage worth title");
}

TEST_CASE("Words come back in any case and spacing, and one wrong word is noticed") {
  SeededRandom random("words");
  for (int round = 0; round < 50; ++round) {
    const auto phrase = Phrase::generate(random);
    const auto words = words_of(phrase);
    auto read = Phrase::parse(words);
    REQUIRE(read);
    CHECK(equal(read->entropy().expose(), phrase.entropy().expose()));
  }
  const auto words = words_of(phrase_of(0x80));
  auto shouted = "\n  " + words + "\t\r\n";
  for (auto& c : shouted) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : (c == ' ' ? '\n' : c);
  CHECK(Phrase::parse(shouted));
  CHECK(code_of(Phrase::parse("")) == ErrorCode::invalid_argument);
  CHECK(code_of(Phrase::parse(words.substr(0, words.rfind(' ')))) == ErrorCode::invalid_argument);
  CHECK(code_of(Phrase::parse(words + " zoo")) == ErrorCode::invalid_argument);
  CHECK(code_of(Phrase::parse(std::string(2000, ' ') + words)) == ErrorCode::invalid_argument);
  auto wrong = words;
  wrong.replace(wrong.find("doctor"), 6, "zebra");
  const auto refused = Phrase::parse(wrong);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().detail.find("zebra") == std::string::npos);  // never a word in an error
  wrong = words;
  wrong.replace(wrong.find("doctor"), 6, "nosuch");
  CHECK(Phrase::parse(wrong).error().detail == "word 6 is not on the list");
}

TEST_CASE("Everything derived from a phrase differs, and is the same each time") {
  const auto phrase = phrase_of(1);
  const auto identity = phrase.identity().identity_pub();
  const auto fetch = phrase.fetch_key().verify_key();
  const auto box = phrase.box_key().public_key();
  CHECK(identity != fetch);
  CHECK_FALSE(equal(box.view(), fetch.view()));
  CHECK(phrase_of(1).identity().identity_pub() == identity);
  CHECK(phrase_of(1).address() == phrase.address());
  CHECK_FALSE(phrase_of(2).address() == phrase.address());
}

TEST_CASE("A recovery box opens with the phrase alone, and only if a device of the member signed it") {
  SeededRandom random("box");
  const auto phrase = Phrase::generate(random);
  const auto device = DeviceKeys::generate(phrase.identity(), random);
  RecoveryBox box;
  box.counter = 7;
  box.name = "Aino";
  box.spaces.push_back(foothold());
  const auto sealed = box.seal(phrase.address(), device, random).value();
  const auto opened = RecoveryBox::open(phrase, sealed);
  REQUIRE(opened);
  CHECK(opened->counter == 7);
  CHECK(opened->name == "Aino");
  REQUIRE(opened->spaces.size() == 1);
  CHECK(equal(opened->spaces[0].key.expose(), foothold().key.expose()));
  CHECK(opened->spaces[0].hosts == foothold().hosts);
  CHECK_FALSE(opened->personal);
  check_truncations(sealed, [&](BytesView view) { return RecoveryBox::open(phrase, view); });
  CHECK_FALSE(RecoveryBox::open(Phrase::generate(random), sealed));
  const auto stranger = DeviceKeys::generate(Identity::generate(random), random);
  CHECK(code_of(RecoveryBox::open(phrase, box.seal(phrase.address(), stranger, random).value())) == ErrorCode::invalid_certificate);
  for (std::size_t i = 0; i < kFootholdsMax; ++i) box.spaces.push_back(foothold());
  CHECK(code_of(box.seal(phrase.address(), device, random)) == ErrorCode::too_large);
}

TEST_CASE("A device link is read back, and what is none is refused") {
  SeededRandom random("link");
  DeviceLink link;
  link.server = "muistio.example:8443";
  link.space = counting<SpaceId>(0x10);
  link.secret = InvitationSecret::generate(random);
  link.member = counting<MemberId>(0x20);
  const auto identity = Identity::generate(random);
  const auto reveal = DeviceReveal::make(identity, link.secret);
  link.commitment = reveal.commitment();
  const auto text = link.text().value();
  CHECK(text.size() <= kLinkCharactersMax);
  const auto read = DeviceLink::parse(" " + text + "\n");
  REQUIRE(read);
  CHECK(read->space == link.space);
  CHECK(read->member == link.member);
  CHECK(read->commitment == reveal.commitment());
  CHECK(read->secret.id() == link.secret.id());
  CHECK(read->server == link.server);
  CHECK(code_of(Link::parse(text)) == ErrorCode::invalid_invitation);
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK(code_of(DeviceLink::parse(std::string_view(text).substr(0, size))) == ErrorCode::invalid_invitation);
  link.server = std::string(kServerBytesMax, 'a');
  CHECK(link.text().value().size() <= kLinkCharactersMax);
  link.server = "no server";
  CHECK(code_of(link.text()) == ErrorCode::invalid_argument);
}

TEST_CASE("An identity goes to the asking device alone, and only from who knows the link") {
  SeededRandom random("answer");
  const auto identity = Identity::generate(random);
  DeviceLink link;
  link.server = "muistio.example";
  link.space = counting<SpaceId>(0x10);
  link.secret = InvitationSecret::generate(random);
  link.member = identity.member();
  const auto wrap = crypto::X25519PrivateKey::generate(random);
  const auto ask = DeviceAsk{wrap.public_key()}.seal(link.secret, link.space, random);
  CHECK(DeviceAsk::is_ask(ask));
  CHECK(DeviceAsk::open(link.secret, link.space, ask)->wrap_pub == wrap.public_key());
  CHECK(code_of(DeviceAsk::open(InvitationSecret::generate(random), link.space, ask)) == ErrorCode::invalid_join_request);
  CHECK(code_of(DeviceAsk::open(link.secret, counting<SpaceId>(0x11), ask)) == ErrorCode::invalid_join_request);
  const auto reveal = DeviceReveal::make(identity, link.secret);
  CHECK(DeviceReveal::make(identity, link.secret).bytes == reveal.bytes);
  CHECK(DeviceReveal::make(identity, InvitationSecret::generate(random)).bytes != reveal.bytes);
  CHECK(DeviceReveal::decode(reveal.encode())->commitment() == reveal.commitment());
  const auto encoded = reveal.encode();
  for (std::size_t size = 0; size < encoded.size(); ++size) CHECK_FALSE(DeviceReveal::decode(BytesView(encoded).first(size)));
  CHECK(compare_code(ask, reveal).size() == 6);
  CHECK(compare_code(ask, reveal) != compare_code(ask, DeviceReveal{}));

  DeviceAnswer answer;
  answer.identity_seed = identity.seed();
  answer.name = "Aino";
  answer.recovery = RecoveryAddress{counting<wire::BoxLocator>(3), counting<crypto::X25519PublicKey>(4)};
  answer.spaces.push_back(foothold());
  const auto sealed = answer.seal(link.secret, link.space, wrap.public_key(), random).value();
  const auto opened = DeviceAnswer::open(link, wrap, sealed);
  REQUIRE(opened);
  CHECK(equal(opened->identity_seed.expose(), identity.seed().expose()));
  CHECK(opened->recovery == answer.recovery);
  CHECK(opened->spaces.size() == 1);
  check_truncations(sealed, [&](BytesView view) { return DeviceAnswer::open(link, wrap, view); });
  CHECK_FALSE(DeviceAnswer::open(link, crypto::X25519PrivateKey::generate(random), sealed));
  answer.identity_seed = Identity::generate(random).seed();
  CHECK(code_of(DeviceAnswer::open(link, wrap, answer.seal(link.secret, link.space, wrap.public_key(), random).value())) ==
        ErrorCode::wrong_admitter);
}

TEST_CASE("A rejoin request opens under the epoch's key and is signed over all that it says") {
  SeededRandom random("rejoin");
  const auto keys = DeviceKeys::generate(Identity::generate(random), random);
  const auto where = foothold();
  RejoinRequest request;
  request.secret = InvitationSecret::generate(random);
  request.replaced = keys.device();
  request.auth_pub = counting<wire::AuthKey>(1);
  request.seen = where.seen;
  request.name = "Aino";
  request.key_package = {1, 2, 3};
  request.sign(where.space, keys.signing_key());
  const auto sealed = request.seal(where, random).value();
  const auto key_of = [&](Epoch epoch) { return epoch == where.epoch ? &where.key : nullptr; };
  const auto opened = RejoinRequest::open(where.space, sealed, key_of);
  REQUIRE(opened);
  CHECK(opened->replaced == keys.device());
  CHECK(opened->verify(where.space, keys.certificate().device_sig_pub));
  CHECK(code_of(opened->verify(counting<SpaceId>(9), keys.certificate().device_sig_pub)) == ErrorCode::bad_signature);
  check_truncations(sealed, [&](BytesView view) { return RejoinRequest::open(where.space, view, key_of); });
  CHECK(code_of(RejoinRequest::open(where.space, sealed, [](Epoch) -> const ContentKey* { return nullptr; })) ==
        ErrorCode::unknown_epoch);
  for (auto change : std::vector<std::function<void(RejoinRequest&)>>{
           [](RejoinRequest& r) { r.replaced.reset(); }, [](RejoinRequest& r) { r.auth_pub = {}; },
           [](RejoinRequest& r) { r.seen.seq = Seq(1); }, [](RejoinRequest& r) { r.name = "B"; },
           [](RejoinRequest& r) { r.key_package = {4}; }, [](RejoinRequest& r) { r.secret = InvitationSecret{Secret<16>{}}; }}) {
    auto changed = RejoinRequest::open(where.space, sealed, key_of);
    change(*changed);
    CHECK(code_of(changed->verify(where.space, keys.certificate().device_sig_pub)) == ErrorCode::bad_signature);
  }
  request.name = "\xff";
  CHECK(code_of(request.seal(where, random)) == ErrorCode::invalid_argument);
}
