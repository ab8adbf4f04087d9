// The kinds of this module's envelopes; docs/formats/space.md lists them. 1 to 3 are content records (ContentKind).
#pragma once

#include <cstdint>
#include <string>

#include "muistio/base/reader.hpp"
#include "muistio/base/result.hpp"
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
  // in the device's store only
  device_keys = 32,
  invitation = 33,
  joining = 34,
  batch_content = 35,
  space = 36,
  epoch = 37,
};

/// Every format of this module has this version.
inline constexpr std::uint64_t kFormatVersion = 1;

inline Bytes encode_format(Format format, BytesView body) {
  return wire::encode_envelope(static_cast<std::uint64_t>(format), kFormatVersion, body);
}

/// The body of the one envelope that fills `bytes`. Errors: malformed, too_large, unsupported_version.
inline Result<Bytes> decode_format(Format format, BytesView bytes, std::size_t bytes_max) {
  MUISTIO_TRY(auto envelope, wire::decode_envelope(bytes, bytes_max));
  if (envelope.kind != static_cast<std::uint64_t>(format)) return fail(ErrorCode::malformed, "an envelope of another kind");
  if (envelope.version > kFormatVersion) return fail(ErrorCode::unsupported_version, "an envelope of a newer version");
  if (envelope.version != kFormatVersion) return fail(ErrorCode::malformed, "an envelope of version 0");
  return std::move(envelope.body);
}

}  // namespace muistio::space
