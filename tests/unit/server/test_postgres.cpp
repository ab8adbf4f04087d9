// Several servers over one PostgreSQL, and a PostgreSQL that goes away.
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "log_fixture.hpp"
#include "muistio/server/postgres_log.hpp"
#include "postgres_server.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;
using namespace muistio::server::test;
using muistio::test::PostgresServer;
using namespace std::chrono_literals;

std::unique_ptr<PostgresLog> open_log(const std::string& database, std::uint64_t server) {
  return PostgresLog::open({database, server}).value();
}

/// What a listener heard.
struct Heard {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<SpaceId> spaces;
  int missed = 0;

  void take(std::optional<SpaceId> space) {
    const std::lock_guard lock(mutex);
    if (space)
      spaces.push_back(*space);
    else
      ++missed;
    changed.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 15s, condition);
  }
};

/// Two servers on one database, each with one client in the same space.
struct TwoServers {
  explicit TwoServers(EngineOptions options = {})
      : database(PostgresServer::shared().new_database()),
        log_a(open_log(database, 1)),
        log_b(open_log(database, 2)),
        a(options, log_a.get()),
        b(options, log_b.get()),
        key(a.new_key()),
        space(a.new_space()),
        at_a(a.connect()),
        at_b(b.connect()) {
    as<wire::SpaceOpened>(at_a.ask(at_a.create(space, key)));
    as<wire::SpaceOpened>(at_b.ask(at_b.open(space, key)));
    as<wire::Done>(at_b.ask(wire::Subscribe{space, Seq(1)}));
  }
  std::string database;
  std::unique_ptr<PostgresLog> log_a, log_b;
  Harness a, b;
  crypto::SigningKey key;
  SpaceId space;
  Client &at_a, &at_b;
};

}  // namespace

TEST_CASE("what one server appends is pushed by the other when the notice comes") {
  TwoServers two;
  Heard heard;
  PostgresListener listener({two.database, 2}, [&](std::optional<SpaceId> space) { heard.take(space); });
  REQUIRE(heard.wait([&] { return heard.missed == 1; }));
  as<wire::Appended>(two.at_a.ask(wire::Append{two.space, Seq(0), content({1})}));
  REQUIRE(heard.wait([&] { return !heard.spaces.empty(); }));
  CHECK(heard.spaces == std::vector<SpaceId>{two.space});
  CHECK(two.at_b.take_pushed().empty());
  two.b.engine->on_changed(two.space);
  two.b.flush();
  const auto pushed = two.at_b.take_pushed();
  REQUIRE(pushed.size() == 1);
  CHECK(pushed[0].records == std::vector<Bytes>{content({1})});
  // A server's own notices come back to it too, and are passed over.
  as<wire::Appended>(two.at_b.ask(wire::Append{two.space, Seq(0), content({2})}));
  as<wire::Appended>(two.at_a.ask(wire::Append{two.space, Seq(0), content({3})}));
  REQUIRE(heard.wait([&] { return heard.spaces.size() >= 2; }));
  CHECK(heard.spaces.size() == 2);
}

TEST_CASE("what no notice told of is found by asking now and then") {
  EngineOptions options;
  options.poll_ms = 5000;
  TwoServers two(options);
  two.b.engine->on_tick();
  as<wire::Appended>(two.at_a.ask(wire::Append{two.space, Seq(0), content({1})}));
  two.b.clock.advance(4999);
  two.b.engine->on_tick();
  two.b.flush();
  CHECK(two.at_b.take_pushed().empty());
  two.b.clock.advance(1);
  two.b.engine->on_tick();
  two.b.flush();
  CHECK(two.at_b.take_pushed().size() == 1);
  two.b.clock.advance(5000);
  two.b.engine->on_tick();  // nothing is new: nothing is pushed twice
  two.b.flush();
  CHECK(two.at_b.take_pushed().empty());
  // After a lost listener it asks at once.
  as<wire::Appended>(two.at_a.ask(wire::Append{two.space, Seq(0), content({2})}));
  two.b.engine->on_missed();
  two.b.engine->on_tick();
  two.b.flush();
  CHECK(two.at_b.take_pushed().size() == 1);
}

TEST_CASE("of two servers that append a handshake at once one is refused, and each order of many spaces ends") {
  const auto database = PostgresServer::shared().new_database();
  Fixture f;
  std::vector<SpaceId> spaces;
  {
    const auto log = open_log(database, 1);
    for (int i = 0; i < 8; ++i) {
      f.space = f.random.make<SpaceId>();
      f.begin_space(*log);
      spaces.push_back(f.space);
    }
    std::sort(spaces.begin(), spaces.end());
  }
  // Each server takes all spaces in one transaction, in an order of its own; `prepare` keeps them from waiting for each other.
  std::mutex mutex;
  int taken = 0, stale = 0, failed = 0;
  const auto work = [&](std::uint64_t server) {
    const auto log = open_log(database, server);
    std::mt19937 order(static_cast<std::uint32_t>(server));
    for (std::uint8_t round = 1; round <= 20; ++round) {
      auto mine = spaces;
      std::shuffle(mine.begin(), mine.end(), order);
      const auto record = handshake({static_cast<std::uint8_t>(server), round});
      const auto decoded = wire::decode_record(record).value();
      int taken_now = 0, stale_now = 0;
      bool good = log->begin().has_value() && log->prepare(spaces, WallMs(1)).has_value();
      for (const auto& space : mine) {
        if (!good) break;
        const auto placed = log->append(space, f.key, Seq(round - 1u), record, decoded, kAny);
        if (placed)
          ++taken_now;
        else if (placed.error().code == ErrorCode::stale_handshake)
          ++stale_now;
        else
          good = false;
      }
      good = good && log->commit().has_value();
      if (!good) log->rollback();
      const std::lock_guard lock(mutex);
      taken += good ? taken_now : 0;
      stale += good ? stale_now : 0;
      failed += good ? 0 : 1;
    }
  };
  std::thread one(work, 1), two(work, 2), three(work, 3);
  one.join();
  two.join();
  three.join();
  CHECK(failed == 0);
  CHECK(taken + stale == 3 * 20 * 8);
  const auto log = open_log(database, 4);
  std::uint64_t heads = 0;
  for (const auto& space : spaces) heads += log->state(space)->head.value();
  CHECK(heads == static_cast<std::uint64_t>(taken));
  CHECK(taken < 3 * 20 * 8);  // at the least, somebody was refused
  CHECK(check_log(*log));
}

TEST_CASE("a database that is stopped at once and started again has all that was acknowledged, and its servers go on") {
  PostgresServer own;
  const auto database = own.new_database();
  Fixture f;
  const auto log = open_log(database, 1);
  Harness harness({}, log.get());
  auto& client = harness.connect();
  const auto key = harness.new_key();
  const auto space = harness.new_space();
  Heard heard;
  PostgresListener listener({database, 2}, [&](std::optional<SpaceId> changed) { heard.take(changed); });
  REQUIRE(heard.wait([&] { return heard.missed == 1; }));
  as<wire::SpaceOpened>(client.ask(client.create(space, key)));
  as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content({1})}));
  own.stop_at_once();
  CHECK(refusal(client.ask(wire::Append{space, Seq(0), content({2})})) == ErrorCode::server_busy);
  CHECK(refusal(client.ask(wire::Fetch{space, Seq(1), 0})) == ErrorCode::server_busy);
  own.start();
  std::this_thread::sleep_for(300ms);  // the pause between two attempts
  const auto place = as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content({2})}));
  CHECK(place.seq == Seq(2));
  CHECK(as<wire::Records>(client.ask(wire::Fetch{space, Seq(1), 0})).records == std::vector<Bytes>{content({1}), content({2})});
  CHECK(heard.wait([&] { return heard.missed == 2; }));
  as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content({3})}));
  CHECK(heard.wait([&] { return !heard.spaces.empty() && heard.spaces.back() == space; }));
}

TEST_CASE("who appends while the connection is lost in the very commit is told nothing, and finds it out by asking again") {
  const auto database = PostgresServer::shared().new_database();
  const auto log = open_log(database, 1);
  Harness harness({}, log.get());
  auto& client = harness.connect();
  auto& other = harness.connect();
  const auto key = harness.new_key();
  const auto space = harness.new_space();
  as<wire::SpaceOpened>(client.ask(client.create(space, key)));
  PostgresServer::shared().run(
      database,
      "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
      "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON "
      "records DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut();");
  client.send(wire::Append{space, Seq(0), content({1})});
  harness.flush();
  REQUIRE(client.goodbye);
  CHECK(static_cast<ErrorCode>(client.goodbye->code) == ErrorCode::server_busy);
  CHECK(client.closed);
  CHECK_FALSE(other.closed);  // who asked nothing is left alone
  PostgresServer::shared().run(database, "DROP TRIGGER cut ON records");
  auto& again = harness.connect();
  as<wire::SpaceOpened>(again.ask(again.open(space, key)));
  CHECK(as<wire::Appended>(again.ask(wire::Append{space, Seq(0), content({1})})).seq == Seq(1));
}

TEST_CASE("attachments in the database grow at their end only, resume, and go with what they belong to") {
  const auto database = PostgresServer::shared().new_database();
  Fixture f;
  const auto log = open_log(database, 1);
  f.begin_space(*log);
  const auto store = open_postgres_attachments({database, 1}).value();
  const auto second = open_postgres_attachments({database, 2}).value();
  TicketGrant grant{f.space, f.random.make<AttachmentId>(), wire::TicketMode::write, 200'000, WallMs(0)};
  std::vector<char> bytes(200'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 >> 3);
  const std::span<const char> all(bytes);
  std::uint64_t held = 9;
  {
    // One that was never reserved takes nothing.
    auto upload = store->begin_upload(grant, 0, held);
    REQUIRE(upload);
    CHECK((*upload)->write(all.first(10)).error().code == ErrorCode::bad_range);
  }
  REQUIRE(log->begin());
  REQUIRE(log->reserve_attachment(f.space, grant.attachment, grant.size, kAny));
  REQUIRE(log->commit());
  auto upload = store->begin_upload(grant, 0, held).value();
  REQUIRE(upload->write(all.first(150'000)));
  CHECK_FALSE(store->open(grant));
  CHECK(second->begin_upload(grant, 0, held).error().code == ErrorCode::bad_range);
  CHECK(held == 150'000);
  auto resumed = second->begin_upload(grant, 150'000, held).value();
  REQUIRE(resumed->write(all.subspan(150'000, 10'000)));
  CHECK(upload->write(all.subspan(150'000, 10'000)).error().code == ErrorCode::bad_range);  // the older one was overtaken
  REQUIRE(resumed->write(all.subspan(160'000)));
  CHECK(resumed->write(all.first(1)).error().code == ErrorCode::too_large);
  REQUIRE(resumed->finish());
  auto download = store->open(grant).value();
  std::vector<char> read;
  std::vector<char> piece(30'000);
  while (read.size() < bytes.size()) {
    const auto count = download->read_at(read.size(), piece).value();
    read.insert(read.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
  }
  CHECK(read == bytes);
  CHECK(download->read_at(199'999, piece).value() == 1);
  CHECK_FALSE(download->read_at(200'000, piece));
  REQUIRE(store->remove(f.space, grant.attachment));
  CHECK(store->held(f.space, grant.attachment).value() == 0);
  CHECK_FALSE(store->open(grant));
}

namespace {

/// Whether `word` lies in any file under `folder` whose path holds `part`.
bool lies_in_files(const std::filesystem::path& folder, const std::string& part, const std::string& word) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().string().find(part) == std::string::npos) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(in)), {});
    if (whole.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("of a deleted space nothing is left in the tables' files") {
  PostgresServer own;
  const auto database = own.new_database();
  Fixture f;
  const auto log = open_log(database, 1);
  f.begin_space(*log);
  const auto kept = f.space;
  REQUIRE(Fixture::append_one(*log, kept, f.key,
                              content(to_bytes(BytesView(reinterpret_cast<const std::uint8_t*>("STAYS-HERE-1234"), 15)))));
  f.space = f.random.make<SpaceId>();
  f.begin_space(*log);
  REQUIRE(Fixture::append_one(*log, f.space, f.key,
                              content(to_bytes(BytesView(reinterpret_cast<const std::uint8_t*>("GOES-AWAY-56789"), 15)))));
  own.run(database, "CHECKPOINT");
  REQUIRE(lies_in_files(own.folder(), "/base/", "GOES-AWAY-56789"));
  REQUIRE(log->delete_space(f.space));
  REQUIRE(log->rewrite());
  CHECK_FALSE(lies_in_files(own.folder(), "/base/", "GOES-AWAY-56789"));
  CHECK(lies_in_files(own.folder(), "/base/", "STAYS-HERE-1234"));
  CHECK(log->state(kept)->head == Seq(1));
}

TEST_CASE("a space that is deleted while another server appends to it leaves no row behind") {
  const auto database = PostgresServer::shared().new_database();
  Fixture f;
  const auto appending = open_log(database, 1), deleting = open_log(database, 2);
  f.begin_space(*appending);
  const auto record = content({1});
  REQUIRE(appending->begin());
  REQUIRE(appending->append(f.space, f.key, Seq(0), record, wire::decode_record(record).value(), kAny));
  Status deleted = fail(ErrorCode::timed_out);
  std::thread other([&] { deleted = deleting->delete_space(f.space); });
  std::this_thread::sleep_for(500ms);  // it waits for the append
  const auto committed = appending->commit();
  other.join();
  CHECK(committed);
  CHECK(deleted);
  CHECK(appending->state(f.space).error().code == ErrorCode::unknown_space);
  // What had been left would stand in the way of the same places.
  PostgresServer::shared().run(database,
                               "DO $$ BEGIN IF EXISTS (SELECT FROM records) OR EXISTS (SELECT FROM access) THEN RAISE 'rows are "
                               "left'; END IF; END $$");
  f.begin_space(*appending);
  CHECK(Fixture::append_one(*appending, f.space, f.key, record));
}

TEST_CASE("a rewrite waits for no table for long, and can be repeated") {
  const auto database = PostgresServer::shared().new_database();
  Fixture f;
  const auto log = open_log(database, 1), reading = open_log(database, 2);
  f.begin_space(*log);
  REQUIRE(Fixture::append_one(*log, f.space, f.key, content({1})));
  REQUIRE(log->delete_space(f.space));
  REQUIRE(reading->begin());
  REQUIRE(reading->log_hash(f.space, Seq(0)).error().code == ErrorCode::unknown_space);  // holds the table of spaces
  CHECK(log->rewrite().error().code == ErrorCode::store_busy);
  f.begin_space(*log);  // whose connection is as it was
  reading->rollback();
  CHECK(log->rewrite());
  CHECK(log->state(f.space));
}
