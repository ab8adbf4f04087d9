// The engine on a thread of its own: what comes in while it commits shares its next commit. No Asio here.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "muistio/server/engine.hpp"

namespace muistio::server {

/// What one round of the engine gave.
struct Delivery {
  std::vector<Output> outputs;
  /// The bytes of each connection's frames that the engine has taken in.
  std::vector<std::pair<ConnectionId, std::size_t>> consumed;
};

/// Runs an engine. Every member function may be called from any thread; `deliver` is called on the engine's.
class EngineThread {
 public:
  EngineThread(Engine& engine, std::function<void(Delivery)> deliver);
  ~EngineThread();  // stops and joins
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;

  void opened(ConnectionId connection, const wire::TlsExporter& exporter, std::string server_name);
  void received(ConnectionId connection, Bytes frame);
  /// `soon`: the engine wakes for it; else it learns of it at its next round, at the latest after a second.
  void sent(ConnectionId connection, std::size_t bytes, bool soon);
  void closed(ConnectionId connection);
  void shut_down();
  /// Runs `work` on the engine's thread, in its turn.
  void post(std::function<void()> work);

 private:
  struct Opened {
    wire::TlsExporter exporter;
    std::string server_name;
  };
  struct Sent {
    std::size_t bytes;
  };
  struct Closed {};
  struct ShutDown {};
  struct Event {
    ConnectionId connection;
    std::variant<Opened, Bytes, Sent, Closed, ShutDown, std::function<void()>> what;
  };

  void push(Event event, bool wake);
  void run();
  void take(Event& event, Delivery& delivery);

  Engine& engine_;
  std::function<void(Delivery)> deliver_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Event> events_;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace muistio::server
