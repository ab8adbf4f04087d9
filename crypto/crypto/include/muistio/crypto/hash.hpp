// SHA-256, and the one way in which the project hashes or signs several fields under a label.
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string_view>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"

namespace muistio::crypto {

/// The fields that a hash, signature or derivation covers, in order.
using Fields = std::initializer_list<BytesView>;

/// The `‖` of docs/spaces: the label and then every field, each preceded by its length as a base varint. So no two lists of fields
/// give the same bytes.
[[nodiscard]] Bytes join_fields(std::string_view label, std::span<const BytesView> fields);
[[nodiscard]] inline Bytes join_fields(std::string_view label, Fields fields) {
  return join_fields(label, std::span<const BytesView>(fields.begin(), fields.size()));
}

/// SHA-256 (FIPS 180-4) of `message`.
[[nodiscard]] Hash sha256(BytesView message) noexcept;

/// SHA-256 of `join_fields(label, fields)`.
[[nodiscard]] Hash labelled_hash(std::string_view label, std::span<const BytesView> fields);
[[nodiscard]] inline Hash labelled_hash(std::string_view label, Fields fields) {
  return labelled_hash(label, std::span<const BytesView>(fields.begin(), fields.size()));
}

/// SHA-256 of a message that comes in pieces. Not thread-safe; wiped on destruction.
class Sha256 {
 public:
  Sha256() noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  Sha256& update(BytesView piece) noexcept;
  /// The digest of all pieces; the object then starts anew.
  [[nodiscard]] Hash finish() noexcept;

 private:
  alignas(16) std::array<std::uint8_t, 128> state_{};
};

}  // namespace muistio::crypto
