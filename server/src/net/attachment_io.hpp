// Reading and writing attachments' files. Blocking: only on the thread for files.
#pragma once

#include <cstdint>
#include <span>

#include "muistio/base/result.hpp"
#include "muistio/server/attachments.hpp"

namespace muistio::server {

/// A file descriptor, closed when it goes.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept;
  ~FileHandle();
  [[nodiscard]] int get() const noexcept { return descriptor_; }
  [[nodiscard]] bool open() const noexcept { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// The part of an attachment that has come, being added to.
class UploadFile {
 public:
  /// Opens or makes ID.part for an upload that goes on at `offset`. Errors: bad_range if something else than `offset` bytes is held
  /// (`held` then tells), disk_full, io_failed.
  Status begin(const AttachmentFolder& folder, const TicketGrant& grant, std::uint64_t offset);
  Status write(std::span<const char> bytes);
  /// Makes what came durable; once it is whole, gives it its name.
  Status finish();
  [[nodiscard]] std::uint64_t held() const noexcept { return held_; }

 private:
  FileHandle file_;
  std::filesystem::path part_, whole_;
  std::uint64_t held_ = 0;
  std::uint64_t size_ = 0;
};

/// Opens a whole attachment. Errors: not_found, io_failed.
[[nodiscard]] Result<FileHandle> open_whole(const AttachmentFolder& folder, const TicketGrant& grant);

/// Reads up to `out.size()` bytes at `offset`. Errors: io_failed, also if there is less than one byte.
[[nodiscard]] Result<std::size_t> read_at(const FileHandle& file, std::uint64_t offset, std::span<char> out);

}  // namespace muistio::server
