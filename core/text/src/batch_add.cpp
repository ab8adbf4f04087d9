// Adding a batch to a history: what is held is compared, what is new is added.
#include <algorithm>

#include "batch.hpp"
#include "content.hpp"
#include "muistio/text/limits.hpp"

namespace muistio::text {

namespace {

using Redacted = std::map<AgentId, std::map<std::uint64_t, std::uint64_t>>;  // agent → first seq → end

/// Hands out the ops of a batch in pieces.
class OpCursor {
 public:
  explicit OpCursor(const std::vector<ParsedBatch::Op>& ops) : ops_(ops) {}

  /// The next piece, at most `most` edits long.
  ParsedBatch::Op next(std::uint32_t most) {
    const auto& op = ops_[index_];
    ParsedBatch::Op piece = op;
    piece.length = std::min(most, op.length - done_);
    if (op.kind == OpKind::insert) piece.position += done_;
    if (op.kind == OpKind::erase_backward) piece.position += op.length - done_ - piece.length;
    if (!op.content.empty()) {
      const auto rest = op.content.substr(content_done_);
      const auto bytes = op.content.size() == op.length ? piece.length : kept_offset(rest, piece.length);
      piece.content = rest.substr(0, bytes);
      content_done_ += bytes;
    }
    done_ += piece.length;
    if (done_ == op.length) {
      ++index_;
      done_ = 0;
      content_done_ = 0;
    }
    return piece;
  }

 private:
  const std::vector<ParsedBatch::Op>& ops_;
  std::size_t index_ = 0;
  std::uint32_t done_ = 0;
  std::size_t content_done_ = 0;
};

/// Whether two ops of the same length do the same, edit by edit. Content that was taken back equals any.
bool same(const OpSlice& held, const ParsedBatch::Op& given) {
  if ((held.kind == OpKind::insert) != (given.kind == OpKind::insert)) return false;
  if (held.kind == OpKind::insert) {
    return held.position == given.position && (held.absent || given.absent || held.content == given.content);
  }
  return held.position == given.position && (held.kind == given.kind || held.length == 1);
}

class BatchAdder {
 public:
  BatchAdder(EventLog& log, const ParsedBatch& batch, const Redacted& redacted)
      : log_(log), batch_(batch), redacted_(redacted), ops_(batch.ops) {}

  Status add() {
    for (std::size_t i = 0; i < batch_.agents.size(); ++i) {
      const auto& agent = batch_.agents[i];
      if (i >= batch_.author_count && !log_.find_agent(agent.id)) return fail(ErrorCode::missing_parent, "an unknown agent's edit");
      agents_.push_back(log_.intern(agent.id));
      seqs_.push_back(agent.first_seq);
      if (i < batch_.author_count && log_.next_seq(agents_.back()) < agent.first_seq) {
        return fail(ErrorCode::missing_parent, "earlier edits of an author are missing");
      }
    }
    for (const auto& stretch : batch_.stretches) MUISTIO_CHECK(add_stretch(stretch));
    return ok();
  }

 private:
  Result<std::vector<Lv>> parents_of(const ParsedBatch::Stretch& stretch) const {
    std::vector<Lv> parents;
    for (std::uint32_t i = 0; i < stretch.parent_count; ++i) {
      const auto& parent = batch_.parents[stretch.parents_at + i];
      if (parent.inside) {
        parents.push_back(place_of(static_cast<Lv>(parent.value)));
        continue;
      }
      const auto held = log_.find(agents_[parent.agent], parent.value);
      if (!held) return fail(ErrorCode::missing_parent, "a parent is missing");
      parents.push_back(*held);
    }
    for (std::size_t i = 1; i < parents.size(); ++i) {
      if (!log_.id_less(parents[i - 1], parents[i])) return fail(ErrorCode::malformed, "the parents are not in order");
    }
    std::sort(parents.begin(), parents.end());
    return parents;
  }

  [[nodiscard]] Lv place_of(Lv index) const {
    const auto after =
        std::upper_bound(places_.begin(), places_.end(), index, [](Lv wanted, const Place& place) { return wanted < place.index; });
    return std::prev(after)->lv + (index - std::prev(after)->index);
  }

  Status add_stretch(const ParsedBatch::Stretch& stretch) {
    const auto agent = agents_[stretch.agent];
    auto& seq = seqs_[stretch.agent];
    MUISTIO_TRY(auto parents, parents_of(stretch));
    const auto held = static_cast<Lv>(std::min<std::uint64_t>(stretch.length, log_.next_seq(agent) - seq));
    for (Lv done = 0; done < held;) {
      const auto slice = log_.agent_slice(*log_.find(agent, seq), log_.size());
      const Lv entry_end = log_.entries()[log_.entry_index(slice.range.begin)].range.end;
      const Lv length = std::min({held - done, slice.range.size(), entry_end - slice.range.begin});
      if (log_.parents_of(slice.range.begin) != parents) return fail(ErrorCode::duplicate_edit, "other parents");
      MUISTIO_CHECK(compare({slice.range.begin, slice.range.begin + length}));
      places_.push_back({index_, slice.range.begin});
      parents.assign(1, slice.range.begin + length - 1);
      index_ += length;
      done += length;
      seq += length;
    }
    const Lv added = stretch.length - held;
    if (added == 0) return ok();
    if (added > kMaxEdits - log_.size()) return fail(ErrorCode::too_large, "the history");
    places_.push_back({index_, log_.size()});
    log_.add_edits(agent, parents, added);
    add_ops(batch_.agents[stretch.agent].id, seq, added);
    index_ += added;
    seq += added;
    return ok();
  }

  Status compare(LvRange range) {
    while (range.begin < range.end) {
      const auto held = log_.op_slice(log_.op_index(range.begin), range);
      auto part = range;
      part.end = range.begin + held.length;
      while (part.begin < part.end) {
        const auto given = ops_.next(part.size());
        const auto piece = log_.op_slice(log_.op_index(part.begin), {part.begin, part.begin + given.length});
        if (!same(piece, given)) return fail(ErrorCode::duplicate_edit, "another change");
        part.begin += given.length;
      }
      range.begin = part.end;
    }
    return ok();
  }

  void add_ops(const AgentId& author, std::uint64_t seq, Lv count) {
    const auto taken_back = redacted_.find(author);
    while (count > 0) {
      Lv most = count;
      bool absent = false;
      if (taken_back != redacted_.end()) {
        const auto after = taken_back->second.upper_bound(seq);
        absent = after != taken_back->second.begin() && std::prev(after)->second > seq;
        if (absent) most = static_cast<Lv>(std::min<std::uint64_t>(most, std::prev(after)->second - seq));
        if (!absent && after != taken_back->second.end()) most = static_cast<Lv>(std::min<std::uint64_t>(most, after->first - seq));
      }
      const auto op = ops_.next(most);
      log_.add_op(op.kind, op.position, op.length, op.content, op.kind == OpKind::insert && (op.absent || absent));
      seq += op.length;
      count -= op.length;
    }
  }

  struct Place {
    Lv index;
    Lv lv;
  };
  EventLog& log_;
  const ParsedBatch& batch_;
  const Redacted& redacted_;
  OpCursor ops_;
  std::vector<std::uint32_t> agents_;
  std::vector<std::uint64_t> seqs_;
  std::vector<Place> places_;
  Lv index_ = 0;
};

}  // namespace

Status add_batch(EventLog& log, const ParsedBatch& batch, const Redacted& redacted) {
  return BatchAdder(log, batch, redacted).add();
}

}  // namespace muistio::text
