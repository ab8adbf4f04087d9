#include "server.hpp"

#include "planted_log.hpp"

namespace muistio::simulation {

namespace {
constexpr const char* kServerName = "club.example";
}

SimServer::SimServer(std::string disk_name, std::uint64_t seed, VirtualClock& clock, Network& network, Plant plant)
    : disk_(std::move(disk_name)), random_(seed), clock_(clock), network_(network), plant_(plant) {
  if (plant == Plant::server_acks_before_disk) disk_.ignore_syncs(true);
}

SimServer::~SimServer() {
  engine_.reset();
  log_.reset();
}

void SimServer::start() {
  auto opened = server::SqliteLog::open({"log", disk_.name()});
  if (!opened) {
    trouble = "the server's log does not open: " + opened.error().message();
    return;
  }
  log_ = std::move(opened).value();
  if (plant_ != Plant::none) log_ = std::make_unique<PlantedLog>(std::move(log_), plant_, random_);
  engine_ = std::make_unique<server::Engine>(*log_, clock_, random_);
}

void SimServer::crash(store::CrashKind kind, std::uint64_t seed) {
  disk_.crash(kind, seed);
  engine_.reset();
  log_.reset();
  connections_.clear();
  network_.cut_all();
}

wire::TlsExporter SimServer::exporter_of(std::uint64_t connection) {
  wire::TlsExporter exporter;
  SeededRandom(connection).fill(exporter.mutable_array());
  return exporter;
}

void SimServer::accept(std::uint64_t connection) {
  if (!is_up()) return network_.close_by_server(connection);
  connections_.insert(connection);
  engine_->on_open(server::ConnectionId(connection), exporter_of(connection), kServerName);
}

void SimServer::deliver(const Delivery& delivery) {
  if (!is_up() || !connections_.contains(delivery.connection)) return;
  const server::ConnectionId id(delivery.connection);
  if (delivery.end) {
    connections_.erase(delivery.connection);
    engine_->on_closed(id);
  } else {
    engine_->on_frame(id, delivery.frame);
  }
}

void SimServer::tick() {
  if (is_up()) engine_->on_tick();
}

void SimServer::flush() {
  while (is_up() && engine_->has_work()) {
    const auto outputs = engine_->flush();
    if (disk_.stopped() && !disk_is_full) return;  // the world decides what becomes of it; what was answered is refusals
    for (const auto& output : outputs) {
      const auto connection = output.connection.value();
      if (output.frame) {
        network_.send(connection, false, *output.frame);
        engine_->on_sent(output.connection, output.frame->size());
      }
      if (output.close) {
        network_.close_by_server(connection);
        connections_.erase(connection);
        engine_->on_closed(output.connection);
      }
    }
  }
}

}  // namespace muistio::simulation
