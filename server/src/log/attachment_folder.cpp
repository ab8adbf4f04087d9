// Attachments as files: what is written is synced before it is acknowledged, and gets its name when it is whole.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "muistio/server/attachments.hpp"

namespace muistio::server {

namespace {

Unexpected system_failure(int error) {
  return fail(error == ENOSPC || error == EDQUOT ? ErrorCode::disk_full : ErrorCode::io_failed, std::strerror(error));
}

/// A file descriptor, closed when it goes.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const noexcept { return descriptor_; }
  [[nodiscard]] bool open() const noexcept { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

Status sync_folder(const std::filesystem::path& folder) {
  const FileHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.open() || ::fsync(handle.get()) != 0) return system_failure(errno);
  return ok();
}

class FileUpload final : public Upload {
 public:
  FileUpload(std::filesystem::path part, std::filesystem::path whole, std::uint64_t size)
      : part_(std::move(part)), whole_(std::move(whole)), size_(size) {}

  Status begin(std::uint64_t offset) {
    std::error_code error;
    if (std::filesystem::exists(whole_, error)) {
      held_ = size_;
      return fail(ErrorCode::bad_range, "it is whole already");
    }
    std::filesystem::create_directories(part_.parent_path(), error);
    if (error) return system_failure(error.value());
    file_ = FileHandle(::open(part_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (!file_.open()) return system_failure(errno);
    struct stat about {};
    if (::fstat(file_.get(), &about) != 0) return system_failure(errno);
    held_ = static_cast<std::uint64_t>(about.st_size);
    if (held_ != offset) return fail(ErrorCode::bad_range, "the upload stands elsewhere");
    return ok();
  }

  Status write(std::span<const char> bytes) override {
    if (bytes.size() > size_ - held_) return fail(ErrorCode::too_large, "more than was announced");
    while (!bytes.empty()) {
      const auto count = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(held_));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_failure(errno);
      held_ += static_cast<std::uint64_t>(count);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return ok();
  }

  Status finish() override {
    if (::fsync(file_.get()) != 0) return system_failure(errno);
    if (held_ != size_) return ok();
    // Deleted while it came: then there is nothing to name.
    if (::rename(part_.c_str(), whole_.c_str()) != 0) return system_failure(errno);
    MUISTIO_CHECK(sync_folder(whole_.parent_path()));
    return sync_folder(whole_.parent_path().parent_path());
  }

  [[nodiscard]] std::uint64_t held() const noexcept override { return held_; }

 private:
  FileHandle file_;
  std::filesystem::path part_, whole_;
  std::uint64_t held_ = 0;
  std::uint64_t size_;
};

class FileDownload final : public Download {
 public:
  explicit FileDownload(FileHandle file) : file_(std::move(file)) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    for (;;) {
      const auto count = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
      if (count > 0) return static_cast<std::size_t>(count);
      if (count == 0) return fail(ErrorCode::io_failed, "the file is shorter than it was");
      if (errno != EINTR) return system_failure(errno);
    }
  }

 private:
  FileHandle file_;
};

}  // namespace

Result<std::unique_ptr<Upload>> AttachmentFolder::begin_upload(const TicketGrant& grant, std::uint64_t offset,
                                                               std::uint64_t& held) {
  auto upload =
      std::make_unique<FileUpload>(part_path(grant.space, grant.attachment), whole_path(grant.space, grant.attachment), grant.size);
  auto begun = upload->begin(offset);
  held = upload->held();
  MUISTIO_CHECK(begun);
  return std::unique_ptr<Upload>(std::move(upload));
}

Result<std::unique_ptr<Download>> AttachmentFolder::open(const TicketGrant& grant) {
  FileHandle file(::open(whole_path(grant.space, grant.attachment).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) return errno == ENOENT ? fail(ErrorCode::not_found) : system_failure(errno);
  return std::unique_ptr<Download>(std::make_unique<FileDownload>(std::move(file)));
}

Status AttachmentFolder::remove_space(const SpaceId& space) {
  std::error_code error;
  std::filesystem::remove_all(folder_ / space.hex(), error);
  if (error) return system_failure(error.value());
  return ok();
}

Status AttachmentFolder::check(std::uint64_t bytes_min) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return system_failure(error.value());
  struct statvfs about {};
  if (::statvfs(folder_.c_str(), &about) != 0) return system_failure(errno);
  if (static_cast<std::uint64_t>(about.f_bavail) * about.f_frsize < bytes_min) return fail(ErrorCode::disk_full, "little is free");
  return ok();
}

}  // namespace muistio::server
