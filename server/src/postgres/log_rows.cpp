// A whole log read and written row by row, tokens, and deleting a space.
#include "log_impl.hpp"

namespace muistio::server {

namespace {

constexpr PgStatement kSnapshot{"snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
constexpr PgStatement kEndSnapshot{"end_snapshot", "COMMIT"};
constexpr PgStatement kAllTokens{
    "all_tokens",
    "SELECT name, secret_hash, spaces_max, space_bytes_max, created_at, (SELECT count(*) FROM spaces WHERE "
    "token = secret_hash) FROM tokens ORDER BY name"};
// Read in pieces, so that a log of any size passes through little memory.
constexpr PgStatement kSomeSpaces{
    "some_spaces",
    "SELECT space, head, last_handshake, log_hash, log_bytes, attachment_bytes, bytes_max, touched_at, token FROM spaces "
    "WHERE space > $1 ORDER BY space LIMIT 500"};
constexpr PgStatement kSomeRecords{"some_records",
                                   "SELECT seq, log_hash, record FROM records WHERE space = $1 AND seq > $2 ORDER BY seq LIMIT 64"};
constexpr PgStatement kAllAccess{"all_access",
                                 "SELECT auth_key, from_seq, until_seq FROM access WHERE space = $1 ORDER BY auth_key"};
constexpr PgStatement kAllInbox{
    "all_inbox", "SELECT item, invitation, auth_key, received_at, request FROM inbox WHERE space = $1 ORDER BY place"};
constexpr PgStatement kAllAttachments{"all_attachments",
                                      "SELECT attachment, size FROM attachments WHERE space = $1 ORDER BY attachment"};
constexpr PgStatement kSomeBoxes{
    "some_boxes", "SELECT locator, place, box FROM boxes WHERE (locator, place) > ($1, $2) ORDER BY locator, place LIMIT 64"};
constexpr PgStatement kWriteSpace{
    "write_space",
    "INSERT INTO spaces(space, head, last_handshake, log_hash, log_bytes, attachment_bytes, bytes_max, touched_at, token) "
    "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr PgStatement kWriteRecord{"write_record",
                                   "INSERT INTO records(space, seq, mark, log_hash, record) VALUES($1, $2, $3, $4, $5)"};
constexpr PgStatement kWriteAccess{"write_access",
                                   "INSERT INTO access(space, auth_key, from_seq, until_seq) VALUES($1, $2, $3, $4)"};
constexpr PgStatement kWriteItem{
    "write_item", "INSERT INTO inbox(space, item, invitation, auth_key, received_at, request) VALUES($1, $2, $3, $4, $5, $6)"};
constexpr PgStatement kWriteAttachment{"write_attachment", "INSERT INTO attachments(space, attachment, size) VALUES($1, $2, $3)"};
constexpr PgStatement kWriteBox{"write_box", "INSERT INTO boxes(locator, box) VALUES($1, $2)"};
constexpr PgStatement kAddToken{
    "add_token",
    "INSERT INTO tokens(secret_hash, name, spaces_max, space_bytes_max, created_at) VALUES($1, $2, $3, $4, $5) "
    "ON CONFLICT DO NOTHING"};
constexpr PgStatement kRemoveToken{"remove_token", "DELETE FROM tokens WHERE name = $1"};
constexpr PgStatement kTotals{
    "totals",
    "SELECT (SELECT count(*) FROM spaces), (SELECT coalesce(sum(head), 0)::bigint FROM spaces), (SELECT coalesce(sum(log_bytes), "
    "0)::bigint FROM spaces), (SELECT count(*) FROM attachments), (SELECT coalesce(sum(attachment_bytes), 0)::bigint FROM spaces), "
    "(SELECT count(*) FROM inbox), (SELECT count(*) FROM boxes), (SELECT count(*) FROM tokens)"};
constexpr PgStatement kUnchanged{
    "unchanged", "SELECT space FROM spaces WHERE touched_at >= 1 AND touched_at < $1 ORDER BY touched_at, space LIMIT $2"};
/// For a connection that takes as long as it must, but waits for no lock so long that others queue behind it.
constexpr const char* kPatience = "SET statement_timeout = 0; SET lock_timeout = '5s'";

Result<TokenRow> token_row(const PgRows& rows, int row) {
  TokenRow token;
  token.name = rows.text(row, 0);
  MUISTIO_TRY(token.secret_hash, rows.fixed<Hash>(row, 1));
  token.spaces_max = rows.number(row, 2);
  token.space_bytes_max = rows.number(row, 3);
  token.created_at = WallMs(rows.signed_number(row, 4));
  return token;
}

/// What a space has, in the order of StoredLog::read_rows.
Status read_space(PgConnection& connection, const SpaceId& space, const LogRowSink& sink) {
  for (Seq after;;) {
    MUISTIO_TRY(const auto rows, connection.run(kSomeRecords, PgParameters().add(space.view()).add(after.value())));
    if (rows.empty()) break;
    for (int row = 0; row < rows.count(); ++row) {
      RecordRow record{space, Seq(rows.number(row, 0)), {}, to_bytes(rows.bytes(row, 2))};
      MUISTIO_TRY(record.log_hash, rows.fixed<Hash>(row, 1));
      after = record.seq;
      MUISTIO_CHECK(sink(record));
    }
  }
  MUISTIO_TRY(const auto keys, connection.run(kAllAccess, PgParameters().add(space.view())));
  for (int row = 0; row < keys.count(); ++row) {
    MUISTIO_TRY(const auto key, keys.fixed<wire::AuthKey>(row, 0));
    MUISTIO_CHECK(sink(AccessRow{space, key, {Seq(keys.number(row, 1)), Seq(keys.number(row, 2))}}));
  }
  MUISTIO_TRY(const auto items, connection.run(kAllInbox, PgParameters().add(space.view())));
  for (int row = 0; row < items.count(); ++row) {
    InboxRow inbox{space, {}};
    MUISTIO_TRY(inbox.item.id, items.fixed<Hash>(row, 0));
    MUISTIO_TRY(inbox.item.invitation, items.fixed<InvitationId>(row, 1));
    MUISTIO_TRY(inbox.item.key, items.fixed<wire::AuthKey>(row, 2));
    inbox.item.received_at = WallMs(items.signed_number(row, 3));
    inbox.item.request = to_bytes(items.bytes(row, 4));
    MUISTIO_CHECK(sink(inbox));
  }
  MUISTIO_TRY(const auto files, connection.run(kAllAttachments, PgParameters().add(space.view())));
  for (int row = 0; row < files.count(); ++row) {
    MUISTIO_TRY(const auto attachment, files.fixed<AttachmentId>(row, 0));
    MUISTIO_CHECK(sink(AttachmentRow{space, attachment, files.number(row, 1)}));
  }
  return ok();
}

Status read_all(PgConnection& connection, const LogRowSink& sink) {
  MUISTIO_TRY(const auto tokens, connection.run(kAllTokens));
  for (int row = 0; row < tokens.count(); ++row) {
    MUISTIO_TRY(const auto token, token_row(tokens, row));
    MUISTIO_CHECK(sink(token));
  }
  for (Bytes after;;) {
    MUISTIO_TRY(const auto rows, connection.run(kSomeSpaces, PgParameters().add(BytesView(after))));
    if (rows.empty()) break;
    for (int row = 0; row < rows.count(); ++row) {
      SpaceRow space;
      MUISTIO_TRY(space.space, rows.fixed<SpaceId>(row, 0));
      MUISTIO_TRY(space.state.log_hash, rows.fixed<Hash>(row, 3));
      MUISTIO_TRY(space.token, rows.fixed<Hash>(row, 8));
      space.state.head = Seq(rows.number(row, 1));
      space.state.last_handshake_seq = Seq(rows.number(row, 2));
      space.state.log_bytes = rows.number(row, 4);
      space.attachment_bytes = rows.number(row, 5);
      space.bytes_max = rows.number(row, 6);
      space.touched_at = WallMs(rows.signed_number(row, 7));
      after = to_bytes(space.space.view());
      MUISTIO_CHECK(sink(space));
      MUISTIO_CHECK(read_space(connection, space.space, sink));
    }
  }
  Bytes after_locator;
  for (std::int64_t after_place = 0;;) {
    MUISTIO_TRY(const auto rows, connection.run(kSomeBoxes, PgParameters().add(BytesView(after_locator)).add(after_place)));
    if (rows.empty()) return ok();
    for (int row = 0; row < rows.count(); ++row) {
      MUISTIO_TRY(const auto locator, rows.fixed<wire::BoxLocator>(row, 0));
      after_locator = to_bytes(locator.view());
      after_place = rows.signed_number(row, 1);
      MUISTIO_CHECK(sink(BoxRow{locator, to_bytes(rows.bytes(row, 2))}));
    }
  }
}

}  // namespace

// On a connection of its own: the log's goes on with its transactions.
Status PostgresLog::read_rows(const LogRowSink& sink) {
  PgConnection connection(impl_->options.database);
  MUISTIO_CHECK(connection.connect());
  MUISTIO_CHECK(connection.script("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0"));
  MUISTIO_CHECK(connection.run(kSnapshot));
  MUISTIO_CHECK(read_all(connection, sink));
  MUISTIO_CHECK(connection.run(kEndSnapshot));
  return ok();
}

Status PostgresLog::write_row(const LogRow& row) {
  auto& connection = impl_->connection;
  if (const auto* token = std::get_if<TokenRow>(&row)) return add_token(*token);
  if (const auto* space = std::get_if<SpaceRow>(&row))
    return connection.queue(kWriteSpace, PgParameters()
                                             .add(space->space.view())
                                             .add(space->state.head.value())
                                             .add(space->state.last_handshake_seq.value())
                                             .add(space->state.log_hash.view())
                                             .add(space->state.log_bytes)
                                             .add(space->attachment_bytes)
                                             .add(space->bytes_max)
                                             .add(space->touched_at.value())
                                             .add(space->token.view()));
  if (const auto* record = std::get_if<RecordRow>(&row))
    return connection.queue(kWriteRecord, PgParameters()
                                              .add(record->space.view())
                                              .add(record->seq.value())
                                              .add(mark_of(record->record))
                                              .add(record->log_hash.view())
                                              .add(BytesView(record->record)));
  if (const auto* access = std::get_if<AccessRow>(&row))
    return connection.queue(kWriteAccess, PgParameters()
                                              .add(access->space.view())
                                              .add(access->key.view())
                                              .add(access->access.from.value())
                                              .add(access->access.until.value()));
  if (const auto* inbox = std::get_if<InboxRow>(&row))
    return connection.queue(kWriteItem, PgParameters()
                                            .add(inbox->space.view())
                                            .add(inbox->item.id.view())
                                            .add(inbox->item.invitation.view())
                                            .add(inbox->item.key.view())
                                            .add(inbox->item.received_at.value())
                                            .add(BytesView(inbox->item.request)));
  if (const auto* attachment = std::get_if<AttachmentRow>(&row))
    return connection.queue(kWriteAttachment,
                            PgParameters().add(attachment->space.view()).add(attachment->attachment.view()).add(attachment->size));
  const auto& box = std::get<BoxRow>(row);
  return connection.queue(kWriteBox, PgParameters().add(box.locator.view()).add(BytesView(box.box)));
}

Result<LogTotals> PostgresLog::totals() {
  MUISTIO_TRY(const auto rows, impl_->run(kTotals));
  const auto at = [&](int column) { return rows.number(0, column); };
  return LogTotals{at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)};
}

// On a connection of its own, which goes with its settings however this ends.
Status PostgresLog::delete_space(const SpaceId& space) {
  MUISTIO_CHECK(state(space));
  PgConnection connection(impl_->options.database);
  MUISTIO_CHECK(connection.connect());
  MUISTIO_CHECK(connection.script(kPatience));
  // First the space's row: an append that holds it is waited for, and what it wrote is seen by the statements after it; one that
  // comes later waits for this transaction and finds no space.
  std::string sql = "BEGIN;";
  for (const auto* table : {"spaces", "records", "access", "inbox", "attachments", "attachment_parts"})
    sql += std::string("DELETE FROM ") + table + " WHERE space = '\\x" + space.hex() + "';";
  return connection.script((sql + "COMMIT").c_str(), true);
}

// A plain DELETE leaves the rows in their pages, and VACUUM only frees them: written anew, the tables hold nothing of them. The
// locks that this takes are short for a small server; docs/operating.md says when to leave it to the night.
Status PostgresLog::rewrite() {
  PgConnection connection(impl_->options.database);
  MUISTIO_CHECK(connection.connect());
  MUISTIO_CHECK(connection.script(kPatience));
  for (const auto* table : {"records", "access", "inbox", "attachments", "attachment_parts", "spaces"})
    MUISTIO_CHECK(connection.script((std::string("VACUUM FULL ") + table).c_str(), true));
  // This needs a right that a server's role may lack; the next ordinary one does it.
  [[maybe_unused]] const auto written = connection.script("CHECKPOINT", true);
  return ok();
}

Result<std::vector<SpaceId>> PostgresLog::unchanged_since(WallMs before, std::size_t count_max) {
  MUISTIO_TRY(const auto rows, impl_->run(kUnchanged, PgParameters().add(before.value()).add(std::uint64_t{count_max})));
  std::vector<SpaceId> all;
  for (int row = 0; row < rows.count(); ++row) {
    MUISTIO_TRY(const auto space, rows.fixed<SpaceId>(row, 0));
    all.push_back(space);
  }
  return all;
}

Result<std::vector<AttachmentRow>> PostgresLog::attachments(const SpaceId& space) {
  MUISTIO_CHECK(state(space));
  MUISTIO_TRY(const auto rows, impl_->run(kAllAttachments, PgParameters().add(space.view())));
  std::vector<AttachmentRow> all;
  for (int row = 0; row < rows.count(); ++row) {
    MUISTIO_TRY(const auto attachment, rows.fixed<AttachmentId>(row, 0));
    all.push_back({space, attachment, rows.number(row, 1)});
  }
  return all;
}

Status PostgresLog::add_token(const TokenRow& token) {
  if (token.name.empty() || token.name.size() > 64)
    return fail(ErrorCode::invalid_argument, "a token's name has 1 to 64 characters");
  MUISTIO_TRY(const auto added, impl_->run(kAddToken, PgParameters()
                                                          .add(token.secret_hash.view())
                                                          .add_text(token.name)
                                                          .add(token.spaces_max)
                                                          .add(token.space_bytes_max)
                                                          .add(token.created_at.value())));
  if (added.changed() == 0) return fail(ErrorCode::already_exists, "a token of this name");
  return ok();
}

Status PostgresLog::remove_token(const std::string& name) {
  MUISTIO_TRY(const auto removed, impl_->run(kRemoveToken, PgParameters().add_text(name)));
  if (removed.changed() == 0) return fail(ErrorCode::not_found, "a token of this name");
  return ok();
}

std::vector<std::pair<std::string, bool>> PostgresLog::durability() {
  constexpr PgStatement kShow{"durability",
                              "SELECT current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on', "
                              "current_setting('synchronous_commit') <> 'off'"};
  std::vector<std::pair<std::string, bool>> all;
  if (const auto rows = impl_->run(kShow); rows)
    for (const auto* name : {"fsync", "full_page_writes", "synchronous_commit"})
      all.emplace_back(name, rows->bytes(0, static_cast<int>(all.size()))[0] == 1);
  return all;
}

Result<std::int64_t> PostgresLog::format_in(const PostgresOptions& options) {
  constexpr PgStatement kFind{"format_in_find", "SELECT to_regclass('muistio_format') IS NOT NULL"};
  constexpr PgStatement kRead{"format_in_read", "SELECT max(version) FROM muistio_format"};
  PgConnection connection(options.database);
  MUISTIO_CHECK(connection.connect());
  MUISTIO_TRY(const auto found, connection.run(kFind));
  if (found.bytes(0, 0)[0] == 0) return std::int64_t{0};
  MUISTIO_TRY(const auto rows, connection.run(kRead));
  return rows.empty() ? std::int64_t{0} : rows.signed_number(0, 0);
}

Result<std::vector<TokenUse>> PostgresLog::tokens() {
  MUISTIO_TRY(const auto rows, impl_->run(kAllTokens));
  std::vector<TokenUse> all;
  for (int row = 0; row < rows.count(); ++row) {
    MUISTIO_TRY(const auto token, token_row(rows, row));
    all.push_back({token, rows.number(row, 5)});
  }
  return all;
}

}  // namespace muistio::server
