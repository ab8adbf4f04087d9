// What a home shows of a club's board, stand-ins, yearly plans and contacts: plain values, equal when they show the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/home/meeting_views.hpp"

namespace muistio::home {

struct Card {
  DocumentId id;
  std::string kind;  // "tip", "contact", "tool" or "member" (about its maker, for colleagues to recommend them by)
  std::string title, text;
  std::string pass_on;  // what may be passed on outside the club; empty: nothing
  Person maker;
  WallMs at;
  struct Referral {
    DocumentId id;
    Person by;
    std::string to;
    WallMs at;
    friend bool operator==(const Referral&, const Referral&) = default;
  };
  std::vector<Referral> referrals;
  friend bool operator==(const Card&, const Card&) = default;
};

struct NewCard {
  std::string kind, title, text, pass_on;
};
struct CardEdit {
  std::optional<std::string> title, text, pass_on;  // what is not named stays
};

/// What a referral is made with.
struct PassedOn {
  DocumentId referral;
  std::string text;  // exactly what the card's maker lets be passed on
  friend bool operator==(const PassedOn&, const PassedOn&) = default;
};

struct StandIn {
  DocumentId id;
  std::string text, from, to;  // days, "2026-07-01"
  Person maker;
  WallMs at;
  std::vector<Person> offers;
  std::optional<Person> who;
  friend bool operator==(const StandIn&, const StandIn&) = default;
};

struct YearPlan {
  DocumentId id;
  std::uint64_t year = 0;
  std::string text;
  Person maker;
  WallMs at, changed;
  bool shared = false;  // with the club; else only its maker's devices have it
  friend bool operator==(const YearPlan&, const YearPlan&) = default;
};

struct Contact {
  Person member;
  std::string name, company, email;
  WallMs at;
  friend bool operator==(const Contact&, const Contact&) = default;
};

}  // namespace muistio::home
