// The simulated world: homes, the server, the network, and people who do things at the worst moment. All of it follows from the
// seed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "device.hpp"
#include "muistio/crypto/hash.hpp"
#include "network.hpp"
#include "server.hpp"

namespace muistio::simulation {

struct Scale {
  std::uint64_t seed = 1;
  std::uint64_t devices = 4;
  std::uint64_t steps = 150;
  Plant plant = Plant::none;
};

struct Report {
  std::uint64_t seed = 0;
  std::uint64_t edits = 0, commits = 0, conflicts = 0, removals = 0, crashes = 0, drops = 0, reorders = 0;
  std::uint64_t eras = 0;
  std::uint64_t joins = 0, leaves = 0, disk_fulls = 0, late = 0;
  std::string trace;                     // a hash over everything that was delivered and done
  std::optional<std::string> violation;  // what was wrong, if anything
};

class World {
 public:
  explicit World(const Scale& scale);
  ~World();
  [[nodiscard]] Report run();

 private:
  // world.cpp: time, delivery, processes
  SimDevice& add_device();
  void advance(std::uint64_t until);
  void deliver(const Delivery& delivery);
  void settle(SimDevice& device);
  void settle_server();
  void take_events(SimDevice& device);
  void tick_all();
  void connect(SimDevice& device);
  void lose_connection(SimDevice& device);
  void crash(SimDevice& device, store::CrashKind kind);
  void crash_server(store::CrashKind kind);
  Fate call(SimDevice& device, const std::function<Status(sync::Engine&)>& body);
  void note(std::string_view what, std::uint64_t number = 0);
  void violate(std::string what);
  SimDevice* by_connection(std::uint64_t connection);

  // people.cpp: what is done in a step
  void step();
  void someone_edits();
  void someone_crashes();
  void invite_and_join(SimDevice& joiner);
  void host_admits();
  void host_removes();
  void host_begins_era();
  void someone_leaves();
  void disk_trouble();
  void found_club();
  SimDevice* pick(bool (*fits)(SimDevice&));
  SimDevice* pick_member();
  [[nodiscard]] std::uint64_t members_now();
  [[nodiscard]] sync::HistoryPolicy history() const;

  // tampering.cpp: what the plants do to disks
  void tamper(SimDevice& device, const std::function<Status(store::Store&)>& body);
  void tamper_after_edit(SimDevice& device);
  void tamper_after_traffic(SimDevice& device);
  void tamper_after_crash(SimDevice& device);
  void tamper_at_the_end();

  // checks.cpp: after quiet
  void make_quiet();
  [[nodiscard]] bool all_quiet();
  void check_replicas();
  void check_kept();
  void check_removed();
  void check_newcomers();
  void check_honesty();

  /// Who wrote a word, for the documents of which era; nothing: that of the author's admission.
  struct Word {
    SimDevice* author = nullptr;
    std::optional<Era> era;
  };

  Scale scale_;
  SeededRandom random_;
  VirtualClock clock_;
  Network network_;
  std::unique_ptr<SimServer> server_;
  std::uint64_t server_up_at_ = 0, next_tick_ = 0;
  std::vector<std::unique_ptr<SimDevice>> devices_;
  std::map<std::uint64_t, SimDevice*> connections_;
  SimDevice* host_ = nullptr;
  std::optional<SpaceId> space_;
  bool calm_ = false, server_was_full_ = false;
  std::string spare_link_;  // good for one more
  std::uint64_t days_skipped_ = 0;

  /// What somebody was told is saved.
  std::map<std::string, Word> words_kept_;
  std::uint64_t last_word_ = 0;
  /// Members whose removal was decided and kept.
  std::set<MemberId> removals_decided_;

  crypto::Sha256 trace_;
  Report report_;
};

}  // namespace muistio::simulation
