// The recovery phrase: 24 words from which a member's identity and the way to their recovery boxes come (R13).
#pragma once

#include <string_view>

#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/crypto/x25519.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::space {

inline constexpr std::size_t kPhraseWords = 24;
inline constexpr std::size_t kPhraseBytesMax = 1024;  // of the text that `parse` reads

/// Where a member's recovery boxes go: all that devices hold of the phrase.
struct RecoveryAddress {
  wire::BoxLocator locator;
  crypto::X25519PublicKey box_pub;
  friend bool operator==(const RecoveryAddress&, const RecoveryAddress&) = default;
};

/// 256 secret bits, written as 24 words with 8 bits of checksum in the way of BIP-39 (English list). Move-only; any thread.
class Phrase {
 public:
  [[nodiscard]] static Phrase generate(Random& random);
  [[nodiscard]] static Phrase from_entropy(Secret<32> entropy) { return Phrase(std::move(entropy)); }
  /// Reads words in any case, apart by any white space. Errors: invalid_argument; its detail says which word, never the word.
  [[nodiscard]] static Result<Phrase> parse(std::string_view text);

  /// The words, lower case, one space between two. Secret: never log them.
  [[nodiscard]] SecretBytes words() const;
  [[nodiscard]] const Secret<32>& entropy() const { return entropy_; }
  [[nodiscard]] Identity identity() const;
  /// Fetches the boxes at the server.
  [[nodiscard]] crypto::SigningKey fetch_key() const;
  /// Opens them.
  [[nodiscard]] crypto::X25519PrivateKey box_key() const;
  [[nodiscard]] RecoveryAddress address() const;

 private:
  explicit Phrase(Secret<32> entropy) : entropy_(std::move(entropy)) {}
  [[nodiscard]] Secret<32> derive(std::string_view label) const;
  Secret<32> entropy_;
};

}  // namespace muistio::space
