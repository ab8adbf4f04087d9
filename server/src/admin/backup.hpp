// Backups: a folder with the log in SQLite, the attachments that were whole, and a manifest with what they should be.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "muistio/base/seams.hpp"
#include "storage.hpp"

namespace muistio::server {

/// What a backup holds, and when it was made. FOLDER/log.sqlite, FOLDER/attachments/SPACE/ID, FOLDER/backup.toml.
struct BackupReport {
  LogDigest digest;
  std::uint64_t attachments = 0, attachment_bytes = 0;
  WallMs made_at;
};

/// Runs work on the thread of a log, between its transactions, and waits for it. Errors, and then the work was not done and never
/// is: timed_out, shutting_down (and the thread works on the log no more).
using WithLog = std::function<Status(const std::function<void(StoredLog&)>&)>;

/// Makes a backup in `folder`, which must not be there, while the log goes on: `with_log` is asked many times. It is read again and
/// checked before it is called done. Errors: already_exists, corrupt, disk_full, io_failed, shutting_down.
[[nodiscard]] Result<BackupReport> make_backup(const std::filesystem::path& folder, const Settings& settings,
                                               const WithLog& with_log, AttachmentStore& attachments, const Clock& clock);

/// Reads a backup whole: its log hashes, that it is what its manifest says, and the bytes of its attachments. Errors: not_found,
/// corrupt, unsupported_version (a program with another format made it: nothing is changed in it).
[[nodiscard]] Result<BackupReport> verify_backup(const std::filesystem::path& folder);

/// Verifies it, then copies it into a log and attachments that are empty. Errors: invalid_state (they are not).
[[nodiscard]] Result<BackupReport> restore_backup(const std::filesystem::path& folder, Storage& into, const Clock& clock);

/// Copies attachments that are whole in `from` and that `log` names. `each` hears of every one.
[[nodiscard]] Status copy_attachments(StoredLog& log, AttachmentStore& from, AttachmentStore& to,
                                      const std::function<void(const AttachmentRow&, const Hash&)>& each);

}  // namespace muistio::server
