// The log in a PostgreSQL database that any number of servers share (D14): every table led by the space's id, compare-and-swap on
// the space's row, wake-ups by NOTIFY.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "muistio/server/attachments.hpp"
#include "muistio/server/stored_log.hpp"

namespace muistio::server {

struct PostgresOptions {
  /// A libpq connection string or URI; several hosts and target_session_attrs=read-write for a cluster with a standby.
  std::string database;
  /// Tells this server's notifications from the others'; any number.
  std::uint64_t server_id = 0;
};

/// A Log over PostgreSQL 15 or later. Connects again by itself: what failed because the connection was lost has not happened, save
/// a `commit` that returns disconnected.
class PostgresLog final : public StoredLog {
 public:
  /// Connects, and makes the tables in the connection's first schema if they are not there. Errors: disconnected (no database),
  /// unsupported_version (made by a newer server, or PostgreSQL is older than 15), io_failed.
  [[nodiscard]] static Result<std::unique_ptr<PostgresLog>> open(const PostgresOptions& options);
  ~PostgresLog() override;

  Status begin() override;
  Status prepare(std::span<const SpaceId> spaces, WallMs now) override;
  Status commit() override;
  void rollback() noexcept override;
  Status create_space(const SpaceId& space, const wire::AuthKey& first_key) override;
  Status create_space_with_token(const SpaceId& space, const wire::AuthKey& first_key, const Hash& token) override;
  Result<LogPlace> append(const SpaceId& space, const wire::AuthKey& key, Seq last_handshake_seq, BytesView encoded,
                          const wire::Record& record, std::uint64_t space_bytes_max) override;
  Status post(const SpaceId& space, const wire::InboxItem& item) override;
  Status withdraw(const SpaceId& space, const InvitationId& invitation, const wire::AuthKey& key) override;
  Status delete_inbox_item(const SpaceId& space, const Hash& item) override;
  Status reserve_attachment(const SpaceId& space, const AttachmentId& attachment, std::uint64_t size,
                            std::uint64_t space_bytes_max) override;
  Status forget_attachment(const SpaceId& space, const AttachmentId& attachment) override;
  Status put_box(const wire::BoxLocator& locator, BytesView box, std::size_t kept) override;
  Status drop_boxes(const wire::BoxLocator& locator) override;
  Result<std::vector<Bytes>> boxes(const wire::BoxLocator& locator) override;
  Result<SpaceState> state(const SpaceId& space) override;
  Result<std::optional<Access>> access(const SpaceId& space, const wire::AuthKey& key) override;
  Result<Hash> log_hash(const SpaceId& space, Seq seq) override;
  Result<std::vector<Bytes>> fetch(const SpaceId& space, Seq from, Seq to, std::size_t bytes_max) override;
  Result<std::vector<wire::InboxItem>> inbox(const SpaceId& space) override;
  Result<std::optional<std::uint64_t>> attachment_size(const SpaceId& space, const AttachmentId& attachment) override;
  [[nodiscard]] bool is_shared() const noexcept override { return true; }
  Result<std::vector<std::pair<SpaceId, Seq>>> heads(std::span<const SpaceId> spaces) override;

  Status read_rows(const LogRowSink& sink) override;
  Status write_row(const LogRow& row) override;
  Result<LogTotals> totals() override;
  Status delete_space(const SpaceId& space) override;
  /// Here "none of its bytes is left" holds for the tables, vacuumed; PostgreSQL's own write-ahead log keeps what it wrote until it
  /// is recycled, and so do backups and standbys. Errors: store_busy (another holds a table for longer than some seconds).
  Status rewrite() override;
  Result<std::vector<SpaceId>> unchanged_since(WallMs before, std::size_t count_max) override;
  Result<std::vector<AttachmentRow>> attachments(const SpaceId& space) override;
  Status add_token(const TokenRow& token) override;
  Status remove_token(const std::string& name) override;
  Result<std::vector<TokenUse>> tokens() override;

  /// The settings of PostgreSQL without which an acknowledgement is not durable, and whether each is as it must be.
  std::vector<std::pair<std::string, bool>> durability();
  /// The version of the tables in a database, 0 if there are none; what this program writes is `format`.
  [[nodiscard]] static Result<std::int64_t> format_in(const PostgresOptions& options);
  static constexpr std::int64_t format = 1;

 private:
  struct Impl;
  explicit PostgresLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Hears, on a thread and a connection of its own, of what other servers append.
class PostgresListener {
 public:
  /// `changed` is called on the listener's thread: with a space, or with nothing when notifications may have been lost (at every
  /// connecting, the first too).
  PostgresListener(PostgresOptions options, std::function<void(std::optional<SpaceId>)> changed);
  ~PostgresListener();  // stops and joins
  PostgresListener(const PostgresListener&) = delete;
  PostgresListener& operator=(const PostgresListener&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Attachments in the same database, in parts of at most 64 KiB.
[[nodiscard]] Result<std::unique_ptr<AttachmentStore>> open_postgres_attachments(const PostgresOptions& options);

}  // namespace muistio::server
