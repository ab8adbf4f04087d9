// Authenticated encryption: XChaCha20-Poly1305 for content, ChaCha20-Poly1305 (RFC 8439) where a protocol asks for it.
#pragma once

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/base/strong.hpp"

namespace muistio::crypto {

using AeadKey = Secret<32>;
/// A nonce long enough to be drawn at random for every message.
using XNonce = StrongBytes<struct XNonceTag, 24>;
/// A short nonce: never the same twice under one key, so never drawn at random alone.
using Nonce = StrongBytes<struct NonceTag, 12>;
/// By how many bytes a ciphertext is longer than its plaintext.
inline constexpr std::size_t kAeadTagBytes = 16;

/// XChaCha20-Poly1305: the ciphertext, then a 16-byte tag.
[[nodiscard]] Bytes xchacha20_seal(const AeadKey& key, const XNonce& nonce, BytesView associated_data, BytesView plaintext);
/// Errors: decryption_failed.
[[nodiscard]] Result<Bytes> xchacha20_open(const AeadKey& key, const XNonce& nonce, BytesView associated_data,
                                           BytesView ciphertext);

/// ChaCha20-Poly1305 of RFC 8439: the ciphertext, then a 16-byte tag.
[[nodiscard]] Bytes chacha20_seal(const AeadKey& key, const Nonce& nonce, BytesView associated_data, BytesView plaintext);
/// Errors: decryption_failed.
[[nodiscard]] Result<Bytes> chacha20_open(const AeadKey& key, const Nonce& nonce, BytesView associated_data, BytesView ciphertext);

}  // namespace muistio::crypto
