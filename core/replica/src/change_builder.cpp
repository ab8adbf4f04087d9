#include "muistio/replica/change_builder.hpp"

#include <algorithm>

#include "document_state.hpp"
#include "muistio/replica/derived.hpp"
#include "muistio/replica/payload.hpp"
#include "muistio/replica/replica.hpp"

namespace muistio::replica {

ChangeBuilder::ChangeBuilder(Replica& replica, Era era, const Author& author, WallMs wall, const Judge& judge)
    : replica_(replica), era_(era), author_(author), wall_(wall), judge_(judge) {}

/// The change for documents of an era.
Change& ChangeBuilder::change_in(Era era) {
  const auto [place, is_new] = changes_.try_emplace(era);
  auto& change = place->second;
  if (!is_new) return change;
  const auto& past = replica_.causality(era);
  change.device = author_.device;
  change.number = past.last_number(author_.device) + 1;
  change.lamport = past.next_lamport(author_.device);
  change.deps = past.deps_for(author_.device);
  change.wall = wall_;
  return change;
}

/// Of the next op in `change`.
OpContext ChangeBuilder::context(const Change& change) const {
  return {author_, {change.id(), static_cast<std::uint32_t>(change.ops.size())}, change.lamport, wall_};
}

Result<const Document*> ChangeBuilder::document(const DocumentId& id) {
  if (const auto edited = documents_.find(id); edited != documents_.end()) return &std::as_const(edited->second);
  MUISTIO_TRY(read_, replica_.document(id));
  if (read_ == nullptr) read_ = std::make_shared<const Document>(id, era_);
  return read_.get();
}

/// The document to edit.
Result<Document*> ChangeBuilder::open(const DocumentId& id) {
  auto found = documents_.find(id);
  if (found == documents_.end()) {
    MUISTIO_TRY(const auto held, replica_.document(id));
    found = documents_.emplace(id, held == nullptr ? Document(id, era_) : Document(*held)).first;
  }
  if (found->second.is_taken_back()) return fail(ErrorCode::invalid_state, "the document was taken back");
  return &found->second;
}

Status ChangeBuilder::permit(const Op& op, const Document& document) const {
  if (judge_(op, author_, &document)) return ok();
  return fail(ErrorCode::not_permitted, "an edit of a document");
}

Status ChangeBuilder::add(Op op) {
  MUISTIO_TRY(auto* document, open(op.document));
  MUISTIO_CHECK(check_payload(op));
  MUISTIO_CHECK(permit(op, *document));
  auto& change = change_in(document->era());
  if (!document->merge(op, context(change))) return fail(ErrorCode::too_large, "what a document holds");
  change.ops.push_back(std::move(op));
  return ok();
}

Status ChangeBuilder::create(const DocumentId& id, DocumentType type) {
  MUISTIO_TRY(const auto* document, open(id));
  if (document->exists()) {
    if (document->type() == type) return ok();
    return fail(ErrorCode::already_exists, "a document of another type");
  }
  return add(make_create(id, type));
}

Status ChangeBuilder::begin_anew(const DocumentId& id) {
  MUISTIO_TRY(const auto held, replica_.document(id));
  if (held == nullptr || !held->exists() || held->era() >= era_ || documents_.contains(id)) return ok();
  const auto creation = make_create(id, held->type());
  if (!replica_.options_.begins_anew || !replica_.options_.begins_anew(creation, author_, held.get())) return ok();
  documents_.emplace(id, Document(id, era_));
  MUISTIO_CHECK(add(creation));
  for (const auto& [field, value] : held->state_->registers) MUISTIO_CHECK(set_register(id, field, value.value));
  for (const auto& [field, set] : held->state_->sets)
    for (const auto& value : held->set_values(field)) MUISTIO_CHECK(add_to_set(id, field, value));
  return copy_counters_and_lists(*held, id);
}

Status ChangeBuilder::set_register(const DocumentId& id, FieldId field, BytesView value) {
  MUISTIO_TRY(const auto* document, open(id));
  if (const auto* held = document->find_register(field); held != nullptr && equal(held->value, value)) return ok();
  return add(make_set_register(id, field, value));
}

Status ChangeBuilder::add_to_set(const DocumentId& id, FieldId field, BytesView value) {
  return add(make_set_add(id, field, value));
}

Status ChangeBuilder::remove_from_set(const DocumentId& id, FieldId field, BytesView value) {
  MUISTIO_TRY(const auto* document, open(id));
  auto tags = document->set_tags(field, value);
  if (tags.empty()) return ok();
  return add(make_set_remove(id, field, std::move(tags)));
}

Status ChangeBuilder::add_to_counter(const DocumentId& id, FieldId field, std::int64_t delta) {
  if (delta == 0) return ok();
  MUISTIO_TRY(const auto* document, open(id));
  const auto sum = CounterSum{document->counter(field)} + delta;
  if (sum != clamp(sum)) return fail(ErrorCode::too_large, "the sum of a counter");
  return add(make_counter_add(id, field, delta));
}

Result<DocumentId> ChangeBuilder::create_child(const DocumentId& parent, BytesView key, DocumentType type) {
  MUISTIO_TRY(const auto* above, document(parent));
  if (above->is_taken_back()) return fail(ErrorCode::invalid_state, "the document above it was taken back");
  const auto era = above->era();
  const auto id = derived_document_id(parent, era, key, type);
  MUISTIO_TRY(const auto held, replica_.document(id));
  if (held == nullptr) documents_.try_emplace(id, id, era);
  MUISTIO_CHECK(create(id, type));
  return id;
}

Status ChangeBuilder::edit_text(const DocumentId& id, FieldId field, const EditText& edit) {
  MUISTIO_TRY(auto* document, open(id));
  MUISTIO_CHECK(permit(make_text(id, field, {}), *document));
  auto& texts = document->state_->texts;
  const auto [place, is_new] = texts.try_emplace(field);
  auto before = place->second.summary();
  const auto edits_before = place->second.edit_count();
  auto edited = edit(place->second);
  if (!edited || place->second.edit_count() == edits_before) {
    if (is_new) texts.erase(place);
    return edited;
  }
  const bool is_drafted =
      std::any_of(drafts_.begin(), drafts_.end(), [&](const Draft& draft) { return draft.document == id && draft.field == field; });
  if (!is_drafted) {
    auto& change = change_in(document->era());
    drafts_.push_back({id, field, document->era(), change.ops.size(), std::move(before)});
    change.ops.push_back(Op{id, OpKind::nothing, {}, {}});
  }
  return ok();
}

Status ChangeBuilder::insert_text(const DocumentId& id, FieldId field, std::uint64_t position, std::string_view utf8) {
  return edit_text(id, field, [&](text::Document& text) { return text.insert(author_.device, position, utf8); });
}

Status ChangeBuilder::append_text(const DocumentId& id, FieldId field, std::string_view utf8) {
  return edit_text(id, field, [&](text::Document& text) { return text.insert(author_.device, text.size_scalars(), utf8); });
}

Status ChangeBuilder::erase_text(const DocumentId& id, FieldId field, std::uint64_t position, std::uint64_t count) {
  return edit_text(id, field, [&](text::Document& text) { return text.erase(author_.device, position, count); });
}

Status ChangeBuilder::replace_text(const DocumentId& id, FieldId field, std::string_view utf8, const text::Version& base) {
  return edit_text(id, field, [&](text::Document& text) -> Status {
    MUISTIO_TRY([[maybe_unused]] const auto applied, text.replace_all(author_.device, utf8, base));
    return ok();
  });
}

Status ChangeBuilder::replace_text(const DocumentId& id, FieldId field, std::string_view utf8) {
  return edit_text(id, field, [&](text::Document& text) -> Status {
    MUISTIO_TRY([[maybe_unused]] const auto applied, text.replace_all(author_.device, utf8, text.version()));
    return ok();
  });
}

Status ChangeBuilder::take_back(const DocumentId& id) {
  MUISTIO_CHECK(add(make_take_back_document(id)));
  std::erase_if(drafts_, [&](const Draft& draft) { return draft.document == id; });
  for (auto& [era, change] : changes_) empty_ops_of(change, id);
  return ok();
}

Status ChangeBuilder::take_back_passage(const DocumentId& id, FieldId field, std::uint64_t position, std::uint64_t count) {
  MUISTIO_TRY(const auto* document, open(id));
  const auto* text = document->find_text(field);
  if (text == nullptr) return fail(ErrorCode::position_out_of_range, "nothing was written there");
  MUISTIO_TRY(auto ranges, text->edits_at(position, count));
  if (ranges.empty()) return ok();
  return take_back_edits(id, field, std::move(ranges));
}

Status ChangeBuilder::take_back_edits(const DocumentId& id, FieldId field, std::vector<text::EditRange> ranges) {
  if (ranges.size() > kTakenBackRangesMax) return fail(ErrorCode::too_large, "ranges of edits");
  return add(make_take_back_passage(id, field, std::move(ranges)));
}

/// Makes the ops of the texts edited, and checks the whole.
Status ChangeBuilder::finish() {
  for (const auto& draft : drafts_) {
    auto& document = documents_.at(draft.document);
    auto op = make_text(draft.document, draft.field, document.find_text(draft.field)->encode_since(draft.before));
    MUISTIO_CHECK(permit(op, document));
    changes_.at(draft.era).ops[draft.place] = std::move(op);
    auto& state = *document.state_;
    state.writers.emplace(author_.device, author_.member);
    state.changed = std::max(state.changed, wall_);
  }
  for (const auto& [era, change] : changes_) MUISTIO_CHECK(check_form(change));
  return ok();
}

}  // namespace muistio::replica
