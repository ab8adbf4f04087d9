#include "log_impl.hpp"
#include "muistio/server/postgres_log.hpp"
#include "muistio/wire/auth.hpp"
#include "muistio/wire/limits.hpp"
#include "muistio/wire/log_hash.hpp"

namespace muistio::server {

namespace limits = wire::limits;

namespace {

constexpr std::int64_t kMsPerDay = 24 * 60 * 60 * 1000;
/// How many bytes of records one reading looks at beyond what it was asked for, at most.
constexpr std::uint64_t kLookRowsMax = limits::fetch_records_max;

// Every table is led by the space (boxes by the locator, which takes its place), so that a distributed engine can shard by it.
// Sealed records do not compress: EXTERNAL spares the attempt.
constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS muistio_format(version bigint NOT NULL);
CREATE TABLE spaces(
  space bytea PRIMARY KEY, head bigint NOT NULL, last_handshake bigint NOT NULL, log_hash bytea NOT NULL, log_bytes bigint NOT NULL,
  attachment_bytes bigint NOT NULL, bytes_max bigint NOT NULL, touched_at bigint NOT NULL, token bytea NOT NULL) WITH (fillfactor = 70);
CREATE INDEX spaces_by_token ON spaces(token);
CREATE TABLE records(
  space bytea NOT NULL, seq bigint NOT NULL, mark bigint NOT NULL, log_hash bytea NOT NULL, record bytea NOT NULL,
  PRIMARY KEY(space, seq));
ALTER TABLE records ALTER record SET STORAGE EXTERNAL;
CREATE INDEX records_by_mark ON records(space, mark);
CREATE TABLE access(
  space bytea NOT NULL, auth_key bytea NOT NULL, from_seq bigint NOT NULL, until_seq bigint NOT NULL, PRIMARY KEY(space, auth_key));
CREATE TABLE inbox(
  space bytea NOT NULL, item bytea NOT NULL, place bigint GENERATED ALWAYS AS IDENTITY, invitation bytea NOT NULL,
  auth_key bytea NOT NULL, received_at bigint NOT NULL, request bytea NOT NULL, PRIMARY KEY(space, item));
CREATE TABLE attachments(space bytea NOT NULL, attachment bytea NOT NULL, size bigint NOT NULL, PRIMARY KEY(space, attachment));
CREATE TABLE attachment_parts(
  space bytea NOT NULL, attachment bytea NOT NULL, at bigint NOT NULL, part bytea NOT NULL, PRIMARY KEY(space, attachment, at));
ALTER TABLE attachment_parts ALTER part SET STORAGE EXTERNAL;
CREATE TABLE boxes(locator bytea NOT NULL, place bigint GENERATED ALWAYS AS IDENTITY, box bytea NOT NULL, PRIMARY KEY(locator, place));
ALTER TABLE boxes ALTER box SET STORAGE EXTERNAL;
CREATE TABLE tokens(
  secret_hash bytea PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE, spaces_max bigint NOT NULL, space_bytes_max bigint NOT NULL,
  created_at bigint NOT NULL);
INSERT INTO muistio_format VALUES(1);
)sql";

constexpr PgStatement kFindFormat{"find_format", "SELECT to_regclass('muistio_format') IS NOT NULL"};
constexpr PgStatement kFormatVersion{"format_version", "SELECT max(version) FROM muistio_format"};
constexpr PgStatement kBegin{"begin", "BEGIN"};
constexpr PgStatement kCommit{"commit", "COMMIT"};
constexpr PgStatement kRollback{"rollback", "ROLLBACK"};
#define MUISTIO_SPACE_COLUMNS "space, head, last_handshake, log_hash, log_bytes, attachment_bytes, bytes_max"
constexpr PgStatement kLockSpaces{
    "lock_spaces", "SELECT " MUISTIO_SPACE_COLUMNS " FROM spaces WHERE space = ANY($1::bytea[]) ORDER BY space FOR UPDATE"};
constexpr PgStatement kFindSpace{"find_space", "SELECT " MUISTIO_SPACE_COLUMNS " FROM spaces WHERE space = $1"};
#undef MUISTIO_SPACE_COLUMNS
constexpr PgStatement kAddSpace{
    "add_space",
    "INSERT INTO spaces(space, head, last_handshake, log_hash, log_bytes, attachment_bytes, bytes_max, touched_at, token) "
    "VALUES($1, 0, 0, $2, 0, 0, $3, $4, $5) ON CONFLICT DO NOTHING"};
// The compare-and-swap: `head` must still be what the transaction found.
constexpr PgStatement kAdvanceSpace{
    "advance_space",
    "UPDATE spaces SET head = $2, last_handshake = $3, log_hash = $4, log_bytes = $5, attachment_bytes = $6, "
    "touched_at = greatest(touched_at, $7) WHERE space = $1 AND head = $8"};
constexpr PgStatement kNotify{"notify", "SELECT pg_notify('muistio', $1)"};
constexpr PgStatement kForAppend{"for_append",
                                 "SELECT a.from_seq, a.until_seq, r.seq, r.log_hash, r.record FROM access a LEFT JOIN records r ON "
                                 "r.space = a.space AND r.mark = $3 "
                                 "WHERE a.space = $1 AND a.auth_key = $2 ORDER BY r.seq"};
constexpr PgStatement kAddRecord{"add_record",
                                 "INSERT INTO records(space, seq, mark, log_hash, record) VALUES($1, $2, $3, $4, $5)"};
constexpr PgStatement kFindHash{"find_hash", "SELECT log_hash FROM records WHERE space = $1 AND seq = $2"};
constexpr PgStatement kLookRecords{
    "look_records",
    "SELECT seq, octet_length(record) FROM records WHERE space = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq LIMIT $4"};
constexpr PgStatement kListRecords{"list_records",
                                   "SELECT seq, record FROM records WHERE space = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq"};
constexpr PgStatement kFindAccess{"find_access", "SELECT from_seq, until_seq FROM access WHERE space = $1 AND auth_key = $2"};
constexpr PgStatement kAddAccess{
    "add_access",
    "INSERT INTO access AS held(space, auth_key, from_seq, until_seq) VALUES($1, $2, $3, 0) ON CONFLICT(space, auth_key) DO UPDATE "
    "SET from_seq = excluded.from_seq, until_seq = 0 WHERE held.until_seq <> 0"};
constexpr PgStatement kRemoveAccess{"remove_access",
                                    "UPDATE access SET until_seq = $1 WHERE space = $2 AND auth_key = $3 AND until_seq = 0"};
constexpr PgStatement kFindItem{"find_item", "SELECT 1 FROM inbox WHERE space = $1 AND item = $2"};
constexpr PgStatement kExpireInbox{"expire_inbox", "DELETE FROM inbox WHERE space = $1 AND received_at < $2"};
constexpr PgStatement kCountInbox{"count_inbox", "SELECT count(*) FROM inbox WHERE space = $1"};
constexpr PgStatement kAddItem{
    "add_item", "INSERT INTO inbox(space, item, invitation, auth_key, received_at, request) VALUES($1, $2, $3, $4, $5, $6)"};
constexpr PgStatement kRemoveItem{"remove_item", "DELETE FROM inbox WHERE space = $1 AND item = $2"};
constexpr PgStatement kRemovePosted{"remove_posted", "DELETE FROM inbox WHERE space = $1 AND invitation = $2 AND auth_key = $3"};
constexpr PgStatement kListInbox{
    "list_inbox", "SELECT item, invitation, auth_key, received_at, request FROM inbox WHERE space = $1 ORDER BY place"};
constexpr PgStatement kFindAttachment{"find_attachment", "SELECT size FROM attachments WHERE space = $1 AND attachment = $2"};
constexpr PgStatement kAddAttachment{"add_attachment", "INSERT INTO attachments(space, attachment, size) VALUES($1, $2, $3)"};
constexpr PgStatement kRemoveAttachment{"remove_attachment", "DELETE FROM attachments WHERE space = $1 AND attachment = $2"};
constexpr PgStatement kListBoxes{"list_boxes", "SELECT box FROM boxes WHERE locator = $1 ORDER BY place"};
constexpr PgStatement kNewestBox{"newest_box", "SELECT box FROM boxes WHERE locator = $1 ORDER BY place DESC LIMIT 1"};
constexpr PgStatement kAddBox{"add_box", "INSERT INTO boxes(locator, box) VALUES($1, $2)"};
constexpr PgStatement kTrimBoxes{"trim_boxes",
                                 "DELETE FROM boxes WHERE locator = $1 AND place NOT IN (SELECT place FROM boxes WHERE locator = "
                                 "$1 ORDER BY place DESC LIMIT $2)"};
constexpr PgStatement kRemoveBoxes{"remove_boxes", "DELETE FROM boxes WHERE locator = $1"};
constexpr PgStatement kHeads{"heads", "SELECT space, head FROM spaces WHERE space = ANY($1::bytea[])"};
constexpr PgStatement kFindToken{"find_token", "SELECT spaces_max, space_bytes_max FROM tokens WHERE secret_hash = $1 FOR UPDATE"};
constexpr PgStatement kCountByToken{"count_by_token", "SELECT count(*) FROM spaces WHERE token = $1"};

}  // namespace

Status PostgresLog::Impl::set_up() {
  MUISTIO_CHECK(connection.connect());
  // Of several servers that start at once one makes the tables.
  MUISTIO_CHECK(connection.script("SELECT pg_advisory_lock(hashtext('muistio schema'))"));
  const auto make = [this]() -> Status {
    MUISTIO_TRY(const auto found, connection.run(kFindFormat));
    if (found.bytes(0, 0)[0] == 0) MUISTIO_CHECK(connection.script(kSchema));
    MUISTIO_TRY(const auto version, connection.run(kFormatVersion));
    if (version.empty() || version.signed_number(0, 0) > PostgresLog::format)
      return fail(ErrorCode::unsupported_version, "the log was written by a newer server");
    return ok();
  };
  auto made = make();
  const auto unlocked = connection.script("SELECT pg_advisory_unlock(hashtext('muistio schema'))");
  MUISTIO_CHECK(made);
  return unlocked;
}

Result<PgRows> PostgresLog::Impl::run(const PgStatement& statement, const PgParameters& parameters) {
  if (in_transaction) return connection.run(statement, parameters);
  MUISTIO_CHECK(connection.connect());
  auto rows = connection.run(statement, parameters);
  if (rows || connection.is_open()) return rows;
  MUISTIO_CHECK(connection.connect());
  return connection.run(statement, parameters);
}

Result<PostgresLog::Impl::Space> PostgresLog::Impl::space_of(const PgRows& rows, int row) {
  Space found;
  MUISTIO_TRY(found.state.log_hash, rows.fixed<Hash>(row, 3));
  found.state.head = found.head_before = Seq(rows.number(row, 1));
  found.state.last_handshake_seq = Seq(rows.number(row, 2));
  found.state.log_bytes = rows.number(row, 4);
  found.attachment_bytes = rows.number(row, 5);
  found.bytes_max = rows.number(row, 6);
  return found;
}

/// Keeps the rows of spaces that a statement locked.
Status PostgresLog::Impl::take(const PgRows& rows) {
  for (int row = 0; row < rows.count(); ++row) {
    MUISTIO_TRY(const auto space, rows.fixed<SpaceId>(row, 0));
    MUISTIO_TRY(const auto found, space_of(rows, row));
    locked.emplace(space, found);
  }
  return ok();
}

Result<PostgresLog::Impl::Space*> PostgresLog::Impl::lock(const SpaceId& space) {
  if (const auto held = locked.find(space); held != locked.end()) return &held->second;
  MUISTIO_TRY(const auto rows, run(kLockSpaces, PgParameters().add(std::span(&space, 1))));
  MUISTIO_CHECK(take(rows));
  const auto held = locked.find(space);
  if (held == locked.end()) return fail(ErrorCode::unknown_space);
  return &held->second;
}

/// The space as this transaction sees it, without locking it.
Result<std::optional<PostgresLog::Impl::Space>> PostgresLog::Impl::look(const SpaceId& space) {
  if (const auto held = locked.find(space); held != locked.end()) return std::optional<Space>(held->second);
  MUISTIO_TRY(const auto rows, run(kFindSpace, PgParameters().add(space.view())));
  if (rows.empty()) return std::optional<Space>();
  MUISTIO_TRY(const auto found, space_of(rows, 0));
  return std::optional<Space>(found);
}

Status PostgresLog::Impl::change_access(const SpaceId& space, Seq seq, const wire::AccessChange& change) {
  if (change.op == wire::AccessChange::Op::add)
    return connection.queue(kAddAccess, PgParameters().add(space.view()).add(change.key.view()).add(seq.value()));
  return connection.queue(kRemoveAccess, PgParameters().add(seq.value()).add(space.view()).add(change.key.view()));
}

PostgresLog::PostgresLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PostgresLog::~PostgresLog() = default;

Result<std::unique_ptr<PostgresLog>> PostgresLog::open(const PostgresOptions& options) {
  auto impl = std::make_unique<Impl>(options);
  MUISTIO_CHECK(impl->set_up());
  return std::unique_ptr<PostgresLog>(new PostgresLog(std::move(impl)));
}

Status PostgresLog::begin() {
  impl_->locked.clear();
  impl_->now = WallMs(0);
  impl_->in_transaction = false;
  MUISTIO_CHECK(impl_->run(kBegin));
  impl_->in_transaction = true;
  return ok();
}

Status PostgresLog::prepare(std::span<const SpaceId> spaces, WallMs now) {
  impl_->now = now;
  if (spaces.empty()) return ok();
  MUISTIO_TRY(const auto rows, impl_->run(kLockSpaces, PgParameters().add(spaces)));
  return impl_->take(rows);
}

Status PostgresLog::commit() {
  auto& me = *impl_;
  const auto before_commit = [&]() -> Status {
    for (const auto& [space, held] : me.locked) {
      if (!held.is_changed) continue;
      const auto& state = held.state;
      MUISTIO_CHECK(me.connection.queue(kAdvanceSpace,
                                        PgParameters()
                                            .add(space.view())
                                            .add(state.head.value())
                                            .add(state.last_handshake_seq.value())
                                            .add(state.log_hash.view())
                                            .add(state.log_bytes)
                                            .add(held.attachment_bytes)
                                            .add(me.now.value())
                                            .add(held.head_before.value()),
                                        1));
      if (state.head != held.head_before)
        MUISTIO_CHECK(
            me.connection.queue(kNotify, PgParameters().add_text(std::to_string(me.options.server_id) + ":" + space.hex())));
    }
    return me.connection.sync();
  };
  // What fails here has not happened; only a connection that is lost during COMMIT itself leaves it open.
  if (auto done = before_commit(); !done)
    return done.error().code == ErrorCode::disconnected ? fail(ErrorCode::store_busy, done.error().detail) : done;
  auto committed = me.connection.run(kCommit);
  // After another failure the transaction may still be open: `rollback` ends it.
  if (committed || !me.connection.is_open()) me.in_transaction = false;
  if (!committed) return fail(committed.error());
  if (committed->tag() != "COMMIT") return fail(ErrorCode::store_busy, "the transaction was given up");
  me.locked.clear();
  return ok();
}

void PostgresLog::rollback() noexcept {
  auto& me = *impl_;
  me.locked.clear();
  if (me.connection.is_open() && me.in_transaction) {
    // What was queued may hold the error that brought us here.
    [[maybe_unused]] const auto settled = me.connection.sync();
    if (me.connection.is_open() && !me.connection.run(kRollback)) me.connection.close();
  }
  me.in_transaction = false;
}

Status PostgresLog::create_space(const SpaceId& space, const wire::AuthKey& first_key) {
  return impl_->create(space, first_key, {}, 0);
}

Status PostgresLog::Impl::create(const SpaceId& space, const wire::AuthKey& first_key, const Hash& token, std::uint64_t bytes_max) {
  const Hash empty;
  MUISTIO_TRY(const auto added,
              run(kAddSpace, PgParameters().add(space.view()).add(empty.view()).add(bytes_max).add(now.value()).add(token.view())));
  if (added.changed() == 0) {
    MUISTIO_TRY(const auto held, run(kFindAccess, PgParameters().add(space.view()).add(first_key.view())));
    if (held.empty() || held.number(0, 0) != 0) return fail(ErrorCode::conflicting_content, "the space exists");
    return ok();
  }
  Space made;
  made.bytes_max = bytes_max;
  locked.insert_or_assign(space, made);
  return change_access(space, Seq(0), {wire::AccessChange::Op::add, first_key});
}

Status PostgresLog::create_space_with_token(const SpaceId& space, const wire::AuthKey& first_key, const Hash& token) {
  MUISTIO_TRY(const auto found, impl_->run(kFindToken, PgParameters().add(token.view())));
  if (found.empty()) return fail(ErrorCode::not_authorised, "this server does not know the token");
  MUISTIO_TRY(const auto held, impl_->look(space));
  if (!held) {
    MUISTIO_TRY(const auto count, impl_->run(kCountByToken, PgParameters().add(token.view())));
    if (count.number(0, 0) >= found.number(0, 0)) return fail(ErrorCode::quota_exceeded, "the token has begun all its spaces");
  }
  return impl_->create(space, first_key, token, found.number(0, 1));
}

Result<LogPlace> PostgresLog::append(const SpaceId& space, const wire::AuthKey& key, Seq last_handshake_seq, BytesView encoded,
                                     const wire::Record& record, std::uint64_t space_bytes_max) {
  MUISTIO_TRY(auto* found, impl_->lock(space));
  const auto mark = mark_of(encoded);
  MUISTIO_TRY(const auto rows, impl_->run(kForAppend, PgParameters().add(space.view()).add(key.view()).add(mark)));
  if (rows.empty() || rows.number(0, 1) != 0) return fail(ErrorCode::not_authorised);
  for (int row = 0; row < rows.count(); ++row) {
    if (rows.is_null(row, 2) || !equal(rows.bytes(row, 4), encoded)) continue;
    MUISTIO_TRY(const auto log_hash, rows.fixed<Hash>(row, 3));
    return LogPlace{Seq(rows.number(row, 2)), log_hash, false};
  }
  auto& state = found->state;
  if (state.last_handshake_seq > last_handshake_seq) return fail(ErrorCode::stale_handshake);
  if (!found->has_room(encoded.size(), space_bytes_max)) return fail(ErrorCode::quota_exceeded, "the space's log");

  state.head = state.head.next();
  state.log_hash = wire::log_hash_next(state.log_hash, state.head, encoded);
  state.log_bytes += encoded.size();
  if (record.kind == wire::RecordKind::handshake) state.last_handshake_seq = state.head;
  found->is_changed = true;
  MUISTIO_CHECK(impl_->connection.queue(
      kAddRecord, PgParameters().add(space.view()).add(state.head.value()).add(mark).add(state.log_hash.view()).add(encoded)));
  for (const auto& change : record.access_changes) MUISTIO_CHECK(impl_->change_access(space, state.head, change));
  return LogPlace{state.head, state.log_hash, true};
}

Status PostgresLog::post(const SpaceId& space, const wire::InboxItem& item) {
  MUISTIO_CHECK(impl_->lock(space));
  MUISTIO_TRY(const auto held, impl_->run(kFindItem, PgParameters().add(space.view()).add(item.id.view())));
  if (!held.empty()) return ok();
  MUISTIO_CHECK(impl_->connection.queue(
      kExpireInbox, PgParameters().add(space.view()).add(item.received_at.value() - limits::inbox_days_max * kMsPerDay)));
  MUISTIO_TRY(const auto count, impl_->run(kCountInbox, PgParameters().add(space.view())));
  if (count.number(0, 0) >= limits::inbox_requests_max) return fail(ErrorCode::quota_exceeded, "the space's inbox");
  return impl_->connection.queue(kAddItem, PgParameters()
                                               .add(space.view())
                                               .add(item.id.view())
                                               .add(item.invitation.view())
                                               .add(item.key.view())
                                               .add(item.received_at.value())
                                               .add(item.request));
}

Status PostgresLog::withdraw(const SpaceId& space, const InvitationId& invitation, const wire::AuthKey& key) {
  MUISTIO_CHECK(impl_->lock(space));
  return impl_->connection.queue(kRemovePosted, PgParameters().add(space.view()).add(invitation.view()).add(key.view()));
}

Status PostgresLog::delete_inbox_item(const SpaceId& space, const Hash& item) {
  MUISTIO_CHECK(impl_->lock(space));
  return impl_->connection.queue(kRemoveItem, PgParameters().add(space.view()).add(item.view()));
}

Status PostgresLog::reserve_attachment(const SpaceId& space, const AttachmentId& attachment, std::uint64_t size,
                                       std::uint64_t space_bytes_max) {
  MUISTIO_TRY(auto* found, impl_->lock(space));
  MUISTIO_TRY(const auto held, attachment_size(space, attachment));
  if (held && *held != size) return fail(ErrorCode::conflicting_content, "the attachment is held with another size");
  if (held) return ok();
  if (!found->has_room(size, space_bytes_max)) return fail(ErrorCode::quota_exceeded, "the space's attachments");
  found->attachment_bytes += size;
  found->is_changed = true;
  return impl_->connection.queue(kAddAttachment, PgParameters().add(space.view()).add(attachment.view()).add(size));
}

Status PostgresLog::forget_attachment(const SpaceId& space, const AttachmentId& attachment) {
  MUISTIO_TRY(auto* found, impl_->lock(space));
  MUISTIO_TRY(const auto held, attachment_size(space, attachment));
  if (!held) return ok();
  found->attachment_bytes -= *held;
  found->is_changed = true;
  return impl_->connection.queue(kRemoveAttachment, PgParameters().add(space.view()).add(attachment.view()));
}

Status PostgresLog::put_box(const wire::BoxLocator& locator, BytesView box, std::size_t kept) {
  MUISTIO_TRY(const auto newest, impl_->run(kNewestBox, PgParameters().add(locator.view())));
  if (!newest.empty() && equal(newest.bytes(0, 0), box)) return ok();
  MUISTIO_CHECK(impl_->connection.queue(kAddBox, PgParameters().add(locator.view()).add(box)));
  return impl_->connection.queue(kTrimBoxes, PgParameters().add(locator.view()).add(std::uint64_t{kept}));
}

Status PostgresLog::drop_boxes(const wire::BoxLocator& locator) {
  return impl_->connection.queue(kRemoveBoxes, PgParameters().add(locator.view()));
}

Result<std::vector<Bytes>> PostgresLog::boxes(const wire::BoxLocator& locator) {
  MUISTIO_TRY(const auto rows, impl_->run(kListBoxes, PgParameters().add(locator.view())));
  std::vector<Bytes> all;
  for (int row = 0; row < rows.count(); ++row) all.push_back(to_bytes(rows.bytes(row, 0)));
  return all;
}

Result<SpaceState> PostgresLog::state(const SpaceId& space) {
  MUISTIO_TRY(const auto found, impl_->look(space));
  if (!found) return fail(ErrorCode::unknown_space);
  return found->state;
}

Result<std::optional<Access>> PostgresLog::access(const SpaceId& space, const wire::AuthKey& key) {
  MUISTIO_TRY(const auto rows, impl_->run(kFindAccess, PgParameters().add(space.view()).add(key.view())));
  if (rows.empty()) return std::optional<Access>();
  return std::optional<Access>(Access{Seq(rows.number(0, 0)), Seq(rows.number(0, 1))});
}

Result<Hash> PostgresLog::log_hash(const SpaceId& space, Seq seq) {
  MUISTIO_TRY(const auto found, impl_->look(space));
  if (!found) return fail(ErrorCode::unknown_space);
  if (seq == Seq(0)) return Hash{};
  MUISTIO_TRY(const auto rows, impl_->run(kFindHash, PgParameters().add(space.view()).add(seq.value())));
  if (rows.empty()) return fail(ErrorCode::bad_range);
  return rows.fixed<Hash>(0, 0);
}

// First the sizes, then the records: a reader is never given, and we never hold, more than was asked for.
Result<std::vector<Bytes>> PostgresLog::fetch(const SpaceId& space, Seq from, Seq to, std::size_t bytes_max) {
  MUISTIO_TRY(const auto found, impl_->look(space));
  if (!found) return fail(ErrorCode::unknown_space);
  const auto& state = found->state;
  std::vector<Bytes> records;
  if (from > state.head || to < from) return records;
  const auto usual = state.head == Seq(0) ? 1 : std::max<std::uint64_t>(1, state.log_bytes / state.head.value());
  const auto look = std::min<std::uint64_t>(kLookRowsMax, 2 * bytes_max / usual + 16);
  MUISTIO_TRY(const auto sizes,
              impl_->run(kLookRecords, PgParameters().add(space.view()).add(from.value()).add(to.value()).add(look)));
  std::size_t total = 0;
  int count = 0;
  for (; count < sizes.count(); ++count) {
    if (sizes.number(count, 0) != from.value() + static_cast<std::uint64_t>(count))
      return fail(ErrorCode::corrupt, "the log has a gap");
    const auto size = static_cast<std::size_t>(sizes.number(count, 1));
    if (count > 0 && total + size > bytes_max) break;
    total += size;
  }
  if (count == 0) return records;
  const auto last = from.value() + static_cast<std::uint64_t>(count) - 1;
  MUISTIO_TRY(const auto rows, impl_->run(kListRecords, PgParameters().add(space.view()).add(from.value()).add(last)));
  if (rows.count() != count) return fail(ErrorCode::corrupt, "the log has a gap");
  records.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) records.push_back(to_bytes(rows.bytes(row, 1)));
  return records;
}

Result<std::vector<wire::InboxItem>> PostgresLog::inbox(const SpaceId& space) {
  MUISTIO_CHECK(state(space));
  MUISTIO_TRY(const auto rows, impl_->run(kListInbox, PgParameters().add(space.view())));
  std::vector<wire::InboxItem> items;
  for (int row = 0; row < rows.count(); ++row) {
    wire::InboxItem item;
    MUISTIO_TRY(item.id, rows.fixed<Hash>(row, 0));
    MUISTIO_TRY(item.invitation, rows.fixed<InvitationId>(row, 1));
    MUISTIO_TRY(item.key, rows.fixed<wire::AuthKey>(row, 2));
    item.received_at = WallMs(rows.signed_number(row, 3));
    item.request = to_bytes(rows.bytes(row, 4));
    items.push_back(std::move(item));
  }
  return items;
}

Result<std::optional<std::uint64_t>> PostgresLog::attachment_size(const SpaceId& space, const AttachmentId& attachment) {
  MUISTIO_CHECK(state(space));
  MUISTIO_TRY(const auto rows, impl_->run(kFindAttachment, PgParameters().add(space.view()).add(attachment.view())));
  if (rows.empty()) return std::optional<std::uint64_t>();
  return std::optional<std::uint64_t>(rows.number(0, 0));
}

Result<std::vector<std::pair<SpaceId, Seq>>> PostgresLog::heads(std::span<const SpaceId> spaces) {
  MUISTIO_TRY(const auto rows, impl_->run(kHeads, PgParameters().add(spaces)));
  std::vector<std::pair<SpaceId, Seq>> all;
  for (int row = 0; row < rows.count(); ++row) {
    MUISTIO_TRY(const auto space, rows.fixed<SpaceId>(row, 0));
    all.emplace_back(space, Seq(rows.number(row, 1)));
  }
  return all;
}

}  // namespace muistio::server
