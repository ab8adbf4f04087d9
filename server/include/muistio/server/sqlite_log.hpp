// The log in one SQLite file (D14): WAL, 16 KiB pages, rowid tables with unique indexes, durable at every commit.
#pragma once

#include <memory>
#include <string>

#include "muistio/server/stored_log.hpp"

namespace muistio::server {

struct SqliteLogOptions {
  std::string path;
  /// The name of a registered SQLite VFS; empty for the system's.
  std::string vfs;
};

/// A copy of a log's file that is being made while the log goes on.
class LogCopy {
 public:
  virtual ~LogCopy() = default;
  /// Copies some megabytes, between two transactions of the log and on its thread. True once the copy is whole and durable: it then
  /// has all that was committed before this call.
  virtual Result<bool> step() = 0;
};

/// A Log over SQLite. One instance a file; it locks the file against a second one.
class SqliteLog final : public StoredLog {
 public:
  /// Opens or makes the file. Errors: store_busy (another process has it), corrupt, unsupported_version (made by a newer server),
  /// disk_full, io_failed.
  [[nodiscard]] static Result<std::unique_ptr<SqliteLog>> open(const SqliteLogOptions& options);
  ~SqliteLog() override;
  /// The version of the tables in a file, 0 if there are none; what this program writes is `format`. Errors: store_busy, corrupt.
  [[nodiscard]] static Result<std::int64_t> format_in(const std::string& path);
  static constexpr std::int64_t format = 3;

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

  Status read_rows(const LogRowSink& sink) override;
  Status write_row(const LogRow& row) override;
  Result<LogTotals> totals() override;
  Status delete_space(const SpaceId& space) override;
  Status rewrite() override;
  Result<std::vector<SpaceId>> unchanged_since(WallMs before, std::size_t count_max) override;
  Result<std::vector<AttachmentRow>> attachments(const SpaceId& space) override;
  Status add_token(const TokenRow& token) override;
  Status remove_token(const std::string& name) override;
  Result<std::vector<TokenUse>> tokens() override;

  /// Begins a copy of the file as it is in `path`, which must not be there. The log must outlive the copy. Errors: already_exists,
  /// disk_full, io_failed.
  Result<std::unique_ptr<LogCopy>> begin_copy(const std::string& path);

 private:
  struct Impl;
  explicit SqliteLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace muistio::server
