// Stand-ins: who runs somebody's business while they are on holiday.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kStandIn{0x27};
inline constexpr FieldId kStandInText{0x2701};  // register: a line, not empty: what is to be done; its maker's
inline constexpr FieldId kStandInDays{0x2702};  // register: two days, "2026-07-01/2026-07-14", not in the wrong order; its maker's
inline constexpr FieldId kStandInWho{0x2703};   // register: member (32) whom the maker chose, or nothing; its maker's
inline constexpr DocumentType kOffer{0x28};     // a statement about a stand-in
inline constexpr FieldId kOffered{0x2801};      // register: stand-in 16 ‖ u8, 1 offers, 0 not

struct NewStandIn {
  std::string text, from, to;  // days
};
/// Errors: invalid_argument, not_utf8, too_large.
Result<DocumentId> ask_stand_in(replica::ChangeBuilder& builder, Random& random, const NewStandIn& wanted);
/// The author offers to stand in, or does not any more. Errors: not_found.
Status offer_stand_in(replica::ChangeBuilder& builder, const DocumentId& stand_in, bool offers);
/// The maker takes an offer, or none. Errors: not_found (nobody of that id offers), not_permitted.
Status choose_stand_in(replica::ChangeBuilder& builder, const Records& records, const DocumentId& stand_in,
                       std::optional<MemberId> who);

struct StandInItem {
  DocumentId id;
  std::string text, from, to;
  MemberId maker;
  WallMs created;
  std::vector<MemberId> offers;  // by member
  std::optional<MemberId> who;   // chosen, and offering still
  friend bool operator==(const StandInItem&, const StandInItem&) = default;
};
/// By their first day.
[[nodiscard]] std::vector<StandInItem> list_stand_ins(const Records& records);

}  // namespace muistio::club
