#include "muistio/server/sqlite_log.hpp"

#include "muistio/wire/log_hash.hpp"
#include "sqlite_log_impl.hpp"

namespace muistio::server {

namespace limits = wire::limits;

namespace {

constexpr std::int64_t kMsPerDay = 24 * 60 * 60 * 1000;

constexpr const char* kSchema = R"sql(
CREATE TABLE spaces(
  id INTEGER PRIMARY KEY, space BLOB NOT NULL, head INTEGER NOT NULL, last_handshake INTEGER NOT NULL,
  log_hash BLOB NOT NULL, log_bytes INTEGER NOT NULL, attachment_bytes INTEGER NOT NULL);
CREATE UNIQUE INDEX spaces_by_space ON spaces(space);
CREATE TABLE records(
  space INTEGER NOT NULL, seq INTEGER NOT NULL, mark INTEGER NOT NULL, log_hash BLOB NOT NULL, record BLOB NOT NULL);
CREATE UNIQUE INDEX records_by_seq ON records(space, seq);
CREATE INDEX records_by_mark ON records(space, mark);
CREATE TABLE access(space INTEGER NOT NULL, auth_key BLOB NOT NULL, from_seq INTEGER NOT NULL, until_seq INTEGER NOT NULL);
CREATE UNIQUE INDEX access_by_key ON access(space, auth_key);
CREATE TABLE inbox(
  id INTEGER PRIMARY KEY, space INTEGER NOT NULL, item BLOB NOT NULL, invitation BLOB NOT NULL, auth_key BLOB NOT NULL,
  received_at INTEGER NOT NULL, request BLOB NOT NULL);
CREATE UNIQUE INDEX inbox_by_item ON inbox(space, item);
CREATE TABLE attachments(space INTEGER NOT NULL, attachment BLOB NOT NULL, size INTEGER NOT NULL);
CREATE UNIQUE INDEX attachments_by_id ON attachments(space, attachment);
PRAGMA user_version = 1;
)sql";
constexpr const char* kSchemaBoxes = R"sql(
CREATE TABLE boxes(id INTEGER PRIMARY KEY, locator BLOB NOT NULL, box BLOB NOT NULL);
CREATE INDEX boxes_by_locator ON boxes(locator, id);
PRAGMA user_version = 2;
)sql";
constexpr const char* kSchemaOperating = R"sql(
ALTER TABLE spaces ADD COLUMN bytes_max INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spaces ADD COLUMN touched_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spaces ADD COLUMN token BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
CREATE TABLE tokens(
  secret_hash BLOB NOT NULL, name TEXT NOT NULL, spaces_max INTEGER NOT NULL, space_bytes_max INTEGER NOT NULL,
  created_at INTEGER NOT NULL);
CREATE UNIQUE INDEX tokens_by_hash ON tokens(secret_hash);
CREATE UNIQUE INDEX tokens_by_name ON tokens(name);
CREATE INDEX spaces_by_token ON spaces(token);
PRAGMA user_version = 3;
)sql";

}  // namespace

Status SqliteLog::Impl::set_up() {
  // Exclusive locking keeps a second server out and needs no shared memory; it must come before WAL.
  MUISTIO_CHECK(
      execute("PRAGMA page_size=16384; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
              "PRAGMA cache_size=-16384; PRAGMA secure_delete=ON; BEGIN EXCLUSIVE;"));
  MUISTIO_TRY(const auto version, pragma_number("PRAGMA user_version"));
  if (version > format) return fail(ErrorCode::unsupported_version, "the log was written by a newer server");
  if (version == 0) MUISTIO_CHECK(execute(kSchema));
  if (version < 2) MUISTIO_CHECK(execute(kSchemaBoxes));
  if (version < 3) MUISTIO_CHECK(execute(kSchemaOperating));
  MUISTIO_CHECK(execute("COMMIT"));
  return prepare_all();
}

Status SqliteLog::Impl::prepare_all() {
  const struct {
    Statement* statement;
    const char* sql;
  } all[] = {
      {&begin, "BEGIN IMMEDIATE"},
      {&commit, "COMMIT"},
      {&find_space,
       "SELECT id, head, last_handshake, log_hash, log_bytes, attachment_bytes, bytes_max FROM spaces WHERE space = ?"},
      {&add_space,
       "INSERT INTO spaces(space, head, last_handshake, log_hash, log_bytes, attachment_bytes, touched_at) VALUES(?, 0, 0, ?, 0, "
       "0, ?)"},
      {&advance_space,
       "UPDATE spaces SET head = ?, last_handshake = ?, log_hash = ?, log_bytes = ?, touched_at = max(touched_at, ?) WHERE id = ?"},
      {&grow_attachments,
       "UPDATE spaces SET attachment_bytes = attachment_bytes + ?, touched_at = max(touched_at, ?) WHERE id = ?"},
      {&find_record, "SELECT seq, log_hash, record FROM records WHERE space = ? AND mark = ? ORDER BY seq"},
      {&add_record, "INSERT INTO records(space, seq, mark, log_hash, record) VALUES(?, ?, ?, ?, ?)"},
      {&find_hash, "SELECT log_hash FROM records WHERE space = ? AND seq = ?"},
      {&list_records, "SELECT seq, record FROM records WHERE space = ? AND seq BETWEEN ? AND ? ORDER BY seq"},
      {&find_access, "SELECT from_seq, until_seq FROM access WHERE space = ? AND auth_key = ?"},
      {&add_access,
       "INSERT INTO access(space, auth_key, from_seq, until_seq) VALUES(?, ?, ?, 0) ON CONFLICT(space, auth_key) DO UPDATE SET "
       "from_seq = excluded.from_seq, until_seq = 0 WHERE until_seq <> 0"},
      {&remove_access, "UPDATE access SET until_seq = ? WHERE space = ? AND auth_key = ? AND until_seq = 0"},
      {&expire_inbox, "DELETE FROM inbox WHERE space = ? AND received_at < ?"},
      {&find_item, "SELECT 1 FROM inbox WHERE space = ? AND item = ?"},
      {&count_inbox, "SELECT count(*) FROM inbox WHERE space = ?"},
      {&add_item, "INSERT INTO inbox(space, item, invitation, auth_key, received_at, request) VALUES(?, ?, ?, ?, ?, ?)"},
      {&remove_item, "DELETE FROM inbox WHERE space = ? AND item = ?"},
      {&remove_posted, "DELETE FROM inbox WHERE space = ? AND invitation = ? AND auth_key = ?"},
      {&list_inbox, "SELECT item, invitation, auth_key, received_at, request FROM inbox WHERE space = ? ORDER BY id"},
      {&find_attachment, "SELECT size FROM attachments WHERE space = ? AND attachment = ?"},
      {&add_attachment, "INSERT INTO attachments(space, attachment, size) VALUES(?, ?, ?)"},
      {&list_boxes, "SELECT box FROM boxes WHERE locator = ? ORDER BY id"},
      {&newest_box, "SELECT box FROM boxes WHERE locator = ? ORDER BY id DESC LIMIT 1"},
      {&add_box, "INSERT INTO boxes(locator, box) VALUES(?, ?)"},
      {&trim_boxes,
       "DELETE FROM boxes WHERE locator = ?1 AND id NOT IN (SELECT id FROM boxes WHERE locator = ?1 ORDER BY id DESC LIMIT ?2)"},
      {&remove_boxes, "DELETE FROM boxes WHERE locator = ?"},
      {&find_token, "SELECT spaces_max, space_bytes_max FROM tokens WHERE secret_hash = ?"},
      {&count_by_token, "SELECT count(*) FROM spaces WHERE token = ?"},
      {&own_space, "UPDATE spaces SET token = ?, bytes_max = ? WHERE space = ?"},
      {&remove_attachment, "DELETE FROM attachments WHERE space = ? AND attachment = ?"},
  };
  for (const auto& each : all) MUISTIO_CHECK(each.statement->prepare(database, each.sql));
  return ok();
}

Result<std::optional<SqliteLog::Impl::Space>> SqliteLog::Impl::find(const SpaceId& space) {
  Run run(find_space);
  run.bind(space.view());
  MUISTIO_TRY(const bool row, run.step());
  if (!row) return std::optional<Space>();
  Space found;
  found.id = run.signed_number(0);
  found.state.head = Seq(run.number(1));
  found.state.last_handshake_seq = Seq(run.number(2));
  MUISTIO_TRY(found.state.log_hash, run.fixed<Hash>(3));
  found.state.log_bytes = run.number(4);
  found.attachment_bytes = run.number(5);
  found.bytes_max = run.number(6);
  return std::optional<Space>(found);
}

Result<SqliteLog::Impl::Space> SqliteLog::Impl::need(const SpaceId& space) {
  MUISTIO_TRY(const auto found, find(space));
  if (!found) return fail(ErrorCode::unknown_space);
  return *found;
}

Result<std::optional<Access>> SqliteLog::Impl::access(std::int64_t space, const wire::AuthKey& key) {
  Run run(find_access);
  run.bind(space).bind(key.view());
  MUISTIO_TRY(const bool row, run.step());
  if (!row) return std::optional<Access>();
  return std::optional<Access>(Access{Seq(run.number(0)), Seq(run.number(1))});
}

Result<std::optional<LogPlace>> SqliteLog::Impl::held(std::int64_t space, std::int64_t mark, BytesView encoded) {
  Run run(find_record);
  run.bind(space).bind(mark);
  for (;;) {
    MUISTIO_TRY(const bool row, run.step());
    if (!row) return std::optional<LogPlace>();
    if (!equal(run.bytes(2), encoded)) continue;
    MUISTIO_TRY(const auto log_hash, run.fixed<Hash>(1));
    return std::optional<LogPlace>(LogPlace{Seq(run.number(0)), log_hash, false});
  }
}

Status SqliteLog::Impl::change_access(std::int64_t space, Seq seq, const wire::AccessChange& change) {
  if (change.op == wire::AccessChange::Op::add) {
    Run run(add_access);
    return run.bind(space).bind(change.key.view()).bind(seq.value()).done();
  }
  Run run(remove_access);
  return run.bind(seq.value()).bind(space).bind(change.key.view()).done();
}

SqliteLog::SqliteLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteLog::~SqliteLog() = default;

Result<std::unique_ptr<SqliteLog>> SqliteLog::open(const SqliteLogOptions& options) {
  auto impl = std::make_unique<Impl>();
  const int code =
      sqlite3_open_v2(options.path.c_str(), &impl->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (code != SQLITE_OK) return sqlite_failure(code, "opening the log's database");
  MUISTIO_CHECK(impl->set_up());
  return std::unique_ptr<SqliteLog>(new SqliteLog(std::move(impl)));
}

Status SqliteLog::begin() {
  impl_->now = 0;
  return Run(impl_->begin).done();
}
Status SqliteLog::prepare(std::span<const SpaceId>, WallMs now) {
  impl_->now = now.value();
  return ok();
}
Status SqliteLog::commit() { return Run(impl_->commit).done(); }
void SqliteLog::rollback() noexcept {
  // SQLite may have rolled back by itself when the disk failed.
  if (sqlite3_get_autocommit(impl_->database) == 0) sqlite3_exec(impl_->database, "ROLLBACK", nullptr, nullptr, nullptr);
}

Status SqliteLog::create_space(const SpaceId& space, const wire::AuthKey& first_key) {
  MUISTIO_TRY(const auto found, impl_->find(space));
  if (found) {
    MUISTIO_TRY(const auto held, impl_->access(found->id, first_key));
    if (!held || held->from != Seq(0)) return fail(ErrorCode::conflicting_content, "the space exists");
    return ok();
  }
  const Hash empty;
  MUISTIO_CHECK(Run(impl_->add_space).bind(space.view()).bind(empty.view()).bind(impl_->now).done());
  return impl_->change_access(sqlite3_last_insert_rowid(impl_->database), Seq(0), {wire::AccessChange::Op::add, first_key});
}

Status SqliteLog::create_space_with_token(const SpaceId& space, const wire::AuthKey& first_key, const Hash& token) {
  std::uint64_t spaces_max = 0, bytes_max = 0;
  {
    Run find(impl_->find_token);
    MUISTIO_TRY(const bool row, find.bind(token.view()).step());
    if (!row) return fail(ErrorCode::not_authorised, "this server does not know the token");
    spaces_max = find.number(0);
    bytes_max = find.number(1);
  }
  MUISTIO_TRY(const auto found, impl_->find(space));
  if (found) return create_space(space, first_key);
  {
    Run count(impl_->count_by_token);
    MUISTIO_TRY([[maybe_unused]] const bool row, count.bind(token.view()).step());
    if (count.number(0) >= spaces_max) return fail(ErrorCode::quota_exceeded, "the token has begun all its spaces");
  }
  MUISTIO_CHECK(create_space(space, first_key));
  return Run(impl_->own_space).bind(token.view()).bind(bytes_max).bind(space.view()).done();
}

Result<LogPlace> SqliteLog::append(const SpaceId& space, const wire::AuthKey& key, Seq last_handshake_seq, BytesView encoded,
                                   const wire::Record& record, std::uint64_t space_bytes_max) {
  MUISTIO_TRY(auto found, impl_->need(space));
  MUISTIO_TRY(const auto access, impl_->access(found.id, key));
  if (!access || access->until != Seq(0)) return fail(ErrorCode::not_authorised);
  const auto mark = mark_of(encoded);
  MUISTIO_TRY(const auto held, impl_->held(found.id, mark, encoded));
  if (held) return *held;
  auto& state = found.state;
  if (state.last_handshake_seq > last_handshake_seq) return fail(ErrorCode::stale_handshake);
  if (!found.has_room(encoded.size(), space_bytes_max)) return fail(ErrorCode::quota_exceeded, "the space's log");

  state.head = state.head.next();
  state.log_hash = wire::log_hash_next(state.log_hash, state.head, encoded);
  state.log_bytes += encoded.size();
  if (record.kind == wire::RecordKind::handshake) state.last_handshake_seq = state.head;
  MUISTIO_CHECK(
      Run(impl_->add_record).bind(found.id).bind(state.head.value()).bind(mark).bind(state.log_hash.view()).bind(encoded).done());
  MUISTIO_CHECK(Run(impl_->advance_space)
                    .bind(state.head.value())
                    .bind(state.last_handshake_seq.value())
                    .bind(state.log_hash.view())
                    .bind(state.log_bytes)
                    .bind(impl_->now)
                    .bind(found.id)
                    .done());
  for (const auto& change : record.access_changes) MUISTIO_CHECK(impl_->change_access(found.id, state.head, change));
  return LogPlace{state.head, state.log_hash, true};
}

Status SqliteLog::post(const SpaceId& space, const wire::InboxItem& item) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  {
    Run held(impl_->find_item);
    MUISTIO_TRY(const bool row, held.bind(found.id).bind(item.id.view()).step());
    if (row) return ok();
  }
  MUISTIO_CHECK(Run(impl_->expire_inbox).bind(found.id).bind(item.received_at.value() - limits::inbox_days_max * kMsPerDay).done());
  {
    Run count(impl_->count_inbox);
    MUISTIO_TRY([[maybe_unused]] const bool row, count.bind(found.id).step());
    if (count.number(0) >= limits::inbox_requests_max) return fail(ErrorCode::quota_exceeded, "the space's inbox");
  }
  return Run(impl_->add_item)
      .bind(found.id)
      .bind(item.id.view())
      .bind(item.invitation.view())
      .bind(item.key.view())
      .bind(item.received_at.value())
      .bind(item.request)
      .done();
}

Status SqliteLog::withdraw(const SpaceId& space, const InvitationId& invitation, const wire::AuthKey& key) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  return Run(impl_->remove_posted).bind(found.id).bind(invitation.view()).bind(key.view()).done();
}

Status SqliteLog::delete_inbox_item(const SpaceId& space, const Hash& item) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  return Run(impl_->remove_item).bind(found.id).bind(item.view()).done();
}

Status SqliteLog::reserve_attachment(const SpaceId& space, const AttachmentId& attachment, std::uint64_t size,
                                     std::uint64_t space_bytes_max) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  MUISTIO_TRY(const auto held, attachment_size(space, attachment));
  if (held && *held != size) return fail(ErrorCode::conflicting_content, "the attachment is held with another size");
  if (held) return ok();
  if (!found.has_room(size, space_bytes_max)) return fail(ErrorCode::quota_exceeded, "the space's attachments");
  MUISTIO_CHECK(Run(impl_->add_attachment).bind(found.id).bind(attachment.view()).bind(size).done());
  return Run(impl_->grow_attachments).bind(size).bind(impl_->now).bind(found.id).done();
}

Status SqliteLog::forget_attachment(const SpaceId& space, const AttachmentId& attachment) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  MUISTIO_TRY(const auto held, attachment_size(space, attachment));
  if (!held) return ok();
  MUISTIO_CHECK(Run(impl_->remove_attachment).bind(found.id).bind(attachment.view()).done());
  return Run(impl_->grow_attachments).bind(-static_cast<std::int64_t>(*held)).bind(impl_->now).bind(found.id).done();
}

Status SqliteLog::put_box(const wire::BoxLocator& locator, BytesView box, std::size_t kept) {
  {
    Run newest(impl_->newest_box);
    MUISTIO_TRY(const bool row, newest.bind(locator.view()).step());
    if (row && equal(newest.bytes(0), box)) return ok();
  }
  MUISTIO_CHECK(Run(impl_->add_box).bind(locator.view()).bind(box).done());
  return Run(impl_->trim_boxes).bind(locator.view()).bind(std::uint64_t{kept}).done();
}

Status SqliteLog::drop_boxes(const wire::BoxLocator& locator) { return Run(impl_->remove_boxes).bind(locator.view()).done(); }

Result<std::vector<Bytes>> SqliteLog::boxes(const wire::BoxLocator& locator) {
  std::vector<Bytes> boxes;
  Run run(impl_->list_boxes);
  run.bind(locator.view());
  for (;;) {
    MUISTIO_TRY(const bool row, run.step());
    if (!row) return boxes;
    boxes.push_back(to_bytes(run.bytes(0)));
  }
}

Result<SpaceState> SqliteLog::state(const SpaceId& space) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  return found.state;
}

Result<std::optional<Access>> SqliteLog::access(const SpaceId& space, const wire::AuthKey& key) {
  MUISTIO_TRY(const auto found, impl_->find(space));
  if (!found) return std::optional<Access>();
  return impl_->access(found->id, key);
}

Result<Hash> SqliteLog::log_hash(const SpaceId& space, Seq seq) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  if (seq == Seq(0)) return Hash{};
  Run run(impl_->find_hash);
  MUISTIO_TRY(const bool row, run.bind(found.id).bind(seq.value()).step());
  if (!row) return fail(ErrorCode::bad_range);
  return run.fixed<Hash>(0);
}

Result<std::vector<Bytes>> SqliteLog::fetch(const SpaceId& space, Seq from, Seq to, std::size_t bytes_max) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  std::vector<Bytes> records;
  std::size_t total = 0;
  Run run(impl_->list_records);
  run.bind(found.id).bind(from.value()).bind(to.value());
  while (records.size() < limits::fetch_records_max) {
    MUISTIO_TRY(const bool row, run.step());
    if (!row) break;
    if (run.number(0) != from.value() + records.size()) return fail(ErrorCode::corrupt, "the log has a gap");
    const auto record = run.bytes(1);
    if (!records.empty() && total + record.size() > bytes_max) break;
    total += record.size();
    records.push_back(to_bytes(record));
  }
  return records;
}

Result<std::vector<wire::InboxItem>> SqliteLog::inbox(const SpaceId& space) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  std::vector<wire::InboxItem> items;
  Run run(impl_->list_inbox);
  run.bind(found.id);
  for (;;) {
    MUISTIO_TRY(const bool row, run.step());
    if (!row) return items;
    wire::InboxItem item;
    MUISTIO_TRY(item.id, run.fixed<Hash>(0));
    MUISTIO_TRY(item.invitation, run.fixed<InvitationId>(1));
    MUISTIO_TRY(item.key, run.fixed<wire::AuthKey>(2));
    item.received_at = WallMs(run.signed_number(3));
    item.request = to_bytes(run.bytes(4));
    items.push_back(std::move(item));
  }
}

Result<std::optional<std::uint64_t>> SqliteLog::attachment_size(const SpaceId& space, const AttachmentId& attachment) {
  MUISTIO_TRY(const auto found, impl_->need(space));
  Run run(impl_->find_attachment);
  MUISTIO_TRY(const bool row, run.bind(found.id).bind(attachment.view()).step());
  if (!row) return std::optional<std::uint64_t>();
  return std::optional<std::uint64_t>(run.number(0));
}

}  // namespace muistio::server
