#include "base64url.hpp"

namespace muistio::space {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string to_base64url(BytesView bytes) {
  std::string text;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (auto byte : bytes) {
    held = held << 8 | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text.push_back(kAlphabet[held >> bits & 63]);
    }
  }
  if (bits > 0) text.push_back(kAlphabet[held << (6 - bits) & 63]);
  return text;
}

Result<Bytes> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return fail(ErrorCode::malformed, "base64url of a length that no bytes have");
  Bytes bytes;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto value = kAlphabet.find(text[i]);
    if (value == std::string_view::npos) return fail(ErrorCode::malformed, "character " + std::to_string(i) + " is not base64url");
    held = held << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
    held &= (1U << bits) - 1;
  }
  if (held != 0) return fail(ErrorCode::malformed, "base64url with bits left over");
  return bytes;
}

}  // namespace muistio::space
