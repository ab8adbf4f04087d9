#include "muistio/replica/payload.hpp"

#include <algorithm>

#include "muistio/base/reader.hpp"

namespace muistio::replica {
namespace {
Op make(const DocumentId& document, OpKind kind, FieldId field, Bytes payload) {
  return Op{document, kind, field, std::move(payload)};
}

Unexpected another_kind() { return fail(ErrorCode::malformed, "the op is of another kind"); }

Status no_field(const Op& op) {
  if (op.field.value() != 0) return fail(ErrorCode::malformed, "an op that names a field without need");
  return ok();
}

Status at_most(const Op& op, std::size_t most, const char* what) {
  if (op.payload.size() > most) return fail(ErrorCode::too_large, what);
  return ok();
}

void write_tag(Writer& writer, const Tag& tag) { writer.raw(tag.change.device.view()).varint(tag.change.number).varint(tag.op); }

Result<Tag> read_tag(Reader& reader) {
  Tag tag;
  MUISTIO_TRY(tag.change.device, reader.fixed<DeviceId>());
  MUISTIO_TRY(tag.change.number, reader.varint());
  MUISTIO_TRY(const auto place, reader.varint_at_most(UINT32_MAX));
  tag.op = static_cast<std::uint32_t>(place);
  if (tag.change.number == 0) return fail(ErrorCode::malformed, "an op of change 0");
  return tag;
}

Bytes write_tags(std::vector<Tag> tags) {
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  Writer writer;
  writer.varint(tags.size());
  for (const auto& tag : tags) write_tag(writer, tag);
  return std::move(writer).take();
}

Result<std::vector<Tag>> read_tags(BytesView payload) {
  Reader reader(payload);
  MUISTIO_TRY(const auto count, reader.varint_at_most(kRemovedTagsMax));
  std::vector<Tag> tags;
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto tag, read_tag(reader));
    if (!tags.empty() && tags.back() >= tag) return fail(ErrorCode::malformed, "tags out of order");
    tags.push_back(tag);
  }
  MUISTIO_CHECK(reader.finish());
  if (tags.empty()) return fail(ErrorCode::malformed, "a removal of nothing");
  return tags;
}

void write_place(Writer& writer, const ListPlace& place) {
  writer.u8(static_cast<std::uint8_t>(place.side));
  if (place.side != ListPlace::Side::root) write_tag(writer, place.beside);
}

Result<ListPlace> read_place(Reader& reader) {
  ListPlace place;
  MUISTIO_TRY(const auto side, reader.u8());
  if (side > static_cast<std::uint8_t>(ListPlace::Side::before)) return fail(ErrorCode::malformed, "a side of a place in a list");
  place.side = static_cast<ListPlace::Side>(side);
  if (place.side != ListPlace::Side::root) {
    MUISTIO_TRY(place.beside, read_tag(reader));
  }
  return place;
}

/// Sorts, and joins ranges that touch.
std::vector<text::EditRange> tidy(std::vector<text::EditRange> ranges) {
  std::erase_if(ranges, [](const auto& range) { return range.count == 0; });
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<text::EditRange> tidied;
  for (const auto& range : ranges) {
    if (!tidied.empty() && tidied.back().first.agent == range.first.agent &&
        range.first.seq - tidied.back().first.seq <= tidied.back().count) {
      auto& last = tidied.back();
      last.count = std::max(last.count, range.first.seq - last.first.seq + range.count);
    } else {
      tidied.push_back(range);
    }
  }
  return tidied;
}
}  // namespace

Op make_create(const DocumentId& document, DocumentType type) {
  return make(document, OpKind::create, {}, std::move(Writer().varint(type.value())).take());
}

Op make_set_register(const DocumentId& document, FieldId field, BytesView value) {
  return make(document, OpKind::set_register, field, to_bytes(value));
}

Op make_set_add(const DocumentId& document, FieldId field, BytesView value) {
  return make(document, OpKind::set_add, field, to_bytes(value));
}

Op make_set_remove(const DocumentId& document, FieldId field, std::vector<Tag> tags) {
  return make(document, OpKind::set_remove, field, write_tags(std::move(tags)));
}

Op make_text(const DocumentId& document, FieldId field, Bytes batch) {
  return make(document, OpKind::text, field, std::move(batch));
}

Op make_take_back_document(const DocumentId& document) { return make(document, OpKind::take_back_document, {}, {}); }

Op make_take_back_passage(const DocumentId& document, FieldId field, std::vector<text::EditRange> ranges) {
  ranges = tidy(std::move(ranges));
  Writer writer;
  writer.varint(ranges.size());
  for (const auto& range : ranges) writer.raw(range.first.agent.view()).varint(range.first.seq).varint(range.count);
  return make(document, OpKind::take_back_passage, field, std::move(writer).take());
}

Op make_counter_add(const DocumentId& document, FieldId field, std::int64_t delta) {
  return make(document, OpKind::counter_add, field, std::move(Writer().signed_varint(delta)).take());
}

Op make_list_insert(const DocumentId& document, FieldId field, const ListPlace& place, BytesView value) {
  Writer writer;
  write_place(writer, place);
  return make(document, OpKind::list_insert, field, std::move(writer.raw(value)).take());
}

Op make_list_move(const DocumentId& document, FieldId field, const Tag& element, const ListPlace& place) {
  Writer writer;
  write_tag(writer, element);
  write_place(writer, place);
  return make(document, OpKind::list_move, field, std::move(writer).take());
}

Op make_list_erase(const DocumentId& document, FieldId field, std::vector<Tag> elements) {
  return make(document, OpKind::list_erase, field, write_tags(std::move(elements)));
}

Result<DocumentType> parse_create(const Op& op) {
  if (op.kind != OpKind::create) return another_kind();
  Reader reader(op.payload);
  MUISTIO_TRY(const auto type, reader.varint_at_most(UINT16_MAX));
  MUISTIO_CHECK(reader.finish());
  if (type == 0) return fail(ErrorCode::malformed, "a document type of 0");
  return DocumentType(static_cast<std::uint16_t>(type));
}

Result<std::vector<Tag>> parse_set_remove(const Op& op) {
  if (op.kind != OpKind::set_remove) return another_kind();
  return read_tags(op.payload);
}

Result<std::vector<text::EditRange>> parse_take_back_passage(const Op& op) {
  if (op.kind != OpKind::take_back_passage) return another_kind();
  Reader reader(op.payload);
  MUISTIO_TRY(const auto count, reader.varint_at_most(kTakenBackRangesMax));
  std::vector<text::EditRange> ranges;
  for (std::uint64_t i = 0; i < count; ++i) {
    text::EditRange range;
    MUISTIO_TRY(range.first.agent, reader.fixed<DeviceId>());
    MUISTIO_TRY(range.first.seq, reader.varint());
    MUISTIO_TRY(range.count, reader.varint());
    if (range.count == 0 || range.count > UINT64_MAX - range.first.seq) return fail(ErrorCode::malformed, "a range of edits");
    if (!ranges.empty()) {
      const auto& last = ranges.back();
      const bool apart = last.first.agent < range.first.agent ||
                         (last.first.agent == range.first.agent && last.first.seq + last.count < range.first.seq);
      if (!apart) return fail(ErrorCode::malformed, "ranges of edits out of order");
    }
    ranges.push_back(range);
  }
  MUISTIO_CHECK(reader.finish());
  if (ranges.empty()) return fail(ErrorCode::malformed, "a passage of nothing");
  return ranges;
}

Result<std::int64_t> parse_counter_add(const Op& op) {
  if (op.kind != OpKind::counter_add) return another_kind();
  Reader reader(op.payload);
  MUISTIO_TRY(const auto delta, reader.signed_varint());
  MUISTIO_CHECK(reader.finish());
  if (delta == 0) return fail(ErrorCode::malformed, "an addition of nothing");
  return delta;
}

Result<ListInsert> parse_list_insert(const Op& op) {
  if (op.kind != OpKind::list_insert) return another_kind();
  Reader reader(op.payload);
  ListInsert insert;
  MUISTIO_TRY(insert.place, read_place(reader));
  if (reader.left() > kListValueBytesMax) return fail(ErrorCode::too_large, "a value in a list");
  MUISTIO_TRY(insert.value, reader.take(reader.left()));
  return insert;
}

Result<ListMove> parse_list_move(const Op& op) {
  if (op.kind != OpKind::list_move) return another_kind();
  Reader reader(op.payload);
  ListMove move;
  MUISTIO_TRY(move.element, read_tag(reader));
  MUISTIO_TRY(move.place, read_place(reader));
  MUISTIO_CHECK(reader.finish());
  return move;
}

Result<std::vector<Tag>> parse_list_erase(const Op& op) {
  if (op.kind != OpKind::list_erase) return another_kind();
  return read_tags(op.payload);
}

Result<std::vector<Tag>> named_tags(const Op& op) {
  std::vector<Tag> tags;
  const auto name_place = [&](const ListPlace& place) {
    if (place.side != ListPlace::Side::root) tags.push_back(place.beside);
  };
  if (op.kind == OpKind::set_remove) return parse_set_remove(op);
  if (op.kind == OpKind::list_erase) return parse_list_erase(op);
  if (op.kind == OpKind::list_insert) {
    MUISTIO_TRY(const auto insert, parse_list_insert(op));
    name_place(insert.place);
  } else if (op.kind == OpKind::list_move) {
    MUISTIO_TRY(const auto move, parse_list_move(op));
    tags.push_back(move.element);
    name_place(move.place);
  }
  return tags;
}

Status check_payload(const Op& op) {
  switch (op.kind) {
    case OpKind::nothing:
      if (!op.payload.empty()) return fail(ErrorCode::malformed, "an op of nothing with a payload");
      return no_field(op);
    case OpKind::create: {
      MUISTIO_CHECK(no_field(op));
      auto type = parse_create(op);
      return type ? ok() : Status(fail(type.error()));
    }
    case OpKind::set_register:
      return at_most(op, kRegisterBytesMax, "the value of a register");
    case OpKind::set_add:
      return at_most(op, kSetValueBytesMax, "a value in a set");
    case OpKind::set_remove: {
      auto tags = parse_set_remove(op);
      return tags ? ok() : Status(fail(tags.error()));
    }
    case OpKind::text:
      return ok();
    case OpKind::take_back_document:
      if (!op.payload.empty()) return fail(ErrorCode::malformed, "taking a document back has no payload");
      return no_field(op);
    case OpKind::take_back_passage: {
      auto ranges = parse_take_back_passage(op);
      return ranges ? ok() : Status(fail(ranges.error()));
    }
    case OpKind::counter_add: {
      auto delta = parse_counter_add(op);
      return delta ? ok() : Status(fail(delta.error()));
    }
    case OpKind::list_insert:
    case OpKind::list_move:
    case OpKind::list_erase: {
      auto tags = named_tags(op);
      return tags ? ok() : Status(fail(tags.error()));
    }
  }
  return ok();
}

}  // namespace muistio::replica
