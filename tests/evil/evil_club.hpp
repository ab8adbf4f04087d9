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
  explicit EvilClub(std::size_t members, HistoryPolicy history = HistoryPolicy::all) : Club(members, history) { sync_all(); }

  /// From here on the server lies in this way.
  void begin(Attack attack, Known known = {}) {
    server.stop();
    honest_ = *server.disk.contents("log");
    AtRest at_rest;
    at_rest.logs = doctor_log("log", server.disk.name(), attack).value();
    if (attack == Attack::fork_members) {
      server.disk.set_contents("fork", *server.disk.contents("log"));
      other_ = server::SqliteLog::open({"fork", server.disk.name()}).value();
    }
    server.start();
    lying_ =
        std::make_unique<EvilLog>(*server.log, other_.get(), attack, server.random, clock, std::move(at_rest), std::move(known));
    server.engine = std::make_unique<server::Engine>(*lying_, clock, server.random);
  }
  /// What the lies amounted to; the server is honest again, with whatever is in its log.
  Damage end() {
    const auto damage = lying_->damage();
    server.engine.reset();
    lying_.reset();
    other_.reset();
    server.stop();
    server.start();
    return damage;
  }
  /// After `end`: the server has again the log that it had before it lied.
  void put_log_back() {
    server.stop();
    for (const auto& file : server.disk.files()) server.disk.remove(file);
    server.disk.set_contents("log", honest_);
    server.start();
  }
  /// The server logs a record for whoever has access: it does not ask who made the bytes.
  void log_record(const wire::AuthKey& key, const wire::Record& record) {
    const auto encoded = wire::encode_record(record).value();
    const auto last = server.log->state(space)->last_handshake_seq;
    REQUIRE(lying_->begin());
    REQUIRE(lying_->append(space, key, last, encoded, record, 1u << 30));
    REQUIRE(lying_->commit());
  }
  [[nodiscard]] const EvilLog& lies() const { return *lying_; }
  SpaceSummary of(Home& home) { return home.engine->space(space).value(); }
  /// The log's hash as a device holds it.
  Hash hash_of(Home& home) { return space::MeetingSeal::parse(home.engine->seal(space).value())->log_hash; }
  std::size_t members_of(Home& home) { return home.engine->members(space)->size(); }

 private:
  std::unique_ptr<server::SqliteLog> other_;
  std::unique_ptr<EvilLog> lying_;
  Bytes honest_;
};

}  // namespace muistio::evil::test
