// What the tests of the text module share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "muistio/base/utf8.hpp"
#include "muistio/text/document.hpp"

namespace muistio::text::test {

inline AgentId agent(char name) {
  AgentId id;
  id.mutable_array()[0] = static_cast<std::uint8_t>(name);
  return id;
}

/// A file of ../shared, or nothing (and a line that says so).
inline std::optional<std::filesystem::path> shared(const std::string& name) {
  const char* folder = std::getenv("MUISTIO_SHARED");
  const auto path = std::filesystem::path(folder == nullptr ? "" : folder) / name;
  if (folder != nullptr && std::filesystem::exists(path)) return path;
  std::cout << "SKIPPED: " << name << " is not in the folder MUISTIO_SHARED\n";
  return std::nullopt;
}

/// `changes` made in `before`.
inline std::u32string with_changes(std::u32string before, const std::vector<Change>& changes) {
  for (const auto& change : changes) before.replace(change.position, change.removed, utf8_to_scalars(change.inserted).value());
  return before;
}

/// Some people who edit one text and now and then hear from each other. Every inserted scalar is unique.
class Group {
 public:
  Group(std::uint32_t seed, std::size_t people, bool clearing = true) : random_(seed), people_(people) {
    for (auto& person : people_) person.set_clearing(clearing);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      if (below(4) == 0 && people_.size() > 1) {
        hear(below(people_.size()), below(people_.size()));
      } else {
        edit(below(people_.size()));
      }
    }
  }

  void edit(std::size_t who) {
    auto& person = people_[who];
    const auto before = person.summary();
    const auto size = person.size_scalars();
    const auto id = agent(static_cast<char>('a' + who));
    if (size > 0 && below(3) == 0) {
      const auto position = below(size);
      const auto count = std::min<std::uint64_t>(1 + below(4), size - position);
      deleted += utf8_to_scalars(person.slice(position, count).value()).value();
      if (!person.erase(id, position, count)) std::abort();
    } else {
      std::u32string fresh(1 + below(5), U'?');
      for (auto& scalar : fresh) scalar = next_++;
      inserted += fresh;
      const bool backward = below(4) == 0;  // typed at one place, each before the last
      const auto position = below(size + 1);
      for (std::size_t i = 0; backward && i < fresh.size(); ++i) {
        if (!person.insert(id, position, scalars_to_utf8(fresh.substr(i, 1)))) std::abort();
      }
      if (!backward && !person.insert(id, position, scalars_to_utf8(fresh))) std::abort();
    }
    batches.push_back(person.encode_since(before));
    summaries.push_back(person.summary());
  }

  void hear(std::size_t from, std::size_t to) {
    if (!people_[to].apply(people_[from].encode_since(people_[to].summary()))) std::abort();
  }

  void hear_all() {
    for (int round = 0; round < 2; ++round) {
      for (std::size_t i = 0; i < people_.size(); ++i) {
        for (std::size_t j = 0; j < people_.size(); ++j) hear(i, j);
      }
    }
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  std::vector<Document>& people() { return people_; }

  std::u32string inserted, deleted;
  std::vector<Bytes> batches;            ///< One an edit, in the order they were made.
  std::vector<VersionVector> summaries;  ///< Of who made it, after each.

 private:
  std::mt19937 random_;
  std::vector<Document> people_;
  char32_t next_ = 0x3400;
};

}  // namespace muistio::text::test
