// The board: cards that members put up (tips, contacts, tools, themselves), and referrals by what a card says may be passed on.
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

inline constexpr DocumentType kCard{0x25};       // a host takes one back too
inline constexpr FieldId kCardKind{0x2501};      // register: u8 CardKind; the device that made it
inline constexpr FieldId kCardTitle{0x2502};     // register: a line, not empty; its maker's
inline constexpr FieldId kCardText{0x2503};      // register: UTF-8 of at most kCardTextBytesMax; its maker's
inline constexpr FieldId kCardPassOn{0x2504};    // register: the same: what may be passed on outside the club; its maker's
inline constexpr DocumentType kReferral{0x26};   // what one member says; its maker's devices alone
inline constexpr FieldId kReferralCard{0x2601};  // register: card (16); the device that made it
inline constexpr FieldId kReferralTo{0x2602};    // register: a line: to whom, in the member's own words; the device that made it

inline constexpr std::size_t kCardTextBytesMax = 4096;

/// The numbers are on the wire. `member` is a card about its own maker, for colleagues to recommend them by.
enum class CardKind : std::uint8_t { tip = 1, contact = 2, tool = 3, member = 4 };
[[nodiscard]] const char* card_kind_name(CardKind kind) noexcept;
[[nodiscard]] std::optional<CardKind> card_kind_from_name(std::string_view name) noexcept;

struct NewCard {
  CardKind kind = CardKind::tip;
  std::string title;
  std::string text;
  std::string pass_on;  // empty: nothing may be passed on
};
struct CardEdit {
  std::optional<std::string> title, text, pass_on;  // what is not named stays
};
/// Errors: invalid_argument, not_utf8, too_large.
Result<DocumentId> create_card(replica::ChangeBuilder& builder, Random& random, const NewCard& card);
/// Errors: also not_found, not_permitted (another's).
Status edit_card(replica::ChangeBuilder& builder, const DocumentId& card, const CardEdit& edit);
/// Tells the club that the author passed a card on. Errors: not_found; not_permitted (its maker lets nothing be passed on).
Result<DocumentId> refer(replica::ChangeBuilder& builder, Random& random, const DocumentId& card, std::string_view to);

struct Referral {
  DocumentId id;
  MemberId by;
  std::string to;
  WallMs at;
  friend bool operator==(const Referral&, const Referral&) = default;
};
struct CardItem {
  DocumentId id;
  CardKind kind = CardKind::tip;
  std::string title, text, pass_on;
  MemberId maker;
  WallMs created;
  std::vector<Referral> referrals;  // as they were made
  friend bool operator==(const CardItem&, const CardItem&) = default;
};
/// In the order in which they were put up.
[[nodiscard]] std::vector<CardItem> list_cards(const Records& records);

}  // namespace muistio::club
