#include "store_fixture.hpp"

namespace muistio::store::test {

TEST_CASE("A transaction that goes without a commit leaves no trace") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  good(put_one(store, Table::meta, "a", "before"));
  {
    auto tx = good(store.begin());
    good(tx.put(Table::meta, as_bytes("a"), as_bytes("during")));
    good(tx.index_put(as_bytes("d"), "sana", "sana"));
    CHECK(text_at(tx, Table::meta, "a") == "during");
  }
  CHECK(text_at(store, Table::meta, "a") == "before");
  CHECK(good(store.index_query("sana", {}, 10)).empty());
}

TEST_CASE("There is one transaction at a time, and one that is over does nothing") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  auto tx = good(store.begin());
  CHECK(store.begin().error().code == ErrorCode::invalid_state);
  good(tx.put(Table::meta, as_bytes("a"), as_bytes("1")));
  good(tx.commit());
  CHECK(tx.put(Table::meta, as_bytes("a"), as_bytes("2")).error().code == ErrorCode::invalid_state);
  CHECK(tx.get(Table::meta, as_bytes("a")).error().code == ErrorCode::invalid_state);
  CHECK(tx.commit().error().code == ErrorCode::invalid_state);
  auto next = good(store.begin());
  auto moved = std::move(next);
  CHECK(next.commit().error().code == ErrorCode::invalid_state);
  good(moved.put(Table::meta, as_bytes("a"), as_bytes("3")));
  good(moved.commit());
  CHECK(text_at(store, Table::meta, "a") == "3");
}

TEST_CASE("A store that was moved from does nothing, the one moved to goes on") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  good(put_one(store, Table::meta, "a", "1"));
  auto moved = std::move(store);
  CHECK(store.get(Table::meta, as_bytes("a")).error().code == ErrorCode::invalid_state);
  CHECK(store.begin().error().code == ErrorCode::invalid_state);
  CHECK(text_at(moved, Table::meta, "a") == "1");
  auto other = open_good(options_for(folder / "t.db"));
  good(put_one(other, Table::meta, "a", "other"));
  moved = std::move(other);
  CHECK(text_at(moved, Table::meta, "a") == "other");
  CHECK(text_at(open_good(options_for(folder / "s.db")), Table::meta, "a") == "1");
}

TEST_CASE("On a full disk the transaction fails as a whole, what was committed stays, and with space it goes on") {
  FaultDisk disk("full-disk");
  auto store = open_good(options_on(disk));
  good(put_one(store, Table::meta, "a", "kept"));
  disk.set_capacity(400'000);
  int written = 0;
  Status status = ok();
  while (status && written < 1000) {
    status = put_one(store, Table::change, "k" + std::to_string(written), std::string(5000, 'x'));
    if (status) ++written;
  }
  REQUIRE_FALSE(status);
  CHECK(status.error().code == ErrorCode::disk_full);
  CHECK(written > 3);
  CHECK(good(store.count(Table::change)) == static_cast<std::uint64_t>(written));
  {
    auto tx = good(store.begin());
    Status put = ok();
    for (int i = 0; i < 3000 && put; ++i) put = tx.put(Table::batch, as_bytes("b" + std::to_string(i)), Bytes(5000, 'y'));
    // The cache may hold all of it until the commit.
    if (!put) {
      CHECK(put.error().code == ErrorCode::disk_full);
      CHECK(tx.put(Table::batch, as_bytes("c"), {}).error().code == ErrorCode::invalid_state);
      CHECK(tx.commit().error().code == ErrorCode::invalid_state);
    } else {
      CHECK(tx.commit().error().code == ErrorCode::disk_full);
    }
  }
  CHECK(good(store.count(Table::batch)) == 0);
  disk.set_capacity(std::nullopt);
  good(put_one(store, Table::meta, "b", "after"));
  CHECK(text_at(store, Table::meta, "a") == "kept");
  CHECK(good(store.count(Table::change)) == static_cast<std::uint64_t>(written));
  good(store.check());
}

TEST_CASE("A read that the disk refuses is an I/O error, never a wrong key or a shorter log") {
  FaultDisk disk("unreadable");
  {
    auto store = open_good(options_on(disk));
    for (int i = 0; i < 20; ++i) good(put_one(store, Table::change, "k" + std::to_string(i), std::string(3000, 'x')));
    disk.crash(CrashKind::drop_unsynced);
  }
  disk.stop_at(0);
  const auto refused = Store::open(options_on(disk));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::io_failed);
  disk.resume();
  CHECK(good(open_good(options_on(disk)).count(Table::change)) == 20);
}

TEST_CASE("Stores on two disks, and two files on one, do not disturb each other") {
  FaultDisk first("disk-one"), second("disk-two");
  auto a = open_good(options_on(first));
  auto b = open_good(options_on(second));
  auto elsewhere = options_on(first);
  elsewhere.path = "other.db";
  auto c = open_good(std::move(elsewhere));
  good(put_one(a, Table::meta, "k", "a"));
  good(put_one(b, Table::meta, "k", "b"));
  good(put_one(c, Table::meta, "k", "c"));
  CHECK(text_at(a, Table::meta, "k") == "a");
  CHECK(text_at(b, Table::meta, "k") == "b");
  CHECK(text_at(c, Table::meta, "k") == "c");
  CHECK(Store::open(options_on(first)).error().code == ErrorCode::store_busy);
}

}  // namespace muistio::store::test
