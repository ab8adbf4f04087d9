// One connection of a home: moves frames between its engine and the network, and files, until nothing is left to do without a
// person, or for as long as it is to stay.
#pragma once

#include <map>
#include <memory>

#include "muistio/base/seams.hpp"
#include "muistio/client.hpp"
#include "muistio/home/home.hpp"
#include "muistio/transport/network.hpp"

namespace muistio {

/// Not thread-safe. The home must outlive it. Between two steps the home may be used for anything.
class SyncRun {
 public:
  /// Whether it ends when nothing is left to do, or stays connected until something fails.
  enum class Kind : std::uint8_t { once, staying };
  /// Begins to connect. Errors: invalid_state (no server is known), invalid_argument (its name or certificates).
  [[nodiscard]] static Result<std::unique_ptr<SyncRun>> begin(home::Home& home, const Clock& clock, const SyncOptions& options,
                                                              Kind kind);
  ~SyncRun();

  /// Works for at most `most_ms` milliseconds. True when the run has ended.
  bool step(std::uint32_t most_ms);
  /// Ends it early, as if the network were gone.
  void stop();
  [[nodiscard]] SyncReport report();
  [[nodiscard]] SyncProgress progress() const;
  /// Makes a step that waits return. From any thread.
  void wake() noexcept { network_.wake(); }
  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  /// Whether the server accepted the connection.
  [[nodiscard]] bool is_open() const noexcept { return opened_ && !ended_; }
  /// Whether nothing is left to do without a person.
  [[nodiscard]] bool is_in_step() const noexcept { return is_open() && quiet_ && moving_.empty() && network_.queued_bytes() == 0; }
  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
  /// What a person should know since the last call.
  [[nodiscard]] std::vector<std::string> take_said() { return std::exchange(said_, {}); }
  /// Whether documents, members or spaces changed since the last call.
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

 private:
  struct Moving {
    home::WantedTransfer wanted;
    transport::TransferId id = 0;  // 0: a ticket is asked for
    std::uint64_t offset = 0;
  };
  SyncRun(home::Home& home, const Clock& clock, const SyncOptions& options, Kind kind, transport::Network network,
          std::string host);
  void note_change();
  bool is_refused_for_long();
  void send_frames();
  void take_network_event(transport::Event event);
  void take_engine_events();
  void look_for_transfers();
  void begin_transfer(home::WantedTransfer wanted);
  void move_snapshot(Result<home::WantedTransfer> wanted);
  void give_up_transfer(AttachmentId attachment, const Error& error);
  void end(std::optional<Error> error);
  void note_waiting();

  home::Home& home_;
  const Clock& clock_;
  SyncOptions options_;
  Kind kind_;
  transport::Network network_;
  std::string host_;  // empty: an address
  bool opened_ = false, ended_ = false, changed_ = false, looks_ = true, quiet_ = false, cleared_ = false;
  std::optional<Error> error_;
  MonotonicMs moved_at_;
  std::optional<MonotonicMs> refused_since_;  // the server refuses what is sent, and took or gave nothing since
  std::uint64_t taken_ = 0, refusals_ = 0;    // as of the last look
  std::uint64_t moved_bytes_ = 0, ticked_at_ = 0, given_up_at_ = 0;
  std::uint64_t transfer_again_ms_;
  std::map<AttachmentId, Moving> moving_;
  std::map<AttachmentId, Error> not_moved_;
  std::map<SpaceId, std::pair<Seq, Seq>> logs_;
  std::uint64_t pushed_before_ = 0, pulled_before_ = 0;
  std::uint64_t material_total_ = 0, material_done_ = 0;
  std::vector<std::string> said_;
  std::vector<Waiting> waiting_;
};

}  // namespace muistio
