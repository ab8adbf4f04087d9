// The search for a good placement. Whole numbers throughout, so that every machine finds the same.
#pragma once

#include <cstdint>
#include <vector>

#include "affinity.hpp"

namespace muistio::forming {

/// A sequence of numbers that the seed alone decides (splitmix64).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  /// Below `end`, which is not 0.
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); }

 private:
  std::uint64_t next() {
    auto z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  std::uint64_t state_;
};

/// Who is moved as one: a person, or those of one company that come together.
using Unit = std::vector<std::size_t>;

struct Board {
  std::size_t units = 0, clubs = 0;
  std::size_t size_min = 0, size_max = 0;
  std::vector<int> sizes;              // persons in a unit
  std::vector<int> hosts;              // of them, who would host; empty where no member hosts
  std::vector<std::int64_t> inner;     // affinity within a unit
  std::vector<std::int32_t> affinity;  // units × units
  std::vector<std::int32_t> clashes;   // units × units
};

Board board_of(const std::vector<Person>& persons, const std::vector<Unit>& units, const Rules& rules, std::size_t clubs,
               const std::vector<bool>& would_host);

/// Which units are where while the search moves them. Club number `clubs` is where the unplaced are.
class Seats {
 public:
  Seats(const Board& board, std::vector<std::size_t> club_of);
  /// `home` and `costs`: where each unit was (`clubs + 1`: nowhere) and what leaving it costs.
  void remember(std::vector<std::size_t> home, std::int64_t cost);

  [[nodiscard]] const std::vector<std::size_t>& club_of() const noexcept { return club_of_; }
  /// Higher is better; clashes, bounds and the unplaced are taken off.
  [[nodiscard]] std::int64_t worth() const noexcept { return worth_; }
  /// Whether anything but likeness is wrong.
  [[nodiscard]] bool is_sound() const noexcept;

  [[nodiscard]] std::int64_t gain_of_move(std::size_t unit, std::size_t to) const;
  [[nodiscard]] std::int64_t gain_of_swap(std::size_t a, std::size_t b) const;
  void move(std::size_t unit, std::size_t to);
  void swap(std::size_t a, std::size_t b);

 private:
  struct Club {
    int size = 0;
    int hosts = 0;
    std::int64_t pairs = 0;    // affinity of all pairs in it
    std::int64_t clashes = 0;  // pairs of units that clash, weighed
  };
  [[nodiscard]] std::int64_t worth_of(const Club& club, std::size_t number) const;
  [[nodiscard]] Club without(std::size_t number, std::size_t unit) const;
  [[nodiscard]] Club with(Club club, std::size_t number, std::size_t unit, std::size_t other_than) const;
  [[nodiscard]] int hosts_in(std::size_t unit) const { return board_.hosts.empty() ? 1 : board_.hosts[unit]; }
  [[nodiscard]] std::int64_t home_cost(std::size_t unit, std::size_t at) const;

  const Board& board_;
  std::vector<std::size_t> club_of_, home_;
  std::int64_t leaving_ = 0, worth_ = 0;
  std::vector<Club> clubs_;
  std::vector<std::int64_t> likes_;     // units × (clubs + 1)
  std::vector<std::int64_t> dislikes_;  // the same, clashes
};

/// Goes over all moves and swaps until none gains; never moves a fixed unit.
void climb(Seats& seats, const Board& board, const std::vector<bool>& fixed);
/// Wanders, ever less willing to lose, then climbs. Returns the best found.
Seats wander(Seats seats, const Board& board, const std::vector<bool>& fixed, Dice& dice, std::size_t steps);

}  // namespace muistio::forming
