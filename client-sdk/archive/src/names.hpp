// Words that the files of an export share.
#pragma once

#include <string>
#include <string_view>

#include "muistio/base/ids.hpp"

namespace muistio::archive {

/// 2026-11-21T18:05:00Z; empty for 0 and for years beyond 9999.
[[nodiscard]] std::string format_time(WallMs time);

/// `text` as a JSON string, which is a YAML double-quoted one too.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace muistio::archive
