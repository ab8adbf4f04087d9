// A network that delays, cuts, drops what was under way, delivers late to a server that has not noticed, and reorders between
// connections. Within a connection frames keep their order, as TCP and TLS see to.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "muistio/base/bytes.hpp"
#include "seams.hpp"

namespace muistio::simulation {

struct Delivery {
  std::uint64_t connection = 0;
  bool to_server = false;
  bool end = false;  // the connection is closed at the receiver's side; `frame` is empty
  Bytes frame;
};

class Network {
 public:
  Network(SeededRandom& random, const VirtualClock& clock) : random_(random), clock_(clock) {}

  /// A new connection between a device and the server.
  std::uint64_t connect();
  void send(std::uint64_t connection, bool to_server, Bytes frame);
  /// The device's side is cut. What was under way to it is lost; what was under way to the server is lost, or comes late although
  /// the device may already be back on another connection: then the server hears every append again.
  void cut(std::uint64_t connection);
  /// The server closes a connection after what it has sent.
  void close_by_server(std::uint64_t connection);
  /// The server is gone: everything under way is lost. The devices notice when their turn comes.
  void cut_all();
  /// From now on nothing is slow.
  void calm() noexcept { calm_ = true; }

  /// The next thing that arrives at or before `until`, in the order of time.
  std::optional<Delivery> next(std::uint64_t until);
  /// When the next thing arrives.
  [[nodiscard]] std::optional<std::uint64_t> next_time() const;

  struct Counts {
    std::uint64_t drops = 0, reorders = 0, late = 0, cuts = 0;
  };
  [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

 private:
  struct Message {
    std::uint64_t due = 0, sent = 0;
    Bytes frame;
    bool end = false;
  };
  struct Line {
    std::deque<Message> to_server, to_device;
    bool device_open = true, server_open = true;
    std::uint64_t slowness = 0;  // milliseconds on top of every delay
  };
  std::uint64_t delay();
  void put(Line& line, bool to_server, Bytes frame, bool end);

  SeededRandom& random_;
  const VirtualClock& clock_;
  std::map<std::uint64_t, Line> lines_;
  std::uint64_t last_connection_ = 0, last_sent_ = 0, newest_delivered_ = 0;
  bool calm_ = false;
  Counts counts_;
};

}  // namespace muistio::simulation
