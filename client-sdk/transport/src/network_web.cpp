// The network of a client in a browser: the Worker's JavaScript has the WebSocket and the fetches, and this file their state. What
// happens comes in through web.hpp, and is handed out by `wait`, which never waits.
#include "muistio/transport/network.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include "muistio/transport/web.hpp"

namespace muistio::transport {
namespace {

using Clock = std::chrono::steady_clock;

struct Moving {
  bool is_upload = false;
  std::uint64_t size_bytes = 0;
  Clock::time_point moved_at;
};

}  // namespace

struct Network::Impl final : web::Listener {
  explicit Impl(Options given) : options(std::move(given)) {}
  ~Impl() override { web::forget(*this); }

  Options options;
  std::vector<Event> events;
  Counts counts;
  bool connecting = false, open = false;
  Clock::time_point give_up_at;
  std::map<TransferId, Moving> transfers;
  TransferId last_transfer = 0;

  void opened(const std::array<std::uint8_t, 32>& binding) override {
    if (!connecting) return;
    connecting = false;
    open = true;
    events.push_back(Opened{binding});
  }
  void received(BytesView frame) override {
    if (!open) return;
    counts.down_bytes += frame.size();
    counts.moved_bytes += frame.size();
    if (frame.size() > options.frame_bytes_max) {
      web::close();
      return closed({ErrorCode::too_large, "the server sent a frame beyond the limit"});
    }
    events.push_back(FrameReceived{to_bytes(frame)});
  }
  void closed(Error error) override {
    if (!connecting && !open) return;
    connecting = open = false;
    events.push_back(Closed{std::move(error)});
  }
  void moved(std::uint64_t id, std::uint64_t offset, std::uint64_t count) override {
    const auto found = transfers.find(id);
    if (found == transfers.end()) return;
    found->second.moved_at = Clock::now();
    (found->second.is_upload ? counts.up_bytes : counts.down_bytes) += count;
    counts.moved_bytes += count;
    events.push_back(TransferMoved{id, offset});
  }
  void ended(std::uint64_t id, Status result) override {
    if (transfers.erase(id) != 0) events.push_back(TransferEnded{id, std::move(result)});
  }

  TransferId begin(const Transfer& transfer, bool is_upload) {
    const auto id = ++last_transfer;
    transfers[id] = {is_upload, transfer.size_bytes, Clock::now()};
    web::move(id, is_upload, options.server, transfer);
    return id;
  }

  void check_deadlines() {
    const auto now = Clock::now();
    if (connecting && now >= give_up_at) {
      web::close();
      closed({ErrorCode::timed_out, "connecting"});
    }
    std::vector<TransferId> late;
    for (const auto& [id, moving] : transfers)
      if (now >= moving.moved_at + std::chrono::milliseconds(options.patience.progress_ms)) late.push_back(id);
    for (const auto id : late) {
      web::give_up(id);
      ended(id, fail(ErrorCode::timed_out, "moving an attachment"));
    }
  }
};

Network::Network(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

Network::~Network() {
  if (!impl_) return;
  for (const auto& [id, moving] : impl_->transfers) web::give_up(id);
  if (impl_->connecting || impl_->open) web::close();
}

// Whom to believe is the browser's to say.
Result<Network> Network::make(Options options) { return Network(std::make_shared<Impl>(std::move(options))); }

void Network::open() {
  if (impl_->connecting || impl_->open) return;
  impl_->connecting = true;
  impl_->give_up_at = Clock::now() + std::chrono::milliseconds(impl_->options.patience.connect_ms);
  web::open(*impl_, impl_->options.server);
}

void Network::send(Bytes frame) {
  if (!impl_->open) return;
  impl_->counts.up_bytes += frame.size();
  impl_->counts.moved_bytes += frame.size();
  web::send(frame);
}

std::size_t Network::queued_bytes() const noexcept { return impl_->open ? web::queued_bytes() : 0; }

void Network::close(std::uint32_t /*most_ms*/) {
  if (!impl_->connecting && !impl_->open) return;
  web::close();
  impl_->closed({ErrorCode::disconnected, "closed by us"});
}

TransferId Network::upload(Transfer transfer) { return impl_->begin(transfer, true); }
TransferId Network::download(Transfer transfer) { return impl_->begin(transfer, false); }

std::vector<Event> Network::wait(std::uint32_t /*most_ms*/) {
  impl_->check_deadlines();
  return std::exchange(impl_->events, {});
}

void Network::wake() noexcept {}

Network::Counts Network::counts() const noexcept { return impl_->counts; }

}  // namespace muistio::transport
