// What a transaction was told to forget is in neither file, nor on a page that holds no rows any more.
#include <sqlite3.h>

#include <algorithm>

#include "database.hpp"
#include "store_fixture.hpp"
#include "store_pages.hpp"

using namespace muistio;
using namespace muistio::store;
using namespace muistio::store::test;
using muistio::test::open_pages;
using muistio::test::StorePages;

namespace {
constexpr std::string_view kSecret = "a secret of which nothing may stay";

Bytes row_with_secret(std::size_t size) {
  Bytes row(size, 'x');
  std::copy(kSecret.begin(), kSecret.end(), row.end() - static_cast<std::ptrdiff_t>(kSecret.size()) - 3);
  return row;
}

Bytes bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

StorePages pages_of(const std::filesystem::path& path) {
  auto pages = open_pages(bytes_of(path), bytes_of(path.string() + "-wal"), key_of(7));
  REQUIRE(pages.unreadable == 0);
  REQUIRE_FALSE(pages.database.empty());
  return pages;
}

std::size_t count_in(const std::vector<Bytes>& pages) {
  const auto secret = as_bytes(kSecret);
  return static_cast<std::size_t>(std::count_if(pages.begin(), pages.end(), [&](const Bytes& page) {
    return std::search(page.begin(), page.end(), secret.begin(), secret.end()) != page.end();
  }));
}

void put(Store& store, std::uint8_t key, BytesView value, bool forget, Durability durability = Durability::at_commit) {
  auto transaction = store.begin(durability).value();
  if (forget) transaction.forget_replaced();
  REQUIRE(transaction.put(Table::group, Bytes{key}, value).has_value());
  REQUIRE(transaction.commit().has_value());
}
}  // namespace

TEST_CASE("What a transaction that forgets replaced or erased is on no page of either file") {
  for (const std::size_t size : {100u, 3000u, 7000u, 90000u}) {
    for (const auto durability : {Durability::at_commit, Durability::later}) {
      INFO("a row of " << size << " bytes");
      Folder folder;
      const auto path = folder / "device.db";
      auto store = Store::open(options_for(path)).value();
      for (std::uint8_t key = 0; key < 20; ++key) put(store, key, Bytes(size, 'y'), false);
      put(store, 50, row_with_secret(size), true);
      CHECK(count_in(pages_of(path).database) == 1);  // the row itself, and that the scan sees it
      put(store, 50, Bytes(size / 2, 'z'), true, durability);
      CHECK(count_in(pages_of(path).database) == 0);
      CHECK(pages_of(path).log.empty());

      put(store, 50, row_with_secret(size), false);
      for (std::uint8_t key = 51; key < 60; ++key) put(store, key, Bytes(size + key, 'w'), false);
      auto transaction = store.begin(durability).value();
      transaction.forget_replaced();
      REQUIRE(transaction.erase(Table::group, Bytes{50}).has_value());
      REQUIRE(transaction.commit().has_value());
      CHECK(count_in(pages_of(path).database) == 0);
      CHECK(pages_of(path).log.empty());
    }
  }
}

TEST_CASE("A secret left in the log, on a free page or between rows is found") {
  Folder folder;
  const auto path = folder / "device.db";
  {
    auto store = Store::open(options_for(path)).value();
    put(store, 1, row_with_secret(90000), false);
    put(store, 1, Bytes(10), false);  // without being told to forget
    const auto pages = pages_of(path);
    CHECK(count_in(pages.log) == 1);
    CHECK(count_in(pages.database) == 0);
  }
  // The same rows written and erased by a connection that overwrites nothing.
  for (const int size : {100, 90000}) {
    auto* connection = store::detail::open_keyed(path.string(), "", key_of(7), false).value();
    const auto row = row_with_secret(static_cast<std::size_t>(size));
    const auto run = [&](const char* sql) {
      sqlite3_stmt* query = nullptr;
      REQUIRE(sqlite3_prepare_v2(connection, sql, -1, &query, nullptr) == SQLITE_OK);
      sqlite3_bind_blob(query, 1, row.data(), size, SQLITE_STATIC);
      while (sqlite3_step(query) == SQLITE_ROW) {
      }
      sqlite3_finalize(query);
    };
    run("pragma locking_mode=exclusive");
    run("pragma secure_delete=off");
    run("insert into entry(k, v) values(x'0599', ?1)");
    run("delete from entry where k = x'0599'");
    run("pragma wal_checkpoint(truncate)");
    sqlite3_close(connection);
    CHECK(count_in(pages_of(path).database) == 1);
    REQUIRE(Store::open(options_for(path)).value().compact().has_value());
    CHECK(count_in(pages_of(path).database) == 0);
  }
}

TEST_CASE("A power cut before the log was emptied leaves it to the next opening") {
  bool was_left = false;
  for (std::uint64_t stop = 1;; ++stop) {
    FaultDisk disk("forgetting-" + std::to_string(stop));
    std::optional<Store> store(Store::open(options_on(disk)).value());
    put(*store, 1, row_with_secret(9000), false);
    disk.stop_at(stop);
    {
      auto transaction = store->begin().value();
      transaction.forget_replaced();
      static_cast<void>(transaction.put(Table::group, Bytes{1}, Bytes(10)));
      static_cast<void>(transaction.commit());
    }
    const bool went_through = !disk.stopped();
    disk.crash(CrashKind::keep_some, stop);
    store.reset();
    was_left =
        was_left ||
        count_in(open_pages(disk.contents("device.db").value(), disk.contents("device.db-wal").value_or(Bytes()), key_of(7)).log) >
            0;
    store.emplace(Store::open(options_on(disk)).value());
    const bool is_replaced = store->get(Table::group, Bytes{1}).value()->size() == 10;
    const auto pages = open_pages(disk.contents("device.db").value(), disk.contents("device.db-wal").value_or(Bytes()), key_of(7));
    INFO("stopped at " << stop);
    CHECK(pages.log.empty());
    CHECK(count_in(pages.database) == (is_replaced ? 0 : 1));
    if (went_through) {
      CHECK(is_replaced);
      break;
    }
  }
  CHECK(was_left);
}
