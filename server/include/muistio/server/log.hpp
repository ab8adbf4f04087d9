// What the server keeps (R4, R10): spaces, their logs, who has access, the inbox, the sizes of attachments. An interface, so that
// the engine knows no database (D14).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/wire/messages.hpp"

namespace muistio::server {

/// The end of a space's log.
struct SpaceState {
  Seq head;
  Seq last_handshake_seq;
  Hash log_hash;                ///< at `head`
  std::uint64_t log_bytes = 0;  ///< of all records together
};

/// What one key may do: read up to `until` (everything while that is 0), append while `until` is 0.
struct Access {
  Seq from;
  Seq until;
};

/// An append that stands in the log.
struct LogPlace {
  Seq seq;
  Hash log_hash;
  bool is_new = true;  ///< false if the log held the record already
};

/// The state of the server on a disk or in a database. Not thread-safe: one thread, which may block in these calls.
///
/// Whatever changes something is called between `begin` and `commit`; nothing of it may be acknowledged before `commit` has
/// returned success, and after a failed `commit` or `rollback` none of it has happened. A refusal has a code from 300 to 399 and
/// leaves the rest of the transaction usable; any other code means that the storage failed: roll back.
class Log {
 public:
  virtual ~Log() = default;

  virtual Status begin() = 0;
  /// Tells, directly after `begin`, which spaces the transaction may change (sorted) and what time it is. A log that several
  /// servers share locks them in this order, so that two servers never wait for each other. May be left out.
  virtual Status prepare([[maybe_unused]] std::span<const SpaceId> spaces, [[maybe_unused]] WallMs now) { return ok(); }
  /// When it returns success, everything since `begin` survives a power cut. Errors: disconnected, if it is not known whether it
  /// was committed: then nothing may be said of it.
  virtual Status commit() = 0;
  virtual void rollback() noexcept = 0;

  /// Begins a space with `first_key`. Repeating it with the same key changes nothing. Errors: conflicting_content.
  virtual Status create_space(const SpaceId& space, const wire::AuthKey& first_key) = 0;
  /// The same for who shows a token of the server's (its SHA-256), which then counts the space as its own and sets its quota.
  /// Errors: not_authorised (no such token), quota_exceeded (it has begun all that it may), conflicting_content.
  virtual Status create_space_with_token([[maybe_unused]] const SpaceId& space, [[maybe_unused]] const wire::AuthKey& first_key,
                                         [[maybe_unused]] const Hash& token) {
    return fail(ErrorCode::not_authorised, "this server knows no tokens");
  }
  /// Appends `encoded`, whose decoded form is `record`, by compare-and-swap on the last handshake's place, and makes its access
  /// changes. Errors: unknown_space, not_authorised, stale_handshake, quota_exceeded (log and attachments
  /// together over `space_bytes_max`, or over what the space's token set instead).
  virtual Result<LogPlace> append(const SpaceId& space, const wire::AuthKey& key, Seq last_handshake_seq, BytesView encoded,
                                  const wire::Record& record, std::uint64_t space_bytes_max) = 0;

  /// Errors: unknown_space, quota_exceeded (inbox_requests_max). Repeating it changes nothing. Drops what is older than
  /// inbox_days_max.
  virtual Status post(const SpaceId& space, const wire::InboxItem& item) = 0;
  /// Removes what `key` posted for `invitation`.
  virtual Status withdraw(const SpaceId& space, const InvitationId& invitation, const wire::AuthKey& key) = 0;
  virtual Status delete_inbox_item(const SpaceId& space, const Hash& item) = 0;

  /// Notes an attachment of `size` bytes. Repeating it changes nothing. Errors: unknown_space, conflicting_content (another size),
  /// quota_exceeded (as append).
  virtual Status reserve_attachment(const SpaceId& space, const AttachmentId& attachment, std::uint64_t size,
                                    std::uint64_t space_bytes_max) = 0;
  virtual Status forget_attachment(const SpaceId& space, const AttachmentId& attachment) = 0;

  /// Lays a box on top of a locator's stack and keeps the newest `kept`. The newest again changes nothing.
  virtual Status put_box(const wire::BoxLocator& locator, BytesView box, std::size_t kept) = 0;
  virtual Status drop_boxes(const wire::BoxLocator& locator) = 0;

  // Reading sees what is committed, and in a transaction also its own changes.

  /// Errors: unknown_space.
  virtual Result<SpaceState> state(const SpaceId& space) = 0;
  /// Nothing for a key that never had access, or a space that is not held.
  virtual Result<std::optional<Access>> access(const SpaceId& space, const wire::AuthKey& key) = 0;
  /// The log hash at `seq`; `Hash{}` at 0. Errors: bad_range.
  virtual Result<Hash> log_hash(const SpaceId& space, Seq seq) = 0;
  /// Records `from` to `to`, as many as fit in `bytes_max` and fetch_records_max, at least one if there is one.
  virtual Result<std::vector<Bytes>> fetch(const SpaceId& space, Seq from, Seq to, std::size_t bytes_max) = 0;
  /// Oldest first.
  virtual Result<std::vector<wire::InboxItem>> inbox(const SpaceId& space) = 0;
  /// Oldest first; none for a locator that is not known.
  virtual Result<std::vector<Bytes>> boxes(const wire::BoxLocator& locator) = 0;
  /// The whole size of an attachment that was reserved, else nothing.
  virtual Result<std::optional<std::uint64_t>> attachment_size(const SpaceId& space, const AttachmentId& attachment) = 0;

  /// Whether other servers append to it too; then `heads` is asked now and then.
  [[nodiscard]] virtual bool is_shared() const noexcept { return false; }
  /// Where the logs of those of `spaces` that are held end, in any order.
  virtual Result<std::vector<std::pair<SpaceId, Seq>>> heads(std::span<const SpaceId> spaces) {
    std::vector<std::pair<SpaceId, Seq>> all;
    for (const auto& space : spaces) {
      const auto found = state(space);
      if (found)
        all.emplace_back(space, found->head);
      else if (found.error().code != ErrorCode::unknown_space)
        return fail(found.error());
    }
    return all;
  }
};

}  // namespace muistio::server
