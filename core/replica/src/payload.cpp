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
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  Writer writer;
  writer.varint(tags.size());
  for (const auto& tag : tags) writer.raw(tag.change.device.view()).varint(tag.change.number).varint(tag.op);
  return make(document, OpKind::set_remove, field, std::move(writer).take());
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
  Reader reader(op.payload);
  MUISTIO_TRY(const auto count, reader.varint_at_most(kRemovedTagsMax));
  std::vector<Tag> tags;
  for (std::uint64_t i = 0; i < count; ++i) {
    Tag tag;
    MUISTIO_TRY(tag.change.device, reader.fixed<DeviceId>());
    MUISTIO_TRY(tag.change.number, reader.varint());
    MUISTIO_TRY(const auto place, reader.varint_at_most(UINT32_MAX));
    tag.op = static_cast<std::uint32_t>(place);
    if (tag.change.number == 0) return fail(ErrorCode::malformed, "an addition by change 0");
    if (!tags.empty() && tags.back() >= tag) return fail(ErrorCode::malformed, "additions out of order");
    tags.push_back(tag);
  }
  MUISTIO_CHECK(reader.finish());
  if (tags.empty()) return fail(ErrorCode::malformed, "a removal of nothing");
  return tags;
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
  }
  return ok();
}

}  // namespace muistio::replica
