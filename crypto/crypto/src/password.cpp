#include "muistio/crypto/password.hpp"

#include <sodium.h>

namespace muistio::crypto {

Result<Secret<32>> password_key(BytesView password, const PasswordSalt& salt, const PasswordCost& cost) {
  static_assert(crypto_pwhash_argon2id_SALTBYTES == PasswordSalt::size_bytes);
  if (cost.passes < crypto_pwhash_argon2id_OPSLIMIT_MIN || cost.passes > kPasswordPassesMax)
    return fail(ErrorCode::invalid_argument, "the number of passes");
  if (cost.memory_bytes < crypto_pwhash_argon2id_MEMLIMIT_MIN || cost.memory_bytes > kPasswordMemoryBytesMax)
    return fail(ErrorCode::invalid_argument, "the memory");
  const char* characters = password.empty() ? "" : as_text(password).data();  // libsodium takes no null pointer
  Secret<32> key;
  if (crypto_pwhash_argon2id(key.expose_mutable().data(), 32, characters, password.size(), salt.data(), cost.passes,
                             static_cast<std::size_t>(cost.memory_bytes), crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
    return fail(ErrorCode::too_large, "not enough memory for the passphrase's key");
  return key;
}

}  // namespace muistio::crypto
