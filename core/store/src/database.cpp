#include "database.hpp"

#include <algorithm>

namespace muistio::store::detail {
namespace {
// Measured, see docs/formats/store.md: half the file of 4 KiB pages for rows of 2 KB, and less written a small commit than at 16
// KiB.
constexpr int kPageBytes = 8192;

const char* sql_of(Query query) {
  switch (query) {
    case Query::begin:
      return "begin immediate";
    case Query::commit:
      return "commit";
    case Query::rollback:
      return "rollback";
    case Query::get:
      return "select v from entry where k = ?1";
    case Query::scan_up:
      return "select k, v from entry where k >= ?1 and k < ?2 order by k";
    case Query::scan_down_from:
      return "select k, v from entry where k >= ?1 and k <= ?2 order by k desc";
    case Query::scan_down:
      return "select k, v from entry where k >= ?1 and k < ?2 order by k desc";
    case Query::count:
      return "select count(*) from entry where k >= ?1 and k < ?2";
    case Query::put:
      return "insert into entry(k, v) values(?1, ?2) on conflict(k) do update set v = excluded.v";
    case Query::erase:
      return "delete from entry where k = ?1";
    case Query::erase_range:
      return "delete from entry where k >= ?1 and k < ?2";
    case Query::index_find:
      return "select id from document where k = ?1";
    case Query::index_add:
      return "insert into document(k) values(?1)";
    case Query::index_put:
      return "insert or replace into fulltext(rowid, title, body) values(?1, ?2, ?3)";
    case Query::index_erase_terms:
      return "delete from fulltext where rowid = ?1";
    case Query::index_erase:
      return "delete from document where id = ?1";
    case Query::index_match:
      return "select document.k, fulltext.rank from fulltext join document on document.id = fulltext.rowid "
             "where fulltext match ?1 and document.k >= ?2 and document.k < ?3 order by fulltext.rank, document.k limit ?4";
    case Query::query_count:
      break;
  }
  return "";
}

/// Registers the encryption layer over a named VFS, once.
Status ensure_encrypted_vfs(const std::string& vfs, std::string& encrypted) {
  if (sqlite3_initialize() != SQLITE_OK) return fail(ErrorCode::io_failed, "SQLite does not start");
  if (vfs.empty()) return ok();
  encrypted = "multipleciphers-" + vfs;
  if (sqlite3_vfs_find(encrypted.c_str()) != nullptr) return ok();
  if (sqlite3_vfs_find(vfs.c_str()) == nullptr) return fail(ErrorCode::invalid_argument, "no such VFS");
  if (const int rc = sqlite3mc_vfs_create(vfs.c_str(), 0); rc != SQLITE_OK)
    return sqlite_failure(rc, "adding encryption to the VFS");
  return ok();
}

bool exists(const std::string& path, const std::string& vfs) {
  sqlite3_vfs* const found = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  int there = 0;
  return found != nullptr && found->xAccess(found, path.c_str(), SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK && there != 0;
}

/// Reads the first page. Bytes that do not open are another key's, or no store's.
Status read_first_page(sqlite3* connection) {
  const int rc = sqlite3_exec(connection, "pragma user_version", nullptr, nullptr, nullptr);
  if ((rc & 0xff) == SQLITE_NOTADB) return fail(ErrorCode::wrong_key, "the first page does not open");
  if (rc != SQLITE_OK) return sqlite_failure(sqlite3_extended_errcode(connection), "reading the store");
  return ok();
}
}  // namespace

Result<sqlite3*> open_keyed(const std::string& path, const std::string& vfs, const Secret<32>& key, bool create) {
  std::string encrypted;
  MUISTIO_CHECK(ensure_encrypted_vfs(vfs, encrypted));
  const bool there = exists(path, vfs);
  if (!create && !there) return fail(ErrorCode::not_found, "there is no store file");
  sqlite3* connection = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (create ? SQLITE_OPEN_CREATE : 0);
  int rc = sqlite3_open_v2(path.c_str(), &connection, flags, encrypted.empty() ? nullptr : encrypted.c_str());
  if (rc == SQLITE_OK && sqlite3_db_readonly(connection, "main") != 0) rc = SQLITE_READONLY;
  if (rc == SQLITE_OK) {
    SecretBytes text(4 + 64);
    std::string_view("raw:").copy(reinterpret_cast<char*>(text.expose_mutable().data()), 4);
    constexpr char kDigits[] = "0123456789abcdef";
    std::size_t at = 4;
    for (const auto byte : key.expose()) {
      text.expose_mutable()[at++] = static_cast<std::uint8_t>(kDigits[byte >> 4]);
      text.expose_mutable()[at++] = static_cast<std::uint8_t>(kDigits[byte & 15]);
    }
    rc = sqlite3_key_v2(connection, "main", text.expose().data(), static_cast<int>(text.size()));
  }
  if (rc != SQLITE_OK) {
    sqlite3_close_v2(connection);
    return sqlite_failure(rc, "opening the store");
  }
  return connection;
}

Result<std::unique_ptr<Database>> Database::connect(const OpenOptions& options) {
  std::unique_ptr<Database> made(new Database());
  made->vfs_ = options.vfs;
  made->key_ = options.key.clone();
  MUISTIO_TRY(made->connection_, open_keyed(options.path.string(), options.vfs, options.key, options.create));
  sqlite3_busy_timeout(made->connection_, static_cast<int>(std::min<std::uint32_t>(options.busy_timeout_ms, 1u << 30)));
  const std::string page_size = "pragma page_size=" + std::to_string(kPageBytes);
  // Exclusive locking before the first read: no shared-memory file, and the lock is kept until the store is closed.
  MUISTIO_CHECK(made->run("pragma locking_mode=exclusive", "opening the store"));
  MUISTIO_CHECK(made->run(page_size.c_str(), "opening the store"));
  MUISTIO_CHECK(made->run("pragma trusted_schema=off", "opening the store"));
  MUISTIO_CHECK(made->run("pragma temp_store=memory", "opening the store"));
  MUISTIO_CHECK(read_first_page(made->connection_));
  // "extra" syncs the folder too, so that no journal comes back after a power cut; in the write-ahead log it is the same as "full".
  MUISTIO_CHECK(made->run("pragma synchronous=extra", "opening the store"));
  MUISTIO_CHECK(made->run("pragma journal_mode=wal", "opening the store"));
  MUISTIO_CHECK(made->run("pragma secure_delete=on", "opening the store"));
  MUISTIO_CHECK(made->run("pragma cache_size=-8000", "opening the store"));
  MUISTIO_CHECK(made->run("pragma journal_size_limit=4194304", "opening the store"));
  // The first write lock is taken here, so that a second process is refused at once and not at its first write.
  MUISTIO_CHECK(made->run("begin exclusive; commit", "locking the store"));
  // A log that is there was left by a crash, perhaps before it could be emptied.
  made->is_to_forget = true;
  made->forget();
  return made;
}

Database::~Database() {
  for (auto* statement : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(connection_);
}

Result<Statement> Database::statement(Query query) {
  auto& kept = statements_[static_cast<std::size_t>(query)];
  if (kept != nullptr && sqlite3_stmt_busy(kept) == 0) return Statement(kept, false);
  sqlite3_stmt* prepared = nullptr;
  const bool keep = kept == nullptr;
  const int rc = sqlite3_prepare_v3(connection_, sql_of(query), -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, &prepared, nullptr);
  if (rc != SQLITE_OK) return sqlite_failure(rc, "preparing a statement");
  if (keep) kept = prepared;
  return Statement(prepared, !keep);
}

Status Database::run(const char* sql, const char* doing) {
  if (const int rc = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr); rc != SQLITE_OK)
    return sqlite_failure(sqlite3_extended_errcode(connection_), doing);
  return ok();
}

Result<std::int64_t> Database::integer(const char* sql, const char* doing) {
  sqlite3_stmt* prepared = nullptr;
  if (const int rc = sqlite3_prepare_v2(connection_, sql, -1, &prepared, nullptr); rc != SQLITE_OK)
    return sqlite_failure(rc, doing);
  Statement statement(prepared, true);
  MUISTIO_TRY(const bool there, statement.row(doing));
  if (!there) return fail(ErrorCode::corrupt, doing);
  return statement.integer(0);
}

Status Database::set_durability(Durability durability) {
  if (durability == durability_) return ok();
  // In the write-ahead log "normal" leaves out the sync of each commit, and nothing else.
  MUISTIO_CHECK(run(durability == Durability::at_commit ? "pragma synchronous=extra" : "pragma synchronous=normal",
                    "beginning a transaction"));
  durability_ = durability;
  return ok();
}

Status Database::make_durable() {
  if (!is_behind) return ok();
  sqlite3_file* log = nullptr;
  sqlite3_file_control(connection_, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log != nullptr && log->pMethods != nullptr)
    if (const int rc = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL); rc != SQLITE_OK) return sqlite_failure(rc, "syncing the log");
  is_behind = false;
  return ok();
}

void Database::forget() {
  if (!is_to_forget) return;
  const auto is_busy = integer("pragma wal_checkpoint(truncate)", "emptying the log");
  if (!is_busy || *is_busy != 0) return;
  is_to_forget = false;
  is_behind = false;
}

int Database::pages_written() const noexcept {
  int now = 0;
  int highest = 0;
  sqlite3_db_status(connection_, SQLITE_DBSTATUS_CACHE_WRITE, &now, &highest, 0);
  return now;
}

void Database::rollback() {
  if (sqlite3_get_autocommit(connection_) != 0) return;
  sqlite3_exec(connection_, "rollback", nullptr, nullptr, nullptr);
}

Bytes disk_key(Table table, BytesView key) {
  Bytes made;
  made.reserve(key.size() + 1);
  made.push_back(static_cast<std::uint8_t>(table));
  append(made, key);
  return made;
}

// A byte before each, so that every prefix, the empty one too, has a byte string after it.
Bytes disk_document_key(BytesView key) {
  Bytes made{1};
  append(made, key);
  return made;
}

Bytes after_prefix(Bytes prefix) {
  while (prefix.back() == 0xff) prefix.pop_back();
  ++prefix.back();
  return prefix;
}

}  // namespace muistio::store::detail
