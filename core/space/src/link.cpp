#include <algorithm>

#include "base64url.hpp"
#include "formats.hpp"
#include "link_form.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/space/invitation.hpp"

namespace muistio::space {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::string_view kPath = "/join#";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_link_role(Role role) { return role == Role::guest || role == Role::member || role == Role::facilitator; }

// Cuts the last character off; a space that then ends it goes too.
void cut_character(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
  while (!text.empty() && text.back() == ' ') text.pop_back();
}

Bytes encode_body(const Link& link, std::string_view club_name, std::string_view inviter_name) {
  Writer body;
  body.u8(static_cast<std::uint8_t>(link.role)).raw(link.space.view()).raw(link.secret.secret().expose()).raw(link.inviter.view());
  body.block(as_bytes(link.server)).block(as_bytes(club_name)).block(as_bytes(inviter_name));
  return encode_format(Format::link, body.bytes());
}

Result<std::string> read_text(Reader& in, std::size_t bytes_max) {
  MUISTIO_TRY(auto bytes, in.block(bytes_max));
  if (first_invalid_utf8(as_text(bytes))) return fail(ErrorCode::malformed, "a name in the link is not UTF-8");
  return std::string(as_text(bytes));
}

Result<Link> read_body(BytesView body) {
  Reader in(body);
  Link link;
  MUISTIO_TRY(auto role_number, in.u8());
  const auto role = role_from_number(role_number);
  if (!role || !is_link_role(*role)) return fail(ErrorCode::malformed, "the link's role is not given by a link");
  link.role = *role;
  MUISTIO_TRY(link.space, in.fixed<SpaceId>());
  MUISTIO_TRY(auto secret_bytes, in.take(16));
  MUISTIO_TRY(auto secret, Secret<16>::from_bytes(secret_bytes));
  link.secret = InvitationSecret(std::move(secret));
  MUISTIO_TRY(link.inviter, in.fixed<MemberId>());
  MUISTIO_TRY(link.server, read_text(in, kServerBytesMax));
  if (!is_server(link.server)) return fail(ErrorCode::malformed, "the link's server is no HOST[:PORT]");
  MUISTIO_TRY(link.club_name, read_text(in, kNameBytesMax));
  MUISTIO_TRY(link.inviter_name, read_text(in, kNameBytesMax));
  MUISTIO_CHECK(in.finish());
  return link;
}

}  // namespace

bool is_server(std::string_view server) {
  if (server.empty() || server.size() > kServerBytesMax) return false;
  std::size_t at = 0;
  if (server[0] == '[') {
    at = server.find(']');
    if (at == std::string_view::npos || at < 3) return false;
    const auto host = server.substr(1, at - 1);
    if (!std::all_of(host.begin(), host.end(), [](char c) { return is_hex(c) || c == ':' || c == '.'; })) return false;
    ++at;
  } else {
    while (at < server.size() && (is_letter(server[at]) || is_digit(server[at]) || server[at] == '.' || server[at] == '-')) ++at;
    if (at == 0) return false;
  }
  if (at == server.size()) return true;
  const auto port = server.substr(at + 1);
  if (server[at] != ':' || port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) return false;
  unsigned number = 0;
  for (char c : port) number = number * 10 + static_cast<unsigned>(c - '0');
  return number >= 1 && number <= 65535;
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

Result<std::string> Link::text() const {
  if (!is_server(server)) return fail(ErrorCode::invalid_argument, "the server is no HOST[:PORT] of at most 72 characters");
  if (!is_link_role(role)) return fail(ErrorCode::invalid_argument, "a link makes a member or a facilitator");
  if (first_invalid_utf8(club_name) || first_invalid_utf8(inviter_name))
    return fail(ErrorCode::invalid_argument, "a name is not UTF-8");
  auto club = club_name;
  auto maker = inviter_name;
  for (;;) {
    if (club.size() <= kNameBytesMax && maker.size() <= kNameBytesMax) {
      auto link = std::string(kScheme) + server + std::string(kPath) + to_base64url(encode_body(*this, club, maker));
      if (link.size() <= kLinkCharactersMax) return link;
    }
    MUISTIO_INVARIANT(!club.empty() || !maker.empty());  // the longest server fits without names
    cut_character(club.size() >= maker.size() ? club : maker);
  }
}

Result<Link> Link::parse(std::string_view text) {
  text = trimmed(text);
  if (text.size() > kLinkCharactersMax) return fail(ErrorCode::invalid_invitation, "a link has at most 300 characters");
  if (text.substr(0, kScheme.size()) != kScheme) return fail(ErrorCode::invalid_invitation, "a link begins with https://");
  const auto hash = text.find('#');
  if (hash == std::string_view::npos || text.substr(0, hash + 1).find(kPath) == std::string_view::npos)
    return fail(ErrorCode::invalid_invitation, "a link has /join# in it");
  auto bytes = from_base64url(text.substr(hash + 1));
  if (!bytes) return fail(ErrorCode::invalid_invitation, bytes.error().detail);
  auto body = decode_format(Format::link, *bytes, kLinkCharactersMax);
  if (!body) {
    if (body.error().code == ErrorCode::unsupported_version) return fail(std::move(body).error());
    return fail(ErrorCode::invalid_invitation, body.error().detail);
  }
  auto link = read_body(*body);
  if (!link) return fail(ErrorCode::invalid_invitation, link.error().detail);
  return link;
}

}  // namespace muistio::space
