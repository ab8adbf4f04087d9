// What the server reads out of the fields of an HTTP request. Bytes from strangers: whatever is not exactly of the form is nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "muistio/base/ids.hpp"
#include "muistio/wire/messages.hpp"

namespace muistio::server {

/// Bytes `first` to `last`, both included, of `size`: first <= last < size.
struct ByteRange {
  std::uint64_t first = 0, last = 0, size = 0;
};

struct AttachmentPath {
  SpaceId space;
  AttachmentId attachment;
};

/// "SPACE/ID", each 32 hexadecimal digits: what follows /attachments/ in a request's target.
[[nodiscard]] std::optional<AttachmentPath> attachment_path(std::string_view path);

/// "Bearer TOKEN", an Authorization field with a ticket's 64 hexadecimal digits.
[[nodiscard]] std::optional<wire::TicketToken> bearer_ticket(std::string_view authorization);

/// "bytes A-B/TOTAL", the Content-Range of an upload (RFC 9110 §14.4).
[[nodiscard]] std::optional<ByteRange> content_range(std::string_view value);

/// "bytes=A-" or "bytes=A-B", the Range of a download of `size` bytes, at least 1 (RFC 9110 §14.2). Nothing if it cannot be met.
[[nodiscard]] std::optional<ByteRange> download_range(std::string_view value, std::uint64_t size);

/// Which of our subprotocols a Sec-WebSocket-Protocol field offers: muistio.1 if both, nothing if neither.
enum class Subprotocol : std::uint8_t { none, native, web };
[[nodiscard]] Subprotocol our_protocol(std::string_view offered);

/// The client's address in a line of the PROXY protocol, version 1 ("PROXY TCP4 192.0.2.1 …", without the line's end); empty for
/// "PROXY UNKNOWN…". Nothing if it is no such line.
[[nodiscard]] std::optional<std::string> proxied_address(std::string_view line);

}  // namespace muistio::server
