// mls-vectors DIR: runs every file of the MLS working group's vector formats in DIR, told by its name. Prints for each
// `FILE: N passed, N failed, N not applicable` and at last `N passed, N failed`; exit 0 only with no failure, 2 for wrong usage.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <vector>

#include "muistio/crypto/initialise.hpp"
#include "vectors.hpp"

namespace muistio::vectors {
namespace {
namespace fs = std::filesystem;

struct Format {
  void (*check)(const Json&);
  bool any_suite;  // needs nothing of the cipher suite but SHA-256, if that
};

const Format* format_of(const std::string& name) {
  static const std::map<std::string, Format> formats{
      {"tree-math", {check_tree_math, true}},
      {"tree-operations", {check_tree_operations, true}},
      {"tree-validation", {check_tree_validation, false}},
      {"treekem", {check_treekem, false}},
      {"crypto-basics", {check_crypto_basics, false}},
      {"key-schedule", {check_key_schedule, false}},
      {"psk_secret", {check_psk_secret, false}},
      {"secret-tree", {check_secret_tree, false}},
      {"transcript-hashes", {check_transcript_hashes, false}},
      {"message-protection", {check_message_protection, false}},
      {"messages", {check_messages, true}},
      {"deserialization", {check_deserialization, true}},
      {"welcome", {check_welcome, false}},
  };
  static const Format passive{check_passive_client, false};
  if (name.starts_with("passive-client-") || name.starts_with("interop-")) return &passive;
  const auto found = formats.find(name);
  return found == formats.end() ? nullptr : &found->second;
}

struct Counts {
  int passed = 0;
  int failed = 0;
  int not_applicable = 0;
};

Counts run(const Format& format, const fs::path& file) {
  Counts counts;
  Json entries;
  try {
    std::ifstream in(file);
    entries = Json::parse(in);
    require(entries.is_array() && !entries.empty(), "not an array of vectors");
  } catch (const std::exception& problem) {
    std::cerr << file.filename().string() << ": " << problem.what() << '\n';
    counts.failed = 1;
    return counts;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    try {
      if (!format.any_suite && entry.at("cipher_suite").get<int>() != static_cast<int>(mls::kCipherSuite)) {
        ++counts.not_applicable;
        continue;
      }
      format.check(entry);
      ++counts.passed;
    } catch (const std::exception& problem) {
      ++counts.failed;
      std::cerr << file.filename().string() << '[' << i << "]: " << problem.what() << '\n';
    }
  }
  return counts;
}

int run_all(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(directory, problem))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  if (problem || files.empty()) {
    std::cerr << "no vectors in " << directory.string() << '\n';
    return 2;
  }
  std::sort(files.begin(), files.end());
  Counts all;
  for (const auto& file : files) {
    const auto* format = format_of(file.stem().string());
    if (!format) {
      std::cerr << file.filename().string() << ": no known format\n";
      continue;
    }
    const auto counts = run(*format, file);
    std::cout << file.filename().string() << ": " << counts.passed << " passed, " << counts.failed << " failed, "
              << counts.not_applicable << " not applicable\n";
    all.passed += counts.passed;
    all.failed += counts.failed;
  }
  std::cout << all.passed << " passed, " << all.failed << " failed\n";
  return all.failed == 0 ? 0 : 1;
}
}  // namespace
}  // namespace muistio::vectors

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: mls-vectors DIR\n";
    return 2;
  }
  muistio::crypto::initialise();
  return muistio::vectors::run_all(argv[1]);
}
