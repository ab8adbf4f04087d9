// The sealed batch: what members write, in the form that the server holds (R7).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/space/content_keys.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::space {

/// What a content record of the log is. An unknown kind is kept and skipped.
enum class ContentKind : std::uint8_t { batch = 1, proposal = 2, keywrap = 3 };
/// The kind of a content record by its envelope, or nothing if this version does not know it. Errors: malformed.
[[nodiscard]] Result<std::optional<ContentKind>> content_kind(BytesView record_bytes);

/// What a batch carries. Readers skip a payload of unknown kind, but its batch is part of the chain.
/// baseline: what stands at the beginning of an era (R5). audience_grant: the secret of a narrower audience (audience.hpp). vote: a
/// Warrant for a new host. offer: a way into a session (docs/formats/sync.md). footholds, box_note: what a member's devices tell
/// each other (rejoin.hpp, recovery_box.hpp). reopening: a host's Reopening (seal.hpp). snapshot: where a host's device laid what
/// newcomers show first (docs/formats/sync.md).
enum class PayloadKind : std::uint8_t {
  ops = 1,
  roll = 2,
  baseline = 3,
  audience_grant = 4,
  vote = 5,
  offer = 6,
  footholds = 8,
  box_note = 9,
  invitations = 10,
  host_offer = 11,
  newcomers = 12,
  reopening = 16,
  snapshot = 17
};

/// The most that a payload inflates to.
inline constexpr std::size_t kPayloadBytesMax = 4 * wire::limits::kMiB;
/// The most that a deflated payload may have, so that its batch fits a record whatever the padding.
inline constexpr std::size_t kDeflatedBytesMax = 240 * wire::limits::kKiB;

/// A place in the log and the hash there (R11).
struct Seen {
  Seq seq;
  Hash log_hash;
  friend bool operator==(const Seen&, const Seen&) = default;
};

using Salt = std::array<std::uint8_t, 16>;

/// What of a batch is fixed once it was sent. Sealing it again changes header, seen and signature only.
struct BatchContent {
  BatchIndex index;  // 1 is a device's first for the audience
  Hash prev;         // content_hash of the device's previous batch for the audience; zero before the first
  Salt salt{};       // random
  PayloadKind kind = PayloadKind::ops;
  Bytes deflated;  // by `deflate`
  AudienceId audience;

  /// For the store; no secret keys, but the text of notes.
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed.
  [[nodiscard]] static Result<BatchContent> decode(BytesView bytes);
  friend bool operator==(const BatchContent&, const BatchContent&) = default;
};

/// SHA-256("muistio batch content 1" ‖ space ‖ device ‖ index ‖ prev ‖ audience_id ‖ salt ‖ (kind, deflated)).
[[nodiscard]] Hash content_hash(const SpaceId& space, const DeviceId& device, const BatchContent& content);

/// Raw deflate (RFC 1951). Errors: too_large, if `payload` is over kPayloadBytesMax or its deflated form over kDeflatedBytesMax.
[[nodiscard]] Result<Bytes> deflate(BytesView payload);
/// Inflates exactly one stream that fills `deflated`. Errors: malformed; too_large over `bytes_max`, before so much was allocated.
[[nodiscard]] Result<Bytes> inflate(BytesView deflated, std::size_t bytes_max = kPayloadBytesMax);

/// The padded length of `bytes` bytes: Padmé, which leaks O(log log) bits of the length and adds at most 12 %.
[[nodiscard]] std::size_t padme(std::size_t bytes);

/// The clear header of a sealed batch; all of it is authenticated.
struct BatchHeader {
  SpaceId space;
  Epoch epoch;
  AudienceId audience;
  crypto::XNonce nonce;
  Hash commitment;
  Bytes encoded;  // the header's bytes as they stand in the record
};

/// What a sealed batch holds, before anything in it has been checked but the padding.
struct BatchPlaintext {
  DeviceId device;
  BatchContent content;
  Seen seen;
  crypto::Signature signature;
  Bytes signed_part;  // the plaintext before the signature
};

/// Seals and signs `content`: the bytes of a content record.
[[nodiscard]] Bytes seal_batch(const SpaceId& space, Epoch epoch, const ContentKey& key, const AudienceSecret& audience,
                               const BatchContent& content, const Seen& seen, const crypto::SigningKey& device_key, Random& random);

/// A batch split into its clear header and its ciphertext. `sealed` borrows from the record.
struct BatchRecord {
  BatchHeader header;
  BytesView sealed;
};
/// Step 1 of R7. Errors: too_large; malformed; unsupported_version.
[[nodiscard]] Result<BatchRecord> read_batch(BytesView record_bytes);
/// Steps commitment, AEAD, padding of R7. Errors: commitment_mismatch, decryption_failed, bad_padding, malformed.
[[nodiscard]] Result<BatchPlaintext> open_batch(const BatchRecord& batch, const ContentKey& key, const AudienceSecret& audience);
/// Errors: bad_signature.
[[nodiscard]] Status verify_batch(const BatchHeader& header, const BatchPlaintext& plaintext, const crypto::VerifyKey& device_key);

}  // namespace muistio::space
