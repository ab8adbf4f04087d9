// The yearly plan of one's business: private, or shared with the club by choice.
#pragma once

#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kYearPlan{0x29};   // what one member says; in their personal space, or in a club
inline constexpr FieldId kYearPlanYear{0x2901};  // register: varint, 1970 to 9999; its maker's
inline constexpr FieldId kYearPlanText{0x2902};  // register: UTF-8 of at most kYearPlanBytesMax; its maker's
inline constexpr FieldId kYearPlanClub{0x2903};  // register, of one in the personal space: the club (16) it is for; its maker's

inline constexpr std::size_t kYearPlanBytesMax = 16 * 1024;

/// Errors: invalid_argument, not_utf8, too_large.
Result<DocumentId> create_year_plan(replica::ChangeBuilder& builder, Random& random, std::uint64_t year, std::string_view text);
/// Errors: also not_found, not_permitted (another's).
Status set_year_plan(replica::ChangeBuilder& builder, const DocumentId& plan, std::string_view text);

struct YearPlanItem {
  DocumentId id;
  std::uint64_t year = 0;
  std::string text;
  MemberId maker;
  WallMs created, changed;
  friend bool operator==(const YearPlanItem&, const YearPlanItem&) = default;
};
/// By year, then as they were made. Errors: those of the replica's reads.
[[nodiscard]] Result<std::vector<YearPlanItem>> list_year_plans(replica::Replica& documents, const Records& records);

}  // namespace muistio::club
