// A server's log that lies in one way. It wraps production logs; the engine above it is the production one.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "attack.hpp"
#include "forgery.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/server/log.hpp"

namespace muistio::evil {

/// Not thread-safe, as every Log. The engine asks who has access before it reads or appends: so the log knows to whom it lies.
class EvilLog final : public server::Log {
 public:
  /// `log` is the truth, `other` what the second half of the members sees under fork-members (else null). They must outlive it.
  /// `at_rest` is what was changed in the data already.
  EvilLog(server::Log& log, server::Log* other, Attack attack, Random& random, const Clock& clock, AtRest at_rest = {},
          Known known = {});

  /// The lies that were told: an answer that differs from the truth, to somebody who is due the truth.
  [[nodiscard]] const Damage& damage() const noexcept { return damage_; }
  [[nodiscard]] const Forger& forger() const noexcept { return forger_; }

  Status begin() override;
  Status commit() override;
  void rollback() noexcept override;
  Status create_space(const SpaceId& space, const wire::AuthKey& first_key) override;
  Result<server::LogPlace> append(const SpaceId& space, const wire::AuthKey& key, Seq last_handshake_seq, BytesView encoded,
                                  const wire::Record& record, std::uint64_t log_bytes_max) override;
  Status post(const SpaceId& space, const wire::InboxItem& item) override;
  Status withdraw(const SpaceId& space, const InvitationId& invitation, const wire::AuthKey& key) override;
  Status delete_inbox_item(const SpaceId& space, const Hash& item) override;
  Status reserve_attachment(const SpaceId& space, const AttachmentId& attachment, std::uint64_t size,
                            std::uint64_t attachment_bytes_max) override;
  Status forget_attachment(const SpaceId& space, const AttachmentId& attachment) override;
  Status put_box(const wire::BoxLocator& locator, BytesView box, std::size_t kept) override {
    return log_.put_box(locator, box, kept);
  }
  Status drop_boxes(const wire::BoxLocator& locator) override { return log_.drop_boxes(locator); }
  Result<server::SpaceState> state(const SpaceId& space) override;
  Result<std::optional<server::Access>> access(const SpaceId& space, const wire::AuthKey& key) override;
  Result<Hash> log_hash(const SpaceId& space, Seq seq) override;
  Result<std::vector<Bytes>> fetch(const SpaceId& space, Seq from, Seq to, std::size_t bytes_max) override;
  Result<std::vector<wire::InboxItem>> inbox(const SpaceId& space) override;
  Result<std::vector<Bytes>> boxes(const wire::BoxLocator& locator) override;
  Result<std::optional<std::uint64_t>> attachment_size(const SpaceId& space, const AttachmentId& attachment) override;

 private:
  server::Log& of(const SpaceId& space, const wire::AuthKey& key);
  void changed(std::uint64_t records, std::uint64_t bytes) { damage_ += {records, bytes}; }
  std::size_t flip(const wire::AuthKey& key, BytesView encoded, const wire::Record& record);
  void note_append(const SpaceId& space, const wire::AuthKey& key, const server::LogPlace& placed, std::size_t bytes);
  void tell_at_rest(const SpaceId& space);
  void tell_fork(const SpaceId& space);
  Status tell_delay(const SpaceId& space, server::SpaceState& state);
  void bend(const SpaceId& space, std::vector<Bytes>& records);

  server::Log& log_;
  server::Log* other_;
  Attack attack_;
  Forger forger_;
  AtRest at_rest_;
  Known known_;
  Damage damage_;

  // Of whom the engine asked last.
  wire::AuthKey asker_;
  bool may_read_ = false;    // by the truth
  bool is_claimed_ = false;  // what it was told of the access is not so

  using Reader = std::pair<SpaceId, wire::AuthKey>;
  std::set<Reader> claimed_;                // claim-…: who was told
  std::map<SpaceId, wire::AuthKey> first_;  // fork-members: who stays with the first log
  std::map<std::pair<SpaceId, bool>, Damage>
      unshown_;                      // fork-members: what one log has (true: the first) and no reader of the other missed yet
  std::set<wire::AuthKey> authors_;  // delay-record, flip-batch: who appended since
  std::map<SpaceId, Seq> newest_;    // delay-record: the newest record that was logged since
  std::set<std::pair<Reader, Seq>> withheld_;  // delay-record: from whom
  std::set<Epoch> mended_;                     // flip-keywrap: epochs whose first later wrap was bent
  std::set<SpaceId> spaces_;
  std::map<SpaceId, std::vector<wire::InboxItem>> posted_;
  Bytes ask_;  // swap-identity-in-answer: what a new device asked last
};

}  // namespace muistio::evil
