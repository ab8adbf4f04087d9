// Stores that older versions of the app wrote, kept in tests/stored_versions, are opened and read. The key of each is 32 bytes of
// its version number. To keep the present version once it is released: MUISTIO_WRITE=1 test-store "[stored-version]".
#include <cstdlib>

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
OpenOptions options_of_version(const std::filesystem::path& path, std::uint32_t version) {
  return options_for(path, static_cast<std::uint8_t>(version));
}

void write_sample(const std::filesystem::path& path) {
  auto store = open_good(options_of_version(path, kSchemaVersion));
  auto tx = good(store.begin());
  good(tx.put(Table::document, as_bytes("note"), as_bytes(kText)));
  for (int i = 0; i < 20; ++i) good(tx.put(Table::change, as_bytes("op" + std::to_string(i)), Bytes(100, 1)));
  good(tx.index_put(as_bytes("note"), "muistiinpano", "ensimm\xC3\xA4inen"));
  good(tx.commit());
}

// Opens it, migrating if it is older, and reads what `write_sample` wrote.
void check_sample(const std::filesystem::path& path, std::uint32_t version) {
  INFO("version " << version);
  {
    auto store = open_good(options_of_version(path, version));
    good(store.check());
    CHECK(text_at(store, Table::document, "note") == kText);
    CHECK(good(store.count(Table::change)) == 20);
    CHECK(good(store.index_query(MatchQuery().all_of({{"muistiinpano"}}).text(), {}, 10)).size() == 1);
    good(put_one(store, Table::meta, "new", "row"));
  }
  auto again = open_good(options_of_version(path, version));
  CHECK(text_at(again, Table::meta, "new") == "row");
}
}  // namespace

TEST_CASE("A store of every version so far opens, migrates and holds what was written") {
  for (std::uint32_t version = 1; version <= kSchemaVersion; ++version) {
    const Folder folder;
    std::filesystem::copy_file(stored(version), folder / "s.db");
    check_sample(folder / "s.db", version);
  }
}

// It writes into the source tree only when asked: were the case above to read what was just written, it would show nothing.
TEST_CASE("What the present version writes for later tests holds the same", "[stored-version]") {
  const Folder folder;
  write_sample(folder / "s.db");
  if (std::getenv("MUISTIO_WRITE") != nullptr)
    std::filesystem::copy_file(folder / "s.db", stored(kSchemaVersion), std::filesystem::copy_options::overwrite_existing);
  check_sample(folder / "s.db", kSchemaVersion);
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

}  // namespace muistio::store::test
