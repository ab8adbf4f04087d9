#include "rules.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace muistio::mls::test {
namespace {
std::vector<Rule>& registered() {
  static std::vector<Rule> rules;
  return rules;
}

// "12.4.3.1" in the order of the RFC, not of the alphabet.
std::vector<int> numbers(const std::string& section) {
  std::vector<int> found;
  std::istringstream in(section);
  for (std::string part; std::getline(in, part, '.');) found.push_back(std::stoi(part));
  return found;
}

std::string table() {
  const auto rules = all_rules();
  std::ostringstream out;
  out << "# Validation rules of RFC 9420 and their tests\n\n"
         "Made by `test-mls-negative` from the tests themselves; a test fails when this page and they differ, and\n"
         "`MUISTIO_WRITE=1 test-mls-negative \"[table]\"` writes it anew. Each row is one test in `tests/unit/mls/negative/`, part "
         "`mls`: what keeps\n"
         "the rule is accepted, then exactly one thing is made wrong, everything that depends on it is signed, encrypted and MACed "
         "again,\n"
         "the error named here is returned, and what keeps the rule is accepted still.\n\n"
      << rules.size()
      << " rules.\n\n"
         "| RFC 9420 | refused, with | what is wrong: the test's name | file |\n"
         "| --- | --- | --- | --- |\n";
  for (const auto& rule : rules)
    out << "| §" << rule.section << " | `" << error_name(rule.code) << "` | " << rule.sentence << " | `" << rule.file << "` |\n";
  return out.str();
}
}  // namespace

void register_rule(Rule rule) {
  rule.file = std::filesystem::path(rule.file).filename().string();
  registered().push_back(std::move(rule));
}

std::vector<Rule> all_rules() {
  auto rules = registered();
  std::sort(rules.begin(), rules.end(), [](const Rule& one, const Rule& other) {
    return std::tuple(numbers(one.section), one.file, one.sentence) <
           std::tuple(numbers(other.section), other.file, other.sentence);
  });
  return rules;
}

TEST_CASE("docs/mls-validation.md lists exactly the rules that these tests hold", "[table]") {
  const char* docs = std::getenv("MUISTIO_DOCS");
  REQUIRE(docs != nullptr);
  const auto path = std::filesystem::path(docs) / "mls-validation.md";
  if (std::getenv("MUISTIO_WRITE")) std::ofstream(path, std::ios::binary) << table();
  std::ifstream in(path, std::ios::binary);
  const bool as_the_tests_say = std::string(std::istreambuf_iterator<char>(in), {}) == table();
  REQUIRE(as_the_tests_say);
}

TEST_CASE("every section of RFC 9420 that tells a receiver to check something has a rule here", "[table]") {
  std::set<std::string> covered;
  for (const auto& rule : all_rules()) covered.insert(rule.section);
  for (const char* section :
       {"2.1.1",  "2.1.2",  "6",      "6.1",    "6.2",  "6.3.1", "6.3.2",  "7.2",    "7.3",      "7.5",      "7.6",      "7.8",
        "7.9.2",  "8.4",    "9.1",    "10",     "10.1", "11.1",  "11.2",   "12.1",   "12.1.1",   "12.1.2",   "12.1.3",   "12.1.4",
        "12.1.5", "12.1.6", "12.1.7", "12.1.8", "12.2", "12.4",  "12.4.2", "12.4.3", "12.4.3.1", "12.4.3.2", "12.4.3.3", "13.4"}) {
    INFO(section);
    REQUIRE(covered.contains(section));
  }
}

}  // namespace muistio::mls::test
