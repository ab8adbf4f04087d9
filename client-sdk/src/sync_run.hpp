// One sync of a home: moves frames between its engine and the network, and files, until nothing is left to do without a person.
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
  /// Begins to connect. Errors: invalid_state (no server is known), invalid_argument (its name or certificates).
  [[nodiscard]] static Result<std::unique_ptr<SyncRun>> begin(home::Home& home, const Clock& clock, const SyncOptions& options);
  ~SyncRun();

  /// Works for at most `most_ms` milliseconds. True when the run has ended.
  bool step(std::uint32_t most_ms);
  /// Ends it early, as if the network were gone.
  void stop();
  [[nodiscard]] SyncReport report();
  [[nodiscard]] SyncProgress progress() const;
  /// Makes a step that waits return. From any thread.
  void wake() noexcept { network_.wake(); }
  /// Whether documents, members or spaces changed since the last call.
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

 private:
  struct Moving {
    home::WantedTransfer wanted;
    transport::TransferId id = 0;  // 0: a ticket is asked for
    std::uint64_t offset = 0;
  };
  SyncRun(home::Home& home, const Clock& clock, const SyncOptions& options, transport::Network network, std::string host);
  void take_network_event(transport::Event event);
  void take_engine_events();
  void look_for_transfers();
  void give_up_transfer(AttachmentId attachment, const Error& error);
  void end(std::optional<Error> error);
  void note_waiting();

  home::Home& home_;
  const Clock& clock_;
  SyncOptions options_;
  transport::Network network_;
  std::string host_;  // empty: an address
  bool opened_ = false, ended_ = false, changed_ = false, looked_ = false, quiet_ = false, cleared_ = false;
  std::optional<Error> error_;
  MonotonicMs moved_at_;
  std::uint64_t moved_bytes_ = 0, ticked_at_ = 0;
  std::map<AttachmentId, Moving> moving_;
  std::map<AttachmentId, Error> not_moved_;
  std::map<SpaceId, std::pair<Seq, Seq>> logs_;
  std::uint64_t pushed_before_ = 0, pulled_before_ = 0;
  std::uint64_t material_total_ = 0, material_done_ = 0;
  std::vector<std::string> said_;
  std::vector<Waiting> waiting_;
};

}  // namespace muistio
