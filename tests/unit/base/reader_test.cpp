#include "muistio/base/reader.hpp"

#include <catch2/catch.hpp>

using namespace muistio;

TEST_CASE("what Writer wrote, Reader reads back") {
  Writer writer;
  writer.u8(7).u16(0x0102).u32(0x01020304).u64(0x0102030405060708).varint(300).signed_varint(-3).block(as_bytes("abc"));
  CHECK(to_hex(writer.bytes()) == "07" "0102" "01020304" "0102030405060708" "ac02" "05" "03616263");
  Reader reader(writer.bytes());
  CHECK(reader.u8().value() == 7);
  CHECK(reader.u16().value() == 0x0102);
  CHECK(reader.u32().value() == 0x01020304);
  CHECK(reader.u64().value() == 0x0102030405060708);
  CHECK(reader.varint().value() == 300);
  CHECK(reader.signed_varint().value() == -3);
  CHECK(as_text(reader.block(3).value()) == "abc");
  CHECK(reader.finish());
}

TEST_CASE("every number of bits survives a varint, and only its shortest form is read") {
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t value = std::uint64_t{1} << bit;
    Writer writer;
    writer.varint(value);
    Reader reader(writer.bytes());
    CHECK(reader.varint().value() == value);
    CHECK(reader.at_end());
    Bytes longer = writer.bytes();
    if (longer.size() < 10) {
      longer.back() |= 0x80;
      longer.push_back(0);
      Reader refused(longer);
      CHECK(refused.varint().error().code == ErrorCode::malformed);
    }
  }
  const Bytes over(10, 0xff);
  Reader reader(over);
  CHECK(reader.varint().error().code == ErrorCode::malformed);
}

TEST_CASE("a Reader stops at the end and says where, and stays where it was") {
  const Bytes bytes{5, 1, 2};
  Reader reader(bytes);
  auto block = reader.block(100);
  REQUIRE_FALSE(block);
  CHECK(block.error().code == ErrorCode::malformed);
  CHECK(block.error().detail == "ends at byte 3, wanted 5 bytes at 1");
  CHECK(reader.offset() == 0);
  CHECK(reader.block(4).error().code == ErrorCode::too_large);
  CHECK(reader.offset() == 0);
  CHECK(reader.u32().error().code == ErrorCode::malformed);
  CHECK(reader.u8().value() == 5);
  CHECK(reader.finish().error().code == ErrorCode::malformed);
}
