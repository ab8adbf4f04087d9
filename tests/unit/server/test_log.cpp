// The SQLite log on real files and on a disk that fails.
#include <fstream>

#include "log_fixture.hpp"
#include "muistio/server/sqlite_log.hpp"
#include "muistio/store/fault_vfs.hpp"
#include "muistio/wire/log_hash.hpp"
#include "sqlite3.h"

namespace {

using namespace muistio;
using namespace muistio::server;
using namespace muistio::server::test;

}  // namespace

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

TEST_CASE("on a full disk nothing is acknowledged and reading goes on: with room again so does writing") {
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

TEST_CASE("of a deleted space nothing is left in the log's files, and a copy made while the log goes on has all of the rest") {
  Fixture f;
  ScratchFolder folder;
  const auto word = [](const char* text) { return Bytes(text, text + std::char_traits<char>::length(text)); };
  auto log = SqliteLog::open({(folder.path() / "log.sqlite").string(), ""}).value();
  f.begin_space(*log);
  const auto kept = f.space;
  for (std::uint8_t i = 0; i < 200; ++i) {
    auto record = word("STAYS-HERE-1234");
    record.resize(3000, i);
    REQUIRE(Fixture::append_one(*log, kept, f.key, content(record)));
  }
  f.space = f.random.make<SpaceId>();
  f.begin_space(*log);
  REQUIRE(Fixture::append_one(*log, f.space, f.key, content(word("GOES-AWAY-56789"))));
  const auto lies_in_files = [&](const std::string& wanted) {
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string whole((std::istreambuf_iterator<char>(in)), {});
      if (whole.find(wanted) != std::string::npos) return true;
    }
    return false;
  };
  REQUIRE(lies_in_files("GOES-AWAY-56789"));
  REQUIRE(log->delete_space(f.space));
  REQUIRE(log->rewrite());
  CHECK_FALSE(lies_in_files("GOES-AWAY-56789"));
  CHECK(lies_in_files("STAYS-HERE-1234"));

  const auto target = (folder.path() / "copy.sqlite").string();
  {
    auto copy = log->begin_copy(target).value();
    bool done = false;
    for (std::uint8_t i = 0; !done; ++i) {
      done = copy->step().value();
      if (!done) REQUIRE(Fixture::append_one(*log, kept, f.key, content({1, i})));
    }
  }
  CHECK(log->begin_copy(target).error().code == ErrorCode::already_exists);
  auto copied = SqliteLog::open({target, ""}).value();
  CHECK(check_log(*copied).value() == check_log(*log).value());
}

TEST_CASE("of a deleted space among others nothing is left: no record, no key, no join request, none that was handled before") {
  Fixture f;
  ScratchFolder folder;
  auto log = SqliteLog::open({(folder.path() / "log.sqlite").string(), ""}).value();
  const auto text = [](BytesView bytes) { return std::string(bytes.begin(), bytes.end()); };
  const auto changed = [&](const auto& change) {
    REQUIRE(log->begin());
    REQUIRE(change());
    REQUIRE(log->commit());
  };
  struct One {
    SpaceId space;
    Bytes word;
    std::vector<std::string> traces;
    std::vector<wire::InboxItem> items;
  };
  std::vector<One> all(5);
  for (auto& one : all) {
    one.space = f.random.make<SpaceId>();
    const auto word = f.random.make<Hash>();
    one.word = to_bytes(word.view());
    one.traces = {text(one.space.view()), text(one.word)};
    changed([&] { return log->create_space(one.space, f.key); });
  }
  const auto append = [&](const One& one, const Bytes& record) {
    changed([&]() -> Status {
      MUISTIO_TRY(const auto at, log->state(one.space));
      MUISTIO_CHECK(log->append(one.space, f.key, at.last_handshake_seq, record, wire::decode_record(record).value(), kAny));
      return ok();
    });
  };
  for (std::uint32_t i = 0; i < 150; ++i)
    for (auto& one : all) {
      auto bytes = one.word;
      bytes.resize(40 + (i * 7919) % 20000, static_cast<std::uint8_t>(i));
      append(one, content(bytes));
      const auto key = f.random.make<wire::AuthKey>();
      one.traces.push_back(text(key.view()));
      append(one, handshake(one.word, {{wire::AccessChange::Op::add, key}}));
      if (i % 2 != 0) continue;
      auto request = to_bytes(f.random.make<Hash>().view());
      one.traces.push_back(text(request));
      request.resize(300 + i);
      one.items.push_back({f.random.make<Hash>(), f.random.make<InvitationId>(), key, WallMs(1), request});
      changed([&] { return log->post(one.space, one.items.back()); });
      if (i % 4 == 0) changed([&] { return log->delete_inbox_item(one.space, one.items[one.items.size() / 2].id); });
    }
  const auto whole = [&] {
    std::string bytes;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
  };
  const auto left_of = [&](const One& one, const std::string& bytes) {
    return std::count_if(one.traces.begin(), one.traces.end(),
                         [&](const std::string& trace) { return bytes.find(trace) != std::string::npos; });
  };
  {
    // A former program handled requests without overwriting them.
    log.reset();
    sqlite3* raw = nullptr;
    REQUIRE(sqlite3_open((folder.path() / "log.sqlite").c_str(), &raw) == SQLITE_OK);
    CHECK(sqlite3_exec(raw, "PRAGMA secure_delete=OFF; DELETE FROM inbox WHERE id % 3 = 0", nullptr, nullptr, nullptr) ==
          SQLITE_OK);
    CHECK(sqlite3_close(raw) == SQLITE_OK);
    log = SqliteLog::open({(folder.path() / "log.sqlite").string(), ""}).value();
  }
  const auto before = check_log(*log).value();
  REQUIRE(left_of(all[1], whole()) > 150);
  auto copy = log->begin_copy((folder.path() / "copy.sqlite").string()).value();
  REQUIRE_FALSE(copy->step().value());
  REQUIRE(log->delete_space(all[1].space));
  REQUIRE(log->delete_space(all[3].space));
  REQUIRE(log->rewrite());
  while (!copy->step().value()) {
  }
  copy.reset();
  {
    auto copied = SqliteLog::open({(folder.path() / "copy.sqlite").string(), ""}).value();
    CHECK(check_log(*copied).value() == check_log(*log).value());
  }
  for (const auto* name : {"copy.sqlite", "copy.sqlite-wal"}) std::filesystem::remove(folder.path() / name);
  const auto bytes = whole();
  CHECK(left_of(all[1], bytes) == 0);
  CHECK(left_of(all[3], bytes) == 0);
  CHECK(left_of(all[2], bytes) > 150);
  const auto after = check_log(*log).value();
  CHECK(after.totals.spaces == 3);
  CHECK(after.totals.records == before.totals.records / 5 * 3);
  REQUIRE(Fixture::append_one(*log, all[0].space, f.key, content({1})).error().code == ErrorCode::stale_handshake);
  append(all[0], content({1}));
}
