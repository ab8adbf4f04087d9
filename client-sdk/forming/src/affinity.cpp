#include "affinity.hpp"

#include <algorithm>
#include <cmath>

#include "muistio/forming/table.hpp"

namespace muistio::forming {
namespace {

// What counts how much, of 1000. Online the way counts nothing and the others take its share.
constexpr int kTopics = 300, kGoals = 150, kLevel = 150, kWay = 400;
constexpr int kFar = 200;      // kilometres from which on a way is as bad as any
constexpr int kUnknown = 500;  // where nothing is known of one of the two

std::vector<std::string> folded_list(const std::vector<std::string>& list) {
  std::vector<std::string> found;
  for (const auto& each : list) {
    auto word = folded(each);
    if (std::find(found.begin(), found.end(), word) == found.end()) found.push_back(std::move(word));
  }
  return found;
}

std::vector<std::string> company_list(const std::vector<std::string>& list) {
  std::vector<std::string> found;
  for (const auto& each : list) found.push_back(company_key(each));
  return found;
}

/// The first wish weighs most: 60, 40, 30, 24, …
int weight(std::size_t rank) { return 120 / (static_cast<int>(rank) + 2); }

/// The shared weight of two ordered lists in the whole of it, of 1000. Unordered: every entry weighs the same.
int overlap(const std::vector<std::string>& a, const std::vector<std::string>& b, bool ordered) {
  if (a.empty() || b.empty()) return 0;
  int shared = 0, whole = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int own = ordered ? weight(i) : 1;
    const auto at = std::find(b.begin(), b.end(), a[i]);
    const int other = at == b.end() ? 0 : ordered ? weight(static_cast<std::size_t>(at - b.begin())) : 1;
    shared += std::min(own, other);
    whole += std::max(own, other);
  }
  for (std::size_t i = 0; i < b.size(); ++i)
    if (std::find(a.begin(), a.end(), b[i]) == a.end()) whole += ordered ? weight(i) : 1;
  return 1000 * shared / whole;
}

bool has(const std::vector<std::string>& list, const std::string& word) {
  return !word.empty() && std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::vector<Person> persons_of(const std::vector<Application>& applications) {
  std::vector<Person> persons;
  for (const auto& each : applications)
    persons.push_back({folded_list(each.goals), folded_list(each.topics), company_list(each.avoid), company_list(each.competitors),
                       company_key(each.company), folded(each.trade), folded(each.region), spot_of(each.region), each.level,
                       each.part});
  return persons;
}

std::optional<int> way(const Person& a, const Person& b) {
  if (!a.region.empty() && a.region == b.region) return 0;
  if (!a.spot || !b.spot) return std::nullopt;
  return static_cast<int>(std::lround(kilometres(*a.spot, *b.spot)));
}

int affinity(const Person& a, const Person& b, bool online) {
  const int levels = a.level && b.level ? 1000 - 250 * std::abs(*a.level - *b.level) : kUnknown;
  const int alike = kTopics * overlap(a.topics, b.topics, true) + kGoals * overlap(a.goals, b.goals, false) + kLevel * levels;
  if (online) return alike / (1000 - kWay);
  const auto far = way(a, b);
  const int near = far ? 1000 - 1000 * std::min(*far, kFar) / kFar : a.region.empty() || b.region.empty() ? kUnknown : 0;
  return (alike + kWay * near) / 1000;
}

Clash clash(const Person& a, const Person& b, const Rules& rules) {
  const bool one_company = !a.company.empty() && a.company == b.company;
  if (!one_company && has(a.avoid, b.company)) return Clash::first_avoids;
  if (!one_company && has(b.avoid, a.company)) return Clash::second_avoids;
  if (one_company && rules.same_company == SameCompany::apart) return Clash::same_company;
  if (!one_company && rules.competitors_apart &&
      ((!a.trade.empty() && a.trade == b.trade) || has(a.competitors, b.company) || has(b.competitors, a.company)))
    return Clash::competitors;
  if (a.part != b.part && a.part != PartOfDay::either && b.part != PartOfDay::either) return Clash::part_of_day;
  return Clash::none;
}

}  // namespace muistio::forming
