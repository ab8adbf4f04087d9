#include "plain_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace muistio::attachment::detail {
namespace {
Unexpected system_failure(const char* doing) {
  const int number = errno;
  const auto code = number == ENOENT                       ? ErrorCode::not_found
                    : number == ENOSPC || number == EDQUOT ? ErrorCode::disk_full
                                                           : ErrorCode::io_failed;
  return fail(code, std::string(doing) + ": " + std::generic_category().message(number));
}
}  // namespace

Result<PlainFile> PlainFile::open(const std::filesystem::path& path, OpenMode mode) {
  const int flags = mode == OpenMode::read ? O_RDONLY : mode == OpenMode::replace ? O_WRONLY | O_CREAT | O_TRUNC : O_RDWR | O_CREAT;
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return system_failure("opening a file");
  return PlainFile(descriptor);
}

PlainFile::PlainFile(PlainFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

PlainFile& PlainFile::operator=(PlainFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

PlainFile::~PlainFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Bytes> PlainFile::read(std::uint64_t offset, std::size_t count) const {
  Bytes bytes(count);
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(descriptor_, bytes.data() + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("reading a file");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

Status PlainFile::write(std::uint64_t offset, BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return system_failure("writing a file");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return ok();
}

Status PlainFile::truncate(std::uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return system_failure("cutting a file");
  return ok();
}

Status PlainFile::sync() {
  if (::fsync(descriptor_) != 0) return system_failure("syncing a file");
  return ok();
}

Result<std::uint64_t> PlainFile::size() const {
  struct stat facts {};
  if (::fstat(descriptor_, &facts) != 0) return system_failure("reading a file's size");
  if (!S_ISREG(facts.st_mode)) return fail(ErrorCode::io_failed, "not a regular file");
  return static_cast<std::uint64_t>(facts.st_size);
}

Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return system_failure("renaming a file");
  const auto folder = to.has_parent_path() ? to.parent_path() : std::filesystem::path(".");
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_failure("opening a folder");
  const int synced = ::fsync(descriptor);
  auto status = synced == 0 ? ok() : Status(system_failure("syncing a folder"));
  ::close(descriptor);
  return status;
}

}  // namespace muistio::attachment::detail
