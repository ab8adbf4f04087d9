#include "walk.hpp"

#include <algorithm>
#include <optional>

namespace muistio::text {

namespace {

/// Walks edits that nothing is concurrent with.
Status walk_alone(const EventLog& log, LvRange range, std::uint64_t& length, std::vector<Effect>& effects) {
  Status status = ok();
  log.for_each_op(range, [&](const OpSlice& slice) {
    const bool insert = slice.kind == OpKind::insert;
    const std::uint64_t needed = std::uint64_t{slice.position} + (insert ? 0 : slice.length);
    if (!status || needed > length) {
      status = fail(ErrorCode::position_out_of_range, "an edit lies beyond the text of its parents");
      return;
    }
    effects.push_back({insert, slice.position, slice.length, slice.begin});
    length = insert ? length + slice.length : length - slice.length;
  });
  return status;
}

/// The first range of critical versions that ends after `lv`, or the end.
auto critical_after(const EventLog& log, Lv lv) {
  const auto& critical = log.critical();
  return std::upper_bound(critical.begin(), critical.end(), lv, [](Lv wanted, const LvRange& range) { return wanted < range.end; });
}

}  // namespace

Status walk_in(MergeState& state, const EventLog& log, LvRange range, std::vector<Lv>& version, std::vector<Effect>& effects) {
  while (range.begin < range.end) {
    const auto& entry = log.entries()[log.entry_index(range.begin)];
    const LvRange part{range.begin, std::min(range.end, entry.range.end)};
    const auto parents = log.parents_of(part.begin);
    if (parents != version) {
      const auto [leave, enter] = log.difference(version, parents);
      for (const auto& out : leave) state.retreat(out);
      for (auto in = enter.rbegin(); in != enter.rend(); ++in) state.advance(*in);
    }
    Status status = ok();
    log.for_each_op(part, [&](const OpSlice& slice) {
      if (status) status = state.apply(slice, effects);
    });
    MUISTIO_CHECK(std::move(status));
    version.assign(1, part.end - 1);
    range.begin = part.end;
  }
  return ok();
}

Result<std::vector<Effect>> walk(const EventLog& log, Lv from, std::uint64_t length, bool clearing) {
  std::vector<Effect> effects;
  const Lv end = log.size();
  const auto& critical = log.critical();
  std::optional<MergeState> state;
  std::vector<Lv> version;
  auto at = from;
  const auto begin_state_before = [&](Lv base) -> Status {  // the state of edits [base, from), none of which are news
    state.emplace(log, base == 0 ? 0 : MergeState::kUnknownLength);
    version.clear();
    if (base > 0) version.push_back(base - 1);
    std::vector<Effect> known;
    MUISTIO_CHECK(walk_in(*state, log, {base, from}, version, known));
    return base == 0 ? ok() : state->trim(length);
  };
  if (!clearing) {
    MUISTIO_CHECK(begin_state_before(0));
    MUISTIO_CHECK(walk_in(*state, log, {from, end}, version, effects));
    return effects;
  }
  const auto next = critical_after(log, from == 0 ? 0 : from - 1);
  const bool from_critical = from == 0 || (next != critical.end() && next->begin <= from - 1);
  if (!from_critical) {
    MUISTIO_CHECK(begin_state_before(next == critical.begin() ? 0 : std::prev(next)->end));
  }
  while (at < end) {
    const auto coming = critical_after(log, at);
    if (state) {
      // Up to and with the next critical version; there the state is thrown away.
      const Lv stop = coming == critical.end() ? end : std::max(at, coming->begin) + 1;
      const auto walked = effects.size();
      MUISTIO_CHECK(walk_in(*state, log, {at, stop}, version, effects));
      for (auto i = walked; i < effects.size(); ++i) length = effects[i].insert ? length + effects[i].length : length - effects[i].length;
      at = stop;
      state.reset();
    } else if (coming != critical.end() && coming->begin <= at) {
      MUISTIO_CHECK(walk_alone(log, {at, coming->end}, length, effects));
      at = coming->end;
    } else {
      if (length >= MergeState::kUnknownLength) return fail(ErrorCode::too_large, "the text is too long");
      state.emplace(log, static_cast<std::uint32_t>(length));
      version.clear();
      if (at > 0) version.push_back(at - 1);
    }
  }
  return effects;
}

}  // namespace muistio::text
