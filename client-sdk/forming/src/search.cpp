#include "search.hpp"

#include <algorithm>

namespace muistio::forming {
namespace {

// In millionths of one person's likeness. A clash is worse than a club out of bounds, that is worse than a person without a place.
constexpr std::int64_t kPerson = 1000;  // likeness of 1000 permille counts 1,000,000
constexpr std::int64_t kClashCost = 50'000'000;
constexpr std::int64_t kBoundCost = 30'000'000;
constexpr std::int64_t kUnplacedCost = 10'000'000;
constexpr std::int64_t kNoHostCost = 5'000'000;
constexpr std::int64_t kWarmest = 600'000;  // the loss that the wandering bears at first
constexpr int kRoundsMax = 50;

}  // namespace

Board board_of(const std::vector<Person>& persons, const std::vector<Unit>& units, const Rules& rules, std::size_t clubs,
               const std::vector<bool>& would_host) {
  Board board;
  board.units = units.size();
  board.clubs = clubs;
  board.size_min = rules.size_min;
  board.size_max = rules.size_max;
  board.affinity.resize(units.size() * units.size());
  board.clashes.resize(units.size() * units.size());
  for (std::size_t u = 0; u < units.size(); ++u) {
    board.sizes.push_back(static_cast<int>(units[u].size()));
    std::int64_t inner = 0;
    for (std::size_t i = 0; i < units[u].size(); ++i)
      for (std::size_t j = i + 1; j < units[u].size(); ++j)
        inner += affinity(persons[units[u][i]], persons[units[u][j]], rules.online);
    board.inner.push_back(inner);
    if (rules.host_is_member)
      board.hosts.push_back(
          static_cast<int>(std::count_if(units[u].begin(), units[u].end(), [&](auto each) { return would_host[each]; })));
    for (std::size_t v = u + 1; v < units.size(); ++v) {
      std::int32_t alike = 0, clashes = 0;
      for (const auto a : units[u])
        for (const auto b : units[v]) {
          alike += affinity(persons[a], persons[b], rules.online);
          clashes += clash(persons[a], persons[b], rules) == Clash::none ? 0 : 1;
        }
      board.affinity[u * board.units + v] = board.affinity[v * board.units + u] = alike;
      board.clashes[u * board.units + v] = board.clashes[v * board.units + u] = clashes;
    }
  }
  return board;
}

Seats::Seats(const Board& board, std::vector<std::size_t> club_of)
    : board_(board),
      club_of_(std::move(club_of)),
      clubs_(board.clubs + 1),
      likes_(board.units * (board.clubs + 1)),
      dislikes_(likes_.size()) {
  const auto width = board_.clubs + 1;
  for (std::size_t u = 0; u < board_.units; ++u)
    for (std::size_t v = 0; v < board_.units; ++v) {
      likes_[u * width + club_of_[v]] += board_.affinity[u * board_.units + v];
      dislikes_[u * width + club_of_[v]] += board_.clashes[u * board_.units + v];
    }
  std::vector<std::int64_t> pairs(width), clashes(width);
  for (std::size_t u = 0; u < board_.units; ++u) {
    const auto at = club_of_[u];
    clubs_[at].size += board_.sizes[u];
    clubs_[at].hosts += hosts_in(u);
    clubs_[at].pairs += board_.inner[u];
    pairs[at] += likes_[u * width + at];
    clashes[at] += dislikes_[u * width + at];
  }
  for (std::size_t c = 0; c < width; ++c) {
    clubs_[c].pairs += pairs[c] / 2;
    clubs_[c].clashes = clashes[c] / 2;
    worth_ += worth_of(clubs_[c], c);
  }
}

void Seats::remember(std::vector<std::size_t> home, std::int64_t cost) {
  home_ = std::move(home);
  leaving_ = cost;
  for (std::size_t u = 0; u < board_.units; ++u) worth_ -= home_cost(u, club_of_[u]);
}

std::int64_t Seats::home_cost(std::size_t unit, std::size_t at) const {
  return home_.empty() || home_[unit] > board_.clubs || home_[unit] == at ? 0 : leaving_ * board_.sizes[unit];
}

bool Seats::is_sound() const noexcept {
  if (clubs_[board_.clubs].size != 0) return false;
  return std::all_of(clubs_.begin(), clubs_.end() - 1, [&](const Club& club) {
    return club.clashes == 0 && club.size >= static_cast<int>(board_.size_min) && club.size <= static_cast<int>(board_.size_max);
  });
}

std::int64_t Seats::worth_of(const Club& club, std::size_t number) const {
  if (number == board_.clubs) return -kUnplacedCost * club.size;
  const auto out = std::max({0, static_cast<int>(board_.size_min) - club.size, club.size - static_cast<int>(board_.size_max)});
  const auto alike = club.size < 2 ? 0 : 2 * club.pairs * kPerson / (club.size - 1);
  return alike - (club.hosts == 0 ? kNoHostCost : 0) - kBoundCost * out - kClashCost * club.clashes;
}

Seats::Club Seats::without(std::size_t number, std::size_t unit) const {
  auto club = clubs_[number];
  const auto at = unit * (board_.clubs + 1) + number;
  club.size -= board_.sizes[unit];
  club.hosts -= hosts_in(unit);
  club.pairs -= likes_[at] + board_.inner[unit];
  club.clashes -= dislikes_[at];
  return club;
}

/// As if `unit` came in, `other_than` (if another unit) having gone out already.
Seats::Club Seats::with(Club club, std::size_t number, std::size_t unit, std::size_t other_than) const {
  const auto at = unit * (board_.clubs + 1) + number;
  club.size += board_.sizes[unit];
  club.hosts += hosts_in(unit);
  club.pairs += likes_[at] + board_.inner[unit];
  club.clashes += dislikes_[at];
  if (other_than != unit) {
    club.pairs -= board_.affinity[unit * board_.units + other_than];
    club.clashes -= board_.clashes[unit * board_.units + other_than];
  }
  return club;
}

std::int64_t Seats::gain_of_move(std::size_t unit, std::size_t to) const {
  const auto from = club_of_[unit];
  if (from == to) return 0;
  return worth_of(without(from, unit), from) - worth_of(clubs_[from], from) + worth_of(with(clubs_[to], to, unit, unit), to) -
         worth_of(clubs_[to], to) + home_cost(unit, from) - home_cost(unit, to);
}

std::int64_t Seats::gain_of_swap(std::size_t a, std::size_t b) const {
  const auto ca = club_of_[a], cb = club_of_[b];
  if (ca == cb) return 0;
  return worth_of(with(without(ca, a), ca, b, a), ca) - worth_of(clubs_[ca], ca) + worth_of(with(without(cb, b), cb, a, b), cb) -
         worth_of(clubs_[cb], cb) + home_cost(a, ca) - home_cost(a, cb) + home_cost(b, cb) - home_cost(b, ca);
}

void Seats::move(std::size_t unit, std::size_t to) {
  const auto from = club_of_[unit];
  if (from == to) return;
  worth_ += gain_of_move(unit, to);
  clubs_[from] = without(from, unit);
  clubs_[to] = with(clubs_[to], to, unit, unit);
  club_of_[unit] = to;
  const auto width = board_.clubs + 1;
  for (std::size_t v = 0; v < board_.units; ++v) {
    const auto alike = board_.affinity[v * board_.units + unit];
    const auto clashes = board_.clashes[v * board_.units + unit];
    likes_[v * width + from] -= alike;
    likes_[v * width + to] += alike;
    dislikes_[v * width + from] -= clashes;
    dislikes_[v * width + to] += clashes;
  }
}

void Seats::swap(std::size_t a, std::size_t b) {
  const auto ca = club_of_[a], cb = club_of_[b];
  move(a, cb);
  move(b, ca);
}

void climb(Seats& seats, const Board& board, const std::vector<bool>& fixed) {
  for (int round = 0; round < kRoundsMax; ++round) {
    bool gained = false;
    for (std::size_t u = 0; u < board.units; ++u) {
      if (fixed[u]) continue;
      for (std::size_t c = 0; c <= board.clubs; ++c)
        if (seats.gain_of_move(u, c) > 0) {
          seats.move(u, c);
          gained = true;
        }
      for (std::size_t v = u + 1; v < board.units; ++v)
        if (!fixed[v] && seats.gain_of_swap(u, v) > 0) {
          seats.swap(u, v);
          gained = true;
        }
    }
    if (!gained) return;
  }
}

Seats wander(Seats seats, const Board& board, const std::vector<bool>& fixed, Dice& dice, std::size_t steps) {
  std::vector<std::size_t> loose;
  for (std::size_t u = 0; u < board.units; ++u)
    if (!fixed[u]) loose.push_back(u);
  if (loose.empty()) return seats;
  auto best = seats.club_of();
  auto best_worth = seats.worth();
  for (std::size_t step = 0; step < steps; ++step) {
    const auto bears = -kWarmest * static_cast<std::int64_t>(steps - step) / static_cast<std::int64_t>(steps);
    const auto u = loose[dice.below(loose.size())];
    if (dice.below(3) == 0) {
      const auto to = dice.below(board.clubs + 1);
      if (to != seats.club_of()[u] && seats.gain_of_move(u, to) >= bears) seats.move(u, to);
    } else {
      const auto v = loose[dice.below(loose.size())];
      if (seats.club_of()[u] != seats.club_of()[v] && seats.gain_of_swap(u, v) >= bears) seats.swap(u, v);
    }
    if (seats.worth() <= best_worth) continue;
    best = seats.club_of();
    best_worth = seats.worth();
  }
  for (const auto u : loose) seats.move(u, best[u]);
  climb(seats, board, fixed);
  return seats;
}

}  // namespace muistio::forming
