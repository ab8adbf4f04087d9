// muistio::Network: a club's board, referrals, stand-ins, yearly plans and contacts, for an app to embed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "muistio/client.hpp"
#include "muistio/home/network_views.hpp"

namespace muistio {

/// The part of a Client that is about what members give each other between meetings. A value to copy; the Client that gave it must
/// outlive its calls.
///
/// Threads, futures and errors as of Client: any thread may call, each call returns at once, what was written is durable when its
/// future is ready, and nothing waits for a network. Besides Client's errors any call may fail with waiting_for_admission,
/// invalid_argument, not_permitted (docs/club.md, "Who may").
class Network {
 public:
  /// The id of a "card", "referral", "stand-in" or "plan" by its id or a unique prefix of six digits or more. Errors: not_found,
  /// ambiguous.
  Future<DocumentId> find(std::string kind, std::string wanted);
  Future<SpaceId> club_of(std::string kind, DocumentId id);
  /// Takes back what this member made, or a host what is not one member's own word. `kind` as in `find`.
  Future<void> take_back(std::string kind, DocumentId id);

  /// Texts of a card: at most 4 KiB of UTF-8.
  Future<DocumentId> add_card(SpaceId club, home::NewCard card);
  Future<void> edit_card(DocumentId card, home::CardEdit edit);
  Future<std::vector<home::Card>> cards(SpaceId club);
  /// Tells the club of a referral by that card, and gives the text that may be passed on. Errors: not_permitted (nothing may).
  Future<home::PassedOn> refer(DocumentId card, std::string to);

  /// `from` and `to` are days, "2026-07-01", both within.
  Future<DocumentId> ask_stand_in(SpaceId club, std::string text, std::string from, std::string to);
  Future<void> offer_stand_in(DocumentId stand_in, bool offers = true);
  /// Its maker takes an offer, or none. Errors: not_found (they do not offer).
  Future<void> choose_stand_in(DocumentId stand_in, std::optional<MemberId> who);
  Future<std::vector<home::StandIn>> stand_ins(SpaceId club);

  /// At most 16 KiB of UTF-8. Not shared, it is on this member's devices alone.
  Future<DocumentId> add_plan(SpaceId club, std::uint64_t year, std::string text, bool shared = false);
  Future<void> edit_plan(DocumentId plan, std::string text);
  /// Moves it into the club or out of it; yields its new id. Who read it there has read it.
  Future<DocumentId> share_plan(DocumentId plan, bool shared);
  /// Those shared with the club, and this member's own for it; by year.
  Future<std::vector<home::YearPlan>> plans(SpaceId club);

  /// Lines; the name is not empty. What was given before is replaced.
  Future<void> give_contact(SpaceId club, std::string name, std::string company, std::string email);
  /// Takes it back from all phones that sync; who copied it has it. Errors: not_found (none was given).
  Future<void> withdraw_contact(SpaceId club);
  Future<std::vector<home::Contact>> contacts(SpaceId club);

 private:
  friend class Client;
  explicit Network(Client::Impl* impl) : impl_(impl) {}
  Client::Impl* impl_;
};

}  // namespace muistio
