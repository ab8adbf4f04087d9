// muistio::Network: each call goes to the home on the client's thread.
#include "client_impl.hpp"
#include "muistio/client/network.hpp"
#include "muistio/home/network.hpp"

namespace muistio {

using home::Home;

Network Client::network() { return Network(impl_.get()); }

Future<DocumentId> Network::find(std::string kind, std::string wanted) {
  return impl_->ask([kind = std::move(kind), wanted = std::move(wanted)](Home& home) { return home.network().find(kind, wanted); });
}

Future<SpaceId> Network::club_of(std::string kind, DocumentId id) {
  return impl_->ask([kind = std::move(kind), id](Home& home) { return home.network().club_of(kind, id); });
}

Future<void> Network::take_back(std::string kind, DocumentId id) {
  return impl_->ask([kind = std::move(kind), id](Home& home) { return home.network().take_back(kind, id); });
}

Future<DocumentId> Network::add_card(SpaceId club, home::NewCard card) {
  return impl_->ask([club, card = std::move(card)](Home& home) { return home.network().add_card(club, card); });
}

Future<void> Network::edit_card(DocumentId card, home::CardEdit edit) {
  return impl_->ask([card, edit = std::move(edit)](Home& home) { return home.network().edit_card(card, edit); });
}

Future<std::vector<home::Card>> Network::cards(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.network().cards(club); });
}

Future<home::PassedOn> Network::refer(DocumentId card, std::string to) {
  return impl_->ask([card, to = std::move(to)](Home& home) { return home.network().refer(card, to); });
}

Future<DocumentId> Network::ask_stand_in(SpaceId club, std::string text, std::string from, std::string to) {
  return impl_->ask([club, text = std::move(text), from = std::move(from), to = std::move(to)](Home& home) {
    return home.network().ask_stand_in(club, text, from, to);
  });
}

Future<void> Network::offer_stand_in(DocumentId stand_in, bool offers) {
  return impl_->ask([stand_in, offers](Home& home) { return home.network().offer_stand_in(stand_in, offers); });
}

Future<void> Network::choose_stand_in(DocumentId stand_in, std::optional<MemberId> who) {
  return impl_->ask([stand_in, who](Home& home) { return home.network().choose_stand_in(stand_in, who); });
}

Future<std::vector<home::StandIn>> Network::stand_ins(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.network().stand_ins(club); });
}

Future<DocumentId> Network::add_plan(SpaceId club, std::uint64_t year, std::string text, bool shared) {
  return impl_->ask(
      [club, year, text = std::move(text), shared](Home& home) { return home.network().add_plan(club, year, text, shared); });
}

Future<void> Network::edit_plan(DocumentId plan, std::string text) {
  return impl_->ask([plan, text = std::move(text)](Home& home) { return home.network().edit_plan(plan, text); });
}

Future<DocumentId> Network::share_plan(DocumentId plan, bool shared) {
  return impl_->ask([plan, shared](Home& home) { return home.network().share_plan(plan, shared); });
}

Future<std::vector<home::YearPlan>> Network::plans(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.network().plans(club); });
}

Future<void> Network::give_contact(SpaceId club, std::string name, std::string company, std::string email) {
  return impl_->ask([club, name = std::move(name), company = std::move(company), email = std::move(email)](Home& home) {
    return home.network().give_contact(club, name, company, email);
  });
}

Future<void> Network::withdraw_contact(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.network().withdraw_contact(club); });
}

Future<std::vector<home::Contact>> Network::contacts(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.network().contacts(club); });
}

}  // namespace muistio
