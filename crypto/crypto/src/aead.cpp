#include "muistio/crypto/aead.hpp"

#include <sodium.h>

namespace muistio::crypto {

Bytes xchacha20_seal(const AeadKey& key, const XNonce& nonce, BytesView associated_data, BytesView plaintext) {
  Bytes out(plaintext.size() + kAeadTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(), plaintext.size(), associated_data.data(),
                                             associated_data.size(), nullptr, nonce.data(), key.expose().data());
  return out;
}

Result<Bytes> xchacha20_open(const AeadKey& key, const XNonce& nonce, BytesView associated_data, BytesView ciphertext) {
  if (ciphertext.size() < kAeadTagBytes) return fail(ErrorCode::decryption_failed, "shorter than its tag");
  Bytes out(ciphertext.size() - kAeadTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(),
                                                 associated_data.data(), associated_data.size(), nonce.data(),
                                                 key.expose().data()) != 0)
    return fail(ErrorCode::decryption_failed);
  return out;
}

Bytes chacha20_seal(const AeadKey& key, const Nonce& nonce, BytesView associated_data, BytesView plaintext) {
  Bytes out(plaintext.size() + kAeadTagBytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(), plaintext.size(), associated_data.data(),
                                            associated_data.size(), nullptr, nonce.data(), key.expose().data());
  return out;
}

Result<Bytes> chacha20_open(const AeadKey& key, const Nonce& nonce, BytesView associated_data, BytesView ciphertext) {
  if (ciphertext.size() < kAeadTagBytes) return fail(ErrorCode::decryption_failed, "shorter than its tag");
  Bytes out(ciphertext.size() - kAeadTagBytes);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(),
                                                associated_data.data(), associated_data.size(), nonce.data(),
                                                key.expose().data()) != 0)
    return fail(ErrorCode::decryption_failed);
  return out;
}

}  // namespace muistio::crypto
