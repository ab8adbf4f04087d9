// Encrypting and decrypting whole files with bounded memory.
#pragma once

#include <filesystem>
#include <functional>

#include "muistio/attachment/attachment.hpp"

namespace muistio::attachment {

/// Called after every chunk with the plaintext bytes done; return false to stop (cancelled).
using Progress = std::function<bool(std::uint64_t done_bytes)>;

/// Encrypts the file `plain` to `cipher`, which is replaced, under a new random key and id, and syncs it. On failure `cipher` is
/// removed. Errors: not_found, too_large, io_failed, disk_full, invalid_state (`plain` changed meanwhile), cancelled.
[[nodiscard]] Result<AttachmentDescriptor> encrypt_file(const std::filesystem::path& plain, const std::filesystem::path& cipher,
                                                        const SpaceId& space, Random& random, const Progress& progress = {});

/// Decrypts `cipher` to `plain`. Works in `plain` + ".part": if that holds whole chunks from an earlier try, it goes on behind
/// them, and begins anew if they prove wrong. Only when the length and SHA-256 are right is it synced and renamed to `plain`.
/// Errors: absent (no `cipher`), truncated (`cipher` is incomplete) and decryption_failed (a chunk does not open; what was opened
/// before stays in the part), decryption_failed (the SHA-256 of the whole; the part is removed), malformed (`cipher` is too long),
/// invalid_argument (it is for another length), io_failed, disk_full, cancelled.
[[nodiscard]] Status decrypt_file(const std::filesystem::path& cipher, const std::filesystem::path& plain,
                                  const AttachmentDescriptor& descriptor, const SpaceId& space, const Progress& progress = {});

/// What an AttachmentDescriptor says of the plaintext.
struct FileDigest {
  Hash sha256;
  std::uint64_t size_bytes = 0;
  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};
/// Errors: not_found, io_failed.
[[nodiscard]] Result<FileDigest> digest_file(const std::filesystem::path& plain);

/// How many bytes at the beginning of a partly downloaded ciphertext are whole, authentic chunks: from there a download goes on.
/// Bytes behind it are to be fetched again. 0, if there is no file. Errors: io_failed.
[[nodiscard]] Result<std::uint64_t> authentic_bytes(const std::filesystem::path& cipher, const AttachmentDescriptor& descriptor,
                                                    const SpaceId& space);

}  // namespace muistio::attachment
