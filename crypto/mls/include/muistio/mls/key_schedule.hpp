// From one epoch's secrets to the next's (RFC 9420 §8).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "muistio/mls/framing.hpp"
#include "muistio/mls/labelled.hpp"

namespace muistio::mls {

using KeyScheduleSecret = Secret<kHashBytes>;

/// The secrets of one epoch. Move-only; `clone()` copies.
struct EpochSecrets {
  KeyScheduleSecret sender_data_secret;
  KeyScheduleSecret encryption_secret;  // consumed by the secret tree
  KeyScheduleSecret exporter_secret;
  KeyScheduleSecret epoch_authenticator;
  KeyScheduleSecret external_secret;
  KeyScheduleSecret confirmation_key;
  KeyScheduleSecret membership_key;
  KeyScheduleSecret resumption_psk;
  KeyScheduleSecret init_secret;
};

/// KDF.Extract(init_secret, commit_secret), expanded for the new epoch's context.
[[nodiscard]] KeyScheduleSecret joiner_secret(const KeyScheduleSecret& init_secret, const KeyScheduleSecret& commit_secret,
                                              const GroupContext& context);
[[nodiscard]] KeyScheduleSecret welcome_secret(const KeyScheduleSecret& joiner, const KeyScheduleSecret& psk_secret);
[[nodiscard]] KeyScheduleSecret epoch_secret(const KeyScheduleSecret& joiner, const KeyScheduleSecret& psk_secret,
                                             const GroupContext& context);
/// Everything that is derived from epoch_secret.
[[nodiscard]] EpochSecrets epoch_secrets(const KeyScheduleSecret& epoch_secret);

/// The key pair that external commits are made to (§8.3).
[[nodiscard]] crypto::X25519PrivateKey external_key_pair(const KeyScheduleSecret& external_secret);

/// MLS-Exporter (§8.5). More than crypto::kHkdfBytesMax is a broken invariant.
[[nodiscard]] SecretBytes mls_exporter(const KeyScheduleSecret& exporter_secret, std::string_view label, BytesView context,
                                       std::size_t length);

/// A pre-shared key with its name.
struct NamedPsk {
  PreSharedKeyID id;
  SecretBytes psk;
};
/// Names an external PSK for one use, with a fresh nonce (§8.4).
[[nodiscard]] PreSharedKeyID external_psk_id(BytesView psk_id, Random& random);
/// Names a group's resumption PSK of `epoch` for one use, with a fresh nonce (§8.6).
[[nodiscard]] PreSharedKeyID resumption_psk_id(BytesView group_id, Epoch epoch, ResumptionPSKUsage usage, Random& random);
/// psk_secret (§8.4); all zero for none.
[[nodiscard]] KeyScheduleSecret psk_secret(std::span<const NamedPsk> psks);

/// Finds a pre-shared key, or nothing if it is not held.
using PskLookup = std::function<std::optional<SecretBytes>(const PreSharedKeyID&)>;

/// §8.2: Hash(interim ‖ ConfirmedTranscriptHashInput) for a commit.
[[nodiscard]] Bytes confirmed_transcript_hash(BytesView interim_before, const AuthenticatedContent& commit);
/// §8.2: Hash(confirmed ‖ InterimTranscriptHashInput).
[[nodiscard]] Bytes interim_transcript_hash(BytesView confirmed, const Bytes& confirmation_tag);

}  // namespace muistio::mls
