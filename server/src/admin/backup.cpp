#include "backup.hpp"

#include <fcntl.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "muistio/base/hex.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/server/postgres_log.hpp"

namespace muistio::server {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr const char* kManifest = "backup.toml";
constexpr const char* kLog = "log.sqlite";
constexpr const char* kFiles = "attachments";

/// Hashes are chained over pieces of one size, so that a file of any size passes through little memory.
class PieceHash {
 public:
  void add(std::span<const char> piece) {
    hash_ = crypto::labelled_hash("muistio backup piece 1",
                                  {hash_.view(), BytesView(reinterpret_cast<const std::uint8_t*>(piece.data()), piece.size())});
  }
  [[nodiscard]] const Hash& hash() const noexcept { return hash_; }

 private:
  Hash hash_;
};

TicketGrant grant_for(const AttachmentRow& row, wire::TicketMode mode) {
  return {row.space, row.attachment, mode, row.size, WallMs(0)};
}

/// Reads a whole attachment in pieces of kPieceBytes.
Status read_pieces(Download& from, std::uint64_t size, const std::function<Status(std::span<const char>)>& each) {
  std::vector<char> piece(kPieceBytes);
  for (std::uint64_t at = 0; at < size;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size - at));
    for (std::size_t filled = 0; filled < wanted;) {
      MUISTIO_TRY(const auto count, from.read_at(at + filled, std::span(piece).subspan(filled, wanted - filled)));
      filled += count;
    }
    MUISTIO_CHECK(each(std::span<const char>(piece).first(wanted)));
    at += wanted;
  }
  return ok();
}

Status write_durable(const fs::path& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!written) return fail(error == ENOSPC ? ErrorCode::disk_full : ErrorCode::io_failed, "writing the manifest");
  return ok();
}

/// Copies the log that `with_log` runs into `target`, a new SQLite file.
Status copy_log_file(const std::string& target, const Settings& settings, const WithLog& with_log, const Clock& clock) {
  if (!settings.database.empty()) {
    // Over a connection of its own, in one snapshot: the servers go on.
    MUISTIO_TRY(const auto from, PostgresLog::open({settings.database, 0}));
    MUISTIO_TRY(const auto to, SqliteLog::open({target, ""}));
    MUISTIO_CHECK(copy_log(*from, *to, clock.wall()));
    return ok();
  }
  std::unique_ptr<LogCopy> copy;
  Result<bool> done = false;
  auto ran = with_log([&](StoredLog& log) {
    auto begun = static_cast<SqliteLog&>(log).begin_copy(target);
    if (begun)
      copy = std::move(*begun);
    else
      done = fail(begun.error());
  });
  while (ran && done && !*done) ran = with_log([&](StoredLog&) { done = copy->step(); });
  // Its end belongs to the log's thread, however long that is busy. When it takes no more work, the copy may end here.
  Status ended = ok();
  do ended = with_log([&](StoredLog&) { copy.reset(); });
  while (!ended && ended.error().code == ErrorCode::timed_out);
  MUISTIO_CHECK(ran);
  MUISTIO_CHECK(ended);
  if (!done) return fail(done.error());
  return ok();
}

std::string manifest_of(const BackupReport& report) {
  const auto& totals = report.digest.totals;
  std::ostringstream out;
  out << "# Written by muistiod backup; muistiod verify-backup compares.\nversion = 1\nmade_at_ms = " << report.made_at.value()
      << "\nlog_digest = \"" << report.digest.hash.hex() << "\"\nspaces = " << totals.spaces << "\nrecords = " << totals.records
      << "\nlog_bytes = " << totals.log_bytes << "\nattachments = " << report.attachments
      << "\nattachment_bytes = " << report.attachment_bytes << "\n\n[attachment_hashes]\n";
  return out.str();
}

}  // namespace

Status copy_attachments(StoredLog& log, AttachmentStore& from, AttachmentStore& to,
                        const std::function<void(const AttachmentRow&, const Hash&)>& each) {
  std::vector<AttachmentRow> rows;
  MUISTIO_CHECK(log.read_rows([&](const LogRow& row) {
    if (const auto* attachment = std::get_if<AttachmentRow>(&row)) rows.push_back(*attachment);
    return ok();
  }));
  for (const auto& row : rows) {
    auto download = from.open(grant_for(row, wire::TicketMode::read));
    if (!download && download.error().code == ErrorCode::not_found) continue;  // never came whole, or was deleted since
    if (!download) return fail(download.error());
    std::uint64_t held = 0;
    MUISTIO_TRY(const auto upload, to.begin_upload(grant_for(row, wire::TicketMode::write), 0, held));
    PieceHash hash;
    MUISTIO_CHECK(read_pieces(**download, row.size, [&](std::span<const char> piece) {
      hash.add(piece);
      return upload->write(piece);
    }));
    MUISTIO_CHECK(upload->finish());
    each(row, hash.hash());
  }
  return ok();
}

Result<BackupReport> make_backup(const fs::path& folder, const Settings& settings, const WithLog& with_log,
                                 AttachmentStore& attachments, const Clock& clock) {
  std::error_code error;
  if (fs::exists(folder, error)) return fail(ErrorCode::already_exists, "the backup's folder");
  fs::create_directories(folder, error);
  if (error) return fail(ErrorCode::io_failed, "the backup's folder: " + error.message());
  fs::permissions(folder, fs::perms::owner_all, error);
  BackupReport report;
  report.made_at = clock.wall();
  // First the log: an attachment that comes later than it is not missed by it.
  MUISTIO_CHECK(copy_log_file((folder / kLog).string(), settings, with_log, clock));
  std::string hashes;
  {
    MUISTIO_TRY(const auto log, SqliteLog::open({(folder / kLog).string(), ""}));
    MUISTIO_TRY(report.digest, check_log(*log));
    AttachmentFolder files(folder / kFiles);
    MUISTIO_CHECK(copy_attachments(*log, attachments, files, [&](const AttachmentRow& row, const Hash& hash) {
      ++report.attachments;
      report.attachment_bytes += row.size;
      hashes += "\"" + row.space.hex() + "/" + row.attachment.hex() + "\" = \"" + hash.hex() + "\"\n";
    }));
  }
  MUISTIO_CHECK(write_durable(folder / kManifest, manifest_of(report) + hashes));
  return verify_backup(folder);
}

Result<BackupReport> verify_backup(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / kManifest, error) || !fs::exists(folder / kLog, error))
    return fail(ErrorCode::not_found, "no backup is there");
  toml::table manifest;
  try {
    manifest = toml::parse_file((folder / kManifest).string());
  } catch (const toml::parse_error&) {
    return fail(ErrorCode::corrupt, "the manifest is no TOML");
  }
  if (manifest["version"].value_or<std::int64_t>(0) != 1)
    return fail(ErrorCode::unsupported_version, "the backup is of another version");
  BackupReport report;
  report.made_at = WallMs(manifest["made_at_ms"].value_or<std::int64_t>(0));
  MUISTIO_TRY(const auto format, SqliteLog::format_in((folder / kLog).string()));
  if (format != SqliteLog::format)  // opening it would change it
    return fail(ErrorCode::unsupported_version, "the backup's log has format " + std::to_string(format) + ", this program writes " +
                                                    std::to_string(SqliteLog::format));
  MUISTIO_TRY(const auto log, SqliteLog::open({(folder / kLog).string(), ""}));
  MUISTIO_TRY(report.digest, check_log(*log));
  if (report.digest.hash.hex() != manifest["log_digest"].value_or(std::string()))
    return fail(ErrorCode::corrupt, "the log is another than the one that was backed up");
  AttachmentFolder files(folder / kFiles);
  const auto* hashes = manifest["attachment_hashes"].as_table();
  if (hashes == nullptr) return fail(ErrorCode::corrupt, "the manifest names no attachments");
  for (const auto& [name, wanted] : *hashes) {
    const auto text = std::string(name.str());
    const auto space = SpaceId::parse(text.substr(0, 32));
    const auto attachment = text.size() == 65 ? AttachmentId::parse(text.substr(33)) : fail(ErrorCode::malformed);
    if (!space || !attachment) return fail(ErrorCode::corrupt, "the manifest's attachments");
    MUISTIO_TRY(const auto size, log->attachment_size(*space, *attachment));
    if (!size) return fail(ErrorCode::corrupt, "an attachment that the log does not name");
    const AttachmentRow row{*space, *attachment, *size};
    auto download = files.open(grant_for(row, wire::TicketMode::read));
    if (!download) return fail(ErrorCode::corrupt, "an attachment is missing");
    PieceHash hash;
    auto read = read_pieces(**download, *size, [&](std::span<const char> piece) {
      hash.add(piece);
      return ok();
    });
    if (!read || hash.hash().hex() != wanted.value_or(std::string()))
      return fail(ErrorCode::corrupt, "an attachment's bytes have changed");
    ++report.attachments;
    report.attachment_bytes += *size;
  }
  return report;
}

Result<BackupReport> restore_backup(const fs::path& folder, Storage& into, const Clock& clock) {
  MUISTIO_TRY(const auto report, verify_backup(folder));
  MUISTIO_TRY(const auto log, SqliteLog::open({(folder / kLog).string(), ""}));
  MUISTIO_CHECK(copy_log(*log, *into.log, clock.wall()));
  AttachmentFolder files(folder / kFiles);
  MUISTIO_CHECK(copy_attachments(*log, files, *into.attachments, [](const AttachmentRow&, const Hash&) {}));
  return report;
}

}  // namespace muistio::server
