#include "muistio/space/content_keys.hpp"

#include <algorithm>

#include "formats.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hkdf.hpp"

namespace muistio::space {
namespace {

constexpr std::size_t kEraAt = 8;  // in an audience's id
constexpr std::size_t kSealedKeyBytes = 32 + crypto::kAeadTagBytes;

crypto::AeadKey wrap_key(const ContentKey& newer) {
  const auto extracted = crypto::hkdf_extract({}, newer.expose());
  return crypto::hkdf_expand<32>(extracted.expose(), crypto::join_fields("muistio wrap 1", {}));
}

Bytes wrap_context(const SpaceId& space, Era era, Epoch epoch, const Hash& commit_hash) {
  Writer era_bytes, epoch_bytes;
  era_bytes.u64(era.value());
  epoch_bytes.u64(epoch.value());
  return crypto::join_fields("muistio wrap 1", {space.view(), era_bytes.bytes(), epoch_bytes.bytes(), commit_hash.view()});
}

}  // namespace

KeyCheck key_check(const SpaceId& space, Epoch epoch, const ContentKey& key) {
  Writer epoch_bytes;
  epoch_bytes.u64(epoch.value());
  const auto hash = crypto::labelled_hash("muistio epoch key 1", {space.view(), epoch_bytes.bytes(), key.expose()});
  return KeyCheck::from_bytes(hash.view().first(KeyCheck::size_bytes)).value();
}

AudienceId era_audience(Era era) {
  AudienceId audience;
  const auto number = Writer().u64(era.value()).bytes();
  std::copy(number.begin(), number.end(), audience.mutable_array().begin() + kEraAt);
  return audience;
}

std::optional<Era> era_of(const AudienceId& audience) {
  const auto zeros = audience.view().first(kEraAt);
  if (std::any_of(zeros.begin(), zeros.end(), [](std::uint8_t byte) { return byte != 0; })) return std::nullopt;
  return Era(Reader(audience.view().subspan(kEraAt)).u64().value());
}

SealKeys seal_keys(const ContentKey& epoch_key, const AudienceSecret& audience, const crypto::XNonce& nonce) {
  const auto batch_key = crypto::hkdf_extract(epoch_key.expose(), audience.expose());
  const auto both = crypto::hkdf_expand<64>(batch_key.expose(), crypto::join_fields("muistio seal 1", {nonce.view()}));
  SealKeys keys;
  keys.key = crypto::AeadKey::from_bytes(both.expose().first(32)).value();
  keys.commitment = Hash::from_bytes(both.expose().last(32)).value();
  return keys;
}

Bytes Keywrap::encode() const {
  Writer body;
  body.u64(era.value()).u64(epoch.value()).raw(nonce.view()).raw(sealed);
  return encode_format(Format::keywrap, body.bytes());
}

Result<Keywrap> Keywrap::decode(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::keywrap, bytes, 256));
  Reader reader(body);
  Keywrap wrap;
  MUISTIO_TRY(auto era, reader.u64());
  MUISTIO_TRY(auto epoch, reader.u64());
  wrap.era = Era(era);
  wrap.epoch = Epoch(epoch);
  MUISTIO_TRY(wrap.nonce, reader.fixed<crypto::XNonce>());
  MUISTIO_TRY(auto sealed, reader.take(kSealedKeyBytes));
  wrap.sealed = to_bytes(sealed);
  MUISTIO_CHECK(reader.finish());
  return wrap;
}

Keywrap make_keywrap(const ContentKey& newer, const ContentKey& older, const SpaceId& space, Era era, Epoch epoch,
                     const Hash& commit_hash, Random& random) {
  Keywrap wrap;
  wrap.era = era;
  wrap.epoch = epoch;
  wrap.nonce = random.make<crypto::XNonce>();
  wrap.sealed = crypto::xchacha20_seal(wrap_key(newer), wrap.nonce, wrap_context(space, era, epoch, commit_hash), older.expose());
  return wrap;
}

Result<ContentKey> open_keywrap(const ContentKey& newer, const Keywrap& wrap, const SpaceId& space, const Hash& commit_hash) {
  MUISTIO_TRY(auto plain, crypto::xchacha20_open(wrap_key(newer), wrap.nonce,
                                                 wrap_context(space, wrap.era, wrap.epoch, commit_hash), wrap.sealed));
  const SecretBytes key(std::move(plain));
  return ContentKey::from_bytes(key.expose());
}

}  // namespace muistio::space
