#include <algorithm>
#include <map>

#include "batch.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::text {

namespace {

/// The place of an edit in the batch, if it is in it.
class BatchIndex {
 public:
  explicit BatchIndex(const std::vector<LvRange>& ranges) : ranges_(ranges) {
    for (const auto& range : ranges) {
      starts_.push_back(total_);
      total_ += range.size();
    }
  }
  [[nodiscard]] std::optional<Lv> find(Lv lv) const {
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), lv, [](Lv wanted, const LvRange& range) { return wanted < range.begin; });
    if (after == ranges_.begin() || std::prev(after)->end <= lv) return std::nullopt;
    return starts_[static_cast<std::size_t>(std::prev(after) - ranges_.begin())] + (lv - std::prev(after)->begin);
  }
  [[nodiscard]] Lv total() const noexcept { return total_; }

 private:
  const std::vector<LvRange>& ranges_;
  std::vector<Lv> starts_;
  Lv total_ = 0;
};

class BatchWriter {
 public:
  BatchWriter(const EventLog& log, const std::vector<LvRange>& ranges) : log_(log), ranges_(ranges), index_(ranges) {}

  Bytes write() {
    for (const auto& range : ranges_) {
      for (Lv at = range.begin; at < range.end;) {
        const auto slice = log_.agent_slice(at, range.end);
        if (numbers_.try_emplace(slice.agent, agents_.size()).second) agents_.push_back({slice.agent, slice.seq});
        at = slice.range.end;
      }
    }
    authors_ = agents_.size();
    for (const auto& range : ranges_) write_stretches(range);
    write_ops();
    Writer out;
    out.u8(kBatchVersion).varint(authors_).varint(agents_.size() - authors_);
    for (std::size_t i = 0; i < agents_.size(); ++i) {
      out.raw(log_.agent(agents_[i].first).view());
      if (i < authors_) out.varint(agents_[i].second);
    }
    out.varint(index_.total());
    for (auto* column : {&stretches_, &kinds_, &positions_, &content_}) out.block(column->bytes());
    return std::move(out).take();
  }

 private:
  void write_stretches(LvRange range) {
    for (Lv at = range.begin; at < range.end;) {
      const Lv entry_end = log_.entries()[log_.entry_index(at)].range.end;
      const auto slice = log_.agent_slice(at, std::min(range.end, entry_end));
      stretches_.varint(slice.range.size()).varint(numbers_.at(slice.agent));
      auto parents = log_.parents_of(at);
      std::sort(parents.begin(), parents.end(), [&](Lv a, Lv b) { return log_.id_less(a, b); });
      stretches_.varint(parents.size());
      for (auto parent : parents) write_parent(parent, *index_.find(at));
      at = slice.range.end;
    }
  }

  void write_parent(Lv parent, Lv here) {
    if (const auto inside = index_.find(parent)) {
      stretches_.varint(std::uint64_t{here - *inside} << 1U);
      return;
    }
    const auto slice = log_.agent_slice(parent, parent + 1);
    const auto [number, added] = numbers_.try_emplace(slice.agent, agents_.size());
    if (added) agents_.push_back({slice.agent, 0});
    stretches_.varint(std::uint64_t{number->second} << 1U | 1U);
    stretches_.varint(number->second < authors_ ? agents_[number->second].second - 1 - slice.seq : slice.seq);
  }

  void write_ops() {
    EventLog joined;  // ops only: what follows each other in the batch becomes one run
    for (const auto& range : ranges_) {
      log_.for_each_op(range, [&](const OpSlice& op) { joined.add_op(op.kind, op.position, op.length, op.content, op.absent); });
    }
    std::int64_t expected = 0;
    if (index_.total() == 0) return;
    joined.for_each_op({0, index_.total()}, [&](const OpSlice& op) {
      const unsigned kind = op.absent ? 3U : static_cast<unsigned>(op.kind);
      kinds_.varint(std::uint64_t{op.length} << 2U | kind);
      positions_.signed_varint(std::int64_t{op.position} - expected);
      expected = std::int64_t{op.position} + (op.kind == OpKind::insert ? op.length : 0);
      content_.raw(as_bytes(op.content));
    });
  }

  const EventLog& log_;
  const std::vector<LvRange>& ranges_;
  BatchIndex index_;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> agents_;  // index in the log, first seq
  std::map<std::uint32_t, std::size_t> numbers_;
  std::size_t authors_ = 0;
  Writer stretches_;
  Writer kinds_;
  Writer positions_;
  Writer content_;
};

}  // namespace

Bytes write_batch(const EventLog& log, const std::vector<LvRange>& ranges) { return BatchWriter(log, ranges).write(); }

}  // namespace muistio::text
