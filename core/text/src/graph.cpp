// The graph part of the history: heads, critical versions, and what one version has that another lacks.
#include <algorithm>

#include "log.hpp"

namespace muistio::text {

namespace {

enum : std::uint8_t { kInA = 1, kInB = 2, kInBoth = 3 };

struct Mark {
  Lv lv;
  std::uint8_t side;
  friend bool operator<(const Mark& left, const Mark& right) { return left.lv < right.lv; }
};

/// A heap of marks, the greatest lv first, that knows how many are not in both.
class Marks {
 public:
  void push(Lv lv, std::uint8_t side) {
    heap_.push_back({lv, side});
    std::push_heap(heap_.begin(), heap_.end());
    if (side != kInBoth) ++one_sided_;
  }
  Mark pop() {
    std::pop_heap(heap_.begin(), heap_.end());
    const Mark top = heap_.back();
    heap_.pop_back();
    if (top.side != kInBoth) --one_sided_;
    return top;
  }
  [[nodiscard]] bool any_one_sided() const { return one_sided_ > 0; }
  [[nodiscard]] bool has_from(Lv begin) const { return !heap_.empty() && heap_.front().lv >= begin; }

 private:
  std::vector<Mark> heap_;
  std::size_t one_sided_ = 0;
};

/// Adds [begin, end), which lies below all that `ranges` holds.
void add_below(std::vector<LvRange>& ranges, LvRange range) {
  if (range.size() == 0) return;
  if (!ranges.empty() && ranges.back().begin == range.end) {
    ranges.back().begin = range.begin;
  } else {
    ranges.push_back(range);
  }
}

}  // namespace

std::size_t EventLog::entry_index(Lv lv, std::size_t near) const {
  if (!entries_.empty() && entries_.back().range.begin <= lv) return entries_.size() - 1;
  return last_at_most(
      entries_, [](const Entry& entry) { return entry.range.begin; }, lv, near);
}

std::vector<Lv> EventLog::entry_parents(const Entry& entry) const {
  const auto first = parent_pool_.begin() + entry.parents_at;
  return {first, first + entry.parent_count};
}

std::vector<Lv> EventLog::parents_of(Lv lv) const {
  const auto& entry = entries_[entry_index(lv)];
  if (lv > entry.range.begin) return {lv - 1};
  return entry_parents(entry);
}

void EventLog::advance_frontier(const std::vector<Lv>& parents, LvRange range) {
  // A version later than the earliest parent no longer leads to all later edits.
  while (!critical_.empty() && (parents.empty() || critical_.back().begin > parents.front())) critical_.pop_back();
  if (!critical_.empty()) critical_.back().end = std::min(critical_.back().end, parents.front() + 1);
  std::erase_if(frontier_, [&](Lv head) { return std::binary_search(parents.begin(), parents.end(), head); });
  frontier_.push_back(range.end - 1);
  if (frontier_.size() > 1) return;
  if (!critical_.empty() && critical_.back().end == range.begin) {
    critical_.back().end = range.end;
  } else {
    critical_.push_back(range);
  }
}

std::pair<std::vector<LvRange>, std::vector<LvRange>> EventLog::difference(const std::vector<Lv>& a, const std::vector<Lv>& b,
                                                                           std::size_t near) const {
  std::pair<std::vector<LvRange>, std::vector<LvRange>> found;
  const auto note = [&](std::uint8_t side, LvRange range) {
    if (side == kInA) add_below(found.first, range);
    if (side == kInB) add_below(found.second, range);
  };
  Marks marks;
  for (auto lv : a) marks.push(lv, kInA);
  for (auto lv : b) marks.push(lv, kInB);
  while (marks.any_one_sided()) {
    auto [lv, side] = marks.pop();
    near = entry_index(lv, near);
    const auto& entry = entries_[near];
    Lv end = lv + 1;
    while (marks.has_from(entry.range.begin)) {
      const auto lower = marks.pop();
      if ((lower.side | side) == side) continue;
      note(side, {lower.lv + 1, end});
      end = lower.lv + 1;
      side = kInBoth;
    }
    note(side, {entry.range.begin, end});
    for (std::uint32_t i = 0; i < entry.parent_count; ++i) marks.push(parent_pool_[entry.parents_at + i], side);
  }
  return found;
}

std::vector<LvRange> EventLog::past_of(const std::vector<Lv>& version) const {
  auto ranges = difference(version, {}).first;
  std::reverse(ranges.begin(), ranges.end());
  return ranges;
}

}  // namespace muistio::text
