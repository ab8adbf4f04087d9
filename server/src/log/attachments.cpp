#include "muistio/server/attachments.hpp"

#include <system_error>

namespace muistio::server {

namespace {

Unexpected file_failure(const std::error_code& error) {
  return fail(error == std::errc::no_space_on_device ? ErrorCode::disk_full : ErrorCode::io_failed, error.message());
}

/// The size of a file, or nothing if there is none.
Result<std::optional<std::uint64_t>> size_of(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) return std::optional<std::uint64_t>();
  if (error) return file_failure(error);
  return std::optional<std::uint64_t>(size);
}

}  // namespace

std::filesystem::path AttachmentFolder::whole_path(const SpaceId& space, const AttachmentId& attachment) const {
  return folder_ / space.hex() / attachment.hex();
}
std::filesystem::path AttachmentFolder::part_path(const SpaceId& space, const AttachmentId& attachment) const {
  return folder_ / space.hex() / (attachment.hex() + ".part");
}

Result<std::uint64_t> AttachmentFolder::held(const SpaceId& space, const AttachmentId& attachment) {
  for (const auto& path : {whole_path(space, attachment), part_path(space, attachment)}) {
    MUISTIO_TRY(const auto size, size_of(path));
    if (size) return *size;
  }
  return std::uint64_t{0};
}

Status AttachmentFolder::remove(const SpaceId& space, const AttachmentId& attachment) {
  for (const auto& path : {whole_path(space, attachment), part_path(space, attachment)}) {
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error && error != std::errc::not_a_directory) return file_failure(error);
  }
  return ok();
}

Result<wire::TicketToken> TicketBook::issue(const TicketGrant& grant, Random& random, WallMs now) {
  const auto token = random.make<wire::TicketToken>();
  const std::lock_guard lock(mutex_);
  if (grants_.size() >= count_max_) std::erase_if(grants_, [&](const auto& each) { return each.second.expires_at <= now; });
  if (grants_.size() >= count_max_) return fail(ErrorCode::rate_limited, "too many tickets are out");
  grants_.insert_or_assign(token, grant);
  return token;
}

std::optional<TicketGrant> TicketBook::find(const wire::TicketToken& token, WallMs now) {
  const std::lock_guard lock(mutex_);
  const auto found = grants_.find(token);
  if (found == grants_.end() || found->second.expires_at <= now) return std::nullopt;
  return found->second;
}

void TicketBook::revoke(const SpaceId& space, const AttachmentId& attachment) {
  const std::lock_guard lock(mutex_);
  std::erase_if(grants_, [&](const auto& each) { return each.second.space == space && each.second.attachment == attachment; });
}

void TicketBook::sweep(WallMs now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(grants_, [&](const auto& each) { return each.second.expires_at <= now; });
}

}  // namespace muistio::server
