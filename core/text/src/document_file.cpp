// A whole document as bytes (docs/formats/text.md).
#include "batch.hpp"
#include "content.hpp"
#include "document_impl.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/text/limits.hpp"

namespace muistio::text {

namespace {

constexpr std::uint8_t kVersionUnsettled = 1;
constexpr std::uint8_t kVersion = 2;

/// Whether `kept` is UTF-8 but for whole scalars taken back.
bool is_kept_text(std::string_view kept) {
  while (true) {
    const auto end = kept.find(kTakenBack);
    if (first_invalid_utf8(kept.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    kept.remove_prefix(end + 1);
  }
}

}  // namespace

Bytes Document::encode() const {
  Writer out;
  const auto [settled, rest] = impl_->stored_history();
  out.u8(kVersion).varint(settled.batch_bytes).block(settled.deflated ? BytesView(*settled.deflated) : BytesView()).block(rest);
  out.varint(impl_->redacted.size());
  for (const auto& [agent, ranges] : impl_->redacted) {
    out.raw(agent.view()).varint(ranges.size());
    std::uint64_t last = 0;
    for (const auto& [first, end] : ranges) {
      out.varint(first - last).varint(end - first);
      last = end;
    }
  }
  out.block(as_bytes(impl_->rope.kept()));
  return std::move(out).take();
}

Result<Document> Document::decode(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(const auto version, in.u8());
  if (version > kVersion) return fail(ErrorCode::unsupported_version, "a text");
  if (version == 0) return fail(ErrorCode::malformed, "version");
  std::uint64_t settled_bytes = 0;
  BytesView settled;
  if (version > kVersionUnsettled) {
    MUISTIO_TRY(settled_bytes, in.varint_at_most(kMaxSettledBytes));
    MUISTIO_TRY(settled, in.block(kMaxDocumentColumnBytes));
    if ((settled_bytes == 0) != settled.empty()) return fail(ErrorCode::malformed, "an empty settled history");
  }
  MUISTIO_TRY(const auto history, in.block(kMaxDocumentColumnBytes));
  Document made;
  auto& impl = *made.impl_;
  MUISTIO_TRY(const auto agents, in.varint_at_most(kMaxRedactedRanges));
  std::uint64_t ranges = 0;
  for (std::uint64_t i = 0; i < agents; ++i) {
    MUISTIO_TRY(const auto agent, in.fixed<AgentId>());
    if (!impl.redacted.empty() && !(impl.redacted.rbegin()->first < agent)) return fail(ErrorCode::malformed, "order of agents");
    MUISTIO_TRY(const auto count, in.varint_at_most(kMaxRedactedRanges - ranges));
    if (count == 0) return fail(ErrorCode::malformed, "an agent without ranges");
    ranges += count;
    auto& taken_back = impl.redacted[agent];
    std::uint64_t last = 0;
    for (std::uint64_t j = 0; j < count; ++j) {
      MUISTIO_TRY(const auto gap, in.varint_at_most(2 * kMaxEdits));
      MUISTIO_TRY(const auto length, in.varint_at_most(2 * kMaxEdits));
      if (length == 0 || (j > 0 && gap == 0) || last + gap + length > 2 * kMaxEdits) return fail(ErrorCode::malformed, "a range");
      taken_back[last + gap] = last + gap + length;
      last += gap + length;
    }
  }
  MUISTIO_TRY(const auto kept, in.block(kMaxDocumentColumnBytes));
  MUISTIO_CHECK(in.finish());
  if (!is_kept_text(as_text(kept))) return fail(ErrorCode::malformed, "the text");
  MUISTIO_CHECK(impl.read_history(settled, settled_bytes, history));
  if (kept_count(as_text(kept)) > impl.log.size()) return fail(ErrorCode::malformed, "more text than edits");
  impl.rope.assign(as_text(kept));
  return made;
}

Status Document::Impl::read_history(BytesView deflated, std::uint64_t settled_bytes, BytesView rest) {
  if (!deflated.empty()) {
    MUISTIO_TRY(const auto bytes, inflated(deflated, settled_bytes));
    MUISTIO_TRY(const auto batch, read_batch(bytes, ReadLimits::of_document()));
    MUISTIO_CHECK(add_batch(log, batch, redacted));
    settled = {std::make_shared<const Bytes>(to_bytes(deflated)), settled_bytes, log.size()};
    if (settled.edits == 0) return fail(ErrorCode::malformed, "an empty settled history");
  }
  MUISTIO_TRY(const auto batch, read_batch(rest, ReadLimits::of_document()));
  if (settled.edits > 0 && (batch.edit_count == 0 || goes_on(batch))) log.let_go();
  return add_batch(log, batch, redacted);
}

Status Document::verify() const {
  const auto& log = impl_->whole();
  OpenStretch unused;
  auto effects = walk(log, 0, 0, impl_->clearing, unused);
  if (!effects) return fail(ErrorCode::malformed, effects.error().detail);
  Rope replayed;
  make_effects(log, *effects, replayed);
  if (replayed.kept() != impl_->rope.kept()) return fail(ErrorCode::malformed, "the text is not that of its history");
  return ok();
}

}  // namespace muistio::text
