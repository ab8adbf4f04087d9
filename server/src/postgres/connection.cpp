#include "connection.hpp"

#include <poll.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace muistio::server {

namespace {

// What is queued is settled before it can fill both directions of the socket (libpq's manual, pipeline mode).
constexpr std::size_t kSentMax = 128;
constexpr std::size_t kSentBytesMax = 4 * 1024 * 1024;
/// Longer than statement_timeout below, so that PostgreSQL itself answers first where it can.
constexpr auto kAnswerTime = std::chrono::seconds(10);
constexpr auto kRetryPause = std::chrono::milliseconds(250);
constexpr std::uint32_t kByteaOid = 17;

Bytes big_endian(std::uint64_t value, int size) {
  Bytes out;
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
  return out;
}

/// What PostgreSQL's code means to us.
Error error_for(const char* code) {
  const std::string_view state = code == nullptr ? "" : code;
  auto kind = ErrorCode::io_failed;
  const auto is = [&](std::string_view prefix) { return state.substr(0, prefix.size()) == prefix; };
  if (is("53100"))
    kind = ErrorCode::disk_full;
  else if (is("53") || is("40") || is("55P03") || is("57014"))
    kind = ErrorCode::store_busy;
  else if (is("57P") || is("08") || is("25006") || state.empty())
    kind = ErrorCode::disconnected;  // stopping, or a standby now
  else if (is("XX001") || is("XX002"))
    kind = ErrorCode::corrupt;
  return {kind, "PostgreSQL " + (state.empty() ? std::string("gone") : std::string(state))};
}

}  // namespace

PgParameters& PgParameters::own(Bytes bytes) {
  owned_.push_back(std::move(bytes));
  return add(BytesView(owned_.back()));
}
PgParameters& PgParameters::add(BytesView value) {
  values_.push_back(value.empty() ? "" : reinterpret_cast<const char*>(value.data()));
  lengths_.push_back(static_cast<int>(value.size()));
  formats_.push_back(1);
  return *this;
}
PgParameters& PgParameters::add(std::int64_t value) { return own(big_endian(static_cast<std::uint64_t>(value), 8)); }
PgParameters& PgParameters::add_text(std::string_view value) {
  return own(Bytes(reinterpret_cast<const std::uint8_t*>(value.data()),
                   reinterpret_cast<const std::uint8_t*>(value.data()) + value.size()));
}
PgParameters& PgParameters::add(std::span<const SpaceId> values) {
  // PostgreSQL's array_send: dimensions, has-null, element type, then size and lower bound of the dimension, then the elements.
  Bytes out;
  const auto put = [&](std::uint64_t value) {
    const auto bytes = big_endian(value, 4);
    out.insert(out.end(), bytes.begin(), bytes.end());
  };
  put(values.empty() ? 0 : 1);
  put(0);
  put(kByteaOid);
  if (!values.empty()) {
    put(values.size());
    put(1);
  }
  for (const auto& each : values) {
    const auto view = each.view();
    put(view.size());
    out.insert(out.end(), view.begin(), view.end());
  }
  return own(std::move(out));
}

std::uint64_t PgRows::changed() const {
  const std::string_view text = result_ ? PQcmdTuples(result_.get()) : "";
  std::uint64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}
BytesView PgRows::bytes(int row, int column) const {
  return {reinterpret_cast<const std::uint8_t*>(PQgetvalue(result_.get(), row, column)),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}
std::int64_t PgRows::signed_number(int row, int column) const {
  std::uint64_t value = 0;
  for (const auto byte : bytes(row, column)) value = value << 8 | byte;
  return static_cast<std::int64_t>(value);
}
std::string PgRows::text(int row, int column) const {
  const auto view = bytes(row, column);
  return {reinterpret_cast<const char*>(view.data()), view.size()};
}

Status PgConnection::connect() {
  if (connection_) return ok();
  const auto now = std::chrono::steady_clock::now();
  if (now < not_before_) return fail(ErrorCode::disconnected, "the database cannot be reached");
  // What comes first gives way to what the operator's string says.
  const char* keywords[] = {"connect_timeout",
                            "tcp_user_timeout",
                            "keepalives_idle",
                            "keepalives_interval",
                            "keepalives_count",
                            "options",
                            "dbname",
                            "fallback_application_name",
                            nullptr};
  const char* values[] = {"3",
                          "8000",
                          "5",
                          "2",
                          "3",
                          "-c statement_timeout=8000 -c idle_in_transaction_session_timeout=10000",
                          database_.c_str(),
                          "muistiod",
                          nullptr};
  std::unique_ptr<PGconn, Close> made(PQconnectdbParams(keywords, values, 1));
  if (!made || PQstatus(made.get()) != CONNECTION_OK) {
    not_before_ = std::chrono::steady_clock::now() + kRetryPause;
    return fail(ErrorCode::disconnected, "the database cannot be reached");
  }
  PQsetNoticeProcessor(
      made.get(), [](void*, const char*) {}, nullptr);  // not to standard error
  if (PQserverVersion(made.get()) < 150000) return fail(ErrorCode::unsupported_version, "PostgreSQL 15 or later is needed");
  // Acknowledged is durable, whatever the database's default.
  std::unique_ptr<PGresult, decltype(&PQclear)> set(
      PQexec(made.get(),
             "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"),
      PQclear);
  if (PQresultStatus(set.get()) != PGRES_TUPLES_OK || PQenterPipelineMode(made.get()) != 1)
    return fail(ErrorCode::disconnected, "the database cannot be used");
  connection_ = std::move(made);
  prepared_.clear();
  sent_.clear();
  sent_bytes_ = 0;
  return ok();
}

void PgConnection::close() { connection_.reset(); }

Unexpected PgConnection::lost() {
  close();
  return fail(ErrorCode::disconnected, "the database's connection was lost");
}

/// Prepared by itself, so that a failure of something else cannot leave it in doubt.
Status PgConnection::prepare(const PgStatement& statement) {
  if (prepared_.contains(statement.name)) return ok();
  MUISTIO_CHECK(settle());
  if (PQsendPrepare(connection_.get(), statement.name, statement.sql, 0, nullptr) != 1) return lost();
  sent_.emplace_back();
  MUISTIO_CHECK(settle());
  prepared_.insert(statement.name);
  return ok();
}

Status PgConnection::queue(const PgStatement& statement, const PgParameters& parameters, std::optional<std::uint64_t> rows) {
  if (!connection_) return fail(ErrorCode::disconnected, "the database's connection was lost");
  MUISTIO_CHECK(prepare(statement));
  if (sent_.size() >= kSentMax || sent_bytes_ >= kSentBytesMax) MUISTIO_CHECK(settle());
  if (PQsendQueryPrepared(connection_.get(), statement.name, static_cast<int>(parameters.values_.size()), parameters.values_.data(),
                          parameters.lengths_.data(), parameters.formats_.data(), 1) != 1)
    return lost();
  sent_.push_back(rows);
  for (const int length : parameters.lengths_) sent_bytes_ += static_cast<std::size_t>(length);
  return ok();
}

/// False when nothing came for too long: a database that is frozen, or whose network is, closes no connection.
bool PgConnection::wait_for_answer() {
  const auto until = std::chrono::steady_clock::now() + kAnswerTime;
  while (PQisBusy(connection_.get()) == 1) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd wanted{PQsocket(connection_.get()), POLLIN, 0};
    if (::poll(&wanted, 1, static_cast<int>(left.count())) < 0 && errno != EINTR) return false;
    if (PQconsumeInput(connection_.get()) != 1) return true;  // PQgetResult says what happened
  }
  return true;
}

/// Waits for everything that was sent; gives the rows of the last command, or the first error.
Result<PgRows> PgConnection::settle() {
  PgRows last(nullptr);
  if (sent_.empty()) return last;
  if (PQpipelineSync(connection_.get()) != 1) return lost();
  std::optional<Error> first;
  for (int ends = 0;;) {
    if (!wait_for_answer()) return lost();
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) {  // the end of one command's results
      if (PQstatus(connection_.get()) != CONNECTION_OK || ++ends > 2) return lost();
      continue;
    }
    ends = 0;
    PgRows rows(result);
    const auto status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) break;
    std::optional<std::uint64_t> wanted;
    if (!sent_.empty()) {
      wanted = sent_.front();
      sent_.pop_front();
    }
    if (status == PGRES_FATAL_ERROR && !first) first = error_for(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) continue;
    if (wanted && rows.changed() != *wanted && !first) first = Error{ErrorCode::store_busy, "another server was faster"};
    last = std::move(rows);
  }
  sent_.clear();
  sent_bytes_ = 0;
  if (!first) return last;
  if (first->code == ErrorCode::disconnected) close();
  return fail(std::move(*first));
}

Result<PgRows> PgConnection::run(const PgStatement& statement, const PgParameters& parameters) {
  MUISTIO_CHECK(queue(statement, parameters));
  return settle();
}

Status PgConnection::sync() {
  if (!connection_) return fail(ErrorCode::disconnected, "the database's connection was lost");
  MUISTIO_CHECK(settle());
  return ok();
}

Status PgConnection::script(const char* sql, bool patient) {
  MUISTIO_CHECK(sync());
  if (PQexitPipelineMode(connection_.get()) != 1 || PQsendQuery(connection_.get(), sql) != 1) return lost();
  std::optional<Error> first;
  for (;;) {
    if (!patient && !wait_for_answer()) return lost();
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) break;
    const PgRows rows(result);
    if (rows.status() != PGRES_COMMAND_OK && rows.status() != PGRES_TUPLES_OK && !first) first = error_for(rows.sqlstate());
  }
  if (PQstatus(connection_.get()) != CONNECTION_OK || PQenterPipelineMode(connection_.get()) != 1) return lost();
  if (first) return fail(std::move(*first));
  return ok();
}

}  // namespace muistio::server
