// The whole server without sockets, threads or clock (D1): frames and time come in, frames go out. The network and the simulator
// both run this.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/server/attachments.hpp"
#include "muistio/server/log.hpp"
#include "muistio/wire/limits.hpp"
#include "muistio/wire/messages.hpp"

namespace muistio::server {

/// Names a connection for as long as it lasts; the transport never uses a number again.
using ConnectionId = StrongInt<struct ConnectionIdTag>;

/// An encoded frame, shared by all the connections that it goes to.
using SharedFrame = std::shared_ptr<const Bytes>;

/// What the transport is to do, in order: send `frame` (if any), then close the connection (if `close`).
struct Output {
  ConnectionId connection;
  SharedFrame frame;
  bool close = false;
};

/// A burst that is free and what comes back every second.
struct Rate {
  double burst = 0;
  double per_second = 0;
};

struct EngineOptions {
  /// Above this much unsent, answers to Fetch and pushed Records wait for the reader.
  std::size_t queue_bytes_soft = 512 * wire::limits::kKiB;
  /// Above this much unsent the reader is cut off.
  std::size_t queue_bytes_max = 4 * wire::limits::kMiB;
  /// A reader that takes nothing for so long is cut off.
  std::uint64_t stall_ms_max = 30'000;
  Rate frames{4000, 1000};
  Rate frame_bytes{64.0 * wire::limits::kMiB, 16.0 * wire::limits::kMiB};
  Rate spaces_created{64, 0.1};
  /// The log and the attachments of one space together, unless its token set another quota.
  std::uint64_t space_bytes_max = 2ULL * 1024 * wire::limits::kMiB;
  /// What CreateSpace must carry; empty: anyone may begin a space.
  Bytes create_token;
  /// Whether CreateSpace must carry one of the log's tokens (or `create_token`, if that is set).
  bool token_required = false;
  /// How often a log that others append to as well is asked what is new, should no notice have come.
  std::uint64_t poll_ms = 5'000;
  /// Signatures that do not verify, before a connection is ended.
  Rate failed_proofs{32, 0.2};
  /// Told of each connection that is ended with a reason. On the engine's thread.
  std::function<void(ConnectionId, ErrorCode)> on_goodbye;
  /// Told of each request that is refused. On the engine's thread.
  std::function<void(ConnectionId, ErrorCode)> on_refused;
};

inline constexpr std::array<std::uint64_t, 7> kCommitMsBounds{1, 3, 10, 30, 100, 300, 1000};

/// Counts since the start, for health and tests.
struct EngineCounts {
  std::uint64_t frames = 0, appended = 0, duplicates = 0, refused = 0, goodbyes = 0, commits = 0, failed_commits = 0, pushed = 0,
                connections = 0;
  std::uint64_t polls = 0, elsewhere = 0;
  /// Commits by how long they took: up to each of kCommitMsBounds, and longer.
  std::array<std::uint64_t, 8> commit_ms{};
  std::uint64_t commit_ms_sum = 0;
};

/// Every connection's state machine, the fan-out and the log's group commit. Not thread-safe: one thread. Deterministic: the same
/// calls with the same clock, randomness and log give the same output.
///
/// `on_…` take in what happened; nothing is sent or made durable before `flush`, which commits everything since the last one in one
/// transaction and returns what is to be sent, acknowledgements among it. So the more comes in during a commit, the more share the
/// next.
class Engine {
 public:
  /// All must outlive the engine; `attachments` may be null (tickets are then refused).
  Engine(Log& log, Clock& clock, Random& random, EngineOptions options = {}, AttachmentFiles* attachments = nullptr,
         TicketBook* tickets = nullptr);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// A connection began. `server_name` goes into the Challenge; `exporter` as in wire/auth.hpp.
  void on_open(ConnectionId connection, const wire::TlsExporter& exporter, std::string server_name);
  /// One binary message came. What is no frame ends the connection with a reason; bytes after that are passed over.
  void on_frame(ConnectionId connection, BytesView frame);
  /// So many bytes of the frames given out have left.
  void on_sent(ConnectionId connection, std::size_t bytes);
  /// The connection is gone. No output names it any more.
  void on_closed(ConnectionId connection);
  /// Call about once a second: cuts off readers that stand still, forgets expired tickets.
  void on_tick();
  /// Another server has appended to `space`.
  void on_changed(const SpaceId& space);
  /// Notices of other servers may have been lost: the next tick asks the log for everything that is subscribed.
  void on_missed();
  /// Says Goodbye to everyone; the next flush returns it.
  void shut_down();

  /// Whether `flush` has something to do.
  [[nodiscard]] bool has_work() const noexcept;
  [[nodiscard]] std::vector<Output> flush();

  [[nodiscard]] const EngineCounts& counts() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace muistio::server
