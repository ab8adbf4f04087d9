// What the tests of attachments share.
#pragma once

#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "muistio/attachment/file.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/random.hpp"

namespace muistio::attachment::test {

class Folder {
 public:
  Folder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() /
            ("muistio-attachment-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

template <class T>
T good(Result<T> result) {
  if (!result) FAIL(result.error().message());
  return std::move(result).value();
}
inline void good(const Status& status) {
  if (!status) FAIL(status.error().message());
}

/// Bytes first, first + 1, …
template <class Id>
Id counted(std::uint8_t first) {
  Bytes bytes(Id::size_bytes);
  for (auto& byte : bytes) byte = first++;
  return good(Id::from_bytes(bytes));
}

/// A plaintext whose chunks all differ.
inline Bytes sample(std::size_t size) {
  Bytes bytes(size);
  std::uint32_t state = 1;
  for (auto& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

inline Bytes read_all(const std::filesystem::path& path) {
  Bytes bytes(std::filesystem::file_size(path));
  std::ifstream(path, std::ios::binary).read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

inline void write_all(const std::filesystem::path& path, BytesView bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// An attachment of `size` bytes, encrypted to "cipher" in a folder of its own.
struct Encrypted {
  explicit Encrypted(std::size_t size) : plain(sample(size)) {
    write_all(folder / "plain", plain);
    descriptor = good(encrypt_file(folder / "plain", folder / "cipher", space, random));
    cipher = read_all(folder / "cipher");
  }
  [[nodiscard]] Status decrypt() const { return decrypt_file(folder / "cipher", folder / "out", descriptor, space); }
  [[nodiscard]] Status decrypt(BytesView bytes) const {
    write_all(folder / "cipher", bytes);
    return decrypt();
  }
  [[nodiscard]] bool has_out() const { return std::filesystem::exists(folder / "out"); }

  Folder folder;
  SpaceId space = counted<SpaceId>(1);
  crypto::SystemRandom random;
  Bytes plain, cipher;
  AttachmentDescriptor descriptor;
};

}  // namespace muistio::attachment::test
