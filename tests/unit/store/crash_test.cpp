// A small life of a store, stopped at its writes, syncs, truncations and deletions one by one; after each stop the power is cut in
// three ways and the store opened again. With MUISTIO_TEST_ALL set: every point; without it each 20th.
#include <cstdlib>
#include <map>

#include "store_fixture.hpp"

namespace muistio::store::test {
namespace {

/// What the store acknowledged: committed contents, and the contents that an unacknowledged commit may have made.
struct Ledger {
  std::map<std::string, std::string> acknowledged;
  std::optional<std::map<std::string, std::string>> undecided;
  std::uint64_t commits = 0;
};

/// Reopens several times, writes, overwrites, erases, indexes, checkpoints by volume, and compacts. Ends at the first failure.
Status live(const FaultDisk& disk, Ledger& ledger) {
  for (int session = 0; session < 3; ++session) {
    MUISTIO_TRY(auto store, Store::open(options_on(disk)));
    for (int round = 0; round < 12; ++round) {
      auto next = ledger.acknowledged;
      MUISTIO_TRY(auto tx, store.begin());
      for (int i = 0; i < 4; ++i) {
        const std::string key = "k" + std::to_string((session * 31 + round * 7 + i * 3) % 40);
        const std::string value = std::to_string(session) + "/" + std::to_string(round) + std::string(3000 + 700 * i, 'v');
        MUISTIO_CHECK(tx.put(Table::change, as_bytes(key), as_bytes(value)));
        next[key] = value;
      }
      if (round % 4 == 3) {
        const std::string gone = "k" + std::to_string(round % 40);
        MUISTIO_CHECK(tx.erase(Table::change, as_bytes(gone)));
        next.erase(gone);
      }
      MUISTIO_CHECK(tx.index_put(as_bytes("d" + std::to_string(round)), "otsikko", "sana" + std::to_string(round)));
      ledger.undecided = next;
      MUISTIO_CHECK(tx.commit());
      ledger.acknowledged = std::move(next);
      ledger.undecided.reset();
      ++ledger.commits;
    }
    if (session == 1) MUISTIO_CHECK(store.compact());
  }
  return ok();
}

std::map<std::string, std::string> contents(const Store& store) {
  std::map<std::string, std::string> rows;
  for (const auto& row : good(store.all(Table::change))) rows[std::string(as_text(row.key))] = std::string(as_text(row.value));
  return rows;
}

bool every_point() { return std::getenv("MUISTIO_TEST_ALL") != nullptr; }

std::string case_name(const char* what, std::uint64_t number) { return std::string(what) + "-" + std::to_string(number); }

}  // namespace

TEST_CASE("Nothing acknowledged is lost and nothing is half there, whatever call the power cut hits") {
  std::uint64_t points = 0;
  {
    FaultDisk disk("life");
    Ledger ledger;
    good(live(disk, ledger));
    points = disk.stop_points();
    CHECK(ledger.commits == 36);
  }
  const std::uint64_t step = every_point() ? 1 : 20;
  std::uint64_t stopped = 0, closing = 0, acknowledged = 0, undecided = 0, kept = 0, dropped_sectors = 0;
  for (std::uint64_t point = 1; point <= points; point += step) {
    for (const auto kind : {CrashKind::drop_unsynced, CrashKind::keep_some, CrashKind::keep_all}) {
      FaultDisk disk(case_name("point", point * 4 + static_cast<std::uint64_t>(kind)));
      Ledger ledger;
      disk.stop_at(point);
      const auto lived = live(disk, ledger);
      // The last points lie in closing, which reports nothing.
      if (!lived) CHECK(lived.error().code == ErrorCode::io_failed);
      closing += lived ? 1 : 0;
      disk.crash(kind, point);
      INFO("stop point " << point << " of " << points << ", crash " << static_cast<int>(kind));
      auto store = open_good(options_on(disk));
      const auto found = contents(store);
      const bool as_acknowledged = found == ledger.acknowledged;
      const bool as_undecided = ledger.undecided && found == *ledger.undecided;
      REQUIRE((as_acknowledged || as_undecided));
      good(store.check());
      good(put_one(store, Table::meta, "alive", "yes"));
      ++stopped;
      acknowledged += ledger.commits;
      undecided += ledger.undecided ? 1 : 0;
      kept += as_undecided && !as_acknowledged ? 1 : 0;
      dropped_sectors += disk.counts().sectors_dropped;
    }
  }
  std::printf(
      "crash test: %llu stop points, %llu stops, %llu acknowledged commits kept, %llu undecided commits (%llu found whole), "
      "%llu sectors dropped\n",
      static_cast<unsigned long long>(points), static_cast<unsigned long long>(stopped),
      static_cast<unsigned long long>(acknowledged), static_cast<unsigned long long>(undecided),
      static_cast<unsigned long long>(kept), static_cast<unsigned long long>(dropped_sectors));
  CHECK(points > 200);
  CHECK(stopped >= 3 * (points / step));
  CHECK(acknowledged > stopped);
  CHECK(closing < stopped / 4);
  CHECK(undecided > 0);
  CHECK(dropped_sectors > 0);
}

TEST_CASE("A disk that lies about syncing loses what was acknowledged, and the same check sees it") {
  FaultDisk disk("liar");
  Ledger ledger;
  disk.ignore_syncs(true);
  good(live(disk, ledger));
  disk.crash(CrashKind::drop_unsynced);
  auto store = open_good(options_on(disk));
  CHECK(contents(store) != ledger.acknowledged);
}

TEST_CASE("A full disk met at any call loses nothing acknowledged, and the store goes on when there is space") {
  std::uint64_t points = 0;
  {
    FaultDisk disk("full-life");
    Ledger ledger;
    good(live(disk, ledger));
    points = disk.stop_points();
  }
  const std::uint64_t step = every_point() ? 3 : 40;
  std::uint64_t refused = 0;
  for (std::uint64_t point = 2; point <= points; point += step) {
    FaultDisk disk(case_name("full", point));
    Ledger ledger;
    disk.stop_at(point, StopKind::full);
    const auto lived = live(disk, ledger);
    INFO("full from stop point " << point << " of " << points);
    if (!lived) CHECK(lived.error().code == ErrorCode::disk_full);
    refused += lived ? 0 : 1;
    disk.resume();
    auto store = open_good(options_on(disk));
    const auto found = contents(store);
    REQUIRE((found == ledger.acknowledged || (ledger.undecided && found == *ledger.undecided)));
    good(put_one(store, Table::meta, "alive", "yes"));
    good(store.check());
  }
  std::printf("full disk test: %llu of the lives were refused\n", static_cast<unsigned long long>(refused));
  CHECK(refused > 3);
}

TEST_CASE("After a call that failed once the open store goes on, and a later crash loses nothing acknowledged") {
  std::uint64_t failures = 0, lives = 0;
  const std::uint64_t step = every_point() ? 1 : 9;
  for (std::uint64_t point = 1; point <= 200; point += step) {
    for (const auto stop : {StopKind::fail, StopKind::full}) {
      FaultDisk disk(case_name(stop == StopKind::fail ? "once" : "once-full", point));
      auto store = open_good(options_on(disk));
      std::map<std::string, std::string> acknowledged;
      disk.stop_at(point, stop);
      for (int round = 0; round < 40; ++round) {
        const std::string key = "k" + std::to_string(round % 7), value = std::to_string(round) + std::string(4000, 'v');
        auto status = put_one(store, Table::change, key, value);
        if (!status) {
          ++failures;
          INFO(status.error().message());
          CHECK((status.error().code == ErrorCode::io_failed || status.error().code == ErrorCode::disk_full));
          disk.resume();
          CHECK(contents(store) == acknowledged);
          good(put_one(store, Table::change, key, value));
        }
        acknowledged[key] = value;
      }
      CHECK(contents(store) == acknowledged);
      disk.crash(CrashKind::drop_unsynced);
      const auto again = open_good(options_on(disk));
      INFO("failed once at stop point " << point);
      REQUIRE(contents(again) == acknowledged);
      good(again.check());
      ++lives;
    }
  }
  std::printf("one failure test: %llu lives, %llu commits failed and were made again\n", static_cast<unsigned long long>(lives),
              static_cast<unsigned long long>(failures));
  CHECK(failures > lives / 4);
}

TEST_CASE("The same seed and calls leave the same bytes after a crash, and another seed others") {
  const auto sectors_kept = [](std::uint64_t seed, const char* name) {
    FaultDisk disk(name);
    Ledger ledger;
    disk.stop_at(90);
    const auto lived = live(disk, ledger);
    CHECK_FALSE(lived);
    disk.crash(CrashKind::keep_some, seed);
    return disk.counts().sectors_kept;
  };
  CHECK(sectors_kept(1, "seed-a") == sectors_kept(1, "seed-b"));
  CHECK(sectors_kept(1, "seed-c") + sectors_kept(2, "seed-d") + sectors_kept(3, "seed-e") > 0);
}

}  // namespace muistio::store::test
