// One SQLite connection with its cached statements and its one transaction.
#pragma once

#include <sqlite3.h>

#include <array>
#include <memory>
#include <string>

#include "muistio/store/store.hpp"
#include "statement.hpp"

namespace muistio::store::detail {

/// The statements that are kept prepared.
enum class Query : std::uint8_t {
  begin,
  commit,
  rollback,
  get,
  scan_up,
  scan_down_from,
  scan_down,
  count,
  put,
  erase,
  erase_range,
  index_find,
  index_add,
  index_put,
  index_erase_terms,
  index_erase,
  index_match,
  query_count
};

enum class TransactionState : std::uint8_t { none, open, failed };

class Database {
 public:
  /// An encrypted connection; the schema is not looked at yet. Errors: as Store::open.
  static Result<std::unique_ptr<Database>> connect(const OpenOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// The statement for `query`, prepared once; a second use while the first is running gets its own.
  Result<Statement> statement(Query query);
  /// Runs SQL that yields nothing. `doing` is for the error.
  Status run(const char* sql, const char* doing);
  /// The first column of the first row.
  Result<std::int64_t> integer(const char* sql, const char* doing);
  /// Ends the transaction without a trace, if one is open.
  void rollback();

  /// Whether the next transaction's commit is to sync the log. Not within a transaction.
  Status set_durability(Durability durability);
  /// Syncs the log, if something was committed that is not durable.
  Status make_durable();
  /// Writes the log into the database and empties it, if the log may hold what was to be forgotten. A failure is left for the next
  /// time.
  void forget();
  /// Pages that were written to the log since the connection was made.
  [[nodiscard]] int pages_written() const noexcept;

  [[nodiscard]] sqlite3* raw() const noexcept { return connection_; }
  [[nodiscard]] Durability durability() const noexcept { return durability_; }
  [[nodiscard]] const std::string& vfs() const noexcept { return vfs_; }
  [[nodiscard]] const Secret<32>& key() const noexcept { return key_; }

  TransactionState transaction = TransactionState::none;
  /// Scans that are running: no write may come between.
  int scans = 0;
  /// Whether something committed is not durable yet.
  bool is_behind = false;
  /// Whether the open transaction, or one that was committed, replaced what the log must not keep.
  bool is_to_forget = false;

 private:
  Database() = default;
  sqlite3* connection_ = nullptr;
  std::string vfs_;
  Secret<32> key_;
  Durability durability_ = Durability::at_commit;
  std::array<sqlite3_stmt*, static_cast<std::size_t>(Query::query_count)> statements_{};
};

/// Opens `path` on `vfs` (empty: the operating system's) under the encryption layer and sets the key; no page is read yet.
Result<sqlite3*> open_keyed(const std::string& path, const std::string& vfs, const Secret<32>& key, bool create);

/// A row's key as it is on disk: the table's number, then the key.
[[nodiscard]] Bytes disk_key(Table table, BytesView key);
/// A document's key in the index as it is on disk.
[[nodiscard]] Bytes disk_document_key(BytesView key);
/// The least byte string greater than all that begin with `prefix`, whose first byte is below 0xff.
[[nodiscard]] Bytes after_prefix(Bytes prefix);

}  // namespace muistio::store::detail
