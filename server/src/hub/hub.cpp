#include "hub.hpp"

namespace muistio::server {

void Hub::subscribe(const SpaceId& space, Subscription subscription) {
  spaces_[space].insert_or_assign(subscription.connection, subscription);
}

void Hub::unsubscribe(const SpaceId& space, ConnectionId connection) {
  const auto found = spaces_.find(space);
  if (found == spaces_.end()) return;
  found->second.erase(connection);
  if (found->second.empty()) spaces_.erase(found);
}

std::vector<Subscription*> Hub::subscribers(const SpaceId& space) {
  std::vector<Subscription*> all;
  const auto found = spaces_.find(space);
  if (found == spaces_.end()) return all;
  all.reserve(found->second.size());
  for (auto& [connection, subscription] : found->second) all.push_back(&subscription);
  return all;
}

std::vector<SpaceId> Hub::spaces() const {
  std::vector<SpaceId> all;
  all.reserve(spaces_.size());
  for (const auto& [space, subscriptions] : spaces_) all.push_back(space);
  return all;
}

Subscription* Hub::find(const SpaceId& space, ConnectionId connection) {
  const auto found = spaces_.find(space);
  if (found == spaces_.end()) return nullptr;
  const auto one = found->second.find(connection);
  return one == found->second.end() ? nullptr : &one->second;
}

}  // namespace muistio::server
