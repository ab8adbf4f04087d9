#include "muistio/wire/envelope.hpp"

namespace muistio::wire {

namespace {

constexpr std::size_t kHeadBytesMax = 30;

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

}  // namespace

void write_envelope(Writer& writer, std::uint64_t kind, std::uint64_t version, BytesView body) {
  writer.varint(varint_size(kind) + varint_size(version) + body.size()).varint(kind).varint(version).raw(body);
}

Result<Envelope> read_envelope(Reader& reader, std::size_t bytes_max) {
  MUISTIO_TRY(auto inside, reader.block(bytes_max));
  Reader parts(inside);
  Envelope envelope;
  MUISTIO_TRY(envelope.kind, parts.varint());
  MUISTIO_TRY(envelope.version, parts.varint());
  MUISTIO_TRY(auto body, parts.take(parts.left()));
  envelope.body = to_bytes(body);
  return envelope;
}

Result<Envelope> decode_envelope(BytesView bytes, std::size_t bytes_max) {
  Reader reader(bytes);
  MUISTIO_TRY(auto envelope, read_envelope(reader, bytes_max));
  MUISTIO_CHECK(reader.finish());
  return envelope;
}

Bytes encode_envelope(std::uint64_t kind, std::uint64_t version, BytesView body) {
  Writer writer;
  writer.reserve(body.size() + kHeadBytesMax);  // once: no copy of a body that holds secrets stays behind
  write_envelope(writer, kind, version, body);
  return std::move(writer).take();
}

}  // namespace muistio::wire
