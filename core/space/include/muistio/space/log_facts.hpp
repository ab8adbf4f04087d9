// What a device knows of a space's log and of the chains in it, kept in the store: the log's hashes and each device's batches.
#pragma once

#include <optional>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/space/content_keys.hpp"
#include "muistio/store/store.hpp"

namespace muistio::space {

/// The last batch of a device for one audience that counted.
struct ChainEnd {
  BatchIndex index;
  Hash content_hash;
  friend bool operator==(const ChainEnd&, const ChainEnd&) = default;
};

/// A device has one chain of batches an audience: so whoever may read any of a chain may read all of it, and no link is missing.
/// What opening a batch asks about the log. Errors of the calls are the store's.
class LogFacts {
 public:
  virtual ~LogFacts() = default;
  /// The hash of the log at `seq` (zero at 0), or nothing if it is not held.
  [[nodiscard]] virtual Result<std::optional<Hash>> log_hash(Seq seq) const = 0;
  /// The end of a device's chain for one audience; index 0 and a zero hash before its first batch.
  [[nodiscard]] virtual Result<ChainEnd> chain_end(const DeviceId& device, const AudienceId& audience) const = 0;
  /// The content_hash of one batch that counted, or nothing.
  [[nodiscard]] virtual Result<std::optional<Hash>> content_hash(const DeviceId& device, const AudienceId& audience,
                                                                 BatchIndex index) const = 0;
};

/// The facts in a store: tables `log_hash` and `chain`. Reads through a Store or an open Transaction, which must outlive it.
class StoredFacts final : public LogFacts {
 public:
  StoredFacts(const store::Rows& rows, const SpaceId& space) : rows_(rows), space_(space) {}
  [[nodiscard]] Result<std::optional<Hash>> log_hash(Seq seq) const override;
  [[nodiscard]] Result<ChainEnd> chain_end(const DeviceId& device, const AudienceId& audience) const override;
  [[nodiscard]] Result<std::optional<Hash>> content_hash(const DeviceId& device, const AudienceId& audience,
                                                         BatchIndex index) const override;

 private:
  const store::Rows& rows_;
  SpaceId space_;
};

/// Keeps the log's hash at `seq`.
[[nodiscard]] Status put_log_hash(store::Transaction& transaction, const SpaceId& space, Seq seq, const Hash& log_hash);
/// Keeps a batch that counted as the new end of its device's chain for its audience.
[[nodiscard]] Status put_chain_end(store::Transaction& transaction, const SpaceId& space, const DeviceId& device,
                                   const AudienceId& audience, const ChainEnd& end);

}  // namespace muistio::space
