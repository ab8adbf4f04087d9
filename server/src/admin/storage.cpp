#include "storage.hpp"

#include <filesystem>

#include "muistio/server/postgres_log.hpp"

namespace muistio::server {

Result<Storage> open_storage(const Settings& settings, std::uint64_t server_id) {
  Storage storage;
  const std::filesystem::path data(settings.data);
  if (settings.data.empty()) return fail(ErrorCode::invalid_argument, "data, the folder, is not set");
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error) return fail(ErrorCode::io_failed, "the data folder: " + error.message());
  std::filesystem::permissions(data, std::filesystem::perms::owner_all, error);
  const PostgresOptions database{settings.database, server_id};
  if (settings.database.empty()) {
    MUISTIO_TRY(storage.log, SqliteLog::open({(data / "log.sqlite").string(), ""}));
  } else {
    MUISTIO_TRY(storage.log, PostgresLog::open(database));
  }
  const bool in_database = settings.attachments.empty() ? !settings.database.empty() : settings.attachments == "database";
  if (in_database) {
    MUISTIO_TRY(storage.attachments, open_postgres_attachments(database));
  } else {
    storage.attachments = std::make_unique<AttachmentFolder>(data / "attachments");
  }
  return storage;
}

std::string control_path(const Settings& settings) {
  return settings.control.empty() ? (std::filesystem::path(settings.data) / "control.sock").string() : settings.control;
}

}  // namespace muistio::server
