#include "muistio/space/joining.hpp"

#include <algorithm>

#include "formats.hpp"
#include "joining_state.hpp"
#include "muistio/mls/framing.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/space/rejoin.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::space {
namespace {

// A request may wait for its admitter as long as the server keeps it, and a clock may be a day behind.
constexpr std::uint64_t kDaySeconds = 24 * 3600;
constexpr std::uint64_t kLifetimeDays = 90;

Result<mls::KeyPackagePrivate> make_key_package(const DeviceKeys& keys, WallMs now, Random& random) {
  mls::LeafConfig leaf;
  leaf.credential = keys.certificate().encode();
  leaf.capabilities = leaf_capabilities();
  const auto now_seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(now.value(), 0)) / 1000;
  leaf.lifetime.not_before = now_seconds < kDaySeconds ? 0 : now_seconds - kDaySeconds;
  leaf.lifetime.not_after = now_seconds + kLifetimeDays * kDaySeconds;
  return mls::generate_key_package(leaf, keys.signing_key(), random);
}

// A joining without the text of a link: by a device link (1), or again (2).
constexpr std::uint8_t kByDeviceLink = 1;
constexpr std::uint8_t kAgain = 2;

SecretBytes encode_own(const Joining::State& state) {
  const auto seed = state.auth_key.seed();
  const auto key_package = state.key_package.serialize();
  Writer body;
  body.reserve(state.sealed_request.size() + key_package.size() + 4096);
  body.u8(state.again ? kAgain : kByDeviceLink).raw(state.link.space.view()).raw(state.link.secret.secret().expose());
  body.u8(static_cast<std::uint8_t>(state.link.role)).raw(state.link.inviter.view());
  const auto again = state.again.value_or(AgainState{});
  body.u64(again.seen.seq.value()).raw(again.seen.log_hash.view()).varint(again.hosts.size());
  for (const auto& host : again.hosts) body.raw(host.view());
  body.block(state.sealed_request).raw(seed.expose()).block(key_package.expose());
  const SecretBytes plain(std::move(body).take());
  return SecretBytes(encode_format(Format::own_joining, plain.expose()));
}

Result<std::unique_ptr<Joining::State>> decode_own(BytesView plain) {
  Reader in(plain);
  MUISTIO_TRY(const auto kind, in.u8());
  if (kind != kByDeviceLink && kind != kAgain) return fail(ErrorCode::malformed, "an unknown way of joining");
  Link link;
  MUISTIO_TRY(link.space, in.fixed<SpaceId>());
  MUISTIO_TRY(const auto secret_bytes, in.take(16));
  MUISTIO_TRY(auto secret, Secret<16>::from_bytes(secret_bytes));
  link.secret = InvitationSecret(std::move(secret));
  MUISTIO_TRY(const auto role_number, in.u8());
  const auto role = role_from_number(role_number);
  if (!role) return fail(ErrorCode::malformed, "an unknown role");
  link.role = *role;
  MUISTIO_TRY(link.inviter, in.fixed<MemberId>());
  AgainState again;
  MUISTIO_TRY(const auto seq, in.u64());
  again.seen.seq = Seq(seq);
  MUISTIO_TRY(again.seen.log_hash, in.fixed<Hash>());
  MUISTIO_TRY(const auto hosts, in.varint_at_most(kFootholdHostsMax));
  for (std::uint64_t i = 0; i < hosts; ++i) {
    MUISTIO_TRY(const auto host, in.fixed<MemberId>());
    again.hosts.push_back(host);
  }
  MUISTIO_TRY(const auto sealed, in.block(wire::limits::join_request_bytes_max));
  MUISTIO_TRY(const auto seed_bytes, in.take(32));
  MUISTIO_TRY(const auto seed, Secret<32>::from_bytes(seed_bytes));
  MUISTIO_TRY(const auto key_package_bytes, in.block(32 * wire::limits::kKiB));
  MUISTIO_CHECK(in.finish());
  MUISTIO_TRY(auto key_package, mls::KeyPackagePrivate::deserialize(key_package_bytes));
  auto state = std::unique_ptr<Joining::State>(
      new Joining::State{std::move(link), to_bytes(sealed), crypto::SigningKey::from_seed(seed), std::move(key_package)});
  if (kind == kAgain) state->again = std::move(again);
  return state;
}

}  // namespace

mls::Capabilities leaf_capabilities() {
  mls::Capabilities capabilities;
  capabilities.extensions = {static_cast<mls::ExtensionType>(kCharterExtension)};
  return capabilities;
}

Joining::Joining(std::unique_ptr<State> state) : state_(std::move(state)) {}
Joining::~Joining() = default;
Joining::Joining(Joining&&) noexcept = default;
Joining& Joining::operator=(Joining&&) noexcept = default;

Result<Joining> Joining::begin(const Link& link, std::string name, const DeviceKeys& keys, WallMs now, Random& random) {
  MUISTIO_TRY(auto key_package, make_key_package(keys, now, random));
  auto auth_key = crypto::SigningKey::generate(random);
  JoinRequest request;
  request.name = std::move(name);
  request.key_package = key_package.key_package.message();
  request.auth_pub = wire::AuthKey(auth_key.verify_key().array());
  random.fill(request.random);
  MUISTIO_TRY(auto sealed, request.seal(link.secret, link.space, random));
  Link copy{link.server, link.space, link.secret.clone(), link.inviter, link.role, link.club_name, link.inviter_name};
  return Joining(
      std::unique_ptr<State>(new State{std::move(copy), std::move(sealed), std::move(auth_key), std::move(key_package)}));
}

Result<Joining> Joining::begin_again(const Foothold& foothold, const Again& again, const Identity& identity, const DeviceKeys& keys,
                                     WallMs now, Random& random) {
  MUISTIO_TRY(auto key_package, make_key_package(keys, now, random));
  auto auth_key = crypto::SigningKey::generate(random);
  RejoinRequest request;
  request.secret = InvitationSecret::generate(random);
  if (again.replaced != nullptr) request.replaced = again.replaced->device();
  request.all_lost = again.all_lost && again.replaced == nullptr;
  request.auth_pub = wire::AuthKey(auth_key.verify_key().array());
  request.seen = foothold.seen;
  request.name = again.name;
  request.key_package = key_package.key_package.message();
  if (again.replaced != nullptr) {
    request.sign(foothold.space, again.replaced->signing_key());
  } else {
    request.sign(foothold.space, crypto::SigningKey::from_seed(identity.seed()));
  }
  MUISTIO_TRY(auto sealed, request.seal(foothold, random));
  Link link;
  link.space = foothold.space;
  link.secret = std::move(request.secret);
  link.role = again.role;
  auto state = std::unique_ptr<State>(new State{std::move(link), std::move(sealed), std::move(auth_key), std::move(key_package)});
  state->again = AgainState{foothold.hosts, foothold.seen};
  return Joining(std::move(state));
}

bool Joining::is_again() const { return state_->again.has_value(); }

std::optional<Seen> Joining::seen() const {
  if (!state_->again) return std::nullopt;
  return state_->again->seen;
}

const Link& Joining::link() const { return state_->link; }
const Bytes& Joining::sealed_request() const { return state_->sealed_request; }
InvitationId Joining::invitation() const { return state_->again ? rejoin_inbox(state_->link.space) : state_->link.secret.id(); }
const crypto::SigningKey& Joining::auth_key() const { return state_->auth_key; }
wire::AuthKey Joining::auth_pub() const { return wire::AuthKey(state_->auth_key.verify_key().array()); }

bool Joining::is_welcomed_by(const wire::Record& handshake) const {
  if (handshake.kind != wire::RecordKind::handshake) return false;
  const auto record = HandshakeRecord::decode(handshake.bytes);
  if (!record || !record->welcome) return false;
  const auto message = mls::decoded<mls::MLSMessage>(*record->welcome);
  if (!message) return false;
  const auto* welcome = std::get_if<mls::Welcome>(&message->content);
  if (welcome == nullptr) return false;
  const auto ref = state_->key_package.key_package.ref();
  return std::any_of(welcome->secrets.begin(), welcome->secrets.end(),
                     [&](const mls::EncryptedGroupSecrets& secrets) { return secrets.new_member == ref; });
}

SecretBytes Joining::encode() const {
  if (state_->again || state_->link.role == Role::host) return encode_own(*state_);
  Writer body;
  const auto text = state_->link.text();
  MUISTIO_INVARIANT(text.has_value());  // the link was parsed, or made, before
  const auto seed = state_->auth_key.seed();
  const auto key_package = state_->key_package.serialize();
  body.reserve(text->size() + state_->sealed_request.size() + seed.expose().size() + key_package.size() + 16);
  body.block(as_bytes(*text)).block(state_->sealed_request).raw(seed.expose()).block(key_package.expose());
  return encode_secret_format(Format::joining, std::move(body));
}

Result<Joining> Joining::decode(BytesView bytes) {
  if (auto own = decode_format(Format::own_joining, bytes, 64 * wire::limits::kKiB)) {
    const SecretBytes plain(std::move(*own));
    MUISTIO_TRY(auto state, decode_own(plain.expose()));
    return Joining(std::move(state));
  }
  MUISTIO_TRY(auto plain, decode_format(Format::joining, bytes, 64 * wire::limits::kKiB));
  const SecretBytes body(std::move(plain));
  Reader in(body.expose());
  MUISTIO_TRY(auto text, in.block(kLinkCharactersMax));
  MUISTIO_TRY(auto link, Link::parse(as_text(text)));
  MUISTIO_TRY(auto sealed, in.block(wire::limits::join_request_bytes_max));
  MUISTIO_TRY(auto seed_bytes, in.take(32));
  MUISTIO_TRY(auto seed, Secret<32>::from_bytes(seed_bytes));
  MUISTIO_TRY(auto key_package_bytes, in.block(32 * wire::limits::kKiB));
  MUISTIO_CHECK(in.finish());
  MUISTIO_TRY(auto key_package, mls::KeyPackagePrivate::deserialize(key_package_bytes));
  return Joining(std::unique_ptr<State>(
      new State{std::move(link), to_bytes(sealed), crypto::SigningKey::from_seed(seed), std::move(key_package)}));
}

}  // namespace muistio::space
