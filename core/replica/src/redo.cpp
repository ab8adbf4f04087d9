// ChangeBuilder::redo: what one device did, done by another with the same outcome.
#include "muistio/replica/redo.hpp"

#include <algorithm>

#include "document_state.hpp"
#include "muistio/replica/change_builder.hpp"
#include "muistio/replica/payload.hpp"
#include "muistio/text/rename.hpp"

namespace muistio::replica {
namespace {

Tag renamed_tag(Tag tag, const DeviceId& to, const RedoNames& names) {
  if (tag.change.device != names.from) return tag;
  if (const auto number = names.numbers.find(tag.change.number); number != names.numbers.end()) tag.change = {to, number->second};
  return tag;
}

ListPlace renamed_place(ListPlace place, const DeviceId& to, const RedoNames& names) {
  place.beside = renamed_tag(place.beside, to, names);
  return place;
}

Result<Op> renamed_removal(const Op& op, const DeviceId& to, const RedoNames& names) {
  MUISTIO_TRY(auto tags, named_tags(op));
  for (auto& tag : tags) tag = renamed_tag(tag, to, names);
  return op.kind == OpKind::set_remove ? make_set_remove(op.document, op.field, std::move(tags))
                                       : make_list_erase(op.document, op.field, std::move(tags));
}

Result<Op> renamed_list_insert(const Op& op, const DeviceId& to, const RedoNames& names) {
  MUISTIO_TRY(const auto insert, parse_list_insert(op));
  return make_list_insert(op.document, op.field, renamed_place(insert.place, to, names), insert.value);
}

Result<Op> renamed_list_move(const Op& op, const DeviceId& to, const RedoNames& names) {
  MUISTIO_TRY(const auto move, parse_list_move(op));
  return make_list_move(op.document, op.field, renamed_tag(move.element, to, names), renamed_place(move.place, to, names));
}

Result<Op> renamed_passage(const Op& op, const DeviceId& to, const RedoNames& names) {
  MUISTIO_TRY(auto ranges, parse_take_back_passage(op));
  const auto edits = names.edits.find({op.document, op.field});
  if (edits == names.edits.end()) return op;
  const auto [from_seq, to_seq] = edits->second;
  std::vector<text::EditRange> renamed;
  for (auto& range : ranges) {
    const auto end = range.first.seq + range.count;
    if (range.first.agent != names.from || end <= from_seq) {
      renamed.push_back(range);
      continue;
    }
    if (range.first.seq < from_seq) renamed.push_back({range.first, from_seq - range.first.seq});
    const auto first = std::max(range.first.seq, from_seq);
    renamed.push_back({{to, first - from_seq + to_seq}, end - first});
  }
  return make_take_back_passage(op.document, op.field, std::move(renamed));
}

}  // namespace

Result<Op> ChangeBuilder::renamed(const Op& op, RedoNames& names) {
  switch (op.kind) {
    case OpKind::set_remove:
    case OpKind::list_erase:
      return renamed_removal(op, author_.device, names);
    case OpKind::list_insert:
      return renamed_list_insert(op, author_.device, names);
    case OpKind::list_move:
      return renamed_list_move(op, author_.device, names);
    case OpKind::take_back_passage:
      return renamed_passage(op, author_.device, names);
    case OpKind::text: {
      MUISTIO_TRY(const auto first, text::first_edit(op.payload));
      if (!first || first->agent != names.from) return fail(ErrorCode::malformed, "edits in another device's name");
      auto known = names.edits.find({op.document, op.field});
      if (known == names.edits.end()) {
        MUISTIO_TRY(const auto* document, open(op.document));
        std::uint64_t to_seq = 0;
        if (const auto* text = document->find_text(op.field)) {
          const auto held = text->summary();
          if (const auto own = held.find(author_.device); own != held.end()) to_seq = own->second;
        }
        known = names.edits.emplace(std::pair{op.document, op.field}, std::pair{first->seq, to_seq}).first;
      }
      const auto [from_seq, to_seq] = known->second;
      MUISTIO_TRY(auto batch, text::rename_author(op.payload, {names.from, from_seq, author_.device, to_seq}));
      return make_text(op.document, op.field, std::move(batch));
    }
    default:
      return op;
  }
}

Status ChangeBuilder::redo(const Change& change, RedoNames& names) {
  auto& made = change_in(era_);
  if (change.device != names.from || !made.ops.empty()) return fail(ErrorCode::invalid_argument, "a change of another device");
  names.numbers[change.number] = made.number;
  for (auto op : change.ops) {
    if (op.kind == OpKind::create && names.created) {
      MUISTIO_TRY(const auto type, parse_create(op));
      names.documents[op.document] = names.created(op.document, type);
    }
    if (const auto again = names.documents.find(op.document); again != names.documents.end()) op.document = again->second;
    // Every op keeps its place, by which additions to sets are named.
    const auto places = made.ops.size();
    if (op.kind != OpKind::nothing) {
      auto again = renamed(op, names);
      if (again) {
        auto added = add(std::move(*again));
        const bool is_passed_over =
            !added && (added.error().code == ErrorCode::invalid_state || added.error().code == ErrorCode::not_permitted ||
                       added.error().code == ErrorCode::too_large);
        if (!added && !is_passed_over) return added;
      } else if (again.error().code != ErrorCode::invalid_state) {
        return fail(again.error());
      }
    }
    if (made.ops.size() == places) made.ops.push_back(Op{op.document, OpKind::nothing, {}, {}});
  }
  return ok();
}

}  // namespace muistio::replica
