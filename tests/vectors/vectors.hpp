// What the checks of all vector formats share.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "muistio/base/hex.hpp"
#include "muistio/base/result.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/mls/group.hpp"
#include "muistio/mls/message_protection.hpp"
#include "muistio/mls/treekem.hpp"

namespace muistio::vectors {

using Json = nlohmann::json;

/// A vector that does not hold.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool holds, const std::string& what) {
  if (!holds) throw Failure(what);
}
inline void require(const Status& status, const std::string& what) {
  if (!status) throw Failure(what + ": " + status.error().message());
}
template <class T>
T need(Result<T> result, const std::string& what) {
  if (!result) throw Failure(what + ": " + result.error().message());
  return std::move(result).value();
}

inline Bytes bytes_of(const Json& hex) { return need(from_hex(hex.get<std::string>()), "hex"); }
template <std::size_t N = 32>
Secret<N> secret_of(const Json& hex) {
  return need(Secret<N>::from_bytes(bytes_of(hex)), "a secret's length");
}
inline crypto::X25519PrivateKey hpke_key_of(const Json& hex) { return crypto::X25519PrivateKey::from_secret(secret_of(hex)); }
inline crypto::SigningKey signing_key_of(const Json& hex) { return crypto::SigningKey::from_seed(secret_of(hex)); }
inline mls::SignaturePublicKey verify_key_of(const Json& hex) {
  return mls::SignaturePublicKey(need(crypto::VerifyKey::from_bytes(bytes_of(hex)), "a verify key's length"));
}
template <class T>
T decoded_of(const Json& hex, const std::string& what) {
  return need(mls::decoded<T>(bytes_of(hex)), what);
}
inline crypto::SystemRandom& randomness() {
  static crypto::SystemRandom random;
  return random;
}

// One check for an entry of each format; each throws Failure.
void check_tree_math(const Json& entry);
void check_tree_operations(const Json& entry);
void check_tree_validation(const Json& entry);
void check_treekem(const Json& entry);
void check_crypto_basics(const Json& entry);
void check_key_schedule(const Json& entry);
void check_psk_secret(const Json& entry);
void check_secret_tree(const Json& entry);
void check_transcript_hashes(const Json& entry);
void check_message_protection(const Json& entry);
void check_messages(const Json& entry);
void check_deserialization(const Json& entry);
void check_welcome(const Json& entry);
void check_passive_client(const Json& entry);

}  // namespace muistio::vectors
