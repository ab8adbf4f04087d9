// A PostgreSQL of its own for a test: a cluster in a scratch folder, on a Unix socket there, as an ordinary user.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace muistio::test {

/// Starts at once, is stopped and deleted when it goes. Throws std::runtime_error if PostgreSQL cannot be had.
class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// The one of this process.
  static PostgresServer& shared();

  /// A connection string for a new, empty database.
  std::string new_database();
  /// Stops it at once, as a power cut would (SIGQUIT to all, no checkpoint).
  void stop_at_once();
  void start();
  /// Runs statements by psql; throws if they fail.
  void run(const std::string& database, const std::string& sql) const;
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  int as_user(const std::vector<std::string>& command) const;
  std::filesystem::path folder_, programs_;
  int databases_ = 0;
};

}  // namespace muistio::test
