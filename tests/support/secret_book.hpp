// Writes down, for tests that look for secrets left behind, every secret that the code under test derives.
//
// A test that uses this links secret_book.cpp and the options of `muistio_write_down_secrets` (tests/CMakeLists.txt): the linker
// then sends every call of HKDF-Expand and of X25519PrivateKey::generate through here.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"

namespace muistio::test {

/// A secret, masked as SecretHunt masks.
struct WrittenSecret {
  std::string label;  // "MLS 1.0 epoch", "HPKE key", "X25519", "?"
  Bytes masked;
};

/// While one is set, all that is derived is added to it, each secret once.
class SecretBook {
 public:
  [[nodiscard]] const std::vector<WrittenSecret>& secrets() const noexcept { return secrets_; }
  /// A secret too short to be looked for is left out.
  void write_down(std::string label, BytesView secret);

 private:
  std::vector<WrittenSecret> secrets_;
  std::set<Bytes> known_;
};
/// The book in use, or nullptr. Not owned.
extern SecretBook* secret_book;

}  // namespace muistio::test
