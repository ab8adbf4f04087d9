// The worked examples of docs/formats/text.md are what the module writes and reads.
#include <catch2/catch.hpp>

#include "format_examples.hpp"
#include "text_support.hpp"

namespace muistio::text::test {

TEST_CASE("The examples of docs/formats/text.md are written and read byte by byte") {
  const auto first = muistio::test::format_example("text-batch-first");
  const auto second = muistio::test::format_example("text-batch-second");
  Document one;
  REQUIRE(one.insert(agent('a'), 0, "moi"));
  auto two = one;
  REQUIRE(one.erase(agent('a'), 1, 1));
  REQUIRE(one.insert(agent('a'), 1, "ä"));
  CHECK(to_hex(one.encode_since({})) == to_hex(first));
  REQUIRE(two.insert(agent('b'), 3, "!"));
  REQUIRE(two.apply(first));
  CHECK(two.text() == "mäi!");
  REQUIRE(two.erase(agent('b'), 3, 1));
  REQUIRE(two.erase(agent('b'), 2, 1));
  CHECK(to_hex(two.encode_since({{agent('a'), 5}})) == to_hex(second));

  Document read;
  REQUIRE(read.apply(first));
  REQUIRE(read.apply(second));
  CHECK(read.text() == "mä");
  REQUIRE(read.redact(std::vector<EditRange>{{{agent('a'), 0}, 2}}));
  const auto whole = muistio::test::format_example("text-document");
  CHECK(to_hex(read.encode()) == to_hex(whole));
  // The form before, a settled history, and one that is settled in part.
  const auto old_form = muistio::test::format_example("text-document-1");
  const auto settled = muistio::test::format_example("text-document-settled");
  for (const auto& bytes : {whole, old_form, settled}) {
    const auto opened = Document::decode(bytes);
    REQUIRE(opened);
    CHECK(opened->text() == "ä");
    CHECK(opened->version() == Version{{agent('b'), 2}});
    CHECK(opened->verify());
    CHECK(opened->edit_count() == 8);
  }
  read.settle();
  CHECK(to_hex(read.encode()) == to_hex(settled));
}

}  // namespace muistio::text::test
