#include <map>

#include "batch.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/text/rename.hpp"

namespace muistio::text {

namespace {

/// The stretches of a batch of one author, with the parents' names mapped.
class StretchWriter {
 public:
  StretchWriter(const ParsedBatch& batch, const Renaming& renaming, std::uint64_t first_seq)
      : batch_(batch), renaming_(renaming), first_seq_(first_seq) {}

  Bytes write() {
    std::uint64_t here = 0;
    for (const auto& stretch : batch_.stretches) {
      out_.varint(stretch.length).varint(0).varint(stretch.parent_count);
      for (std::uint32_t i = 0; i < stretch.parent_count; ++i) write_parent(batch_.parents[stretch.parents_at + i], here);
      here += stretch.length;
    }
    return std::move(out_).take();
  }
  [[nodiscard]] const std::vector<AgentId>& others() const { return others_; }

 private:
  void write_parent(const ParsedBatch::Parent& parent, std::uint64_t here) {
    if (parent.inside) {
      out_.varint((here - parent.value) << 1U);
      return;
    }
    auto agent = batch_.agents[parent.agent].id;
    auto seq = parent.value;
    if (agent == renaming_.from && seq >= renaming_.from_seq) {
      agent = renaming_.to;
      seq = seq - renaming_.from_seq + renaming_.to_seq;
    }
    if (agent == renaming_.to) {
      out_.varint(1).varint(first_seq_ - 1 - seq);
      return;
    }
    const auto [number, is_new] = numbers_.try_emplace(agent, others_.size() + 1);
    if (is_new) others_.push_back(agent);
    out_.varint(std::uint64_t{number->second} << 1U | 1U).varint(seq);
  }

  const ParsedBatch& batch_;
  const Renaming& renaming_;
  std::uint64_t first_seq_;
  Writer out_;
  std::map<AgentId, std::size_t> numbers_;
  std::vector<AgentId> others_;
};

}  // namespace

Result<std::optional<EditId>> first_edit(BytesView bytes) {
  MUISTIO_TRY(const auto batch, read_batch(bytes, ReadLimits::of_batch()));
  if (batch.author_count == 0) return std::optional<EditId>();
  if (batch.author_count != 1) return fail(ErrorCode::invalid_argument, "a batch of several authors");
  return std::optional(EditId{batch.agents[0].id, batch.agents[0].first_seq});
}

Result<Bytes> rename_author(BytesView bytes, const Renaming& renaming) {
  MUISTIO_TRY(const auto batch, read_batch(bytes, ReadLimits::of_batch()));
  if (batch.author_count == 0) return to_bytes(bytes);
  const auto& author = batch.agents[0];
  if (batch.author_count != 1 || author.id != renaming.from || author.first_seq < renaming.from_seq)
    return fail(ErrorCode::invalid_argument, "a batch of another author");
  const auto first_seq = author.first_seq - renaming.from_seq + renaming.to_seq;
  StretchWriter stretches(batch, renaming, first_seq);
  const auto column = stretches.write();

  Reader in(bytes);  // its form was checked above
  MUISTIO_TRY(const auto version, in.u8());
  MUISTIO_TRY([[maybe_unused]] const auto authors, in.varint());
  MUISTIO_TRY([[maybe_unused]] const auto others, in.varint());
  for (std::size_t i = 0; i < batch.agents.size(); ++i) {
    MUISTIO_TRY([[maybe_unused]] const auto agent, in.fixed<AgentId>());
    if (i < batch.author_count) {
      MUISTIO_TRY([[maybe_unused]] const auto first, in.varint());
    }
  }
  MUISTIO_TRY([[maybe_unused]] const auto edits, in.varint());
  MUISTIO_TRY([[maybe_unused]] const auto old_column, in.block(in.left()));
  MUISTIO_TRY(const auto rest, in.take(in.left()));

  Writer out;
  out.u8(version).varint(1).varint(stretches.others().size()).raw(renaming.to.view()).varint(first_seq);
  for (const auto& other : stretches.others()) out.raw(other.view());
  out.varint(batch.edit_count).block(column).raw(rest);
  return std::move(out).take();
}

}  // namespace muistio::text
