#include "muistio/home/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace muistio::home {
namespace {

namespace fs = std::filesystem;

Unexpected failed(const char* what) {
  const int why = errno;
  const auto code = why == ENOENT || why == ENOTDIR  ? ErrorCode::not_found
                    : why == ENOSPC || why == EDQUOT ? ErrorCode::disk_full
                                                     : ErrorCode::io_failed;
  return fail(code, std::string(what) + ": " + std::strerror(why));
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

Status sync_folder(const fs::path& folder) {
  Descriptor descriptor(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor || ::fsync(descriptor.get()) != 0) return failed("the folder cannot be synced");
  return ok();
}

}  // namespace

Result<Bytes> read_file(const fs::path& file, std::uint64_t bytes_max) {
  Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) return failed("the file cannot be opened");
  Bytes bytes;
  Bytes piece(64u << 10);
  for (;;) {
    const auto count = ::read(descriptor.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("the file cannot be read");
    if (count == 0) return bytes;
    if (bytes.size() + static_cast<std::size_t>(count) > bytes_max)
      return fail(ErrorCode::too_large, "the file has more than " + std::to_string(bytes_max) + " bytes");
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + count);
  }
}

Status write_file(const fs::path& file, BytesView bytes, Durable durable) {
  auto temporary = file;
  temporary += ".new";
  {
    Descriptor descriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!descriptor) return failed("the file cannot be made");
    for (std::size_t done = 0; done < bytes.size();) {
      const auto count = ::write(descriptor.get(), bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return failed("the file cannot be written");
      done += static_cast<std::size_t>(count);
    }
    if (durable == Durable::yes && ::fsync(descriptor.get()) != 0) return failed("the file cannot be synced");
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) return failed("the file cannot be put in its place");
  return durable == Durable::yes ? sync_folder(file.parent_path()) : ok();
}

Status make_durable(const fs::path& file) {
  Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor || ::fsync(descriptor.get()) != 0) return failed("the file cannot be synced");
  return sync_folder(file.parent_path());
}

Status make_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return ok();
  if (folder.has_parent_path() && folder.parent_path() != folder) MUISTIO_CHECK(make_folder(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed("the folder cannot be made");
  if (!fs::is_directory(folder, error)) return fail(ErrorCode::io_failed, "a file is where the folder should be");
  return ok();
}

}  // namespace muistio::home
