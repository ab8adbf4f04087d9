#include "muistio/base/bytes.hpp"

#include <algorithm>

#include "muistio/base/hex.hpp"

namespace muistio {
namespace {
constexpr char kDigits[] = "0123456789abcdef";

int digit_value(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}
}  // namespace

bool equal(BytesView left, BytesView right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

std::string to_hex(BytesView bytes) {
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (auto byte : bytes) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

Result<Bytes> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return fail(ErrorCode::malformed, "hexadecimal of odd length");
  Bytes bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit_value(hex[i]);
    const int low = digit_value(hex[i + 1]);
    if (high < 0 || low < 0) return fail(ErrorCode::malformed, "not hexadecimal at " + std::to_string(high < 0 ? i : i + 1));
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

}  // namespace muistio
