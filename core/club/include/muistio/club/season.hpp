// A season: how often a club meets and how many times, made into a plan of meetings with organisers and places in turn.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/meeting.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/when.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kSeason{0x12};       // written by hosts
inline constexpr FieldId kSeasonName{0x1201};      // register: a line
inline constexpr FieldId kSeasonRhythm{0x1202};    // register: varint, days from one meeting to the next, 1 to 366
inline constexpr FieldId kSeasonMeetings{0x1203};  // register: varint, how many, 1 to 60

inline constexpr std::uint64_t kRhythmDaysMax = 366;
inline constexpr std::uint64_t kSeasonMeetingsMax = 60;

struct Turn {
  MemberId organiser;
  std::string place;  // a line; may be empty
};

struct NewSeason {
  std::string name;
  When first;
  std::uint32_t rhythm_days = 0;
  std::uint32_t meetings = 0;
  std::string link;         // of every meeting: a line; may be empty
  std::vector<Turn> turns;  // organiser and place go round in this order; may be empty
};

struct SeasonItem {
  DocumentId id;
  std::string name;
  std::uint32_t rhythm_days = 0;
  std::uint32_t meetings = 0;
  MemberId maker;
  WallMs created;
  friend bool operator==(const SeasonItem&, const SeasonItem&) = default;
};

/// Makes the season and all its meetings, each at the same time of the clock, so many days apart, with opening news and closing
/// round. The author must be a host. Errors: invalid_argument, not_permitted.
Result<DocumentId> plan_season(replica::ChangeBuilder& builder, Random& random, const NewSeason& season);
/// All seasons, in the order in which they were made.
[[nodiscard]] std::vector<SeasonItem> list_seasons(const Records& records);
/// Two meetings change organisers and places. The author must be a host or have made both. Errors: not_found, not_permitted.
Status swap_turns(replica::ChangeBuilder& builder, const MeetingItem& one, const MeetingItem& other);

}  // namespace muistio::club
