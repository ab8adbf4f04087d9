// A thin, exception-free layer over SQLite's C interface, private to the log.
#pragma once

#include <cstdint>
#include <string>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "sqlite3.h"

namespace muistio::server {

/// What a SQLite result code means to us. The text names the code, never data.
[[nodiscard]] inline Unexpected sqlite_failure(int code, const char* what) {
  auto kind = ErrorCode::io_failed;
  switch (code & 0xff) {
    case SQLITE_FULL:
      kind = ErrorCode::disk_full;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      kind = ErrorCode::store_busy;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      kind = ErrorCode::corrupt;
      break;
    default:
      break;
  }
  return fail(kind, std::string(what) + ": SQLite " + std::to_string(code) + ", " + sqlite3_errstr(code));
}

/// A prepared statement, owned.
class Statement {
 public:
  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(handle_); }

  Status prepare(sqlite3* database, const char* sql) {
    const int code = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) return sqlite_failure(code, "preparing a statement");
    return ok();
  }
  [[nodiscard]] sqlite3_stmt* handle() const noexcept { return handle_; }

 private:
  sqlite3_stmt* handle_ = nullptr;
};

/// One use of a statement: bind in order, step, read columns; its end resets the statement. Bytes given to `bind` must live until
/// then.
class Run {
 public:
  explicit Run(const Statement& statement) : handle_(statement.handle()) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
  }

  Run& bind(std::int64_t value) {
    sqlite3_bind_int64(handle_, ++bound_, value);
    return *this;
  }
  Run& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
  Run& bind(BytesView value) {
    // A null pointer would bind NULL; an empty blob is meant.
    sqlite3_bind_blob64(handle_, ++bound_, value.empty() ? reinterpret_cast<const std::uint8_t*>("") : value.data(), value.size(),
                        SQLITE_STATIC);
    return *this;
  }

  /// Whether there is a row.
  Result<bool> step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return sqlite_failure(sqlite3_extended_errcode(sqlite3_db_handle(handle_)), "the log's database");
  }
  /// For statements without rows.
  Status done() {
    auto row = step();
    if (!row) return fail(row.error());
    return ok();
  }

  [[nodiscard]] std::uint64_t number(int column) const { return static_cast<std::uint64_t>(sqlite3_column_int64(handle_, column)); }
  [[nodiscard]] std::int64_t signed_number(int column) const { return sqlite3_column_int64(handle_, column); }
  /// Valid until the next step.
  [[nodiscard]] BytesView bytes(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
  }
  /// Errors: corrupt, if the length is wrong.
  template <class FixedBytes>
  Result<FixedBytes> fixed(int column) const {
    auto made = FixedBytes::from_bytes(bytes(column));
    if (!made) return fail(ErrorCode::corrupt, "a column of the log's database has the wrong length");
    return made;
  }

 private:
  sqlite3_stmt* handle_;
  int bound_ = 0;
};

}  // namespace muistio::server
