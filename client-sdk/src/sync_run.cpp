#include "sync_run.hpp"

#include <algorithm>

#include "muistio/sync/engine.hpp"

namespace muistio {
namespace {

constexpr std::size_t kTransfersMax = 3;
/// Frames up to this long are pings, pongs and acknowledgements without content: no progress by themselves.
constexpr std::size_t kIdleFrameBytesMax = 16;
constexpr std::uint64_t kTickMs = 1000;
/// A connection that stays tries again to move what it could not: soon at first, as who shared it may still be sending it.
constexpr std::uint64_t kTransferAgainMs = 2'000, kTransferAgainMaxMs = 60'000;

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

/// Whether a host is an address: then it is not what the server calls itself.
bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_snapshot(const home::WantedTransfer& wanted) { return wanted.material == DocumentId{}; }

bool stops_trust(ErrorCode code) {
  switch (code) {
    case ErrorCode::untrusted_server:
    case ErrorCode::frozen:
    case ErrorCode::log_fork:
    case ErrorCode::log_gap:
    case ErrorCode::log_rolled_back:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<std::unique_ptr<SyncRun>> SyncRun::begin(home::Home& home, const Clock& clock, const SyncOptions& options, Kind kind) {
  MUISTIO_TRY(auto url, home.server());
  if (url.empty()) return fail(ErrorCode::invalid_state, "no server is known: name one with init --server");
  MUISTIO_TRY(auto server, transport::parse_server(url));
  transport::Options network_options;
  network_options.server = server;
  MUISTIO_TRY(network_options.ca_pem, home.ca_pem());
  network_options.patience = {options.connect_ms, options.progress_ms};
  MUISTIO_TRY(auto network, transport::Network::make(std::move(network_options)));
  return std::unique_ptr<SyncRun>(
      new SyncRun(home, clock, options, kind, std::move(network), is_address(server.host) ? std::string() : server.host));
}

SyncRun::SyncRun(home::Home& home, const Clock& clock, const SyncOptions& options, Kind kind, transport::Network network,
                 std::string host)
    : home_(home),
      clock_(clock),
      options_(options),
      kind_(kind),
      network_(std::move(network)),
      host_(std::move(host)),
      moved_at_(clock.monotonic()),
      transfer_again_ms_(kTransferAgainMs) {
  const auto& counts = home_.engine().counts();
  pushed_before_ = counts.changes_pushed;
  pulled_before_ = counts.changes_pulled;
  refusals_ = counts.refusals;
  network_.open();
}

SyncRun::~SyncRun() { stop(); }

// Also what is to be asked of the server once more when it is quiet.
void SyncRun::note_change() {
  changed_ = looks_ = true;
  cleared_ = false;
}

void SyncRun::end(std::optional<Error> error) {
  if (ended_) return;
  ended_ = true;
  error_ = std::move(error);
  for (const auto& [attachment, moving] : moving_)
    if (is_snapshot(moving.wanted)) home_.snapshot_not_moved(moving.wanted);
  // What waits although all is done is asked while the engine is still connected.
  if (!error_) note_waiting();
  if (opened_) {
    if (!error_) network_.close(500);
    home_.engine().disconnected();
    take_engine_events();
  }
  // What came is the home's from here on, whatever happens to the power.
  if (auto kept = home_.engine().make_durable(); !kept && !error_) error_ = kept.error();
  if (auto kept = home_.keep_material_quota(); !kept && !error_) error_ = kept.error();
  if (error_) note_waiting();
}

void SyncRun::note_waiting() {
  if (auto waiting = home_.waiting()) waiting_ = std::move(*waiting);
}

void SyncRun::stop() { end(Error{ErrorCode::cancelled, "the sync was ended"}); }

bool SyncRun::step(std::uint32_t most_ms) {
  if (ended_) return true;
  auto& engine = home_.engine();
  if (opened_) send_frames();  // of calls made since the last step
  for (auto& event : network_.wait(engine.has_work() ? 0 : most_ms)) {
    take_network_event(std::move(event));
    if (ended_) return true;
  }
  if (engine.has_work()) {
    engine.go_on();
    moved_at_ = clock_.monotonic();
  }
  if (!opened_) return false;
  if (const auto now = clock_.monotonic().value(); now >= ticked_at_ + kTickMs) {
    ticked_at_ = now;
    engine.tick();
    if (auto kept = engine.make_durable(); !kept) {
      end(kept.error());
      return true;
    }
    if (kind_ == Kind::staying && !not_moved_.empty() && now >= given_up_at_ + transfer_again_ms_) {
      transfer_again_ms_ = std::min(transfer_again_ms_ * 2, kTransferAgainMaxMs);
      not_moved_.clear();
      looks_ = true;
    }
  }
  take_engine_events();
  quiet_ = engine.is_quiet();
  if (quiet_ && !cleared_) {
    cleared_ = true;
    if (auto asked = home_.send_deletions(); !asked)
      said_.push_back("files taken back stay at the server: " + asked.error().message());
  }
  if (quiet_ && options_.material) look_for_transfers();
  send_frames();
  if (auto reason = engine.wants_close()) {
    end(std::move(reason));
    return true;
  }
  if (is_in_step()) {
    if (kind_ == Kind::once) {
      end(std::nullopt);
      return true;
    }
    moved_at_ = clock_.monotonic();  // nothing is to move; a server that is gone does not answer the transport's pings
  }
  // What moved since the last look, but for frames that say nothing.
  if (const auto moved = network_.counts().moved_bytes; moved > moved_bytes_) {
    moved_bytes_ = moved;
    moved_at_ = clock_.monotonic();
  }
  if (clock_.monotonic().value() - moved_at_.value() >= options_.progress_ms) end(Error{ErrorCode::timed_out, "nothing moved"});
  if (is_refused_for_long()) end(Error{ErrorCode::server_busy, "it refuses what is sent; everything is kept for the next sync"});
  return ended_;
}

// What is refused and sent again moves bytes, but it is no progress.
bool SyncRun::is_refused_for_long() {
  const auto& counts = home_.engine().counts();
  const auto now = clock_.monotonic();
  if (const auto taken = counts.batches_accepted + counts.commits_merged + counts.records_pulled; taken != taken_) {
    taken_ = taken;
    refused_since_.reset();
  } else if (counts.refusals != refusals_ && !refused_since_) {
    refused_since_ = now;
  }
  refusals_ = counts.refusals;
  return refused_since_ && now.value() - refused_since_->value() >= options_.progress_ms;
}

void SyncRun::send_frames() {
  for (auto& frame : home_.engine().take_frames()) {
    if (frame.size() <= kIdleFrameBytesMax) moved_bytes_ += frame.size();
    network_.send(std::move(frame));
  }
}

void SyncRun::take_network_event(transport::Event event) {
  auto& engine = home_.engine();
  std::visit(Overloaded{
                 [&](transport::Opened& opened) {
                   opened_ = true;
                   moved_at_ = clock_.monotonic();
                   engine.connected(wire::TlsExporter(opened.tls_exporter), host_);
                 },
                 [&](transport::FrameReceived& frame) {
                   if (frame.bytes.size() <= kIdleFrameBytesMax) moved_bytes_ += frame.bytes.size();
                   engine.received(frame.bytes);
                 },
                 [&](transport::Closed& closed) {
                   if (auto reason = engine.wants_close()) closed.error = *reason;
                   end(std::move(closed.error));
                 },
                 [&](transport::TransferMoved& moved) {
                   moved_at_ = clock_.monotonic();
                   refused_since_.reset();
                   for (auto& [attachment, moving] : moving_) {
                     if (moving.id != moved.id || moved.offset < moving.offset) continue;
                     material_done_ += moved.offset - moving.offset;
                     moving.offset = moved.offset;
                   }
                 },
                 [&](transport::TransferEnded& ended) {
                   const auto found =
                       std::find_if(moving_.begin(), moving_.end(), [&](auto& each) { return each.second.id == ended.id; });
                   if (found == moving_.end()) return;
                   const auto attachment = found->first;
                   const auto wanted = found->second.wanted;
                   if (!ended.result) {
                     give_up_transfer(attachment, ended.result.error());
                     return;
                   }
                   moving_.erase(found);
                   transfer_again_ms_ = kTransferAgainMs;
                   note_change();
                   if (is_snapshot(wanted)) {
                     static_cast<void>(home_.snapshot_moved(wanted));
                     return;
                   }
                   if (auto kept = home_.transfer_done(wanted); !kept) give_up_transfer(attachment, kept.error());
                 },
             },
             event);
}

void SyncRun::give_up_transfer(AttachmentId attachment, const Error& error) {
  if (const auto found = moving_.find(attachment); found != moving_.end() && is_snapshot(found->second.wanted)) {
    const auto wanted = found->second.wanted;
    moving_.erase(found);
    home_.snapshot_not_moved(wanted);
    return note_change();
  }
  moving_.erase(attachment);
  not_moved_.emplace(attachment, error);
  given_up_at_ = clock_.monotonic().value();
  note_change();  // there is room for the next
}

void SyncRun::look_for_transfers() {
  if (moving_.size() >= kTransfersMax || !looks_) return;
  auto wanted = home_.wanted_transfers();
  if (!wanted) {
    end(wanted.error());
    return;
  }
  looks_ = false;
  for (auto& each : *wanted) {
    if (moving_.size() >= kTransfersMax) return;
    if (moving_.contains(each.attachment) || not_moved_.contains(each.attachment)) continue;
    begin_transfer(std::move(each));
  }
}

void SyncRun::begin_transfer(home::WantedTransfer wanted) {
  const bool up = wanted.direction == home::WantedTransfer::Direction::up;
  auto asked = home_.engine().request_ticket(wanted.space, wanted.attachment, up ? wire::TicketMode::write : wire::TicketMode::read,
                                             up ? wanted.size_bytes : 0);
  if (!asked) {
    if (is_snapshot(wanted)) return home_.snapshot_not_moved(wanted);
    not_moved_.emplace(wanted.attachment, asked.error());
    return;
  }
  material_total_ += wanted.size_bytes;
  material_done_ += wanted.have_bytes;
  const auto have = wanted.have_bytes;
  moving_.emplace(wanted.attachment, Moving{std::move(wanted), 0, have});
}

// What cannot be made or fetched is no loss: the log has it all.
void SyncRun::move_snapshot(Result<home::WantedTransfer> wanted) {
  if (wanted) begin_transfer(std::move(*wanted));
}

void SyncRun::take_engine_events() {
  for (auto& event : home_.engine().take_events()) {
    std::visit(
        Overloaded{
            [&](sync::DocumentsChanged&) { note_change(); },
            [&](sync::Admitted&) { note_change(); },
            [&](sync::MembersChanged&) { note_change(); },
            [&](sync::Unfrozen&) { note_change(); },
            [&](sync::JoinRefused& refused) {
              note_change();
              said_.push_back("joining " + refused.space.hex() + " did not work: " + refused.error.message());
            },
            [&](sync::JoinRequestWaiting& waiting) {
              said_.push_back("somebody asks to join: admit " + waiting.space.hex() + " " + waiting.request.hex());
            },
            [&](sync::DeviceAsked& asked) {
              said_.push_back(asked.is_given ? "the new device has become yours"
                                             : "a new device asks to become yours. If it shows " + asked.code +
                                                   " too, say: device confirm " + asked.code + "; if not, make a new link");
            },
            [&](sync::HostOffered& offered) {
              said_.push_back("a host offers the role to whoever takes it: host take " + offered.space.hex());
            },
            [&](sync::NewcomerAsked& asked) {
              note_change();
              said_.push_back("a host asks the members about somebody who would join: newcomer list " + asked.space.hex());
            },
            [&](sync::LinkCode& code) {
              said_.push_back("this home asks to become a device of yours: confirm " + code.code +
                              " on the other one, if it shows the same");
            },
            [&](sync::Linked&) {
              note_change();
              said_.push_back("this home is a device of yours now; the other device lets it into the rest at its next sync");
            },
            [&](sync::OldBox&) {
              said_.push_back("the server gave an older recovery box than the newest: what was written last may be missing");
            },
            [&](sync::Rejoining& rejoining) {
              note_change();
              said_.push_back("this home is an older or a second copy in " + rejoining.space.hex() +
                              ": it asks to be let in again as another device; nothing that was written here is lost");
            },
            [&](sync::Closed& closed) {
              note_change();
              if (!closed.left) said_.push_back("you are no longer in " + closed.space.hex() + "; what is here stays readable");
            },
            [&](sync::Frozen& frozen) {
              note_change();
              said_.push_back("trust stopped for " + frozen.space.hex() + ": " + frozen.error.message() +
                              "; what is here stays readable and nothing is sent");
            },
            [&](sync::PutBack& back) {
              note_change();
              said_.push_back(
                  "the server had lost " + std::to_string(back.records) + " records of " + back.space.hex() +
                  " and has them again from here" +
                  (back.removals == 0 ? std::string() : ", the removal of " + std::to_string(back.removals) + " among them") +
                  "; writing goes on when a host says so: seal reopen " + back.space.hex());
            },
            [&](sync::Refused& refused) { said_.push_back("given up in " + refused.space.hex() + ": " + refused.error.message()); },
            [&](sync::BatchIgnored& ignored) {
              said_.push_back("record " + std::to_string(ignored.seq.value()) + " of " + ignored.space.hex() +
                              (ignored.device == DeviceId{} ? "" : " by device " + ignored.device.hex()) +
                              " does not count: " + ignored.error.message());
            },
            [&](sync::Progress& progress) {
              logs_[progress.space] = {progress.cursor, progress.head};
            },
            [&](sync::TicketGranted& granted) {
              const auto found = moving_.find(granted.attachment);
              if (found == moving_.end() || found->second.id != 0) return;
              auto& wanted = found->second.wanted;
              transport::Transfer transfer{wanted.space, wanted.attachment, granted.ticket.token.array(), wanted.file,
                                           wanted.size_bytes};
              found->second.id = wanted.direction == home::WantedTransfer::Direction::up ? network_.upload(std::move(transfer))
                                                                                         : network_.download(std::move(transfer));
            },
            [&](sync::SnapshotDue& due) { move_snapshot(home_.snapshot_due(due)); },
            [&](sync::SnapshotOffered& offered) {
              if (!options_.snapshots) return home_.engine().refuse_snapshot(offered.space, offered.era);
              move_snapshot(home_.snapshot_offered(offered));
            },
            [&](sync::SnapshotChecked& checked) {
              note_change();
              if (checked.agrees) return;
              said_.push_back("the snapshot of " + checked.space.hex() + " that device " + checked.device.hex() + " of member " +
                              checked.maker.hex() + " made does not agree with the log; what is shown now is the log's");
            },
            [&](sync::TicketRefused& refused) { give_up_transfer(refused.attachment, refused.error); },
        },
        event);
  }
}

SyncProgress SyncRun::progress() const {
  SyncProgress progress;
  for (const auto& [space, places] : logs_) {
    progress.records_done += places.first.value();
    progress.records_total += places.second.value();
  }
  progress.material_done = material_done_;
  progress.material_total = material_total_;
  for (const auto& space : home_.engine().spaces()) progress.unsent += space.unsent;
  return progress;
}

SyncReport SyncRun::report() {
  SyncReport report;
  const auto& counts = home_.engine().counts();
  report.pushed = counts.changes_pushed - pushed_before_;
  report.pulled = counts.changes_pulled - pulled_before_;
  report.up_bytes = network_.counts().up_bytes;
  report.down_bytes = network_.counts().down_bytes;
  report.said = std::move(said_);
  report.error = error_;
  if (!not_moved_.empty() && !report.error)
    report.said.push_back("an attachment was not moved: " + not_moved_.begin()->second.message());
  report.waiting = std::move(waiting_);
  const auto waits_for = [&](std::string_view why) {
    return std::any_of(report.waiting.begin(), report.waiting.end(), [&](const auto& each) { return each.why == why; });
  };
  if (waits_for("frozen") || (report.error && stops_trust(report.error->code))) {
    report.end = SyncEnd::stopped;
    if (!report.error) {
      for (const auto& space : home_.engine().spaces())
        if (!space.trusted) report.error = space.why_frozen.value_or(Error{ErrorCode::frozen, {}});
    }
    return report;
  }
  // What waits for a person here is no reason to say that the sync did not do its work.
  const bool all_done = std::all_of(report.waiting.begin(), report.waiting.end(), [&](const auto& each) {
    return each.why == "admit" || each.why == "agreement" || each.why == "compare" || (each.why == "material" && !options_.material);
  });
  report.end = report.error || !all_done ? SyncEnd::waiting : SyncEnd::done;
  return report;
}

}  // namespace muistio
