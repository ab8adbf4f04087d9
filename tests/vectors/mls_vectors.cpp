// mls-vectors DIR: runs every file of the MLS working group's vector formats in DIR, told by its name. Prints for each
// `FILE: N passed, N failed, N skipped` and at last the same over all files, with the reasons for what was skipped: vectors of
// another cipher suite, and files that hold no vectors at all. Vectors of a format that is not known here are a failure. Exit
// status: 0 only with no failure, 1 otherwise, 2 for wrong usage and where there is no file.
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
  int other_suites = 0;  // skipped: vectors
  int no_vectors = 0;    // skipped: files
};

/// A file of no known name: if it holds an array of objects, as every vector file does, its format is one that this program lacks.
Counts run_unknown(const fs::path& file) {
  std::ifstream in(file);
  const auto entries = Json::parse(in, nullptr, false);
  const bool has_vectors = entries.is_array() && !entries.empty() && entries.front().is_object();
  std::cerr << file.filename().string() << (has_vectors ? ": vectors of no known format\n" : ": no vectors\n");
  Counts counts;
  (has_vectors ? counts.failed : counts.no_vectors) = 1;
  return counts;
}

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
        ++counts.other_suites;
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
    const auto counts = format ? run(*format, file) : run_unknown(file);
    std::cout << file.filename().string() << ": " << counts.passed << " passed, " << counts.failed << " failed, "
              << counts.other_suites + counts.no_vectors << " skipped\n";
    all.passed += counts.passed;
    all.failed += counts.failed;
    all.other_suites += counts.other_suites;
    all.no_vectors += counts.no_vectors;
  }
  std::cout << all.passed << " passed, " << all.failed << " failed, " << all.other_suites + all.no_vectors
            << " skipped (vectors of other cipher suites: " << all.other_suites << "; files without vectors: " << all.no_vectors
            << ")\n";
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
