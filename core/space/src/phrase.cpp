#include "muistio/space/phrase.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "muistio/wire/auth.hpp"

namespace muistio::space {
namespace {

constexpr std::array<std::string_view, 2048> kWords{
#include "phrase_words.inc"
};
constexpr std::size_t kBitsAWord = 11;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The next word of `text`, lower case, cut off it; empty at its end.
std::string next_word(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  std::string word;
  while (!text.empty() && !is_space(text.front())) {
    const char c = text.front();
    word.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    text.remove_prefix(1);
  }
  return word;
}

}  // namespace

Phrase Phrase::generate(Random& random) {
  Secret<32> entropy;
  random.fill(entropy.expose_mutable());
  return Phrase(std::move(entropy));
}

Result<Phrase> Phrase::parse(std::string_view text) {
  if (text.size() > kPhraseBytesMax) return fail(ErrorCode::invalid_argument, "more than 24 words");
  Secret<33> bits;
  for (std::size_t i = 0; i < kPhraseWords; ++i) {
    const auto word = next_word(text);
    if (word.empty()) return fail(ErrorCode::invalid_argument, "it has " + std::to_string(i) + " words, not 24");
    const auto found = std::lower_bound(kWords.begin(), kWords.end(), std::string_view(word));
    if (found == kWords.end() || *found != word)
      return fail(ErrorCode::invalid_argument, "word " + std::to_string(i + 1) + " is not on the list");
    const auto number = static_cast<std::size_t>(found - kWords.begin());
    for (std::size_t bit = 0; bit < kBitsAWord; ++bit) {
      const auto place = i * kBitsAWord + bit;
      if ((number >> (kBitsAWord - 1 - bit) & 1U) != 0) bits.expose_mutable()[place / 8] |= static_cast<std::uint8_t>(0x80U >> place % 8);
    }
  }
  if (!next_word(text).empty()) return fail(ErrorCode::invalid_argument, "more than 24 words");
  const auto entropy = bits.expose().first(32);
  if (crypto::sha256(entropy).array()[0] != bits.expose()[32])
    return fail(ErrorCode::invalid_argument, "the checksum does not match: a word is another, or two changed places");
  MUISTIO_TRY(auto secret, Secret<32>::from_bytes(entropy));
  return Phrase(std::move(secret));
}

SecretBytes Phrase::words() const {
  const auto checksum = crypto::sha256(entropy_.expose()).array()[0];
  const auto byte_at = [&](std::size_t i) { return i < 32 ? entropy_.expose()[i] : checksum; };
  Bytes text;
  text.reserve(kPhraseWords * 9);
  for (std::size_t i = 0; i < kPhraseWords; ++i) {
    std::size_t number = 0;
    for (std::size_t bit = 0; bit < kBitsAWord; ++bit) {
      const auto place = i * kBitsAWord + bit;
      number = number << 1U | (byte_at(place / 8) >> (7 - place % 8) & 1U);
    }
    if (i > 0) text.push_back(' ');
    append(text, as_bytes(kWords[number]));
  }
  return SecretBytes(std::move(text));
}

Secret<32> Phrase::derive(std::string_view label) const {
  const auto extracted = crypto::hkdf_extract({}, entropy_.expose());
  return crypto::hkdf_expand<32>(extracted.expose(), crypto::join_fields(label, {}));
}

Identity Phrase::identity() const { return Identity::from_seed(derive("muistio phrase identity 1")); }

crypto::SigningKey Phrase::fetch_key() const { return crypto::SigningKey::from_seed(derive("muistio phrase fetch 1")); }

crypto::X25519PrivateKey Phrase::box_key() const { return crypto::X25519PrivateKey::from_secret(derive("muistio phrase box 1")); }

RecoveryAddress Phrase::address() const {
  return {wire::locator_of(wire::AuthKey(fetch_key().verify_key().array())), box_key().public_key()};
}

}  // namespace muistio::space
