#include "muistio/mls/codec.hpp"

namespace muistio::mls {

Result<std::uint32_t> read_vector_length(Reader& in) {
  const auto start = in.offset();
  MUISTIO_TRY(auto first, in.u8());
  const unsigned prefix = first >> 6;
  if (prefix == 3) return fail(ErrorCode::malformed, "a vector length of an unknown size at " + std::to_string(start));
  std::uint32_t length = first & 0x3f;
  MUISTIO_TRY(auto rest, in.take((std::size_t{1} << prefix) - 1));
  for (auto byte : rest) length = (length << 8) | byte;
  if ((prefix == 1 && length < 64) || (prefix == 2 && length < 16384))
    return fail(ErrorCode::malformed, "a vector length that is not minimal at " + std::to_string(start));
  return length;
}

void write_vector_length(Writer& out, std::size_t length) {
  MUISTIO_INVARIANT(length < (std::size_t{1} << 30));
  if (length < 64)
    out.u8(static_cast<std::uint8_t>(length));
  else if (length < 16384)
    out.u16(static_cast<std::uint16_t>(0x4000 | length));
  else
    out.u32(static_cast<std::uint32_t>(0x80000000U | length));
}

Result<BytesView> read_vector(Reader& in) {
  MUISTIO_TRY(auto length, read_vector_length(in));
  if (length > kVectorBytesMax) return fail(ErrorCode::too_large, "a vector of " + std::to_string(length) + " bytes");
  return in.take(length);
}

void write_vector(Writer& out, BytesView bytes) {
  write_vector_length(out, bytes.size());
  out.raw(bytes);
}

}  // namespace muistio::mls
