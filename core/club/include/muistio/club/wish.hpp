// Wished topics, votes for them, and the themes that a club might take up: wishes that overlap, put together.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kWish{0x20};
inline constexpr FieldId kWishTitle{0x2001};     // register: a line, not empty; its maker's
inline constexpr FieldId kWishOverlaps{0x2002};  // set: a wish (16) that asks for the same; anybody's
inline constexpr DocumentType kWishVote{0x21};   // a statement about a wish
inline constexpr FieldId kWishVoted{0x2101};     // register: wish 16 ‖ u8, 1 for it, 0 not

/// Its maker's vote is taken for granted until they say otherwise. Errors: invalid_argument, not_utf8, too_large.
Result<DocumentId> create_wish(replica::ChangeBuilder& builder, Random& random, std::string_view title);
/// The author's vote. Errors: not_found.
Status vote_wish(replica::ChangeBuilder& builder, const DocumentId& wish, bool is_for);
/// Two wishes ask for the same, or do not after all. Errors: not_found, invalid_argument (one and the same).
Status set_overlap(replica::ChangeBuilder& builder, const DocumentId& one, const DocumentId& other, bool overlaps);

struct WishItem {
  DocumentId id;
  std::string title;
  MemberId maker;
  WallMs created;
  std::set<MemberId> voters;
  std::set<DocumentId> overlaps;  // that somebody named, on either side
  friend bool operator==(const WishItem&, const WishItem&) = default;
};

struct Theme {
  std::string title;               // of its wish with the most votes, of those the oldest
  std::vector<DocumentId> wishes;  // as they were made
  std::set<MemberId> supporters;   // who voted for any of them
  friend bool operator==(const Theme&, const Theme&) = default;
};

/// In the order in which they were made.
[[nodiscard]] std::vector<WishItem> list_wishes(const Records& records);
/// Whether two titles ask for the same, as far as their words say; alike in both directions.
using TitlesOverlap = std::function<bool(std::string_view one, std::string_view other)>;
/// The wishes put together where they overlap, by what members said or by their titles: most supporters first, then most wishes,
/// then the oldest. The same on every device that has the same wishes and `overlap`.
[[nodiscard]] std::vector<Theme> propose_themes(const std::vector<WishItem>& wishes, const TitlesOverlap& overlap);

}  // namespace muistio::club
