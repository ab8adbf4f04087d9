#include "muistio/base/utf8.hpp"

#include <catch2/catch.hpp>

using namespace muistio;

TEST_CASE("well-formed UTF-8 becomes scalar values and comes back") {
  const std::string text = "Kävi näin: \xE2\x82\xAC 12 \xF0\x9F\x93\x9D";
  auto scalars = utf8_to_scalars(text);
  REQUIRE(scalars);
  CHECK(scalars->size() == scalar_count(text));
  CHECK(scalars_to_utf8(*scalars) == text);
  CHECK_FALSE(first_invalid_utf8(text));
}

TEST_CASE("what is not UTF-8 is refused with the offset of the first bad byte") {
  using namespace std::string_view_literals;
  struct Case {
    std::string_view bytes;
    std::size_t at;
  };
  for (auto [bytes, at] : {Case{"ab\xff"sv, 2}, {"\xc0\xaf"sv, 0}, {"x\xed\xa0\x80"sv, 1}, {"\xf4\x90\x80\x80"sv, 0}, {"ok\xe2\x82"sv, 2}, {"\xe0\x9f\xbf"sv, 0}}) {
    CHECK(first_invalid_utf8(bytes) == at);
    auto refused = utf8_to_scalars(bytes);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::not_utf8);
    CHECK(refused.error().detail == "at byte " + std::to_string(at));
  }
}
