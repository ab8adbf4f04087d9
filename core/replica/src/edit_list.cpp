// ChangeBuilder's edits of lists.
#include <algorithm>

#include "document_state.hpp"
#include "muistio/replica/change_builder.hpp"
#include "muistio/replica/payload.hpp"

namespace muistio::replica {
namespace {

const ListState& list_of(const std::map<FieldId, ListState>& lists, FieldId field) {
  static const ListState empty;
  const auto found = lists.find(field);
  return found == lists.end() ? empty : found->second;
}

/// The place for what is to be at `position` of `order`. Errors: position_out_of_range.
Result<ListPlace> place_at(const ListState& list, const std::vector<Tag>& order, std::size_t position) {
  if (position > order.size()) return fail(ErrorCode::position_out_of_range, "a place in a list");
  return list.place_after(position == 0 ? nullptr : &order[position - 1]);
}

}  // namespace

Result<Tag> ChangeBuilder::list_insert(const DocumentId& id, FieldId field, std::size_t position, BytesView value) {
  MUISTIO_TRY(const auto* document, open(id));
  const auto& list = list_of(document->state_->lists, field);
  MUISTIO_TRY(const auto place, place_at(list, list.order(), position));
  const auto tag = context(change_in(document->era())).tag;
  MUISTIO_CHECK(add(make_list_insert(id, field, place, value)));
  return tag;
}

Status ChangeBuilder::list_move(const DocumentId& id, FieldId field, const Tag& element, std::size_t position) {
  MUISTIO_TRY(const auto* document, open(id));
  const auto& list = list_of(document->state_->lists, field);
  auto order = list.order();
  const auto held = std::find(order.begin(), order.end(), element);
  if (held == order.end()) return ok();
  const auto now = static_cast<std::size_t>(held - order.begin());
  order.erase(held);
  MUISTIO_TRY(const auto place, place_at(list, order, position));
  if (now == position) return ok();
  return add(make_list_move(id, field, element, place));
}

Status ChangeBuilder::list_erase(const DocumentId& id, FieldId field, const Tag& element) {
  MUISTIO_TRY(const auto* document, open(id));
  if (!list_of(document->state_->lists, field).elements().contains(element)) return ok();
  return add(make_list_erase(id, field, {element}));
}

/// What `as` has not of the counters and lists of `from`: each goes over as it stands, in one piece.
Status ChangeBuilder::copy_counters_and_lists(const Document& from, const DocumentId& as) {
  for (const auto& [field, sums] : from.state_->counters) {
    MUISTIO_TRY(const auto* held, document(as));
    if (!held->state_->counters.contains(field)) MUISTIO_CHECK(add_to_counter(as, field, from.counter(field)));
  }
  for (const auto& [field, list] : from.state_->lists) {
    MUISTIO_TRY(const auto* held, document(as));
    if (held->state_->lists.contains(field)) continue;
    ListPlace place;
    for (const auto& element : from.list(field)) {
      const auto tag = context(change_in(held->era())).tag;
      MUISTIO_CHECK(add(make_list_insert(as, field, place, element.value)));
      place = {ListPlace::Side::after, tag};
    }
  }
  return ok();
}

}  // namespace muistio::replica
