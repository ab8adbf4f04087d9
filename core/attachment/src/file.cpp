#include "muistio/attachment/file.hpp"

#include <algorithm>

#include "muistio/base/planted.hpp"
#include "muistio/crypto/hash.hpp"
#include "plain_file.hpp"

namespace muistio::attachment {
namespace {
using detail::OpenMode;
using detail::PlainFile;

Status report(const Progress& progress, std::uint64_t done_bytes) {
  if (progress && !progress(done_bytes)) return fail(ErrorCode::cancelled);
  return ok();
}

void remove_file(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

/// Seals every chunk of `in`; returns the plaintext's hash.
Result<Hash> seal_all(const PlainFile& in, PlainFile& out, const ChunkCipher& cipher, std::uint64_t size_bytes,
                      const Progress& progress) {
  crypto::Sha256 hash;
  MUISTIO_CHECK(out.write(0, cipher.header()));
  for (std::uint64_t index = 0; index < chunk_count(size_bytes); ++index) {
    const std::uint64_t wanted = chunk_plain_bytes(index, size_bytes);
    MUISTIO_TRY(auto plain, in.read(index * kChunkBytes, wanted));
    if (plain.size() != wanted) return fail(ErrorCode::invalid_state, "the file became shorter meanwhile");
    hash.update(plain);
    MUISTIO_TRY(const auto sealed, cipher.seal(index, plain));
    wipe(plain);
    MUISTIO_CHECK(out.write(chunk_offset(index), sealed));
    MUISTIO_CHECK(report(progress, index * kChunkBytes + wanted));
  }
  MUISTIO_TRY(const auto size_now, in.size());
  if (size_now != size_bytes) return fail(ErrorCode::invalid_state, "the file became longer meanwhile");
  MUISTIO_CHECK(out.sync());
  return hash.finish();
}

/// The ciphertext of chunk `index`, as much of it as `in` holds.
Result<Bytes> read_chunk(const PlainFile& in, std::uint64_t index, std::uint64_t size_bytes) {
  return in.read(chunk_offset(index), chunk_plain_bytes(index, size_bytes) + kTagBytes);
}

/// Feeds the whole chunks that an earlier try left in `part` to `hash`; returns how many, and cuts what is behind them.
Result<std::uint64_t> take_up(PlainFile& part, std::uint64_t size_bytes, crypto::Sha256& hash) {
  MUISTIO_TRY(const auto held_bytes, part.size());
  std::uint64_t chunks = held_bytes >= size_bytes ? chunk_count(size_bytes) : held_bytes / kChunkBytes;
  for (std::uint64_t index = 0; index < chunks; ++index) {
    const std::uint64_t wanted = chunk_plain_bytes(index, size_bytes);
    MUISTIO_TRY(const auto plain, part.read(index * kChunkBytes, wanted));
    if (plain.size() != wanted) return fail(ErrorCode::io_failed, "the part changed meanwhile");
    hash.update(plain);
  }
  MUISTIO_CHECK(part.truncate(std::min(chunks * kChunkBytes, size_bytes)));
  return chunks;
}

/// Fills `part` up; its hash, when it is whole.
Result<Hash> open_all(const PlainFile& in, PlainFile& part, const ChunkCipher& cipher, std::uint64_t size_bytes,
                      const Progress& progress) {
  MUISTIO_TRY(const auto held_bytes, in.size());
  MUISTIO_TRY(const auto header, in.read(0, kHeaderBytes));
  MUISTIO_CHECK(cipher.check_header(header));
  if (held_bytes > ciphertext_bytes(size_bytes)) return fail(ErrorCode::malformed, "bytes behind the attachment's end");
  crypto::Sha256 hash;
  MUISTIO_TRY(const auto first, take_up(part, size_bytes, hash));
  for (std::uint64_t index = first; index < chunk_count(size_bytes); ++index) {
    MUISTIO_TRY(const auto sealed, read_chunk(in, index, size_bytes));
    MUISTIO_TRY(auto plain, cipher.open(index, sealed));
    hash.update(plain);
    MUISTIO_CHECK(part.write(index * kChunkBytes, plain));
    const std::uint64_t done_bytes = index * kChunkBytes + plain.size();
    wipe(plain);
    MUISTIO_CHECK(report(progress, done_bytes));
  }
  MUISTIO_CHECK(part.sync());
  return hash.finish();
}
}  // namespace

Result<AttachmentDescriptor> encrypt_file(const std::filesystem::path& plain, const std::filesystem::path& cipher,
                                          const SpaceId& space, Random& random, const Progress& progress) {
  MUISTIO_TRY(const auto in, PlainFile::open(plain, OpenMode::read));
  AttachmentDescriptor made;
  MUISTIO_TRY(made.size_bytes, in.size());
  made.id = random.make<AttachmentId>();
  random.fill(made.key.expose_mutable());
  MUISTIO_TRY(const auto chunks, ChunkCipher::make(space, made.id, made.key, made.size_bytes));
  MUISTIO_TRY(auto out, PlainFile::open(cipher, OpenMode::replace));
  auto hash = seal_all(in, out, chunks, made.size_bytes, progress);
  if (!hash) {
    remove_file(cipher);
    return fail(std::move(hash).error());
  }
  made.sha256 = *hash;
  return made;
}

Status decrypt_file(const std::filesystem::path& cipher, const std::filesystem::path& plain, const AttachmentDescriptor& descriptor,
                    const SpaceId& space, const Progress& progress) {
  MUISTIO_TRY(const auto chunks, ChunkCipher::make(space, descriptor.id, descriptor.key, descriptor.size_bytes));
  auto in = PlainFile::open(cipher, OpenMode::read);
  if (!in && in.error().code == ErrorCode::not_found) return fail(ErrorCode::absent);
  if (!in) return fail(std::move(in).error());
  auto part_path = plain;
  part_path += ".part";
  MUISTIO_TRY(auto part, PlainFile::open(part_path, OpenMode::go_on));
  MUISTIO_TRY(const auto held_before, part.size());
  MUISTIO_TRY(auto hash, open_all(*in, part, chunks, descriptor.size_bytes, progress));
  if (hash != descriptor.sha256 && held_before > 0) {
    // What the earlier try left was no beginning of this file.
    MUISTIO_CHECK(part.truncate(0));
    MUISTIO_TRY(hash, open_all(*in, part, chunks, descriptor.size_bytes, progress));
  }
  if (hash != descriptor.sha256 && !MUISTIO_PLANTED("chunk")) {
    remove_file(part_path);
    return fail(ErrorCode::decryption_failed, "the SHA-256 of the whole");
  }
  return detail::rename_durably(part_path, plain);
}

Result<FileDigest> digest_file(const std::filesystem::path& plain) {
  MUISTIO_TRY(const auto in, PlainFile::open(plain, OpenMode::read));
  crypto::Sha256 hash;
  FileDigest digest;
  for (;;) {
    MUISTIO_TRY(const auto piece, in.read(digest.size_bytes, kChunkBytes));
    if (piece.empty()) break;
    hash.update(piece);
    digest.size_bytes += piece.size();
  }
  digest.sha256 = hash.finish();
  return digest;
}

Result<std::uint64_t> authentic_bytes(const std::filesystem::path& cipher, const AttachmentDescriptor& descriptor,
                                      const SpaceId& space) {
  MUISTIO_TRY(const auto chunks, ChunkCipher::make(space, descriptor.id, descriptor.key, descriptor.size_bytes));
  auto in = PlainFile::open(cipher, OpenMode::read);
  if (!in && in.error().code == ErrorCode::not_found) return std::uint64_t{0};
  if (!in) return fail(std::move(in).error());
  MUISTIO_TRY(const auto header, in->read(0, kHeaderBytes));
  if (!chunks.check_header(header)) return std::uint64_t{0};
  const std::uint64_t count = chunk_count(descriptor.size_bytes);
  for (std::uint64_t index = 0; index < count; ++index) {
    MUISTIO_TRY(const auto sealed, read_chunk(*in, index, descriptor.size_bytes));
    if (!chunks.open(index, sealed)) return index == 0 ? kHeaderBytes : chunk_offset(index);
  }
  return descriptor.ciphertext_bytes();
}

}  // namespace muistio::attachment
