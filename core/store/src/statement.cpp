#include "statement.hpp"

namespace muistio::store::detail {
namespace {
ErrorCode error_code(int rc) {
  switch (rc & 0xff) {
    case SQLITE_FULL:
      return ErrorCode::disk_full;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return ErrorCode::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::store_busy;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return ErrorCode::read_only;
    case SQLITE_TOOBIG:
      return ErrorCode::too_large;
    case SQLITE_MISUSE:
      return ErrorCode::invalid_state;
    default:
      return ErrorCode::io_failed;
  }
}
}  // namespace

Unexpected sqlite_failure(int rc, std::string doing) {
  return fail(error_code(rc), std::move(doing) + ": SQLite " + std::to_string(rc) + ", " + sqlite3_errstr(rc));
}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  if (owned_) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

// An empty blob needs an address that is not null, or SQLite binds NULL.
void Statement::bind(int index, BytesView bytes) {
  static constexpr std::uint8_t kNothing = 0;
  const void* at = bytes.empty() ? static_cast<const void*>(&kNothing) : bytes.data();
  sqlite3_bind_blob64(statement_, index, at, bytes.size(), SQLITE_STATIC);
}

void Statement::bind_text(int index, std::string_view text) {
  sqlite3_bind_text64(statement_, index, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind_integer(int index, std::int64_t value) { sqlite3_bind_int64(statement_, index, value); }

Result<bool> Statement::row(const char* doing) {
  const int rc = step();
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  return sqlite_failure(rc, doing);
}

Status Statement::run(const char* doing) {
  const int rc = step();
  if (rc != SQLITE_DONE && rc != SQLITE_ROW) return sqlite_failure(rc, doing);
  return ok();
}

BytesView Statement::blob(int index) const {
  const void* at = sqlite3_column_blob(statement_, index);
  const int count = sqlite3_column_bytes(statement_, index);
  if (at == nullptr) return {};
  return {static_cast<const std::uint8_t*>(at), static_cast<std::size_t>(count)};
}

}  // namespace muistio::store::detail
