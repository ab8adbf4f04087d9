// mls-vectors over folders of our own: what it counts, and that nothing it cannot judge goes by as a success.
#include <catch2/catch.hpp>

#include "process.hpp"

using namespace muistio::test;

namespace {

constexpr const char* kTreeMath =
    R"([{"n_leaves": 1, "n_nodes": 1, "root": 0, "left": [null], "right": [null], "parent": [null], "sibling": [null]}])";

Ended run_on(const Folder& folder) { return run({program("mls-vectors"), folder.path().string()}); }

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  const auto begin = text.rfind('\n', end);
  return text.substr(begin + 1, end - begin);
}

}  // namespace

TEST_CASE("mls-vectors fails for vectors of a format that it does not know") {
  const Folder folder;
  write_all(folder / "tree-math.json", kTreeMath);
  CHECK(run_on(folder).status == 0);
  write_all(folder / "tree-maths.json", kTreeMath);
  const auto ended = run_on(folder);
  CHECK(ended.status == 1);
  CHECK(ended.err.find("tree-maths.json: vectors of no known format") != std::string::npos);
  CHECK(last_line(ended.out) == "1 passed, 1 failed, 0 skipped (vectors of other cipher suites: 0; files without vectors: 0)");
}

TEST_CASE("mls-vectors skips what holds no vectors and vectors of other suites, and says so") {
  const Folder folder;
  write_all(folder / "tree-math.json", kTreeMath);
  write_all(folder / "package.json", R"({"name": "no vectors"})");
  write_all(folder / "notes.json", "not JSON at all");
  write_all(folder / "key-schedule.json", R"([{"cipher_suite": 1}])");
  const auto ended = run_on(folder);
  CHECK(ended.status == 0);
  CHECK(ended.out.find("key-schedule.json: 0 passed, 0 failed, 1 skipped") != std::string::npos);
  CHECK(last_line(ended.out) == "1 passed, 0 failed, 3 skipped (vectors of other cipher suites: 1; files without vectors: 2)");
}

TEST_CASE("mls-vectors fails for a file of a known format that is broken, and a folder without files is wrong usage") {
  const Folder folder;
  CHECK(run_on(folder).status == 2);
  write_all(folder / "key-schedule.json", R"([{"cipher_suite": 1}])");
  write_all(folder / "tree-math.json", "[{");
  const auto ended = run_on(folder);
  CHECK(ended.status == 1);
  CHECK(last_line(ended.out) == "0 passed, 1 failed, 1 skipped (vectors of other cipher suites: 1; files without vectors: 0)");
}
