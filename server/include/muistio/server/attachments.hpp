// The bytes of attachments at the server: files beside the log, and the tickets by which HTTP may reach them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
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

/// Attachments as files: FOLDER/SPACE/ID once whole, FOLDER/SPACE/ID.part before. Names are lower-case hexadecimal.
class AttachmentFolder final : public AttachmentFiles {
 public:
  explicit AttachmentFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<std::uint64_t> held(const SpaceId& space, const AttachmentId& attachment) override;
  Status remove(const SpaceId& space, const AttachmentId& attachment) override;

  [[nodiscard]] std::filesystem::path whole_path(const SpaceId& space, const AttachmentId& attachment) const;
  [[nodiscard]] std::filesystem::path part_path(const SpaceId& space, const AttachmentId& attachment) const;

 private:
  std::filesystem::path folder_;
};

/// What a ticket allows.
struct TicketGrant {
  SpaceId space;
  AttachmentId attachment;
  wire::TicketMode mode = wire::TicketMode::read;
  std::uint64_t size = 0;
  WallMs expires_at;
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
