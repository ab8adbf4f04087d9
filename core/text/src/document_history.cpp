// What needs the place of every scalar: who wrote what, taking back, anchors.
#include <algorithm>

#include "content.hpp"
#include "document_impl.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/text/diff.hpp"
#include "muistio/text/limits.hpp"

namespace muistio::text {

Result<const Layout*> Document::Impl::layout() const {
  const std::scoped_lock lock(on_need_.mutex);
  if (on_need_.layout) return &*on_need_.layout;
  const auto& history = whole_locked();
  MergeState state(history, 0, 0);
  std::vector<Lv> version;
  std::vector<Effect> effects;
  if (!walk_in(state, history, {0, history.size()}, version, effects))
    return fail(ErrorCode::malformed, "the history cannot be replayed");
  Layout made;
  std::uint64_t kept = 0;
  state.for_each([&](const Item& item) {
    const bool deleted = item.deleted;
    if (!deleted) kept += item.length;
    history.for_each_op({item.id, item.id + item.length}, [&](const OpSlice& slice) {
      if (!made.items.empty()) {
        auto& last = made.items.back();
        if (last.begin + last.length == slice.begin && last.deleted == deleted && last.taken_back == slice.absent) {
          last.length += slice.length;
          return;
        }
      }
      made.items.push_back({slice.begin, slice.length, deleted, slice.absent});
    });
  });
  if (kept != rope.size()) return fail(ErrorCode::malformed, "the text is not that of its history");
  on_need_.layout = std::move(made);
  return &*on_need_.layout;
}

Result<std::string> Document::text_at(const Version& version) const {
  MUISTIO_TRY(const auto heads, impl_->heads(version));
  MUISTIO_TRY(const auto kept, impl_->kept_at(heads));
  return shown_part(kept);
}

Result<std::vector<Change>> Document::changes_between(const Version& from, const Version& to) const {
  MUISTIO_TRY(const auto old_text, text_at(from));
  MUISTIO_TRY(const auto new_text, text_at(to));
  MUISTIO_TRY(const auto old_scalars, utf8_to_scalars(old_text));
  MUISTIO_TRY(const auto new_scalars, utf8_to_scalars(new_text));
  std::vector<Change> changes;
  std::uint64_t grown = 0;  // modulo 2^64
  for (const auto& hunk : difference(old_scalars, new_scalars)) {
    const auto inserted = std::u32string_view(new_scalars).substr(hunk.new_position, hunk.inserted);
    changes.push_back({hunk.position + grown, hunk.removed, scalars_to_utf8(inserted)});
    grown += hunk.inserted - hunk.removed;
  }
  return changes;
}

Result<Applied> Document::restore(const AgentId& agent, const Version& version) {
  MUISTIO_TRY(const auto then, text_at(version));
  return replace_all(agent, then, this->version());
}

std::vector<AuthorRun> Document::authors() const {
  std::vector<AuthorRun> runs;
  const auto layout = impl_->layout();
  if (!layout) return runs;
  const auto& log = impl_->whole();
  for (const auto& item : (*layout)->items) {
    for (Lv at = item.begin; item.shown() > 0 && at < item.begin + item.length;) {
      const auto slice = log.agent_slice(at, item.begin + item.length);
      const auto& agent = log.agent(slice.agent);
      if (runs.empty() || runs.back().agent != agent) runs.push_back({agent, 0});
      runs.back().scalars += slice.range.size();
      at = slice.range.end;
    }
  }
  return runs;
}

Result<std::vector<EditRange>> Document::edits_at(std::uint64_t position, std::uint64_t count) const {
  const auto size = size_scalars();
  if (position > size || count > size - position) return fail(ErrorCode::position_out_of_range, "edits_at");
  MUISTIO_TRY(const auto* layout, impl_->layout());
  const auto& log = impl_->whole();
  std::vector<EditRange> found;
  for (const auto& item : layout->items) {
    if (count == 0) break;
    if (position >= item.shown()) {
      position -= item.shown();
      continue;
    }
    auto at = item.begin + static_cast<Lv>(position);
    position = 0;
    const auto end = at + static_cast<Lv>(std::min<std::uint64_t>(count, item.begin + item.length - at));
    count -= end - at;
    while (at < end) {
      const auto slice = log.agent_slice(at, end);
      found.push_back({{log.agent(slice.agent), slice.seq}, slice.range.size()});
      at = slice.range.end;
    }
  }
  return found;
}

Result<Applied> Document::redact(std::span<const EditRange> ranges) { return impl_->redact(ranges); }

Result<Applied> Document::Impl::redact(std::span<const EditRange> ranges) {
  wake();
  auto joined = redacted;
  std::vector<LvRange> dropped;
  for (const auto& range : ranges) {
    if (range.count == 0) continue;
    if (range.first.seq > kMaxEdits || range.count > kMaxEdits) return fail(ErrorCode::too_large, "a range to take back");
    auto& of_agent = joined[range.first.agent];
    auto first = range.first.seq;
    auto end = range.first.seq + range.count;
    auto next = of_agent.upper_bound(first);
    if (next != of_agent.begin() && std::prev(next)->second >= first) --next;
    while (next != of_agent.end() && next->first <= end) {
      first = std::min(first, next->first);
      end = std::max(end, next->second);
      next = of_agent.erase(next);
    }
    of_agent[first] = end;
    const auto held = log.find(range);
    dropped.insert(dropped.end(), held.begin(), held.end());
  }
  std::size_t total = 0;
  for (const auto& [agent, of_agent] : joined) total += of_agent.size();
  if (total > kMaxRedactedRanges) return fail(ErrorCode::too_large, "ranges taken back");
  std::sort(dropped.begin(), dropped.end(), [](const LvRange& a, const LvRange& b) { return a.begin < b.begin; });
  std::vector<LvRange> apart;
  for (const auto& range : dropped) {
    if (!apart.empty() && apart.back().end >= range.begin) {
      apart.back().end = std::max(apart.back().end, range.end);
    } else {
      apart.push_back(range);
    }
  }

  Applied applied;
  if (!apart.empty()) {
    MUISTIO_TRY(const auto* places, layout());
    std::size_t position = 0;
    for (const auto& item : places->items) {
      if (item.deleted) continue;
      const Lv item_end = item.begin + item.length;
      auto range = std::upper_bound(apart.begin(), apart.end(), item.begin, [](Lv lv, const LvRange& r) { return lv < r.end; });
      for (; !item.taken_back && range != apart.end() && range->begin < item_end; ++range) {
        const auto begin = std::max(range->begin, item.begin);
        const auto end = std::min(range->end, item_end);
        const auto at = position + (begin - item.begin);
        const auto shown_at = rope.shown_before(at);
        applied.changes.push_back({shown_at, rope.hide(at, end - begin), {}});
      }
      position += item.length;
    }
    log.redact(apart);
    settled = {};  // it holds the content
    on_need_.stored = {};
    on_need_.forget();
  }
  redacted = std::move(joined);
  return applied;
}

Result<Anchor> Document::anchor_at(std::uint64_t position, Anchor::Side side) const {
  const auto size = size_scalars();
  if (position > size) return fail(ErrorCode::position_out_of_range, "anchor_at");
  const bool before = side == Anchor::Side::before || side == Anchor::Side::start;
  if (before && position == size) return Anchor{Anchor::Side::end, {}};
  if (!before && position == 0) return Anchor{Anchor::Side::start, {}};
  MUISTIO_TRY(const auto edits, edits_at(before ? position : position - 1, 1));
  MUISTIO_INVARIANT(edits.size() == 1);
  return Anchor{before ? Anchor::Side::before : Anchor::Side::after, edits.front().first};
}

Result<std::uint64_t> Document::position_of(const Anchor& anchor) const {
  if (anchor.side == Anchor::Side::start) return std::uint64_t{0};
  if (anchor.side == Anchor::Side::end) return size_scalars();
  const auto lv = impl_->whole().find(anchor.edit);
  if (!lv) return fail(ErrorCode::not_found, "the anchor's edit is not held");
  MUISTIO_TRY(const auto* layout, impl_->layout());
  std::uint64_t position = 0;
  for (const auto& item : layout->items) {
    if (*lv >= item.begin && *lv - item.begin < item.length) {
      if (item.shown() == 0) return position;
      return position + (*lv - item.begin) + (anchor.side == Anchor::Side::after ? 1 : 0);
    }
    position += item.shown();
  }
  return fail(ErrorCode::not_found, "the anchor's edit is no insertion");
}

}  // namespace muistio::text
