#include "walk.hpp"

#include <algorithm>
#include <utility>

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

bool is_critical(const EventLog& log, Lv lv) {
  const auto range = critical_after(log, lv);
  return range != log.critical().end() && range->begin <= lv;
}

}  // namespace

Status walk_in(MergeState& state, const EventLog& log, LvRange range, std::vector<Lv>& version, std::vector<Effect>& effects) {
  std::size_t near_entry = 0;
  std::size_t near_op = 0;
  std::vector<Lv> parents;
  while (range.begin < range.end) {
    near_entry = log.entry_index(range.begin, near_entry);
    const auto& entry = log.entries()[near_entry];
    const LvRange part{range.begin, std::min(range.end, entry.range.end)};
    log.parents_of(part.begin, entry, parents);
    if (parents != version) {
      const auto [leave, enter] = log.difference(version, parents, near_entry);
      for (const auto& out : leave) state.retreat(out);
      for (auto in = enter.rbegin(); in != enter.rend(); ++in) state.advance(*in);
    }
    Status status = ok();
    log.for_each_op(part, near_op, [&](const OpSlice& slice) {
      if (status) status = state.apply(slice, effects);
    });
    MUISTIO_CHECK(std::move(status));
    version.assign(1, part.end - 1);
    range.begin = part.end;
  }
  return ok();
}

namespace {

/// Makes `open` the state of edits [base, from) for a text of `length` scalars.
Status open_at(const EventLog& log, Lv base, Lv from, std::uint64_t length, OpenStretch& open) {
  std::vector<Effect> known;
  const bool usable =
      open.state != nullptr && open.walked >= base && open.walked <= from && (open.base == 0 || is_critical(log, open.base - 1));
  if (usable) {
    MUISTIO_CHECK(walk_in(*open.state, log, {open.walked, from}, open.version, known));
    open.walked = from;
    return ok();
  }
  // Without edits before it the length before the stretch is known; else the state itself tells, in the end.
  const bool known_length = base == 0 || base == from;
  if (known_length && base > 0 && length >= MergeState::kUnknownLength) return fail(ErrorCode::too_large, "the text is too long");
  const auto before = base == 0 ? 0U : known_length ? static_cast<std::uint32_t>(length) : MergeState::kUnknownLength;
  open.state = std::make_unique<MergeState>(log, base, before);
  open.version.clear();
  if (base > 0) open.version.push_back(base - 1);
  open.base = base;
  open.walked = from;
  MUISTIO_CHECK(walk_in(*open.state, log, {base, from}, open.version, known));
  if (!known_length) return open.state->trim(length);
  if (open.state->effect_length() != length) return fail(ErrorCode::malformed, "the text does not fit its history");
  return ok();
}

Status walk_clearing(const EventLog& log, Lv at, std::uint64_t length, OpenStretch& open, std::vector<Effect>& effects) {
  const Lv end = log.size();
  bool alone = at == 0 || is_critical(log, at - 1);
  while (at < end) {
    const auto next = critical_after(log, at);
    if (alone && next != log.critical().end() && next->begin <= at) {
      open.state.reset();
      MUISTIO_CHECK(walk_alone(log, {at, next->end}, length, effects));
      at = next->end;
      continue;
    }
    if (alone) open.state.reset();
    const auto before = critical_after(log, at == 0 ? 0 : at - 1);
    const Lv base = alone ? at : before == log.critical().begin() ? 0 : std::prev(before)->end;
    MUISTIO_CHECK(open_at(log, base, at, length, open));
    // Up to and with the next critical version; there the state is thrown away.
    const bool ends = next != log.critical().end();
    const Lv stop = ends ? std::max(at, next->begin) + 1 : end;
    const auto walked = effects.size();
    MUISTIO_CHECK(walk_in(*open.state, log, {at, stop}, open.version, effects));
    for (auto i = walked; i < effects.size(); ++i)
      length = effects[i].insert ? length + effects[i].length : length - effects[i].length;
    open.walked = at = stop;
    if (ends) open.state.reset();
    alone = true;
  }
  return ok();
}

}  // namespace

Result<std::vector<Effect>> walk(const EventLog& log, Lv from, std::uint64_t length, bool clearing, OpenStretch& open) {
  std::vector<Effect> effects;
  auto status = ok();
  if (clearing) {
    status = walk_clearing(log, from, length, open, effects);
  } else {
    open.state.reset();
    status = open_at(log, 0, from, length, open);
    if (status) status = walk_in(*open.state, log, {from, log.size()}, open.version, effects);
    open.state.reset();
  }
  if (status) return effects;
  open.state.reset();
  return fail(std::move(status).error());
}

}  // namespace muistio::text
