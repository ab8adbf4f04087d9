// Deflate and its inverse by zlib, bounded.
#include <zlib.h>

#include <algorithm>

#include "muistio/space/batch.hpp"

namespace muistio::space {
namespace {

constexpr int kRawDeflateBits = -15;

struct Deflater {
  z_stream stream{};
  Deflater() { MUISTIO_INVARIANT(deflateInit2(&stream, 6, Z_DEFLATED, kRawDeflateBits, 8, Z_DEFAULT_STRATEGY) == Z_OK); }
  ~Deflater() { deflateEnd(&stream); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
};

struct Inflater {
  z_stream stream{};
  Inflater() { MUISTIO_INVARIANT(inflateInit2(&stream, kRawDeflateBits) == Z_OK); }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

Result<Bytes> deflate(BytesView payload) {
  if (payload.size() > kPayloadBytesMax) return fail(ErrorCode::too_large, "a batch's payload");
  Deflater deflater;
  auto& stream = deflater.stream;
  Bytes out(::deflateBound(&stream, static_cast<uLong>(payload.size())));
  stream.next_in = const_cast<Bytef*>(payload.data());
  stream.avail_in = static_cast<uInt>(payload.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  MUISTIO_INVARIANT(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  if (out.size() > kDeflatedBytesMax) return fail(ErrorCode::too_large, "a batch's deflated payload");
  return out;
}

Result<Bytes> inflate(BytesView deflated, std::size_t bytes_max) {
  Inflater inflater;
  auto& stream = inflater.stream;
  stream.next_in = const_cast<Bytef*>(deflated.data());
  stream.avail_in = static_cast<uInt>(deflated.size());
  Bytes out;
  for (;;) {
    const std::size_t done = out.size();
    // One byte beyond the limit shows that a stream is too long; never more is allocated.
    const std::size_t room = std::min(std::max<std::size_t>(4096, deflated.size() * 4 + done), bytes_max + 1 - done);
    if (room == 0) return fail(ErrorCode::too_large, "a payload inflates to more than its limit");
    out.resize(done + room);
    stream.next_out = out.data() + done;
    stream.avail_out = static_cast<uInt>(room);
    const int code = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(done + room - stream.avail_out);
    if (out.size() > bytes_max) return fail(ErrorCode::too_large, "a payload inflates to more than its limit");
    if (code == Z_STREAM_END) break;
    // No progress with room left means that the stream is cut short.
    if (code != Z_OK || stream.avail_out != 0) return fail(ErrorCode::malformed, "a payload does not inflate");
  }
  if (stream.avail_in != 0) return fail(ErrorCode::malformed, "bytes follow the deflated payload");
  return out;
}

}  // namespace muistio::space
