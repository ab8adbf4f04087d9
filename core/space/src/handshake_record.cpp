#include "muistio/space/handshake_record.hpp"

#include "formats.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::space {
namespace {

constexpr std::uint8_t kHasWelcome = 1;
constexpr std::uint8_t kHasKeywrap = 2;

}  // namespace

Bytes HandshakeRecord::encode() const {
  Writer body;
  body.u8(static_cast<std::uint8_t>((welcome ? kHasWelcome : 0) | (keywrap ? kHasKeywrap : 0))).block(commit);
  if (welcome) body.block(*welcome);
  if (keywrap) body.block(*keywrap);
  return encode_format(Format::handshake, body.bytes());
}

Result<HandshakeRecord> HandshakeRecord::decode(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::handshake, bytes, wire::limits::record_bytes_max));
  Reader in(body);
  HandshakeRecord record;
  MUISTIO_TRY(auto flags, in.u8());
  if ((flags & ~(kHasWelcome | kHasKeywrap)) != 0) return fail(ErrorCode::malformed, "an unknown flag");
  MUISTIO_TRY(auto commit, in.block(wire::limits::record_bytes_max));
  record.commit = to_bytes(commit);
  if ((flags & kHasWelcome) != 0) {
    MUISTIO_TRY(auto welcome, in.block(wire::limits::record_bytes_max));
    record.welcome = to_bytes(welcome);
  }
  if ((flags & kHasKeywrap) != 0) {
    MUISTIO_TRY(auto keywrap, in.block(wire::limits::record_bytes_max));
    record.keywrap = to_bytes(keywrap);
  }
  MUISTIO_CHECK(in.finish());
  return record;
}

wire::Record access_repair(std::vector<wire::AccessChange> changes) {
  return {wire::RecordKind::handshake, encode_format(Format::access_repair, {}), std::move(changes)};
}

}  // namespace muistio::space
