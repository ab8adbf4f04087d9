// Edits that take back the effect of earlier ones.
#include <algorithm>

#include "document_impl.hpp"
#include "muistio/text/limits.hpp"

namespace muistio::text {

/// A part of the text as it will be, or one that goes.
struct Piece {
  enum class Kind : std::uint8_t { kept, removed, restored };
  Kind kind = Kind::kept;
  bool is_movable = false;  ///< Restored, now or before: its place is that of `origin`.
  LvRange range;            ///< Its scalars.
  LvRange origin;           ///< Those that these stand for: themselves, if they were not restored.
  std::uint64_t rank = 0;   ///< Of origin.
};

namespace {

/// Ascending and not touching.
std::vector<LvRange> joined(std::vector<LvRange> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const LvRange& a, const LvRange& b) { return a.begin < b.begin; });
  std::vector<LvRange> made;
  for (const auto& range : ranges) {
    if (!made.empty() && made.back().end >= range.begin) {
      made.back().end = std::max(made.back().end, range.end);
    } else {
      made.push_back(range);
    }
  }
  return made;
}

/// Calls `visit(LvRange part, bool inside)` for the parts of `range` that lie inside and outside of `ranges`, ascending.
template <class Visitor>
void for_each_part(LvRange range, const std::vector<LvRange>& ranges, Visitor&& visit) {
  auto next = std::upper_bound(ranges.begin(), ranges.end(), range.begin, [](Lv lv, const LvRange& r) { return lv < r.end; });
  while (range.begin < range.end) {
    const bool inside = next != ranges.end() && next->begin <= range.begin;
    Lv end = range.end;
    if (next != ranges.end()) end = std::min(end, inside ? next->end : next->begin);
    visit(LvRange{range.begin, end}, inside);
    if (inside && end == next->end) ++next;
    range.begin = end;
  }
}

/// Where every scalar ever inserted stands among all of them.
class Ranks {
 public:
  explicit Ranks(const MergeState& state) {
    std::uint64_t rank = 0;
    state.for_each([&](const Item& item) {
      runs_.push_back({item.id, rank});
      rank += item.length;
    });
    std::sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) { return a.begin < b.begin; });
  }
  [[nodiscard]] std::uint64_t of(Lv lv) const {
    const auto after =
        std::upper_bound(runs_.begin(), runs_.end(), lv, [](Lv wanted, const Run& run) { return wanted < run.begin; });
    return std::prev(after)->rank + (lv - std::prev(after)->begin);
  }

 private:
  struct Run {
    Lv begin;
    std::uint64_t rank;
  };
  std::vector<Run> runs_;
};

/// Moves what is restored to where it belongs among other restored pieces: an insert goes right behind what is shown left of it, so
/// earlier restored pieces may stand left of where they came from.
void order_restored(std::vector<Piece>& pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].kind != Piece::Kind::restored) continue;
    auto to = i;
    while (to > 0 && pieces[to - 1].is_movable && pieces[to - 1].rank > pieces[i].rank) --to;
    if (to < i) {
      std::rotate(pieces.begin() + static_cast<std::ptrdiff_t>(to), pieces.begin() + static_cast<std::ptrdiff_t>(i),
                  pieces.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      continue;
    }
    while (to + 1 < pieces.size() && pieces[to + 1].is_movable && pieces[to + 1].rank < pieces[to].rank) {
      std::swap(pieces[to], pieces[to + 1]);
      ++to;
    }
  }
}

}  // namespace

Result<Applied> Document::revert(const AgentId& agent, std::span<const EditRange> edits) {
  Restored restored;
  return impl_->revert(agent, edits, restored);
}

LvRange Document::Impl::origin_of(LvRange range, const Restored& restored, Lv& length) const {
  const auto slice = log.agent_slice(range.begin, range.end);
  length = slice.range.size();
  const EditId id{log.agent(slice.agent), slice.seq};
  auto next = restored.upper_bound(id);
  if (next != restored.begin()) {
    const auto& [first, origin] = *std::prev(next);
    if (first.agent == id.agent && id.seq - first.seq < origin.count) {
      const auto offset = id.seq - first.seq;
      length = static_cast<Lv>(std::min<std::uint64_t>(length, origin.count - offset));
      const auto lv = log.find(EditId{origin.first.agent, origin.first.seq + offset});
      if (lv) {
        length = std::min(length, log.agent_slice(*lv, *lv + length).range.size());
        return {*lv, *lv + length};
      }
    }
  }
  if (next != restored.end() && next->first.agent == id.agent)
    length = static_cast<Lv>(std::min<std::uint64_t>(length, next->first.seq - id.seq));
  return {range.begin, range.begin + length};
}

Result<Applied> Document::Impl::revert(const AgentId& agent, std::span<const EditRange> edits, Restored& restored) {
  wake();
  std::vector<LvRange> reverted;
  for (const auto& range : edits) {
    const auto held = log.find(range);
    reverted.insert(reverted.end(), held.begin(), held.end());
  }
  reverted = joined(std::move(reverted));
  if (reverted.empty()) return Applied{};
  MergeState state(log, 0, 0);
  std::vector<Lv> version;
  std::vector<Effect> effects;
  if (!walk_in(state, log, {0, log.size()}, version, effects)) return fail(ErrorCode::malformed, "the history cannot be replayed");
  if (state.effect_length() != rope.size()) return fail(ErrorCode::malformed, "the text is not that of its history");
  // To the version that knows all, in which an item's state tells how many edits deleted it.
  const auto missing = log.difference(version, log.frontier()).second;
  for (auto range = missing.rbegin(); range != missing.rend(); ++range) state.advance(*range);

  std::vector<LvRange> inserted;
  std::vector<LvRange> deleted;
  for (const auto& range : reverted) {
    log.for_each_op(range, [&](const OpSlice& slice) {
      const LvRange part{slice.begin, slice.begin + slice.length};
      if (slice.kind == OpKind::insert) {
        inserted.push_back(part);
      } else {
        state.for_each_removed(part, [&](Lv target, Lv length) { deleted.push_back({target, target + length}); });
      }
    });
  }
  deleted = joined(std::move(deleted));
  // What was inserted may be shown as something that brought it back since, and the reverse.
  std::vector<LvRange> origins;
  for (auto range : inserted) {
    while (range.begin < range.end) {
      Lv length = 0;
      origins.push_back(origin_of(range, restored, length));
      range.begin += length;
    }
  }
  origins = joined(std::move(origins));

  const Ranks ranks(state);
  std::vector<Piece> pieces;
  std::uint64_t total = 0;
  const auto add = [&](Piece::Kind kind, LvRange range, LvRange origin) {
    const bool movable = kind == Piece::Kind::restored || (kind == Piece::Kind::kept && origin.begin != range.begin);
    pieces.push_back({kind, movable, range, origin, movable ? ranks.of(origin.begin) : 0});
    if (kind != Piece::Kind::kept) total += range.size();
  };
  // Calls `visit(LvRange part, LvRange origin, bool was_inserted)` for the parts of `range`.
  const auto for_each_origin = [&](LvRange range, const auto& visit) {
    while (range.begin < range.end) {
      Lv length = 0;
      const auto origin = origin_of(range, restored, length);
      for_each_part(origin, origins, [&](LvRange part, bool was_inserted) {
        const Lv begin = range.begin + (part.begin - origin.begin);
        visit(LvRange{begin, begin + part.size()}, part, was_inserted);
      });
      range.begin += length;
    }
  };
  state.for_each([&](const Item& item) {
    const LvRange range{item.id, item.id + item.length};
    if (!item.deleted) {
      for_each_origin(range, [&](LvRange part, LvRange origin, bool was_inserted) {
        add(was_inserted ? Piece::Kind::removed : Piece::Kind::kept, part, origin);
      });
      return;
    }
    constexpr std::uint32_t kDeletedOnce = 2;
    if (item.state != kDeletedOnce) return;
    for_each_part(range, deleted, [&](LvRange gone, bool was_deleted) {
      if (!was_deleted) return;
      log.for_each_op(gone, [&](const OpSlice& slice) {
        if (slice.absent) return;
        for_each_origin({slice.begin, slice.begin + slice.length}, [&](LvRange part, LvRange origin, bool was_inserted) {
          if (!was_inserted) add(Piece::Kind::restored, part, origin);
        });
      });
    });
  });
  if (total > kMaxBatchEdits || total > kMaxEdits - log.size() || log.frontier().size() > kMaxParents)
    return fail(ErrorCode::too_large, "revert");
  order_restored(pieces);
  return replace_pieces(agent, pieces, restored);
}

Result<Applied> Document::Impl::replace_pieces(const AgentId& agent, const std::vector<Piece>& pieces, Restored& restored) {
  const auto from = log.size();
  const auto author = log.intern(agent);
  std::uint32_t position = 0;
  for (const auto& piece : pieces) {
    const auto length = piece.range.size();
    if (piece.kind == Piece::Kind::removed) {
      log.add_latest_edits(author, length);
      log.add_op(OpKind::erase_forward, position, length, {}, false);
      continue;
    }
    if (piece.kind == Piece::Kind::restored) {
      std::string content;
      log.for_each_op(piece.range, [&](const OpSlice& slice) { content += slice.content; });
      restored[{agent, log.next_seq(author)}] = {log.id_of(piece.origin.begin), length};
      log.add_latest_edits(author, length);
      log.add_op(OpKind::insert, position, length, content, false);
    }
    position += length;
  }
  return show_from(from);
}

}  // namespace muistio::text
