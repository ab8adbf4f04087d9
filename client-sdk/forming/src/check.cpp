#include <algorithm>

#include "affinity.hpp"
#include "muistio/forming/clubs.hpp"

namespace muistio::forming {
namespace {

using Kind = Flag::Kind;

std::vector<std::vector<std::size_t>> members_of(const Proposal& proposal) {
  std::vector<std::vector<std::size_t>> clubs(proposal.clubs.size());
  for (std::size_t i = 0; i < proposal.placements.size(); ++i)
    if (const auto club = proposal.placements[i].club; club && *club < clubs.size()) clubs[*club].push_back(i);
  return clubs;
}

std::optional<Flag> flag_of(Clash clash, const Application& a, const Application& b, const std::string& club) {
  switch (clash) {
    case Clash::none:
      return std::nullopt;
    case Clash::competitors:
      return Flag{Kind::competitors, club, a.id, b.id, 0};
    case Clash::first_avoids:
      return Flag{Kind::avoids, club, a.id, b.id, 0};
    case Clash::second_avoids:
      return Flag{Kind::avoids, club, b.id, a.id, 0};
    case Clash::same_company:
      return Flag{Kind::same_company, club, a.id, b.id, 0};
    case Clash::part_of_day:
      return Flag{Kind::part_of_day, club, a.id, b.id, 0};
  }
  return std::nullopt;
}

}  // namespace

Score score(const std::vector<Application>& applications, const Rules& rules, const Proposal& proposal) {
  const auto persons = persons_of(applications);
  Score found;
  std::int64_t alike = 0;
  std::size_t placed = 0;
  for (const auto& club : members_of(proposal)) {
    placed += club.size();
    if (club.size() < rules.size_min) found.out_of_bounds += rules.size_min - club.size();
    if (club.size() > rules.size_max) found.out_of_bounds += club.size() - rules.size_max;
    std::int64_t pairs = 0;
    for (std::size_t i = 0; i < club.size(); ++i)
      for (std::size_t j = i + 1; j < club.size(); ++j) {
        pairs += affinity(persons[club[i]], persons[club[j]], rules.online);
        if (clash(persons[club[i]], persons[club[j]], rules) != Clash::none) found.conflicts++;
      }
    if (club.size() > 1) alike += 2 * pairs / static_cast<std::int64_t>(club.size() - 1);
  }
  if (placed != 0) found.alike_permille = static_cast<int>(alike / static_cast<std::int64_t>(placed));
  for (std::size_t i = 0; i < proposal.placements.size(); ++i)
    if (!proposal.placements[i].club && applications[i].has_time) found.unplaced++;
  return found;
}

std::vector<Flag> check(const std::vector<Application>& applications, const Rules& rules, const Proposal& proposal) {
  const auto persons = persons_of(applications);
  std::vector<Flag> flags;
  const auto clubs = members_of(proposal);
  for (std::size_t c = 0; c < clubs.size(); ++c) {
    const auto& name = proposal.clubs[c];
    if (clubs[c].size() < rules.size_min) flags.push_back({Kind::too_small, name, std::to_string(clubs[c].size()), {}, 0});
    if (clubs[c].size() > rules.size_max) flags.push_back({Kind::too_large, name, std::to_string(clubs[c].size()), {}, 0});
    for (std::size_t i = 0; i < clubs[c].size(); ++i)
      for (std::size_t j = i + 1; j < clubs[c].size(); ++j) {
        const auto a = clubs[c][i], b = clubs[c][j];
        if (auto flag = flag_of(clash(persons[a], persons[b], rules), applications[a], applications[b], name))
          flags.push_back(std::move(*flag));
      }
    if (rules.host_is_member &&
        std::none_of(clubs[c].begin(), clubs[c].end(), [&](auto each) { return proposal.placements[each].host; }))
      flags.push_back({Kind::no_host, name, {}, {}, 0});
  }
  for (std::size_t i = 0; i < applications.size(); ++i)
    if (!proposal.placements[i].club) flags.push_back({Kind::unplaced, {}, applications[i].id, {}, 0});
  return flags;
}

}  // namespace muistio::forming
