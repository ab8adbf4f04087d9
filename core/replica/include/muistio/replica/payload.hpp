// The payloads of the known kinds of op.
#pragma once

#include <span>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/change.hpp"
#include "muistio/replica/list.hpp"
#include "muistio/text/ids.hpp"

namespace muistio::replica {

/// An op that does it. Tags and ranges are sorted and made distinct here.
[[nodiscard]] Op make_create(const DocumentId& document, DocumentType type);
[[nodiscard]] Op make_set_register(const DocumentId& document, FieldId field, BytesView value);
[[nodiscard]] Op make_set_add(const DocumentId& document, FieldId field, BytesView value);
[[nodiscard]] Op make_set_remove(const DocumentId& document, FieldId field, std::vector<Tag> tags);
[[nodiscard]] Op make_text(const DocumentId& document, FieldId field, Bytes batch);
[[nodiscard]] Op make_take_back_document(const DocumentId& document);
[[nodiscard]] Op make_take_back_passage(const DocumentId& document, FieldId field, std::vector<text::EditRange> ranges);

[[nodiscard]] Op make_counter_add(const DocumentId& document, FieldId field, std::int64_t delta);
[[nodiscard]] Op make_list_insert(const DocumentId& document, FieldId field, const ListPlace& place, BytesView value);
[[nodiscard]] Op make_list_move(const DocumentId& document, FieldId field, const Tag& element, const ListPlace& place);
[[nodiscard]] Op make_list_erase(const DocumentId& document, FieldId field, std::vector<Tag> elements);

/// What a `create` says. Errors: malformed (also if the op is of another kind, here and below).
[[nodiscard]] Result<DocumentType> parse_create(const Op& op);
/// The tags of a `set_remove`, ascending. Errors: malformed, too_large.
[[nodiscard]] Result<std::vector<Tag>> parse_set_remove(const Op& op);
/// The ranges of a `take_back_passage`, ascending, apart from each other. Errors: malformed, too_large.
[[nodiscard]] Result<std::vector<text::EditRange>> parse_take_back_passage(const Op& op);

/// What a `counter_add` adds; never 0. Errors: malformed.
[[nodiscard]] Result<std::int64_t> parse_counter_add(const Op& op);
/// What a `list_insert` or a `list_move` says. Errors: malformed, too_large.
[[nodiscard]] Result<ListInsert> parse_list_insert(const Op& op);
[[nodiscard]] Result<ListMove> parse_list_move(const Op& op);
/// The elements of a `list_erase`, ascending. Errors: malformed, too_large.
[[nodiscard]] Result<std::vector<Tag>> parse_list_erase(const Op& op);
/// Every tag that an op of a known kind names, but its own: additions, elements, places. Errors: malformed, too_large.
[[nodiscard]] Result<std::vector<Tag>> named_tags(const Op& op);

/// Checks the payload of a known kind; an unknown kind passes. What is inside a text batch is for `text` to check.
/// Errors: malformed, too_large.
[[nodiscard]] Status check_payload(const Op& op);

}  // namespace muistio::replica
