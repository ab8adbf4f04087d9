#include "muistio/club/agenda.hpp"

#include <algorithm>

#include "judging.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/club/meeting.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

constexpr FieldId kTexts[] = {kItemQuestion, kItemAdvice, kItemOutcome, kItemPrompts, kItemSummary};

bool is_text_field(FieldId field) { return std::find(std::begin(kTexts), std::end(kTexts), field) != std::end(kTexts); }

AgendaKind kind_of(std::uint8_t number) { return number >= 1 && number <= 4 ? static_cast<AgendaKind>(number) : AgendaKind::item; }

AgendaKind kind_of(const Document& item) {
  const auto* held = item.find_register(kItemKind);
  return held == nullptr || held->value.size() != 1 ? AgendaKind::item : kind_of(held->value[0]);
}

Result<DocumentId> meeting_of_item(ChangeBuilder& builder, const DocumentId& item) {
  MUISTIO_TRY(const auto* document, builder.document(item));
  if (document->is_taken_back()) return fail(ErrorCode::invalid_state, "the item was taken back");
  const auto* held = document->find_register(kItemMeeting);
  if (!document->exists() || document->type() != kAgendaItem || held == nullptr)
    return fail(ErrorCode::not_found, "no agenda item has this id");
  return DocumentId::from_bytes(held->value);
}

/// Whether the agenda's last element is a closing round.
Result<bool> ends_with_round(ChangeBuilder& builder, const std::vector<replica::ListElement>& order) {
  if (order.empty()) return false;
  MUISTIO_TRY(const auto last, DocumentId::from_bytes(order.back().value));
  MUISTIO_TRY(const auto* document, builder.document(last));
  return document->exists() && kind_of(*document) == AgendaKind::round;
}

std::uint64_t number_in(const Document& document, FieldId field) {
  const auto* held = document.find_register(field);
  if (held == nullptr) return 0;
  Reader in(held->value);
  return in.varint().value_or(0);
}

AgendaItem item_of(const Document& document) {
  AgendaItem item;
  item.id = document.id();
  if (const auto* held = document.find_register(kItemMeeting))
    if (const auto meeting = DocumentId::from_bytes(held->value)) item.meeting = *meeting;
  item.kind = kind_of(document);
  item.title = document.register_text(kItemTitle);
  item.minutes = number_in(document, kItemMinutes);
  if (const auto* held = document.find_register(kItemOwner))
    if (const auto owner = MemberId::from_bytes(held->value)) item.owner = *owner;
  item.question = document.text(kItemQuestion);
  item.advice = document.text(kItemAdvice);
  item.outcome = document.text(kItemOutcome);
  item.prompts = document.text(kItemPrompts);
  item.summary = document.text(kItemSummary);
  item.maker = document.creator()->member;
  return item;
}

Status set_minutes(ChangeBuilder& builder, const DocumentId& id, std::uint64_t minutes) {
  if (minutes > kItemMinutesMax) return fail(ErrorCode::too_large, "minutes of an agenda item");
  return builder.set_register(id, kItemMinutes, Writer().varint(minutes).bytes());
}

}  // namespace

const char* agenda_kind_name(AgendaKind kind) noexcept {
  switch (kind) {
    case AgendaKind::item:
      return "item";
    case AgendaKind::news:
      return "news";
    case AgendaKind::case_:
      return "case";
    case AgendaKind::round:
      return "round";
  }
  return "item";
}

std::optional<AgendaKind> agenda_kind_from_name(std::string_view name) noexcept {
  for (const auto kind : {AgendaKind::item, AgendaKind::news, AgendaKind::case_, AgendaKind::round})
    if (name == agenda_kind_name(kind)) return kind;
  return std::nullopt;
}

bool judge_agenda(const Op& op, const Author& author, const Document*) {
  const bool is_own = names_device(op.document, author.device);
  if (op.kind == OpKind::create) return is_own;
  if (op.field == kItemMeeting) return is_own && is_bytes_set(op, DocumentId::size_bytes);
  if (op.field == kItemKind) return is_bytes_set(op, 1);
  if (op.field == kItemTitle) return is_line_set(op);
  if (op.field == kItemMinutes) return is_number_set(op, 0, kItemMinutesMax);
  if (op.field == kItemOwner) return is_bytes_set(op, MemberId::size_bytes);
  if (is_text_field(op.field)) return is_text_op(op);
  return true;
}

Result<DocumentId> add_agenda_item(ChangeBuilder& builder, Random& random, const DocumentId& meeting, const NewAgendaItem& item) {
  MUISTIO_CHECK(check_line(as_bytes(item.title)));
  MUISTIO_TRY(const auto* held, builder.document(meeting));
  if (!held->exists() || held->type() != kMeeting) return fail(ErrorCode::not_found, "no meeting has this id");
  const auto order = held->list(kMeetingAgenda);
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kAgendaItem));
  MUISTIO_CHECK(builder.set_register(id, kItemMeeting, meeting.view()));
  const std::uint8_t kind[] = {static_cast<std::uint8_t>(item.kind)};
  MUISTIO_CHECK(builder.set_register(id, kItemKind, kind));
  if (!item.title.empty()) MUISTIO_CHECK(builder.set_register(id, kItemTitle, as_bytes(item.title)));
  if (item.minutes != 0) MUISTIO_CHECK(set_minutes(builder, id, item.minutes));
  if (item.owner) MUISTIO_CHECK(builder.set_register(id, kItemOwner, item.owner->view()));
  auto position = order.size();
  if (item.kind == AgendaKind::news) position = 0;
  if (item.kind != AgendaKind::round && position > 0) {
    MUISTIO_TRY(const bool closes, ends_with_round(builder, order));
    if (closes) position -= 1;
  }
  MUISTIO_TRY(const auto place, builder.list_insert(meeting, kMeetingAgenda, position, id.view()));
  static_cast<void>(place);
  return id;
}

Status move_agenda_item(ChangeBuilder& builder, const DocumentId& item, std::size_t position) {
  MUISTIO_TRY(const auto meeting, meeting_of_item(builder, item));
  MUISTIO_TRY(const auto* held, builder.document(meeting));
  for (const auto& element : held->list(kMeetingAgenda))
    if (equal(element.value, item.view())) return builder.list_move(meeting, kMeetingAgenda, element.id, position);
  return fail(ErrorCode::not_found, "the item is not on the agenda");
}

Status edit_agenda_item(ChangeBuilder& builder, const DocumentId& item, const AgendaEdit& edit) {
  MUISTIO_CHECK(meeting_of_item(builder, item));
  if (edit.title) {
    MUISTIO_CHECK(check_line(as_bytes(*edit.title)));
    MUISTIO_CHECK(builder.set_register(item, kItemTitle, as_bytes(*edit.title)));
  }
  if (edit.minutes) MUISTIO_CHECK(set_minutes(builder, item, *edit.minutes));
  if (edit.owner) MUISTIO_CHECK(builder.set_register(item, kItemOwner, edit.owner->view()));
  const std::pair<FieldId, const std::optional<std::string>&> texts[] = {{kItemQuestion, edit.question},
                                                                         {kItemAdvice, edit.advice},
                                                                         {kItemOutcome, edit.outcome},
                                                                         {kItemPrompts, edit.prompts},
                                                                         {kItemSummary, edit.summary}};
  for (const auto& [field, text] : texts)
    if (text) MUISTIO_CHECK(builder.replace_text(item, field, *text));
  return ok();
}

Result<AgendaItem> show_agenda_item(replica::Replica& documents, const DocumentId& item) {
  MUISTIO_TRY(const auto document, documents.document(item));
  if (document == nullptr || !document->exists() || document->type() != kAgendaItem)
    return fail(ErrorCode::not_found, "no agenda item has this id");
  return item_of(*document);
}

Result<Agenda> show_agenda(replica::Replica& documents, const Records& records, const DocumentId& meeting) {
  MUISTIO_TRY(const auto found, find_meeting(records, meeting));
  MUISTIO_TRY(const auto document, documents.document(meeting));
  if (document == nullptr) return fail(ErrorCode::not_found, "no meeting has this id");
  Agenda agenda;
  agenda.minutes_left = found.when.minutes;
  for (const auto& element : document->list(kMeetingAgenda)) {
    const auto named = DocumentId::from_bytes(element.value);
    if (!named) continue;
    const auto id = *named;
    const bool is_shown =
        std::any_of(agenda.items.begin(), agenda.items.end(), [&](const AgendaItem& each) { return each.id == id; });
    auto item = show_agenda_item(documents, id);
    if (!item && item.error().code != ErrorCode::not_found) return fail(item.error());
    if (!item || item->meeting != meeting || is_shown) continue;  // taken back, or put there by an app that cheats
    agenda.minutes_left -= static_cast<std::int64_t>(item->minutes);
    agenda.items.push_back(std::move(*item));
  }
  return agenda;
}

}  // namespace muistio::club
