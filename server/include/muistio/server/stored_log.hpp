// What an operator does with a log beside serving it: copying it whole, counting it, tokens, deleting a space.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "muistio/server/log.hpp"

namespace muistio::server {

/// A space and where its log ends.
struct SpaceRow {
  SpaceId space;
  SpaceState state;
  std::uint64_t attachment_bytes = 0;
  std::uint64_t bytes_max = 0;  ///< the quota that its token set; 0: the server's
  WallMs touched_at;            ///< when it last changed; 0 if that was before servers noted it
  Hash token;                   ///< SHA-256 of the token that began it; zero: none
};
struct RecordRow {
  SpaceId space;
  Seq seq;
  Hash log_hash;
  Bytes record;
};
struct AccessRow {
  SpaceId space;
  wire::AuthKey key;
  Access access;
};
struct InboxRow {
  SpaceId space;
  wire::InboxItem item;
};
struct AttachmentRow {
  SpaceId space;
  AttachmentId attachment;
  std::uint64_t size = 0;
};
struct BoxRow {
  wire::BoxLocator locator;
  Bytes box;
};
/// Who may begin spaces. The token itself is kept nowhere.
struct TokenRow {
  std::string name;  ///< the operator's word for it, 1 to 64 characters
  Hash secret_hash;
  std::uint64_t spaces_max = 0;
  std::uint64_t space_bytes_max = 0;  ///< 0: the server's
  WallMs created_at;
};
using LogRow = std::variant<TokenRow, SpaceRow, RecordRow, AccessRow, InboxRow, AttachmentRow, BoxRow>;
using LogRowSink = std::function<Status(const LogRow&)>;

struct LogTotals {
  std::uint64_t spaces = 0, records = 0, log_bytes = 0, attachments = 0, attachment_bytes = 0, inbox_items = 0, boxes = 0,
                tokens = 0;
};
struct TokenUse {
  TokenRow token;
  std::uint64_t spaces = 0;
};

/// A log that is kept somewhere. Threads, transactions and errors as Log.
class StoredLog : public Log {
 public:
  /// Gives every row, of one moment, in the order of LogRow: tokens by name; then the spaces by id, each followed by its records,
  /// keys (by key), inbox (oldest first) and attachments (by id); then the boxes by locator, oldest first. What `sink` returns as
  /// an error ends it.
  virtual Status read_rows(const LogRowSink& sink) = 0;
  /// Writes one row as it is, within a transaction, into a log that has nothing under its name. A space comes before what is its
  /// own.
  virtual Status write_row(const LogRow& row) = 0;

  virtual Result<LogTotals> totals() = 0;
  /// Deletes a space with all that is its own; its bytes may lie in the log's files until `rewrite`. Not within a transaction.
  /// Errors: unknown_space.
  virtual Status delete_space(const SpaceId& space) = 0;
  /// Writes the log's files anew, so that nothing of what was deleted is left in them. Takes time and room by the log's size. Not
  /// within a transaction.
  virtual Status rewrite() = 0;
  /// Spaces that last changed before `before`, the longest unchanged first, at most `count_max`. When one changed that has been
  /// held since before servers noted it is not known until it changes again: it is not among them.
  virtual Result<std::vector<SpaceId>> unchanged_since(WallMs before, std::size_t count_max) = 0;
  /// Attachments that were reserved in a space.
  virtual Result<std::vector<AttachmentRow>> attachments(const SpaceId& space) = 0;

  /// Errors: already_exists (the name), invalid_argument.
  virtual Status add_token(const TokenRow& token) = 0;
  /// Spaces that it began stay. Errors: not_found.
  virtual Status remove_token(const std::string& name) = 0;
  virtual Result<std::vector<TokenUse>> tokens() = 0;
};

/// What a whole log holds, for comparing two: a hash over all rows in their order, and the counts.
struct LogDigest {
  Hash hash;
  LogTotals totals;
  friend bool operator==(const LogDigest& a, const LogDigest& b) { return a.hash == b.hash; }
};

/// Follows rows in their order and checks them: that every space's records are without a gap and give its log hash and its bytes
/// (R11), and that what its keys may read lies in its log.
class LogChecker {
 public:
  LogChecker();
  ~LogChecker();
  /// Errors: corrupt, naming the space by its first eight hexadecimal digits.
  Status take(const LogRow& row);
  Result<LogDigest> finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Copies all of `from` into `to`, which must be empty, in transactions of bounded size, then reads both again and compares.
/// Errors: invalid_state (`to` is not empty), corrupt (a log hash of `from` does not fit its records, or the two differ after all).
[[nodiscard]] Result<LogDigest> copy_log(StoredLog& from, StoredLog& to, WallMs now);
/// Reads it through LogChecker.
[[nodiscard]] Result<LogDigest> check_log(StoredLog& log);

}  // namespace muistio::server
