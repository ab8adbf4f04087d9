#include <utility>

#include "database.hpp"
#include "muistio/store/store.hpp"

namespace muistio::store {

using detail::Query;
using detail::TransactionState;

namespace {
/// Passes `status` on; a failure of SQLite's ends the transaction.
template <class T>
T or_end(detail::Database& database, T status) {
  if (!status) {
    database.rollback();
    database.transaction = TransactionState::failed;
  }
  return status;
}

Status check_sizes(BytesView key, std::size_t value_bytes) {
  if (key.size() > kKeyBytesMax) return fail(ErrorCode::too_large, "a key of " + std::to_string(key.size()) + " bytes");
  if (value_bytes > kValueBytesMax) return fail(ErrorCode::too_large, "a value of " + std::to_string(value_bytes) + " bytes");
  return ok();
}

Status run_put(detail::Database& database, Table table, BytesView key, BytesView value) {
  const Bytes at = detail::disk_key(table, key);
  MUISTIO_TRY(auto query, database.statement(Query::put));
  query.bind(1, at);
  query.bind(2, value);
  return query.run("writing a row");
}

Status run_erase(detail::Database& database, Table table, BytesView key) {
  const Bytes at = detail::disk_key(table, key);
  MUISTIO_TRY(auto query, database.statement(Query::erase));
  query.bind(1, at);
  return query.run("erasing a row");
}

Result<std::uint64_t> run_erase_prefix(detail::Database& database, Table table, BytesView prefix) {
  const Bytes first = detail::disk_key(table, prefix);
  const Bytes end = detail::after_prefix(first);
  MUISTIO_TRY(auto query, database.statement(Query::erase_range));
  query.bind(1, first);
  query.bind(2, end);
  MUISTIO_CHECK(query.run("erasing rows"));
  return static_cast<std::uint64_t>(sqlite3_changes64(database.raw()));
}

/// The number of a document in the index, or nothing.
Result<std::optional<std::int64_t>> document_number(detail::Database& database, BytesView disk_key) {
  MUISTIO_TRY(auto query, database.statement(Query::index_find));
  query.bind(1, disk_key);
  MUISTIO_TRY(const bool found, query.row("looking in the index"));
  if (!found) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(query.integer(0));
}

Status run_index_put(detail::Database& database, BytesView document_key, std::string_view title, std::string_view body) {
  const Bytes at = detail::disk_document_key(document_key);
  MUISTIO_TRY(auto number, document_number(database, at));
  if (!number) {
    MUISTIO_TRY(auto added, database.statement(Query::index_add));
    added.bind(1, at);
    MUISTIO_CHECK(added.run("adding to the index"));
    number = sqlite3_last_insert_rowid(database.raw());
  }
  MUISTIO_TRY(auto query, database.statement(Query::index_put));
  query.bind_integer(1, *number);
  query.bind_text(2, title);
  query.bind_text(3, body);
  return query.run("adding to the index");
}

Status run_index_erase(detail::Database& database, BytesView document_key) {
  MUISTIO_TRY(const auto number, document_number(database, detail::disk_document_key(document_key)));
  if (!number) return ok();
  for (const auto kind : {Query::index_erase_terms, Query::index_erase}) {
    MUISTIO_TRY(auto query, database.statement(kind));
    query.bind_integer(1, *number);
    MUISTIO_CHECK(query.run("erasing from the index"));
  }
  return ok();
}
}  // namespace

Transaction::Transaction(Transaction&& other) noexcept : Rows(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  database_->rollback();
  database_->transaction = TransactionState::none;
}

Status Transaction::writable() const {
  if (database_ == nullptr) return fail(ErrorCode::invalid_state, "the transaction is over");
  if (database_->transaction == TransactionState::failed) return fail(ErrorCode::invalid_state, "the transaction failed before");
  if (database_->scans > 0) return fail(ErrorCode::invalid_state, "a scan is running");
  return ok();
}

Status Transaction::put(Table table, BytesView key, BytesView value) {
  MUISTIO_CHECK(writable());
  MUISTIO_CHECK(check_sizes(key, value.size()));
  return or_end(*database_, run_put(*database_, table, key, value));
}

Status Transaction::erase(Table table, BytesView key) {
  MUISTIO_CHECK(writable());
  MUISTIO_CHECK(check_sizes(key, 0));
  return or_end(*database_, run_erase(*database_, table, key));
}

Result<std::uint64_t> Transaction::erase_prefix(Table table, BytesView prefix) {
  MUISTIO_CHECK(writable());
  MUISTIO_CHECK(check_sizes(prefix, 0));
  return or_end(*database_, run_erase_prefix(*database_, table, prefix));
}

Status Transaction::index_put(BytesView document_key, std::string_view title_terms, std::string_view body_terms) {
  MUISTIO_CHECK(writable());
  MUISTIO_CHECK(check_sizes(document_key, title_terms.size() + body_terms.size()));
  return or_end(*database_, run_index_put(*database_, document_key, title_terms, body_terms));
}

Status Transaction::index_erase(BytesView document_key) {
  MUISTIO_CHECK(writable());
  MUISTIO_CHECK(check_sizes(document_key, 0));
  return or_end(*database_, run_index_erase(*database_, document_key));
}

void Transaction::forget_replaced() noexcept {
  if (database_ != nullptr) database_->is_to_forget = true;
}

Status Transaction::commit() {
  MUISTIO_CHECK(writable());
  detail::Database& database = *std::exchange(database_, nullptr);
  const auto run = [&database]() -> Status {
    MUISTIO_TRY(auto query, database.statement(Query::commit));
    return query.run("committing");
  };
  const int written = database.pages_written();
  auto committed = run();
  if (!committed) database.rollback();
  database.transaction = TransactionState::none;
  if (!committed) return committed;
  if (database.durability() == Durability::later) {
    database.is_behind = true;
    database.forget();
    return ok();
  }
  // A commit that wrote no page synced nothing: what stands before it may still be cut off.
  if (database.pages_written() == written) MUISTIO_CHECK(database.make_durable());
  database.is_behind = false;
  database.forget();
  return ok();
}

}  // namespace muistio::store
