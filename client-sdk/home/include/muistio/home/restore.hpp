// A home from its backup.
#pragma once

#include <filesystem>

#include "muistio/base/result.hpp"
#include "muistio/base/secret.hpp"

namespace muistio::home {

/// Makes the home in `folder` from what Home::backup wrote to `backup`, once it has proved whole: after a crash there is no home,
/// or all of it. `key` is the backup's: `find_home_key(backup, …)`. What the restored device did after the backup is noticed at its
/// next sync, and it goes on as another device (docs/decisions/0041). Errors: not_found (no backup there), already_exists (a home
/// is in `folder`), wrong_key, corrupt, unsupported_version, disk_full, io_failed.
[[nodiscard]] Status restore_home(const std::filesystem::path& backup, const std::filesystem::path& folder, const Secret<32>& key);

}  // namespace muistio::home
