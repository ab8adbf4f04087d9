// Walking the history: from edits with parents to changes of the plain text.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "log.hpp"
#include "merge_state.hpp"
#include "muistio/base/result.hpp"

namespace muistio::text {

/// The changes that the edits from `from` on make to a text of `length` scalars that shows all edits before them. With `clearing`,
/// edits that nothing is concurrent with pass without merge state, and merge state begins at the last critical version; without,
/// it begins at the start of the history.
/// Errors: position_out_of_range; malformed, if `length` cannot be that of the history.
Result<std::vector<Effect>> walk(const EventLog& log, Lv from, std::uint64_t length, bool clearing);

/// Walks edits [begin, end) in `state`, whose prepared version is `version` and becomes {end - 1}.
Status walk_in(MergeState& state, const EventLog& log, LvRange range, std::vector<Lv>& version, std::vector<Effect>& effects);

}  // namespace muistio::text
