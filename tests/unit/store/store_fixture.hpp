// What the tests of the store share: a folder of their own, keys, and a store on a disk that fails.
#pragma once

#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "muistio/store/fault_vfs.hpp"
#include "muistio/store/store.hpp"

namespace muistio::store::test {

/// A folder that goes with its test.
class Folder {
 public:
  Folder() {
    static std::atomic<int> count{0};
    path_ =
        std::filesystem::temp_directory_path() / ("muistio-store-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Secret<32> key_of(std::uint8_t byte) {
  Secret<32> key;
  for (auto& at : key.expose_mutable()) at = byte;
  return key;
}

inline OpenOptions options_for(const std::filesystem::path& path, std::uint8_t key = 7) {
  OpenOptions options;
  options.path = path;
  options.key = key_of(key);
  options.busy_timeout_ms = 0;
  return options;
}

inline OpenOptions options_on(const FaultDisk& disk, std::uint8_t key = 7) {
  OpenOptions options = options_for("device.db", key);
  options.vfs = disk.name();
  return options;
}

/// The value of a result that must be a success.
template <class T>
T good(Result<T> result) {
  if (!result) FAIL(result.error().message());
  return std::move(result).value();
}
inline void good(const Status& status) {
  if (!status) FAIL(status.error().message());
}

inline Store open_good(OpenOptions options) { return good(Store::open(std::move(options))); }

/// Puts one row in a transaction of its own.
inline Status put_one(Store& store, Table table, std::string_view key, std::string_view value) {
  MUISTIO_TRY(auto tx, store.begin());
  MUISTIO_CHECK(tx.put(table, as_bytes(key), as_bytes(value)));
  return tx.commit();
}

inline std::optional<std::string> text_at(const Rows& rows, Table table, std::string_view key) {
  const auto value = good(rows.get(table, as_bytes(key)));
  if (!value) return std::nullopt;
  return std::string(as_text(*value));
}

/// The keys that a scan visits, joined by spaces.
inline std::string keys_of(const Rows& rows, Table table, std::string_view prefix, std::string_view from = {},
                           Order order = Order::ascending) {
  std::string joined;
  good(rows.scan(
      table, as_bytes(prefix), as_bytes(from),
      [&joined](BytesView key, BytesView) {
        joined += (joined.empty() ? "" : " ") + std::string(as_text(key));
        return true;
      },
      order));
  return joined;
}

inline Bytes file_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace muistio::store::test
