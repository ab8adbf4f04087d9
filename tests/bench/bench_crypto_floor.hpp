// What RFC 9420 demands of a crypto library for one operation: the least that any implementation must do.
#pragma once

#include <cstddef>
#include <vector>

namespace muistio::bench {

/// Calls of libsodium, by kind. `run` makes exactly these, on buffers of the sizes given, and nothing else.
struct Calls {
  std::size_t base_multiplications = 0;  // X25519, of the base point: a key pair
  std::size_t agreements = 0;            // X25519
  std::size_t macs = 0;                  // HMAC-SHA256: one step of HKDF, or a tag
  std::vector<std::size_t> signatures;   // Ed25519, by bytes signed
  std::vector<std::size_t> verifications;
  std::vector<std::size_t> hashes;  // SHA-256, by bytes hashed
  std::vector<std::size_t> aeads;   // ChaCha20-Poly1305, sealed or opened, by bytes

  Calls& operator+=(const Calls& more);
  void run() const;
};

/// `count` HPKE messages sealed in one call, all with one `info` (RFC 9180 §6.1): an ephemeral key pair, an agreement, and the
/// derivations that depend on the message.
[[nodiscard]] Calls hpke_seals(std::size_t count, std::size_t bytes);
[[nodiscard]] Calls hpke_open(std::size_t bytes);

}  // namespace muistio::bench
