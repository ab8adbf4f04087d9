// A proposal of clubs from applications: found, explained, edited by a person, checked. Pure: no files, no clock; the same input
// and seed give the same answer on every machine. docs/club/forming.md says what counts how much.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/forming/applications.hpp"
#include "muistio/words/words.hpp"

namespace muistio::forming {

/// What persons of one company do: sit apart, come as one (two persons a company), or as it falls.
enum class SameCompany : std::uint8_t { apart, together, free };

struct Rules {
  std::size_t size_min = 6, size_max = 10;  // persons in a club
  std::size_t clubs = 0;                    // 0: as many as make clubs of the middle size
  bool competitors_apart = true;
  SameCompany same_company = SameCompany::apart;
  bool host_is_member = true;      // each club needs somebody who would host it; else a guide comes from outside
  bool online = false;             // then ways do not count
  std::string club_name = "Club";  // clubs are called by it and a number
};

/// Where one application is. Clubs are counted from 0.
struct Placement {
  std::optional<std::size_t> club;
  bool pinned = false;  // a person decided; never moved
  bool host = false;
};

struct Proposal {
  std::vector<std::string> clubs;     // their names
  std::vector<Placement> placements;  // one an application, in their order
};

/// Errors: invalid_argument (bounds that no number of clubs fits; the sentence says which), too_large (over kRowsMax applications).
[[nodiscard]] Result<Proposal> form_clubs(const std::vector<Application>& applications, const Rules& rules, std::uint64_t seed);

/// The proposal made right again after a person edited it: pinned persons stay where they were put, everybody else moves only where
/// bounds or conflicts demand it, new applications are placed. Errors: as form_clubs; invalid_argument (not one placement an
/// application).
[[nodiscard]] Result<Proposal> form_again(const std::vector<Application>& applications, const Rules& rules, const Proposal& edited,
                                          std::uint64_t seed);

/// To compare with: dealt out like cards; and each in turn to the club that likes them best.
[[nodiscard]] Result<Proposal> form_at_random(const std::vector<Application>& applications, const Rules& rules, std::uint64_t seed);
[[nodiscard]] Result<Proposal> form_greedily(const std::vector<Application>& applications, const Rules& rules);

struct Score {
  int alike_permille = 0;         // how well a person fits with each of the others in their club: the mean over persons, 0 to 1000
  std::size_t conflicts = 0;      // pairs that must not sit together and do
  std::size_t out_of_bounds = 0;  // persons too many or too few
  std::size_t unplaced = 0;
};
[[nodiscard]] Score score(const std::vector<Application>& applications, const Rules& rules, const Proposal& proposal);

/// What is wrong with a proposal, in the order of clubs and then applications.
struct Flag {
  enum class Kind : std::uint8_t {
    too_small,
    too_large,
    competitors,
    avoids,
    same_company,
    part_of_day,
    unplaced,
    no_host,
    unknown,
    twice,
    missing
  };
  Kind kind{};
  std::string club;           // its name, where it is about one
  std::string first, second;  // ids of applications
  std::uint32_t row = 0;      // in the edited table, where it is about one
};
[[nodiscard]] std::vector<Flag> check(const std::vector<Application>& applications, const Rules& rules, const Proposal& proposal);

/// A proposal as a table: club, id, name, company, role, pinned, why. Names and companies only of those who consented.
[[nodiscard]] std::string write_proposal(const std::vector<Application>& applications, const Rules& rules, const Proposal& proposal,
                                         const words::Manner& manner);

/// What came back of it: club, role and pinned are read by id; the order of rows and other columns do not matter.
struct ReadBack {
  Proposal proposal;
  std::vector<Flag> flags;  // unknown, twice, missing
};
/// Errors: those of read_table; not_found (a column), malformed (a value, with row and column).
[[nodiscard]] Result<ReadBack> read_proposal(std::string_view csv, const std::vector<Application>& applications);

/// Why somebody is where they are, as one line.
[[nodiscard]] std::string explain(const std::vector<Application>& applications, const Rules& rules, const Proposal& proposal,
                                  std::size_t application, const words::Manner& manner);
/// A flag as one line; persons by name where they consented, else by id.
[[nodiscard]] std::string describe(const Flag& flag, const std::vector<Application>& applications, const Rules& rules,
                                   const words::Manner& manner);

}  // namespace muistio::forming
