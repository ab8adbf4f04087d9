// What a home shows of a club's wishes and surveys: plain values, equal when they show the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/club/survey_form.hpp"
#include "muistio/home/meeting_views.hpp"

namespace muistio::home {

struct Wish {
  DocumentId id;
  std::string title;
  Person maker;
  WallMs at;
  std::vector<Person> voters;  // its maker among them, unless they took the vote back
  bool own_vote = false;
  std::vector<DocumentId> overlaps;  // with what members said that it does
  friend bool operator==(const Wish&, const Wish&) = default;
};

struct Theme {
  std::string title;
  std::vector<DocumentId> wishes;
  std::vector<Person> supporters;
  friend bool operator==(const Theme&, const Theme&) = default;
};

/// To whom unnamed answers go, and of how many answers on results are shown.
struct SurveyRules {
  std::optional<Person> keeper;
  std::uint64_t minimum = 0;
  friend bool operator==(const SurveyRules&, const SurveyRules&) = default;
};

struct NewSurvey {
  std::string kind;  // "topics", "feedback", "wellbeing" or "workplace"
  std::string title;
  std::optional<DocumentId> about;  // the meeting that feedback is about, or the earlier survey that this one is compared with
  std::vector<club::SurveyQuestion> questions;
};

struct Survey {
  DocumentId id;
  SpaceId club;
  std::string title, kind;
  Person maker;
  WallMs at;
  std::optional<Person> keeper;  // without one it takes named answers only
  std::uint64_t minimum = 0;
  std::optional<DocumentId> about;
  std::vector<club::SurveyQuestion> questions;
  std::size_t answers = 0;  // that count, or would if it were closed now
  std::size_t late = 0;     // given or changed without knowing of the closing: not counted
  bool closed = false;
  std::optional<Person> closed_by;
  std::optional<club::SurveyAnswers> own;  // this member's, as it counts
  bool own_named = false;
  bool sums_due = false;  // this member keeps the answers, and their sums are to be published
  friend bool operator==(const Survey&, const Survey&) = default;
};

/// What a closed survey came to.
struct SurveyOutcome {
  Survey survey;
  bool enough = false;  // else nothing below is shown
  std::uint64_t counted = 0;
  std::uint64_t unnamed_hidden = 0;  // unnamed answers not in it: too few of them, or their keeper's sums are not here yet
  club::Tally tally;
  struct Named {
    Person member;
    club::SurveyAnswers answers;
    friend bool operator==(const Named&, const Named&) = default;
  };
  std::vector<Named> named;
  struct Change {
    std::size_t question = 0;  // from 0
    double before = 0, after = 0;
    friend bool operator==(const Change&, const Change&) = default;
  };
  std::vector<Change> changes;  // of the means of scales, from the survey that this one is about
  friend bool operator==(const SurveyOutcome&, const SurveyOutcome&) = default;
};

}  // namespace muistio::home
