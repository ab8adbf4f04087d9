// One key for each message (RFC 9420 §9).
#pragma once

#include <array>
#include <map>
#include <optional>

#include "muistio/mls/framing.hpp"
#include "muistio/mls/labelled.hpp"
#include "muistio/mls/tree_math.hpp"

namespace muistio::mls {

/// How far ahead of the newest generation seen a message may be.
inline constexpr std::uint32_t kGenerationsAheadMax = 1024;
/// How many keys of skipped generations a ratchet keeps for messages that come late; beyond, the oldest are erased.
inline constexpr std::size_t kSkippedKeysMax = 256;

/// A key and nonce for one message.
struct MessageKey {
  Secret<kKeyBytes> key;
  Secret<kNonceBytes> nonce;
  MUISTIO_MLS_FIELDS(key, nonce)
};

/// The chain of keys of one sender and kind of content. Move-only.
class HashRatchet {
 public:
  HashRatchet() = default;
  explicit HashRatchet(Secret<kHashBytes> first) : secret_(std::move(first)) {}
  [[nodiscard]] HashRatchet clone() const;
  [[nodiscard]] std::uint32_t next_generation() const noexcept { return generation_; }
  /// The key of `generation`, which is then gone; the keys of skipped generations are kept. Errors: mls_secret_consumed.
  Result<MessageKey> take(std::uint32_t generation);

  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);

 private:
  [[nodiscard]] MessageKey step();
  Secret<kHashBytes> secret_;
  std::uint32_t generation_ = 0;
  std::map<std::uint32_t, MessageKey> skipped_;
};

/// The secrets of all senders of one epoch, derived when first needed and erased when used. Move-only.
class SecretTree {
 public:
  SecretTree() = default;
  SecretTree(LeafCount leaves, Secret<kHashBytes> encryption_secret);

  enum class Kind : std::uint8_t { handshake = 0, application = 1 };
  [[nodiscard]] static Kind kind_of(ContentType type) noexcept {
    return type == ContentType::application ? Kind::application : Kind::handshake;
  }

  /// A key that is used up only by `SecretTree::consume`; until then nothing has changed.
  struct Claim {
    LeafIndex leaf;
    Kind kind{};
    std::uint32_t generation = 0;
    MessageKey key;
    HashRatchet after;
  };
  /// The key for a message that came. Errors: mls_secret_consumed, mls_invalid_sender (no such leaf).
  [[nodiscard]] Result<Claim> claim(LeafIndex leaf, Kind kind, std::uint32_t generation);
  /// The key for the next message of our own.
  [[nodiscard]] Result<Claim> claim_next(LeafIndex leaf, Kind kind);
  void consume(Claim&& claim);

  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  [[nodiscard]] LeafCount leaves() const noexcept { return leaves_; }

 private:
  using Ratchets = std::array<HashRatchet, 2>;
  Result<Ratchets*> ratchets_of(LeafIndex leaf);
  LeafCount leaves_{1};
  std::map<NodeIndex, Secret<kHashBytes>> nodes_;
  std::map<LeafIndex, Ratchets> ratchets_;
};

}  // namespace muistio::mls
