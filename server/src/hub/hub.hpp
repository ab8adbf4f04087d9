// Who listens to which space, and from where on.
#pragma once

#include <map>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/server/engine.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::server {

/// One connection's place in one space's log.
struct Subscription {
  ConnectionId connection;
  wire::AuthKey key;
  Seq next;  ///< the first record that was not pushed yet
};

/// The subscriptions of all connections. Not thread-safe.
class Hub {
 public:
  /// Replaces an earlier subscription of the same connection to the same space.
  void subscribe(const SpaceId& space, Subscription subscription);
  void unsubscribe(const SpaceId& space, ConnectionId connection);
  /// The subscriptions to `space`, by connection; valid until the next change.
  [[nodiscard]] std::vector<Subscription*> subscribers(const SpaceId& space);
  /// The spaces that somebody listens to, sorted.
  [[nodiscard]] std::vector<SpaceId> spaces() const;
  /// That of one connection, or null.
  [[nodiscard]] Subscription* find(const SpaceId& space, ConnectionId connection);

 private:
  std::map<SpaceId, std::map<ConnectionId, Subscription>> spaces_;
};

}  // namespace muistio::server
