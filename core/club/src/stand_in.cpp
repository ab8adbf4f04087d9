#include "muistio/club/stand_in.hpp"

#include <algorithm>

#include "judging.hpp"
#include "muistio/club/when.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

constexpr std::size_t kDayBytes = 10;

Status check_days(std::string_view days) {
  if (days.size() != 2 * kDayBytes + 1 || days[kDayBytes] != '/') return fail(ErrorCode::invalid_argument, "two days");
  const auto from = days.substr(0, kDayBytes), to = days.substr(kDayBytes + 1);
  MUISTIO_CHECK(check_day(from));
  MUISTIO_CHECK(check_day(to));
  return from <= to ? ok() : fail(ErrorCode::invalid_argument, "the last day is before the first");
}

Result<const Document*> stand_in_in(ChangeBuilder& builder, const DocumentId& id) {
  MUISTIO_TRY(const auto* document, builder.document(id));
  if (!document->exists() || document->type() != kStandIn) return fail(ErrorCode::not_found, "no stand-in has this id");
  return document;
}
}  // namespace

bool judge_stand_in(const Op& op, const Author& author, const Document* document) {
  const bool is_own = names_device(op.document, author.device);
  if (op.kind == OpKind::create) return is_own;
  if (op.field == kOffered) return is_own && is_bytes_set(op, DocumentId::size_bytes + 1) && op.payload.back() <= 1;
  if (!is_maker(op, author, document)) return false;
  if (op.field == kStandInText) return is_line_set(op) && !op.payload.empty();
  if (op.field == kStandInDays) return op.kind == OpKind::set_register && check_days(as_text(op.payload)).has_value();
  if (op.field == kStandInWho) return is_bytes_set(op, MemberId::size_bytes) || is_bytes_set(op, 0);
  return true;
}

Result<DocumentId> ask_stand_in(ChangeBuilder& builder, Random& random, const NewStandIn& wanted) {
  MUISTIO_CHECK(check_line(as_bytes(wanted.text)));
  if (wanted.text.empty()) return fail(ErrorCode::invalid_argument, "what is to be done is empty");
  const auto days = wanted.from + "/" + wanted.to;
  MUISTIO_CHECK(check_days(days));
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kStandIn));
  MUISTIO_CHECK(builder.set_register(id, kStandInText, as_bytes(wanted.text)));
  MUISTIO_CHECK(builder.set_register(id, kStandInDays, as_bytes(days)));
  return id;
}

Status offer_stand_in(ChangeBuilder& builder, const DocumentId& stand_in, bool offers) {
  MUISTIO_CHECK(stand_in_in(builder, stand_in));
  const auto id = statement_id(kOffer, stand_in.view(), builder.author().device);
  auto value = to_bytes(stand_in.view());
  value.push_back(offers ? 1 : 0);
  MUISTIO_CHECK(builder.create(id, kOffer));
  return builder.set_register(id, kOffered, value);
}

Status choose_stand_in(ChangeBuilder& builder, const Records& records, const DocumentId& stand_in, std::optional<MemberId> who) {
  MUISTIO_CHECK(stand_in_in(builder, stand_in));
  if (!who) return builder.set_register(stand_in, kStandInWho, {});
  for (const auto& item : list_stand_ins(records))
    if (item.id == stand_in && std::find(item.offers.begin(), item.offers.end(), *who) != item.offers.end())
      return builder.set_register(stand_in, kStandInWho, who->view());
  return fail(ErrorCode::not_found, "they do not offer to stand in");
}

std::vector<StandInItem> list_stand_ins(const Records& records) {
  std::vector<StandInItem> items;
  for (const auto* record : of_type(records, kStandIn)) {
    const auto days = record->text(kStandInDays);
    if (!check_days(days)) continue;
    StandInItem item{record->id,
                     record->text(kStandInText),
                     days.substr(0, kDayBytes),
                     days.substr(kDayBytes + 1),
                     record->maker,
                     record->created,
                     {},
                     {}};
    for (const auto* offer : statements(records, kOffer, kOffered, record->id.view()))
      if (offer->find(kOffered)->value.back() == 1) item.offers.push_back(offer->maker);
    const auto who = record->id_in<MemberId>(kStandInWho);
    if (who && std::find(item.offers.begin(), item.offers.end(), *who) != item.offers.end()) item.who = who;
    items.push_back(std::move(item));
  }
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  return items;
}

}  // namespace muistio::club
