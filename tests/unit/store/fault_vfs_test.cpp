// The failing disk under plain SQLite, as the server's log uses it: unkeyed, write-ahead log, several connections.
#include <sqlite3.h>

#include <memory>
#include <thread>

#include "store_fixture.hpp"

namespace muistio::store::test {
namespace {
struct Close {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};
using Connection = std::unique_ptr<sqlite3, Close>;

Connection connect(const FaultDisk& disk) {
  sqlite3* made = nullptr;
  REQUIRE(sqlite3_open_v2("log.db", &made, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, disk.name().c_str()) == SQLITE_OK);
  sqlite3_busy_timeout(made, 10'000);
  return Connection(made);
}

int run(const Connection& connection, const std::string& sql) {
  return sqlite3_exec(connection.get(), sql.c_str(), nullptr, nullptr, nullptr);
}

int count(const Connection& connection) {
  sqlite3_stmt* query = nullptr;
  if (sqlite3_prepare_v2(connection.get(), "select count(*) from t", -1, &query, nullptr) != SQLITE_OK) return -1;
  const int rows = sqlite3_step(query) == SQLITE_ROW ? sqlite3_column_int(query, 0) : -1;
  sqlite3_finalize(query);
  return rows;
}

void set_up(const Connection& connection) {
  REQUIRE(run(connection, "pragma journal_mode=wal; pragma synchronous=full; create table t(x)") == SQLITE_OK);
}
}  // namespace

TEST_CASE("Two connections share a write-ahead log: one reads its snapshot while the other writes") {
  FaultDisk disk("raw-shared");
  const auto writer = connect(disk), reader = connect(disk);
  set_up(writer);
  REQUIRE(run(writer, "insert into t values(1)") == SQLITE_OK);
  REQUIRE(run(reader, "begin") == SQLITE_OK);
  CHECK(count(reader) == 1);
  REQUIRE(run(writer, "insert into t values(2)") == SQLITE_OK);
  CHECK(count(reader) == 1);
  REQUIRE(run(reader, "commit") == SQLITE_OK);
  CHECK(count(reader) == 2);
  REQUIRE(run(writer, "begin immediate") == SQLITE_OK);
  sqlite3_busy_timeout(reader.get(), 0);
  CHECK(run(reader, "insert into t values(3)") == SQLITE_BUSY);
  REQUIRE(run(writer, "commit") == SQLITE_OK);
  CHECK(run(reader, "insert into t values(3)") == SQLITE_OK);
}

TEST_CASE("Of plain SQLite too, what was committed survives a crash and what was not does not") {
  FaultDisk disk("raw-crash");
  {
    const auto connection = connect(disk);
    set_up(connection);
    for (int i = 0; i < 10; ++i) REQUIRE(run(connection, "insert into t values(randomblob(3000))") == SQLITE_OK);
    REQUIRE(run(connection, "begin; insert into t values(11)") == SQLITE_OK);
    disk.crash(CrashKind::keep_some, 5);
    CHECK(run(connection, "commit") != SQLITE_OK);
    CHECK(count(connection) != 11);
  }
  const auto connection = connect(disk);
  CHECK(count(connection) == 10);
  CHECK(disk.contents("log.db").has_value());
}

TEST_CASE("Writers in several threads all get through") {
  FaultDisk disk("raw-threads");
  const auto first = connect(disk);
  set_up(first);
  std::vector<std::thread> threads;
  std::atomic<int> written{0};
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&disk, &written] {
      sqlite3* made = nullptr;
      if (sqlite3_open_v2("log.db", &made, SQLITE_OPEN_READWRITE, disk.name().c_str()) != SQLITE_OK) return;
      const Connection connection(made);
      sqlite3_busy_timeout(made, 20'000);
      for (int i = 0; i < 20; ++i) written += run(connection, "insert into t values(1)") == SQLITE_OK ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();
  CHECK(written == 60);
  CHECK(count(first) == 60);
}

TEST_CASE("Contents can be looked at, replaced and removed") {
  FaultDisk disk("raw-files");
  disk.set_contents("a", as_bytes("one"));
  disk.set_contents("b", as_bytes("two"));
  CHECK(disk.files() == std::vector<std::string>{"a", "b"});
  disk.crash(CrashKind::drop_unsynced);
  CHECK(disk.contents("a") == to_bytes(as_bytes("one")));
  disk.remove("a");
  disk.crash(CrashKind::drop_unsynced);
  CHECK_FALSE(disk.contents("a"));
  CHECK(disk.files() == std::vector<std::string>{"b"});
}

}  // namespace muistio::store::test
