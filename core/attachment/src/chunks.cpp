#include <algorithm>

#include "muistio/attachment/attachment.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::attachment {
namespace {
constexpr std::uint8_t kVersion = 1;
// 2^16 = kChunkBytes.
constexpr std::uint8_t kChunkBits = 16;
static_assert(std::uint64_t{1} << kChunkBits == kChunkBytes);
static_assert(kTagBytes == crypto::kAeadTagBytes);

/// Three zero bytes, the chunk's index, and whether it is the last: no two chunks of a key share a nonce, and a file cut at a
/// chunk's end does not open (the STREAM construction; Hoang, Reyhanitabar, Rogaway, Vizár 2015).
crypto::Nonce nonce_of(std::uint64_t index, bool last) {
  Writer writer;
  writer.u8(0).u8(0).u8(0).u64(index).u8(last ? 1 : 0);
  return crypto::Nonce::from_bytes(writer.bytes()).value();
}

Bytes associated_data(const SpaceId& space, const AttachmentId& id, BytesView header) {
  return crypto::join_fields("muistio 1 attachment", {space.view(), id.view(), header});
}
}  // namespace

std::uint64_t chunk_count(std::uint64_t size_bytes) { return size_bytes == 0 ? 1 : (size_bytes - 1) / kChunkBytes + 1; }

std::uint64_t ciphertext_bytes(std::uint64_t size_bytes) { return kHeaderBytes + size_bytes + chunk_count(size_bytes) * kTagBytes; }

std::uint64_t chunk_offset(std::uint64_t index) { return kHeaderBytes + index * (kChunkBytes + kTagBytes); }

std::uint64_t whole_chunks(std::uint64_t held_bytes, std::uint64_t size_bytes) {
  if (held_bytes >= ciphertext_bytes(size_bytes)) return chunk_count(size_bytes);
  if (held_bytes < kHeaderBytes) return 0;
  return std::min((held_bytes - kHeaderBytes) / (kChunkBytes + kTagBytes), chunk_count(size_bytes) - 1);
}

std::uint64_t chunk_plain_bytes(std::uint64_t index, std::uint64_t size_bytes) {
  const std::uint64_t begin = index * kChunkBytes;
  return begin >= size_bytes ? 0 : std::min(kChunkBytes, size_bytes - begin);
}

Result<ChunkCipher> ChunkCipher::make(const SpaceId& space, const AttachmentId& id, const Secret<32>& key,
                                      std::uint64_t size_bytes) {
  if (size_bytes > kAttachmentBytesMax)
    return fail(ErrorCode::too_large, "an attachment of " + std::to_string(size_bytes) + " bytes");
  ChunkCipher made;
  made.space_ = space;
  made.id_ = id;
  made.key_ = key.clone();
  made.size_bytes_ = size_bytes;
  return made;
}

Bytes ChunkCipher::header() const {
  Writer writer;
  writer.u8(kVersion).u8(kChunkBits).u64(size_bytes_);
  return std::move(writer).take();
}

Status ChunkCipher::check_header(BytesView header) const {
  if (header.size() < kHeaderBytes) return fail(ErrorCode::truncated, "the header");
  Reader reader(header);
  MUISTIO_TRY(const auto version, reader.u8());
  if (version != kVersion) return fail(ErrorCode::unsupported_version, "attachment version " + std::to_string(version));
  MUISTIO_TRY(const auto bits, reader.u8());
  if (bits != kChunkBits) return fail(ErrorCode::malformed, "the chunk size");
  MUISTIO_TRY(const auto size, reader.u64());
  MUISTIO_CHECK(reader.finish());
  if (size != size_bytes_) return fail(ErrorCode::invalid_argument, "the header is for another length");
  return ok();
}

Result<Bytes> ChunkCipher::seal(std::uint64_t index, BytesView plaintext) const {
  if (index >= chunk_count(size_bytes_)) return fail(ErrorCode::invalid_argument, "no chunk " + std::to_string(index));
  if (plaintext.size() != chunk_plain_bytes(index, size_bytes_))
    return fail(ErrorCode::invalid_argument, "chunk " + std::to_string(index) + " has another length");
  const bool last = index + 1 == chunk_count(size_bytes_);
  return crypto::chacha20_seal(key_, nonce_of(index, last), associated_data(space_, id_, header()), plaintext);
}

Result<Bytes> ChunkCipher::open(std::uint64_t index, BytesView ciphertext) const {
  if (index >= chunk_count(size_bytes_)) return fail(ErrorCode::invalid_argument, "no chunk " + std::to_string(index));
  const std::uint64_t expected = chunk_plain_bytes(index, size_bytes_) + kTagBytes;
  if (MUISTIO_PLANTED("chunk"))
    return to_bytes(ciphertext.first(ciphertext.size() < kTagBytes ? 0 : ciphertext.size() - kTagBytes));
  if (ciphertext.size() < expected) return fail(ErrorCode::truncated, "chunk " + std::to_string(index));
  if (ciphertext.size() > expected) return fail(ErrorCode::malformed, "chunk " + std::to_string(index) + " is too long");
  const bool last = index + 1 == chunk_count(size_bytes_);
  auto plaintext = crypto::chacha20_open(key_, nonce_of(index, last), associated_data(space_, id_, header()), ciphertext);
  if (!plaintext) return fail(ErrorCode::decryption_failed, "chunk " + std::to_string(index));
  return plaintext;
}

}  // namespace muistio::attachment
