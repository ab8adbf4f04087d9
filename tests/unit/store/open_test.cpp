#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "store_fixture.hpp"

namespace muistio::store::test {
namespace {
constexpr const char* kWords[] = {"luottamuksellinen", "Verkkokauppiasklubi", "vertrouwelijk"};

bool holds(BytesView bytes, std::string_view word) { return as_text(bytes).find(word) != std::string_view::npos; }
}  // namespace

TEST_CASE("What was committed is there after the store is closed and opened again") {
  const Folder folder;
  {
    auto store = open_good(options_for(folder / "s.db"));
    good(put_one(store, Table::document, "d", "kept"));
    auto lost = good(store.begin());
    good(lost.put(Table::document, as_bytes("e"), as_bytes("lost")));
  }
  auto store = open_good(options_for(folder / "s.db"));
  CHECK(text_at(store, Table::document, "d") == "kept");
  CHECK_FALSE(text_at(store, Table::document, "e"));
  good(store.check());
}

TEST_CASE("Another key, or a file that is no store, is wrong_key and changes no byte") {
  const Folder folder;
  {
    auto store = open_good(options_for(folder / "s.db"));
    good(put_one(store, Table::meta, "a", "kept"));
  }
  const Bytes before = file_bytes(folder / "s.db");
  const auto other = Store::open(options_for(folder / "s.db", 8));
  REQUIRE_FALSE(other);
  CHECK(other.error().code == ErrorCode::wrong_key);
  CHECK(file_bytes(folder / "s.db") == before);
  CHECK(text_at(open_good(options_for(folder / "s.db")), Table::meta, "a") == "kept");

  std::ofstream(folder / "noise") << std::string(8192, 'x');
  CHECK(Store::open(options_for(folder / "noise")).error().code == ErrorCode::wrong_key);
  CHECK(file_bytes(folder / "noise") == Bytes(8192, 'x'));
}

TEST_CASE("A file that is not there is made only when asked for") {
  const Folder folder;
  auto options = options_for(folder / "absent.db");
  options.create = false;
  CHECK(Store::open(std::move(options)).error().code == ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(folder / "absent.db"));
  CHECK(Store::open(options_for(folder / "no-folder" / "s.db")).error().code == ErrorCode::io_failed);
}

TEST_CASE("Only the owner may read the file") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  using std::filesystem::perms;
  CHECK((std::filesystem::status(folder / "s.db").permissions() & (perms::group_all | perms::others_all)) == perms::none);
}

TEST_CASE("A second opener, in this process or another, is told that the store is busy") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  good(put_one(store, Table::meta, "a", "first"));
  CHECK(Store::open(options_for(folder / "s.db")).error().code == ErrorCode::store_busy);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto second = Store::open(options_for(folder / "s.db"));
    ::_exit(second ? 1 : second.error().code == ErrorCode::store_busy ? 0 : 2);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(text_at(store, Table::meta, "a") == "first");
}

TEST_CASE("A waiting opener gets the store when the first lets go") {
  const Folder folder;
  int go[2];
  REQUIRE(::pipe(go) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto store = open_good(options_for(folder / "s.db"));
    good(put_one(store, Table::meta, "a", "from the child"));
    char ready = 'r';
    if (::write(go[1], &ready, 1) != 1) ::_exit(1);
    ::usleep(300'000);
    ::_Exit(0);  // without closing: a killed process
  }
  char ready = 0;
  REQUIRE(::read(go[0], &ready, 1) == 1);
  CHECK(Store::open(options_for(folder / "s.db")).error().code == ErrorCode::store_busy);
  auto patient = options_for(folder / "s.db");
  patient.busy_timeout_ms = 20'000;
  auto store = open_good(std::move(patient));
  CHECK(text_at(store, Table::meta, "a") == "from the child");
  ::waitpid(child, nullptr, 0);
  ::close(go[0]);
  ::close(go[1]);
}

TEST_CASE("No word that was stored or indexed is in any file, open or closed, and the same search finds it in a plain one") {
  const Folder folder;
  const auto search = [&folder](int& files) {
    int found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      ++files;
      for (const auto* word : kWords) found += holds(file_bytes(entry.path()), word) ? 1 : 0;
    }
    return found;
  };
  int files = 0;
  {
    auto store = open_good(options_for(folder / "s.db"));
    for (int round = 0; round < 60; ++round) {
      auto tx = good(store.begin());
      const std::string key = "key" + std::to_string(round);
      for (const auto* word : kWords) {
        good(tx.put(Table::document, as_bytes(key + word), as_bytes(std::string(500, ' ') + word)));
        good(tx.index_put(as_bytes(key), word, std::string(word) + " " + word));
      }
      good(tx.commit());
    }
    CHECK(search(files) == 0);
    CHECK(files == 2);  // the database and its write-ahead log
    good(store.compact());
    CHECK(search(files) == 0);
  }
  CHECK(search(files) == 0);

  sqlite3* plain = nullptr;
  REQUIRE(sqlite3_open((folder / "plain.db").c_str(), &plain) == SQLITE_OK);
  REQUIRE(sqlite3_exec(plain, "create table t(x); insert into t values('luottamuksellinen'),('vertrouwelijk')", nullptr, nullptr,
                       nullptr) == SQLITE_OK);
  sqlite3_close(plain);
  CHECK(search(files) == 2);
}

TEST_CASE("After compaction erased rows take no space, and what is left is whole") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  auto tx = good(store.begin());
  for (int i = 0; i < 500; ++i) good(tx.put(Table::change, as_bytes(std::to_string(i)), Bytes(2000, 'x')));
  good(tx.commit());
  auto erase = good(store.begin());
  CHECK(good(erase.erase_prefix(Table::change, as_bytes("4"))) == 111);
  CHECK(good(erase.erase_prefix(Table::change, {})) == 389);
  good(erase.put(Table::meta, as_bytes("a"), as_bytes("left")));
  good(erase.commit());
  const auto before = good(store.size_bytes());
  good(store.compact());
  CHECK(good(store.size_bytes()) < before / 5);
  CHECK(text_at(store, Table::meta, "a") == "left");
  good(store.check());
}

TEST_CASE("A backup is a whole, encrypted store of what was committed, under the same key") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  for (int i = 0; i < 50; ++i) good(put_one(store, Table::batch, "k" + std::to_string(i), kWords[0]));
  good(store.backup(folder / "copy.db"));
  CHECK(store.backup(folder / "copy.db").error().code == ErrorCode::already_exists);
  good(put_one(store, Table::batch, "later", "x"));
  CHECK_FALSE(holds(file_bytes(folder / "copy.db"), kWords[0]));
  CHECK(Store::open(options_for(folder / "copy.db", 9)).error().code == ErrorCode::wrong_key);
  auto copy = open_good(options_for(folder / "copy.db"));
  CHECK(good(copy.count(Table::batch)) == 50);
  CHECK(text_at(copy, Table::batch, "k49") == kWords[0]);
  good(copy.check());
  good(put_one(copy, Table::batch, "and", "writable"));
  auto tx = good(store.begin());
  CHECK(store.backup(folder / "second.db").error().code == ErrorCode::invalid_state);
}

TEST_CASE("A damaged page is named as damage, not read as data") {
  const Folder folder;
  {
    auto store = open_good(options_for(folder / "s.db"));
    auto tx = good(store.begin());
    for (int i = 0; i < 300; ++i) good(tx.put(Table::change, as_bytes("k" + std::to_string(i)), Bytes(1000, 'x')));
    good(tx.commit());
  }
  Bytes bytes = file_bytes(folder / "s.db");
  REQUIRE(bytes.size() > 200'000);
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(folder / "s.db", std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  auto store = open_good(options_for(folder / "s.db"));
  CHECK(store.check().error().code == ErrorCode::corrupt);
  int rows = 0;
  const auto scanned = store.scan(Table::change, {}, {}, [&rows](BytesView, BytesView value) {
    CHECK(equal(value, Bytes(1000, 'x')));
    return ++rows > 0;
  });
  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().code == ErrorCode::corrupt);
}

TEST_CASE("A store that may not be written is refused as read-only") {
  const Folder folder;
  { auto store = open_good(options_for(folder / "s.db")); }
  std::filesystem::permissions(folder / "s.db", std::filesystem::perms::owner_read);
  // Permissions do not bind the superuser, so that one tries as nobody.
  constexpr uid_t nobody = 65534;
  if (::geteuid() == 0) {
    for (const auto& entry : std::filesystem::directory_iterator((folder / "s.db").parent_path()))
      REQUIRE(::chown(entry.path().c_str(), nobody, nobody) == 0);
    REQUIRE(::chown((folder / "s.db").parent_path().c_str(), nobody, nobody) == 0);
  }
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) ::_exit(2);
    const auto opened = Store::open(options_for(folder / "s.db"));
    ::_exit(!opened && opened.error().code == ErrorCode::read_only ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace muistio::store::test
