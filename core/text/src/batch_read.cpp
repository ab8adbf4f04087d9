#include <algorithm>
#include <set>

#include "batch.hpp"
#include "content.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/text/limits.hpp"

namespace muistio::text {

namespace {

Status read_agents(Reader& in, const ReadLimits& limits, ParsedBatch& batch) {
  MUISTIO_TRY(const auto authors, in.varint_at_most(limits.agents));
  MUISTIO_TRY(const auto others, in.varint_at_most(limits.agents - authors));
  batch.author_count = authors;
  std::set<AgentId> seen;
  for (std::uint64_t i = 0; i < authors + others; ++i) {
    ParsedBatch::Agent agent;
    MUISTIO_TRY(agent.id, in.fixed<AgentId>());
    if (!seen.insert(agent.id).second) return fail(ErrorCode::malformed, "an agent is named twice");
    if (i < authors) {
      MUISTIO_TRY(agent.first_seq, in.varint_at_most(kMaxEdits));
    }
    batch.agents.push_back(agent);
  }
  return ok();
}

Result<ParsedBatch::Parent> read_parent(Reader& in, const ParsedBatch& batch, std::uint64_t here) {
  MUISTIO_TRY(const auto head, in.varint());
  const auto value = head >> 1U;
  if ((head & 1U) == 0) {
    if (value == 0 || value > here) return fail(ErrorCode::malformed, "a parent lies outside the batch");
    return ParsedBatch::Parent{true, 0, here - value};
  }
  if (value >= batch.agents.size()) return fail(ErrorCode::malformed, "a parent's agent is not named");
  MUISTIO_TRY(auto seq, in.varint_at_most(kMaxEdits));
  if (value < batch.author_count) {
    const auto first = batch.agents[value].first_seq;
    if (seq >= first) return fail(ErrorCode::malformed, "a parent lies before its agent's first edit");
    seq = first - 1 - seq;
  }
  return ParsedBatch::Parent{false, static_cast<std::uint32_t>(value), seq};
}

Status read_stretches(BytesView column, const ReadLimits& limits, ParsedBatch& batch) {
  Reader in(column);
  std::uint64_t here = 0;
  std::vector<bool> author_seen(batch.author_count);
  while (!in.at_end()) {
    if (batch.stretches.size() >= limits.runs) return fail(ErrorCode::too_large, "stretches");
    ParsedBatch::Stretch stretch;
    MUISTIO_TRY(const auto length, in.varint_at_most(batch.edit_count - here));
    if (length == 0) return fail(ErrorCode::malformed, "an empty stretch");
    MUISTIO_TRY(const auto agent, in.varint());
    if (agent >= batch.author_count) return fail(ErrorCode::malformed, "a stretch's agent is not named");
    MUISTIO_TRY(const auto parents, in.varint_at_most(kMaxParents));
    stretch = {static_cast<std::uint32_t>(agent), static_cast<std::uint32_t>(length),
               static_cast<std::uint32_t>(batch.parents.size()), static_cast<std::uint32_t>(parents)};
    if (parents > limits.runs - batch.parents.size()) return fail(ErrorCode::too_large, "parents");
    for (std::uint64_t i = 0; i < parents; ++i) {
      MUISTIO_TRY(const auto parent, read_parent(in, batch, here));
      batch.parents.push_back(parent);
    }
    batch.stretches.push_back(stretch);
    author_seen[agent] = true;
    here += length;
  }
  if (here != batch.edit_count) return fail(ErrorCode::malformed, "the stretches do not add up to the edits");
  if (std::find(author_seen.begin(), author_seen.end(), false) != author_seen.end()) {
    return fail(ErrorCode::malformed, "an author without an edit");
  }
  return ok();
}

Status read_ops(BytesView kinds_column, BytesView positions_column, BytesView content_column, const ReadLimits& limits,
                ParsedBatch& batch) {
  const auto content = as_text(content_column);
  if (const auto bad = first_invalid_utf8(content)) return fail(ErrorCode::malformed, "content, byte " + std::to_string(*bad));
  Reader kinds(kinds_column);
  Reader positions(positions_column);
  std::uint64_t edits = 0;
  std::int64_t expected = 0;
  std::size_t content_at = 0;
  while (!kinds.at_end()) {
    if (batch.ops.size() >= limits.runs) return fail(ErrorCode::too_large, "op runs");
    MUISTIO_TRY(const auto head, kinds.varint());
    const auto length = head >> 2U;
    if (length == 0 || length > batch.edit_count - edits) return fail(ErrorCode::malformed, "the ops do not add up to the edits");
    MUISTIO_TRY(const auto delta, positions.signed_varint());
    const auto most = static_cast<std::int64_t>(kMaxEdits);
    if (delta < -most || delta > most || expected + delta < 0 || expected + delta > most) {
      return fail(ErrorCode::malformed, "a position out of range");
    }
    ParsedBatch::Op op;
    op.kind = (head & 3U) == 3U ? OpKind::insert : static_cast<OpKind>(head & 3U);
    op.absent = (head & 3U) == 3U;
    op.length = static_cast<std::uint32_t>(length);
    op.position = static_cast<std::uint32_t>(expected + delta);
    if (op.kind == OpKind::insert && !op.absent) {
      const auto rest = content.substr(content_at);
      if (rest.size() < length) return fail(ErrorCode::malformed, "content is missing");
      // Where all bytes are ASCII, `length` of them; else as many as that takes.
      const bool ascii = is_ascii(rest.substr(0, length));
      const auto bytes = ascii ? length : kept_offset(rest, length);
      op.content = rest.substr(0, bytes);
      if (!ascii && kept_count(op.content) != length) return fail(ErrorCode::malformed, "content is missing");
      content_at += bytes;
    }
    expected = std::int64_t{op.position} + (op.kind == OpKind::insert ? op.length : 0);
    edits += length;
    batch.ops.push_back(op);
  }
  if (edits != batch.edit_count) return fail(ErrorCode::malformed, "the ops do not add up to the edits");
  if (content_at != content.size()) return fail(ErrorCode::malformed, "content is left over");
  return positions.finish();
}

}  // namespace

ReadLimits ReadLimits::of_batch() { return {kMaxBatchEdits, kMaxBatchAgents, kMaxBatchRuns, kMaxColumnBytes}; }

ReadLimits ReadLimits::of_document() { return {kMaxEdits, kMaxDocumentAgents, kMaxEdits, kMaxDocumentColumnBytes}; }

Result<ParsedBatch> read_batch(BytesView bytes, const ReadLimits& limits) {
  Reader in(bytes);
  ParsedBatch batch;
  MUISTIO_TRY(const auto version, in.u8());
  if (version > kBatchVersion) return fail(ErrorCode::unsupported_version, "a batch of text edits");
  if (version != kBatchVersion) return fail(ErrorCode::malformed, "version");
  MUISTIO_CHECK(read_agents(in, limits, batch));
  MUISTIO_TRY(const auto edits, in.varint_at_most(limits.edits));
  batch.edit_count = static_cast<std::uint32_t>(edits);
  MUISTIO_TRY(const auto stretches, in.block(limits.column_bytes));
  MUISTIO_TRY(const auto kinds, in.block(limits.column_bytes));
  MUISTIO_TRY(const auto positions, in.block(limits.column_bytes));
  MUISTIO_TRY(const auto content, in.block(limits.column_bytes));
  MUISTIO_CHECK(in.finish());
  MUISTIO_CHECK(read_stretches(stretches, limits, batch));
  MUISTIO_CHECK(read_ops(kinds, positions, content, limits, batch));
  return batch;
}

}  // namespace muistio::text
