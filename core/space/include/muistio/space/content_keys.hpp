// The keys of content: one an epoch, exported from the group, each able to carry the one before it (R5, R6).
#pragma once

#include <optional>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/crypto/aead.hpp"

namespace muistio::space {

/// K_e = MLS-Exporter(kContentLabel, u64 era, 32).
using ContentKey = Secret<32>;
inline constexpr std::string_view kContentLabel = "muistio content 1";

/// Which K_e is the right one, without saying anything else about it: the roll has one an epoch (R6).
using KeyCheck = StrongBytes<struct KeyCheckTag, 16>;
/// The first 16 bytes of SHA-256("muistio epoch key 1" ‖ space ‖ epoch ‖ K_e).
[[nodiscard]] KeyCheck key_check(const SpaceId& space, Epoch epoch, const ContentKey& key);

/// Who a batch is for. 8 zero bytes and an era are whoever may read the documents born in that era; anything else is a narrower
/// audience (audience.hpp).
using AudienceId = StrongBytes<struct AudienceIdTag, 16>;
/// What besides K_e opens a batch: zero in the documents' own era; afterwards E_r, the last K of the era r in which they were born; for
/// a narrower audience a random secret (R5).
using AudienceSecret = Secret<32>;
/// The audience of the documents born in `era`.
[[nodiscard]] AudienceId era_audience(Era era);
/// The era of such an audience, or nothing for a narrower one.
[[nodiscard]] std::optional<Era> era_of(const AudienceId& audience);

/// What a batch is sealed with, and how a reader knows before decrypting that it has the right key.
struct SealKeys {
  crypto::AeadKey key;
  Hash commitment;
};

/// seal_key ‖ commitment = HKDF-Expand(HKDF-Extract(salt K_e, audience), "muistio seal 1" ‖ nonce, 64).
[[nodiscard]] SealKeys seal_keys(const ContentKey& epoch_key, const AudienceSecret& audience, const crypto::XNonce& nonce);

/// K_e sealed under K_{e+1}, so that who holds the newer key has the older one. Both are of one era: none leads across (R6).
struct Keywrap {
  Era era;
  Epoch epoch;  // e, the epoch whose key is inside
  crypto::XNonce nonce;
  Bytes sealed;  // 48 bytes

  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed.
  [[nodiscard]] static Result<Keywrap> decode(BytesView bytes);
};

/// `commit_hash` is SHA-256 of the commit message that began epoch e + 1.
[[nodiscard]] Keywrap make_keywrap(const ContentKey& newer, const ContentKey& older, const SpaceId& space, Era era, Epoch epoch,
                                   const Hash& commit_hash, Random& random);
/// Errors: decryption_failed.
[[nodiscard]] Result<ContentKey> open_keywrap(const ContentKey& newer, const Keywrap& wrap, const SpaceId& space,
                                              const Hash& commit_hash);

}  // namespace muistio::space
