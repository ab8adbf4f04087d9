// The inside of SqliteLog, shared by the files that implement it.
#pragma once

#include "held_space.hpp"
#include "muistio/server/sqlite_log.hpp"
#include "muistio/wire/limits.hpp"
#include "sqlite_statement.hpp"

namespace muistio::server {

struct SqliteLog::Impl {
  sqlite3* database = nullptr;
  Statement find_space, add_space, advance_space, grow_attachments;
  Statement find_record, add_record, find_hash, list_records;
  Statement find_access, add_access, remove_access;
  Statement expire_inbox, find_item, count_inbox, add_item, remove_item, remove_posted, list_inbox;
  Statement find_attachment, add_attachment, remove_attachment;
  Statement list_boxes, newest_box, add_box, trim_boxes, remove_boxes;
  Statement find_token, count_by_token, own_space;
  Statement begin, commit;
  std::int64_t now = 0;  ///< of the transaction that runs

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { sqlite3_close_v2(database); }  // closes when the last statement is gone

  Status execute(const char* sql) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      return sqlite_failure(sqlite3_extended_errcode(database), "the log's database");
    return ok();
  }
  Result<std::int64_t> pragma_number(const char* sql) {
    Statement statement;
    MUISTIO_CHECK(statement.prepare(database, sql));
    Run run(statement);
    MUISTIO_TRY(const bool row, run.step());
    return row ? run.signed_number(0) : 0;
  }
  Status set_up();
  Status prepare_all();

  struct Space : HeldSpace {
    std::int64_t id = 0;
  };
  Result<std::optional<Space>> find(const SpaceId& space);
  Result<Space> need(const SpaceId& space);
  Result<std::optional<Access>> access(std::int64_t space, const wire::AuthKey& key);
  Result<std::optional<LogPlace>> held(std::int64_t space, std::int64_t mark, BytesView encoded);
  Status change_access(std::int64_t space, Seq seq, const wire::AccessChange& change);
};

}  // namespace muistio::server
