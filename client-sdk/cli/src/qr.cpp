// A QR code in half blocks: two rows of modules to a line of the terminal.
#include <qrencode.h>

#include <iostream>
#include <memory>

#include "output.hpp"

namespace muistio::cli {

std::vector<std::vector<bool>> qr_code(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_L), &QRcode_free);
  if (!code) return {};
  const auto width = static_cast<std::size_t>(code->width);
  std::vector<std::vector<bool>> rows(width, std::vector<bool>(width));
  for (std::size_t y = 0; y < width; ++y)
    for (std::size_t x = 0; x < width; ++x) rows[y][x] = (code->data[y * width + x] & 1) != 0;
  return rows;
}

bool draw_qr(const std::string& text) {
  const auto code = qr_code(text);
  if (code.empty()) return false;
  constexpr int kQuiet = 2;  // modules of margin
  const int width = static_cast<int>(code.size());
  const auto dark = [&](int x, int y) {
    return x >= 0 && y >= 0 && x < width && y < width && code[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
  };
  std::string drawn;
  for (int y = -kQuiet; y < width + kQuiet; y += 2) {
    drawn += "\x1b[30;107m";  // dark on light, whatever the terminal's colours
    for (int x = -kQuiet; x < width + kQuiet; ++x)
      drawn += dark(x, y) ? (dark(x, y + 1) ? "█" : "▀") : (dark(x, y + 1) ? "▄" : " ");
    drawn += "\x1b[0m\n";
  }
  std::cerr << drawn;
  return true;
}

}  // namespace muistio::cli
