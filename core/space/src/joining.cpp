#include "muistio/space/joining.hpp"

#include <algorithm>

#include "formats.hpp"
#include "joining_state.hpp"
#include "muistio/mls/framing.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::space {
namespace {

// A request may wait for its admitter as long as the server keeps it, and a clock may be a day behind.
constexpr std::uint64_t kDaySeconds = 24 * 3600;
constexpr std::uint64_t kLifetimeDays = 90;

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
  mls::LeafConfig leaf;
  leaf.credential = keys.certificate().encode();
  leaf.capabilities = leaf_capabilities();
  const auto now_seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(now.value(), 0)) / 1000;
  leaf.lifetime.not_before = now_seconds < kDaySeconds ? 0 : now_seconds - kDaySeconds;
  leaf.lifetime.not_after = now_seconds + kLifetimeDays * kDaySeconds;
  MUISTIO_TRY(auto key_package, mls::generate_key_package(leaf, keys.signing_key(), random));
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

const Link& Joining::link() const { return state_->link; }
const Bytes& Joining::sealed_request() const { return state_->sealed_request; }
InvitationId Joining::invitation() const { return state_->link.secret.id(); }
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
