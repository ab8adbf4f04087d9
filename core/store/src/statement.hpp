// A prepared SQL statement, and SQLite's result codes as our errors.
#pragma once

#include <sqlite3.h>

#include <string>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio::store::detail {

/// The failure that SQLite's extended result code `rc` means while `doing` (words for a person, no data).
[[nodiscard]] Unexpected sqlite_failure(int rc, std::string doing);

/// A checked-out statement: reset when it goes; finalised, if it was prepared for this use alone. Bind from 1. Bound bytes are
/// borrowed until the statement is reset.
class Statement {
 public:
  Statement(sqlite3_stmt* statement, bool owned) noexcept : statement_(statement), owned_(owned) {}
  Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)), owned_(other.owned_) {}
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  void bind(int index, BytesView bytes);
  void bind_text(int index, std::string_view text);
  void bind_integer(int index, std::int64_t value);
  /// SQLITE_ROW, SQLITE_DONE or a failure's extended code.
  int step() { return sqlite3_step(statement_); }
  /// Whether the last step gave a row. `doing` is for the error.
  [[nodiscard]] Result<bool> row(const char* doing);
  /// Steps a statement that yields no rows of interest.
  [[nodiscard]] Status run(const char* doing);

  /// Column `index` of the row; borrowed until the next step.
  [[nodiscard]] BytesView blob(int index) const;
  [[nodiscard]] std::int64_t integer(int index) const { return sqlite3_column_int64(statement_, index); }
  [[nodiscard]] double real(int index) const { return sqlite3_column_double(statement_, index); }

 private:
  sqlite3_stmt* statement_;
  bool owned_;
};

}  // namespace muistio::store::detail
