#include "forgery.hpp"

#include <limits>

#include "muistio/base/reader.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/mls/key_package.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/space/device_link.hpp"
#include "muistio/space/recovery_box.hpp"
#include "muistio/space/rejoin.hpp"
#include "muistio/wire/envelope.hpp"

namespace muistio::evil {
namespace {

constexpr std::uint64_t kJoinRequestEnvelope = 21, kRejoinRequestEnvelope = 29;
constexpr std::uint8_t kAllLost = 2;
constexpr std::string_view kName = "Aave";

}  // namespace

Forger::Forger(Random& random, const Clock& clock)
    : random_(random),
      clock_(clock),
      identity_(space::Identity::generate(random)),
      keys_(space::DeviceKeys::generate(identity_, random)) {}

Bytes Forger::key_package() const {
  mls::LeafConfig leaf;
  leaf.credential = keys_.certificate().encode();
  leaf.capabilities.extensions = {static_cast<mls::ExtensionType>(space::kCharterExtension)};
  const auto now = static_cast<std::uint64_t>(clock_.wall().value() / 1000);
  leaf.lifetime.not_before = now - 3600;
  leaf.lifetime.not_after = now + 3600 * 24 * 30;
  const auto package = mls::generate_key_package(leaf, keys_.signing_key(), random_);
  return package ? package->key_package.message() : Bytes{};
}

Bytes Forger::join_request() const {
  Writer body;
  body.block(as_bytes(kName)).block(key_package()).raw(random_.make<wire::AuthKey>().view()).raw(Bytes(16, 0));
  return wire::encode_envelope(kJoinRequestEnvelope, 1, body.bytes());
}

Bytes Forger::rejoin_request(const SpaceId& space) const {
  space::RejoinRequest request;
  request.secret = space::InvitationSecret::generate(random_);
  request.all_lost = true;
  request.auth_pub = random_.make<wire::AuthKey>();
  request.name = kName;
  request.key_package = key_package();
  request.sign(space, crypto::SigningKey::from_seed(identity_.seed()));
  // As docs/formats/space.md has it, in the clear.
  Writer body;
  body.u64(0).raw(crypto::XNonce{}.view());
  body.raw(request.secret.secret().expose()).u8(kAllLost).raw(request.auth_pub.view()).u64(0).raw(Hash{}.view());
  body.block(as_bytes(request.name)).block(request.key_package).raw(request.signature.view());
  return wire::encode_envelope(kRejoinRequestEnvelope, 1, body.bytes());
}

Bytes Forger::device_answer(const std::string& link_text, BytesView ask) const {
  space::DeviceAnswer answer;
  answer.identity_seed = identity_.seed();
  answer.name = kName;
  auto secret = space::InvitationSecret::generate(random_);
  auto to = crypto::X25519PrivateKey::generate(random_).public_key();
  SpaceId space;
  if (const auto link = space::DeviceLink::parse(link_text)) {
    secret = link->secret.clone();
    space = link->space;
    if (const auto asked = space::DeviceAsk::open(secret, space, ask)) to = asked->wrap_pub;
  }
  return answer.seal(secret, space, to, random_).value_or(Bytes{});
}

SpaceId Forger::space_in_box() {
  SpaceId space;
  space.mutable_array()[0] = 0xee;
  return space;
}

Bytes Forger::recovery_box(const std::optional<space::RecoveryAddress>& address) const {
  space::RecoveryBox box;
  box.counter = std::numeric_limits<std::uint32_t>::max();
  box.name = kName;
  box.spaces.emplace_back();
  box.spaces.back().space = space_in_box();
  box.spaces.back().hosts = {identity_.member()};
  const auto to = address ? *address : space::RecoveryAddress{{}, crypto::X25519PrivateKey::generate(random_).public_key()};
  return box.seal(to, keys_, random_).value_or(Bytes{});
}

}  // namespace muistio::evil
