// The inside of Engine, shared by the files that implement it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "../hub/hub.hpp"
#include "muistio/server/engine.hpp"
#include "token_bucket.hpp"

namespace muistio::server {

/// A request that waits for the commit or for room in its connection's queue.
struct Request {
  ConnectionId connection;
  wire::RequestId id;
  wire::ClientMessage message;
  wire::AuthKey key;                   ///< the proved key for the space that the message names, where one is needed
  std::optional<wire::Record> record;  ///< of an Append, decoded
};

struct Connection {
  Connection(const EngineOptions& options, MonotonicMs now)
      : frames(options.frames, now),
        frame_bytes(options.frame_bytes, now),
        spaces_created(options.spaces_created, now),
        inbox_posts({static_cast<double>(wire::limits::inbox_posts_per_hour_max),
                     static_cast<double>(wire::limits::inbox_posts_per_hour_max) / 3600.0},
                    now),
        box_puts({static_cast<double>(wire::limits::box_puts_per_hour_max),
                  static_cast<double>(wire::limits::box_puts_per_hour_max) / 3600.0},
                 now),
        failed_proofs(options.failed_proofs, now),
        progress_at(now) {}

  wire::ChallengeNonce nonce;
  wire::TlsExporter exporter;
  std::string server_name;
  /// The keys that this connection has proved, one a space.
  std::map<SpaceId, wire::AuthKey> proved;
  std::set<SpaceId> subscribed;
  /// The subscribed spaces whose newest records were not pushed yet.
  std::set<SpaceId> behind;
  /// Reading requests that wait for the commit and for room in the queue.
  std::deque<Request> reads;
  std::size_t writes_waiting = 0;
  std::size_t queued_bytes = 0;
  TokenBucket frames, frame_bytes, spaces_created, inbox_posts, box_puts, failed_proofs;
  MonotonicMs progress_at;
  bool ended = false;

  [[nodiscard]] std::size_t outstanding() const noexcept { return writes_waiting + reads.size(); }
};

struct Engine::Impl {
  Impl(Log& log_given, Clock& clock_given, Random& random_given, EngineOptions options_given, AttachmentFiles* files_given,
       TicketBook* tickets_given)
      : log(log_given),
        clock(clock_given),
        random(random_given),
        options(std::move(options_given)),
        files(files_given),
        tickets(tickets_given) {}

  Log& log;
  Clock& clock;
  Random& random;
  EngineOptions options;
  AttachmentFiles* files;
  TicketBook* tickets;
  std::map<ConnectionId, Connection> connections;
  Hub hub;
  std::vector<Request> writes;
  /// Connections with reads or spaces behind, and room in their queue.
  std::set<ConnectionId> ready;
  std::vector<Output> outputs;
  EngineCounts counts;
  /// When a shared log is asked next.
  MonotonicMs poll_at;

  // engine.cpp: what goes out.
  Connection* find(ConnectionId id);
  void send(ConnectionId id, Connection& connection, SharedFrame frame);
  void answer(ConnectionId id, Connection& connection, wire::RequestId request, const wire::ServerMessage& message);
  void refuse(ConnectionId id, Connection& connection, wire::RequestId request, Error error, const SpaceId* space = nullptr);
  void goodbye(ConnectionId id, Connection& connection, ErrorCode code, std::string detail);
  void forget_subscriptions(ConnectionId id, Connection& connection);
  void make_ready(ConnectionId id, const Connection& connection);

  // requests.cpp: what comes in.
  void take_in(ConnectionId id, Connection& connection, wire::ClientFrame frame);
  Status admit(Connection& connection, Request& request);
  Status prove(Connection& connection, wire::AuthPurpose purpose, const SpaceId& space, const wire::AuthKey& key,
               const wire::AuthSignature& signature);
  [[nodiscard]] bool is_create_token(BytesView token) const;
  static Status verify(Connection& connection, MonotonicMs now, const wire::AuthKey& key, BytesView message,
                       const wire::AuthSignature& signature);
  Status check_fetcher(Connection& connection, const wire::AuthKey& key, const wire::AuthSignature& signature);

  // commit.cpp: what changes the log, all in one transaction.
  struct Change {
    Status status;
    wire::ServerMessage reply = wire::Done{};
    std::uint64_t held = 0;
  };
  /// What a batch added to one space.
  struct Added {
    Seq first;
    Seq head;
    std::vector<BytesView> records;
    std::size_t bytes = 0;
    std::set<wire::AuthKey> removed;
  };
  void commit_writes();
  Status is_member_of_any(ConnectionId id);
  /// What a commit came to. `unknown`: it may have been committed.
  struct Outcome {
    Status status;
    bool unknown = false;
  };
  Outcome apply_all(std::vector<Change>& changes, std::map<SpaceId, Added>& added);
  Status apply_each(std::vector<Change>& changes, std::map<SpaceId, Added>& added);
  void end_unknown();
  Status apply(Request& request, Change& change, std::map<SpaceId, Added>& added);
  void finish_write(Request& request, Change& change);
  void fan_out(const SpaceId& space, const Added& added);
  /// Serves those who lack something before `head` of the space.
  void wake(const SpaceId& space, Seq head);
  void poll();

  // reads.cpp: what reads it, as the readers keep up.
  void serve(ConnectionId id, Connection& connection);
  Result<wire::ServerMessage> read(const Request& request);
  Result<wire::ServerMessage> read_opened(const SpaceId& space, const wire::AuthKey& key);
  Result<wire::ServerMessage> make_ticket(const wire::RequestTicket& wanted, std::uint64_t size, std::uint64_t held);
  Result<wire::Records> read_records(const SpaceId& space, const wire::AuthKey& key, Seq from, std::size_t bytes_max,
                                     bool* is_last);
  Status subscribe(ConnectionId id, Connection& connection, const wire::Subscribe& wanted, const wire::AuthKey& key);
  Status push_behind(ConnectionId id, Connection& connection, const SpaceId& space);
};

/// The space that a message names, if it names one.
[[nodiscard]] const SpaceId* space_of(const wire::ClientMessage& message);

}  // namespace muistio::server
