// Indices at the edge: UTF-8 bytes and UTF-16 units.
#include "content.hpp"
#include "document_impl.hpp"

namespace muistio::text {

namespace {

enum class Unit : std::uint8_t { utf8, utf16 };

std::uint64_t units_of(char lead, Unit unit) {
  const auto byte = static_cast<unsigned char>(lead);
  if (unit == Unit::utf16) return byte >= 0xF0U ? 2 : 1;
  return byte < 0x80U ? 1 : byte < 0xE0U ? 2 : byte < 0xF0U ? 3 : 4;
}

Result<std::uint64_t> offset_of(const Rope& rope, std::uint64_t position, Unit unit) {
  if (position > rope.shown_size()) return fail(ErrorCode::position_out_of_range, "position");
  std::uint64_t offset = 0;
  rope.for_each([&](std::string_view piece) {
    for (char byte : piece) {
      if (position == 0) return;
      if (!starts_scalar(byte) || byte == kTakenBack) continue;
      offset += units_of(byte, unit);
      --position;
    }
  });
  return offset;
}

Result<std::uint64_t> position_of_offset(const Rope& rope, std::uint64_t offset, Unit unit) {
  std::uint64_t position = 0;
  std::uint64_t reached = 0;
  rope.for_each([&](std::string_view piece) {
    for (char byte : piece) {
      if (reached >= offset) return;
      if (!starts_scalar(byte) || byte == kTakenBack) continue;
      reached += units_of(byte, unit);
      ++position;
    }
  });
  if (reached != offset) return fail(ErrorCode::position_out_of_range, "offset");
  return position;
}

}  // namespace

Result<std::uint64_t> Document::utf8_of(std::uint64_t position) const { return offset_of(impl_->rope, position, Unit::utf8); }
Result<std::uint64_t> Document::utf16_of(std::uint64_t position) const { return offset_of(impl_->rope, position, Unit::utf16); }
Result<std::uint64_t> Document::position_of_utf8(std::uint64_t offset) const {
  return position_of_offset(impl_->rope, offset, Unit::utf8);
}
Result<std::uint64_t> Document::position_of_utf16(std::uint64_t offset) const {
  return position_of_offset(impl_->rope, offset, Unit::utf16);
}

}  // namespace muistio::text
