// Meeting seals and reopenings (R11): what one device knows of the log, signed, to be compared when the club meets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/crypto/signature.hpp"

namespace muistio::space {

/// The most characters that the text of a seal or a reopening has.
inline constexpr std::size_t kSealCharactersMax = 400;

/// What a device holds of a space's log, as it shows it to another: docs/formats/space.md, "Meeting seal". A plain value.
struct MeetingSeal {
  SpaceId space;
  Epoch epoch;               // in force after `seq`
  Seq seq;                   // the newest record that the device has applied
  Hash log_hash;             // at `seq`
  Hash epoch_authenticator;  // of `epoch` (RFC 9420 §8.7): equal only if both follow the same group
  DeviceId device;
  BatchIndex own_index;         // the device's newest batch of the era in force met in the log up to `seq`
  crypto::Signature signature;  // by the device key, "muistio meeting seal 1", over all before it

  /// What the signature covers.
  [[nodiscard]] Bytes signed_part() const;
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, too_large, unsupported_version.
  [[nodiscard]] static Result<MeetingSeal> decode(BytesView bytes);
  /// "muistio-seal:" and base64url: fits a QR code.
  [[nodiscard]] std::string text() const;
  /// White space around it does not matter. Errors: malformed, too_large, unsupported_version.
  [[nodiscard]] static Result<MeetingSeal> parse(std::string_view text);
  friend bool operator==(const MeetingSeal&, const MeetingSeal&) = default;
};

/// A host's word that the club goes on from a place of the log after trust had stopped. A plain value.
struct Reopening {
  SpaceId space;
  Epoch epoch;  // the host's, when it signed
  Seq seq;
  Hash log_hash;  // at `seq`
  DeviceId device;
  crypto::Signature signature;  // by the device key, "muistio reopen 1", over all before it

  [[nodiscard]] Bytes signed_part() const;
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, too_large, unsupported_version.
  [[nodiscard]] static Result<Reopening> decode(BytesView bytes);
  /// "muistio-reopen:" and base64url.
  [[nodiscard]] std::string text() const;
  /// As MeetingSeal::parse.
  [[nodiscard]] static Result<Reopening> parse(std::string_view text);
  friend bool operator==(const Reopening&, const Reopening&) = default;
};

}  // namespace muistio::space
