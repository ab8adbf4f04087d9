// What the files of Meetings share.
#pragma once

#include "facet.hpp"
#include "muistio/club/actions.hpp"
#include "muistio/club/agenda.hpp"
#include "muistio/club/attendance.hpp"
#include "muistio/club/links.hpp"
#include "muistio/club/meeting.hpp"
#include "muistio/club/pact.hpp"
#include "muistio/club/poll.hpp"
#include "muistio/club/questions.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/season.hpp"
#include "muistio/home/meetings.hpp"
#include "muistio/home/zones.hpp"

namespace muistio::home {

/// What one look at a club gave.
struct Meetings::View {
  club::Gathered gathered;
  std::vector<MemberId> members;  // of the club now, guests not counted
  MemberId own;
  const club::TimeZones* zones = nullptr;

  [[nodiscard]] const club::Records& records() const { return gathered.records; }
  [[nodiscard]] Person person(const MemberId& member) const;
  [[nodiscard]] std::optional<Person> person(const std::optional<MemberId>& member) const;
  [[nodiscard]] std::vector<Person> people(const std::vector<MemberId>& members) const;
  [[nodiscard]] Meeting meeting(const SpaceId& club, const club::MeetingItem& item) const;
  [[nodiscard]] ActionPoint action(const club::ActionItem& item) const;
  [[nodiscard]] Poll poll(const club::PollItem& item) const;
};

/// The time as written and its zone, which must be known here. Errors: invalid_argument.
[[nodiscard]] Result<club::When> when_of(const club::TimeZones& zones, std::string_view starts, std::string_view zone,
                                         std::uint32_t minutes);

}  // namespace muistio::home
