#include "store_pages.hpp"

#include <sqlite3.h>

#include <array>
#include <stdexcept>
#include <string>

#include "muistio/store/fault_vfs.hpp"

namespace muistio::test {
namespace {
constexpr std::size_t kLogHeaderBytes = 32, kFrameHeaderBytes = 24;

void must(int rc, const char* what) {
  if (rc != SQLITE_OK) throw std::runtime_error(std::string(what) + ": " + sqlite3_errstr(rc));
}

// A keyed connection to the copy, which has read its first page, so that both files are open and their codec is set.
class Opened {
 public:
  Opened(const std::string& vfs, const Secret<32>& key) {
    must(sqlite3_open_v2("copy", &connection_, SQLITE_OPEN_READWRITE, vfs.c_str()), "opening");
    std::string text = "raw:";
    for (auto byte : key.expose()) {
      constexpr char kDigits[] = "0123456789abcdef";
      text += {kDigits[byte >> 4], kDigits[byte & 15]};
    }
    must(sqlite3_key_v2(connection_, "main", text.data(), static_cast<int>(text.size())), "setting the key");
    // Exclusive: a log without a shared-memory file.
    must(sqlite3_exec(connection_, "pragma locking_mode=exclusive; pragma user_version", nullptr, nullptr, nullptr), "reading");
  }
  ~Opened() { sqlite3_close_v2(connection_); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  [[nodiscard]] std::size_t page_bytes() const {
    sqlite3_stmt* query = nullptr;
    must(sqlite3_prepare_v2(connection_, "pragma page_size", -1, &query, nullptr), "asking for the page size");
    sqlite3_step(query);
    const auto size = static_cast<std::size_t>(sqlite3_column_int(query, 0));
    sqlite3_finalize(query);
    return size;
  }
  [[nodiscard]] sqlite3_file* file(int which) const {
    sqlite3_file* found = nullptr;
    must(sqlite3_file_control(connection_, "main", which, &found), "asking for the file");
    return found;
  }

 private:
  sqlite3* connection_ = nullptr;
};

void read_page(sqlite3_file* file, std::size_t offset, std::size_t size, std::vector<Bytes>& into, std::size_t& unreadable) {
  Bytes page(size);
  if (file->pMethods->xRead(file, page.data(), static_cast<int>(size), static_cast<sqlite3_int64>(offset)) != SQLITE_OK)
    ++unreadable;
  into.push_back(std::move(page));
}
}  // namespace

StorePages open_pages(BytesView database, BytesView log, const Secret<32>& key) {
  static int count = 0;
  store::FaultDisk disk("store-pages-" + std::to_string(count++));
  disk.set_contents("copy", database);
  if (!log.empty()) disk.set_contents("copy-wal", log);
  must(sqlite3mc_vfs_create(disk.name().c_str(), 0), "adding encryption");
  StorePages pages;
  {
    const Opened opened("multipleciphers-" + disk.name(), key);
    const auto page = opened.page_bytes();
    auto* file = opened.file(SQLITE_FCNTL_FILE_POINTER);
    for (std::size_t at = 0; at + page <= database.size(); at += page) read_page(file, at, page, pages.database, pages.unreadable);
    if (!log.empty()) {
      file = opened.file(SQLITE_FCNTL_JOURNAL_POINTER);
      if (!file || !file->pMethods) throw std::runtime_error("the log was not opened");
      for (auto at = kLogHeaderBytes; at + kFrameHeaderBytes + page <= log.size(); at += kFrameHeaderBytes + page)
        read_page(file, at + kFrameHeaderBytes, page, pages.log, pages.unreadable);
    }
  }
  sqlite3mc_vfs_destroy(("multipleciphers-" + disk.name()).c_str());
  return pages;
}

}  // namespace muistio::test
