// A club's board, referrals, stand-ins, yearly plans and contacts on this device.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/home/home.hpp"
#include "muistio/home/network_views.hpp"

namespace muistio::home {

/// The part of a home that is about what members give each other between meetings. It lives as long as its home, on the home's
/// thread. Every change is durable when the call returns success, and works with no network. Errors of any call: those of Home's,
/// waiting_for_admission, invalid_argument, not_utf8, too_large, not_permitted (docs/club.md, "Who may").
class Network {
 public:
  explicit Network(Home& home) : home_(&home) {}

  /// The id of a "card", "referral", "stand-in" or "plan", by its id or a unique prefix of at least six digits. Errors: not_found,
  /// ambiguous.
  [[nodiscard]] Result<DocumentId> find(std::string_view kind, std::string_view wanted);
  [[nodiscard]] Result<SpaceId> club_of(std::string_view kind, DocumentId id);
  /// Takes back what this member made, or a host what is not one member's own word.
  Status take_back(std::string_view kind, DocumentId id);

  Result<DocumentId> add_card(SpaceId club, const NewCard& card);
  Status edit_card(DocumentId card, const CardEdit& edit);
  /// As they were put up.
  [[nodiscard]] Result<std::vector<Card>> cards(SpaceId club);
  /// Tells the club that this member recommended by that card, and gives what may be passed on. Errors: not_permitted (nothing
  /// may).
  Result<PassedOn> refer(DocumentId card, std::string_view to);

  Result<DocumentId> ask_stand_in(SpaceId club, std::string_view text, std::string_view from, std::string_view to);
  Status offer_stand_in(DocumentId stand_in, bool offers);
  /// Nothing: nobody any more. Errors: not_found (they do not offer).
  Status choose_stand_in(DocumentId stand_in, std::optional<MemberId> who);
  [[nodiscard]] Result<std::vector<StandIn>> stand_ins(SpaceId club);

  /// Not shared, it is on this member's devices alone.
  Result<DocumentId> add_plan(SpaceId club, std::uint64_t year, std::string_view text, bool shared);
  Status edit_plan(DocumentId plan, std::string_view text);
  /// Moves it into the club, or out of it: there it is taken back, with its history. Yields its new id.
  Result<DocumentId> share_plan(DocumentId plan, bool shared);
  /// Those shared with the club, and this member's own for it; by year.
  [[nodiscard]] Result<std::vector<YearPlan>> plans(SpaceId club);

  Status give_contact(SpaceId club, std::string_view name, std::string_view company, std::string_view email);
  /// Errors: not_found (none was given).
  Status withdraw_contact(SpaceId club);
  [[nodiscard]] Result<std::vector<Contact>> contacts(SpaceId club);

 private:
  struct View;
  Result<View> look(SpaceId club);
  Home* home_;
};

}  // namespace muistio::home
