// Walking the history: from edits with parents to changes of the plain text.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "log.hpp"
#include "merge_state.hpp"
#include "muistio/base/result.hpp"

namespace muistio::text {

/// The merge state of a concurrent stretch that has not ended yet, kept for the edits that come next. A copy is empty.
struct OpenStretch {
  std::unique_ptr<MergeState> state;
  std::vector<Lv> version;  ///< Prepared in `state`.
  Lv base = 0;              ///< The first edit in `state`.
  Lv walked = 0;            ///< The first that is not.

  OpenStretch() = default;
  OpenStretch(const OpenStretch&) {}
  OpenStretch& operator=(const OpenStretch&) = delete;
};

/// The changes that the edits from `from` on make to a text of `length` scalars that shows all edits before them. With `clearing`,
/// edits that nothing is concurrent with pass without merge state, and merge state begins at the last critical version; without,
/// it begins at the start of the history. `open` saves building the state again: what it holds is used if it still can be.
/// Errors: position_out_of_range; malformed, if `length` cannot be that of the history.
Result<std::vector<Effect>> walk(const EventLog& log, Lv from, std::uint64_t length, bool clearing, OpenStretch& open);

/// Walks edits [begin, end) in `state`, whose prepared version is `version` and becomes {end - 1}.
Status walk_in(MergeState& state, const EventLog& log, LvRange range, std::vector<Lv>& version, std::vector<Effect>& effects);

}  // namespace muistio::text
