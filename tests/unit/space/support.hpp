// Seeded randomness, and the things that the examples of docs/formats/space.md are made of.
#pragma once

#include <cstdint>
#include <string>

#include "muistio/base/reader.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/space/invitation.hpp"

namespace muistio::space::test {

/// SHA-256 of a seed and a counter: the same bytes for the same seed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::string seed) : seed_(std::move(seed)) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) {
      if (left_.empty()) {
        Writer number;
        number.u64(counter_++);
        left_ = to_bytes(crypto::labelled_hash("test random", {as_bytes(seed_), number.bytes()}).view());
      }
      byte = left_.back();
      left_.pop_back();
    }
  }

 private:
  std::string seed_;
  std::uint64_t counter_ = 0;
  Bytes left_;
};

/// `from`, `from` + 1, …
template <class FixedBytes>
FixedBytes counting(std::uint8_t from) {
  FixedBytes made;
  for (auto& byte : made.mutable_array()) byte = from++;
  return made;
}
template <std::size_t N>
Secret<N> counting_secret(std::uint8_t from) {
  Secret<N> made;
  for (auto& byte : made.expose_mutable()) byte = from++;
  return made;
}

template <class T>
ErrorCode code_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace muistio::space::test
