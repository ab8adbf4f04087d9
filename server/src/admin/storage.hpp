// The log and the attachments that the settings name.
#pragma once

#include <memory>

#include "muistio/server/attachments.hpp"
#include "muistio/server/sqlite_log.hpp"
#include "muistio/server/stored_log.hpp"
#include "settings.hpp"

namespace muistio::server {

struct Storage {
  std::unique_ptr<StoredLog> log;
  std::unique_ptr<AttachmentStore> attachments;
};

/// Makes the data folder (0700) if it is absent and opens what is in it or in the database. Errors: as SqliteLog::open and
/// PostgresLog::open.
[[nodiscard]] Result<Storage> open_storage(const Settings& settings, std::uint64_t server_id);

/// The path of the control socket.
[[nodiscard]] std::string control_path(const Settings& settings);

}  // namespace muistio::server
