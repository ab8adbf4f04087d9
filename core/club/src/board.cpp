#include "muistio/club/board.hpp"

#include "judging.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

constexpr std::pair<CardKind, const char*> kKinds[] = {
    {CardKind::tip, "tip"}, {CardKind::contact, "contact"}, {CardKind::tool, "tool"}, {CardKind::member, "member"}};

Status set_text(ChangeBuilder& builder, const DocumentId& id, FieldId field, std::string_view text) {
  MUISTIO_CHECK(check_text(as_bytes(text), kCardTextBytesMax));
  return builder.set_register(id, field, as_bytes(text));
}

Status set_title(ChangeBuilder& builder, const DocumentId& id, std::string_view title) {
  MUISTIO_CHECK(check_line(as_bytes(title)));
  if (title.empty()) return fail(ErrorCode::invalid_argument, "the card has no title");
  return builder.set_register(id, kCardTitle, as_bytes(title));
}

Result<const Document*> card_in(ChangeBuilder& builder, const DocumentId& card) {
  MUISTIO_TRY(const auto* document, builder.document(card));
  if (!document->exists() || document->type() != kCard) return fail(ErrorCode::not_found, "no card has this id");
  return document;
}
}  // namespace

const char* card_kind_name(CardKind kind) noexcept {
  for (const auto& [each, name] : kKinds)
    if (each == kind) return name;
  return kKinds[0].second;
}

std::optional<CardKind> card_kind_from_name(std::string_view wanted) noexcept {
  for (const auto& [each, name] : kKinds)
    if (wanted == name) return each;
  return std::nullopt;
}

bool judge_board(const Op& op, const Author& author, const Document* document) {
  const bool is_own = names_device(op.document, author.device);
  if (op.kind == OpKind::create) return is_own;
  if (op.field == kCardKind) return is_own && is_choice_set(op, 1, 4);
  if (op.field == kReferralCard) return is_own && is_bytes_set(op, DocumentId::size_bytes);
  if (op.field == kReferralTo) return is_own && is_line_set(op);
  if (!is_maker(op, author, document)) return false;
  if (op.field == kCardTitle) return is_line_set(op) && !op.payload.empty();
  if (op.field == kCardText || op.field == kCardPassOn)
    return op.kind == OpKind::set_register && check_text(op.payload, kCardTextBytesMax).has_value();
  return true;
}

Result<DocumentId> create_card(ChangeBuilder& builder, Random& random, const NewCard& card) {
  const auto id = make_document_id(random, builder.author().device);
  const std::uint8_t kind[] = {static_cast<std::uint8_t>(card.kind)};
  MUISTIO_CHECK(builder.create(id, kCard));
  MUISTIO_CHECK(builder.set_register(id, kCardKind, kind));
  MUISTIO_CHECK(set_title(builder, id, card.title));
  if (!card.text.empty()) MUISTIO_CHECK(set_text(builder, id, kCardText, card.text));
  if (!card.pass_on.empty()) MUISTIO_CHECK(set_text(builder, id, kCardPassOn, card.pass_on));
  return id;
}

Status edit_card(ChangeBuilder& builder, const DocumentId& card, const CardEdit& edit) {
  MUISTIO_CHECK(card_in(builder, card));
  if (edit.title) MUISTIO_CHECK(set_title(builder, card, *edit.title));
  if (edit.text) MUISTIO_CHECK(set_text(builder, card, kCardText, *edit.text));
  if (edit.pass_on) MUISTIO_CHECK(set_text(builder, card, kCardPassOn, *edit.pass_on));
  return ok();
}

Result<DocumentId> refer(ChangeBuilder& builder, Random& random, const DocumentId& card, std::string_view to) {
  MUISTIO_TRY(const auto* document, card_in(builder, card));
  if (document->register_text(kCardPassOn).empty())
    return fail(ErrorCode::not_permitted, "the card says that nothing may be passed on");
  MUISTIO_CHECK(check_line(as_bytes(to)));
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kReferral));
  MUISTIO_CHECK(builder.set_register(id, kReferralCard, card.view()));
  MUISTIO_CHECK(builder.set_register(id, kReferralTo, as_bytes(to)));
  return id;
}

std::vector<CardItem> list_cards(const Records& records) {
  std::vector<CardItem> items;
  for (const auto* record : of_type(records, kCard)) {
    const auto* kind = record->find(kCardKind);
    if (record->text(kCardTitle).empty() || kind == nullptr || kind->value.size() != 1) continue;
    items.push_back({record->id,
                     static_cast<CardKind>(kind->value[0]),
                     record->text(kCardTitle),
                     record->text(kCardText),
                     record->text(kCardPassOn),
                     record->maker,
                     record->created,
                     {}});
  }
  for (const auto* record : of_type(records, kReferral)) {
    const auto card = record->id_in<DocumentId>(kReferralCard);
    for (auto& item : items)
      if (card == item.id) item.referrals.push_back({record->id, record->maker, record->text(kReferralTo), record->created});
  }
  return items;
}

}  // namespace muistio::club
