// Where a test's log is kept. The same tests are linked once over SQLite and once over PostgreSQL.
#pragma once

#include <memory>

#include "muistio/server/stored_log.hpp"

namespace muistio::server::test {

class LogStorage {
 public:
  virtual ~LogStorage() = default;
  /// A new, empty one.
  static std::unique_ptr<LogStorage> make();
  /// Opens the log in it; the one before must be gone.
  virtual Result<std::unique_ptr<StoredLog>> open() = 0;
};

}  // namespace muistio::server::test
