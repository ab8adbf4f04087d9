// Reads the worked examples of docs/formats.md and docs/formats/*.md: fenced blocks that open with "```hex NAME".
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "muistio/base/hex.hpp"

namespace muistio::test {

/// The bytes of the example `name`. White space is passed over and `#` starts a comment to the end of its line.
/// Throws when there is no such example or it is not hexadecimal: a test's own fault.
inline Bytes format_example(const std::string& name) {
  const char* docs = std::getenv("MUISTIO_DOCS");
  if (docs == nullptr) throw std::runtime_error("MUISTIO_DOCS is not set");
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(docs))
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream in(file);
    std::string line;
    while (std::getline(in, line)) {
      if (line != "```hex " + name) continue;
      std::string digits;
      while (std::getline(in, line) && line != "```") {
        for (char c : line.substr(0, line.find('#')))
          if (!std::isspace(static_cast<unsigned char>(c))) digits.push_back(c);
      }
      auto bytes = from_hex(digits);
      if (!bytes) throw std::runtime_error("example " + name + ": " + bytes.error().message());
      return *bytes;
    }
  }
  throw std::runtime_error("no example " + name + " in docs");
}

}  // namespace muistio::test
