// A whole log read and written row by row, tokens, and deleting a space.
#include <filesystem>

#include "sqlite_log_impl.hpp"

namespace muistio::server {

namespace {

/// A statement used a few times, prepared where it is used.
struct Once {
  Statement statement;
  static Result<std::unique_ptr<Once>> make(sqlite3* database, const char* sql) {
    auto made = std::make_unique<Once>();
    MUISTIO_CHECK(made->statement.prepare(database, sql));
    return made;
  }
};

std::string text_of(BytesView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

Result<TokenRow> token_row(const Run& run) {
  TokenRow token;
  token.name = text_of(run.bytes(0));
  MUISTIO_TRY(token.secret_hash, run.fixed<Hash>(1));
  token.spaces_max = run.number(2);
  token.space_bytes_max = run.number(3);
  token.created_at = WallMs(run.signed_number(4));
  return token;
}

/// Calls `each` with a Run for every row of `sql`, whose first parameter, if it has one, is `bound`.
template <class Each>
Status for_rows(sqlite3* database, const char* sql, std::optional<std::int64_t> bound, Each each) {
  MUISTIO_TRY(const auto once, Once::make(database, sql));
  Run run(once->statement);
  if (bound) run.bind(*bound);
  for (;;) {
    MUISTIO_TRY(const bool row, run.step());
    if (!row) return ok();
    MUISTIO_CHECK(each(run));
  }
}

Status read_space(sqlite3* database, std::int64_t id, const SpaceId& space, const LogRowSink& sink) {
  MUISTIO_CHECK(for_rows(database, "SELECT seq, log_hash, record FROM records WHERE space = ? ORDER BY seq", id,
                         [&](const Run& run) -> Status {
                           RecordRow row{space, Seq(run.number(0)), {}, to_bytes(run.bytes(2))};
                           auto hash = run.fixed<Hash>(1);
                           if (!hash) return fail(hash.error());
                           row.log_hash = *hash;
                           return sink(row);
                         }));
  MUISTIO_CHECK(for_rows(database, "SELECT auth_key, from_seq, until_seq FROM access WHERE space = ? ORDER BY auth_key", id,
                         [&](const Run& run) -> Status {
                           auto key = run.fixed<wire::AuthKey>(0);
                           if (!key) return fail(key.error());
                           return sink(AccessRow{space, *key, {Seq(run.number(1)), Seq(run.number(2))}});
                         }));
  MUISTIO_CHECK(
      for_rows(database, "SELECT item, invitation, auth_key, received_at, request FROM inbox WHERE space = ? ORDER BY id", id,
               [&](const Run& run) -> Status {
                 auto item = run.fixed<Hash>(0);
                 auto invitation = run.fixed<InvitationId>(1);
                 auto key = run.fixed<wire::AuthKey>(2);
                 if (!item || !invitation || !key) return fail(ErrorCode::corrupt, "an inbox item");
                 return sink(InboxRow{space, {*item, *invitation, *key, WallMs(run.signed_number(3)), to_bytes(run.bytes(4))}});
               }));
  return for_rows(database, "SELECT attachment, size FROM attachments WHERE space = ? ORDER BY attachment", id,
                  [&](const Run& run) -> Status {
                    auto attachment = run.fixed<AttachmentId>(0);
                    if (!attachment) return fail(attachment.error());
                    return sink(AttachmentRow{space, *attachment, run.number(1)});
                  });
}

constexpr const char* kTokens = "SELECT name, secret_hash, spaces_max, space_bytes_max, created_at FROM tokens ORDER BY name";

}  // namespace

// The connection holds the file alone, so what is read between two transactions of this thread is of one moment.
Status SqliteLog::read_rows(const LogRowSink& sink) {
  auto* database = impl_->database;
  MUISTIO_CHECK(for_rows(database, kTokens, std::nullopt, [&](const Run& run) -> Status {
    auto token = token_row(run);
    return token ? sink(*token) : fail(token.error());
  }));
  MUISTIO_CHECK(for_rows(
      database,
      "SELECT id, space, head, last_handshake, log_hash, log_bytes, attachment_bytes, bytes_max, touched_at, token FROM spaces "
      "ORDER BY space",
      std::nullopt, [&](const Run& run) -> Status {
        SpaceRow row;
        auto space = run.fixed<SpaceId>(1);
        auto log_hash = run.fixed<Hash>(4);
        auto token = run.fixed<Hash>(9);
        if (!space || !log_hash || !token) return fail(ErrorCode::corrupt, "a space's row");
        row.space = *space;
        row.state = {Seq(run.number(2)), Seq(run.number(3)), *log_hash, run.number(5)};
        row.attachment_bytes = run.number(6);
        row.bytes_max = run.number(7);
        row.touched_at = WallMs(run.signed_number(8));
        row.token = *token;
        auto given = sink(row);
        if (!given) return given;
        return read_space(database, run.signed_number(0), row.space, sink);
      }));
  return for_rows(database, "SELECT locator, box FROM boxes ORDER BY locator, id", std::nullopt, [&](const Run& run) -> Status {
    auto locator = run.fixed<wire::BoxLocator>(0);
    return locator ? sink(BoxRow{*locator, to_bytes(run.bytes(1))}) : fail(locator.error());
  });
}

Status SqliteLog::write_row(const LogRow& row) {
  auto* database = impl_->database;
  if (const auto* token = std::get_if<TokenRow>(&row)) return add_token(*token);
  if (const auto* space = std::get_if<SpaceRow>(&row)) {
    MUISTIO_TRY(const auto once,
                Once::make(database,
                           "INSERT INTO spaces(space, head, last_handshake, log_hash, log_bytes, attachment_bytes, "
                           "bytes_max, touched_at, token) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    return Run(once->statement)
        .bind(space->space.view())
        .bind(space->state.head.value())
        .bind(space->state.last_handshake_seq.value())
        .bind(space->state.log_hash.view())
        .bind(space->state.log_bytes)
        .bind(space->attachment_bytes)
        .bind(space->bytes_max)
        .bind(space->touched_at.value())
        .bind(space->token.view())
        .done();
  }
  if (const auto* box = std::get_if<BoxRow>(&row)) return Run(impl_->add_box).bind(box->locator.view()).bind(box->box).done();
  const auto& space_id = *std::visit(
      [](const auto& each) -> const SpaceId* {
        if constexpr (requires { each.space; })
          return &each.space;
        else
          return nullptr;
      },
      row);
  MUISTIO_TRY(const auto space, impl_->need(space_id));
  if (const auto* record = std::get_if<RecordRow>(&row))
    return Run(impl_->add_record)
        .bind(space.id)
        .bind(record->seq.value())
        .bind(mark_of(record->record))
        .bind(record->log_hash.view())
        .bind(record->record)
        .done();
  if (const auto* access = std::get_if<AccessRow>(&row)) {
    MUISTIO_TRY(const auto once,
                Once::make(database, "INSERT INTO access(space, auth_key, from_seq, until_seq) VALUES(?, ?, ?, ?)"));
    return Run(once->statement)
        .bind(space.id)
        .bind(access->key.view())
        .bind(access->access.from.value())
        .bind(access->access.until.value())
        .done();
  }
  if (const auto* inbox = std::get_if<InboxRow>(&row))
    return Run(impl_->add_item)
        .bind(space.id)
        .bind(inbox->item.id.view())
        .bind(inbox->item.invitation.view())
        .bind(inbox->item.key.view())
        .bind(inbox->item.received_at.value())
        .bind(inbox->item.request)
        .done();
  const auto& attachment = std::get<AttachmentRow>(row);
  return Run(impl_->add_attachment).bind(space.id).bind(attachment.attachment.view()).bind(attachment.size).done();
}

Result<LogTotals> SqliteLog::totals() {
  MUISTIO_TRY(const auto once, Once::make(impl_->database,
                                          "SELECT (SELECT count(*) FROM spaces), (SELECT coalesce(sum(head), 0) FROM spaces), "
                                          "(SELECT coalesce(sum(log_bytes), 0) FROM spaces), (SELECT count(*) FROM attachments), "
                                          "(SELECT coalesce(sum(attachment_bytes), 0) FROM spaces), (SELECT count(*) FROM inbox), "
                                          "(SELECT count(*) FROM boxes), (SELECT count(*) FROM tokens)"));
  Run run(once->statement);
  MUISTIO_TRY([[maybe_unused]] const bool row, run.step());
  return LogTotals{run.number(0), run.number(1), run.number(2), run.number(3),
                   run.number(4), run.number(5), run.number(6), run.number(7)};
}

Status SqliteLog::delete_space(const SpaceId& space) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  const auto remove = [&]() -> Status {
    MUISTIO_CHECK(begin());
    for (const auto* sql :
         {"DELETE FROM records WHERE space = ?", "DELETE FROM access WHERE space = ?", "DELETE FROM inbox WHERE space = ?",
          "DELETE FROM attachments WHERE space = ?", "DELETE FROM spaces WHERE id = ?"}) {
      MUISTIO_TRY(const auto once, Once::make(impl_->database, sql));
      MUISTIO_CHECK(Run(once->statement).bind(found.id).done());
    }
    return commit();
  };
  auto removed = remove();
  if (!removed) rollback();
  return removed;
}

// secure_delete overwrites what is freed, but not what SQLite leaves behind when it moves rows, nor what was freed by programs
// before it was always on: the file is written anew. Then the write-ahead log, which has former versions of pages, is brought into
// the file and cut to nothing.
Status SqliteLog::rewrite() {
  MUISTIO_CHECK(impl_->execute("VACUUM"));
  MUISTIO_TRY(const auto busy, impl_->pragma_number("PRAGMA wal_checkpoint(TRUNCATE)"));
  if (busy != 0) return fail(ErrorCode::store_busy, "the write-ahead log is in use");
  return ok();
}

Result<std::vector<SpaceId>> SqliteLog::unchanged_since(WallMs before, std::size_t count_max) {
  MUISTIO_TRY(const auto once,
              Once::make(impl_->database,
                         "SELECT space FROM spaces WHERE touched_at BETWEEN 1 AND ? - 1 ORDER BY touched_at, space LIMIT ?"));
  Run run(once->statement);
  run.bind(before.value()).bind(std::uint64_t{count_max});
  std::vector<SpaceId> all;
  for (;;) {
    MUISTIO_TRY(const bool row, run.step());
    if (!row) return all;
    MUISTIO_TRY(const auto space, run.fixed<SpaceId>(0));
    all.push_back(space);
  }
}

Result<std::vector<AttachmentRow>> SqliteLog::attachments(const SpaceId& space) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  std::vector<AttachmentRow> all;
  MUISTIO_CHECK(for_rows(impl_->database, "SELECT attachment, size FROM attachments WHERE space = ? ORDER BY attachment", found.id,
                         [&](const Run& run) -> Status {
                           auto attachment = run.fixed<AttachmentId>(0);
                           if (!attachment) return fail(attachment.error());
                           all.push_back({space, *attachment, run.number(1)});
                           return ok();
                         }));
  return all;
}

Status SqliteLog::add_token(const TokenRow& token) {
  if (token.name.empty() || token.name.size() > 64)
    return fail(ErrorCode::invalid_argument, "a token's name has 1 to 64 characters");
  MUISTIO_TRY(const auto once, Once::make(impl_->database,
                                          "INSERT INTO tokens(secret_hash, name, spaces_max, space_bytes_max, created_at) "
                                          "VALUES(?, CAST(? AS TEXT), ?, ?, ?) ON CONFLICT DO NOTHING"));
  MUISTIO_CHECK(Run(once->statement)
                    .bind(token.secret_hash.view())
                    .bind(as_bytes(token.name))
                    .bind(token.spaces_max)
                    .bind(token.space_bytes_max)
                    .bind(token.created_at.value())
                    .done());
  if (sqlite3_changes(impl_->database) == 0) return fail(ErrorCode::already_exists, "a token of this name");
  return ok();
}

Status SqliteLog::remove_token(const std::string& name) {
  MUISTIO_TRY(const auto once, Once::make(impl_->database, "DELETE FROM tokens WHERE name = CAST(? AS TEXT)"));
  MUISTIO_CHECK(Run(once->statement).bind(as_bytes(name)).done());
  if (sqlite3_changes(impl_->database) == 0) return fail(ErrorCode::not_found, "a token of this name");
  return ok();
}

Result<std::vector<TokenUse>> SqliteLog::tokens() {
  std::vector<TokenUse> all;
  MUISTIO_CHECK(for_rows(impl_->database,
                         "SELECT name, secret_hash, spaces_max, space_bytes_max, created_at, "
                         "(SELECT count(*) FROM spaces WHERE token = secret_hash) FROM tokens ORDER BY name",
                         std::nullopt, [&](const Run& run) -> Status {
                           auto token = token_row(run);
                           if (!token) return fail(token.error());
                           all.push_back({*token, run.number(5)});
                           return ok();
                         }));
  return all;
}

namespace {

constexpr int kCopyPages = 256;

class SqliteCopy final : public LogCopy {
 public:
  Status begin(sqlite3* from, const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return fail(ErrorCode::already_exists, "the file of the copy");
    const int code = sqlite3_open_v2(path.c_str(), &to_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) return sqlite_failure(code, "opening the file of the copy");
    copying_ = sqlite3_backup_init(to_, "main", from, "main");
    if (copying_ == nullptr) return sqlite_failure(sqlite3_extended_errcode(to_), "beginning the copy");
    return ok();
  }
  ~SqliteCopy() override {
    if (copying_ != nullptr) sqlite3_backup_finish(copying_);
    sqlite3_close_v2(to_);
  }
  Result<bool> step() override {
    const int code = sqlite3_backup_step(copying_, kCopyPages);
    if (code == SQLITE_OK) return false;
    if (code != SQLITE_DONE) return sqlite_failure(code, "copying the log");
    const int finished = sqlite3_backup_finish(std::exchange(copying_, nullptr));
    if (finished != SQLITE_OK) return sqlite_failure(finished, "copying the log");
    return true;
  }

 private:
  sqlite3* to_ = nullptr;
  sqlite3_backup* copying_ = nullptr;
};

}  // namespace

Result<std::int64_t> SqliteLog::format_in(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::int64_t{0};
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> closing(database, sqlite3_close_v2);
  if (code != SQLITE_OK) return sqlite_failure(code, "opening the log's database");
  MUISTIO_TRY(const auto once, Once::make(database, "PRAGMA user_version"));
  Run run(once->statement);
  MUISTIO_TRY(const bool row, run.step());
  return row ? run.signed_number(0) : 0;
}

Result<std::unique_ptr<LogCopy>> SqliteLog::begin_copy(const std::string& path) {
  auto made = std::make_unique<SqliteCopy>();
  MUISTIO_CHECK(made->begin(impl_->database, path));
  return std::unique_ptr<LogCopy>(std::move(made));
}

}  // namespace muistio::server
