#include "attachment_io.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace muistio::server {

namespace {

Unexpected system_failure(int error) {
  return fail(error == ENOSPC || error == EDQUOT ? ErrorCode::disk_full : ErrorCode::io_failed, std::strerror(error));
}

Status sync_folder(const std::filesystem::path& folder) {
  const FileHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.open() || ::fsync(handle.get()) != 0) return system_failure(errno);
  return ok();
}

}  // namespace

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}
FileHandle::~FileHandle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status UploadFile::begin(const AttachmentFolder& folder, const TicketGrant& grant, std::uint64_t offset) {
  part_ = folder.part_path(grant.space, grant.attachment);
  whole_ = folder.whole_path(grant.space, grant.attachment);
  size_ = grant.size;
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

Status UploadFile::write(std::span<const char> bytes) {
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

Status UploadFile::finish() {
  if (::fsync(file_.get()) != 0) return system_failure(errno);
  if (held_ != size_) return ok();
  // Deleted while it came: then there is nothing to name.
  if (::rename(part_.c_str(), whole_.c_str()) != 0) return system_failure(errno);
  MUISTIO_CHECK(sync_folder(whole_.parent_path()));
  return sync_folder(whole_.parent_path().parent_path());
}

Result<FileHandle> open_whole(const AttachmentFolder& folder, const TicketGrant& grant) {
  FileHandle file(::open(folder.whole_path(grant.space, grant.attachment).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) return errno == ENOENT ? fail(ErrorCode::not_found) : system_failure(errno);
  return file;
}

Result<std::size_t> read_at(const FileHandle& file, std::uint64_t offset, std::span<char> out) {
  for (;;) {
    const auto count = ::pread(file.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0) return fail(ErrorCode::io_failed, "the file is shorter than it was");
    if (errno != EINTR) return system_failure(errno);
  }
}

}  // namespace muistio::server
