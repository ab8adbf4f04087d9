// Frames of messages: the kinds' numbers and every message's body.
#include "muistio/wire/messages.hpp"

#include <type_traits>

#include "muistio/base/reader.hpp"
#include "muistio/wire/limits.hpp"
#include "serialize.ipp"

namespace muistio::wire {

namespace {

// Kinds from the client count from 1, from the server from 128, in the order of the variants.
template <class Variant>
constexpr std::uint8_t first_kind = std::is_same_v<Variant, ClientMessage> ? 1 : 128;

template <class Variant>
Bytes encode_any(RequestId request, const Variant& message) {
  Writer writer;
  writer.u8(protocol_version);
  if (const auto* unknown = std::get_if<UnknownMessage>(&message)) {
    writer.u8(unknown->kind).varint(request.value()).raw(unknown->body);
    return std::move(writer).take();
  }
  writer.u8(static_cast<std::uint8_t>(first_kind<Variant> + message.index() - 1)).varint(request.value());
  std::visit(
      [&writer](const auto& known) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(known)>, UnknownMessage>) encode_to(writer, known);
      },
      message);
  return std::move(writer).take();
}

template <class Variant, std::size_t Index>
Result<Variant> decode_body(std::size_t index, Reader& reader) {
  if constexpr (Index == std::variant_size_v<Variant>) {
    return fail(ErrorCode::malformed, "no such kind");
  } else {
    if (index != Index) return decode_body<Variant, Index + 1>(index, reader);
    MUISTIO_TRY(auto known, decode_from<std::variant_alternative_t<Index, Variant>>(reader));
    MUISTIO_CHECK(reader.finish());
    return Variant(std::move(known));
  }
}

template <class Variant>
Result<Frame<Variant>> decode_any(BytesView bytes) {
  if (bytes.size() > limits::frame_bytes_max) return fail(ErrorCode::too_large, "a frame");
  Reader reader(bytes);
  MUISTIO_TRY(const auto version, reader.u8());
  if (version != protocol_version) return fail(ErrorCode::unsupported_version, "protocol version " + std::to_string(version));
  MUISTIO_TRY(const auto kind, reader.u8());
  MUISTIO_TRY(const auto request, reader.varint());
  const auto index = static_cast<std::size_t>(kind) - first_kind<Variant> + 1;
  if (kind < first_kind<Variant> || index >= std::variant_size_v<Variant>) {
    MUISTIO_TRY(const auto body, reader.take(reader.left()));
    return Frame<Variant>{RequestId(request), UnknownMessage{kind, to_bytes(body)}};
  }
  MUISTIO_TRY(auto message, decode_body<Variant, 1>(index, reader));
  return Frame<Variant>{RequestId(request), std::move(message)};
}

}  // namespace

Bytes encode_frame(RequestId request, const ClientMessage& message) { return encode_any(request, message); }
Bytes encode_frame(RequestId request, const ServerMessage& message) { return encode_any(request, message); }
Result<ClientFrame> decode_client_frame(BytesView frame) { return decode_any<ClientMessage>(frame); }
Result<ServerFrame> decode_server_frame(BytesView frame) { return decode_any<ServerMessage>(frame); }

}  // namespace muistio::wire
