// A server's log that tells lies of one kind.
#pragma once

#include <memory>

#include "muistio/server/log.hpp"
#include "plants.hpp"
#include "seams.hpp"

namespace muistio::simulation {

class PlantedLog final : public server::Log {
 public:
  PlantedLog(std::unique_ptr<server::Log> log, Plant plant, SeededRandom& random);

  Status begin() override { return log_->begin(); }
  Status commit() override { return log_->commit(); }
  void rollback() noexcept override { log_->rollback(); }
  Status create_space(const SpaceId& space, const wire::AuthKey& first_key) override {
    return log_->create_space(space, first_key);
  }
  Result<server::LogPlace> append(const SpaceId& space, const wire::AuthKey& key, Seq last_handshake_seq, BytesView encoded,
                                  const wire::Record& record, std::uint64_t log_bytes_max) override;
  Status post(const SpaceId& space, const wire::InboxItem& item) override;
  Status withdraw(const SpaceId& space, const InvitationId& invitation, const wire::AuthKey& key) override {
    return log_->withdraw(space, invitation, key);
  }
  Status delete_inbox_item(const SpaceId& space, const Hash& item) override { return log_->delete_inbox_item(space, item); }
  Status reserve_attachment(const SpaceId& space, const AttachmentId& attachment, std::uint64_t size,
                            std::uint64_t attachment_bytes_max) override {
    return log_->reserve_attachment(space, attachment, size, attachment_bytes_max);
  }
  Status forget_attachment(const SpaceId& space, const AttachmentId& attachment) override {
    return log_->forget_attachment(space, attachment);
  }
  Status put_box(const wire::BoxLocator& locator, BytesView box, std::size_t kept) override {
    return log_->put_box(locator, box, kept);
  }
  Status drop_boxes(const wire::BoxLocator& locator) override { return log_->drop_boxes(locator); }
  Result<std::vector<Bytes>> boxes(const wire::BoxLocator& locator) override { return log_->boxes(locator); }
  Result<server::SpaceState> state(const SpaceId& space) override { return log_->state(space); }
  Result<std::optional<server::Access>> access(const SpaceId& space, const wire::AuthKey& key) override {
    return log_->access(space, key);
  }
  Result<Hash> log_hash(const SpaceId& space, Seq seq) override { return log_->log_hash(space, seq); }
  Result<std::vector<Bytes>> fetch(const SpaceId& space, Seq from, Seq to, std::size_t bytes_max) override;
  Result<std::vector<wire::InboxItem>> inbox(const SpaceId& space) override { return log_->inbox(space); }
  Result<std::optional<std::uint64_t>> attachment_size(const SpaceId& space, const AttachmentId& attachment) override {
    return log_->attachment_size(space, attachment);
  }

 private:
  std::unique_ptr<server::Log> log_;
  Plant plant_;
  SeededRandom& random_;
};

}  // namespace muistio::simulation
