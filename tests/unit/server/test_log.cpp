// The SQLite log on real files and on a disk that fails.
#include "harness.hpp"
#include "muistio/store/fault_vfs.hpp"
#include "muistio/wire/log_hash.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;
using namespace muistio::server::test;

constexpr std::uint64_t kAny = ~std::uint64_t{0} >> 1;

struct Fixture {
  SeededRandom random{3};
  SpaceId space = random.make<SpaceId>();
  wire::AuthKey key = random.make<wire::AuthKey>();

  static Status append_one(Log& log, const SpaceId& space, const wire::AuthKey& key, const Bytes& record) {
    MUISTIO_CHECK(log.begin());
    auto placed = log.append(space, key, Seq(0), record, wire::decode_record(record).value(), kAny);
    if (!placed) {
      log.rollback();
      return fail(placed.error());
    }
    if (auto committed = log.commit(); !committed) {
      log.rollback();
      return committed;
    }
    return ok();
  }
  void begin_space(Log& log) {
    REQUIRE(log.begin());
    REQUIRE(log.create_space(space, key));
    REQUIRE(log.commit());
  }
};

}  // namespace

TEST_CASE("what was committed is there after opening the log again") {
  Fixture f;
  ScratchFolder folder;
  const SqliteLogOptions options{(folder.path() / "log.sqlite").string(), ""};
  {
    auto log = SqliteLog::open(options);
    REQUIRE(log);
    f.begin_space(**log);
    for (std::uint8_t i = 1; i <= 3; ++i) REQUIRE(Fixture::append_one(**log, f.space, f.key, content({i})));
    REQUIRE((*log)->begin());
    REQUIRE((*log)->append(f.space, f.key, Seq(0), content({4}), {}, kAny));  // never committed
  }
  auto log = SqliteLog::open(options);
  REQUIRE(log);
  const auto state = (*log)->state(f.space);
  REQUIRE(state);
  CHECK(state->head == Seq(3));
  CHECK(state->log_hash == (*log)->log_hash(f.space, Seq(3)).value());
  CHECK((*log)->fetch(f.space, Seq(1), Seq(3), 1000)->size() == 3);
  CHECK_FALSE((*log)->log_hash(f.space, Seq(4)));
}

TEST_CASE("a second server on the same log is refused") {
  ScratchFolder folder;
  const SqliteLogOptions options{(folder.path() / "log.sqlite").string(), ""};
  auto first = SqliteLog::open(options);
  REQUIRE(first);
  auto second = SqliteLog::open(options);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::store_busy);
}

TEST_CASE("a file that is no log is refused and left alone") {
  ScratchFolder folder;
  const auto path = folder.path() / "log.sqlite";
  {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
    const std::string nonsense(5000, 'x');
    REQUIRE(std::fwrite(nonsense.data(), 1, nonsense.size(), file.get()) == nonsense.size());
  }
  auto log = SqliteLog::open({path.string(), ""});
  REQUIRE_FALSE(log);
  CHECK(log.error().code == ErrorCode::corrupt);
  CHECK(std::filesystem::file_size(path) == 5000);
}

TEST_CASE("a log in a folder that is not there is refused") {
  ScratchFolder folder;
  CHECK(SqliteLog::open({(folder.path() / "no" / "log.sqlite").string(), ""}).error().code == ErrorCode::io_failed);
}

TEST_CASE("records with the same mark are told apart by their bytes") {
  Fixture f;
  ScratchFolder folder;
  auto log = SqliteLog::open({(folder.path() / "log.sqlite").string(), ""}).value();
  f.begin_space(*log);
  REQUIRE(Fixture::append_one(*log, f.space, f.key, content({1})));
  REQUIRE(Fixture::append_one(*log, f.space, f.key, content({2})));
  REQUIRE(Fixture::append_one(*log, f.space, f.key, content({1})));
  CHECK(log->state(f.space)->head == Seq(2));
}

TEST_CASE("a fetch keeps to its bytes but gives at least one record") {
  Fixture f;
  ScratchFolder folder;
  auto log = SqliteLog::open({(folder.path() / "log.sqlite").string(), ""}).value();
  f.begin_space(*log);
  for (std::uint8_t i = 0; i < 10; ++i) REQUIRE(Fixture::append_one(*log, f.space, f.key, content(Bytes(100, i))));
  const auto one = content(Bytes(100, 0)).size();
  CHECK(log->fetch(f.space, Seq(1), Seq(10), 0)->size() == 1);
  CHECK(log->fetch(f.space, Seq(1), Seq(10), 3 * one)->size() == 3);
  CHECK(log->fetch(f.space, Seq(1), Seq(10), 3 * one - 1)->size() == 2);
  CHECK(log->fetch(f.space, Seq(9), Seq(10), 100 * one)->size() == 2);
  CHECK(log->fetch(f.space, Seq(4), Seq(5), 100 * one)->size() == 2);
}

TEST_CASE("what was committed survives every power cut, and what was not is gone") {
  Fixture f;
  for (std::uint64_t stop = 1; stop < 60; ++stop) {
    INFO("stop " << stop);
    store::FaultDisk disk("server-log-cut-" + std::to_string(stop));
    std::vector<Bytes> acknowledged;
    {
      auto log = SqliteLog::open({"log.sqlite", disk.name()}).value();
      f.begin_space(*log);
      disk.stop_at(stop);
      for (std::uint8_t i = 0; i < 40; ++i) {
        const auto record = content(Bytes(200, i));
        if (!Fixture::append_one(*log, f.space, f.key, record)) break;
        acknowledged.push_back(record);
      }
      disk.crash(store::CrashKind::keep_some, stop);
    }
    auto log = SqliteLog::open({"log.sqlite", disk.name()});
    REQUIRE(log);
    const auto records = (*log)->fetch(f.space, Seq(1), Seq(100), 1'000'000);
    REQUIRE(records);
    REQUIRE(records->size() >= acknowledged.size());
    CHECK(std::equal(acknowledged.begin(), acknowledged.end(), records->begin()));
    CHECK(records->size() <= acknowledged.size() + 1);  // the one whose commit was cut may be there
    Hash log_hash;
    for (std::size_t i = 0; i < records->size(); ++i) log_hash = wire::log_hash_next(log_hash, Seq(i + 1), (*records)[i]);
    CHECK((*log)->state(f.space)->log_hash == log_hash);
    REQUIRE(Fixture::append_one(**log, f.space, f.key, content({255})));
  }
}

TEST_CASE("on a full disk nothing is acknowledged and reading goes on; with room again so does writing") {
  store::FaultDisk disk("server-log-full");
  auto log = SqliteLog::open({"log.sqlite", disk.name()}).value();
  Harness harness({}, log.get());
  auto& client = harness.connect();
  const auto key = harness.new_key();
  const auto space = harness.new_space();
  as<wire::SpaceOpened>(client.ask(client.create(space, key)));
  as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content({1})}));
  disk.stop_at(1, store::StopKind::full);
  const auto a = client.send(wire::Append{space, Seq(0), content({2})});
  const auto b = client.send(wire::Append{space, Seq(0), content({3})});
  harness.flush();
  CHECK(refusal(*client.answer(a)) == ErrorCode::server_busy);
  CHECK(refusal(*client.answer(b)) == ErrorCode::server_busy);
  CHECK(as<wire::Refused>(*client.answer(b)).detail.find("full") != std::string::npos);
  CHECK(as<wire::Records>(client.ask(wire::Fetch{space, Seq(1), 0})).records == std::vector<Bytes>{content({1})});
  disk.resume();
  CHECK(as<wire::Appended>(client.ask(wire::Append{space, Seq(0), content({2})})).seq == Seq(2));
  CHECK(harness.engine->counts().appended == 2);
}
