// How well two applications fit, and whether they may sit together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "muistio/forming/clubs.hpp"

namespace muistio::forming {

/// An application with everything compared already folded.
struct Person {
  std::vector<std::string> goals, topics, avoid, competitors;
  std::string company, trade, region;
  std::optional<Spot> spot;
  std::optional<int> level;
  PartOfDay part = PartOfDay::either;
};

std::vector<Person> persons_of(const std::vector<Application>& applications);

/// 0 (nothing in common) to 1000.
int affinity(const Person& a, const Person& b, bool online);

enum class Clash : std::uint8_t { none, competitors, first_avoids, second_avoids, same_company, part_of_day };
Clash clash(const Person& a, const Person& b, const Rules& rules);

/// Kilometres between two; nothing where a place is not known and the regions are not the same.
std::optional<int> way(const Person& a, const Person& b);

}  // namespace muistio::forming
