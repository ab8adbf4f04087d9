#include "muistio/base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace muistio {
namespace {

/// Decodes one scalar value at `at`; its length, or 0 if it is not well formed (Unicode 15, table 3-7).
std::size_t decode_one(std::string_view text, std::size_t at, char32_t& scalar) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
  const auto left = text.size() - at;
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) {
    scalar = lead;
    return 1;
  }
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
    scalar = lead & 0x1f;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    scalar = lead & 0x0f;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    scalar = lead & 0x07;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  } else {
    return 0;
  }
  if (left < length || byte(1) < low || byte(1) > high) return 0;
  scalar = scalar << 6 | (byte(1) & 0x3f);
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    scalar = scalar << 6 | (byte(i) & 0x3f);
  }
  return length;
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view text) noexcept {
  char32_t scalar = 0;
  for (std::size_t at = 0; at < text.size();) {
    // Eight bytes of ASCII at a time.
    std::uint64_t word = 0;
    while (at + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080808080808080U) != 0) break;
      at += sizeof word;
    }
    if (at == text.size()) break;
    const auto length = decode_one(text, at, scalar);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::size_t scalar_count(std::string_view text) noexcept {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<std::uint8_t>(c) & 0xc0) != 0x80;
  return count;
}

Result<std::u32string> utf8_to_scalars(std::string_view text) {
  std::u32string scalars;
  scalars.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    char32_t scalar = 0;
    const auto length = decode_one(text, at, scalar);
    if (length == 0) return fail(ErrorCode::not_utf8, "at byte " + std::to_string(at));
    scalars.push_back(scalar);
    at += length;
  }
  return scalars;
}

std::string scalars_to_utf8(std::u32string_view scalars) {
  std::string text;
  text.reserve(scalars.size());
  for (char32_t s : scalars) {
    MUISTIO_INVARIANT(s <= 0x10ffff && (s < 0xd800 || s > 0xdfff));
    if (s < 0x80) {
      text.push_back(static_cast<char>(s));
    } else if (s < 0x800) {
      text.push_back(static_cast<char>(0xc0 | s >> 6));
      text.push_back(static_cast<char>(0x80 | (s & 0x3f)));
    } else if (s < 0x10000) {
      text.push_back(static_cast<char>(0xe0 | s >> 12));
      text.push_back(static_cast<char>(0x80 | (s >> 6 & 0x3f)));
      text.push_back(static_cast<char>(0x80 | (s & 0x3f)));
    } else {
      text.push_back(static_cast<char>(0xf0 | s >> 18));
      text.push_back(static_cast<char>(0x80 | (s >> 12 & 0x3f)));
      text.push_back(static_cast<char>(0x80 | (s >> 6 & 0x3f)));
      text.push_back(static_cast<char>(0x80 | (s & 0x3f)));
    }
  }
  return text;
}

}  // namespace muistio
