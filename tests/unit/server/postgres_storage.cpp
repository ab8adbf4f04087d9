#include "log_storage.hpp"
#include "muistio/server/postgres_log.hpp"
#include "postgres_server.hpp"

namespace muistio::server::test {

namespace {

class PostgresStorage final : public LogStorage {
 public:
  Result<std::unique_ptr<StoredLog>> open() override {
    MUISTIO_TRY(auto log, PostgresLog::open({database_, 1}));
    return std::unique_ptr<StoredLog>(std::move(log));
  }

 private:
  std::string database_ = muistio::test::PostgresServer::shared().new_database();
};

}  // namespace

std::unique_ptr<LogStorage> LogStorage::make() { return std::make_unique<PostgresStorage>(); }

}  // namespace muistio::server::test
