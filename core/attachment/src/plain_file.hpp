// A file of the operating system with our errors.
#pragma once

#include <cstdint>
#include <filesystem>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio::attachment::detail {

enum class OpenMode : std::uint8_t {
  read,
  replace,  // for writing, emptied; readable by its owner only
  go_on,    // for reading and writing, as it is or made
};

/// Move-only; closed when it goes.
class PlainFile {
 public:
  /// Errors: not_found (read), io_failed, disk_full.
  static Result<PlainFile> open(const std::filesystem::path& path, OpenMode mode);
  PlainFile(PlainFile&& other) noexcept;
  PlainFile& operator=(PlainFile&& other) noexcept;
  PlainFile(const PlainFile&) = delete;
  PlainFile& operator=(const PlainFile&) = delete;
  ~PlainFile();

  /// Up to `count` bytes from `offset`, fewer at the end only.
  [[nodiscard]] Result<Bytes> read(std::uint64_t offset, std::size_t count) const;
  [[nodiscard]] Status write(std::uint64_t offset, BytesView bytes);
  [[nodiscard]] Status truncate(std::uint64_t size);
  [[nodiscard]] Status sync();
  [[nodiscard]] Result<std::uint64_t> size() const;

 private:
  explicit PlainFile(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

/// Renames over what is there, and syncs the folder.
Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace muistio::attachment::detail
