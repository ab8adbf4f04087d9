#include "muistio/store/store.hpp"

#include <utility>

#include "database.hpp"
#include "migrations.hpp"

namespace muistio::store {

using detail::Database;
using detail::Query;
using detail::TransactionState;

namespace {
Status check_idle(const Database* database) {
  if (database == nullptr) return fail(ErrorCode::invalid_state, "the store was moved from");
  if (database->transaction != TransactionState::none) return fail(ErrorCode::invalid_state, "a transaction is open");
  if (database->scans > 0) return fail(ErrorCode::invalid_state, "a scan is running");
  return ok();
}

/// Keeps others than the owner from reading the file. Only the operating system's files have owners.
void keep_private(const OpenOptions& options) {
  std::error_code ignored;
  if (options.vfs.empty())
    std::filesystem::permissions(options.path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
}

Status copy_pages(sqlite3* from, sqlite3* to) {
  sqlite3_backup* const copy = sqlite3_backup_init(to, "main", from, "main");
  if (copy == nullptr) return detail::sqlite_failure(sqlite3_extended_errcode(to), "beginning a backup");
  const int stepped = sqlite3_backup_step(copy, -1);
  const int finished = sqlite3_backup_finish(copy);
  if (stepped != SQLITE_DONE) return detail::sqlite_failure(stepped, "copying to a backup");
  if (finished != SQLITE_OK) return detail::sqlite_failure(finished, "finishing a backup");
  return ok();
}

Status write_copy(const Database& database, const std::string& path) {
  MUISTIO_TRY(sqlite3* const copy, detail::open_keyed(path, database.vfs(), database.key(), true));
  auto copied = copy_pages(database.raw(), copy);
  const int closed = sqlite3_close(copy);
  if (copied && closed != SQLITE_OK) return detail::sqlite_failure(closed, "closing a backup");
  return copied;
}

Result<std::uint64_t> size_of(sqlite3* connection, int which) {
  sqlite3_file* file = nullptr;
  sqlite3_int64 size = 0;
  sqlite3_file_control(connection, "main", which, &file);
  if (file == nullptr || file->pMethods == nullptr) return std::uint64_t{0};
  if (const int rc = file->pMethods->xFileSize(file, &size); rc != SQLITE_OK)
    return detail::sqlite_failure(rc, "reading a file's size");
  return static_cast<std::uint64_t>(size);
}
}  // namespace

Result<Store> Store::open(OpenOptions options) {
  MUISTIO_TRY(auto database, Database::connect(options));
  MUISTIO_CHECK(detail::migrate(*database, detail::migrations()));
  keep_private(options);
  return Store(std::move(database));
}

Store::Store(std::unique_ptr<Database> database) noexcept : Rows(database.get()), owned_(std::move(database)) {}

Store::Store(Store&& other) noexcept : Rows(std::exchange(other.database_, nullptr)), owned_(std::move(other.owned_)) {}

Store& Store::operator=(Store&& other) noexcept {
  if (this != &other) {
    owned_ = std::move(other.owned_);
    database_ = std::exchange(other.database_, nullptr);
  }
  return *this;
}

Store::~Store() = default;

Result<Transaction> Store::begin(Durability durability) {
  MUISTIO_CHECK(check_idle(database_));
  MUISTIO_CHECK(database_->set_durability(durability));
  MUISTIO_TRY(auto query, database_->statement(Query::begin));
  MUISTIO_CHECK(query.run("beginning a transaction"));
  database_->transaction = TransactionState::open;
  return Transaction(database_);
}

Status Store::make_durable() {
  MUISTIO_CHECK(check_idle(database_));
  return database_->make_durable();
}

Status Store::check() const {
  MUISTIO_CHECK(check_idle(database_));
  sqlite3_stmt* prepared = nullptr;
  if (const int rc = sqlite3_prepare_v2(database_->raw(), "pragma integrity_check(1)", -1, &prepared, nullptr); rc != SQLITE_OK)
    return detail::sqlite_failure(rc, "checking the store");
  detail::Statement query(prepared, true);
  MUISTIO_TRY(const bool found, query.row("checking the store"));
  const std::string finding = found ? std::string(as_text(query.blob(0))) : "no answer";
  if (finding != "ok") return fail(ErrorCode::corrupt, "the check found: " + finding);
  return ok();
}

Status Store::backup(const std::filesystem::path& path) const {
  MUISTIO_CHECK(check_idle(database_));
  const std::string name = path.string();
  sqlite3_vfs* const vfs = sqlite3_vfs_find(database_->vfs().empty() ? nullptr : database_->vfs().c_str());
  int there = 0;
  if (const int rc = vfs->xAccess(vfs, name.c_str(), SQLITE_ACCESS_EXISTS, &there); rc != SQLITE_OK)
    return detail::sqlite_failure(rc, "looking for the backup file");
  if (there != 0) return fail(ErrorCode::already_exists, "the backup file");
  auto written = write_copy(*database_, name);
  if (!written) {
    vfs->xDelete(vfs, name.c_str(), 0);
    vfs->xDelete(vfs, (name + "-journal").c_str(), 0);
  }
  return written;
}

Status Store::compact() {
  MUISTIO_CHECK(check_idle(database_));
  MUISTIO_CHECK(database_->run("insert into fulltext(fulltext) values('optimize')", "compacting the index"));
  MUISTIO_CHECK(database_->run("vacuum", "compacting the store"));
  return database_->run("pragma wal_checkpoint(truncate)", "compacting the store");
}

Result<std::uint64_t> Store::size_bytes() const {
  if (database_ == nullptr) return fail(ErrorCode::invalid_state, "the store was moved from");
  MUISTIO_TRY(const auto main, size_of(database_->raw(), SQLITE_FCNTL_FILE_POINTER));
  MUISTIO_TRY(const auto log, size_of(database_->raw(), SQLITE_FCNTL_JOURNAL_POINTER));
  return main + log;
}

}  // namespace muistio::store
