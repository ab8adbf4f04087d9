// What sync keeps and sends of snapshots: docs/formats/sync.md.
#include "muistio/base/reader.hpp"
#include "muistio/replica/snapshot.hpp"
#include "rows.hpp"

namespace muistio::sync {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kPieceBytes = 128 * wire::limits::kKiB;

Status read_version(Reader& in, const char* what) {
  MUISTIO_TRY(const auto version, in.u8());
  return version == kVersion ? ok() : fail(ErrorCode::unsupported_version, what);
}

Result<LogPlace> read_place(Reader& in) {
  LogPlace place;
  MUISTIO_TRY(const auto seq, in.u64());
  MUISTIO_TRY(place.hash, in.fixed<Hash>());
  place.seq = Seq(seq);
  return place;
}

}  // namespace

Bytes encode_snapshot_row(const SnapshotRow& row) {
  Writer out;
  out.u8(kVersion).u64(row.place.seq.value()).raw(row.place.hash.view()).block(row.descriptor);
  out.u64(row.bytes_since).u64(row.records_since).u8(row.outdated ? 1 : 0);
  return std::move(out).take();
}

Result<SnapshotRow> decode_snapshot_row(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_CHECK(read_version(in, "a row of a snapshot"));
  SnapshotRow row;
  MUISTIO_TRY(row.place, read_place(in));
  MUISTIO_TRY(const auto descriptor, in.block(kSnapshotDescriptorBytesMax));
  row.descriptor = to_bytes(descriptor);
  MUISTIO_TRY(row.bytes_since, in.u64());
  MUISTIO_TRY(row.records_since, in.u64());
  MUISTIO_TRY(const auto outdated, in.u8());
  MUISTIO_CHECK(in.finish());
  if (outdated > 1) return fail(ErrorCode::malformed, "a flag");
  row.outdated = outdated == 1;
  return row;
}

Bytes encode_notice(const SnapshotNotice& notice) {
  return Writer().u8(kVersion).u64(notice.place.seq.value()).raw(notice.place.hash.view()).block(notice.descriptor).bytes();
}

Result<SnapshotNotice> decode_notice(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_CHECK(read_version(in, "where a snapshot lies"));
  SnapshotNotice notice;
  MUISTIO_TRY(notice.place, read_place(in));
  MUISTIO_TRY(const auto descriptor, in.block(kSnapshotDescriptorBytesMax));
  notice.descriptor = to_bytes(descriptor);
  MUISTIO_CHECK(in.finish());
  return notice;
}

Result<Bytes> pack_snapshot(BytesView plain) {
  if (plain.size() > replica::kSnapshotBytesMax) return fail(ErrorCode::too_large, "a snapshot");
  Writer out;
  out.u8(kVersion).varint(plain.size());
  for (std::size_t at = 0; at < plain.size(); at += kPieceBytes) {
    MUISTIO_TRY(const auto deflated, space::deflate(plain.subspan(at, std::min(kPieceBytes, plain.size() - at))));
    out.block(deflated);
  }
  return std::move(out).take();
}

Result<Bytes> unpack_snapshot(BytesView packed) {
  Reader in(packed);
  MUISTIO_CHECK(read_version(in, "a snapshot"));
  MUISTIO_TRY(const auto size, in.varint_at_most(replica::kSnapshotBytesMax));
  Bytes plain;
  while (plain.size() < size) {
    const auto wanted = std::min<std::uint64_t>(kPieceBytes, size - plain.size());
    MUISTIO_TRY(const auto deflated, in.block(space::kDeflatedBytesMax));
    MUISTIO_TRY(const auto piece, space::inflate(deflated, static_cast<std::size_t>(wanted)));
    if (piece.size() != wanted) return fail(ErrorCode::malformed, "a piece of a snapshot");
    append(plain, piece);
  }
  MUISTIO_CHECK(in.finish());
  return plain;
}

}  // namespace muistio::sync
