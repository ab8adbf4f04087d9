#include "muistio/transport/server.hpp"

#include <algorithm>
#include <charconv>

namespace muistio::transport {
namespace {

bool is_host_character(char c, bool bracketed) {
  if (bracketed) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string Server::url() const {
  std::string url = "wss://";
  url += host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != 443) url += ":" + std::to_string(port);
  return url;
}

Result<Server> parse_server(std::string_view url) {
  bool known = false;
  for (std::string_view scheme : {"wss://", "https://"}) {
    if (url.substr(0, scheme.size()) != scheme) continue;
    url.remove_prefix(scheme.size());
    known = true;
    break;
  }
  if (!known) return fail(ErrorCode::invalid_argument, "a server is wss://HOST[:PORT]");
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);
  if (url.size() > 270) return fail(ErrorCode::invalid_argument, "the server's name is too long");

  Server server;
  const bool bracketed = !url.empty() && url.front() == '[';
  const auto end = bracketed ? url.find(']') : url.find(':');
  if (bracketed && end == std::string_view::npos) return fail(ErrorCode::invalid_argument, "the address lacks its closing bracket");
  auto host = bracketed ? url.substr(1, end - 1) : url.substr(0, end);
  for (char c : host) server.host.push_back(lower(c));
  if (server.host.empty()) return fail(ErrorCode::invalid_argument, "the server has no name");
  if (!std::all_of(server.host.begin(), server.host.end(), [&](char c) { return is_host_character(c, bracketed); }))
    return fail(ErrorCode::invalid_argument, "the server's name has a character that no name has");

  auto rest = end == std::string_view::npos ? std::string_view{} : url.substr(bracketed ? end + 1 : end);
  if (rest.empty()) return server;
  unsigned port = 0;
  const auto [last, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), port);
  if (rest.front() != ':' || error != std::errc{} || last != rest.data() + rest.size() || port < 1 || port > 65535)
    return fail(ErrorCode::invalid_argument, "the port is a number from 1 to 65535");
  server.port = static_cast<std::uint16_t>(port);
  return server;
}

}  // namespace muistio::transport
