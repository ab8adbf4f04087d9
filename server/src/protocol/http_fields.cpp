#include "http_fields.hpp"

#include <algorithm>
#include <charconv>

#include "muistio/wire/auth.hpp"

namespace muistio::server {
namespace {

/// Digits at the front of `from`, taken off it.
std::optional<std::uint64_t> take_number(std::string_view& from) {
  std::uint64_t value = 0;
  const auto [last, error] = std::from_chars(from.data(), from.data() + from.size(), value);
  if (error != std::errc{}) return std::nullopt;
  from.remove_prefix(static_cast<std::size_t>(last - from.data()));
  return value;
}
bool take_text(std::string_view& from, std::string_view expected) {
  if (from.substr(0, expected.size()) != expected) return false;
  from.remove_prefix(expected.size());
  return true;
}

}  // namespace

std::optional<AttachmentPath> attachment_path(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto space = SpaceId::parse(path.substr(0, slash));
  const auto attachment = AttachmentId::parse(path.substr(slash + 1));
  if (!space || !attachment) return std::nullopt;
  return AttachmentPath{*space, *attachment};
}

std::optional<wire::TicketToken> bearer_ticket(std::string_view authorization) {
  if (!take_text(authorization, "Bearer ")) return std::nullopt;
  const auto token = wire::TicketToken::parse(authorization);
  return token ? std::optional(*token) : std::nullopt;
}

std::optional<ByteRange> content_range(std::string_view value) {
  if (!take_text(value, "bytes ")) return std::nullopt;
  const auto first = take_number(value);
  if (!first || !take_text(value, "-")) return std::nullopt;
  const auto last = take_number(value);
  if (!last || !take_text(value, "/")) return std::nullopt;
  const auto size = take_number(value);
  if (!size || !value.empty() || *first > *last || *last >= *size) return std::nullopt;
  return ByteRange{*first, *last, *size};
}

std::optional<ByteRange> download_range(std::string_view value, std::uint64_t size) {
  if (!take_text(value, "bytes=")) return std::nullopt;
  const auto first = take_number(value);
  if (!first || !take_text(value, "-")) return std::nullopt;
  auto last = value.empty() ? std::optional<std::uint64_t>(size - 1) : take_number(value);
  if (!last || !value.empty() || *first > *last || *first >= size) return std::nullopt;
  return ByteRange{*first, std::min(*last, size - 1), size};
}

Subprotocol our_protocol(std::string_view offered) {
  auto found = Subprotocol::none;
  while (!offered.empty()) {
    const auto comma = offered.find(',');
    auto one = offered.substr(0, comma);
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
    if (one == wire::websocket_subprotocol) return Subprotocol::native;
    if (one == wire::websocket_subprotocol_web) found = Subprotocol::web;
    if (comma == std::string_view::npos) break;
    offered.remove_prefix(comma + 1);
  }
  return found;
}

std::optional<std::string> proxied_address(std::string_view line) {
  constexpr std::string_view kUnknown = "PROXY UNKNOWN";
  constexpr std::string_view kV4 = "PROXY TCP4 ", kV6 = "PROXY TCP6 ";
  if (line == kUnknown || line.substr(0, kUnknown.size() + 1) == "PROXY UNKNOWN ") return std::string();
  if (line.substr(0, kV4.size()) != kV4 && line.substr(0, kV6.size()) != kV6) return std::nullopt;
  const auto rest = line.substr(kV4.size());
  const auto end = rest.find(' ');
  if (end == std::string_view::npos || end == 0 || end > 45) return std::nullopt;
  const auto address = rest.substr(0, end);
  if (address.find_first_not_of("0123456789abcdefABCDEF.:") != std::string_view::npos) return std::nullopt;
  return std::string(address);
}

}  // namespace muistio::server
