// Stores that older versions of the app wrote, kept in tests/stored_versions, are opened and read. The key of each is 32 bytes of
// its version number. To keep the present version once it is released: test-store "[write-stored-version]".
#include "migrations.hpp"
#include "store_fixture.hpp"

namespace muistio::store::test {
namespace {
std::filesystem::path stored(std::uint32_t version) {
  return std::filesystem::path(MUISTIO_STORED_VERSIONS) / ("v" + std::to_string(version) + ".db");
}

const char* const kText = "Muistiinpano, \xC3\xA4\xC3\xB6\xC3\xA5";

std::unique_ptr<detail::Database> connect_good(const Folder& folder) {
  return good(detail::Database::connect(options_for(folder / "s.db")));
}
}  // namespace

TEST_CASE("A store of every version so far opens, migrates and holds what was written") {
  for (std::uint32_t version = 1; version <= kSchemaVersion; ++version) {
    INFO("version " << version);
    const Folder folder;
    std::filesystem::copy_file(stored(version), folder / "s.db");
    {
      auto store = open_good(options_for(folder / "s.db", static_cast<std::uint8_t>(version)));
      good(store.check());
      CHECK(text_at(store, Table::document, "note") == kText);
      CHECK(good(store.count(Table::change)) == 20);
      CHECK(good(store.index_query(MatchQuery().all_of({{"muistiinpano"}}).text(), {}, 10)).size() == 1);
      good(put_one(store, Table::meta, "new", "row"));
    }
    auto again = open_good(options_for(folder / "s.db", static_cast<std::uint8_t>(version)));
    CHECK(text_at(again, Table::meta, "new") == "row");
  }
}

TEST_CASE("A store that a newer app wrote is refused and not touched") {
  const Folder folder;
  { auto store = open_good(options_for(folder / "s.db")); }
  good(connect_good(folder)->run("pragma user_version=99", "testing"));
  const auto refused = Store::open(options_for(folder / "s.db"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::unsupported_version);
  CHECK(good(connect_good(folder)->integer("pragma user_version", "testing")) == 99);
}

TEST_CASE("A file with the right key that is no store of ours is refused") {
  const Folder folder;
  good(connect_good(folder)->run("create table other(x)", "testing"));
  CHECK(Store::open(options_for(folder / "s.db")).error().code == ErrorCode::corrupt);
}

TEST_CASE("A migration is all there or not at all") {
  const Folder folder;
  {
    auto store = open_good(options_for(folder / "s.db"));
    good(put_one(store, Table::meta, "a", "old"));
  }
  const auto now = detail::migrations();
  std::vector<detail::Migration> next(now.begin(), now.end());
  next.push_back({"create table extra(x); insert into extra values(1)"});
  auto broken = next;
  broken.push_back({"insert into extra values(2); insert into no_such_table values(1)"});
  auto database = connect_good(folder);
  CHECK_FALSE(detail::migrate(*database, broken));
  CHECK(good(database->integer("pragma user_version", "testing")) == kSchemaVersion);
  CHECK(good(database->integer("select count(*) from sqlite_schema where name = 'extra'", "testing")) == 0);
  good(detail::migrate(*database, next));
  CHECK(good(database->integer("pragma user_version", "testing")) == kSchemaVersion + 1);
  CHECK(good(database->integer("select x from extra", "testing")) == 1);
  good(detail::migrate(*database, next));
  CHECK(good(database->integer("select count(*) from extra", "testing")) == 1);
}

// Hidden because it is no test: it writes tests/stored_versions/vN.db into the source tree, once, when a version is released. Run by hand:
// test-store "[write-stored-version]". Were it run with the others, the cases above would read what was just written, not the old file.
TEST_CASE("The present version is kept for later tests", "[.][write-stored-version]") {
  const auto path = stored(kSchemaVersion);
  std::filesystem::remove(path);
  auto store = open_good(options_for(path, static_cast<std::uint8_t>(kSchemaVersion)));
  auto tx = good(store.begin());
  good(tx.put(Table::document, as_bytes("note"), as_bytes(kText)));
  for (int i = 0; i < 20; ++i) good(tx.put(Table::change, as_bytes("op" + std::to_string(i)), Bytes(100, 1)));
  good(tx.index_put(as_bytes("note"), "muistiinpano", "ensimm\xC3\xA4inen"));
  good(tx.commit());
}

}  // namespace muistio::store::test
