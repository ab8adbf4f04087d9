// The bounded archive: what it refuses, and that it never trusts a length.
#include <catch2/catch.hpp>

#include "muistio/base/ids.hpp"
#include "muistio/wire/archive.hpp"

namespace {

using namespace muistio;
using namespace muistio::wire;

enum class Colour : std::uint8_t { red = 1, green = 2 };

struct Everything {
  std::uint8_t byte = 0;
  std::uint16_t two = 0;
  std::uint32_t four = 0;
  std::uint64_t eight = 0;
  std::int64_t negative = 0;
  bool flag = false;
  Seq seq;
  SpaceId space;
  std::array<std::uint8_t, 3> three{};
  Colour colour = Colour::red;
  Bytes bytes;
  std::string text;
  std::vector<std::uint16_t> numbers;
  std::vector<Bytes> blocks;
  std::optional<Seq> maybe;
  friend bool operator==(const Everything&, const Everything&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(byte, two, four, eight, negative, flag, seq, space, three, ranged(colour, Colour::red, Colour::green),
            limited(bytes, 8), limited(text, 8), limited(numbers, 4), limited_each(blocks, 3, 5), maybe);
  }
};

struct OneBytes {
  Bytes bytes;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(limited(bytes, std::size_t{1} << 40));
  }
};
struct OneList {
  std::vector<std::uint64_t> numbers;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(limited(numbers, std::size_t{1} << 40));
  }
};
struct OneText {
  std::string text;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(limited(text, 16));
  }
};
struct OneFlag {
  bool flag = false;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(flag);
  }
};
struct OneColour {
  Colour colour = Colour::red;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(ranged(colour, Colour::red, Colour::green));
  }
};

Everything sample() {
  Everything all;
  all.byte = 1;
  all.two = 0x0203;
  all.four = 0x04050607;
  all.eight = 0x08090a0b0c0d0e0f;
  all.negative = -2;
  all.flag = true;
  all.seq = Seq(77);
  all.space = SpaceId::parse("000102030405060708090a0b0c0d0e0f").value();
  all.three = {7, 8, 9};
  all.colour = Colour::green;
  all.bytes = {1, 2};
  all.text = "\xc3\xa4iti";
  all.numbers = {1, 0xffff};
  all.blocks = {{}, {1, 2, 3, 4, 5}};
  all.maybe = Seq(5);
  return all;
}

}  // namespace

TEST_CASE("what the archive writes it reads back") {
  auto decoded = decode<Everything>(encode(sample()));
  REQUIRE(decoded);
  CHECK(*decoded == sample());
  Everything empty;
  decoded = decode<Everything>(encode(empty));
  REQUIRE(decoded);
  CHECK(*decoded == empty);
}

TEST_CASE("numbers are big-endian at full width and lengths are varints") {
  CHECK(to_hex(encode(OneBytes{{0xaa, 0xbb}})) == "02aabb");
  CHECK(to_hex(encode(OneList{{1}})) == "010000000000000001");
}

TEST_CASE("every truncation of an archive is refused, and so is a byte too many") {
  const auto whole = encode(sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto decoded = decode<Everything>(BytesView(whole).first(size));
    INFO(size);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == ErrorCode::malformed);
  }
  auto longer = whole;
  longer.push_back(0);
  auto decoded = decode<Everything>(longer);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().code == ErrorCode::malformed);
}

TEST_CASE("a huge claimed length is refused before anything is set aside") {
  Writer claim;
  claim.varint((std::uint64_t{1} << 40) - 1);
  auto bytes = decode<OneBytes>(claim.bytes());
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().code == ErrorCode::malformed);
  auto list = decode<OneList>(claim.bytes());
  REQUIRE_FALSE(list);
  CHECK(list.error().code == ErrorCode::malformed);
  Writer beyond;
  beyond.varint((std::uint64_t{1} << 40) + 1);
  CHECK(decode<OneBytes>(beyond.bytes()).error().code == ErrorCode::too_large);
  CHECK(decode<OneList>(beyond.bytes()).error().code == ErrorCode::too_large);
}

TEST_CASE("a list that ends early is refused in the middle") {
  auto whole = encode(OneList{{1, 2, 3}});
  whole[0] = 25;  // claims 25 numbers, 24 bytes are left: refused at the claim
  CHECK(decode<OneList>(whole).error().code == ErrorCode::malformed);
  whole[0] = 4;  // within the bytes left, but the fourth number is not there
  CHECK(decode<OneList>(whole).error().code == ErrorCode::malformed);
}

TEST_CASE("a text that is not UTF-8 is refused with the offset") {
  const Bytes bad{3, 'a', 0xff, 'b'};
  auto decoded = decode<OneText>(bad);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().code == ErrorCode::not_utf8);
  CHECK(decoded.error().detail.find("byte 1") != std::string::npos);
}

TEST_CASE("flags and choices outside their range are refused") {
  CHECK_FALSE(decode<OneFlag>(Bytes{2}));
  CHECK(decode<OneFlag>(Bytes{1})->flag);
  CHECK_FALSE(decode<OneColour>(Bytes{0}));
  CHECK_FALSE(decode<OneColour>(Bytes{3}));
  CHECK(decode<OneColour>(Bytes{2})->colour == Colour::green);
}

TEST_CASE("a length that is not minimal is refused") {
  CHECK_FALSE(decode<OneBytes>(Bytes{0x81, 0x00, 0xaa}));
  CHECK(decode<OneBytes>(Bytes{0x01, 0xaa}));
}
