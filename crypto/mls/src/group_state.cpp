#include "group_state.hpp"

namespace muistio::mls {
namespace {
constexpr std::uint8_t kFormatVersion = 1;

template <class Key, class Value>
void encode_map(Writer& out, const std::map<Key, Value>& map) {
  out.u32(static_cast<std::uint32_t>(map.size()));
  for (const auto& [key, value] : map) {
    encode(out, key);
    if constexpr (std::is_same_v<Value, crypto::X25519PrivateKey>)
      encode(out, value.secret());
    else
      encode(out, value);
  }
}

template <class Key, class Value>
Status decode_map(Reader& in, std::map<Key, Value>& map, std::size_t most) {
  MUISTIO_TRY(auto count, in.u32());
  if (count > most) return fail(ErrorCode::too_large, std::to_string(count) + " entries before " + std::to_string(in.offset()));
  for (std::uint32_t i = 0; i < count; ++i) {
    Key key{};
    MUISTIO_CHECK(decode(in, key));
    if (!map.empty() && !(map.rbegin()->first < key)) return fail(ErrorCode::malformed, "entries out of order");
    if constexpr (std::is_same_v<Value, crypto::X25519PrivateKey>) {
      Secret<32> secret;
      MUISTIO_CHECK(decode(in, secret));
      map.emplace(std::move(key), crypto::X25519PrivateKey::from_secret(std::move(secret)));
    } else {
      Value value{};
      MUISTIO_CHECK(decode(in, value));
      map.emplace(std::move(key), std::move(value));
    }
  }
  return ok();
}
}  // namespace

void Group::State::tls_encode(Writer& out) const {
  out.u8(kFormatVersion);
  encode(out, context);
  encode(out, tree);
  encode(out, private_keys);
  encode(out, signing_key.seed());
  encode(out, confirmation_tag);
  encode(out, interim_transcript_hash);
  encode(out, reinit);
  encode(out, sender_data_secret);
  encode(out, exporter_secret);
  encode(out, epoch_authenticator);
  encode(out, external_secret);
  encode(out, membership_key);
  encode(out, init_secret);
  encode_map(out, resumption_psks);
  encode(out, secret_tree);
  encode_map(out, proposals);
  encode_map(out, pending_updates);
}

Status Group::State::check() const {
  if (context.version != ProtocolVersion::mls10 || context.cipher_suite != kCipherSuite)
    return fail(ErrorCode::corrupt, "the suite");
  if (!private_keys.fits(tree)) return fail(ErrorCode::corrupt, "a private key does not fit the tree");
  if (!equal(tree.tree_hash().view(), context.tree_hash)) return fail(ErrorCode::corrupt, "the tree does not fit its hash");
  if (tree.leaf(self())->signature_key != SignaturePublicKey(signing_key.verify_key()))
    return fail(ErrorCode::corrupt, "the signing key does not fit the tree");
  if (secret_tree.leaves() != tree.leaf_count()) return fail(ErrorCode::corrupt, "the secret tree does not fit the tree");
  return tree.verify_structure();
}

SecretBytes Group::serialize() const {
  return leaving_no_trace([&]() -> SecretBytes {
    // Memory beforehand, so that growth leaves no half-written copy of a secret behind.
    constexpr std::size_t kSecretsBytes = 64 * 1024;
    Writer out;
    out.reserve(2 * encoded(state_->tree).size() + kSecretsBytes);
    encode(out, *state_);
    return SecretBytes(std::move(out).take());
  });
}

Result<Group> Group::deserialize(BytesView bytes) {
  return leaving_no_trace([&]() -> Result<Group> {
    Reader in(bytes);
    MUISTIO_TRY(auto version, in.u8());
    if (version != kFormatVersion) return fail(ErrorCode::unsupported_version, "a stored group");
    auto state = std::make_unique<State>(crypto::SigningKey::from_seed({}));
    MUISTIO_CHECK(decode(in, state->context));
    MUISTIO_CHECK(decode(in, state->tree));
    MUISTIO_CHECK(decode(in, state->private_keys));
    Secret<32> seed;
    MUISTIO_CHECK(decode(in, seed));
    state->signing_key = crypto::SigningKey::from_seed(seed);
    MUISTIO_CHECK(decode(in, state->confirmation_tag));
    MUISTIO_CHECK(decode(in, state->interim_transcript_hash));
    MUISTIO_CHECK(decode(in, state->reinit));
    MUISTIO_CHECK(decode(in, state->sender_data_secret));
    MUISTIO_CHECK(decode(in, state->exporter_secret));
    MUISTIO_CHECK(decode(in, state->epoch_authenticator));
    MUISTIO_CHECK(decode(in, state->external_secret));
    MUISTIO_CHECK(decode(in, state->membership_key));
    MUISTIO_CHECK(decode(in, state->init_secret));
    MUISTIO_CHECK(decode_map(in, state->resumption_psks, kResumptionPsksKept));
    MUISTIO_CHECK(decode(in, state->secret_tree));
    MUISTIO_CHECK(decode_map(in, state->proposals, kPendingProposalsMax));
    MUISTIO_CHECK(decode_map(in, state->pending_updates, kPendingProposalsMax));
    MUISTIO_CHECK(in.finish());
    MUISTIO_CHECK(state->check());
    return Group(std::move(state));
  });
}

Group Group::clone() const { return deserialize(serialize().expose()).value(); }

}  // namespace muistio::mls
