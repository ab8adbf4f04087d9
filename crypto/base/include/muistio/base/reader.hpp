// The bounded decoder that every format of the project is read through: it knows the bytes left and never reads past them.
#pragma once

#include <cstdint>
#include <string>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio {

/// Reads big-endian numbers, varints and runs of bytes from a borrowed buffer. Every call either advances or fails with `malformed`
/// and the byte offset, leaving the place unchanged. Views that it returns borrow from the buffer. Not thread-safe.
class Reader {
 public:
  explicit Reader(BytesView bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - offset_; }
  [[nodiscard]] bool at_end() const noexcept { return left() == 0; }

  Result<std::uint8_t> u8();
  Result<std::uint16_t> u16();
  Result<std::uint32_t> u32();
  Result<std::uint64_t> u64();
  /// LEB128, at most 10 bytes, minimal (no trailing zero group). What no minimal encoding yields is malformed.
  Result<std::uint64_t> varint();
  /// A varint of at most `most`. Errors: too_large.
  Result<std::uint64_t> varint_at_most(std::uint64_t most);
  /// Zigzag varint.
  Result<std::int64_t> signed_varint();
  /// The next `count` bytes.
  Result<BytesView> take(std::size_t count);
  /// A varint length of at most `most`, then so many bytes. Errors: malformed, too_large.
  Result<BytesView> block(std::size_t most);
  /// The next N bytes as an id or hash.
  template <class FixedBytes>
  Result<FixedBytes> fixed() {
    MUISTIO_TRY(auto bytes, take(FixedBytes::size_bytes));
    return FixedBytes::from_bytes(bytes);
  }
  /// Errors: malformed, if bytes are left.
  Status finish() const;

 private:
  [[nodiscard]] Unexpected short_by(std::size_t wanted) const;
  BytesView bytes_;
  std::size_t offset_ = 0;
};

/// Writes what Reader reads.
class Writer {
 public:
  Writer& u8(std::uint8_t value);
  Writer& u16(std::uint16_t value);
  Writer& u32(std::uint32_t value);
  Writer& u64(std::uint64_t value);
  Writer& varint(std::uint64_t value);
  Writer& signed_varint(std::int64_t value);
  Writer& raw(BytesView bytes);
  /// A varint length, then the bytes.
  Writer& block(BytesView bytes);

  /// Takes memory for `bytes` beforehand, so that growth leaves no copy of a secret behind.
  Writer& reserve(std::size_t bytes) {
    out_.reserve(bytes);
    return *this;
  }
  [[nodiscard]] const Bytes& bytes() const& noexcept { return out_; }
  [[nodiscard]] Bytes take() && noexcept { return std::move(out_); }
  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }

 private:
  Bytes out_;
};

}  // namespace muistio
