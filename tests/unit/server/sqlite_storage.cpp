#include "harness.hpp"
#include "muistio/server/sqlite_log.hpp"

namespace muistio::server::test {

namespace {

class SqliteStorage final : public LogStorage {
 public:
  Result<std::unique_ptr<StoredLog>> open() override {
    MUISTIO_TRY(auto log, SqliteLog::open({(folder_.path() / "log.sqlite").string(), ""}));
    return std::unique_ptr<StoredLog>(std::move(log));
  }

 private:
  ScratchFolder folder_;
};

}  // namespace

std::unique_ptr<LogStorage> LogStorage::make() { return std::make_unique<SqliteStorage>(); }

}  // namespace muistio::server::test
