#include "muistio/server/stored_log.hpp"

#include "held_space.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/wire/limits.hpp"
#include "muistio/wire/log_hash.hpp"

namespace muistio::server {

namespace {

constexpr std::size_t kCopyBytes = 4 * wire::limits::kMiB;
constexpr std::size_t kCopyRows = 2000;

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

/// The bytes of a row for the digest; not stored anywhere.
Bytes canonical(const LogRow& row) {
  Writer out;
  out.u8(static_cast<std::uint8_t>(row.index()));
  const auto time = [&](WallMs at) { out.u64(static_cast<std::uint64_t>(at.value())); };
  std::visit(Overloaded{
                 [&](const TokenRow& r) {
                   out.block(as_bytes(r.name)).raw(r.secret_hash.view()).u64(r.spaces_max).u64(r.space_bytes_max);
                   time(r.created_at);
                 },
                 [&](const SpaceRow& r) {
                   out.raw(r.space.view()).u64(r.state.head.value()).u64(r.state.last_handshake_seq.value());
                   out.raw(r.state.log_hash.view()).u64(r.state.log_bytes).u64(r.attachment_bytes).u64(r.bytes_max);
                   time(r.touched_at);
                   out.raw(r.token.view());
                 },
                 [&](const RecordRow& r) { out.raw(r.space.view()).u64(r.seq.value()).raw(r.log_hash.view()).block(r.record); },
                 [&](const AccessRow& r) {
                   out.raw(r.space.view()).raw(r.key.view()).u64(r.access.from.value()).u64(r.access.until.value());
                 },
                 [&](const InboxRow& r) {
                   out.raw(r.space.view()).raw(r.item.id.view()).raw(r.item.invitation.view()).raw(r.item.key.view());
                   time(r.item.received_at);
                   out.block(r.item.request);
                 },
                 [&](const AttachmentRow& r) { out.raw(r.space.view()).raw(r.attachment.view()).u64(r.size); },
                 [&](const BoxRow& r) { out.raw(r.locator.view()).block(r.box); },
             },
             row);
  return std::move(out).take();
}

Unexpected broken(const SpaceId& space, const char* what) {
  return fail(ErrorCode::corrupt, "space " + space.hex().substr(0, 8) + "…: " + what);
}

}  // namespace

std::int64_t mark_of(BytesView record) {
  const auto hash = wire::record_hash(record);
  std::uint64_t mark = 0;
  for (std::size_t i = 0; i < 8; ++i) mark = mark << 8 | hash.array()[i];
  return static_cast<std::int64_t>(mark);
}

struct LogChecker::Impl {
  std::optional<SpaceRow> space;
  Seq seq;
  Hash log_hash;
  std::uint64_t log_bytes = 0, attachment_bytes = 0;
  LogDigest digest;

  Status end_space() {
    if (!space) return ok();
    const auto& ended = *space;
    if (seq != ended.state.head) return broken(ended.space, "its log ends at another place than noted");
    if (log_hash != ended.state.log_hash) return broken(ended.space, "its log hash does not fit its records");
    if (log_bytes != ended.state.log_bytes) return broken(ended.space, "its bytes are counted wrongly");
    if (attachment_bytes != ended.attachment_bytes) return broken(ended.space, "its attachments are counted wrongly");
    space.reset();
    return ok();
  }
  Status belongs(const SpaceId& wanted) const {
    if (!space || space->space != wanted) return broken(wanted, "a row stands outside its space");
    return ok();
  }
};

LogChecker::LogChecker() : impl_(std::make_unique<Impl>()) {}
LogChecker::~LogChecker() = default;

Status LogChecker::take(const LogRow& row) {
  auto& me = *impl_;
  auto& totals = me.digest.totals;
  const auto bytes = canonical(row);
  me.digest.hash = crypto::labelled_hash("muistio log digest 1", {me.digest.hash.view(), bytes});
  return std::visit(Overloaded{
                        [&](const TokenRow&) -> Status {
                          ++totals.tokens;
                          return ok();
                        },
                        [&](const SpaceRow& r) -> Status {
                          MUISTIO_CHECK(me.end_space());
                          me.space = r;
                          me.seq = Seq(0);
                          me.log_hash = {};
                          me.log_bytes = me.attachment_bytes = 0;
                          ++totals.spaces;
                          return ok();
                        },
                        [&](const RecordRow& r) -> Status {
                          MUISTIO_CHECK(me.belongs(r.space));
                          if (r.seq != me.seq.next()) return broken(r.space, "its log has a gap");
                          me.seq = r.seq;
                          me.log_hash = wire::log_hash_next(me.log_hash, r.seq, r.record);
                          if (me.log_hash != r.log_hash) return broken(r.space, "a record does not fit its log hash");
                          me.log_bytes += r.record.size();
                          ++totals.records;
                          totals.log_bytes += r.record.size();
                          return ok();
                        },
                        [&](const AccessRow& r) -> Status {
                          MUISTIO_CHECK(me.belongs(r.space));
                          if (r.access.from > me.seq || r.access.until > me.seq)
                            return broken(r.space, "a key's access lies beyond its log");
                          return ok();
                        },
                        [&](const InboxRow& r) -> Status {
                          ++totals.inbox_items;
                          return me.belongs(r.space);
                        },
                        [&](const AttachmentRow& r) -> Status {
                          ++totals.attachments;
                          totals.attachment_bytes += r.size;
                          me.attachment_bytes += r.size;
                          return me.belongs(r.space);
                        },
                        [&](const BoxRow&) -> Status {
                          ++totals.boxes;
                          return me.end_space();
                        },
                    },
                    row);
}

Result<LogDigest> LogChecker::finish() {
  MUISTIO_CHECK(impl_->end_space());
  return impl_->digest;
}

Result<LogDigest> check_log(StoredLog& log) {
  LogChecker checker;
  MUISTIO_CHECK(log.read_rows([&](const LogRow& row) { return checker.take(row); }));
  return checker.finish();
}

Result<LogDigest> copy_log(StoredLog& from, StoredLog& to, WallMs now) {
  MUISTIO_TRY(const auto there, to.totals());
  if (there.spaces + there.boxes + there.tokens != 0) return fail(ErrorCode::invalid_state, "what is copied into is not empty");
  LogChecker checker;
  std::size_t bytes = 0, rows = 0;
  MUISTIO_CHECK(to.begin());
  MUISTIO_CHECK(to.prepare({}, now));
  const auto copied = from.read_rows([&](const LogRow& row) -> Status {
    MUISTIO_CHECK(checker.take(row));
    MUISTIO_CHECK(to.write_row(row));
    if (const auto* record = std::get_if<RecordRow>(&row)) bytes += record->record.size();
    if (++rows < kCopyRows && bytes < kCopyBytes) return ok();
    bytes = rows = 0;
    MUISTIO_CHECK(to.commit());
    MUISTIO_CHECK(to.begin());
    return to.prepare({}, now);
  });
  if (!copied) {
    to.rollback();
    return fail(copied.error());
  }
  MUISTIO_CHECK(to.commit());
  MUISTIO_TRY(const auto sent, checker.finish());
  MUISTIO_TRY(const auto came, check_log(to));
  if (!(sent == came)) return fail(ErrorCode::corrupt, "the copy differs from what was copied");
  return came;
}

}  // namespace muistio::server
