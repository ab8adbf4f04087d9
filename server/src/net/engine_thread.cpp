#include "engine_thread.hpp"

#include <chrono>

namespace muistio::server {

EngineThread::EngineThread(Engine& engine, std::function<void(Delivery)> deliver)
    : engine_(engine), deliver_(std::move(deliver)), thread_(&EngineThread::run, this) {}

EngineThread::~EngineThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void EngineThread::push(Event event, bool wake) {
  bool notify = false;
  {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    notify = wake && !std::exchange(woken_, woken_ || wake);
  }
  if (notify) changed_.notify_one();
}

void EngineThread::opened(ConnectionId connection, const wire::TlsExporter& exporter, std::string server_name) {
  push({connection, Opened{exporter, std::move(server_name)}}, true);
}
void EngineThread::received(ConnectionId connection, Bytes frame) { push({connection, std::move(frame)}, true); }
void EngineThread::sent(ConnectionId connection, std::size_t bytes, bool soon) { push({connection, Sent{bytes}}, soon); }
void EngineThread::closed(ConnectionId connection) { push({connection, Closed{}}, true); }
void EngineThread::shut_down() { push({ConnectionId(0), ShutDown{}}, true); }

void EngineThread::post(std::function<void()> work) { push({ConnectionId(0), std::move(work)}, true); }

void EngineThread::take(Event& event, Delivery& delivery) {
  if (auto* opened = std::get_if<Opened>(&event.what)) {
    engine_.on_open(event.connection, opened->exporter, std::move(opened->server_name));
  } else if (auto* frame = std::get_if<Bytes>(&event.what)) {
    engine_.on_frame(event.connection, *frame);
    delivery.consumed.emplace_back(event.connection, frame->size());
  } else if (auto* sent = std::get_if<Sent>(&event.what)) {
    engine_.on_sent(event.connection, sent->bytes);
  } else if (std::holds_alternative<Closed>(event.what)) {
    engine_.on_closed(event.connection);
  } else if (auto* work = std::get_if<std::function<void()>>(&event.what)) {
    (*work)();
  } else {
    engine_.shut_down();
  }
}

void EngineThread::run() {
  using namespace std::chrono;
  auto next_tick = steady_clock::now() + seconds(1);
  std::vector<Event> events;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (!engine_.has_work()) changed_.wait_until(lock, next_tick, [this] { return woken_ || stopping_; });
      if (stopping_) return;
      woken_ = false;
      events.swap(events_);
    }
    Delivery delivery;
    for (auto& event : events) take(event, delivery);
    events.clear();
    if (steady_clock::now() >= next_tick) {
      engine_.on_tick();
      next_tick = steady_clock::now() + seconds(1);
    }
    if (engine_.has_work()) delivery.outputs = engine_.flush();
    if (!delivery.outputs.empty() || !delivery.consumed.empty()) deliver_(std::move(delivery));
  }
}

}  // namespace muistio::server
