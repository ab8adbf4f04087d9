#include "network.hpp"

#include <algorithm>
#include <tuple>

namespace muistio::simulation {

std::uint64_t Network::delay() {
  if (calm_) return random_.between(1, 20);
  if (random_.chance(5)) return random_.between(300, 3000);
  return random_.between(2, 120);
}

std::uint64_t Network::connect() {
  auto& line = lines_[++last_connection_];
  if (!calm_ && random_.chance(20)) line.slowness = random_.between(50, 800);
  return last_connection_;
}

void Network::put(Line& line, bool to_server, Bytes frame, bool end) {
  auto& queue = to_server ? line.to_server : line.to_device;
  auto due = clock_.now() + delay() + (calm_ ? 0 : line.slowness);
  if (!queue.empty()) due = std::max(due, queue.back().due);
  queue.push_back({due, ++last_sent_, std::move(frame), end});
}

void Network::send(std::uint64_t connection, bool to_server, Bytes frame) {
  const auto found = lines_.find(connection);
  if (found == lines_.end()) return;
  auto& line = found->second;
  if (to_server ? !line.device_open : !line.server_open || !line.device_open) return;
  put(line, to_server, std::move(frame), false);
}

void Network::cut(std::uint64_t connection) {
  const auto found = lines_.find(connection);
  if (found == lines_.end() || !found->second.device_open) return;
  auto& line = found->second;
  ++counts_.cuts;
  line.device_open = false;
  counts_.drops += line.to_device.size();
  line.to_device.clear();
  if (random_.chance(50)) {  // the server's side stays up for a while
    counts_.late += line.to_server.size();
    for (auto& message : line.to_server) message.due += 500;
  } else {
    const auto keep = random_.below(line.to_server.size() + 1);
    counts_.drops += line.to_server.size() - keep;
    line.to_server.resize(keep);
  }
  put(line, true, {}, true);
}

void Network::close_by_server(std::uint64_t connection) {
  const auto found = lines_.find(connection);
  if (found == lines_.end()) return;
  found->second.server_open = false;
  counts_.drops += found->second.to_server.size();
  found->second.to_server.clear();
  if (found->second.device_open) put(found->second, false, {}, true);
}

void Network::cut_all() {
  for (auto& [id, line] : lines_) {
    counts_.drops += line.to_server.size() + line.to_device.size();
    line.to_server.clear();
    line.to_device.clear();
    line.server_open = false;
    if (line.device_open) put(line, false, {}, true);
  }
}

std::optional<std::uint64_t> Network::next_time() const {
  std::optional<std::uint64_t> earliest;
  for (const auto& [id, line] : lines_)
    for (const auto* queue : {&line.to_server, &line.to_device})
      if (!queue->empty()) earliest = std::min(earliest.value_or(UINT64_MAX), queue->front().due);
  return earliest;
}

std::optional<Delivery> Network::next(std::uint64_t until) {
  std::map<std::uint64_t, Line>::iterator best = lines_.end();
  bool best_to_server = false;
  std::uint64_t best_due = 0, best_sent = 0;
  for (auto it = lines_.begin(); it != lines_.end(); ++it) {
    for (const bool to_server : {true, false}) {
      const auto& queue = to_server ? it->second.to_server : it->second.to_device;
      if (queue.empty() || queue.front().due > until) continue;
      const auto& front = queue.front();
      if (best != lines_.end() && std::tie(best_due, best_sent) <= std::tie(front.due, front.sent)) continue;
      best = it;
      best_to_server = to_server;
      best_due = front.due;
      best_sent = front.sent;
    }
  }
  if (best == lines_.end()) return std::nullopt;
  auto& line = best->second;
  auto& queue = best_to_server ? line.to_server : line.to_device;
  Delivery delivery{best->first, best_to_server, queue.front().end, std::move(queue.front().frame)};
  queue.pop_front();
  if (best_sent < newest_delivered_) ++counts_.reorders;
  newest_delivered_ = std::max(newest_delivered_, best_sent);
  if (delivery.end) {
    (best_to_server ? line.server_open : line.device_open) = false;
    if (!line.server_open && !line.device_open && line.to_server.empty() && line.to_device.empty()) lines_.erase(best);
  }
  return delivery;
}

}  // namespace muistio::simulation
