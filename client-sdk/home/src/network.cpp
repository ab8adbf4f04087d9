#include "muistio/home/network.hpp"

#include <algorithm>

#include "facet.hpp"
#include "muistio/club/board.hpp"
#include "muistio/club/contact.hpp"
#include "muistio/club/edits.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/stand_in.hpp"
#include "muistio/club/year_plan.hpp"

namespace muistio::home {
namespace {

using replica::ChangeBuilder;

constexpr std::pair<std::string_view, club::DocumentType> kKinds[] = {
    {"card", club::kCard}, {"referral", club::kReferral}, {"stand-in", club::kStandIn}, {"plan", club::kYearPlan}};

}  // namespace

Network Home::network() { return Network(*this); }

struct Network::View {
  club::Gathered gathered;
  [[nodiscard]] const club::Records& records() const { return gathered.records; }
  [[nodiscard]] Person person(const MemberId& member) const { return person_of(gathered.names, member); }
};

Result<Network::View> Network::look(SpaceId club) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  View view;
  MUISTIO_CHECK(impl.engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(view.gathered, club::gather_club(documents));
    return ok();
  }));
  return view;
}

Result<DocumentId> Network::find(std::string_view kind, std::string_view wanted) {
  return home_->impl_->find_of_kind(kKinds, kind, wanted);
}

Result<SpaceId> Network::club_of(std::string_view kind, DocumentId id) { return home_->impl_->space_of_kind(kKinds, kind, id); }

Status Network::take_back(std::string_view kind, DocumentId id) {
  MUISTIO_TRY(const auto space, club_of(kind, id));
  return home_->impl_->engine->edit(space, [&](ChangeBuilder& builder) { return club::take_back(builder, id); });
}

Result<DocumentId> Network::add_card(SpaceId club, const NewCard& card) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  const auto kind = club::card_kind_from_name(card.kind);
  if (!kind) return fail(ErrorCode::invalid_argument, "a card is a tip, a contact, a tool or about a member");
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(club, keeping(id, [&](ChangeBuilder& builder) {
                                    return club::create_card(builder, impl.random, {*kind, card.title, card.text, card.pass_on});
                                  })));
  return id;
}

Status Network::edit_card(DocumentId card, const CardEdit& edit) {
  MUISTIO_TRY(const auto club, club_of("card", card));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) {
    return club::edit_card(builder, card, {edit.title, edit.text, edit.pass_on});
  });
}

Result<std::vector<Card>> Network::cards(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<Card> cards;
  for (const auto& item : club::list_cards(view.records())) {
    Card card{item.id,      club::card_kind_name(item.kind), item.title,   item.text,
              item.pass_on, view.person(item.maker),         item.created, {}};
    for (const auto& each : item.referrals) card.referrals.push_back({each.id, view.person(each.by), each.to, each.at});
    cards.push_back(std::move(card));
  }
  return cards;
}

Result<PassedOn> Network::refer(DocumentId card, std::string_view to) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto club, club_of("card", card));
  PassedOn passed;
  MUISTIO_CHECK(impl.engine->edit(club, [&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(const auto* document, builder.document(card));
    passed.text = document->register_text(club::kCardPassOn);
    MUISTIO_TRY(passed.referral, club::refer(builder, impl.random, card, to));
    return ok();
  }));
  return passed;
}

Result<DocumentId> Network::ask_stand_in(SpaceId club, std::string_view text, std::string_view from, std::string_view to) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  DocumentId id;
  MUISTIO_CHECK(
      impl.engine->edit(club, keeping(id, [&](ChangeBuilder& builder) {
                          return club::ask_stand_in(builder, impl.random, {std::string(text), std::string(from), std::string(to)});
                        })));
  return id;
}

Status Network::offer_stand_in(DocumentId stand_in, bool offers) {
  MUISTIO_TRY(const auto club, club_of("stand-in", stand_in));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::offer_stand_in(builder, stand_in, offers); });
}

Status Network::choose_stand_in(DocumentId stand_in, std::optional<MemberId> who) {
  MUISTIO_TRY(const auto club, club_of("stand-in", stand_in));
  MUISTIO_TRY(const auto view, look(club));
  return home_->impl_->engine->edit(
      club, [&](ChangeBuilder& builder) { return club::choose_stand_in(builder, view.records(), stand_in, who); });
}

Result<std::vector<StandIn>> Network::stand_ins(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<StandIn> stand_ins;
  for (const auto& item : club::list_stand_ins(view.records())) {
    StandIn made{item.id, item.text, item.from, item.to, view.person(item.maker), item.created, {}, {}};
    for (const auto& each : item.offers) made.offers.push_back(view.person(each));
    if (item.who) made.who = view.person(*item.who);
    stand_ins.push_back(std::move(made));
  }
  return stand_ins;
}

Result<DocumentId> Network::add_plan(SpaceId club, std::uint64_t year, std::string_view text, bool shared) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  auto space = club;
  if (!shared) {
    MUISTIO_TRY(space, impl.make_personal());
  }
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(space, [&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, club::create_year_plan(builder, impl.random, year, text));
    return shared ? ok() : builder.set_register(id, club::kYearPlanClub, club.view());
  }));
  return id;
}

Status Network::edit_plan(DocumentId plan, std::string_view text) {
  MUISTIO_TRY(const auto space, club_of("plan", plan));
  return home_->impl_->engine->edit(space, [&](ChangeBuilder& builder) { return club::set_year_plan(builder, plan, text); });
}

Result<DocumentId> Network::share_plan(DocumentId plan, bool shared) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto space, club_of("plan", plan));
  const bool is_shared = space != impl.personal();
  if (is_shared == shared) return plan;
  std::uint64_t year = 0;
  std::string text;
  auto club = space;
  MUISTIO_CHECK(impl.engine->read(space, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(const auto document, documents.document(plan));
    const auto record = club::record_of(*document);
    if (record.maker != impl.engine->own_member()) return fail(ErrorCode::not_permitted, "another's plan");
    year = record.number(club::kYearPlanYear);
    text = document->register_text(club::kYearPlanText);
    if (!is_shared) {
      const auto about = record.id_in<SpaceId>(club::kYearPlanClub);
      if (!about) return fail(ErrorCode::not_found, "club");
      club = *about;
    }
    return ok();
  }));
  // There before it is gone here: whatever happens between, it is not lost.
  MUISTIO_TRY(const auto moved, add_plan(club, year, text, shared));
  MUISTIO_CHECK(take_back("plan", plan));
  return moved;
}

Result<std::vector<YearPlan>> Network::plans(SpaceId club) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto view, look(club));
  std::vector<YearPlan> plans;
  std::vector<club::YearPlanItem> shared;
  MUISTIO_CHECK(impl.engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(shared, club::list_year_plans(documents, view.records()));
    return ok();
  }));
  for (const auto& item : shared)
    plans.push_back({item.id, item.year, item.text, view.person(item.maker), item.created, item.changed, true});
  if (const auto personal = impl.personal()) {
    MUISTIO_CHECK(impl.engine->read(*personal, [&](replica::Replica& documents) -> Status {
      MUISTIO_TRY(const auto records, club::gather(documents));
      MUISTIO_TRY(const auto own, club::list_year_plans(documents, records));
      for (const auto& item : own) {
        const auto* record = club::find_record(records, item.id, club::kYearPlan);
        if (record->id_in<SpaceId>(club::kYearPlanClub) != club) continue;
        plans.push_back({item.id, item.year, item.text, view.person(item.maker), item.created, item.changed, false});
      }
      return ok();
    }));
  }
  std::stable_sort(plans.begin(), plans.end(), [](const auto& a, const auto& b) { return a.year < b.year; });
  return plans;
}

Status Network::give_contact(SpaceId club, std::string_view name, std::string_view company, std::string_view email) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto view, look(club));
  return impl.engine->edit(club, [&](ChangeBuilder& builder) {
    return club::give_contact(builder, impl.random, view.records(), {std::string(name), std::string(company), std::string(email)});
  });
}

Status Network::withdraw_contact(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::withdraw_contact(builder, view.records()); });
}

Result<std::vector<Contact>> Network::contacts(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  std::vector<Contact> contacts;
  for (const auto& item : club::list_contacts(view.records()))
    contacts.push_back({view.person(item.member), item.contact.name, item.contact.company, item.contact.email, item.at});
  return contacts;
}

}  // namespace muistio::home
