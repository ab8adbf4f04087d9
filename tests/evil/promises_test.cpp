// The threat model names the test that shows each promise: each of them is there.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "process.hpp"

using namespace muistio::test;

namespace {

std::filesystem::path docs() {
  const char* folder = std::getenv("MUISTIO_DOCS");
  REQUIRE(folder != nullptr);
  return folder;
}

/// The names of all Catch2 tests in the sources.
std::set<std::string> all_tests() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(docs().parent_path() / "tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const auto text = read_all(entry.path());
    for (std::size_t at = text.find("TEST_CASE("); at != std::string::npos; at = text.find("TEST_CASE(", at + 1)) {
      const auto begin = text.find('"', at) + 1;
      names.insert(text.substr(begin, text.find('"', begin) - begin));
    }
  }
  return names;
}

}  // namespace

TEST_CASE("Every test that the threat model names exists, and every promise names one") {
  const auto tests = all_tests();
  const auto model = read_all(docs() / "threat-model.md");
  const auto from = model.find("## What is promised");
  const auto to = model.find("## What is not promised");
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  std::size_t promises = 0, named = 0;
  std::size_t at = from;
  while (at < to) {
    const auto end = model.find('\n', at);
    const auto line = model.substr(at, end - at);
    at = end + 1;
    if (line.rfind("| ", 0) != 0 || line.rfind("| promise", 0) == 0 || line.rfind("| ---", 0) == 0) continue;
    ++promises;
    // The last column names tests in “…” and other checks in `…`.
    const auto shown_by = line.substr(line.rfind("| ", line.size() - 3));
    INFO(line);
    const std::string open = "“", close = "”";
    bool names_one = shown_by.find('`') != std::string::npos;
    for (std::size_t q = shown_by.find(open); q != std::string::npos; q = shown_by.find(open, q + 1)) {
      const auto begin = q + open.size();
      const auto name = shown_by.substr(begin, shown_by.find(close, begin) - begin);
      INFO(name);
      CHECK(tests.count(name) == 1);
      names_one = true;
      ++named;
    }
    CHECK(names_one);
  }
  CHECK(promises >= 10);
  CHECK(named >= 20);
}
