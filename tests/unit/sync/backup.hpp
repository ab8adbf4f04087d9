// A home's files, copied and put back.
#pragma once

#include <map>

#include "support.hpp"

namespace muistio::sync::test {

/// The files of a home as they are on its disk now.
inline std::map<std::string, Bytes> copy_of(Home& home) {
  home.stop();
  std::map<std::string, Bytes> files;
  for (const auto& file : home.disk.files()) files[file] = home.disk.contents(file).value();
  REQUIRE(home.start().has_value());
  return files;
}

inline void put_back(Home& home, const std::map<std::string, Bytes>& files) {
  home.stop();
  for (const auto& file : home.disk.files()) home.disk.remove(file);
  for (const auto& [name, bytes] : files) home.disk.set_contents(name, bytes);
  REQUIRE(home.start().has_value());
}

}  // namespace muistio::sync::test
