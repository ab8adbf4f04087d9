#include "world.hpp"

#include <algorithm>

#include "muistio/base/reader.hpp"

namespace muistio::simulation {

namespace {
constexpr std::uint64_t kTickMs = 1'000;
}

World::World(const Scale& scale) : scale_(scale), random_(scale.seed * 2 + 1), network_(random_, clock_) {
  report_.seed = scale.seed;
  server_ = std::make_unique<SimServer>("server-" + std::to_string(scale.seed), random_.next(), clock_, network_, scale.plant);
  server_->start();
  next_tick_ = clock_.now() + kTickMs;
}

World::~World() = default;

Report World::run() {
  for (std::uint64_t i = 0; i < scale_.devices; ++i) add_device();
  found_club();
  for (std::uint64_t i = 0; i < scale_.steps && !report_.violation; ++i) {
    step();
    advance(clock_.now() + random_.between(20, 600));
  }
  if (!report_.violation) make_quiet();
  if (!report_.violation) tamper_at_the_end();
  if (!report_.violation) check_replicas();
  if (!report_.violation) check_kept();
  if (!report_.violation) check_removed();
  if (!report_.violation) check_newcomers();
  if (!report_.violation) check_honesty();
  report_.drops = network_.counts().drops;
  report_.reorders = network_.counts().reorders;
  report_.late = network_.counts().late;
  report_.trace = trace_.finish().hex().substr(0, 16);
  return report_;
}

SimDevice& World::add_device() {
  const auto name = "home-" + std::to_string(scale_.seed) + "-" + std::to_string(devices_.size());
  devices_.push_back(std::make_unique<SimDevice>(name, random_.next(), clock_, scale_.plant));
  auto& device = *devices_.back();
  if (auto started = device.start(); !started) violate(name + " does not start: " + started.error().message());
  return device;
}

void World::note(std::string_view what, std::uint64_t number) {
  Writer writer;
  writer.u64(clock_.now()).block(as_bytes(what)).u64(number);
  trace_.update(writer.bytes());
}

void World::violate(std::string what) {
  if (!report_.violation) report_.violation = std::move(what);
}

SimDevice* World::by_connection(std::uint64_t connection) {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? nullptr : found->second;
}

void World::advance(std::uint64_t until) {
  while (!report_.violation) {
    const auto next = std::min(network_.next_time().value_or(UINT64_MAX), next_tick_);
    if (next > until) break;
    clock_.set(next);
    if (next_tick_ <= next) {
      next_tick_ += kTickMs;
      tick_all();
      continue;
    }
    // What arrives in the same moment is committed together.
    bool to_server = false;
    while (auto delivery = network_.next(clock_.now())) {
      to_server = to_server || delivery->to_server;
      deliver(*delivery);
      if (report_.violation) return;
    }
    if (to_server) settle_server();
  }
  clock_.set(until);
}

void World::deliver(const Delivery& delivery) {
  trace_.update(delivery.frame);
  note(delivery.to_server ? "up" : "down", delivery.connection);
  if (delivery.to_server) return server_->deliver(delivery);
  auto* device = by_connection(delivery.connection);
  if (device == nullptr || !device->is_up() || device->connection != delivery.connection) return;
  if (delivery.end) return lose_connection(*device);
  device->engine().received(delivery.frame);
  settle(*device);
}

// After anything happened to a device: its frames go out, its faults come out.
void World::settle(SimDevice& device) {
  if (!device.is_up()) return;
  if (device.disk().stopped()) {
    const auto reason = device.engine().wants_close();
    if (reason && reason->code == ErrorCode::io_failed) return crash(device, store::CrashKind::keep_some);
  }
  if (device.connection) {
    for (auto& frame : device.engine().take_frames()) network_.send(*device.connection, true, std::move(frame));
  }
  if (const auto reason = device.engine().wants_close()) {
    switch (reason->code) {
      case ErrorCode::io_failed:
        return crash(device, store::CrashKind::keep_some);
      case ErrorCode::disk_full:
      case ErrorCode::disconnected:
      case ErrorCode::server_busy:
      case ErrorCode::rate_limited:
        break;
      default:
        violate(device.name() + " closes the connection: " + reason->message());
    }
    note("closes", static_cast<std::uint64_t>(reason->code));
    if (device.connection) network_.cut(*device.connection);
    lose_connection(device);
  }
  take_events(device);
  tamper_after_traffic(device);
  if (device.trouble) violate(device.name() + ": " + *device.trouble);
}

void World::settle_server() {
  server_->flush();
  if (server_->is_up() && server_->disk().stopped() && !server_->disk_is_full) crash_server(store::CrashKind::keep_some);
  if (server_->trouble) violate(*server_->trouble);
}

void World::take_events(SimDevice& device) {
  for (const auto& event : device.engine().take_events()) {
    note("event", event.index());
    if (const auto* frozen = std::get_if<sync::Frozen>(&event)) {
      violate(device.name() + " froze: " + frozen->error.message());
    } else if (const auto* ignored = std::get_if<sync::BatchIgnored>(&event)) {
      // A server whose disk is full refuses one batch and may take the next: that one is passed over and comes again.
      if (server_was_full_ && ignored->error.code == ErrorCode::broken_chain) continue;
      violate(device.name() + " ignored record " + std::to_string(ignored->seq.value()) + ": " + ignored->error.message());
    } else if (const auto* refused = std::get_if<sync::JoinRefused>(&event)) {
      violate(device.name() + " was not let in: " + refused->error.message());
    } else if (std::holds_alternative<sync::Admitted>(event)) {
      ++report_.joins;
    } else if (const auto* closed = std::get_if<sync::Closed>(&event)) {
      device.was_removed = true;
      if (closed->left) ++report_.leaves;
    }
  }
}

void World::tick_all() {
  if (!server_->is_up() && server_up_at_ <= clock_.now()) {
    server_->start();
    note("server up");
    if (server_->trouble) violate(*server_->trouble);
  }
  if (server_->disk_is_full && server_->disk().stopped() && random_.chance(40)) server_->disk().resume();
  server_->tick();
  settle_server();
  for (auto& device : devices_) {
    if (!device->is_up() && device->up_at <= clock_.now()) {
      if (auto started = device->start(); !started) {
        if (started.error().code != ErrorCode::disk_full && started.error().code != ErrorCode::io_failed)
          return violate(device->name() + " does not start again: " + started.error().message());
        device->disk().resume();
        device->up_at = clock_.now() + kTickMs;
        continue;
      }
      note("device up");
      tamper_after_crash(*device);
    }
    if (!device->is_up()) continue;
    if (device->disk_is_full && device->disk().stopped() && random_.chance(40)) device->disk().resume();
    if (!device->space && !device->engine().spaces().empty()) device->space = space_;
    if (device->online && !device->connection && device->reconnect_at <= clock_.now() && device->space) connect(*device);
    device->engine().tick();
    settle(*device);
  }
}

void World::connect(SimDevice& device) {
  const auto connection = network_.connect();
  note("connect", connection);
  connections_[connection] = &device;
  device.connection = connection;
  device.engine().connected(SimServer::exporter_of(connection), "club.example");
  server_->accept(connection);
  settle_server();
}

void World::lose_connection(SimDevice& device) {
  if (device.connection) connections_.erase(*device.connection);
  device.connection.reset();
  device.reconnect_at = clock_.now() + (calm_ ? 100 : random_.between(100, 3000));
  if (device.is_up()) device.engine().disconnected();
}

void World::crash(SimDevice& device, store::CrashKind kind) {
  ++report_.crashes;
  note("crash", static_cast<std::uint64_t>(kind));
  if (device.connection) network_.cut(*device.connection);
  if (device.is_up()) take_events(device);
  lose_connection(device);
  device.crash(kind, random_.next());
  device.up_at = clock_.now() + (calm_ ? 0 : random_.between(0, 4000));
}

void World::crash_server(store::CrashKind kind) {
  ++report_.crashes;
  note("server crash", static_cast<std::uint64_t>(kind));
  server_->crash(kind, random_.next());
  server_up_at_ = clock_.now() + (calm_ ? 0 : random_.between(0, 4000));
}

Fate World::call(SimDevice& device, const std::function<Status(sync::Engine&)>& body) {
  const auto fate = device.call(body);
  note("call", static_cast<std::uint64_t>(fate));
  if (fate == Fate::died && device.is_up()) {
    crash(device, store::CrashKind::keep_some);
  } else {
    settle(device);
  }
  return fate;
}

}  // namespace muistio::simulation
