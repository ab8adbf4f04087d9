// The bytes of attachments at the server, behind one interface for folder, database and what may come; and the tickets by which
// HTTP may reach them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/wire/messages.hpp"

namespace muistio::server {

/// What the engine needs to know of attachments' bytes. Callable from any thread.
class AttachmentFiles {
 public:
  virtual ~AttachmentFiles() = default;
  /// How many bytes of it are held; 0 if there is none. It is whole when they are as many as were reserved.
  virtual Result<std::uint64_t> held(const SpaceId& space, const AttachmentId& attachment) = 0;
  /// Removes it, if it is there.
  virtual Status remove(const SpaceId& space, const AttachmentId& attachment) = 0;
};

/// What a ticket allows.
struct TicketGrant {
  SpaceId space;
  AttachmentId attachment;
  wire::TicketMode mode = wire::TicketMode::read;
  std::uint64_t size = 0;
  WallMs expires_at;
};

/// An attachment that is coming. Not thread-safe.
class Upload {
 public:
  virtual ~Upload() = default;
  /// Adds to the end. Errors: too_large (more than was announced), bad_range (another upload was faster, or it was deleted),
  /// disk_full, io_failed, disconnected.
  virtual Status write(std::span<const char> bytes) = 0;
  /// Makes what came durable; once it is whole, it can be opened.
  virtual Status finish() = 0;
  [[nodiscard]] virtual std::uint64_t held() const noexcept = 0;
};

/// A whole attachment, being read. Not thread-safe.
class Download {
 public:
  virtual ~Download() = default;
  /// Reads up to `out.size()` bytes at `offset`. Errors: io_failed, also if there is less than one byte; disconnected.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) = 0;
};

/// Where attachments' bytes are. Its own functions are callable from any thread; each may block.
class AttachmentStore : public AttachmentFiles {
 public:
  /// Goes on with an upload at `offset`; `held` becomes how many bytes are there. Errors: bad_range if they are not `offset` bytes,
  /// disk_full, io_failed, disconnected.
  virtual Result<std::unique_ptr<Upload>> begin_upload(const TicketGrant& grant, std::uint64_t offset, std::uint64_t& held) = 0;
  /// Errors: not_found if it is not whole, io_failed, disconnected.
  virtual Result<std::unique_ptr<Download>> open(const TicketGrant& grant) = 0;
  /// Removes everything of a space.
  virtual Status remove_space(const SpaceId& space) = 0;
  /// Whether something can be kept now. Errors: disk_full (less than `bytes_min` is free), io_failed, disconnected.
  virtual Status check(std::uint64_t bytes_min) = 0;
};

/// Attachments as files: FOLDER/SPACE/ID once whole, FOLDER/SPACE/ID.part before. Names are lower-case hexadecimal.
class AttachmentFolder final : public AttachmentStore {
 public:
  explicit AttachmentFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<std::uint64_t> held(const SpaceId& space, const AttachmentId& attachment) override;
  Status remove(const SpaceId& space, const AttachmentId& attachment) override;
  Result<std::unique_ptr<Upload>> begin_upload(const TicketGrant& grant, std::uint64_t offset, std::uint64_t& held) override;
  Result<std::unique_ptr<Download>> open(const TicketGrant& grant) override;
  Status remove_space(const SpaceId& space) override;
  Status check(std::uint64_t bytes_min) override;

  [[nodiscard]] std::filesystem::path whole_path(const SpaceId& space, const AttachmentId& attachment) const;
  [[nodiscard]] std::filesystem::path part_path(const SpaceId& space, const AttachmentId& attachment) const;

 private:
  std::filesystem::path folder_;
};

/// The tickets that are good now. Thread-safe.
class TicketBook {
 public:
  /// Keeps at most `count_max` tickets; the next is refused until some have expired.
  explicit TicketBook(std::size_t count_max = 65536) : count_max_(count_max) {}
  /// Errors: rate_limited, if the book is full.
  Result<wire::TicketToken> issue(const TicketGrant& grant, Random& random, WallMs now);
  /// The grant of `token`, or nothing if it was never issued or has expired.
  [[nodiscard]] std::optional<TicketGrant> find(const wire::TicketToken& token, WallMs now);
  /// Forgets every ticket to the attachment.
  void revoke(const SpaceId& space, const AttachmentId& attachment);
  /// Forgets what has expired.
  void sweep(WallMs now);

 private:
  std::mutex mutex_;
  std::size_t count_max_;
  std::unordered_map<wire::TicketToken, TicketGrant> grants_;
};

}  // namespace muistio::server
