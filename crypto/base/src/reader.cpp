#include "muistio/base/reader.hpp"

namespace muistio {
namespace {
template <class T>
T big_endian(BytesView bytes) {
  T value = 0;
  for (auto byte : bytes) value = static_cast<T>((static_cast<std::uint64_t>(value) << 8) | byte);
  return value;
}

template <class T>
void put_big_endian(Bytes& out, T value) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}
}  // namespace

Unexpected Reader::short_by(std::size_t wanted) const {
  return fail(ErrorCode::malformed, "ends at byte " + std::to_string(bytes_.size()) + ", wanted " + std::to_string(wanted) +
                                        " bytes at " + std::to_string(offset_));
}

Result<BytesView> Reader::take(std::size_t count) {
  if (count > left()) return short_by(count);
  auto taken = bytes_.subspan(offset_, count);
  offset_ += count;
  return taken;
}

Result<std::uint8_t> Reader::u8() {
  MUISTIO_TRY(auto bytes, take(1));
  return bytes[0];
}
Result<std::uint16_t> Reader::u16() {
  MUISTIO_TRY(auto bytes, take(2));
  return big_endian<std::uint16_t>(bytes);
}
Result<std::uint32_t> Reader::u32() {
  MUISTIO_TRY(auto bytes, take(4));
  return big_endian<std::uint32_t>(bytes);
}
Result<std::uint64_t> Reader::u64() {
  MUISTIO_TRY(auto bytes, take(8));
  return big_endian<std::uint64_t>(bytes);
}

Result<std::uint64_t> Reader::varint() {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    if (i >= left()) return short_by(i + 1);
    const std::uint8_t byte = bytes_[offset_ + i];
    if (i == 9 && byte > 1) return fail(ErrorCode::malformed, "a varint over 64 bits at " + std::to_string(offset_));
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) {
      if (byte == 0 && i > 0) return fail(ErrorCode::malformed, "a varint that is not minimal at " + std::to_string(offset_));
      offset_ += i + 1;
      return value;
    }
  }
  return fail(ErrorCode::malformed, "a varint over 64 bits at " + std::to_string(offset_));
}

Result<std::uint64_t> Reader::varint_at_most(std::uint64_t most) {
  const auto start = offset_;
  MUISTIO_TRY(auto value, varint());
  if (value <= most) return value;
  offset_ = start;
  return fail(ErrorCode::too_large, "a number over " + std::to_string(most) + " at " + std::to_string(start));
}

Result<std::int64_t> Reader::signed_varint() {
  MUISTIO_TRY(auto value, varint());
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

Result<BytesView> Reader::block(std::size_t most) {
  const auto start = offset_;
  MUISTIO_TRY(auto size, varint_at_most(most));
  auto bytes = take(static_cast<std::size_t>(size));
  if (!bytes) offset_ = start;
  return bytes;
}

Status Reader::finish() const {
  if (at_end()) return ok();
  return fail(ErrorCode::malformed, std::to_string(left()) + " bytes too many at " + std::to_string(offset_));
}

Writer& Writer::u8(std::uint8_t value) {
  out_.push_back(value);
  return *this;
}
Writer& Writer::u16(std::uint16_t value) {
  put_big_endian(out_, value);
  return *this;
}
Writer& Writer::u32(std::uint32_t value) {
  put_big_endian(out_, value);
  return *this;
}
Writer& Writer::u64(std::uint64_t value) {
  put_big_endian(out_, value);
  return *this;
}
Writer& Writer::varint(std::uint64_t value) {
  while (value >= 0x80) {
    out_.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out_.push_back(static_cast<std::uint8_t>(value));
  return *this;
}
Writer& Writer::signed_varint(std::int64_t value) {
  return varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}
Writer& Writer::raw(BytesView bytes) {
  append(out_, bytes);
  return *this;
}
Writer& Writer::block(BytesView bytes) { return varint(bytes.size()).raw(bytes); }

}  // namespace muistio
