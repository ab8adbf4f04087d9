#include <algorithm>
#include <map>

#include "muistio/forming/clubs.hpp"
#include "muistio/forming/table.hpp"
#include "search.hpp"

namespace muistio::forming {
namespace {

constexpr std::int64_t kLeavingCost =
    3'000'000;  // more than a person gains by any move, less than what any rule costs (search.cpp)
constexpr std::size_t kStepsPerUnit = 4000, kStepsMax = 1'500'000;

/// Who takes part at all: they have the time, or a person placed them nevertheless.
std::vector<std::size_t> taking_part(const std::vector<Application>& applications, const Proposal* edited) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < applications.size(); ++i)
    if (applications[i].has_time || (edited != nullptr && edited->placements[i].pinned)) found.push_back(i);
  return found;
}

std::vector<Unit> units_of(const std::vector<Person>& persons, const std::vector<std::size_t>& part, const Rules& rules) {
  std::vector<Unit> units;
  std::map<std::string, std::size_t> companies;
  for (const auto each : part) {
    const auto& company = persons[each].company;
    if (rules.same_company == SameCompany::together && !company.empty()) {
      if (const auto [at, is_new] = companies.emplace(company, units.size()); !is_new) {
        units[at->second].push_back(each);
        continue;
      }
    }
    units.push_back({each});
  }
  return units;
}

struct Setting {
  std::vector<Person> persons;
  std::vector<Unit> units;
  Board board;
};

Result<std::size_t> club_count(std::size_t persons, const Rules& rules) {
  if (rules.size_min < 1 || rules.size_min > rules.size_max || rules.size_max > kRowsMax)
    return fail(ErrorCode::invalid_argument, "the least size of a club is not above the greatest, and not 0");
  const auto middle = std::max<std::size_t>(1, (rules.size_min + rules.size_max) / 2);
  const auto fewest = (persons + rules.size_max - 1) / rules.size_max, most = persons / rules.size_min;
  const auto bounds = std::to_string(rules.size_min) + " to " + std::to_string(rules.size_max);
  if (fewest > most || most == 0)
    return fail(ErrorCode::invalid_argument, std::to_string(persons) + " people do not make clubs of " + bounds);
  const auto count = rules.clubs != 0 ? rules.clubs : std::clamp<std::size_t>((persons + middle / 2) / middle, fewest, most);
  if (count < fewest || count > most)
    return fail(ErrorCode::invalid_argument, std::to_string(persons) + " people do not make " + std::to_string(count) +
                                                 " clubs of " + bounds + ", but " + std::to_string(fewest) + " to " +
                                                 std::to_string(most));
  return count;
}

Result<Setting> setting_of(const std::vector<Application>& applications, const Rules& rules, const Proposal* edited) {
  if (applications.size() > kRowsMax) return fail(ErrorCode::too_large, "at most " + std::to_string(kRowsMax) + " applications");
  Setting setting;
  setting.persons = persons_of(applications);
  const auto part = taking_part(applications, edited);
  auto clubs = edited == nullptr ? std::size_t{0} : edited->clubs.size();
  if (edited == nullptr) {
    MUISTIO_TRY(clubs, club_count(part.size(), rules));
  }
  setting.units = units_of(setting.persons, part, rules);
  std::vector<bool> would_host;
  for (const auto& each : applications) would_host.push_back(each.would_host);
  setting.board = board_of(setting.persons, setting.units, rules, clubs, would_host);
  return setting;
}

Proposal proposal_of(const std::vector<Application>& applications, const Rules& rules, const Setting& setting,
                     const std::vector<std::size_t>& club_of) {
  Proposal proposal;
  for (std::size_t c = 0; c < setting.board.clubs; ++c) proposal.clubs.push_back(rules.club_name + " " + std::to_string(c + 1));
  proposal.placements.resize(applications.size());
  for (std::size_t u = 0; u < setting.units.size(); ++u)
    for (const auto each : setting.units[u])
      if (club_of[u] < setting.board.clubs) proposal.placements[each].club = club_of[u];
  return proposal;
}

/// Clubs are numbered by their first application, so that equal clubs have equal names however they were found.
std::vector<std::size_t> numbered(const Setting& setting, const std::vector<std::size_t>& club_of) {
  std::map<std::size_t, std::size_t> number;
  auto found = club_of;
  for (auto& club : found)
    if (club < setting.board.clubs) club = number.emplace(club, number.size()).first->second;
  return found;
}

/// One host a club: who is set stays, else the first who would.
void choose_hosts(const std::vector<Application>& applications, const Rules& rules, Proposal& proposal) {
  if (!rules.host_is_member) return;
  std::vector<bool> has_host(proposal.clubs.size());
  for (const auto& each : proposal.placements)
    if (each.club && each.host) has_host[*each.club] = true;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    auto& each = proposal.placements[i];
    if (!each.club || has_host[*each.club] || !applications[i].would_host) continue;
    each.host = has_host[*each.club] = true;
  }
}

std::vector<std::size_t> dealt(const Setting& setting, Dice* dice) {
  std::vector<std::size_t> order(setting.units.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (dice != nullptr)
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[dice->below(i)]);
  std::vector<int> sizes(setting.board.clubs);
  std::vector<std::size_t> club_of(order.size());
  for (const auto u : order) {
    const auto smallest = std::min_element(sizes.begin(), sizes.end());
    club_of[u] = static_cast<std::size_t>(smallest - sizes.begin());
    *smallest += setting.board.sizes[u];
  }
  return club_of;
}

}  // namespace

Result<Proposal> form_clubs(const std::vector<Application>& applications, const Rules& rules, std::uint64_t seed) {
  MUISTIO_TRY(auto setting, setting_of(applications, rules, nullptr));
  Dice dice(seed);
  const std::vector<bool> fixed(setting.units.size());
  const auto steps = std::min(kStepsMax, kStepsPerUnit * setting.units.size());
  const auto found = wander(Seats(setting.board, dealt(setting, &dice)), setting.board, fixed, dice, steps);
  auto proposal = proposal_of(applications, rules, setting, numbered(setting, found.club_of()));
  choose_hosts(applications, rules, proposal);
  return proposal;
}

Result<Proposal> form_again(const std::vector<Application>& applications, const Rules& rules, const Proposal& edited,
                            std::uint64_t seed) {
  if (edited.placements.size() != applications.size() || edited.clubs.empty())
    return fail(ErrorCode::invalid_argument, "the proposal is not of these applications");
  MUISTIO_TRY(auto setting, setting_of(applications, rules, &edited));
  const auto& board = setting.board;
  std::vector<std::size_t> club_of, home;
  std::vector<bool> fixed;
  for (const auto& unit : setting.units) {
    // Those who come together go where the pinned one among them is, else where the first is.
    const auto pinned = std::find_if(unit.begin(), unit.end(), [&](auto each) { return edited.placements[each].pinned; });
    const auto& placed = edited.placements[pinned == unit.end() ? unit.front() : *pinned];
    club_of.push_back(placed.club.value_or(board.clubs));
    home.push_back(placed.club ? *placed.club : board.clubs + 1);
    fixed.push_back(pinned != unit.end());
  }
  Seats seats(board, club_of);
  seats.remember(home, kLeavingCost);
  climb(seats, board, fixed);
  if (!seats.is_sound()) {
    Dice dice(seed);
    auto wandered = wander(seats, board, fixed, dice, std::min(kStepsMax, kStepsPerUnit * setting.units.size()));
    if (wandered.worth() > seats.worth())
      club_of = wandered.club_of();
    else
      club_of = seats.club_of();
  } else {
    club_of = seats.club_of();
  }
  auto proposal = proposal_of(applications, rules, setting, club_of);
  proposal.clubs = edited.clubs;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    proposal.placements[i].pinned = edited.placements[i].pinned;
    proposal.placements[i].host = edited.placements[i].host && proposal.placements[i].club == edited.placements[i].club;
  }
  choose_hosts(applications, rules, proposal);
  return proposal;
}

Result<Proposal> form_at_random(const std::vector<Application>& applications, const Rules& rules, std::uint64_t seed) {
  MUISTIO_TRY(auto setting, setting_of(applications, rules, nullptr));
  Dice dice(seed);
  return proposal_of(applications, rules, setting, dealt(setting, &dice));
}

Result<Proposal> form_greedily(const std::vector<Application>& applications, const Rules& rules) {
  MUISTIO_TRY(auto setting, setting_of(applications, rules, nullptr));
  const auto& board = setting.board;
  std::size_t persons = 0;
  for (const auto size : board.sizes) persons += static_cast<std::size_t>(size);
  const auto even = (persons + board.clubs - 1) / board.clubs;
  std::vector<std::size_t> club_of(board.units, board.clubs);
  std::vector<std::vector<std::size_t>> clubs(board.clubs);
  std::vector<std::size_t> sizes(board.clubs);
  for (std::size_t u = 0; u < board.units; ++u) {
    std::optional<std::size_t> best;
    std::int64_t best_mean = -1;
    for (std::size_t c = 0; c < board.clubs; ++c) {
      if (sizes[c] + static_cast<std::size_t>(board.sizes[u]) > even) continue;
      std::int64_t alike = 0;
      bool clashes = false;
      for (const auto v : clubs[c]) {
        alike += board.affinity[u * board.units + v];
        clashes = clashes || board.clashes[u * board.units + v] != 0;
      }
      const auto mean = clubs[c].empty() ? 500 : alike / static_cast<std::int64_t>(clubs[c].size());
      if (clashes || mean <= best_mean) continue;
      best = c;
      best_mean = mean;
    }
    if (!best) continue;
    club_of[u] = *best;
    clubs[*best].push_back(u);
    sizes[*best] += static_cast<std::size_t>(board.sizes[u]);
  }
  return proposal_of(applications, rules, setting, club_of);
}

}  // namespace muistio::forming
