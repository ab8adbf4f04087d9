#include "muistio/mls/key_schedule.hpp"

#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "muistio/crypto/hpke.hpp"

namespace muistio::mls {
namespace {
// The node of the diagram in §8 below which "welcome" and "epoch" branch.
KeyScheduleSecret member_secret(const KeyScheduleSecret& joiner, const KeyScheduleSecret& psk_secret) {
  return crypto::hkdf_extract(joiner.expose(), psk_secret.expose());
}
}  // namespace

KeyScheduleSecret joiner_secret(const KeyScheduleSecret& init_secret, const KeyScheduleSecret& commit_secret,
                                const GroupContext& context) {
  const auto extracted = crypto::hkdf_extract(init_secret.expose(), commit_secret.expose());
  return expand_with_label(extracted.expose(), "joiner", encoded(context));
}

KeyScheduleSecret welcome_secret(const KeyScheduleSecret& joiner, const KeyScheduleSecret& psk_secret) {
  return derive_secret(member_secret(joiner, psk_secret), "welcome");
}

KeyScheduleSecret epoch_secret(const KeyScheduleSecret& joiner, const KeyScheduleSecret& psk_secret, const GroupContext& context) {
  return expand_with_label(member_secret(joiner, psk_secret).expose(), "epoch", encoded(context));
}

EpochSecrets epoch_secrets(const KeyScheduleSecret& epoch_secret) {
  EpochSecrets made;
  made.sender_data_secret = derive_secret(epoch_secret, "sender data");
  made.encryption_secret = derive_secret(epoch_secret, "encryption");
  made.exporter_secret = derive_secret(epoch_secret, "exporter");
  made.epoch_authenticator = derive_secret(epoch_secret, "authentication");
  made.external_secret = derive_secret(epoch_secret, "external");
  made.confirmation_key = derive_secret(epoch_secret, "confirm");
  made.membership_key = derive_secret(epoch_secret, "membership");
  made.resumption_psk = derive_secret(epoch_secret, "resumption");
  made.init_secret = derive_secret(epoch_secret, "init");
  return made;
}

crypto::X25519PrivateKey external_key_pair(const KeyScheduleSecret& external_secret) {
  return crypto::hpke_derive_key_pair(external_secret.expose());
}

SecretBytes mls_exporter(const KeyScheduleSecret& exporter_secret, std::string_view label, BytesView context, std::size_t length) {
  const auto derived = derive_secret(exporter_secret, label);
  SecretBytes out(length);
  expand_with_label(derived.expose(), "exported", crypto::sha256(context).view(), out.expose_mutable());
  return out;
}

PreSharedKeyID external_psk_id(BytesView psk_id, Random& random) {
  PreSharedKeyID id;
  id.psk_id = to_bytes(psk_id);
  id.psk_nonce.resize(kHashBytes);
  random.fill(id.psk_nonce);
  return id;
}

PreSharedKeyID resumption_psk_id(BytesView group_id, Epoch epoch, ResumptionPSKUsage usage, Random& random) {
  auto id = external_psk_id({}, random);
  id.psktype = PSKType::resumption;
  id.usage = usage;
  id.psk_group_id = to_bytes(group_id);
  id.psk_epoch = epoch;
  return id;
}

KeyScheduleSecret psk_secret(std::span<const NamedPsk> psks) {
  const KeyScheduleSecret zero;
  KeyScheduleSecret secret;
  for (std::size_t i = 0; i < psks.size(); ++i) {
    // struct { PreSharedKeyID id; uint16 index; uint16 count; } PSKLabel;
    Writer label;
    encode(label, psks[i].id);
    label.u16(static_cast<std::uint16_t>(i)).u16(static_cast<std::uint16_t>(psks.size()));
    const auto extracted = crypto::hkdf_extract(zero.expose(), psks[i].psk.expose());
    const auto input = expand_with_label(extracted.expose(), "derived psk", label.bytes());
    secret = crypto::hkdf_extract(input.expose(), secret.expose());
  }
  return secret;
}

Bytes confirmed_transcript_hash(BytesView interim_before, const AuthenticatedContent& commit) {
  Writer input;
  input.raw(interim_before);
  encode(input, commit.wire_format);
  encode(input, commit.content);
  encode(input, commit.auth.signature);
  return to_bytes(crypto::sha256(input.bytes()).view());
}

Bytes interim_transcript_hash(BytesView confirmed, const Bytes& confirmation_tag) {
  Writer input;
  input.raw(confirmed);
  encode(input, confirmation_tag);
  return to_bytes(crypto::sha256(input.bytes()).view());
}

}  // namespace muistio::mls
