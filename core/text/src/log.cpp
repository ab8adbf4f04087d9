#include "log.hpp"

#include <algorithm>

#include "content.hpp"
#include "muistio/base/result.hpp"

namespace muistio::text {

namespace {
/// The index of the last element whose `key` is at most `value`; there is one.
template <class Vector, class Key, class Value>
std::size_t last_up_to(const Vector& sorted, Key key, Value value) {
  const auto after = std::upper_bound(sorted.begin(), sorted.end(), value,
                                      [&](Value wanted, const auto& element) { return wanted < key(element); });
  return static_cast<std::size_t>(after - sorted.begin()) - 1;
}
}  // namespace

std::uint32_t EventLog::intern(const AgentId& agent) {
  if (!agent_runs_.empty() && agents_[agent_runs_.back().agent].id == agent) return agent_runs_.back().agent;
  const auto [place, added] = agent_index_.try_emplace(agent, static_cast<std::uint32_t>(agents_.size()));
  if (added) agents_.push_back({agent, 0, 0, {}});
  return place->second;
}

std::optional<std::uint32_t> EventLog::find_agent(const AgentId& agent) const {
  const auto place = agent_index_.find(agent);
  if (place == agent_index_.end()) return std::nullopt;
  return place->second;
}

EventLog::AgentSlice EventLog::agent_slice(Lv lv, Lv end) const {
  if (lv < base_) {
    const auto head = std::find_if(base_heads_.begin(), base_heads_.end(), [&](const AgentRun& run) { return run.begin == lv; });
    MUISTIO_INVARIANT(head != base_heads_.end());
    return {{lv, lv + 1}, head->agent, head->seq};
  }
  const auto index = last_up_to(
      agent_runs_, [](const AgentRun& run) { return run.begin; }, lv);
  const auto& run = agent_runs_[index];
  const Lv run_end = index + 1 < agent_runs_.size() ? agent_runs_[index + 1].begin : size_;
  return {{lv, std::min(end, run_end)}, run.agent, run.seq + (lv - run.begin)};
}

EditId EventLog::id_of(Lv lv) const {
  const auto slice = agent_slice(lv, lv + 1);
  return {agents_[slice.agent].id, slice.seq};
}

std::optional<Lv> EventLog::find(std::uint32_t agent, std::uint64_t seq) const {
  const auto& held = agents_[agent];
  if (seq >= held.next_seq) return std::nullopt;
  if (seq < held.base_seq && base_ > 0) {
    const auto head = std::find_if(base_heads_.begin(), base_heads_.end(),
                                   [&](const AgentRun& run) { return run.agent == agent && run.seq == seq; });
    MUISTIO_INVARIANT(head != base_heads_.end());
    return head->begin;
  }
  const auto& run = held.runs[last_up_to(
      held.runs, [](const SeqRun& r) { return r.seq; }, seq)];
  return run.lv + static_cast<Lv>(seq - run.seq);
}

std::optional<Lv> EventLog::find(const EditId& id) const {
  const auto agent = find_agent(id.agent);
  return agent ? find(*agent, id.seq) : std::nullopt;
}

std::vector<LvRange> EventLog::find(const EditRange& range) const {
  std::vector<LvRange> found;
  const auto agent = find_agent(range.first.agent);
  if (!agent) return found;
  const auto& held = agents_[*agent];
  auto seq = range.first.seq;
  if (seq >= held.next_seq) return found;
  auto left = std::min(range.count, held.next_seq - seq);
  for (auto index = last_up_to(
           held.runs, [](const SeqRun& r) { return r.seq; }, seq);
       left > 0; ++index) {
    const auto& run = held.runs[index];
    const auto from = static_cast<Lv>(seq - run.seq);
    const auto taken = static_cast<Lv>(std::min<std::uint64_t>(left, run.length - from));
    found.push_back({run.lv + from, run.lv + from + taken});
    seq += taken;
    left -= taken;
  }
  return found;
}

bool EventLog::id_less(Lv left, Lv right) const {
  const auto a = agent_slice(left, left + 1);
  const auto b = agent_slice(right, right + 1);
  if (a.agent != b.agent) return agents_[a.agent].id < agents_[b.agent].id;
  return a.seq < b.seq;
}

std::size_t EventLog::op_index(Lv lv, std::size_t near) const {
  if (!ops_.empty() && ops_.back().begin <= lv) return ops_.size() - 1;
  return text::last_at_most(
      ops_, [](const OpRun& run) { return run.begin; }, lv, near);
}

OpSlice EventLog::op_slice(std::size_t index, LvRange range) const {
  const auto& run = ops_[index];
  const Lv from = range.begin - run.begin;
  const Lv length = std::min(range.end - range.begin, run.length - from);
  OpSlice slice{run.kind, run.absent, range.begin, length, run.position, {}};
  if (run.kind == OpKind::erase_backward) slice.position += run.length - from - length;
  if (run.kind != OpKind::insert) return slice;
  slice.position += from;
  if (run.absent) return slice;
  const auto content = std::string_view(content_).substr(run.content_at, run.content_bytes);
  if (run.content_bytes == run.length) {
    slice.content = content.substr(from, length);
  } else {
    const auto tail = content.substr(kept_offset(content, from));
    slice.content = tail.substr(0, from + length == run.length ? tail.size() : kept_offset(tail, length));
  }
  return slice;
}

LvRange EventLog::number_edits(std::uint32_t agent, Lv count) {
  const LvRange range{size_, size_ + count};
  auto& author = agents_[agent];
  if (!author.runs.empty() && author.runs.back().lv + author.runs.back().length == range.begin) {
    author.runs.back().length += count;
  } else {
    author.runs.push_back({author.next_seq, range.begin, count});
    agent_runs_.push_back({author.next_seq, range.begin, agent});
  }
  author.next_seq += count;
  size_ = range.end;
  return range;
}

void EventLog::add_edits(std::uint32_t agent, const std::vector<Lv>& parents, Lv count) {
  if (count == 0) return;
  const auto range = number_edits(agent, count);
  if (!entries_.empty() && parents.size() == 1 && parents.front() == range.begin - 1) {
    entries_.back().range.end = range.end;
  } else {
    entries_.push_back({range, static_cast<std::uint32_t>(parent_pool_.size()), static_cast<std::uint32_t>(parents.size())});
    parent_pool_.insert(parent_pool_.end(), parents.begin(), parents.end());
  }
  advance_frontier(parents, range);
}

void EventLog::add_latest_edits(std::uint32_t agent, Lv count) {
  if (entries_.empty() || frontier_.size() != 1 || frontier_.front() + 1 != size_) {
    const auto parents = frontier_;
    return add_edits(agent, parents, count);
  }
  // The only head is the last edit, so it is critical and its entry, its critical range and the frontier just grow.
  const auto range = number_edits(agent, count);
  entries_.back().range.end = critical_.back().end = range.end;
  frontier_.front() = range.end - 1;
}

bool EventLog::extend_last_op(OpKind kind, std::uint32_t position, Lv length, std::string_view content, bool absent) {
  if (ops_.empty()) return false;
  auto& last = ops_.back();
  if (kind == OpKind::insert) {
    if (last.kind != kind || last.absent != absent || last.position + last.length != position) return false;
    if (last.content_bytes + content.size() > UINT32_MAX) return false;
    last.length += length;
    last.content_bytes += static_cast<std::uint32_t>(content.size());
    content_ += content;
    return true;
  }
  if (last.kind == OpKind::insert) return false;
  const bool forward = kind == OpKind::erase_forward || length == 1;
  const bool backward = kind == OpKind::erase_backward || length == 1;
  const bool last_forward = last.kind == OpKind::erase_forward || last.length == 1;
  const bool last_backward = last.kind == OpKind::erase_backward || last.length == 1;
  if (forward && last_forward && position == last.position) {
    last.kind = OpKind::erase_forward;
    last.length += length;
    return true;
  }
  if (backward && last_backward && position + length == last.position) {
    last.kind = OpKind::erase_backward;
    last.position = position;
    last.length += length;
    return true;
  }
  return false;
}

void EventLog::add_op(OpKind kind, std::uint32_t position, Lv length, std::string_view content, bool absent) {
  if (length == 0) return;
  if (kind != OpKind::insert || absent) content = {};
  if (!extend_last_op(kind, position, length, content, absent)) {
    ops_.push_back({content_.size(), op_size_, length, position, static_cast<std::uint32_t>(content.size()), kind, absent});
    content_ += content;
  }
  op_size_ += length;
}

void EventLog::truncate(Lv size) {
  for (auto& agent : agents_) {
    while (!agent.runs.empty() && agent.runs.back().lv >= size) agent.runs.pop_back();
    if (!agent.runs.empty()) agent.runs.back().length = std::min(agent.runs.back().length, size - agent.runs.back().lv);
    agent.next_seq = agent.runs.empty() ? agent.base_seq : agent.runs.back().seq + agent.runs.back().length;
  }
  while (!agent_runs_.empty() && agent_runs_.back().begin >= size) agent_runs_.pop_back();
  while (!ops_.empty() && ops_.back().begin >= size) {
    content_.resize(ops_.back().content_at);
    ops_.pop_back();
  }
  if (!ops_.empty() && ops_.back().begin + ops_.back().length > size) {
    auto& last = ops_.back();
    const auto kept = op_slice(ops_.size() - 1, {last.begin, size});
    last.length = kept.length;
    last.position = kept.position;
    last.content_bytes = static_cast<std::uint32_t>(kept.content.size());
    content_.resize(last.content_at + last.content_bytes);
  }
  while (!entries_.empty() && entries_.back().range.begin >= size) {
    parent_pool_.resize(entries_.back().parents_at);
    entries_.pop_back();
  }
  if (!entries_.empty()) entries_.back().range.end = std::min(entries_.back().range.end, size);
  size_ = op_size_ = size;
  begin_frontier();
  for (const auto& entry : entries_) advance_frontier(entry_parents(entry), entry.range);
}

void EventLog::begin_frontier() {
  frontier_.clear();
  critical_.clear();
  for (const auto& head : base_heads_) frontier_.push_back(head.begin);
  if (frontier_.size() == 1 && frontier_.front() + 1 == base_) critical_.push_back({base_ - 1, base_});
}

void EventLog::let_go() {
  std::vector<AgentRun> heads;
  for (auto head : frontier_) {
    const auto slice = agent_slice(head, head + 1);
    heads.push_back({slice.seq, head, slice.agent});
  }
  for (auto& agent : agents_) {
    agent.base_seq = agent.next_seq;
    agent.runs = std::vector<SeqRun>();
  }
  agent_runs_ = std::vector<AgentRun>();
  entries_ = std::vector<Entry>();
  parent_pool_ = std::vector<Lv>();
  ops_ = std::vector<OpRun>();
  std::string().swap(content_);  // an assignment would keep the memory
  base_ = size_;
  base_heads_ = std::move(heads);
  begin_frontier();
}

void EventLog::append(const EventLog& tail) {
  MUISTIO_INVARIANT(size_ == tail.base_);
  for (Lv at = tail.base_; at < tail.size_;) {
    const auto authored = tail.agent_slice(at, std::min(tail.size_, tail.entries_[tail.entry_index(at)].range.end));
    add_edits(intern(tail.agent(authored.agent)), tail.parents_of(at), authored.range.size());
    at = authored.range.end;
  }
  if (size_ == tail.base_) return;
  tail.for_each_op({tail.base_, tail.size_},
                   [&](const OpSlice& slice) { add_op(slice.kind, slice.position, slice.length, slice.content, slice.absent); });
}

void EventLog::redact(const std::vector<LvRange>& ranges) {
  EventLog made;
  auto next = ranges.begin();
  for (Lv at = 0; at < size_;) {
    while (next != ranges.end() && next->end <= at) ++next;
    const bool inside = next != ranges.end() && next->begin <= at;
    const Lv end = next == ranges.end() ? size_ : inside ? next->end : next->begin;
    for_each_op({at, end}, [&](const OpSlice& slice) {
      made.add_op(slice.kind, slice.position, slice.length, slice.content,
                  slice.absent || (inside && slice.kind == OpKind::insert));
    });
    at = end;
  }
  ops_ = std::move(made.ops_);
  content_ = std::move(made.content_);
}

EventLog EventLog::restricted_to(const std::vector<LvRange>& ranges) const {
  EventLog made;
  std::vector<Lv> starts;  // starts[i]: where ranges[i] begins in `made`
  const auto moved = [&](Lv lv) {
    const auto index = last_up_to(
        ranges, [](const LvRange& range) { return range.begin; }, lv);
    return starts[index] + (lv - ranges[index].begin);
  };
  for (const auto& range : ranges) {
    starts.push_back(made.size());
    for (Lv at = range.begin; at < range.end;) {
      const auto authored = agent_slice(at, std::min(range.end, entries_[entry_index(at)].range.end));
      auto parents = parents_of(at);
      for (auto& parent : parents) parent = moved(parent);
      made.add_edits(made.intern(agent(authored.agent)), parents, authored.range.size());
      at = authored.range.end;
    }
    for_each_op(range,
                [&](const OpSlice& slice) { made.add_op(slice.kind, slice.position, slice.length, slice.content, slice.absent); });
  }
  return made;
}

std::size_t EventLog::memory_bytes() const noexcept {
  constexpr std::size_t kMapNodeBytes = 56;
  std::size_t bytes = agent_index_.size() * kMapNodeBytes + base_heads_.capacity() * sizeof(AgentRun) + content_.capacity() +
                      ops_.capacity() * sizeof(OpRun) + entries_.capacity() * sizeof(Entry) + parent_pool_.capacity() * sizeof(Lv) +
                      agent_runs_.capacity() * sizeof(AgentRun) + critical_.capacity() * sizeof(LvRange) +
                      agents_.capacity() * sizeof(Agent);
  for (const auto& agent : agents_) bytes += agent.runs.capacity() * sizeof(SeqRun);
  return bytes;
}

}  // namespace muistio::text
