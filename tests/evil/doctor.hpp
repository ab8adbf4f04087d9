// Attacks on what lies in a server's data, made before the server serves: the lie is then whole, with log hashes to match.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "attack.hpp"
#include "muistio/base/result.hpp"

namespace muistio::evil {

/// Changes the log in the file `path` of the SQLite VFS `vfs` (empty: the system's), closed by its server before. Attacks that need
/// nothing here change nothing. Errors: io_failed.
[[nodiscard]] Result<std::map<SpaceId, Damage>> doctor_log(const std::string& path, const std::string& vfs, Attack attack);

/// Changes the bytes of one attachment, or of two that are to be swapped. Errors: io_failed.
[[nodiscard]] Result<std::map<AttachmentId, Damage>> doctor_attachments(const std::filesystem::path& folder,
                                                                        const std::filesystem::path& log, Attack attack);

/// The chunks of an encrypted attachment in another order, or cut short: what the attack makes of these bytes.
[[nodiscard]] std::string bent_attachment(std::string bytes, Attack attack);

}  // namespace muistio::evil
