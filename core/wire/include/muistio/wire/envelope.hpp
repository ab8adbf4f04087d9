// The outer form of everything that may grow new kinds (D12): length ‖ kind ‖ version ‖ body, so that an old app keeps and skips
// what a newer one wrote.
#pragma once

#include <cstdint>

#include "muistio/base/bytes.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/base/result.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::wire {

/// One envelope. The meaning of `kind` and `version` is its owner's; a reader that does not know them keeps the whole and goes on.
struct Envelope {
  std::uint64_t kind = 0;
  std::uint64_t version = 0;
  Bytes body;

  friend bool operator==(const Envelope&, const Envelope&) = default;
};

/// Writes varint length (of the rest) ‖ varint kind ‖ varint version ‖ body.
void write_envelope(Writer& writer, std::uint64_t kind, std::uint64_t version, BytesView body);

/// Reads the next envelope. Errors: malformed; too_large if more than `bytes_max` follow the length.
[[nodiscard]] Result<Envelope> read_envelope(Reader& reader, std::size_t bytes_max = limits::envelope_bytes_max);

/// Reads one envelope that fills `bytes`. Errors: as `read_envelope`; malformed if bytes are left.
[[nodiscard]] Result<Envelope> decode_envelope(BytesView bytes, std::size_t bytes_max = limits::envelope_bytes_max);

/// One envelope alone.
[[nodiscard]] Bytes encode_envelope(std::uint64_t kind, std::uint64_t version, BytesView body);

}  // namespace muistio::wire
