// Encrypted files in chunks: each chunk opens on its own, and only in its place (docs/formats/attachment.md).
#pragma once

#include <cstdint>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"

namespace muistio::attachment {

/// Plaintext bytes of every chunk but the last.
inline constexpr std::uint64_t kChunkBytes = 64 << 10;
/// The clear beginning of the ciphertext.
inline constexpr std::uint64_t kHeaderBytes = 10;
/// The tag behind each chunk.
inline constexpr std::uint64_t kTagBytes = 16;
/// The largest file that is taken, in plaintext bytes.
inline constexpr std::uint64_t kAttachmentBytesMax = std::uint64_t{1} << 32;
/// The length of an encoded descriptor.
inline constexpr std::size_t kDescriptorBytes = 1 + 16 + 32 + 8 + 32;

/// All that is needed to fetch, check and open an attachment. Holds its key: it travels inside encrypted documents only.
struct AttachmentDescriptor {
  AttachmentId id;
  Secret<32> key;
  std::uint64_t size_bytes = 0;  // of the plaintext
  Hash sha256;                   // of the plaintext

  /// The bytes at the server.
  [[nodiscard]] std::uint64_t ciphertext_bytes() const;
  [[nodiscard]] AttachmentDescriptor clone() const;
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, unsupported_version, too_large.
  [[nodiscard]] static Result<AttachmentDescriptor> decode(BytesView bytes);
};

/// How many chunks a plaintext of `size_bytes` has: at least one, an empty one for an empty file.
[[nodiscard]] std::uint64_t chunk_count(std::uint64_t size_bytes);
/// The ciphertext's length for a plaintext's.
[[nodiscard]] std::uint64_t ciphertext_bytes(std::uint64_t size_bytes);
/// Where chunk `index` begins in the ciphertext. Its end is where the next begins, or the ciphertext's end.
[[nodiscard]] std::uint64_t chunk_offset(std::uint64_t index);
/// How many whole chunks the first `held_bytes` of the ciphertext of a plaintext of `size_bytes` hold: where opening can begin.
[[nodiscard]] std::uint64_t whole_chunks(std::uint64_t held_bytes, std::uint64_t size_bytes);
/// The plaintext bytes of chunk `index`.
[[nodiscard]] std::uint64_t chunk_plain_bytes(std::uint64_t index, std::uint64_t size_bytes);

/// Seals and opens the chunks of one attachment, in any order. Bound to the space, the attachment's id and its length: a chunk of
/// another place, file, space or length does not open. Use one key for one plaintext only. Thread-safe.
class ChunkCipher {
 public:
  /// Errors: too_large (`size_bytes`).
  static Result<ChunkCipher> make(const SpaceId& space, const AttachmentId& id, const Secret<32>& key, std::uint64_t size_bytes);

  /// The clear first kHeaderBytes of the ciphertext.
  [[nodiscard]] Bytes header() const;
  /// Errors: truncated, malformed, unsupported_version; invalid_argument, if it is for another length.
  [[nodiscard]] Status check_header(BytesView header) const;
  /// Errors: invalid_argument (no such chunk, or a plaintext of another length than chunk_plain_bytes).
  [[nodiscard]] Result<Bytes> seal(std::uint64_t index, BytesView plaintext) const;
  /// Errors: invalid_argument (no such chunk), truncated (too short), malformed (too long), decryption_failed.
  [[nodiscard]] Result<Bytes> open(std::uint64_t index, BytesView ciphertext) const;

 private:
  ChunkCipher() = default;
  SpaceId space_;
  AttachmentId id_;
  Secret<32> key_;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace muistio::attachment
