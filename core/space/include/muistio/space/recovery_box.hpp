// What a member gets back with their 24 words (R13): sealed to the phrase, laid at the server by their devices.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "muistio/space/foothold.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/space/phrase.hpp"
#include "muistio/space/roll.hpp"

namespace muistio::space {

/// The greatest counter of a box that is taken. A member lays a few boxes a week.
inline constexpr std::uint64_t kBoxCounterMax = std::uint64_t{1} << 48;

/// The personal space: enough to read it without a device of it.
struct PersonalBox {
  Foothold foothold;
  Secret<32> auth_seed;  // of a device's key at the server there (R10)
  Roll roll;
};

/// Move-only: it holds keys.
struct RecoveryBox {
  std::uint64_t counter = 0;  // grows with every box of the member; at most kBoxCounterMax
  std::string name;           // how the member is called
  std::optional<PersonalBox> personal;
  std::vector<Foothold> spaces;

  /// Signs by the device and seals to the phrase; the length is padded. Errors: too_large (beyond wire's box_bytes_max).
  [[nodiscard]] Result<Bytes> seal(const RecoveryAddress& address, const DeviceKeys& device, Random& random) const;
  /// Opens a box and checks that a device of the phrase's own member signed it.
  /// Errors: malformed, unsupported_version, decryption_failed, invalid_certificate, bad_signature.
  [[nodiscard]] static Result<RecoveryBox> open(const Phrase& phrase, BytesView sealed);
};

/// What a device says of the box it laid, in each of its spaces: against a server that gives an older one back.
struct BoxNote {
  std::uint64_t counter = 0;  // at most kBoxCounterMax
  Hash box_hash;  // SHA-256 of the sealed box
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, unsupported_version.
  [[nodiscard]] static Result<BoxNote> decode(BytesView bytes);
  friend bool operator==(const BoxNote&, const BoxNote&) = default;
};

}  // namespace muistio::space
