// A club whose server begins to lie, and may stop again.
#pragma once

#include "../unit/sync/support.hpp"
#include "doctor.hpp"
#include "evil_log.hpp"
#include "muistio/space/seal.hpp"
#include "plants.hpp"

namespace muistio::evil::test {

using namespace muistio::sync;
using namespace muistio::sync::test;

class EvilClub : public Club {
 public:
  explicit EvilClub(std::size_t members) : Club(members) { sync_all(); }

  /// From here on the server lies in this way.
  void begin(Attack attack) {
    server.stop();
    const auto damage = doctor_log("log", server.disk.name(), attack);
    REQUIRE(damage);
    at_rest_ = *damage;
    if (attack == Attack::fork_members) {
      for (const auto& file : server.disk.files())
        if (file == "log") server.disk.set_contents("fork", *server.disk.contents(file));
      other_ = server::SqliteLog::open({"fork", server.disk.name()}).value();
    }
    server.start();
    lying_ = std::make_unique<EvilLog>(*server.log, other_.get(), attack, server.random, clock);
    server.engine = std::make_unique<server::Engine>(*lying_, clock, server.random);
  }
  /// What the lies amounted to; the server is honest again, with whatever is in its log.
  Damage end() {
    auto damage = at_rest_;
    damage.records += lying_->damage().records;
    damage.bytes += lying_->damage().bytes;
    server.engine.reset();
    lying_.reset();
    other_.reset();
    server.stop();
    server.start();
    return damage;
  }
  SpaceSummary of(Home& home) { return home.engine->space(space).value(); }
  /// The log's hash as a device holds it.
  Hash hash_of(Home& home) { return space::MeetingSeal::parse(home.engine->seal(space).value())->log_hash; }
  std::size_t members_of(Home& home) { return home.engine->members(space)->size(); }

 private:
  std::unique_ptr<server::SqliteLog> other_;
  std::unique_ptr<EvilLog> lying_;
  Damage at_rest_;
};

}  // namespace muistio::evil::test
