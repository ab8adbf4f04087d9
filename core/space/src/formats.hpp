// The kinds of this module's envelopes; docs/formats/space.md lists them. 1 to 3 are content records (ContentKind).
#pragma once

#include <cstdint>
#include <string>

#include "muistio/base/reader.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/wire/envelope.hpp"

namespace muistio::space {

enum class Format : std::uint64_t {
  batch = 1,
  proposal = 2,
  keywrap = 3,
  handshake = 16,
  certificate = 17,
  charter = 18,
  admission = 19,
  roll = 20,
  join_request = 21,
  link = 22,
  warrant = 23,
  audience_grant = 24,
  hand_in = 25,
  device_link = 26,
  device_ask = 27,
  device_answer = 28,
  rejoin_request = 29,
  recovery_box = 30,
  footholds = 31,
  box_note = 38,
  device_reveal = 41,
  // in the device's store only
  device_keys = 32,
  invitation = 33,
  joining = 34,
  batch_content = 35,
  space = 36,
  epoch = 37,
  own_joining = 40,
  // shown from device to device
  seal = 48,
  reopen = 49,
  // in place of a handshake
  access_repair = 50,
};

/// The version of every format of this module, but for those that name another.
inline constexpr std::uint64_t kFormatVersion = 1;

inline Bytes encode_format(Format format, BytesView body, std::uint64_t version = kFormatVersion) {
  return wire::encode_envelope(static_cast<std::uint64_t>(format), version, body);
}

/// The body of the one envelope that fills `bytes`. Errors: malformed, too_large, unsupported_version.
inline Result<Bytes> decode_format(Format format, BytesView bytes, std::size_t bytes_max) {
  MUISTIO_TRY(auto envelope, wire::decode_envelope(bytes, bytes_max));
  if (envelope.kind != static_cast<std::uint64_t>(format)) return fail(ErrorCode::malformed, "an envelope of another kind");
  if (envelope.version > kFormatVersion) return fail(ErrorCode::unsupported_version, "an envelope of a newer version");
  if (envelope.version != kFormatVersion) return fail(ErrorCode::malformed, "an envelope of version 0");
  return std::move(envelope.body);
}

/// The one envelope that fills `bytes`, of a version from 1 to `version_max`. Errors: as `decode_format`.
inline Result<wire::Envelope> decode_versions(Format format, BytesView bytes, std::size_t bytes_max, std::uint64_t version_max) {
  MUISTIO_TRY(auto envelope, wire::decode_envelope(bytes, bytes_max));
  if (envelope.kind != static_cast<std::uint64_t>(format)) return fail(ErrorCode::malformed, "an envelope of another kind");
  if (envelope.version > version_max) return fail(ErrorCode::unsupported_version, "an envelope of a newer version");
  if (envelope.version == 0) return fail(ErrorCode::malformed, "an envelope of version 0");
  return envelope;
}

/// Wipes the plain bytes of a format that holds secrets once they are encoded.
inline SecretBytes encode_secret_format(Format format, Writer&& body, std::uint64_t version = kFormatVersion) {
  const SecretBytes plain(std::move(body).take());
  return SecretBytes(encode_format(format, plain.expose(), version));
}

}  // namespace muistio::space
