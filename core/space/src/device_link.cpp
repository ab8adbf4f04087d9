#include "muistio/space/device_link.hpp"

#include <algorithm>

#include "base64url.hpp"
#include "formats.hpp"
#include "link_form.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "muistio/crypto/hpke.hpp"
#include "muistio/wire/auth.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::space {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::string_view kPath = "/device#";
constexpr std::size_t kAskBytesMax = 1024;
constexpr std::size_t kAnswerBytesMax = wire::limits::box_bytes_max;

Secret<32> derive(const InvitationSecret& secret, std::string_view label) {
  const auto extracted = crypto::hkdf_extract({}, secret.secret().expose());
  return crypto::hkdf_expand<32>(extracted.expose(), crypto::join_fields(label, {}));
}

crypto::AeadKey ask_key(const InvitationSecret& secret) { return derive(secret, "muistio device ask 1"); }

Bytes context(std::string_view label, const InvitationSecret& secret, const SpaceId& space) {
  return crypto::join_fields(label, {space.view(), secret.id().view()});
}

Result<DeviceLink> read_link(BytesView body) {
  Reader in(body);
  DeviceLink link;
  MUISTIO_TRY(link.space, in.fixed<SpaceId>());
  MUISTIO_TRY(const auto secret_bytes, in.take(16));
  MUISTIO_TRY(auto secret, Secret<16>::from_bytes(secret_bytes));
  link.secret = InvitationSecret(std::move(secret));
  MUISTIO_TRY(link.member, in.fixed<MemberId>());
  MUISTIO_TRY(link.commitment, in.fixed<RevealCommitment>());
  MUISTIO_TRY(const auto server, in.block(kServerBytesMax));
  link.server = as_text(server);
  if (!is_server(link.server)) return fail(ErrorCode::malformed, "the link's server is no HOST[:PORT]");
  MUISTIO_CHECK(in.finish());
  return link;
}

Result<DeviceAnswer> read_answer(BytesView plain) {
  Reader in(plain);
  DeviceAnswer answer;
  MUISTIO_TRY(const auto seed, in.take(32));
  MUISTIO_TRY(answer.identity_seed, Secret<32>::from_bytes(seed));
  MUISTIO_TRY(const auto name, in.block(kNameBytesMax));
  if (first_invalid_utf8(as_text(name))) return fail(ErrorCode::malformed, "a name is not UTF-8");
  answer.name = as_text(name);
  MUISTIO_TRY(const auto has_recovery, in.u8());
  if (has_recovery > 1) return fail(ErrorCode::malformed, "a flag is neither 0 nor 1");
  if (has_recovery == 1) {
    answer.recovery.emplace();
    MUISTIO_TRY(answer.recovery->locator, in.fixed<wire::BoxLocator>());
    MUISTIO_TRY(answer.recovery->box_pub, in.fixed<crypto::X25519PublicKey>());
  }
  MUISTIO_TRY(const auto count, in.varint_at_most(kFootholdsMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(auto each, Foothold::read(in));
    answer.spaces.push_back(std::move(each));
  }
  MUISTIO_CHECK(in.finish());
  return answer;
}

}  // namespace

DeviceReveal DeviceReveal::make(const Identity& identity, const InvitationSecret& secret) {
  const auto seed = identity.seed();
  const auto extracted = crypto::hkdf_extract({}, seed.expose());
  const auto made =
      crypto::hkdf_expand<16>(extracted.expose(), crypto::join_fields("muistio device reveal 1", {secret.id().view()}));
  DeviceReveal reveal;
  std::copy(made.expose().begin(), made.expose().end(), reveal.bytes.begin());
  return reveal;
}

RevealCommitment DeviceReveal::commitment() const {
  const auto hash = crypto::labelled_hash("muistio device reveal 1", {bytes});
  RevealCommitment made;
  std::copy_n(hash.array().begin(), RevealCommitment::size_bytes, made.mutable_array().begin());
  return made;
}

Bytes DeviceReveal::encode() const { return encode_format(Format::device_reveal, bytes); }

Result<DeviceReveal> DeviceReveal::decode(BytesView bytes) {
  MUISTIO_TRY(const auto body, decode_format(Format::device_reveal, bytes, kAskBytesMax));
  Reader in(body);
  DeviceReveal reveal;
  MUISTIO_TRY(const auto read, in.take(reveal.bytes.size()));
  std::copy(read.begin(), read.end(), reveal.bytes.begin());
  MUISTIO_CHECK(in.finish());
  return reveal;
}

Result<std::string> DeviceLink::text() const {
  if (!is_server(server)) return fail(ErrorCode::invalid_argument, "the server is no HOST[:PORT] of at most 72 characters");
  Writer body;
  body.raw(space.view()).raw(secret.secret().expose()).raw(member.view()).raw(commitment.view()).block(as_bytes(server));
  return std::string(kScheme) + server + std::string(kPath) + to_base64url(encode_format(Format::device_link, body.bytes()));
}

Result<DeviceLink> DeviceLink::parse(std::string_view text) {
  text = trimmed(text);
  if (text.size() > kLinkCharactersMax) return fail(ErrorCode::invalid_invitation, "a link has at most 300 characters");
  const auto hash = text.find('#');
  if (text.substr(0, kScheme.size()) != kScheme || hash == std::string_view::npos ||
      text.substr(0, hash + 1).find(kPath) == std::string_view::npos)
    return fail(ErrorCode::invalid_invitation, "a device link begins with https:// and has /device# in it");
  const auto bytes = from_base64url(text.substr(hash + 1));
  if (!bytes) return fail(ErrorCode::invalid_invitation, bytes.error().detail);
  const auto body = decode_format(Format::device_link, *bytes, kLinkCharactersMax);
  if (!body) {
    if (body.error().code == ErrorCode::unsupported_version) return fail(body.error());
    return fail(ErrorCode::invalid_invitation, body.error().detail);
  }
  auto link = read_link(*body);
  if (!link) return fail(ErrorCode::invalid_invitation, link.error().detail);
  return link;
}

Link DeviceLink::as_link() const { return {server, space, secret.clone(), member, Role::host, {}, {}}; }

crypto::SigningKey answer_key(const InvitationSecret& secret) {
  return crypto::SigningKey::from_seed(derive(secret, "muistio device answer key 1"));
}

wire::BoxLocator answer_locator(const InvitationSecret& secret) {
  return wire::locator_of(wire::AuthKey(answer_key(secret).verify_key().array()));
}

Bytes DeviceAsk::seal(const InvitationSecret& secret, const SpaceId& space, Random& random) const {
  const auto nonce = random.make<crypto::XNonce>();
  Writer body;
  body.raw(nonce.view());
  body.raw(crypto::xchacha20_seal(ask_key(secret), nonce, context("muistio device ask 1", secret, space), wrap_pub.view()));
  return encode_format(Format::device_ask, body.bytes());
}

Result<DeviceAsk> DeviceAsk::open(const InvitationSecret& secret, const SpaceId& space, BytesView sealed) {
  const auto body = decode_format(Format::device_ask, sealed, kAskBytesMax);
  if (!body) {
    if (body.error().code == ErrorCode::unsupported_version) return fail(body.error());
    return fail(ErrorCode::invalid_join_request, body.error().detail);
  }
  const auto read = [&]() -> Result<DeviceAsk> {
    Reader in(*body);
    MUISTIO_TRY(const auto nonce, in.fixed<crypto::XNonce>());
    MUISTIO_TRY(const auto ciphertext, in.take(in.left()));
    MUISTIO_TRY(const auto plain,
                crypto::xchacha20_open(ask_key(secret), nonce, context("muistio device ask 1", secret, space), ciphertext));
    DeviceAsk ask;
    MUISTIO_TRY(ask.wrap_pub, crypto::X25519PublicKey::from_bytes(plain));
    return ask;
  };
  auto ask = read();
  if (!ask) return fail(ErrorCode::invalid_join_request, ask.error().detail);
  return ask;
}

bool DeviceAsk::is_ask(BytesView sealed) {
  const auto envelope = wire::decode_envelope(sealed, wire::limits::join_request_bytes_max);
  return envelope && envelope->kind == static_cast<std::uint64_t>(Format::device_ask);
}

std::string compare_code(BytesView sealed_ask, const DeviceReveal& reveal) {
  const auto hash = crypto::labelled_hash("muistio device code 1", {sealed_ask, reveal.bytes});
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8U | hash.array()[i];
  auto digits = std::to_string(number % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

Result<Bytes> DeviceAnswer::seal(const InvitationSecret& secret, const SpaceId& space, const crypto::X25519PublicKey& wrap_pub,
                                 Random& random) const {
  if (name.size() > kNameBytesMax) return fail(ErrorCode::too_large, "a name");
  Writer body;
  body.reserve(kAnswerBytesMax);
  body.raw(identity_seed.expose()).block(as_bytes(name)).u8(recovery ? 1 : 0);
  if (recovery) body.raw(recovery->locator.view()).raw(recovery->box_pub.view());
  body.varint(spaces.size());
  for (const auto& each : spaces) each.write(body);
  const SecretBytes plain(std::move(body).take());
  MUISTIO_TRY(const auto sealed,
              crypto::hpke_seal(wrap_pub, context("muistio device answer 1", secret, space), {}, plain.expose(), random));
  Writer out;
  out.raw(sealed.kem_output.view()).raw(sealed.ciphertext);
  auto encoded = encode_format(Format::device_answer, out.bytes());
  if (encoded.size() > kAnswerBytesMax) return fail(ErrorCode::too_large, "an answer to a new device");
  return encoded;
}

Result<DeviceAnswer> DeviceAnswer::open(const DeviceLink& link, const crypto::X25519PrivateKey& wrap_key, BytesView sealed) {
  MUISTIO_TRY(const auto body, decode_format(Format::device_answer, sealed, kAnswerBytesMax));
  Reader in(body);
  MUISTIO_TRY(const auto kem_output, in.fixed<crypto::X25519PublicKey>());
  MUISTIO_TRY(const auto ciphertext, in.take(in.left()));
  MUISTIO_TRY(const auto plain,
              crypto::hpke_open(wrap_key, kem_output, context("muistio device answer 1", link.secret, link.space), {}, ciphertext));
  MUISTIO_TRY(auto answer, read_answer(plain.expose()));
  if (Identity::from_seed(answer.identity_seed).member() != link.member && !MUISTIO_PLANTED("answer-identity"))
    return fail(ErrorCode::wrong_admitter, "the answer is not of the link's member");
  return answer;
}

}  // namespace muistio::space
