#include "muistio/club/actions.hpp"

#include <algorithm>
#include <tuple>

#include "judging.hpp"
#include "muistio/club/when.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

Status set_text(ChangeBuilder& builder, const DocumentId& id, std::string_view text) {
  MUISTIO_CHECK(check_line(as_bytes(text)));
  if (text.empty()) return fail(ErrorCode::invalid_argument, "the action point is empty");
  return builder.set_register(id, kActionText, as_bytes(text));
}

Status set_due(ChangeBuilder& builder, const DocumentId& id, std::string_view due) {
  if (!due.empty()) MUISTIO_CHECK(check_day(due));
  return builder.set_register(id, kActionDue, as_bytes(due));
}

}  // namespace

bool judge_action(const Op& op, const Author& author, const Document*) {
  const bool is_own = names_device(op.document, author.device);
  if (op.kind == OpKind::create) return is_own;
  if (op.field == kActionText) return is_line_set(op) && !op.payload.empty();
  if (op.field == kActionOwner) return is_bytes_set(op, MemberId::size_bytes);
  if (op.field == kActionDue)
    return op.kind == OpKind::set_register && (op.payload.empty() || check_day(as_text(op.payload)).has_value());
  if (op.field == kActionMeeting) return is_own && is_bytes_set(op, DocumentId::size_bytes);
  if (op.field == kActionDone) return is_choice_set(op, 0, 1);
  return true;
}

Result<DocumentId> create_action(ChangeBuilder& builder, Random& random, const NewAction& action) {
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kAction));
  MUISTIO_CHECK(set_text(builder, id, action.text));
  if (action.owner) MUISTIO_CHECK(builder.set_register(id, kActionOwner, action.owner->view()));
  if (!action.due.empty()) MUISTIO_CHECK(set_due(builder, id, action.due));
  if (action.meeting) MUISTIO_CHECK(builder.set_register(id, kActionMeeting, action.meeting->view()));
  return id;
}

Status edit_action(ChangeBuilder& builder, const DocumentId& action, const ActionEdit& edit) {
  MUISTIO_TRY(const auto* document, builder.document(action));
  if (!document->exists() || document->type() != kAction) return fail(ErrorCode::not_found, "no action point has this id");
  if (edit.text) MUISTIO_CHECK(set_text(builder, action, *edit.text));
  if (edit.owner) MUISTIO_CHECK(builder.set_register(action, kActionOwner, edit.owner->view()));
  if (edit.due) MUISTIO_CHECK(set_due(builder, action, *edit.due));
  if (edit.done) {
    const std::uint8_t value[] = {static_cast<std::uint8_t>(*edit.done ? 1 : 0)};
    MUISTIO_CHECK(builder.set_register(action, kActionDone, value));
  }
  return ok();
}

std::vector<ActionItem> list_actions(const Records& records) {
  std::vector<ActionItem> items;
  for (const auto* record : of_type(records, kAction))
    items.push_back({record->id, record->text(kActionText), record->id_in<MemberId>(kActionOwner), record->text(kActionDue),
                     record->id_in<DocumentId>(kActionMeeting), record->number(kActionDone) == 1, record->maker, record->created});
  std::stable_sort(items.begin(), items.end(), [](const ActionItem& a, const ActionItem& b) {
    const auto order = [](const ActionItem& each) { return std::tuple(each.done, each.due.empty(), std::string_view(each.due)); };
    return order(a) < order(b);
  });
  return items;
}

}  // namespace muistio::club
