// Reading rows: what a Store and a Transaction have in common.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/store/table.hpp"

namespace muistio::store {

namespace detail {
class Database;
}  // namespace detail

/// The largest key, without its table, and the largest value that a store takes, in bytes.
inline constexpr std::size_t kKeyBytesMax = 1024;
inline constexpr std::size_t kValueBytesMax = 64u << 20;

/// One row.
struct Row {
  Bytes key;
  Bytes value;
  friend bool operator==(const Row&, const Row&) = default;
};

/// A document found by full text: its key and its rank, smaller is better.
struct IndexHit {
  Bytes document_key;
  double rank = 0;
};

/// Which way a scan goes.
enum class Order : std::uint8_t { ascending, descending };

/// Called for each row of a scan; return false to stop. The views are valid during the call only. It must not write to the store;
/// it may read other rows.
using RowVisitor = std::function<bool(BytesView key, BytesView value)>;

/// Rows as one reader sees them. Keys are byte strings ordered as unsigned bytes, a prefix before what it begins.
///
/// Through a Store one sees what was committed, except that while a transaction is open on it, both see what that changed so far.
/// Every read may fail with io_failed, corrupt, or invalid_state (after the store was moved from or broke).
/// Threads: as the Store that it reads.
class Rows {
 public:
  /// The value under `key`, or nothing. Errors: too_large (key).
  [[nodiscard]] Result<std::optional<Bytes>> get(Table table, BytesView key) const;
  /// Whether there is a row under `key`.
  [[nodiscard]] Result<bool> contains(Table table, BytesView key) const;
  /// Visits the rows whose keys begin with `prefix`, in key order. Ascending begins at the first key >= `from`, descending at the
  /// last key <= `from`; an empty `from` begins at the end concerned. `from` is a whole key, prefix included.
  [[nodiscard]] Status scan(Table table, BytesView prefix, BytesView from, const RowVisitor& visit,
                            Order order = Order::ascending) const;
  /// All rows whose keys begin with `prefix`, in key order. For few rows: they are all in memory at once.
  [[nodiscard]] Result<std::vector<Row>> all(Table table, BytesView prefix = {}) const;
  /// The row with the greatest key that begins with `prefix`, or nothing.
  [[nodiscard]] Result<std::optional<Row>> last(Table table, BytesView prefix = {}) const;
  /// The number of rows whose keys begin with `prefix`.
  [[nodiscard]] Result<std::uint64_t> count(Table table, BytesView prefix = {}) const;

  /// The documents whose indexed terms match, best first, at most `most`; those with keys that begin with `prefix` only. `match` is
  /// an FTS5 query: build it with `store::MatchQuery`, never from text that a person typed; an empty one finds
  /// nothing. Errors: invalid_argument (not a query).
  [[nodiscard]] Result<std::vector<IndexHit>> index_query(const std::string& match, BytesView prefix, std::size_t most) const;

 protected:
  Rows() = default;
  explicit Rows(detail::Database* database) noexcept : database_(database) {}
  Rows(const Rows&) = default;
  Rows& operator=(const Rows&) = default;
  ~Rows() = default;
  detail::Database* database_ = nullptr;
};

/// Builds a match for `Rows::index_query` that no term can break out of: every term is quoted. Terms within a group are
/// alternatives; a document must match every group.
class MatchQuery {
 public:
  struct Term {
    std::string text;     // as it was indexed: UTF-8, no white space
    bool prefix = false;  // also whatever begins with it
  };
  /// Adds a group of alternatives; an empty one is ignored.
  MatchQuery& all_of(const std::vector<Term>& alternatives);
  [[nodiscard]] bool empty() const noexcept { return match_.empty(); }
  [[nodiscard]] const std::string& text() const noexcept { return match_; }

 private:
  std::string match_;
};

}  // namespace muistio::store
