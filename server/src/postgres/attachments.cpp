// Attachments in the database: parts in the order of their places, each where the one before it ends.
#include <mutex>

#include "connection.hpp"
#include "muistio/server/postgres_log.hpp"

namespace muistio::server {

namespace {

constexpr std::size_t kPartBytes = 64 * 1024;

constexpr PgStatement kHeld{
    "held",
    "SELECT coalesce((SELECT at + octet_length(part) FROM attachment_parts WHERE space = $1 AND attachment = $2 "
    "ORDER BY at DESC LIMIT 1), 0)"};
// Only where the parts end now, and only while the attachment is wanted.
constexpr PgStatement kAddPart{
    "add_part",
    "INSERT INTO attachment_parts(space, attachment, at, part) SELECT $1::bytea, $2::bytea, $3::bigint, $4::bytea WHERE "
    "coalesce((SELECT at + octet_length(part) "
    "FROM attachment_parts WHERE space = $1 AND attachment = $2 ORDER BY at DESC LIMIT 1), 0) = $3 AND EXISTS (SELECT 1 FROM "
    "attachments WHERE space = $1 AND attachment = $2) ON CONFLICT DO NOTHING"};
constexpr PgStatement kReadPart{
    "read_part",
    "SELECT at, part FROM attachment_parts WHERE space = $1 AND attachment = $2 AND at <= $3 ORDER BY at DESC LIMIT 1"};
constexpr PgStatement kRemoveParts{"remove_parts", "DELETE FROM attachment_parts WHERE space = $1 AND attachment = $2"};
constexpr PgStatement kRemoveSpace{"remove_space_parts", "DELETE FROM attachment_parts WHERE space = $1"};
constexpr PgStatement kAlive{"alive", "SELECT NOT pg_is_in_recovery()"};

/// One connection for all users, one at a time; made again when it is lost.
class Database {
 public:
  explicit Database(std::string database) : connection_(std::move(database)) {}
  Result<PgRows> run(const PgStatement& statement, const PgParameters& parameters = {}) {
    const std::lock_guard lock(mutex_);
    MUISTIO_CHECK(connection_.connect());
    auto rows = connection_.run(statement, parameters);
    if (rows || connection_.is_open()) return rows;
    MUISTIO_CHECK(connection_.connect());
    return connection_.run(statement, parameters);
  }

 private:
  std::mutex mutex_;
  PgConnection connection_;
};

class DatabaseUpload final : public Upload {
 public:
  DatabaseUpload(std::shared_ptr<Database> database, const TicketGrant& grant, std::uint64_t held)
      : database_(std::move(database)), grant_(grant), held_(held) {}

  Status write(std::span<const char> bytes) override {
    if (bytes.size() > grant_.size - held_) return fail(ErrorCode::too_large, "more than was announced");
    while (!bytes.empty()) {
      const auto piece = bytes.first(std::min(bytes.size(), kPartBytes));
      const BytesView view(reinterpret_cast<const std::uint8_t*>(piece.data()), piece.size());
      MUISTIO_TRY(
          const auto added,
          database_->run(kAddPart, PgParameters().add(grant_.space.view()).add(grant_.attachment.view()).add(held_).add(view)));
      if (added.changed() != 1) return fail(ErrorCode::bad_range, "the upload stands elsewhere");
      held_ += piece.size();
      bytes = bytes.subspan(piece.size());
    }
    return ok();
  }
  Status finish() override { return ok(); }  // every part was committed
  [[nodiscard]] std::uint64_t held() const noexcept override { return held_; }

 private:
  std::shared_ptr<Database> database_;
  TicketGrant grant_;
  std::uint64_t held_;
};

class DatabaseDownload final : public Download {
 public:
  DatabaseDownload(std::shared_ptr<Database> database, const TicketGrant& grant) : database_(std::move(database)), grant_(grant) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    if (offset < part_at_ || offset >= part_at_ + part_.size()) {
      MUISTIO_TRY(const auto rows,
                  database_->run(kReadPart, PgParameters().add(grant_.space.view()).add(grant_.attachment.view()).add(offset)));
      if (rows.empty()) return fail(ErrorCode::io_failed, "the attachment is shorter than it was");
      part_at_ = rows.number(0, 0);
      part_ = to_bytes(rows.bytes(0, 1));
    }
    if (offset >= part_at_ + part_.size()) return fail(ErrorCode::io_failed, "the attachment is shorter than it was");
    const auto from = static_cast<std::size_t>(offset - part_at_);
    const auto count = std::min(out.size(), part_.size() - from);
    std::copy_n(part_.begin() + static_cast<std::ptrdiff_t>(from), count, out.begin());
    return count;
  }

 private:
  std::shared_ptr<Database> database_;
  TicketGrant grant_;
  std::uint64_t part_at_ = 0;
  Bytes part_;
};

class DatabaseAttachments final : public AttachmentStore {
 public:
  explicit DatabaseAttachments(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<std::uint64_t> held(const SpaceId& space, const AttachmentId& attachment) override {
    MUISTIO_TRY(const auto rows, database_->run(kHeld, PgParameters().add(space.view()).add(attachment.view())));
    return rows.number(0, 0);
  }
  Status remove(const SpaceId& space, const AttachmentId& attachment) override {
    MUISTIO_CHECK(database_->run(kRemoveParts, PgParameters().add(space.view()).add(attachment.view())));
    return ok();
  }
  Result<std::unique_ptr<Upload>> begin_upload(const TicketGrant& grant, std::uint64_t offset, std::uint64_t& held_now) override {
    MUISTIO_TRY(held_now, held(grant.space, grant.attachment));
    if (held_now != offset) return fail(ErrorCode::bad_range, "the upload stands elsewhere");
    return std::unique_ptr<Upload>(std::make_unique<DatabaseUpload>(database_, grant, offset));
  }
  Result<std::unique_ptr<Download>> open(const TicketGrant& grant) override {
    MUISTIO_TRY(const auto there, held(grant.space, grant.attachment));
    if (there != grant.size) return fail(ErrorCode::not_found);
    return std::unique_ptr<Download>(std::make_unique<DatabaseDownload>(database_, grant));
  }
  Status remove_space(const SpaceId& space) override {
    MUISTIO_CHECK(database_->run(kRemoveSpace, PgParameters().add(space.view())));
    return ok();
  }
  Status check(std::uint64_t) override {
    MUISTIO_TRY(const auto rows, database_->run(kAlive));
    if (rows.bytes(0, 0)[0] == 0) return fail(ErrorCode::disconnected, "the database is a standby");
    return ok();
  }

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace

Result<std::unique_ptr<AttachmentStore>> open_postgres_attachments(const PostgresOptions& options) {
  auto made = std::make_unique<DatabaseAttachments>(std::make_shared<Database>(options.database));
  MUISTIO_CHECK(made->check(0));
  return std::unique_ptr<AttachmentStore>(std::move(made));
}

}  // namespace muistio::server
