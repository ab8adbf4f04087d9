#include "muistio/store/rows.hpp"

#include <utility>

#include "database.hpp"

namespace muistio::store {
namespace {
using detail::Database;
using detail::Query;

Status check_key(BytesView key) {
  if (key.size() > kKeyBytesMax) return fail(ErrorCode::too_large, "a key of " + std::to_string(key.size()) + " bytes");
  return ok();
}

Status check_open(const Database* database) {
  if (database == nullptr) return fail(ErrorCode::invalid_state, "the store or transaction is over");
  return ok();
}

/// Counts a running scan, so that no write comes between its rows.
class ScanGuard {
 public:
  explicit ScanGuard(Database& database) : database_(database) { ++database_.scans; }
  ~ScanGuard() { --database_.scans; }
  ScanGuard(const ScanGuard&) = delete;
  ScanGuard& operator=(const ScanGuard&) = delete;

 private:
  Database& database_;
};
}  // namespace

Result<std::optional<Bytes>> Rows::get(Table table, BytesView key) const {
  MUISTIO_CHECK(check_open(database_));
  MUISTIO_CHECK(check_key(key));
  const Bytes at = detail::disk_key(table, key);
  MUISTIO_TRY(auto query, database_->statement(Query::get));
  query.bind(1, at);
  MUISTIO_TRY(const bool found, query.row("reading a row"));
  if (!found) return std::optional<Bytes>();
  return std::optional<Bytes>(to_bytes(query.blob(0)));
}

Result<bool> Rows::contains(Table table, BytesView key) const {
  MUISTIO_TRY(const auto value, get(table, key));
  return value.has_value();
}

Status Rows::scan(Table table, BytesView prefix, BytesView from, const RowVisitor& visit, Order order) const {
  MUISTIO_CHECK(check_open(database_));
  MUISTIO_CHECK(check_key(prefix));
  MUISTIO_CHECK(check_key(from));
  const bool up = order == Order::ascending;
  Bytes first = detail::disk_key(table, prefix);
  Bytes end = detail::after_prefix(first);
  auto kind = up ? Query::scan_up : Query::scan_down;
  if (!from.empty()) {
    Bytes place = detail::disk_key(table, from);
    if (up && place > first)
      first = std::move(place);
    else if (!up && place < end) {
      end = std::move(place);
      kind = Query::scan_down_from;
    }
  }
  MUISTIO_TRY(auto query, database_->statement(kind));
  const ScanGuard guard(*database_);
  query.bind(1, first);
  query.bind(2, end);
  while (true) {
    MUISTIO_TRY(const bool found, query.row("scanning rows"));
    if (!found) return ok();
    if (!visit(query.blob(0).subspan(1), query.blob(1))) return ok();
  }
}

Result<std::vector<Row>> Rows::all(Table table, BytesView prefix) const {
  std::vector<Row> rows;
  MUISTIO_CHECK(scan(table, prefix, {}, [&rows](BytesView key, BytesView value) {
    rows.push_back({to_bytes(key), to_bytes(value)});
    return true;
  }));
  return rows;
}

Result<std::optional<Row>> Rows::last(Table table, BytesView prefix) const {
  std::optional<Row> found;
  const auto take = [&found](BytesView key, BytesView value) {
    found = Row{to_bytes(key), to_bytes(value)};
    return false;
  };
  MUISTIO_CHECK(scan(table, prefix, {}, take, Order::descending));
  return found;
}

Result<std::uint64_t> Rows::count(Table table, BytesView prefix) const {
  MUISTIO_CHECK(check_open(database_));
  MUISTIO_CHECK(check_key(prefix));
  const Bytes first = detail::disk_key(table, prefix);
  const Bytes end = detail::after_prefix(first);
  MUISTIO_TRY(auto query, database_->statement(Query::count));
  query.bind(1, first);
  query.bind(2, end);
  MUISTIO_TRY(const bool found, query.row("counting rows"));
  return found ? static_cast<std::uint64_t>(query.integer(0)) : 0;
}

Result<std::vector<IndexHit>> Rows::index_query(const std::string& match, BytesView prefix, std::size_t most) const {
  MUISTIO_CHECK(check_open(database_));
  MUISTIO_CHECK(check_key(prefix));
  if (match.empty()) return std::vector<IndexHit>();
  const Bytes first = detail::disk_document_key(prefix);
  const Bytes end = detail::after_prefix(first);
  MUISTIO_TRY(auto query, database_->statement(Query::index_match));
  const detail::Database& database = *database_;
  query.bind_text(1, match);
  query.bind(2, first);
  query.bind(3, end);
  query.bind_integer(4, static_cast<std::int64_t>(std::min<std::size_t>(most, 1u << 20)));
  std::vector<IndexHit> hits;
  while (true) {
    const int rc = query.step();
    if (rc == SQLITE_DONE) return hits;
    // FTS5 reports a match that it cannot parse as a plain error.
    if ((rc & 0xff) == SQLITE_ERROR) return fail(ErrorCode::invalid_argument, "the match is no full-text query");
    if (rc != SQLITE_ROW) return detail::sqlite_failure(sqlite3_extended_errcode(database.raw()), "searching");
    hits.push_back({to_bytes(query.blob(0).subspan(1)), query.real(1)});
  }
}

// An FTS5 string: quotes double; a zero byte would end the query, so it becomes a space.
MatchQuery& MatchQuery::all_of(const std::vector<Term>& alternatives) {
  std::string group;
  for (const auto& term : alternatives) {
    if (term.text.empty()) continue;
    if (!group.empty()) group += " OR ";
    group += '"';
    for (const char letter : term.text) {
      if (letter == '"') group += '"';
      group += letter == '\0' ? ' ' : letter;
    }
    group += '"';
    if (term.prefix) group += '*';
  }
  if (group.empty()) return *this;
  if (!match_.empty()) match_ += " AND ";
  match_ += "(" + group + ")";
  return *this;
}

}  // namespace muistio::store
