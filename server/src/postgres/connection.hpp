// A thin, exception-free layer over libpq, private to this folder. All parameters and results are binary.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"

namespace muistio::server {

/// A statement that a connection prepares when it first runs it.
struct PgStatement {
  const char* name;
  const char* sql;
};

/// The parameters of one run, in order. Views given to `add` must live until the run is sent.
class PgParameters {
 public:
  PgParameters& add(BytesView value);
  PgParameters& add(std::int64_t value);
  PgParameters& add(std::uint64_t value) { return add(static_cast<std::int64_t>(value)); }
  PgParameters& add_text(std::string_view value);
  /// bytea[]
  PgParameters& add(std::span<const SpaceId> values);

 private:
  friend class PgConnection;
  PgParameters& own(Bytes bytes);
  std::deque<Bytes> owned_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
};

/// The rows that a run gave.
class PgRows {
 public:
  explicit PgRows(PGresult* result) : result_(result) {}
  [[nodiscard]] int count() const { return result_ ? PQntuples(result_.get()) : 0; }
  [[nodiscard]] bool empty() const { return count() == 0; }
  /// How many rows a change concerned.
  [[nodiscard]] std::uint64_t changed() const;
  [[nodiscard]] bool is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) == 1; }
  [[nodiscard]] BytesView bytes(int row, int column) const;
  [[nodiscard]] std::int64_t signed_number(int row, int column) const;
  [[nodiscard]] std::uint64_t number(int row, int column) const { return static_cast<std::uint64_t>(signed_number(row, column)); }
  [[nodiscard]] std::string text(int row, int column) const;
  /// Errors: corrupt, if the length is wrong.
  template <class FixedBytes>
  Result<FixedBytes> fixed(int row, int column) const {
    auto made = FixedBytes::from_bytes(bytes(row, column));
    if (!made) return fail(ErrorCode::corrupt, "a column of the log's database has the wrong length");
    return made;
  }
  /// What the command was, as PostgreSQL names it ("COMMIT").
  [[nodiscard]] ExecStatusType status() const { return PQresultStatus(result_.get()); }
  [[nodiscard]] const char* sqlstate() const { return PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE); }
  [[nodiscard]] std::string_view tag() const { return result_ ? PQcmdStatus(result_.get()) : ""; }

 private:
  struct Clear {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

/// One connection, always in libpq's pipeline mode: what is queued is sent without waiting and answered together. Not thread-safe.
/// Errors name PostgreSQL's five-character code, never data; disconnected means that the connection is gone.
class PgConnection {
 public:
  explicit PgConnection(std::string database) : database_(std::move(database)) {}
  /// Connects unless it is connected. After a failure it does not try again for a quarter of a second. Errors: disconnected,
  /// unsupported_version.
  Status connect();
  void close();
  [[nodiscard]] bool is_open() const { return connection_ != nullptr; }
  [[nodiscard]] PGconn* handle() const { return connection_.get(); }

  /// Sends without waiting. An error of it shows at the next `run` or `sync`. `rows` if given: how many rows it must concern.
  Status queue(const PgStatement& statement, const PgParameters& parameters, std::optional<std::uint64_t> rows = std::nullopt);
  /// Sends and waits for it and all that was queued.
  Result<PgRows> run(const PgStatement& statement, const PgParameters& parameters = {});
  Status sync();
  /// Statements without parameters, several in one string, outside of the pipeline. Nothing may be queued. `patient`: without an
  /// end to waiting.
  Status script(const char* sql, bool patient = false);

 private:
  struct Close {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };
  Unexpected lost();
  Status prepare(const PgStatement& statement);
  [[nodiscard]] bool wait_for_answer();
  Result<PgRows> settle();

  std::string database_;
  std::unique_ptr<PGconn, Close> connection_;
  std::set<std::string_view> prepared_;
  /// For each command that was sent: the rows that it must concern.
  std::deque<std::optional<std::uint64_t>> sent_;
  std::size_t sent_bytes_ = 0;
  std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace muistio::server
